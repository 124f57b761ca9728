"""The kinds of things that are searched for: by what each is found, and what is said of it.

Every kind is asked once. Its ways of being found are each of their own, so that each uses its
index, and each ends after a bounded number of rows, whatever there is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorward.access.models import AccessGroup, Credential
from doorward.devices.models import Device, Door, MacEntry
from doorward.kit.rows import any_found, together
from doorward.people.filters import by_name
from doorward.people.models import Person
from doorward.portal.search.typed import Typed, has_trigram
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# Rows that one way of finding looks at; who is beyond is found by typing more.
POOL = 200

# Any: rows of every kind.
Rows = QuerySet[Any]
# A name of a field, what it is called, and what it says.
Fact = tuple[str, Promise, str]


class KindName(StrEnum):
    """What the kinds are called by programs."""

    PERSON = "person"
    CARD = "card"
    DOOR = "door"
    DEVICE = "device"
    COMPANY = "company"
    SITE = "site"
    ACCESS_GROUP = "access_group"


@dataclass(frozen=True)
class Kind:
    """A kind of thing. `ways` are ways to find it, the surest first; `facts` say why, in turn."""

    name: KindName
    label: Promise
    icon: str
    # The page that lists them within a site; of sites, the one that lists them all.
    page: str
    can: Can
    base: Callable[[Actor], Rows]
    ways: Callable[[Actor, Typed], Iterable[Rows]]
    address: Callable[[Any], str]
    site: Callable[[Any], int] = lambda row: int(row.site_id)
    title: Callable[[Any], str] = str
    hint: Callable[[Any], str] = lambda row: ""
    facts: Callable[[Any], Sequence[Fact]] = lambda row: ()

    def find(self, actor: Actor, typed: Typed) -> list[Any]:
        """Return what is found of the kind, in one question.

        Of too many the first ones: a scan without an order begins anywhere, and finds others each
        time.
        """
        ways = [way.order_by("pk").values("pk")[:POOL] for way in self.ways(actor, typed)]
        return list(self.base(actor).filter(any_found("pk", together(ways))))


def _contains(field: str, typed: Typed) -> Q:
    """Say which rows have every word in a field, a short one where a word of it begins."""
    found = Q()
    for word in typed.words:
        if has_trigram(word):
            found &= Q(**{f"{field}__icontains": word})
        else:
            begins = Q(**{f"{field}__istartswith": word})
            found &= begins | Q(**{f"{field}__icontains": f" {word}"})
    return found


def _whole_words(typed: Typed) -> Q:
    """Say who has these very words: among many whose names begin so they would get lost."""
    found = Q()
    for word in typed.words:
        found &= Q(sought__contains=f" {word} ")
    return found


# --- By what each kind is found -----------------------------------------------------------------


def _people(actor: Actor, typed: Typed) -> Iterable[Rows]:
    people = Person.objects.visible_to(actor)
    yield people.filter(_whole_words(typed))
    yield people.filter(by_name(" ".join(typed.words)))
    if typed.phone:
        yield people.filter(sought__contains=typed.phone)
        # As the index has it, which leaves out whoever has none.
        yield people.filter(~Q(landline=""), landline__contains=typed.phone)


def _cards(actor: Actor, typed: Typed) -> Iterable[Rows]:
    yield Credential.objects.visible_to(actor).cards().filter(tail=typed.tail)


def _devices(actor: Actor, typed: Typed) -> Iterable[Rows]:
    if typed.mac:
        yield _by_mac(actor, typed.mac)
    yield from _by(Device.objects.visible_to, "name", "address")(actor, typed)


def _by_mac(actor: Actor, digits: str) -> Rows:
    """Return the devices with these digits in their MAC.

    Very many may begin alike. The first of all are found by the index of MACs; whoever does not
    see all would miss the own among these, so only those in view are looked through.
    """
    seen = Device.objects.visible_to(actor)
    if not actor.sees_all(Can.VIEW_DEVICE):
        return seen.filter(mac_entry__mac__contains=digits)
    used = MacEntry.objects.filter(in_use=True, mac__contains=digits)
    return seen.filter(mac_entry__in=used.order_by("registered_at", "pk").values("pk")[:POOL])


def _by(rows: Callable[[Actor], Rows], *fields: str) -> Callable[[Actor, Typed], Iterable[Rows]]:
    """Return the ways to find what has the words in one of these fields."""
    return lambda actor, typed: (rows(actor).filter(_contains(field, typed)) for field in fields)


# --- What is said of what is found --------------------------------------------------------------


def _person_facts(person: Person) -> Sequence[Fact]:
    return [
        ("personnel_id", _("Personnel ID"), person.personnel_id),
        ("email", _("E-mail"), person.email),
        ("mobile", _("Mobile"), _spelled(person.mobile)),
        ("landline", _("Landline"), _spelled(person.landline)),
    ]


def _device_facts(device: Device) -> Sequence[Fact]:
    return [("mac", _("MAC"), device.mac), ("address", _("Address"), device.address)]


def _site_facts(site: Site) -> Sequence[Fact]:
    return [("city", _("City"), site.city), ("street", _("Street"), site.street)]


def _spelled(number: Any) -> str:
    # Any: phone numbers have no types.
    return str(number.as_international) if number else ""


def _within(page: str) -> Callable[[Any], str]:
    return lambda row: reverse(page, args=[row.site_id, row.pk])


PERSON = Kind(
    name=KindName.PERSON,
    label=_("Personnel"),
    icon="user",
    page="people",
    can=Can.VIEW_PERSON,
    base=lambda actor: Person.objects.visible_to(actor).select_related("company"),
    ways=_people,
    address=_within("person"),
    hint=lambda person: person.company.name,
    facts=_person_facts,
)
CARD = Kind(
    name=KindName.CARD,
    label=_("Cards"),
    icon="cards",
    page="people",
    can=Can.VIEW_PERSON,
    base=lambda actor: (
        Credential.objects.visible_to(actor).defer("secret").select_related("person__company")
    ),
    ways=_cards,
    address=lambda card: reverse("person", args=[card.site_id, card.person_id]),
    title=lambda card: str(card.person),
    hint=lambda card: card.person.company.name,
    facts=lambda card: [("tail", _("Card"), f"••••{card.tail}")],
)
DOOR = Kind(
    name=KindName.DOOR,
    label=_("Doors"),
    icon="door",
    page="doors",
    can=Can.VIEW_DOOR,
    base=Door.objects.visible_to,
    ways=_by(Door.objects.visible_to, "name"),
    address=_within("door"),
)
DEVICE = Kind(
    name=KindName.DEVICE,
    label=_("Devices"),
    icon="device-tablet",
    page="devices",
    can=Can.VIEW_DEVICE,
    base=lambda actor: Device.objects.visible_to(actor).select_related("mac_entry"),
    ways=_devices,
    address=_within("device"),
    hint=lambda device: device.model,
    facts=_device_facts,
)
COMPANY = Kind(
    name=KindName.COMPANY,
    label=_("Companies"),
    icon="building-store",
    page="companies",
    can=Can.VIEW_COMPANY,
    base=Company.objects.visible_to,
    ways=_by(Company.objects.visible_to, "name"),
    address=_within("company"),
)
SITE = Kind(
    name=KindName.SITE,
    label=_("Sites"),
    icon="building",
    page="sites",
    can=Can.VIEW_SITE,
    base=Site.objects.visible_to,
    ways=_by(Site.objects.visible_to, "name", "city", "street"),
    address=lambda site: reverse("site", args=[site.pk]),
    site=lambda site: int(site.pk),
    facts=_site_facts,
)
GROUP = Kind(
    name=KindName.ACCESS_GROUP,
    label=_("Access groups"),
    icon="shield-check",
    page="groups",
    can=Can.VIEW_ACCESS,
    base=AccessGroup.objects.visible_to,
    ways=_by(AccessGroup.objects.visible_to, "name"),
    address=_within("group"),
)
KINDS = (PERSON, CARD, DOOR, DEVICE, COMPANY, SITE, GROUP)


def is_asked_for(kind: Kind, typed: Typed) -> bool:
    """Say whether this may be found by what was typed; cards are found by digits only."""
    if kind is CARD:
        return bool(typed.tail)
    return typed.finds_things


def url_of_list(kind: Kind, site: int, words: str) -> str:
    """Return the address of the list in which one goes on looking."""
    path = reverse(kind.page, args=[] if kind is SITE else [site])
    return f"{path}?{urlencode({'q': words})}"
