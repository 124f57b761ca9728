"""Who may send files: whoever has signed in or bears a token, asked before a body is taken in."""

from django.conf import settings
from starlette.requests import Request
from starlette.types import Scope

from doorward.gateway.bridge import Bridge
from doorward.tenancy.actions.signin import is_live
from doorward.tenancy.actions.tokens import is_good


class Senders:
    """Knows accounts by their session or token; what they may do is asked later."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    async def know(self, scope: Scope) -> bool:
        request = Request(scope)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return await self._bridge.call(is_good, token)
        session = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
        return bool(session) and await self._bridge.call(is_live, session)
