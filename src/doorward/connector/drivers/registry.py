"""Which driver speaks to which device."""

from collections.abc import Callable

from doorward.connector.driver import Driver
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.protocols.neutral import Assignment

DRIVERS: dict[str, Callable[[Assignment], Driver]] = {"akuvox": AkuvoxDriver}
