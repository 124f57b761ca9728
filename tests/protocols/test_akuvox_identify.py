"""Who a device is to strangers, what it can do, and how it opens: judged from bytes alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protocols.akuvox import fcgi, identify, models, probe
from doorward.protocols.akuvox.identify import Answer, Dialect, Question
from doorward.protocols.akuvox.local_api import Garbled
from doorward.protocols.neutral import FindingCode, Verdict

DIGEST = 'Digest realm="HTTP API", nonce="n", qop="auth,auth-int", opaque="o"'


def envelope(retcode: int = 0, message: str = "OK", **data: object) -> bytes:
    reply = {"retcode": retcode, "action": "info", "message": message, "data": data}
    return json.dumps(reply).encode()


INFO = envelope(Status={"Model": "X916", "MAC": "0C:11:05:07:8B:71", "FirmwareVersion": "916.30.1"})


@pytest.mark.parametrize(
    ("answer", "dialect", "findings"),
    [
        (Answer(401, (DIGEST,)), Dialect.DIGEST, ()),
        (Answer(401, (DIGEST, 'Basic realm="HTTP API"')), Dialect.DIGEST, ()),
        (Answer(401, ('Basic realm="HTTPAPI"',)), Dialect.BASIC, ()),
        (Answer(401), Dialect.NONE, ()),
        (Answer(503), Dialect.NONE, ()),
        (Answer(200, body=INFO), Dialect.OPEN, (FindingCode.OPEN_API,)),
        (Answer(200, body=b"<html>"), Dialect.NONE, (FindingCode.API_MISSING,)),
        (Answer(403), Dialect.SHUT, (FindingCode.SHUT_OUT,)),
        (Answer(404), Dialect.NONE, (FindingCode.API_MISSING,)),
        (Answer(302, location="/login"), Dialect.NONE, (FindingCode.API_MISSING,)),
    ],
)
def test_the_first_answer_tells_the_dialect(
    answer: Answer, dialect: Dialect, findings: tuple[FindingCode, ...]
) -> None:
    guess = identify.conclude({Question.PLAIN: answer})
    assert (guess.dialect, guess.findings) == (dialect, findings)


def test_a_device_without_a_password_tells_who_it_is() -> None:
    guess = identify.conclude({Question.PLAIN: Answer(200, body=INFO)})
    assert (guess.model, guess.firmware) == ("X916", "916.30.1")


def test_who_was_refused_before_is_locked_out() -> None:
    guess = identify.conclude({Question.PLAIN: Answer(403)}, refused_before=True)
    assert guess.findings == (FindingCode.LOCKED_OUT,)


def test_a_newer_unit_is_asked_over_https_and_tells_its_model_to_anybody() -> None:
    answers = {Question.PLAIN: Answer(308, location="https://10.0.0.9/api/system/info")}
    assert identify.next_question(answers) is Question.SECURE
    answers[Question.SECURE] = Answer(401, (DIGEST,))
    assert identify.next_question(answers) is Question.NEWER
    answers[Question.NEWER] = Answer(200, body=INFO)
    assert identify.next_question(answers) is None
    guess = identify.conclude(answers)
    assert (guess.dialect, guess.model) == (Dialect.DIGEST, "X916")
    assert guess.findings == (FindingCode.HTTPS_ONLY,)


def test_one_who_is_shut_out_still_learns_a_legacy_model() -> None:
    answers = {Question.PLAIN: Answer(403)}
    assert identify.next_question(answers) is Question.LEGACY
    answers[Question.LEGACY] = Answer(200, body=envelope(ProductName="E18C"))
    assert identify.conclude(answers).model == "E18C"


any_answer = st.builds(
    Answer,
    status=st.sampled_from([0, 200, 302, 308, 401, 403, 404, 500]),
    challenges=st.lists(st.text(max_size=30) | st.just(DIGEST), max_size=3).map(tuple),
    location=st.text(max_size=30) | st.just("https://10.0.0.9/"),
    body=st.binary(max_size=200) | st.just(INFO),
)


@given(st.dictionaries(st.sampled_from(Question), any_answer), st.booleans())
def test_any_answers_come_to_a_conclusion(answers, refused_before: bool) -> None:
    guess = identify.conclude(answers, refused_before=refused_before)
    assert identify.next_question(answers) not in answers
    assert isinstance(guess.dialect, Dialect)
    assert len(guess.model) <= 64


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (INFO, Verdict.SUPPORTED),
        (envelope(num=0), Verdict.SUPPORTED),
        (envelope(-1, "unsupport action"), Verdict.REFUSED),
        (envelope(-1, "unsupported action"), Verdict.REFUSED),
        (envelope(0, "Api unsupported"), Verdict.REFUSED),
        (envelope(200, "Api unsupported"), Verdict.REFUSED),
        (envelope(-1, "No handlers for this request"), Verdict.REFUSED),
        (envelope(-1, "Error Param"), Verdict.UNKNOWN),
        (b"\xff\xfe{", Verdict.UNKNOWN),
        (b"", Verdict.UNKNOWN),
    ],
)
def test_a_read_is_judged_by_its_markers(body: bytes, verdict: Verdict) -> None:
    assert probe.verdict(body) is verdict


@given(st.binary(max_size=300))
def test_any_bytes_are_a_verdict(body: bytes) -> None:
    assert probe.verdict(body) in Verdict


@pytest.mark.parametrize(
    ("firmware", "newer"),
    [
        ("916.30.10.114", True),
        ("320.30.11.63", True),
        ("320.30.3.122", False),
        ("29.30.9", False),
        ("", False),
        ("916.30.x.1", False),
    ],
)
def test_the_third_number_tells_the_form(firmware: str, newer: bool) -> None:
    assert fcgi.wants_new_form(firmware) is newer


@pytest.mark.parametrize("code", [0, -1, -2, -3, -4])
def test_the_page_holds_the_code(code: int) -> None:
    page = f'<html><input type="hidden" id="hcSingleResult" value="{code}"></html>'
    assert fcgi.result(page.encode()) == code


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda b: b'"hcSingleResult" ' + b))
def test_any_page_is_a_code_or_garbled(page: bytes) -> None:
    try:
        assert isinstance(fcgi.result(page), int)
    except Garbled:
        assert not page.startswith(b'"hcSingleResult" value="0"')


@given(st.text(max_size=60))
def test_any_firmware_wants_one_of_both_forms(firmware: str) -> None:
    assert fcgi.wants_new_form(firmware) in (True, False)


def test_an_account_is_spelled_so_that_it_cannot_break_out() -> None:
    path = fcgi.old_form(1, "a&b", "p=1&DoorNum=9#")
    assert path.count("DoorNum=") == 1
    assert path.endswith("&DoorNum=1")


def test_a_model_is_found_by_how_its_name_begins() -> None:
    assert models.limits("A08S").people == 50_000
    assert models.limits("R20A").people == 4_000
    assert models.limits("X916").people is None
    assert models.limits("").schedules == 100
