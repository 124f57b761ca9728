"""The port that people come in by: whether it is free, and whether somebody answers there."""

import errno
import http.client
import socket
import time

from doorward.supervisor.refusal import Refusal

HEALTH = "/healthz"


def require_free_port(host: str, port: int, patience: float) -> None:
    """Refuse a port that stays in use for `patience` seconds, or that cannot be had at all."""
    deadline = time.monotonic() + patience
    while (trouble := _trouble(host, port)) and time.monotonic() < deadline:
        time.sleep(0.05)
    if trouble is None:
        return
    if trouble.errno == errno.EADDRINUSE:
        raise Refusal(
            f"Port {port} on {host} is in use: stop what uses it, "
            f"or choose another one with --port, say --port {port + 1000}."
        )
    raise Refusal(
        f"Port {port} on {host} cannot be used ({trouble.strerror}): "
        "choose others with --host and --port."
    )


def answers(host: str, port: int) -> bool:
    """Whether the front answers that it is well."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", HEALTH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _trouble(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the front itself does: connections that are closing do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            return trouble
    return None
