"""Which way mail goes: by the server that the operator set, else by that of the environment."""

from dataclasses import dataclass, field
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from doorward.kit.models import MailServer, place_of

_SMTP = "doorward.kit.postbox.SmtpBackend"


@dataclass(frozen=True)
class Route:
    """Who takes mail, and in whose name it goes; without a host nobody does."""

    sender: str
    host: str
    port: int
    # How it is spoken to, where the operator set it; else the settings of this process say so.
    server: MailServer | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        return place_of(self.host, self.port) if self.host else ""


def in_force() -> Route:
    """Return the way of now: it is asked for anew, so that a change needs no restart."""
    server = MailServer.objects.first()
    if server is None:
        return Route(settings.DEFAULT_FROM_EMAIL, settings.EMAIL_HOST, settings.EMAIL_PORT)
    local, _at, domain = server.sender_address.rpartition("@")
    sender = Address(display_name=server.sender_name, username=local, domain=domain)
    return Route(str(sender), server.host, server.port, server)


def still_holds(route: Route) -> bool:
    """Say whether mail goes the same way as when the route was read."""
    return _facts(route) == _facts(in_force())


def line(route: Route, *, patience: float | None = None) -> BaseEmailBackend:
    """Return what hands mail over; it waits `patience` seconds for each answer."""
    found: BaseEmailBackend
    if route.server is None:
        found = get_connection(timeout=patience)
        return found
    found = get_connection(
        _SMTP,
        host=route.host,
        port=route.port,
        username=route.server.user,
        password=route.server.password,
        use_tls=route.server.security == MailServer.Security.STARTTLS,
        use_ssl=route.server.security == MailServer.Security.TLS,
        timeout=patience,
    )
    return found


def _facts(route: Route) -> list[object]:
    server = route.server
    # Rows are equal by their key, and there is only one.
    told = [getattr(server, one.attname) for one in server._meta.concrete_fields] if server else []
    return [route.sender, route.host, route.port, *told]
