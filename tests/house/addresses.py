"""Every page's address at Maple Court, and what is typed into its form."""

from collections.abc import Callable, Collection
from io import BytesIO

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.urls import URLPattern, get_resolver, reverse
from PIL import Image

from doorward.access.consequences import of_closing, of_deletion, of_joining, of_leaving
from doorward.access.models import Credential
from doorward.activity.models import Alarm, DoorEvent
from doorward.devices import registering
from doorward.devices.models import Command, MacEntry
from doorward.files.links import link_for
from doorward.files.models import Work
from doorward.helpdesk.models import Manual, Ticket
from doorward.kit.live import handle_of
from doorward.kit.models import Mail
from doorward.notices.actions.announcements import MessageForm, write_message
from doorward.notices.models import Announcement
from doorward.people.actions import PersonForm, create_person, delete_person
from doorward.people.models import Person
from doorward.portal.importing.plan import Choices
from doorward.portal.workbook import works as workbook
from doorward.sites.actions import SiteForm, create_site, delete_site
from doorward.sites.models import Site
from doorward.tenancy.actions import create_account
from doorward.tenancy.models import (
    Account,
    AccountAccess,
    Browser,
    Invitation,
    Organisation,
    OutgoingMail,
    PrivacyPolicy,
    Removed,
    Standing,
)
from doorward.tenancy.permissions import Role
from tests.books import BookFile
from tests.cast import BUILDER, FREE_MAC, PASSWORD, Cast
from tests.jobs import run_all
from tests.uploads import MacFile, ManualFile, PeopleFile

# Pages outside a site; these named take an id.
OUTSIDE = {"account_login", "account_logout", "dashboard", "sites", "site-new", "all-devices"}
# Parts of addresses that are no ids.
WORDS = {"token", "handle", "key", "digest", "digits", "topic"}
OUTSIDE |= {"macs", "mac-new", "mac-delete", "audit", "mail", "mail-again"}
OUTSIDE |= {"search", "search-typing", "person-own", "site-choices"}
OUTSIDE |= {"dashboard-hours", "dashboard-attention", "mac-import", "mac-template"}
OUTSIDE |= {"sites-deleted", "site-restore"}
OUTSIDE |= {"workbook-template"}
OUTSIDE |= {"help", "help-topic", "help-entrance", "tickets-now", "site-regions"}


def page_names() -> list[str]:
    """Return the names of all pages that are mounted; an address without a name fails."""
    patterns = [p for p in get_resolver().url_patterns if isinstance(p, URLPattern)]
    assert all(pattern.name for pattern in patterns)
    return [str(pattern.name) for pattern in patterns]


def address_of(name: str, cast: Cast) -> str:
    """Return a page's address with Maple Court's ids in it."""
    ids = {part: thing.pk for part, thing in parts_of(name, cast).items()}
    return reverse(name, kwargs={**words_of(name, cast), **ids})


def parts_of(name: str, cast: Cast) -> dict[str, Model]:
    """Return the things of Maple Court that the ids in a page's address stand for."""
    things: dict[str, Callable[[], Model]] = {
        "site": lambda: cast.maple,
        "pk": lambda: _subject(name, cast),
        "credential": lambda: Credential.objects.get(person=cast.person("Rita")),
        "standing": lambda: Standing.objects.get(account__username="ada"),
        "command": lambda: Command.objects.get(door=cast.door("Front door")),
    }
    return {part: things[part]() for part in _converters(name) if part not in WORDS}


def words_of(name: str, cast: Cast) -> dict[str, str]:
    """Return what stands in a page's address and is no id."""
    wanted, words = _converters(name), {}
    if "token" in wanted:
        words["token"] = _link_of_mona(cast) if name == "file" else "no-link-at-all"
    if "digest" in wanted:
        words["digest"] = "0" * 16
    if "digits" in wanted:
        words["digits"] = "7a2048"
    if "key" in wanted:
        words["key"] = "invitation"
    if "topic" in wanted:
        words["topic"] = "sites"
    if "handle" in wanted:
        session = Account.objects.get(username="mona").sessions.first()
        words["handle"] = handle_of(session.session_key) if session else "0" * 32
    return words


def _converters(name: str) -> Collection[str]:
    (pattern,) = [
        p for p in get_resolver().url_patterns if isinstance(p, URLPattern) and p.name == name
    ]
    return pattern.pattern.converters


def _subject(name: str, cast: Cast) -> Model:
    mona = Account.objects.get(username="mona")
    alone: dict[str, Callable[[], Model]] = {
        "door-event": lambda: DoorEvent.objects.get(door=cast.door("Front door"), local_id="1"),
        **dict.fromkeys(
            ("alarm", "alarm-acknowledge", "alarm-close"),
            lambda: Alarm.objects.get(door=cast.door("Front door")),
        ),
        "mac-delete": lambda: MacEntry.objects.get(mac=FREE_MAC),
        "mac-import-check": lambda: _sheet_of_ivan(cast),
        "mac-import-apply": lambda: _sheet_of_ivan(cast),
        "workbook-check": lambda: _workbook_of_ivan(cast),
        "workbook-apply": lambda: _workbook_of_ivan(cast),
        "site-restore": lambda: _deleted_office(cast),
        "mail-again": lambda: OutgoingMail.objects.get(state=Mail.State.FAILED),
        "account-browser-forget": lambda: Browser.objects.get(account=mona),
        "account-token-revoke": lambda: mona.tokens.get(name="Rota"),
        "person-restore": lambda: _deleted_by_mona(cast),
        **dict.fromkeys(
            ("ticket", "ticket-solve"),
            lambda: Ticket.objects.get(subject="The lobby stays dark"),
        ),
        **dict.fromkeys(
            ("message", "message-send", "message-recall", "message-delete"),
            lambda: Announcement.objects.get(title="The lift is serviced"),
        ),
        "message-edit": lambda: _draft_of_ivan(cast),
        **dict.fromkeys(("notice", "notice-read"), lambda: mona.notices.get(kind="manager")),
        "people-group-edit": lambda: cast.crew("Workshop"),
        "people-group-delete": lambda: cast.crew("Workshop"),
        "people-import-check": cast.check,
        "people-import-apply": cast.check,
        **dict.fromkeys(
            ("support-enter", "support-access"),
            lambda: Standing.objects.get(account__username="ivan"),
        ),
        **dict.fromkeys(
            ("account-setting-permission", "account-setting-app"),
            lambda: AccountAccess.objects.get(node__name="Ivan's installations"),
        ),
        # Nobody of the cast has a passkey.
        "mfa_remove_webauthn": lambda: Authenticator(pk=1, user=mona),
    }
    if name in alone:
        return alone[name]()
    subjects: dict[str, Model] = {
        "company": cast.acme,
        "person": cast.person("Rita"),
        "card": cast.person("Rita"),
        "pin": cast.person("Rita"),
        "credential": cast.person("Rita"),
        "group": cast.group("Office hours"),
        "door": cast.door("Front door"),
        "command": cast.door("Front door"),
        "device": cast.device("Lobby"),
        "connector": cast.connector("Basement"),
        "work": cast.work(),
        "user": Account.objects.get(username="ada"),
        "administrator": Account.objects.get(username="ada"),
        "invitation": Invitation.objects.get(name="Nora"),
        "policy": PrivacyPolicy.objects.get(),
        "manual": Manual.objects.get(),
        "organisation": Organisation.objects.get(name="Ivan's installations"),
    }
    return subjects[name.split("-", maxsplit=1)[0]]


def _link_of_mona(cast: Cast) -> str:
    """Return the signed part of a link that Mona was given."""
    result, session = cast.work().result, Account.objects.get(username="mona").sessions.first()
    assert result
    link = link_for(result.pk, cast.actor("mona"), session=session and session.session_key)
    return link.rstrip("/").rsplit("/", 1)[1]


def _deleted_by_mona(cast: Cast) -> Removed:
    """Let Mona delete Bob, once a test, and return by what she takes it back."""
    removed = Removed.objects.first()
    if removed is None:
        removed = delete_person(cast.actor("mona"), cast.person("Bob"))
    assert removed
    return removed


def _sheet_of_ivan(cast: Cast) -> Model:
    """Let Ivan have a sheet of MACs looked at, once a test, and return that work."""
    found = Work.objects.filter(kind=registering.CHECK).first()
    if found is None:
        sent = MacFile()
        found = registering.ask_for_check(cast.actor("ivan"), cast.maple.installer, sent)
        run_all()
    return found


def _workbook_of_ivan(cast: Cast) -> Model:
    """Let Ivan have a workbook of Maple looked at, once a test, and return that work."""
    found = Work.objects.filter(kind=workbook.CHECK).first()
    if found is None:
        sent = BookFile({"Companies": [{"Name": "Cedar"}]})
        found = workbook.ask_for_check(cast.actor("ivan"), cast.maple, sent, Choices())
        run_all()
    return found


def _deleted_office(cast: Cast) -> Site:
    """Let Ivan have deleted an office, once a test."""
    found = Site.objects.filter(name="Elm Yard").first()
    if found is None:
        form = SiteForm(name="Elm Yard", zone="Europe/Paris")
        found = create_site(BUILDER, cast.maple.installer, form)
        delete_site(BUILDER, found)
    return found


def _draft_of_ivan(cast: Cast) -> Announcement:
    """Let Ivan have begun a message, once a test."""
    found = Announcement.objects.filter(title="Holidays").first()
    if found is None:
        ivan = cast.actor("ivan")
        form = MessageForm(title="Holidays", text="Closed.", targets=[Role.SUB_INSTALLER])
        found = write_message(ivan, ivan.places[0], form)
    return found


def _manager_elsewhere(cast: Cast) -> Standing:
    """Let somebody manage another of Ivan's offices, once a test."""
    found = Standing.objects.filter(account__username="nick").first()
    if found is None:
        form = SiteForm(name="Ash Yard", zone="Europe/Paris")
        ash = create_site(BUILDER, cast.maple.installer, form)
        nick = create_account(
            BUILDER,
            ash.node,
            Role.PROPERTY_MANAGER,
            username="nick",
            password=PASSWORD,
            name="Nick",
            email="nick@example.com",
        )
        found = Standing.objects.get(account=nick)
    return found


def _newcomer(cast: Cast) -> int:
    """Let somebody be added, once a test, who is in no access group; return by what."""
    found = Person.objects.filter(first_name="Nina").first()
    form = PersonForm(first_name="Nina", last_name="Nye")
    return (found or create_person(BUILDER, cast.acme, form)).pk


def typed(name: str, cast: Cast) -> dict[str, object]:
    """Return a form's fields as somebody fills them in, so that only the role decides."""
    week = '[{"days": [0], "start": "08:00", "end": "18:00"}]'
    reboot = {"deed": "reboot", "ids": [cast.device("Lobby").pk], "confirmed": "1"}
    forms: dict[str, dict[str, object]] = {
        "site": {
            "name": "Maple",
            "zone": "Europe/Berlin",
            "time_format": "24",
            "date_format": "YMD",
            "contact_order": "first_last",
            "pin_length": 6,
            "pay_by_manager": "none",
            "attendance_plan": "small",
        },
        "company": {"name": "Cedar"},
        "people": {"deed": "suspend", "ids": [cast.person("Rita").pk], "confirmed": "1"},
        "people-group": {"name": "Crew two"},
        "person": {"first_name": "Nils", "last_name": "New", "company": cast.acme.pk},
        "people-import": {"file": PeopleFile()},
        "workbook": {"file": BookFile({"Companies": [{"Name": "Cedar"}]})},
        "card": {"number": "CAFEBABE"},
        "group": {
            "name": "Weekdays",
            "doors": [cast.door("Front door").pk],
            "windows": week,
            "week": week,
        },
        "door": {
            "name": "Gate",
            "device": cast.device("Lobby").pk,
            "relay": 2,
            "hold_seconds": 5,
        },
        "device": {
            "name": "Gate phone",
            "kind": "multi_tenant_door_phone",
            "mac": FREE_MAC,
            "connector": cast.connector("Basement").pk,
            "address": "10.0.0.9",
            "auth_mode": "none",
            # A device that was spoken to elsewhere wants its password again.
            "password": "told-again",
        },
        "connector": {"name": "Cellar"},
        "policy": {"en": "We keep what we need."},
        "limits": {"sites": 10},
        "branding": {"name": "Maple Doors", "accent": "#7a2048"},
        "mail": {
            "host": "127.0.0.1",
            "port": 25,
            "security": "none",
            "sender_address": "doors@example.com",
            "reader": "otto@example.com",
        },
        "provider": {"company": "Ivan and sons"},
        "setting": {
            "zone": "Asia/Shanghai",
            "company": "Ivan and sons",
            "attn": "Ivan",
            "country": "Germany",
            "city": "Munich",
            "street": "Ring 1",
            "phone": "+49 89 636 48018",
            "email": "desk@example.com",
        },
        "feedback": {"text": "The gate is slow."},
        "manual": {"model": "X916", "file": ManualFile()},
        "search": {"q": "Rita"},
        "ticket": {"subject": "A dark lobby", "text": "Since Monday.\nWhat now?"},
        "message": {
            "kind": "message",
            "title": "New prices",
            "text": "From May.",
            "targets": ["sub_installer"],
        },
        "user": {
            "role": "property_manager",
            "node": cast.maple.node_id,
            "first_name": "Nils",
            "last_name": "New",
            "email": "nils@example.com",
            "language": "en",
        },
        "administrator": {
            "role": "company_administrator",
            "node": cast.acme.node_id,
            "first_name": "Nils",
            "email": "nils@example.com",
            "language": "en",
        },
        "organisation": {
            "name": "Nils installs",
            "parent": Organisation.objects.get(name="Sven's distribution").pk,
            "first_name": "Nils",
            "email": "nils@example.com",
            "language": "en",
        },
        "devices": reboot,
        # Those of all sites.
        "all": reboot,
        "alarms": {
            "deed": "acknowledge",
            "ids": [Alarm.objects.get(door=cast.door("Front door")).pk],
            "confirmed": "1",
        },
        "mac": {"mac": "0C1105AABB09"},
        "macs": {
            "deed": "remove",
            "ids": [MacEntry.objects.get(mac=FREE_MAC).pk],
            "confirmed": "1",
        },
    }
    # What takes a door from somebody is done by whoever has looked at what it does.
    looked: dict[str, Callable[[], dict[str, object]]] = {
        "site-managers": lambda: {
            "deed": "withdraw",
            "ids": [Standing.objects.get(account__username="mona").pk],
            "confirmed": "1",
        },
        "site-managers-add": lambda: {
            "deed": "assign",
            "ids": [_manager_elsewhere(cast).pk],
            "confirmed": "1",
        },
        "group-people": lambda: {
            "deed": "add",
            "ids": [_newcomer(cast)],
            "confirmed": "1",
            "looked": of_joining(
                cast.actor("mona"), cast.group("Office hours"), [_newcomer(cast)]
            ).mark,
        },
        "group": lambda: {
            "deed": "remove",
            "ids": [cast.person("Rita").pk],
            "confirmed": "1",
            "looked": of_leaving(
                cast.actor("mona"), cast.group("Office hours"), [cast.person("Rita").pk]
            ).mark,
        },
        "door-delete": lambda: {
            "looked": of_closing(cast.actor("mona"), cast.door("Front door")).mark
        },
        "group-delete": lambda: {
            "looked": of_deletion(cast.actor("mona"), cast.group("Office hours")).mark
        },
    }
    if name in looked:
        return looked[name]()
    own: dict[str, dict[str, object]] = {
        "account": {"name": "Somebody", "language": "en"},
        "account-email": {"email": "new@example.com"},
        "account-forgotten": {"email": "mona@example.com"},
        "account-password": {"old": PASSWORD},
        "account-tokens": {"name": "Rota"},
    }
    if name == "mac-import":
        return {"file": MacFile()}
    if name == "person-photo":
        return {"file": SimpleUploadedFile("rita.jpg", portrait())}
    for several in ("people-group", "people-import"):
        if name.startswith(several):
            return forms[several]
    if name.startswith(("account", "mfa")):
        return own.get(name, {})
    return forms.get(name.split("-", maxsplit=1)[0], {})


def portrait() -> bytes:
    """Return a JPEG large enough for a photo of a person."""
    written = BytesIO()
    Image.new("RGB", (300, 300)).save(written, "JPEG")
    return written.getvalue()
