"""Icons, states and faces: named where they mean something, and nobody's letters are markup."""

from django.utils.safestring import SafeString
from django.utils.translation import override

from doorward.kit import marks

ATTACK = "<script>"


def test_an_icon_is_only_for_the_eye_until_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in marks.icon("door")
    assert 'role="img" aria-label="Front door"' in marks.icon("door", label="Front door")


def test_what_was_drawn_as_safe_does_not_vouch_for_the_same_letters() -> None:
    assert ATTACK in marks.state("online", SafeString(ATTACK))
    assert ATTACK not in marks.state("online", ATTACK)


def test_a_state_is_said_in_the_language_of_who_reads() -> None:
    with override("de"):
        german = marks.state("active")
    with override("en"):
        assert "Active" in marks.state("active")
    assert "state-active" in german


def test_a_state_that_has_no_look_of_its_own_is_said_all_the_same() -> None:
    drawn = marks.state("dreaming")
    assert "dreaming" in drawn
    assert "#circle" in drawn


def test_a_face_is_a_photo_or_initials() -> None:
    assert ">RR<" in marks.face("Rita Roberts")
    assert 'src="/files/1"' in marks.face("Rita Roberts", photo="/files/1")
    assert ATTACK not in marks.face(ATTACK, photo=ATTACK)
    assert marks.initials("") == "?"
