"""The port that people come in by: opened once, and whether somebody answers there."""

import errno
import http.client
import socket
import time

from doorward.supervisor.refusal import Refusal

HEALTH = "/healthz"
# Calls that may wait to be taken; the system may allow fewer (net.core.somaxconn).
QUEUE = 2048


def open_port(host: str, port: int, patience: float) -> socket.socket:
    """Return the socket on which every front process takes calls.

    Ours for as long as the installation runs: who calls while a front is started again waits, and
    what a killed one had not yet taken is taken by another. Refuse a port that stays in use for
    `patience` seconds, or that cannot be had at all.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _listen(host, port)
        except OSError as trouble:
            if time.monotonic() >= deadline:
                raise _refusal(host, port, trouble) from trouble
        time.sleep(0.05)


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


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Connections that are closing do not hold the port.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # Whoever calls over IPv4 is known by the address that they have.
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind((host, port))
        door.listen(QUEUE)
    except OSError:
        door.close()
        raise
    return door


def _refusal(host: str, port: int, trouble: OSError) -> Refusal:
    if trouble.errno == errno.EADDRINUSE:
        return Refusal(
            f"Port {port} on {host} is in use: stop what uses it, "
            f"or choose another one with --port, say --port {port + 1000}."
        )
    return Refusal(
        f"Port {port} on {host} cannot be used ({trouble.strerror}): "
        "choose others with --host and --port."
    )
