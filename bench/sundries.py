"""What piles up beside people, doors and their log: alarms, deeds, works, accounts, words and such.

Imported by a process of the installation itself: see `Installation.shell`. A tenth lies at the
large site, so that its lists are long.
"""

from django.db import connection, transaction

from doorward.activity.models import Alarm, QuarantinedReport
from doorward.demo.sizes.writing import block, write
from doorward.devices.models import Command, Drift, Moment, Stranger
from doorward.files.models import Work
from doorward.helpdesk.models import Message, Ticket
from doorward.kit.models import Mail
from doorward.notices.models import Announcement, Delivery, Notice
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Account, AuditEntry, Node, Standing

DEEDS, ALARMS, MOMENTS, COMMANDS = 1_000_000, 200_000, 300_000, 200_000
STRANGERS, DRIFTS, QUARANTINED, WORKS, ACCOUNTS, MAILS = (
    50_000,
    20_000,
    50_000,
    50_000,
    20_000,
    50_000,
)
NOTICES, TICKETS, ANNOUNCEMENTS = 150_000, 50_000, 10_000
# Who asked for the works that are many.
BUSY = "ivan"
_AGO = "now() - n * interval '1 minute'"
# What others did is looked at before long, but at the large site and at one device in fifty.
_LOOKED_AT = "mod(n, 10) > 0 AND mod(device.id, 50) > 0"
_OF_SITE = {"node_id": "device.node_id", "site_id": "device.site_id"}


def let_in(site_key: int) -> None:
    """Let the demo's manager and administrator be those of a site and its first company as well."""
    site = Site.objects.get(pk=site_key)
    company = Company.objects.filter(site=site).order_by("pk")[0]
    for login, node in (("mona", site.node), ("ada", company.node)):
        account = Account.objects.get(username=login)
        role = Standing.objects.filter(account=account)[0].role
        Standing.objects.get_or_create(account=account, node=node, role=role)


def add() -> None:
    """Add all of it, and let the database tidy up and look at what it has."""
    with transaction.atomic():
        _connected()
        _devices_past()
        _deeds()
        _accounts()
        _works()
        _notices()
        _tickets()
        _announcements()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _connected() -> None:
    """Let all connectors but one in fifty be here for a day, as on an ordinary one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE devices_connector SET last_seen_at = now() + interval '1 day',"
            " online_since = now() WHERE mod(id, 50) > 0"
        )


def _devices_past() -> None:
    write(
        Alarm,
        _with_devices(ALARMS),
        **_OF_SITE,
        device_id="device.id",
        door_id="door.id",
        device_name="device.name",
        door_name="door.name",
        kind="(array['forced','held','tamper','input'])[1 + mod(n, 4)]",
        at=_AGO,
        last_at=_AGO,
        over_at=_AGO,
        acknowledged_at=_AGO,
        acknowledged_by="'Mona'",
        # One alarm of a device and kind is open at a time: the youngest of the large site.
        closed_at=f"CASE WHEN mod(n, 10) > 0 OR n > 1600 THEN {_AGO} END",
    )
    write(
        Moment,
        _with_devices(MOMENTS),
        node_id="device.node_id",
        device_id="device.id",
        at=_AGO,
        kind="(array['online','offline','restarted'])[1 + mod(n, 3)]",
    )
    write(
        Command,
        _with_devices(COMMANDS),
        node_id="device.node_id",
        connector_id="device.connector_id",
        device_id="device.id",
        door_id="door.id",
        actor="'mona'",
        status="'done'",
        created_at=_AGO,
        expires_at=_AGO,
        settled_at=_AGO,
    )
    write(
        Stranger,
        _with_devices(STRANGERS),
        node_id="device.node_id",
        device_id="device.id",
        key="'stranger ' || n",
        name="'Stranger ' || n",
        cards="1",
        pin="false",
        elsewhere="mod(n / 7, 2) = 0",
        kept_at=f"CASE WHEN {_LOOKED_AT} THEN {_AGO} END",
    )
    write(
        Drift,
        _with_devices(DRIFTS),
        node_id="device.node_id",
        device_id="device.id",
        found_at=_AGO,
        epoch="1",
        nature="'edited'",
        count="1",
        mended_at=_AGO,
        seen_at=f"CASE WHEN {_LOOKED_AT} THEN {_AGO} END",
    )
    write(
        QuarantinedReport,
        # What one connector tells, all of it tells: few do, and these without an end.
        _with_devices(QUARANTINED, apart=500),
        node_id="device.node_id",
        connector_id="device.connector_id",
        device_id="device.id",
        at=_AGO,
        kind="'badge'",
        raw="'not readable'",
        why="'The time is not readable.'",
    )


def _deeds() -> None:
    people = _range("people_person", "node_id > 0")
    write(
        AuditEntry,
        f"generate_series(1, {DEEDS}) AS n JOIN people_person AS person"
        f" ON person.id = {people[0]} + mod(n * 7919::bigint, {people[1]})",
        node_id="person.node_id",
        at=_AGO,
        actor="(array['mona','ivan','ada'])[1 + mod(n, 3)]",
        account_id=f"CASE WHEN mod(n, 3) = 1 THEN {Account.objects.get(username=BUSY).pk} END",
        verb="(array['change','create','add card','suspend'])[1 + mod(n, 4)]",
        subject="'person'",
        subject_id="person.id",
        label="person.first_name || ' ' || person.last_name",
    )


def _works() -> None:
    busy = Account.objects.get(username=BUSY)
    first, count = _range("tenancy_account", "username LIKE 'account-%%'")
    standing = Standing.objects.filter(account=busy)[0]
    write(
        Work,
        f"generate_series(1, {WORKS}) AS n",
        node_id=str(standing.node_id),
        # They are kept for thirty days: what one asks for in them are no more than 2,000.
        account_id=f"CASE WHEN mod(n, 25) = 0 THEN {busy.pk} ELSE {first} + mod(n, {count}) END",
        kind="'export'",
        title="'People ' || n",
        state="(array['done','failed','cancelled'])[1 + mod(n, 3)]",
        created_at=_AGO,
    )
    write(
        Mail,
        f"generate_series(1, {MAILS}) AS n",
        recipient="'somebody' || n || '@example.com'",
        subject="'Hello ' || n",
        language="'en'",
        message_id="'<' || n || '@bench>'",
        give_up_at="now()",
        state="(array['sent','failed'])[1 + mod(n / 50, 2)]",
        created_at=_AGO,
    )


def _accounts() -> None:
    first = block(Account, ACCOUNTS)
    companies = _range("tenancy_node", f"kind = '{Node.Kind.COMPANY}'")
    write(
        Account,
        f"generate_series(1, {ACCOUNTS}) AS n",
        id=f"{first} + n - 1",
        username="'account-' || n",
        password="'!'",
        name="'Account ' || n",
    )
    write(
        Standing,
        f"generate_series(1, {ACCOUNTS}) AS n JOIN tenancy_node AS company"
        f" ON company.id = {companies[0]} + mod(n, {companies[1]}) AND company.kind = 'company'",
        account_id=f"{first} + n - 1",
        node_id="company.id",
        role="'company_administrator'",
    )


def _notices() -> None:
    """Tell each of four accounts what happens, as one whom nobody else is told for."""
    told = ("ivan", "mona", "ada", "olga")
    keys = Account.objects.filter(username__in=told).order_by("pk").values_list("pk", flat=True)
    alarm, work = (
        f"{first} + mod(n, {count})"
        for first, count in (_range("activity_alarm", "true"), _range("files_work", "true"))
    )
    write(
        Notice,
        _with_devices(NOTICES),
        account_id=f"(array{list(keys)})[1 + mod(n, {len(keys)})]",
        kind="(array['alarm','offline','work'])[1 + mod(n / 4, 3)]",
        what="(array['forced','gone','done'])[1 + mod(n / 4, 3)]",
        at=_AGO,
        read_at=f"CASE WHEN mod(n, 40) > 3 THEN {_AGO} END",
        about="'Terminal ' || n",
        subject=f"(array[{alarm}, device.id, {work}])[1 + mod(n / 4, 3)]",
        site_id="CASE WHEN mod(n / 4, 3) < 2 THEN device.site_id END",
    )


def _tickets() -> None:
    """Let accounts of companies ask: half of them the busy installer, the others anybody."""
    desk = Standing.objects.filter(account__username=BUSY)[0].node_id
    companies = _range("tenancy_node", f"kind = '{Node.Kind.COMPANY}'")
    first = block(Ticket, TICKETS)
    write(
        Ticket,
        f"generate_series(1, {TICKETS}) AS n JOIN tenancy_node AS company"
        f" ON company.id = {companies[0]} + mod(n * 7919::bigint, {companies[1]})"
        " AND company.kind = 'company'",
        id=f"{first} + n - 1",
        node_id="company.id",
        asked_as="'company_administrator'",
        desk_id=f"CASE WHEN mod(n, 2) = 0 THEN {desk} ELSE company.parent_id END",
        subject="'Door ' || n",
        state="(array['open','waiting','solved','solved'])[1 + mod(n / 2, 4)]",
        created_at=_AGO,
        last_at=_AGO,
    )
    write(
        Message,
        "helpdesk_ticket AS ticket",
        ticket_id="ticket.id",
        author_name="'Somebody'",
        from_desk="false",
        text="'It does not open: ' || ticket.subject",
        at="ticket.created_at",
    )


def _announcements() -> None:
    """Let the busy installer say much to the two below it."""
    busy = Standing.objects.filter(account__username=BUSY)[0]
    first = block(Announcement, ANNOUNCEMENTS)
    write(
        Announcement,
        f"generate_series(1, {ANNOUNCEMENTS}) AS n",
        id=f"{first} + n - 1",
        node_id=str(busy.node_id),
        written_as=f"'{busy.role}'",
        title="'News ' || n",
        text="'There is news.'",
        targets="array['property_manager','company_administrator']",
        state="(array['sent','sent','sent','recalled'])[1 + mod(n, 4)]",
        sent_at=_AGO,
        changed_at=_AGO,
        recipients="2",
    )
    write(
        Delivery,
        f"generate_series({first}, {first + ANNOUNCEMENTS - 1}) AS n"
        " JOIN tenancy_account AS account ON account.username IN ('mona', 'ada')",
        announcement_id="n",
        account_id="account.id",
        read_at="CASE WHEN mod(n, 3) = 0 THEN now() END",
    )


def _with_devices(count: int, *, apart: int = 1) -> str:
    """Return a FROM of so many rows n with device and door; a tenth at the first 200.

    The others are at all devices, or at such as are so far apart.
    """
    first, some = _range("devices_device", "name LIKE 'Terminal %%'")
    far = f"mod(n * 7919::bigint, {some}) / {apart} * {apart}"
    return (
        f"generate_series(1, {count}) AS n JOIN devices_device AS device"
        f" ON device.id = {first} + CASE WHEN mod(n, 10) = 0 THEN mod(n / 10, 200) ELSE {far} END"
        " JOIN devices_door AS door ON door.device_id = device.id"
    )


def _range(table: str, those: str) -> tuple[int, int]:
    """Return the first key of these rows and how many follow."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) - min(id) + 1 FROM {table} WHERE {those}", [])
        first, count = cursor.fetchone()
        return int(first), int(count)
