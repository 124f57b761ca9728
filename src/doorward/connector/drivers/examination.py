"""Asks a device what it says to strangers, and puts what is to be mended into neutral words."""

from doorward.connector.driver import DeviceFault
from doorward.connector.drivers.api_client import ApiClient
from doorward.protocols.akuvox import identify
from doorward.protocols.akuvox.identify import Answer, Dialect, Question
from doorward.protocols.neutral import Finding, FindingCode, Problem

# The findings whose fact is our own address.
_ABOUT_US = frozenset({FindingCode.SHUT_OUT, FindingCode.LOCKED_OUT})


async def examine(
    client: ApiClient, fault: DeviceFault | None, *, refused_before: bool
) -> tuple[Finding, ...]:
    """Return what is to be mended; raise `DeviceFault` where nobody answers at all."""
    if fault is not None and fault.finding is not None:
        return (fault.finding,)
    answers: dict[Question, Answer] = {}
    try:
        while question := identify.next_question(answers):
            answers[question] = await _ask(client, question, answers)
    except DeviceFault as trouble:
        if trouble.finding is None:
            raise
        return (Finding(FindingCode.HTTPS_ONLY), trouble.finding)
    guess = identify.conclude(answers, refused_before=refused_before)
    ours = (await client.own_address(),) if _ABOUT_US & set(guess.findings) else ()
    found = [Finding(code, ours if code in _ABOUT_US else ()) for code in guess.findings]
    is_refused = fault is not None and fault.problem is Problem.AUTH_FAILED and not fault.busy
    if is_refused and guess.dialect in (Dialect.DIGEST, Dialect.BASIC):
        found.append(Finding(FindingCode.WRONG_PASSWORD, (guess.dialect.value,)))
    return tuple(found)


async def _ask(client: ApiClient, question: Question, answers: dict[Question, Answer]) -> Answer:
    path = identify.PATHS[question]
    if question is not Question.SECURE:
        return await client.ask_bare(path)
    return await client.ask_secure(path, answers[Question.PLAIN].location)
