"""People of the companies, with their cards and PINs."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from doorward.access import pins
from doorward.access.actions.credentials import match_of, pin_match
from doorward.access.cards import tail
from doorward.access.models import Credential
from doorward.demo.sizes.places import GROUPS, Places, company_of_person
from doorward.demo.sizes.size import Size, chance, slices
from doorward.demo.sizes.writing import Tell, block, stream, words_at_once, write
from doorward.kit import clock, vault
from doorward.people.models import Person, PersonnelCounter
from doorward.sites.models import USUAL_PIN

AT_ONCE = 50_000
# The first number that a site gives (people.actions.numbers).
FIRST_ID = 10_001
# How long they had been there when it was filled.
SINCE = timedelta(days=400)
# One in five has no card, one in so many a PIN.
NO_CARD, _PIN = 5, 25
# One in so many cleans.
CLEANER = 50
# Numbers of four bytes, each once: the factor is odd.
_FACTOR, _FOUR_BYTES = 2_654_435_761, 2**32

_COLUMNS = (
    *("node_id", "site_id", "person_id", "kind", "secret", "match", "tail", "format", "label"),
    "created_at",
)

# Syllables: 64 first and 1,024 last names, so that some are frequent and none is alone.
NAMES = {
    "first_name": "(array['Al','Be','Ca','Do','El','Fa','Gu','Ha'])[1 + mod(k, 8)]"
    " || (array['na','rio','lena','vid','mir','bian','stav','kan'])[1 + mod(k / 8, 8)]",
    "last_name": "(array['Berg','Stein','Wald','Lund','Holm','Kamp','Feld','Bach'])"
    "[1 + mod(k / 64, 8)]"
    " || (array['er','ler','mann','strom','gren','ski','ov','sen'])[1 + mod(k / 512, 8)]"
    " || (array['','-Adler','-Busch','-Conrad'])[1 + mod(k / 4096, 4)]",
}


def populate(places: Places, tell: Tell) -> int:
    """Let people into the companies; return the key of the first."""
    size = places.size
    first = block(Person, size.people)
    with words_at_once("person_by_words"):
        for begin, end in slices(size.people, AT_ONCE):
            _people(places, first, begin, end)
            tell("people", end, size.people)
    write(
        PersonnelCounter,
        f"generate_series(0::bigint, {size.sites - 1}) AS i",
        site_id=f"{places.sites} + i",
        last=f"{FIRST_ID - 1} + ({size.people} * (i + 1) / {size.sites}"
        f" - {size.people} * i / {size.sites})",
    )
    return first


def _people(places: Places, first: int, begin: int, end: int) -> None:
    size = places.size
    per_site = size.companies_a_site
    # Where each is: company j, site i, and the how manieth of the site.
    source = (
        f"(SELECT n, j, j / {per_site} AS i,"
        f" n - {size.people} * (j / {per_site}) / {size.sites} AS here,"
        f" {chance('n', 8, size.seed)} AS k, {chance('n', 9, size.seed)} AS fate"
        f" FROM (SELECT n, {company_of_person('n', size)} AS j"
        f" FROM generate_series({begin}::bigint, {end - 1}) AS n) AS placed) AS one"
    )
    names = f"lower({NAMES['first_name']}) || '.' || lower({NAMES['last_name']})"
    now = f"'{clock.now().isoformat()}'::timestamptz"
    write(
        Person,
        source,
        id=f"{first} + n",
        node_id=f"{places.company_nodes} + j",
        site_id=f"{places.sites} + i",
        company_id=f"{places.companies} + j",
        group_id=(
            # Cleaners are of some group.
            f"CASE WHEN mod(fate, 16) > 0 OR mod(n, {CLEANER}) = 0"
            f" THEN {places.groups} + j * {GROUPS} + mod(fate / 16, {GROUPS}) END"
        ),
        personnel_id=f"({FIRST_ID} + here)::text",
        email=f"CASE WHEN mod(k, 2) = 0 THEN {names} || here || '@example.com' ELSE '' END",
        mobile="CASE WHEN mod(k, 3) = 0 THEN '+491512' || lpad(mod(fate, 10000000)::text, 7, '0')"
        " ELSE '' END",
        status=f"CASE mod(fate, 50) WHEN 0 THEN '{Person.Status.SUSPENDED}'"
        f" ELSE '{Person.Status.ACTIVE}' END",
        valid_until=f"CASE mod(fate, 10) WHEN 1"
        f" THEN {now} + (mod(fate, 8000) - 2000) * interval '1 hour' END",
        created_at=f"{now} - interval '{SINCE.days} days'",
        **NAMES,
    )


def give_credentials(places: Places, first: int, tell: Tell) -> None:
    """Give most people a card, and some a PIN, sealed and found again as any other."""
    size = places.size
    if not size.credentials:
        return
    draw = _Draw(size)
    for begin, end in slices(size.people, AT_ONCE):
        stream(Credential, _COLUMNS, _credentials(places, first, draw, range(begin, end)))
        tell("their cards and PINs", end, size.people)


def card_of(place: int, size: Size) -> str | None:
    """Return the number of the card that a person, from 0, holds."""
    if place % NO_CARD == 0:
        return None
    return f"{(place * _FACTOR + size.seed) % _FOUR_BYTES:08X}"


def tail_sql(place: str, size: Size) -> str:
    """Return in SQL what is shown of the number of that card; empty for who has none."""
    number = f"mod({place} * {_FACTOR} + {size.seed}, {_FOUR_BYTES})"
    return (
        f"CASE WHEN mod({place}, {NO_CARD}) = 0 THEN ''"
        f" ELSE right(lpad(upper(to_hex({number})), 8, '0'), 4) END"
    )


def _credentials(
    places: Places, first: int, draw: "_Draw", some: range
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of what these people, from 0, hold."""
    size = places.size
    at = clock.now() - SINCE
    for place in some:
        company = ((place + 1) * size.all_companies - 1) // size.people
        site = company // size.companies_a_site
        who = (places.company_nodes + company, places.sites + site, first + place)
        if number := card_of(place, size):
            sealed, match = vault.seal(number), match_of(number)
            yield (*who, Credential.Kind.CARD.value, sealed, match, tail(number), "8HN", "", at)
        if place % _PIN == 0:
            pin = draw.pin(site)
            match = pin_match(places.sites + site, pin)
            yield (*who, Credential.Kind.PIN.value, vault.seal(pin), match, "", "", "", at)


class _Draw:
    """Draws PINs by the seed, each once at a site; sites come one after the other."""

    def __init__(self, size: Size) -> None:
        length = pins.length_for(USUAL_PIN, size.people // size.sites // _PIN)
        dice = random.Random(size.seed)  # noqa: S311 - the same PINs each time are meant
        self.candidates = pins.candidates(length, dice.randrange)
        self.site, self.drawn = -1, set[str]()

    def pin(self, site: int) -> str:
        if site != self.site:
            self.site, self.drawn = site, set()
        pin = next(one for one in self.candidates if one not in self.drawn)
        self.drawn.add(pin)
        return pin
