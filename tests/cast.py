"""The cast and their houses: Maple Court, where all but one belong, and Oak Lane, far away.

They live in the test database before the first test; a test gets them fresh, and what it does
to them is rolled back. Everything was built by actions.
"""

from datetime import timedelta
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from doorward.access.actions import badges, credentials, groups
from doorward.access.models import AccessGroup
from doorward.access.windows import WEEKDAYS, WeeklyWindow
from doorward.activity.actions import log as activity
from doorward.activity.models import Alarm
from doorward.devices.actions import (
    connectors,
    devices,
    doors,
    drift,
    macs,
    orders,
    presence,
    reboots,
)
from doorward.devices.models import Command, Connector, Device, Door
from doorward.files import actions as files
from doorward.files.faults import Fault
from doorward.files.models import StoredFile, Work
from doorward.helpdesk.actions import put_manual
from doorward.helpdesk.models import Message, Ticket
from doorward.kit import clock
from doorward.kit.models import Mail
from doorward.notices.actions import recount
from doorward.notices.actions.announcements import MessageForm, send_message, write_message
from doorward.notices.models import Notice
from doorward.people.actions import PersonForm, create_group, create_person
from doorward.people.models import Group, Person
from doorward.portal.importing.asking import ask_for_check
from doorward.portal.importing.plan import Choices
from doorward.portal.importing.works import CHECK
from doorward.protocols import neutral
from doorward.protocols.link.frames import DeviceState
from doorward.sites.actions import SiteForm, create_company, create_site
from doorward.sites.models import Company, Site
from doorward.tenancy.actions import create_account, issue_token, plant_node, policies
from doorward.tenancy.actions.limits import LimitsForm, change_limits
from doorward.tenancy.actions.providers import (
    BillingForm,
    ContactForm,
    ProviderForm,
    ServiceForm,
    change_billing,
    change_contact,
    change_provider,
    change_service,
    change_setting,
)
from doorward.tenancy.actions.signin import know_browser
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import (
    Account,
    AccountAccess,
    Guesses,
    Invitation,
    Node,
    NoticeKind,
    Session,
    SupportVisit,
)
from doorward.tenancy.permissions import Role
from tests.jobs import run_all
from tests.uploads import MANUAL, PeopleFile

PASSWORD = "maple-leaves-fall-early"
DEVICE_PASSWORD = "lobby-api-password"
# One of each role, and Oscar, who has Ivan's in another branch.
ROLES = {
    "otto": Role.OPERATOR,
    "dora": Role.DISTRIBUTOR,
    "sven": Role.SUB_DISTRIBUTOR,
    "ivan": Role.INSTALLER,
    "iris": Role.SUB_INSTALLER,
    "mona": Role.PROPERTY_MANAGER,
    "ada": Role.COMPANY_ADMINISTRATOR,
    "rita": Role.PERSONNEL,
    "oscar": Role.INSTALLER,
}
NAMES = tuple(ROLES)
BUILDER = Actor.system("the test's builder")
OFFICE_HOURS = WeeklyWindow(WEEKDAYS, 8 * 60, 18 * 60)
NIGHTS = WeeklyWindow(WEEKDAYS, 22 * 60, 6 * 60)
LOBBY_MAC, GARAGE_MAC, FREE_MAC = "0C1105AABB01", "0C1105AABB02", "0C1105AABB03"
OAK_MAC = "0C1105CCDD01"
RITAS_CARD, BOBS_CARD, OAKS_CARD = "0A1B2C3D", "11223344", "55667788"


# Session keys and tokens by name: everybody has signed in before the first test.
SESSIONS: dict[str, str] = {}
TOKENS: dict[str, str] = {}


class Cast:
    """Everybody and everything, looked up when a test asks."""

    def __init__(self) -> None:
        self._in: set[str] = set()

    def actor(self, name: str) -> Actor:
        return Actor.of(Account.objects.get(username=name))

    def client(self, name: str, *, again: bool = False) -> Client:
        """Return a browser in which someone has signed in.

        A second one has a session of its own, unless it is the first one `again`.
        """
        client = Client()
        if name in self._in and not again:
            client.force_login(Account.objects.get(username=name))
        else:
            client.cookies[settings.SESSION_COOKIE_NAME] = SESSIONS[name]
        self._in.add(name)
        return client

    def sign_everybody_out(self) -> None:
        Session.objects.all().delete()
        self._in = set(NAMES)

    def token(self, name: str) -> str:
        return TOKENS[name]

    def person(self, first_name: str) -> Person:
        return Person.objects.get(first_name=first_name)

    def door(self, name: str) -> Door:
        return Door.objects.get(name=name)

    def device(self, name: str) -> Device:
        return Device.objects.select_related("site", "connector", "mac_entry").get(name=name)

    def connector(self, name: str) -> Connector:
        return Connector.objects.get(name=name)

    def crew(self, name: str) -> Group:
        """Return a company's group of people by its name."""
        return Group.objects.get(name=name)

    def group(self, name: str) -> AccessGroup:
        return AccessGroup.objects.get(name=name)

    def power_on(self, *names: str) -> None:
        """Let devices be reached through their connectors from now on."""
        for name in names or ("Lobby", "Garage", "Oak"):
            device = self.device(name)
            connectors.greet(device.connector_id, spool="s1", version="1")
            reach(device)

    def work(self) -> Work:
        """Return Mona's, which was called off when its result was there already."""
        return self._works.get(kind="nothing")

    def check(self) -> Work:
        """Return Mona's look at a file of people, which is done and found nothing wrong."""
        return self._works.get(kind=CHECK)

    @property
    def _works(self) -> QuerySet[Work]:
        return Work.objects.select_related("source", "result", "account", "node")

    @cached_property
    def maple(self) -> Site:
        return Site.objects.select_related("installer", "node").get(name="Maple Court")

    @cached_property
    def oak(self) -> Site:
        return Site.objects.select_related("installer", "node").get(name="Oak Lane")

    @cached_property
    def acme(self) -> Company:
        return Company.objects.select_related("node", "site").get(name="Acme")

    @cached_property
    def birch(self) -> Company:
        return Company.objects.select_related("node", "site").get(name="Birch")


_UNMANAGED = (
    *("activity_doorevent", "procrastinate_jobs", "procrastinate_workers"),
    *("tenancy_api_use", "kit_cache"),
)
# What Django fills by itself after emptying a database goes on counting.
_RESTART = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND sequencename !~ '^(django|auth)_'
"""


# --- How it was built -------------------------------------------------------------------------


def build() -> None:
    """Build both branches in an empty database."""
    with connection.cursor() as cursor:
        # Django does not manage these, so emptying a database after a test leaves them.
        cursor.execute(f"TRUNCATE {', '.join(_UNMANAGED)} CASCADE")
        # Everything has the id that it had the first time, which some tests remember.
        cursor.execute(_RESTART)
    activity.prepare_partitions()
    root = plant_node(None, Node.Kind.OPERATOR, "Operator")
    dora = plant_node(root, Node.Kind.DISTRIBUTOR, "Dora's distribution")
    sven = plant_node(dora, Node.Kind.SUB_DISTRIBUTOR, "Sven's distribution")
    ivan = plant_node(sven, Node.Kind.INSTALLER, "Ivan's installations")
    others = plant_node(root, Node.Kind.DISTRIBUTOR, "Other distribution")
    oscar = plant_node(others, Node.Kind.INSTALLER, "Oscar's installations")
    places = {"otto": root, "dora": dora, "sven": sven, "ivan": ivan, "iris": ivan, "oscar": oscar}
    for name, node in places.items():
        _account(name, node)
    _build_maple(ivan)
    _build_oak(oscar)
    _write_a_mail()
    _invite_nora()
    _ask_for_help()
    _tell_mona()
    _say_to_managers()
    _work_for_mona()
    _draft_a_policy()
    _let_ivan_be_helped(ivan)
    put_manual(BUILDER, "X916", MANUAL)
    _tell_of(ivan, "Ivan")
    _tell_of(oscar, "Oscar")
    contact = ContactForm(phone="+498963648019", email="doras.desk@example.com")
    change_contact(BUILDER, dora, contact)
    change_limits(BUILDER, dora, LimitsForm(sites=900))
    _sign_everybody_in()
    run_all()


def _tell_of(installer: Node, name: str) -> None:
    """Let an installer have filled in the tabs of its setting."""
    change_provider(BUILDER, installer, ProviderForm(company=f"{name}'s firm"))
    desk = f"{name.lower()}s.desk@example.com"
    service = ServiceForm(phone="+498963648018", email=desk, receives_feedback=True)
    change_service(BUILDER, installer, service)
    bill = BillingForm(
        company=f"{name} and sons",
        attn=name,
        country="Germany",
        city="Munich",
        street="Ring 1",
        phone="+498963648018",
        email=f"{name.lower()}s.bills@example.com",
    )
    change_billing(BUILDER, installer, bill)
    change_setting(BUILDER, installer, visitor_call_snapshots=True)


def _build_maple(ivan: Node) -> None:
    maple = create_site(
        BUILDER, ivan, SiteForm(name="Maple Court", zone="Europe/Berlin", city="Berlin")
    )
    acme, birch = (create_company(BUILDER, maple, name=name) for name in ("Acme", "Birch"))
    _sign_in_once(_account("mona", maple.node))
    _account("ada", acme.node)
    rita = _person(acme, "Rita", "Rowe", RITAS_CARD)
    # No deed links an account yet: people get theirs with the phone app.
    Person.objects.filter(pk=rita.pk).update(account=_account("rita", acme.node))
    bob = _person(birch, "Bob", "Bell", BOBS_CARD)
    # A tree in each company; everybody is ungrouped still.
    workshop = create_group(BUILDER, acme, name="Workshop")
    create_group(BUILDER, acme, name="Night shift", parent=workshop)
    create_group(BUILDER, birch, name="Studio")
    basement = _connector(maple, "Basement")
    connectors.create_connector(BUILDER, maple, name="Attic")
    lobby = _device(maple, basement, "Lobby", LOBBY_MAC)
    garage = _device(maple, basement, "Garage", GARAGE_MAC)
    macs.register_mac(BUILDER, ivan, mac=FREE_MAC)
    front = _door(maple, lobby, "Front door", 1, acme, birch)
    ramp = _door(maple, garage, "Ramp", 1, birch)
    _door(maple, garage, "Store", 2)
    _group(maple, "Office hours", [front], [rita, bob], [OFFICE_HOURS])
    _group(maple, "Acme nights", [front], [rita], [NIGHTS], company=acme)
    _group(maple, "Birch parking", [ramp], [bob], [OFFICE_HOURS], company=birch)
    _log(lobby, (RITAS_CARD, BOBS_CARD, "DEADBEEF"))
    _drifted(lobby)
    _opened(front)
    _rebooted(lobby)
    _alarm(front)
    _alarm(ramp)
    activity.quarantine(basement, lobby, kind="door log", raw="{}", why="has no time")


def _build_oak(oscar: Node) -> None:
    oak = create_site(BUILDER, oscar, SiteForm(name="Oak Lane", zone="Europe/London"))
    oaks = create_company(BUILDER, oak, name="Oaks")
    olga = _person(oaks, "Olga", "Orr", OAKS_CARD)
    create_group(BUILDER, oaks, name="Crew")
    shed = _connector(oak, "Shed")
    device = _device(oak, shed, "Oak", OAK_MAC)
    gate = _door(oak, device, "Oak gate", 1, oaks)
    _group(oak, "Oak days", [gate], [olga], [OFFICE_HOURS])
    _log(device, (OAKS_CARD,))
    _drifted(device)
    _opened(gate)
    _alarm(gate)
    activity.quarantine(shed, device, kind="door log", raw="{}", why="has no time")


def _ask_for_help() -> None:
    """Let Mona have asked Ivan, and Oscar the operator; the mails are long sent."""
    nodes = {node.name: node for node in Node.objects.all()}
    maple, ivan = nodes["Maple Court"], nodes["Ivan's installations"]
    ask(Cast().actor("mona"), "The lobby stays dark", maple, ivan)
    ask(Cast().actor("oscar"), "A gate too slow", nodes["Oscar's installations"], nodes["Operator"])


def ask(asker: Actor, subject: str, node: Node, desk: Node) -> Ticket:
    """Let a ticket be there, without the mails that a deed would write."""
    ticket = Ticket.objects.create(
        node=node,
        asked_as=asker.places[0].role,
        desk=desk,
        opened_by=asker.account,
        subject=subject,
    )
    message = Message.objects.create(
        ticket=ticket, author=asker.account, author_name=asker.name, from_desk=False, text="Help."
    )
    ticket.last, ticket.last_by = message.pk, asker.account
    ticket.save(update_fields=["last", "last_by"])
    return ticket


def _say_to_managers() -> None:
    """Let Ivan have written to his property managers, of whom Mona is the only one."""
    ivan = Cast().actor("ivan")
    told = MessageForm(
        title="The lift is serviced", text="On Monday.", targets=[Role.PROPERTY_MANAGER]
    )
    send_message(ivan, write_message(ivan, ivan.places[0], told))
    # Whoever tries something in a test is the first who does.
    Guesses.objects.all().delete()


def _tell_mona() -> None:
    """Let Mona have been told that Maple Court is hers to manage; the mail is long sent."""
    mona, maple = Account.objects.get(username="mona"), Cast().maple
    told = {"kind": NoticeKind.MANAGER, "what": Notice.What.ASSIGNED, "about": maple.name}
    Notice.objects.create(account=mona, site=maple, **told)
    recount([mona.pk])


def _invite_nora() -> None:
    """Let an invitation to manage Maple Court wait; its mail is long sent."""
    Invitation.objects.create(
        node=Node.objects.get(name="Maple Court"),
        role=Role.PROPERTY_MANAGER,
        name="Nora",
        email="nora@example.com",
        expires_at=clock.now() + timedelta(days=7),
    )


def _sign_everybody_in() -> None:
    for account in Account.objects.all():
        browser = Client()
        browser.force_login(account)
        SESSIONS[account.username] = browser.session.session_key or ""
        TOKENS[account.username] = issue_token(BUILDER, account, "test")


def _write_a_mail() -> None:
    """Let a mail have failed, for the operator to see."""
    Mail.objects.create(
        recipient="nobody@example.com",
        subject="Welcome",
        text="Hello.",
        html="<p>Hello.</p>",
        language="en",
        message_id="<1@example.com>",
        state=Mail.State.FAILED,
        attempts=1,
        error="550 No such user here",
        give_up_at=clock.now() + timedelta(days=3),
    )


def _draft_a_policy() -> None:
    """Let a privacy policy be written, but not published: nobody is asked for anything."""
    draft = policies.begin_draft(BUILDER)
    policies.write_draft(BUILDER, draft, {"en": "We keep little."})


def _let_ivan_be_helped(node: Node) -> None:
    """Let Dora have enabled account access for Ivan, and have acted for him a while ago."""
    dora, ivan = (Account.objects.get(username=name) for name in ("dora", "ivan"))
    access = AccountAccess.objects.create(node=node, enabled=True)
    begun = clock.now() - timedelta(days=1)
    SupportVisit.objects.create(
        node=node,
        access=access,
        account=dora,
        acting_for=ivan,
        role=Role.INSTALLER,
        session="0" * 32,
        started_at=begun,
        ends_at=begun + timedelta(hours=1),
        ended_at=begun + timedelta(minutes=7),
        why=SupportVisit.End.LEFT,
    )


def _work_for_mona() -> None:
    """Let Mona have asked for something long, called it off, and have a file of it."""
    mona, node = Cast().actor("mona"), Node.objects.get(name="Maple Court")
    work = files.start_work(mona, node, kind="nothing", title="Maple's people")
    files.cancel_work(mona, work)
    result = files.store(
        mona,
        node,
        kind=StoredFile.Kind.RESULT,
        name="Maple's people.csv",
        content=[b"first name\n", b"Rita\n"],
        content_type="text/csv",
    )
    fault = Fault("No name", mend="Type one.", sheet="People", row=7, column="First name")
    told = {"faults": [fault.plain()], "fault_count": 1}
    Work.objects.filter(pk=work.pk).update(result=result, **told)
    ask_for_check(mona, Cast().maple, PeopleFile(), Choices())


def _account(name: str, node: Node) -> Account:
    return create_account(
        BUILDER,
        node,
        ROLES[name],
        username=name,
        password=PASSWORD,
        name=name.title(),
        email=f"{name}@example.com",
    )


def _sign_in_once(account: Account) -> None:
    """Let an account know a browser and have a token."""
    know_browser(account, "", agent="Firefox on Linux", address="192.0.2.7")
    issue_token(BUILDER, account, "Rota")


def _person(company: Company, first_name: str, last_name: str, card: str) -> Person:
    form = PersonForm(first_name=first_name, last_name=last_name)
    person = create_person(BUILDER, company, form)
    credentials.add_card(BUILDER, person, number=card)
    return person


def _connector(site: Site, name: str) -> Connector:
    _connector, code = connectors.create_connector(BUILDER, site, name=name)
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    connector = connectors.enrol(code, public_key=key, version="1")
    connectors.greet(connector.pk, spool="s1", version="1")
    return Connector.objects.get(pk=connector.pk)


def _device(site: Site, connector: Connector, name: str, mac: str) -> Device:
    macs.register_mac(BUILDER, site.installer, mac=mac)
    form = devices.DeviceForm(
        name=name,
        mac=mac,
        connector=connector,
        address="10.0.0.7",
        user="admin",
        password=DEVICE_PASSWORD,
    )
    device = devices.create_device(BUILDER, site, form)
    devices.identify_device(BUILDER, device, identity(device, mac))
    return Device.objects.get(pk=device.pk)


def identity(device: Device, mac: str) -> neutral.DeviceIdentified:
    """Return what a device says of itself."""
    return neutral.DeviceIdentified(
        device=str(device.pk),
        at=clock.now(),
        mac=mac,
        model="X916",
        firmware="916.30.10.114",
        hardware="916.0",
    )


def _door(site: Site, device: Device, name: str, relay: int, *companies: Company) -> Door:
    form = doors.DoorForm(name=name, device=device, relay=relay, companies=companies)
    return doors.create_door(BUILDER, site, form)


def _group(
    site: Site,
    name: str,
    opened: list[Door],
    people: list[Person],
    week: list[WeeklyWindow],
    company: Company | None = None,
) -> AccessGroup:
    form = groups.GroupForm(name=name, doors=opened, people=people, windows=week)
    return groups.create_group(BUILDER, site, form, company=company)


def badge(device: Device, local_id: object, code: str, **told: object) -> neutral.BadgeScanned:
    """Return a row of a device's log, accepted now unless told otherwise."""
    row: dict[str, object] = {
        "at": clock.now(),
        "device_time": "",
        "generation": 1,
        "method": neutral.Method.CARD,
        "person": "",
        "relays": (1,),
        "accepted": True,
    }
    return neutral.BadgeScanned(
        device=str(device.pk), local_id=str(local_id), code=code, **{**row, **told}
    )


def reach(device: Device, *, online: bool = True, problem: neutral.Problem | None = None) -> None:
    """Let the device's connector say whether it reaches it."""
    skew = 0 if online else None
    state = DeviceState(str(device.pk), online, problem, epoch=0, revision=0, clock_skew=skew)
    presence.note_states(device.connector_id, clock.now(), 0, [state])


def _alarm(door: Door) -> None:
    """Let a door stand open too long."""
    now = clock.now()
    device = door.device
    Alarm.objects.create(
        node=door.node,
        site=door.site,
        device=device,
        door=door,
        device_name=device.name,
        door_name=door.name,
        kind=Alarm.Kind.HELD,
        at=now,
        last_at=now,
    )


def stranger(key: str = "k1", **facts: object) -> neutral.Stranger:
    """Return somebody on a device whom nobody here put there."""
    known = {"name": "Janitor", "cards": 1, "pin": False, "relays": (1,), "elsewhere": False}
    return neutral.Stranger(key=key, **{**known, **facts})  # type: ignore[arg-type]


def found_changed(device: Device, *found: neutral.Difference, epoch: int = 1) -> neutral.DriftFound:
    """Return what a connector tells of a device that others have changed."""
    return neutral.DriftFound(str(device.pk), clock.now(), epoch, 1, found, len(found))


def _drifted(device: Device) -> None:
    """Let a device have been changed by others in an epoch that is over, and hold a guest."""
    lost = neutral.Difference(neutral.Kind.SCHEDULE, "1", neutral.Oddity.MISSING)
    drift.take_drift(BUILDER, device, found_changed(device, lost, epoch=0))
    drift.see_drifts(BUILDER, device)
    guests = (stranger("g1", name="Cloud Guest", elsewhere=True),)
    seen = neutral.StrangersSeen(str(device.pk), clock.now(), guests, 1)
    drift.take_strangers(device, seen)


def _log(device: Device, codes: tuple[str, ...]) -> None:
    rows = [badge(device, place, code) for place, code in enumerate(codes, start=1)]
    badges.record_badges(device, rows)


def _rebooted(device: Device) -> None:
    """Let a device have been rebooted from the portal a while ago."""
    reach(device)
    command = reboots.reboot_device(BUILDER, device)
    (claimed,) = orders.claim_commands({command.connector_id: clock.now()}, [command.connector_id])
    done = neutral.OrderSettled(str(claimed.command), clock.now(), neutral.Outcome.DONE, None)
    orders.settle_command(claimed.connector, claimed.command, done)
    reach(device, online=False, problem=neutral.Problem.UNREACHABLE)
    reach(device)
    reach(device, online=False)
    Command.objects.filter(pk=command.pk).update(created_at=clock.now() - timedelta(hours=2))


def _opened(door: Door) -> None:
    """Let a door have been opened from the portal a while ago."""
    device = door.device
    reach(device)
    command = doors.unlock_door(BUILDER, door)
    (claimed,) = orders.claim_commands({command.connector_id: clock.now()})
    done = neutral.OrderSettled(str(claimed.command), clock.now(), neutral.Outcome.DONE, None)
    if settled := orders.settle_command(claimed.connector, claimed.command, done):
        badges.record_unlock(settled)
    reach(device, online=False)
    Command.objects.filter(pk=command.pk).update(created_at=clock.now() - timedelta(hours=1))
