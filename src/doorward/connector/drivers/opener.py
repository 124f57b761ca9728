"""Opens a door by HTTP without the API, with an account of its own."""

from dataclasses import replace

from doorward.connector.driver import DeviceFault
from doorward.connector.drivers.api_client import ApiClient
from doorward.connector.drivers.trust import Trust
from doorward.protocols.akuvox import fcgi
from doorward.protocols.akuvox.local_api import Garbled
from doorward.protocols.neutral import Assignment, AuthMode, Problem

_REFUSALS = {
    fcgi.WRONG_ACCOUNT: (Problem.AUTH_FAILED, "the account for opening by HTTP is refused"),
    fcgi.SWITCHED_OFF: (Problem.REJECTED, "opening by HTTP is switched off"),
    fcgi.NOT_SAFE: (Problem.REJECTED, "this form of opening is refused as not safe"),
}


class Opener:
    """Speaks the form that the firmware wants; a relay is pulsed for as long as it is set to."""

    def __init__(self, assignment: Assignment, trust: Trust) -> None:
        self._user, self._password = assignment.relay_user, assignment.relay_password
        account = replace(assignment, user=self._user, password=self._password)
        self._digest = ApiClient(replace(account, auth_mode=AuthMode.DIGEST), trust, urgent=True)
        self._bare = ApiClient(replace(account, auth_mode=AuthMode.NONE), trust, urgent=True)

    @property
    def has_account(self) -> bool:
        return bool(self._user)

    async def open(self, relay: int, firmware: str) -> None:
        """Pulse a relay once; raise `DeviceFault`, after which nothing else may be tried."""
        if not self.has_account:
            raise DeviceFault(Problem.REJECTED, "no account for opening by HTTP")
        if fcgi.wants_new_form(firmware):
            code = await self._ask(self._digest, fcgi.new_form(relay))
        else:
            code = await self._ask(self._bare, fcgi.old_form(relay, self._user, self._password))
        if code != fcgi.DONE:
            refusal = (Problem.REJECTED, f"opening by HTTP answers {code}")
            raise DeviceFault(*_REFUSALS.get(code, refusal))

    async def close(self) -> None:
        await self._digest.close()
        await self._bare.close()

    async def _ask(self, client: ApiClient, path: str) -> int:
        try:
            return fcgi.result(await client.call("GET", path))
        except Garbled as refusal:
            raise DeviceFault(Problem.GARBLED, str(refusal)) from refusal
