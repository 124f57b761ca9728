"""How long whoever guesses has to wait: ever longer, each for what is theirs."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """What is tried."""

    PASSWORD = "password"  # noqa: S105 - a word, not one
    CODE = "code"
    CODE_MAIL = "code mail"
    RESET = "reset"
    RESET_MAIL = "reset mail"
    EMAIL = "email"
    PIN = "pin"
    CARD = "card"
    INVITATION = "invitation"
    TICKET = "ticket"
    TICKET_ANSWER = "ticket answer"
    FEEDBACK = "feedback"
    MESSAGE = "message"


class Circle(StrEnum):
    """Whose tries count together. A known browser's are counted apart from everybody's."""

    BROWSER = "browser"  # one account in a browser where it has signed in before
    PAIR = "pair"  # one account from one source
    SOURCE = "source"  # all accounts from one source
    ACCOUNT = "account"  # one account from everywhere but the browsers it knows


@dataclass(frozen=True)
class Patience:
    """So many tries are free; each further one makes the next wait, twice as long each time."""

    free: int
    first: timedelta
    longest: timedelta
    # After that long without a wrong try all is forgiven.
    forgotten: timedelta

    def wait_after(self, count: int) -> timedelta:
        """Return how long to wait after so many tries in a row."""
        if count < self.free:
            return timedelta(0)
        doubled: int = 2 ** min(count - self.free, 30)
        # Compared before it is multiplied: a day doubled thirty times is more than there is.
        return self.first * doubled if doubled < self.longest / self.first else self.longest


_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
_STRICT = Patience(5, 30 * _SECOND, 15 * _MINUTE, 24 * _HOUR)
_KNOWN = Patience(10, 30 * _SECOND, 15 * _MINUTE, 24 * _HOUR)
# Many people share a source, behind one router or one proxy.
_SHARED = Patience(50, 10 * _SECOND, 5 * _MINUTE, _HOUR)

PATIENCE: dict[tuple[Purpose, Circle], Patience] = {
    (Purpose.PASSWORD, Circle.BROWSER): _KNOWN,
    (Purpose.PASSWORD, Circle.PAIR): _STRICT,
    (Purpose.PASSWORD, Circle.SOURCE): _SHARED,
    # Guessing from many sources at once: a few hundred tries an hour instead of as many as one
    # likes. The wait stays so short that nobody is locked out by it.
    (Purpose.PASSWORD, Circle.ACCOUNT): Patience(100, 5 * _SECOND, 10 * _SECOND, _HOUR),
    # Only who knows the password gets as far as to guess a code.
    (Purpose.CODE, Circle.BROWSER): _KNOWN,
    (Purpose.CODE, Circle.PAIR): _STRICT,
    (Purpose.CODE, Circle.ACCOUNT): Patience(20, 30 * _SECOND, 15 * _MINUTE, 24 * _HOUR),
    # A day's codes by mail. Only who knows the password has any sent, and a browser in which one
    # has signed in before has a day's of its own: nobody uses up those of the owner.
    (Purpose.CODE_MAIL, Circle.BROWSER): Patience(20, 24 * _HOUR, 24 * _HOUR, 24 * _HOUR),
    (Purpose.CODE_MAIL, Circle.ACCOUNT): Patience(20, 24 * _HOUR, 24 * _HOUR, 24 * _HOUR),
    # The longest wait is shorter than a link lives: there is always one that works.
    (Purpose.RESET_MAIL, Circle.ACCOUNT): Patience(3, _MINUTE, 20 * _MINUTE, 24 * _HOUR),
    (Purpose.RESET, Circle.SOURCE): Patience(10, _MINUTE, 15 * _MINUTE, _HOUR),
    # Whoever tries what other people's PINs are, by which ones are not to be had.
    (Purpose.PIN, Circle.ACCOUNT): Patience(20, _MINUTE, _HOUR, 24 * _HOUR),
    # Whoever looks for the holders of numbers that nobody holds; a shift at a desk has a few.
    (Purpose.CARD, Circle.ACCOUNT): Patience(60, 30 * _SECOND, 15 * _MINUTE, 24 * _HOUR),
    # Whoever fills the mailboxes of strangers with invitations.
    (Purpose.INVITATION, Circle.ACCOUNT): Patience(100, _MINUTE, 15 * _MINUTE, 24 * _HOUR),
    (Purpose.EMAIL, Circle.ACCOUNT): Patience(5, _MINUTE, _HOUR, 24 * _HOUR),
    # Whoever fills the desk above with questions; a desk itself answers many in a morning.
    (Purpose.TICKET, Circle.ACCOUNT): Patience(10, _MINUTE, _HOUR, 24 * _HOUR),
    (Purpose.TICKET_ANSWER, Circle.ACCOUNT): Patience(60, 30 * _SECOND, 15 * _MINUTE, _HOUR),
    (Purpose.MESSAGE, Circle.ACCOUNT): Patience(10, _MINUTE, _HOUR, 24 * _HOUR),
    (Purpose.FEEDBACK, Circle.ACCOUNT): Patience(5, _MINUTE, _HOUR, 24 * _HOUR),
}


def circles(purpose: Purpose, *, known_browser: bool) -> tuple[Circle, ...]:
    """Return whose tries a try is counted with: in a known browser, with nobody else's."""
    counted = tuple(circle for what, circle in PATIENCE if what is purpose)
    if Circle.BROWSER in counted and known_browser:
        return (Circle.BROWSER,)
    return tuple(circle for circle in counted if circle is not Circle.BROWSER)
