"""What a site has of all that a sheet of people may name, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet
from django.db.models.functions import Lower

from doorward.access.models import AccessGroup, Credential
from doorward.people.actions import numbers
from doorward.people.models import Group, Person
from doorward.portal.sheets import OnPaper
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

BETWEEN_GROUPS = " / "


@dataclass
class Held:
    """What people hold, by their keys: cards in order, a PIN's hash, access groups by name."""

    cards: dict[int, list[Credential]] = field(default_factory=lambda: defaultdict(list))
    pins: dict[int, Credential] = field(default_factory=dict)
    access_groups: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))


@dataclass
class Roll:
    """The site as somebody sees it. Names are found without regard to case."""

    actor: Actor
    site: Site
    companies: dict[str, Company]
    groups: dict[int, dict[str, Group]]
    paths: dict[int, str]
    access_groups: dict[str, AccessGroup]
    # Every company that the actor sees, by its key.
    homes: dict[int, Company]
    people: dict[str, Person] = field(default_factory=dict)
    held: Held = field(default_factory=Held)
    # IDs of people whom the actor does not see.
    hidden: frozenset[str] = frozenset()

    @classmethod
    def of(cls, actor: Actor, site: Site) -> "Roll":
        companies = Company.objects.seen_at(actor, site).select_related("node", "site")
        may = [company for company in companies if actor.may(Can.CHANGE_PERSON, company.node)]
        groups, paths = _trees([company.pk for company in may])
        known = AccessGroup.objects.seen_at(actor, site).select_related("node")
        return cls(
            actor,
            site,
            companies={plain(company.name): company for company in may},
            groups=groups,
            paths=paths,
            access_groups={plain(group.name): group for group in known},
            homes={company.pk: company for company in companies},
        )

    def call(self, ids: Collection[str], *, lock: bool = False) -> None:
        """Look up who has these personnel IDs, and what they hold."""
        lower = {number.lower() for number in ids}
        named = Person.objects.annotate(lower_id=Lower("personnel_id"))
        rows = named.filter(site=self.site, lower_id__in=lower).visible_to(self.actor)
        if lock:
            rows = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
        self.people = {person.personnel_id.lower(): self._at_home(person) for person in rows}
        taken = numbers.taken(self.site.pk, lower)
        self.hidden = frozenset(taken.keys() - self.people.keys())
        self.held = held_by(self.actor, [person.pk for person in self.people.values()])

    def _at_home(self, person: Person) -> Person:
        """Give somebody the company, site and group that are known: one of each for all."""
        person.site = self.site
        if home := self.homes.get(person.company_id):
            person.company, person.node = home, home.node
        group = self._groups_by_key.get(person.group_id or 0)
        if group is not None:
            person.group = group
        return person

    @cached_property
    def _groups_by_key(self) -> dict[int, Group]:
        return {group.pk: group for known in self.groups.values() for group in known.values()}

    def on_paper(self, person: Person) -> OnPaper:
        """Return somebody as an export shows them."""
        return _on_paper(person, self.paths, self.held)


def on_paper(actor: Actor, people: Sequence[Person]) -> list[OnPaper]:
    """Return people as lines of the sheet; their companies are at hand."""
    paths = _trees({person.company_id for person in people})[1]
    held = held_by(actor, [person.pk for person in people])
    return [_on_paper(person, paths, held) for person in people]


def held_by(actor: Actor, people: Collection[int]) -> Held:
    held = Held()
    credentials = Credential.objects.visible_to(actor).filter(person__in=people)
    for credential in credentials.defer("secret").order_by("pk"):
        if credential.kind == Credential.Kind.CARD:
            held.cards[credential.person_id].append(credential)
        else:
            held.pins[credential.person_id] = credential
    seen = AccessGroup.objects.visible_to(actor)
    named = AccessGroup.people.through.objects.filter(person__in=people, accessgroup__in=seen)
    told = named.order_by("accessgroup__name").values_list(
        "person", "accessgroup", "accessgroup__name"
    )
    for person, key, name in told:
        held.access_groups[person][key] = name
    return held


def plain(name: str) -> str:
    """Return a name for comparing: blanks and case do not count."""
    return " ".join(name.split()).casefold()


def _on_paper(person: Person, paths: Mapping[int, str], held: Held) -> OnPaper:
    return OnPaper(
        person,
        group=paths.get(person.group_id or 0, ""),
        access_groups=list(held.access_groups.get(person.pk, {}).values()),
        card_tails=[card.tail for card in held.cards.get(person.pk, ())],
        has_pin=person.pk in held.pins,
    )


def _trees(companies: Iterable[int]) -> tuple[dict[int, dict[str, Group]], dict[int, str]]:
    """Return the groups of companies by their paths, and the paths of groups."""
    groups: QuerySet[Group] = Group.objects.filter(company__in=list(companies))
    by_key = {group.pk: group for group in groups}
    found: dict[int, dict[str, Group]] = defaultdict(dict)
    paths: dict[int, str] = {}
    for group in by_key.values():
        names = [by_key[key].name for key in group.ancestors if key in by_key]
        paths[group.pk] = BETWEEN_GROUPS.join(names)
        found[group.company_id].setdefault(plain(paths[group.pk]), group)
    return found, paths
