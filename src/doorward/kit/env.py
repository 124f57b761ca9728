"""What a process is told by its environment: read once, checked, and written for children."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

DATABASE_URL = "DATABASE_URL"
DATABASE_PASSWORD_FILE = "DOORWARD_DATABASE_PASSWORD_FILE"  # noqa: S105 - a variable's name
DATA = "DOORWARD_DATA"
BASE_URL = "DOORWARD_BASE_URL"
HOST = "DOORWARD_HOST"
PORT = "DOORWARD_PORT"
DEMO = "DOORWARD_DEMO"
MASTER_KEY_FILE = "DOORWARD_MASTER_KEY_FILE"
DEBUG = "DOORWARD_DEBUG"
MAIL_FROM = "DOORWARD_MAIL_FROM"
SMTP_HOST = "DOORWARD_SMTP_HOST"
SMTP_PORT = "DOORWARD_SMTP_PORT"
SMTP_USER = "DOORWARD_SMTP_USER"
SMTP_PASSWORD_FILE = "DOORWARD_SMTP_PASSWORD_FILE"  # noqa: S105 - a variable's name
SMTP_SECURITY = "DOORWARD_SMTP_SECURITY"
TRUSTED_PROXIES = "DOORWARD_TRUSTED_PROXIES"
API_REQUESTS = "DOORWARD_API_REQUESTS_A_MINUTE"
API_BULK = "DOORWARD_API_BULK_A_MINUTE"
WORKERS = "DOORWARD_WORKERS"

Network = IPv4Network | IPv6Network

# Front processes on one machine: beyond that more of them only take memory from each other.
MOST_WORKERS = 32
SWITCH = {"": False, "0": False, "1": True}
# What each way of speaking to a mail server listens on (RFC 8314, 3.3; RFC 5321).
SMTP_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class EnvironmentFault(Exception):
    """A variable is missing or makes no sense; the message names it and its mend."""


@dataclass(frozen=True)
class MailServer:
    """Who takes our mail; without a host it is laid into a folder. `security` is of SMTP_PORTS."""

    host: str
    port: int
    user: str
    password_file: Path | None
    security: str
    sender: str

    @classmethod
    def read(cls, variables: Mapping[str, str], sender: str) -> "MailServer":
        security = variables.get(SMTP_SECURITY) or "starttls"
        if security not in SMTP_PORTS:
            raise EnvironmentFault(f"{SMTP_SECURITY} must be starttls, tls or none.")
        file = _file(variables, SMTP_PASSWORD_FILE)
        return cls(
            host=variables.get(SMTP_HOST, ""),
            port=_port(SMTP_PORT, variables.get(SMTP_PORT) or str(SMTP_PORTS[security])),
            user=variables.get(SMTP_USER, ""),
            password_file=file,
            security=security,
            sender=variables.get(MAIL_FROM) or sender,
        )

    def variables(self) -> dict[str, str]:
        return {
            SMTP_HOST: self.host,
            SMTP_PORT: str(self.port),
            SMTP_USER: self.user,
            SMTP_PASSWORD_FILE: str(self.password_file or ""),
            SMTP_SECURITY: self.security,
            MAIL_FROM: self.sender,
        }


@dataclass(frozen=True)
class Environment:
    """The settings of one process. `base_url` is what people type, without a slash at its end."""

    database_url: str
    data: Path
    base_url: str
    host: str
    port: int
    master_key_file: Path
    mail: MailServer
    # Networks whose word we take for the address of whoever calls (X-Forwarded-For).
    trusted_proxies: tuple[Network, ...] = ()
    # What the API answers one token, and one account's sessions, in a minute.
    api_requests: int = 600
    api_bulk: int = 60
    # How many front processes share the port.
    workers: int = 1
    demo: bool = False
    debug: bool = False

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Environment":
        """Read the settings, or raise EnvironmentFault at the first that is wrong."""
        data = Path(variables.get(DATA) or "var").absolute()
        host = variables.get(HOST) or "127.0.0.1"
        port = _port(PORT, variables.get(PORT) or "8000")
        key = variables.get(MASTER_KEY_FILE)
        base = _base_url(variables.get(BASE_URL) or base_url(host, port))
        return cls(
            database_url=_database_url(variables),
            data=data,
            base_url=base,
            host=host,
            port=port,
            master_key_file=Path(key) if key else data / "secrets" / "master.key",
            mail=MailServer.read(variables, f"Doorward <doorward@{urlsplit(base).hostname}>"),
            trusted_proxies=_networks(variables.get(TRUSTED_PROXIES, "")),
            api_requests=_count(API_REQUESTS, variables.get(API_REQUESTS) or "600"),
            api_bulk=_count(API_BULK, variables.get(API_BULK) or "60"),
            workers=workers(variables.get(WORKERS) or "1"),
            demo=_switch(variables, DEMO),
            debug=_switch(variables, DEBUG),
        )

    def variables(self) -> dict[str, str]:
        """Return the environment from which a child reads these same settings."""
        return {
            DATABASE_URL: self.database_url,
            DATA: str(self.data),
            BASE_URL: self.base_url,
            HOST: self.host,
            PORT: str(self.port),
            MASTER_KEY_FILE: str(self.master_key_file),
            DEMO: "1" if self.demo else "0",
            DEBUG: "1" if self.debug else "0",
            TRUSTED_PROXIES: ",".join(map(str, self.trusted_proxies)),
            API_REQUESTS: str(self.api_requests),
            API_BULK: str(self.api_bulk),
            WORKERS: str(self.workers),
            **self.mail.variables(),
        }


def base_url(host: str, port: int) -> str:
    """Return the address at which a browser on this machine finds a server bound to `host`."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (compared, not bound)
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def database_settings(url: str) -> dict[str, object]:
    """Return NAME, USER, PASSWORD, HOST, PORT and OPTIONS as Django wants them.

    A host in the query (`?host=/run/postgresql`) is the folder of a socket, as libpq has it.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise EnvironmentFault(
            f"{DATABASE_URL} must look like postgresql://user:password@host:5432/name."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or parts.hostname or ""
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": options.pop("port", "") or str(parts.port or ""),
        "OPTIONS": options,
    }


def workers(text: str) -> int:
    """Return how many front processes `text` asks for."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= MOST_WORKERS:
        raise EnvironmentFault(
            f"{WORKERS} (--workers) must be a number from 1 to {MOST_WORKERS}, not {text!r}: "
            "about one for each processor."
        )
    return int(text)


def _required(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise EnvironmentFault(f"{name} is missing: `doorward run` sets it, or set it yourself.")
    return value


def _database_url(variables: Mapping[str, str]) -> str:
    """Return the address of the database, with the password that stands in a file, if one does."""
    url = _required(variables, DATABASE_URL)
    file = _file(variables, DATABASE_PASSWORD_FILE)
    if file is None:
        return url
    parts = urlsplit(url)
    if not parts.username:
        raise EnvironmentFault(
            f"{DATABASE_URL} must name the user whose password is in {DATABASE_PASSWORD_FILE}."
        )
    password = quote(file.read_text(encoding="utf-8").strip(), safe="")
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username}:{password}@{place}").geturl()


def _file(variables: Mapping[str, str], name: str) -> Path | None:
    named = variables.get(name)
    file = Path(named).absolute() if named else None
    if file and not file.is_file():
        raise EnvironmentFault(f"{name} names {file}, which is no file.")
    return file


def _port(name: str, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise EnvironmentFault(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _count(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 2**31:
        raise EnvironmentFault(f"{name} must be a number above 0, not {text!r}.")
    return int(text)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as fault:
        raise EnvironmentFault(
            f"{TRUSTED_PROXIES} must list addresses or networks such as 10.0.0.0/8: {fault}."
        ) from fault


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise EnvironmentFault(
            f"{BASE_URL} must look like https://doors.example.com, not {text!r}."
        )
    return text.rstrip("/")


def _switch(variables: Mapping[str, str], name: str) -> bool:
    text = variables.get(name, "")
    if text not in SWITCH:
        raise EnvironmentFault(f"{name} must be 1 or 0, not {text!r}.")
    return SWITCH[text]
