"""How a device says no to a request it has understood."""

ERROR_PARAM = "Error Param"
UNSUPPORTED = "unsupport action"


class Rejected(Exception):
    """A request or row the device will not have; the message is what it answers."""

    def __init__(self, message: str = ERROR_PARAM, retcode: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.retcode = retcode
