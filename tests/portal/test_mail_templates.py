"""What mails say, as the operator looks at it: the true template, shut in a frame."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.kit.models import Mail
from doorward.portal.mail_samples import SAMPLES, Sample
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(cast: Cast) -> Client:
    return cast.client("otto")


def test_the_list_leads_to_every_mail(operator: Client) -> None:
    text = operator.get(reverse("mail-templates")).content.decode()
    addresses = [reverse("mail-template", args=[sample.key]) for sample in SAMPLES]
    assert [address for address in addresses if f'href="{address}"' not in text] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_a_mail_is_shown_in_each_language_and_sent_to_nobody(
    sample: Sample, operator: Client
) -> None:
    page = reverse("mail-template", args=[sample.key])
    english = operator.get(page).content.decode()
    german = operator.get(page, {"language": "de"}).content.decode()
    assert sample.written("en").subject in english
    assert sample.written("de").subject in german
    assert not Mail.objects.filter(subject=sample.written("en").subject).exists()


def test_the_frame_lets_nothing_of_a_mail_run_or_ask(operator: Client) -> None:
    page = reverse("mail-template", args=["invitation"])
    text = operator.get(page, {"language": "de"}).content.decode()
    body = reverse("mail-template-body", args=["invitation"])
    assert f'src="{body}?language=de" sandbox=""' in text
    answer = operator.get(body, {"language": "de"})
    assert "Mona Meier" in answer.content.decode()
    assert '<html lang="de">' in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("language", ["xx", "../../etc", ""])
def test_a_language_that_is_none_is_english(operator: Client, language: str) -> None:
    body = reverse("mail-template-body", args=["invitation"])
    answer = operator.get(body, {"language": language})
    assert '<html lang="en">' in answer.content.decode()


@pytest.mark.parametrize("page", ["mail-template", "mail-template-body"])
def test_a_mail_that_is_none_is_hidden(operator: Client, page: str) -> None:
    assert operator.get(reverse(page, args=["nothing"])).status_code == 404
