"""The mail server that the operator sets: kept with its password unseen, and tried in words."""

import socket
import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.test import Client
from django.urls import reverse

from doorward.kit import clock, mail_trial
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.hosts import check_host
from doorward.kit.models import Mail, MailServer
from doorward.tenancy.actions import mail_server as deeds
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast
from tests.postmaster import SECRET, Open, Postmaster, free_port, known, server_at
from tests.tenancy.test_editing import carried

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody vouches for, with its key."""
    key, at = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    alone = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(alone, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def tried(actor: Actor) -> str:
    """Return what the test says."""
    outcome = deeds.send_test_mail(actor, "otto@example.com")
    return f"{outcome.text} {outcome.said}"


# --- What is kept -----------------------------------------------------------------------------


def test_the_password_is_sealed_and_stands_in_no_trail(otto: Actor) -> None:
    deeds.choose_server(otto, server_at(25, user="doors", password=SECRET))
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM kit_mailserver")
        (kept,) = cursor.fetchone()
    assert SECRET.encode() not in bytes(kept)
    assert MailServer.objects.get().password == SECRET
    entry = AuditEntry.objects.latest("id")
    assert (entry.subject, entry.label, entry.after["password"]) == (
        "mailserver",
        "127.0.0.1:25",
        "changed",
    )
    assert SECRET not in str([entry.before, entry.after])


def test_an_empty_password_leaves_the_one_that_is_kept(otto: Actor) -> None:
    deeds.choose_server(otto, server_at(25, user="doors", password=SECRET))
    deeds.choose_server(otto, server_at(25, user="doors", sender_name="Oak"))
    server = MailServer.objects.get()
    assert (server.password, server.sender_name) == (SECRET, "Oak")
    assert "password" not in AuditEntry.objects.latest("id").after


@pytest.mark.parametrize(
    "other", [{"host": "mail.example.org"}, {"port": 26}, {"security": "starttls"}]
)
def test_a_kept_password_goes_to_no_other_place(otto: Actor, other: dict[str, object]) -> None:
    deeds.choose_server(otto, server_at(25, user="doors", password=SECRET))
    form = {"port": 25, "user": "doors", **other}
    with pytest.raises(Invalid) as refusal:
        deeds.choose_server(otto, server_at(**form))  # type: ignore[arg-type]
    assert list(refusal.value.faults) == ["password"]
    assert str(MailServer.objects.get()) == "127.0.0.1:25"


def test_without_a_user_no_password_is_kept(otto: Actor) -> None:
    deeds.choose_server(otto, server_at(25, user="doors", password=SECRET))
    deeds.choose_server(otto, server_at(26))
    assert MailServer.objects.get().password == ""


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"host": "smtp://mail.example.com"}, "host"),
        ({"host": "mail.example.com:25"}, "host"),
        ({"host": "1.2.3.400"}, "host"),
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"security": "ssl"}, "security"),
        ({"sender_address": "doors"}, "sender_address"),
        ({"sender_name": "Doors\r\nBcc: all@example.com"}, "sender_name"),
        ({"user": "dörr", "password": "x"}, "user"),
        ({"user": "doors", "password": "schlüssel"}, "password"),
        ({"user": "doors"}, "password"),
        ({"password": SECRET}, "user"),
    ],
)
def test_what_is_no_mail_server_is_said_at_its_field(
    otto: Actor, told: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        deeds.choose_server(otto, server_at(**{"port": 25, **told}))  # type: ignore[arg-type]
    assert list(refusal.value.faults) == [field]
    assert not MailServer.objects.exists()


@pytest.mark.parametrize(
    "host", ["localhost", "mail.example.com", "mx-1.example.com", "10.0.0.1", "::1", "smtp_relay"]
)
def test_names_and_addresses_are_hosts(host: str) -> None:
    check_host(host)


@pytest.mark.parametrize("name", ["dora", "sven", "ivan", "mona", "ada", "rita", "oscar"])
def test_only_the_operator_sets_or_tries_it(name: str, cast: Cast) -> None:
    actor = cast.actor(name)
    for deed in (
        lambda: deeds.choose_server(actor, server_at(25)),
        lambda: deeds.forget_server(actor),
        lambda: deeds.send_test_mail(actor, "otto@example.com"),
    ):
        with pytest.raises(Forbidden):
            deed()
    assert not MailServer.objects.exists()


# --- What the server answers ------------------------------------------------------------------


def test_a_test_mail_arrives_and_is_recorded(otto: Actor, open_office: Open) -> None:
    keeper, port = open_office()
    deeds.choose_server(otto, server_at(port))
    assert "took the mail for otto@example.com" in tried(otto)
    (letter,) = keeper.letters
    assert b"Subject: Test mail" in letter.content
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.after) == (
        "send test mail",
        {"answer": "taken", "reader": "otto@example.com"},
    )
    # It is no mail on its way: it came or it did not.
    assert not Mail.objects.filter(recipient="otto@example.com").exists()


def test_a_refused_sign_in_is_said_in_the_server_s_words(otto: Actor, open_office: Open) -> None:
    keeper, port = open_office(authenticator=known, auth_require_tls=False)
    deeds.choose_server(otto, server_at(port, user="doors", password="wrong"))
    said = tried(otto)
    assert "refused the user name or the password" in said
    assert "535" in said
    assert "wrong" not in said + str(AuditEntry.objects.latest("id").after)
    deeds.choose_server(otto, server_at(port, user="doors", password=SECRET))
    assert "took the mail" in tried(otto)
    assert len(keeper.letters) == 1


def test_a_server_that_is_not_there_is_said(otto: Actor) -> None:
    port = free_port()
    deeds.choose_server(otto, server_at(port))
    assert f"Nothing takes mail at 127.0.0.1:{port}" in tried(otto)


def test_a_name_that_nobody_knows_is_said(otto: Actor) -> None:
    deeds.choose_server(otto, server_at(25, host="nowhere.invalid"))
    assert "No machine is known by the name nowhere.invalid" in tried(otto)


def test_a_server_that_says_nothing_is_not_waited_for(
    otto: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_trial, "STEP", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deeds.choose_server(otto, server_at(deaf.getsockname()[1]))
        assert "did not answer in time" in tried(otto)


def test_a_server_that_answers_by_drops_is_not_waited_for(
    otto: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_trial, "WHOLE", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as tap:
        dripping = Thread(target=_drip, args=(tap,))
        dripping.start()
        deeds.choose_server(otto, server_at(tap.getsockname()[1]))
        began = monotonic()
        assert "did not answer in time" in tried(otto)
        assert monotonic() - began < 1.5
        dripping.join()


def _drip(tap: socket.socket) -> None:
    """Say a letter at a time, each soon enough, and never a whole line."""
    caller, _address = tap.accept()
    with caller:
        for _ in range(20):
            caller.send(b"2")
            sleep(0.1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_said(
    otto: Actor,
    open_office: Open,
    tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    # Of a line that is TLS from the first byte this server does not know that it is.
    whole = {"ssl_context": tls, "auth_require_tls": False}
    manners = {"tls_context": tls} if security == "starttls" else whole
    keeper, port = open_office(authenticator=known, **manners)
    form = server_at(port, security=security, user="doors", password=SECRET)
    deeds.choose_server(otto, form)
    assert "certificate is not valid for 127.0.0.1" in tried(otto)
    assert keeper.letters == []
    # This machine trusts it from now on.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert "took the mail" in tried(otto)
    assert len(keeper.letters) == 1


def test_an_encryption_that_the_server_does_not_speak_is_said(
    otto: Actor, open_office: Open
) -> None:
    _keeper, port = open_office()
    deeds.choose_server(otto, server_at(port, security="starttls"))
    assert "offers no STARTTLS" in tried(otto)
    deeds.choose_server(otto, server_at(port, security="tls"))
    assert "does not speak TLS from the first byte" in tried(otto)
    deeds.choose_server(otto, server_at(port, user="doors", password=SECRET))
    assert "takes no user name and password this way" in tried(otto)


def test_a_refused_sender_and_a_refused_reader_are_told_apart(
    otto: Actor, open_office: Open
) -> None:
    class Strict(Postmaster):
        async def handle_MAIL(self, *_: object) -> str:
            return "550 Not from you"

    _keeper, port = open_office(Strict())
    deeds.choose_server(otto, server_at(port))
    assert "does not send in the name of" in tried(otto)
    keeper, port = open_office()
    keeper.to_reader = "550 No such user"
    deeds.choose_server(otto, server_at(port))
    assert "takes no mail for otto@example.com" in tried(otto)
    assert "550 No such user" in tried(otto)


def test_one_test_at_a_time_holds_a_thread(otto: Actor, open_office: Open) -> None:
    _keeper, port = open_office()
    deeds.choose_server(otto, server_at(port))
    with mail_trial._one_at_a_time, pytest.raises(Refused) as refusal:
        tried(otto)
    assert refusal.value.code == "mail.trial_running"
    assert "took the mail" in tried(otto)


# --- The pages --------------------------------------------------------------------------------


_TYPED = {
    "host": "127.0.0.1",
    "port": "2525",
    "security": "none",
    "user": "doors",
    "password": SECRET,
    "sender_address": "doors@example.com",
}


@pytest.fixture
def operator(cast: Cast) -> Client:
    return cast.client("otto")


def test_the_page_keeps_the_password_and_never_shows_it(operator: Client) -> None:
    page = reverse("mail-server")
    assert "No mail server is set" in operator.get(page).content.decode()
    assert operator.post(page, _TYPED).status_code == 302
    text = operator.get(page).content.decode()
    assert "Mail goes out through 127.0.0.1:2525" in text
    assert "Leave this empty to keep it" in text
    assert SECRET not in text
    operator.post(page, {**_TYPED, "password": "", "sender_name": "Maple"})
    assert MailServer.objects.get().password == SECRET
    assert "127.0.0.1:2525" in operator.get(reverse("mail")).content.decode()
    assert SECRET not in operator.get(reverse("audit")).content.decode()
    assert operator.post(reverse("mail-server-forget")).status_code == 302
    assert not MailServer.objects.exists()


def test_the_test_page_shows_what_was_answered(
    operator: Client, otto: Actor, open_office: Open
) -> None:
    page, told = reverse("mail-server-test"), {"reader": "otto@example.com"}
    nobody = operator.post(page, told)
    assert nobody.status_code == 422
    assert "No mail server is set. Enter one" in nobody.content.decode()
    keeper, port = open_office()
    keeper.to_letter = "554 Looks like <spam>"
    deeds.choose_server(otto, server_at(port))
    refused = operator.post(page, told).content.decode()
    assert "The mail was not taken" in refused
    assert "554 Looks like &lt;spam&gt;" in refused
    keeper.to_letter = None
    taken = operator.post(page, told, follow=True).content.decode()
    assert f"127.0.0.1:{port} took the mail for otto@example.com" in taken


def test_a_typed_password_never_comes_back_in_a_page(operator: Client, otto: Actor) -> None:
    page = reverse("mail-server")
    deeds.choose_server(otto, server_at(2525))
    first = {**_TYPED, "host": "mail.example.com"}
    form = carried(operator.get(page).content.decode())
    deeds.choose_server(otto, server_at(2525, host="mx.example.com"))
    answer = operator.post(page, {**first, **form})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert SECRET not in text
    assert "Type yours again" in text
    told = {**carried(text), "take-host": "mine", "password": "typed once more"}
    assert operator.post(page, told).status_code == 302
    server = MailServer.objects.get()
    assert (server.host, server.password) == ("mail.example.com", "typed once more")


def test_a_conflict_asks_for_no_password_that_nobody_typed(operator: Client, otto: Actor) -> None:
    page = reverse("mail-server")
    deeds.choose_server(otto, server_at(2525))
    form = carried(operator.get(page).content.decode())
    deeds.choose_server(otto, server_at(2525, sender_name="Oak"))
    told = {**_TYPED, "user": "", "password": "", "sender_name": "Elm", **form}
    answer = operator.post(page, told)
    assert answer.status_code == 409
    assert "Type yours again" not in answer.content.decode()
