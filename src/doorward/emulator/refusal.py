"""How a device says no to a request."""

ERROR_PARAM = "Error Param"


class Rejected(Exception):
    """A request or row the device will not have; the message is what it answers."""

    def __init__(self, message: str = ERROR_PARAM, retcode: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.retcode = retcode


class UnknownCall(Exception):
    """A target or action the device does not have; its family has words of its own for that."""
