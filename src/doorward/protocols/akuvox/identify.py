"""Which dialect a device speaks, from what it answers to somebody without credentials.

The table is section "What the driver makes of it" of docs/protocols/akuvox.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from doorward.protocols.akuvox import local_api
from doorward.protocols.akuvox.local_api import Garbled, Rejected, text
from doorward.protocols.neutral import FindingCode

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Question(StrEnum):
    """What is asked, each once: `SECURE` where the first answer sends one to."""

    PLAIN = "plain"
    SECURE = "secure"
    NEWER = "newer"
    LEGACY = "legacy"


PATHS = {
    Question.PLAIN: "/api/system/info",
    Question.SECURE: "/api/system/info",
    Question.NEWER: "/api/web/system/info",
    Question.LEGACY: "/web/status/get?session=&web=1",
}


class Dialect(StrEnum):
    DIGEST = "digest"
    BASIC = "basic"
    OPEN = "open"
    SHUT = "shut"
    NONE = "none"


@dataclass(frozen=True)
class Answer:
    """A reply without credentials; `challenges` are its WWW-Authenticate headers."""

    status: int
    challenges: tuple[str, ...] = ()
    location: str = ""
    body: bytes = b""

    @property
    def is_busy(self) -> bool:
        """True where it says nothing: one asked too fast answers 503, or 401 with no challenge."""
        unchallenged = self.status == 401 and not self.challenges
        return unchallenged or self.status in (0, 429) or self.status >= 500

    @property
    def moves_to_https(self) -> bool:
        return self.status in _REDIRECTS and self.location.casefold().startswith("https://")


@dataclass(frozen=True)
class Guess:
    """What the answers say: model and firmware only where they are readable by anybody."""

    dialect: Dialect
    model: str = ""
    firmware: str = ""
    findings: tuple[FindingCode, ...] = ()


Answers = Mapping[Question, Answer]


def next_question(answers: Answers) -> Question | None:
    """Return what to ask next, None once enough is known."""
    first = answers.get(Question.PLAIN)
    if first is None:
        return Question.PLAIN
    wanted: tuple[Question, ...] = ()
    if first.moves_to_https:
        wanted = (Question.SECURE, Question.NEWER)
    elif first.status == 403:
        wanted = (Question.LEGACY,)
    return next((one for one in wanted if one not in answers), None)


def conclude(answers: Answers, *, refused_before: bool = False) -> Guess:
    """Judge the answers; `refused_before` is that a password was refused since one was taken."""
    first = answers.get(Question.PLAIN, Answer(0))
    api = answers.get(Question.SECURE, Answer(0)) if first.moves_to_https else first
    dialect = _dialect(api)
    findings = [FindingCode.HTTPS_ONLY] if first.moves_to_https else []
    if dialect is Dialect.OPEN:
        findings.append(FindingCode.OPEN_API)
    elif dialect is Dialect.SHUT:
        # Whoever knocks too often is shut out just like one who is on no list.
        locked = FindingCode.LOCKED_OUT if refused_before else FindingCode.SHUT_OUT
        findings.append(locked)
    elif dialect is Dialect.NONE and not api.is_busy:
        findings.append(FindingCode.API_MISSING)
    model, firmware = _told(api, answers)
    return Guess(dialect, model, firmware, tuple(findings))


def _dialect(api: Answer) -> Dialect:
    schemes = {one.strip().partition(" ")[0].casefold() for one in api.challenges}
    if api.status == 401 and "digest" in schemes:
        return Dialect.DIGEST
    if api.status == 401 and "basic" in schemes:
        return Dialect.BASIC
    if api.status == 403:
        return Dialect.SHUT
    if api.status == 200 and _data(api.body) is not None:
        return Dialect.OPEN
    return Dialect.NONE


def _told(api: Answer, answers: Answers) -> tuple[str, str]:
    for answer in (api, answers.get(Question.NEWER, Answer(0))):
        status = (_data(answer.body) or {}).get("Status") if answer.status == 200 else None
        if isinstance(status, dict):
            return text(status.get("Model"))[:64], text(status.get("FirmwareVersion"))[:64]
    legacy = answers.get(Question.LEGACY, Answer(0))
    if legacy.status == 200:
        return text((_data(legacy.body) or {}).get("ProductName"))[:64], ""
    return "", ""


def _data(body: bytes) -> local_api.Values | None:
    try:
        return local_api.read_reply(body)
    except (Garbled, Rejected):
        return None
