"""A page asks as many questions for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.access.actions import credentials, groups
from doorward.access.actions.badges import record_badges
from doorward.activity.actions.alarms import record_signals
from doorward.devices.actions import connectors, devices, doors, macs
from doorward.files import actions as files
from doorward.helpdesk.actions import put_manual
from doorward.kit import clock
from doorward.notices.models import Announcement, Delivery, Notice
from doorward.people.actions import PersonForm, create_group, create_person
from doorward.protocols import neutral
from doorward.sites.actions import SiteForm, create_company, create_site, delete_site
from doorward.tenancy.actions.invitations import InvitationForm, invite
from doorward.tenancy.models import NoticeKind
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, MANUAL, OFFICE_HOURS, RITAS_CARD, Cast, ask, badge, identity
from tests.jobs import run_all

pytestmark = pytest.mark.django_db

# How many questions each page asks of the database; one that comes to need more says so here.
BUDGETS = {
    "sites": 14,
    "sites-deleted": 10,
    "site-managers": 9,
    "site-managers-add": 7,
    "administrators": 14,
    "companies": 9,
    "people": 15,
    "people-groups": 10,
    "groups": 13,
    "doors": 14,
    "devices": 9,
    "connectors": 9,
    "all-devices": 9,
    "macs": 11,
    "door-log": 10,
    "alarms": 9,
    # Which objects are still there is one question, of whatever kinds they are.
    "site-audit": 13,
    "audit": 11,
    "works": 8,
    "tickets": 9,
    "messages": 9,
    "messages-written": 9,
    "notices": 10,
    "manuals": 8,
    "users": 14,
    "site": 42,
    "site-readiness": 15,
    "dashboard": 29,
}
OUTSIDE = {"sites", "sites-deleted", "all-devices", "macs", "audit", "works", "users", "dashboard"}
OUTSIDE |= {"tickets", "manuals", "notices", "messages", "messages-written"}


def crowd(cast: Cast, number: int) -> None:
    """Add one more of everything that lists show."""
    maple, name = cast.maple, f"Extra {number}"
    create_site(BUILDER, maple.installer, SiteForm(name=name, zone="Europe/Berlin"))
    gone = SiteForm(name=f"Gone {number}", zone="Europe/Berlin")
    delete_site(BUILDER, create_site(BUILDER, maple.installer, gone))
    company = create_company(BUILDER, maple, name=name)
    person = create_person(BUILDER, company, PersonForm(first_name="Extra", last_name=name))
    invited = f"extra{number}@example.com"
    administrator = {"role": Role.COMPANY_ADMINISTRATOR, "name": name}
    invite(BUILDER, company.node, InvitationForm(**administrator, email=invited))
    create_group(BUILDER, cast.acme, name=name)
    credentials.add_card(BUILDER, person, number=f"{0xD000 + number:08X}")
    connector, _code = connectors.create_connector(BUILDER, maple, name=name)
    mac = f"0C1105AC{number:04X}"
    macs.register_mac(BUILDER, maple.installer, mac=mac)
    form = devices.DeviceForm(name=name, mac=mac, connector=connector, address="10.0.0.9")
    device = devices.create_device(BUILDER, maple, form)
    devices.identify_device(BUILDER, device, identity(device, mac))
    door_form = doors.DoorForm(name=name, device=device, companies=[company])
    door = doors.create_door(BUILDER, maple, door_form)
    group = groups.GroupForm(name=name, doors=[door], people=[person], windows=[OFFICE_HOURS])
    groups.create_group(BUILDER, maple, group)
    record_badges(device, [badge(device, number, RITAS_CARD)])
    tampered = neutral.AlarmRaised(str(device.pk), clock.now(), neutral.AlarmKind.TAMPER, ())
    record_signals(device, [tampered])
    ivan = cast.actor("ivan")
    work = files.start_work(ivan, maple.node, kind="nothing", title=name)
    files.cancel_work(ivan, work)
    ask(cast.actor("mona"), name, maple.node, maple.installer)
    put_manual(BUILDER, name, MANUAL)
    written = {"title": name, "text": "Hello.", "targets": ["sub_installer"], "state": "sent"}
    written |= {"node": maple.installer, "written_as": "installer"}
    sent = Announcement.objects.create(**written)
    Delivery.objects.create(announcement=sent, account=ivan.account)
    told = {"kind": NoticeKind.ALARM, "what": Notice.What.TAMPER, "about": name, "site": maple}
    Notice.objects.create(account=ivan.account, subject=number, **told)


def questions(cast: Cast, page: str) -> int:
    browser = cast.client("ivan")
    args = [] if page in OUTSIDE else [cast.maple.pk]
    address = reverse(page, args=args)
    # The first visit fills what stays for the whole process.
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address, {"per_page": 100}).status_code == 200
    return len(asked)


@pytest.mark.parametrize("page", sorted(BUDGETS))
def test_a_page_asks_as_much_for_many_rows_as_for_few(page: str, cast: Cast) -> None:
    for number in range(2):
        crowd(cast, number)
    few = questions(cast, page)
    for number in range(2, 12):
        crowd(cast, number)
    run_all()
    many = questions(cast, page)
    assert (few, many) == (BUDGETS[page], BUDGETS[page])
