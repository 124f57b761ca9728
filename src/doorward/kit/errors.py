"""The three kinds of errors: invalid, refused, broken; broken ones have no class of their own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils.functional import Promise

Text = str | Promise


class Invalid(Exception):
    """What was given has the wrong shape; `faults` names each field and its mend."""

    def __init__(self, faults: Mapping[str, Text]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


class InvalidRows(Invalid):
    """Some of many things have the wrong shape; `rows` has the faults of each, by its place."""

    def __init__(self, rows: Mapping[int, Mapping[str, Text]], *, name: str = "rows") -> None:
        super().__init__(
            {
                f"{name}[{place}].{field}": message
                for place, faults in sorted(rows.items())
                for field, message in faults.items()
            }
        )
        self.rows = {place: dict(faults) for place, faults in rows.items()}


@contextmanager
def for_one() -> Iterator[None]:
    """Let a deed on many be that on one: its faults lose their place."""
    try:
        yield
    except InvalidRows as fault:
        raise Invalid(fault.rows[0]) from fault


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
