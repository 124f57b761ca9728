"""The shape of what the scenario API can do."""

from collections.abc import Awaitable, Callable

from doorward.emulator.local_api import LocalApi
from doorward.emulator.scenario.given import Given

Deed = Callable[[LocalApi, Given], Awaitable[object]]
