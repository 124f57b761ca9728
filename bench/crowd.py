"""A million people over many sites, written by SQL where deeds would take a day.

Imported by a process of the installation itself: see `Installation.shell`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.conf import settings
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doorward.access.models import AccessGroup, Credential
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Account

# Ids of what is added begin here; companies' nodes lie a million above those of their sites.
BASE = 1_000_000
PEOPLE, HERE = 10_000_000, 5_000_000
_BY_WORDS = "person_by_words"

# Syllables of names: 64 first and 256 last names, so that some are frequent and none is alone.
_NAMES = {
    "first_name": "(array['Al','Be','Ca','Do','El','Fa','Gu','Ha'])[1 + k % 8]"
    " || (array['na','rio','lena','vid','mir','bian','stav','kan'])[1 + k / 8 % 8]",
    "last_name": "(array['Berg','Stein','Wald','Lund','Holm','Kamp','Feld','Bach'])[1 + k / 64 % 8]"
    " || (array['er','ler','mann','strom','gren','ski','ov','sen'])[1 + k / 512 % 8]"
    " || (array['','-Adler','-Busch','-Conrad'])[1 + k / 4096 % 4]",
}


def sites(first: int, last: int, *, each: int) -> None:
    """Add the sites of these numbers, with a company and `each` people of it."""
    site = Site.objects.select_related("installer").order_by("pk")[0]
    company = Company.objects.order_by("pk")[0]
    series = f"generate_series({first}, {last}) AS n"
    above, path = site.installer_id, site.installer.path
    node, its = f"{BASE} + n", f"{2 * BASE} + n"
    with connection.cursor() as cursor, _words_later(cursor):
        add = _Copies(cursor)
        add.of(
            site.node,
            series,
            id=node,
            parent_id=str(above),
            name="'Site ' || n",
            path=f"'{path}' || ({node}) || '/'",
        )
        add.of(
            company.node,
            series,
            id=its,
            parent_id=node,
            name="'Company ' || n",
            path=f"'{path}' || ({node}) || '/' || ({its}) || '/'",
        )
        add.of(site, series, id=node, node_id=node, name="'Site ' || n")
        add.of(company, series, id=node, node_id=its, site_id=node, name="'Company ' || n")
        add.of(
            _somebody(company),
            f"(SELECT n, m, n * 7919 + m AS k FROM {series}, generate_series(1, {each}) AS m)",
            id=f"{PEOPLE} + n * 10000 + m",
            site_id=node,
            company_id=node,
            node_id=its,
            group_id="NULL",
            personnel_id="'P' || m",
            **_NAMES,
        )
        cursor.execute("ANALYZE")


def people_here(count: int) -> None:
    """Fill the demo's site: both companies, four of five with a card, all in one access group."""
    one, other = Company.objects.order_by("pk")[:2]
    series = f"generate_series(1, {count}) AS k"
    with connection.cursor() as cursor, _words_later(cursor):
        add = _Copies(cursor)
        add.of(
            _somebody(one),
            series,
            id=f"{HERE} + k",
            company_id=f"CASE k % 2 WHEN 0 THEN {one.pk} ELSE {other.pk} END",
            node_id=f"CASE k % 2 WHEN 0 THEN {one.node_id} ELSE {other.node_id} END",
            group_id="NULL",
            personnel_id="'K' || k",
            status="CASE k % 50 WHEN 0 THEN 'suspended' ELSE 'active' END",
            valid_until="CASE k % 10 WHEN 0 THEN now() + (k - 2000) * interval '1 hour' END",
            **_NAMES,
        )
        add.of(
            Credential.objects.filter(kind=Credential.Kind.CARD).order_by("pk")[0],
            f"{series} JOIN people_person AS holder ON holder.id = {HERE} + k AND k % 5 > 0",
            id=f"{HERE} + k",
            person_id="holder.id",
            node_id="holder.node_id",
            match="sha256(k::text::bytea)",
        )
        group = AccessGroup.objects.filter(company=None).order_by("pk")[0]
        cursor.execute(
            "INSERT INTO access_accessgroup_people (accessgroup_id, person_id)"
            f" SELECT {group.pk}, {HERE} + k FROM {series}"
        )
        cursor.execute("ANALYZE")


class _Copies:
    """Adds copies of a row, one for each row of a series, with other values in some columns."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor

    def of(self, row: models.Model, series: str, **values: str) -> None:
        table = row._meta.db_table
        columns = [f.column for f in row._meta.concrete_fields if not f.generated]
        names = ", ".join(f'"{name}"' for name in columns)
        taken = ", ".join(values.get(name, f'pattern."{name}"') for name in columns)
        rows = series if series.startswith("generate") else f"{series} AS place"
        self.cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {taken}"
            f" FROM {rows}, {table} AS pattern WHERE pattern.id = {row.pk}"
        )


def _somebody(company: Company) -> Person:
    """Return one of a company's people, to be copied."""
    return Person.objects.filter(company=company, account=None).order_by("pk")[0]


@contextmanager
def _words_later(cursor: CursorWrapper) -> Iterator[None]:
    """Build the index of words once all rows are there, which takes a tenth of the time."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [_BY_WORDS])
    (statement,) = cursor.fetchone()
    cursor.execute(f"DROP INDEX {_BY_WORDS}")
    yield
    cursor.execute("SET maintenance_work_mem = '256MB'")
    cursor.execute(statement)


def session_of(login: str) -> str:
    """Return the cookie by which somebody is signed in, without the steps of signing in."""
    client = Client()
    client.force_login(Account.objects.get(username=login))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def questions(login: str, addresses: list[str]) -> list[int]:
    """Return how many questions each page asks of the database."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Account.objects.get(username=login))
    asked = []
    for address in addresses:
        with CaptureQueriesContext(connection) as seen:
            if client.get(address).status_code != HTTPStatus.OK:
                raise AssertionError(f"{address} is not shown to {login}: the figure is void")
        asked.append(len(seen))
    return asked
