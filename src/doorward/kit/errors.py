"""The three kinds of errors: invalid, refused, broken; broken ones have no class of their own."""

from collections.abc import Mapping

from django.utils.functional import Promise

Text = str | Promise


class Invalid(Exception):
    """What was given has the wrong shape; `faults` names each field and its mend."""

    def __init__(self, faults: Mapping[str, Text]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


class Refused(Exception):
    """Understood, and said no: a dotted code and a sentence that says what to do next."""

    status = 409

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class Forbidden(Refused):
    """The actor sees the thing but may not do this to it."""

    status = 403


class Hidden(Exception):
    """For this actor the thing does not exist."""
