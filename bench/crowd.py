"""A million people over many sites, written by SQL where deeds would take a day.

Imported by a process of the installation itself: see `Installation.shell`.
"""

from http import HTTPStatus

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doorward.access.models import AccessGroup, Credential
from doorward.demo.sizes.filling import fill
from doorward.demo.sizes.people import NAMES
from doorward.demo.sizes.size import Size
from doorward.demo.sizes.writing import block, words_at_once, write
from doorward.kit import vault
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.models import Account


def sites(count: int, *, each: int) -> int:
    """Add sites, each with a company and so many people of it; return the key of the first."""
    size = Size(sites=count, people=count * each, companies=1, credentials=False)
    return fill(size).places.sites


def people_here(count: int) -> None:
    """Fill the demo's site: both companies, four of five with a card, all in one access group."""
    one, other = Company.objects.order_by("pk")[:2]
    group = AccessGroup.objects.filter(company=None).order_by("pk")[0]
    people, cards = block(Person, count), block(Credential, count)
    series = f"generate_series(1, {count}) AS k"
    with transaction.atomic():
        with words_at_once("person_by_words"):
            write(
                Person,
                series,
                id=f"{people} + k - 1",
                site_id=str(one.site_id),
                company_id=f"CASE mod(k, 2) WHEN 0 THEN {one.pk} ELSE {other.pk} END",
                node_id=f"CASE mod(k, 2) WHEN 0 THEN {one.node_id} ELSE {other.node_id} END",
                personnel_id="'K' || k",
                status="CASE mod(k, 50) WHEN 0 THEN 'suspended' ELSE 'active' END",
                valid_until="CASE mod(k, 10) WHEN 0"
                " THEN now() + (k - 2000) * interval '1 hour' END",
                **NAMES,
            )
        write(
            Credential,
            f"{series} JOIN people_person AS holder ON holder.id = {people} + k - 1"
            " WHERE mod(k, 5) > 0",
            id=f"{cards} + k - 1",
            person_id="holder.id",
            node_id="holder.node_id",
            site_id="holder.site_id",
            secret=f"'\\x{vault.seal('0BADF00D').hex()}'::bytea",
            match="sha256(k::text::bytea)",
        )
        write(
            AccessGroup.people.through,
            series,
            accessgroup_id=str(group.pk),
            person_id=f"{people} + k - 1",
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
