"""Who and what the demo's building has, as data."""

from dataclasses import dataclass

from doorward.access.windows import ALWAYS, WEEKDAYS, WeeklyWindow
from doorward.tenancy.permissions import Role

SITE = "Maple Court"
ZONE = "Europe/Berlin"
ACME, GLOBEX = "Acme Instruments", "Globex Studio"
# Of no domain that anybody can have (RFC 2606): nobody is asked for an address, or written to.
MAIL_DOMAIN = "demo.example"


@dataclass(frozen=True)
class Member:
    """Someone who signs in."""

    role: Role
    login: str
    name: str


CAST = (
    Member(Role.OPERATOR, "olga", "Olga Operator"),
    Member(Role.DISTRIBUTOR, "dora", "Dora Distel"),
    Member(Role.SUB_DISTRIBUTOR, "sven", "Sven Subra"),
    Member(Role.INSTALLER, "ivan", "Ivan Installer"),
    Member(Role.SUB_INSTALLER, "sina", "Sina Subin"),
    Member(Role.PROPERTY_MANAGER, "mona", "Mona Meier"),
    Member(Role.COMPANY_ADMINISTRATOR, "ada", "Ada Acker"),
    Member(Role.PERSONNEL, "rita", "Rita Roberts"),
)


@dataclass(frozen=True)
class PretendDevice:
    name: str
    model: str
    firmware: str
    mac: str
    relays: int
    auth_mode: str


DEVICES = (
    PretendDevice("Lobby panel", "X916", "916.30.10.114", "0C1105A0B101", 2, "digest"),
    PretendDevice("Garage panel", "R20A", "320.30.11.63", "0C1105A0B102", 1, "digest"),
    PretendDevice("Second floor panel", "A08S", "108.30.10.144", "0C1105A0B103", 2, "digest"),
)


@dataclass(frozen=True)
class PretendDoor:
    name: str
    device: str
    relay: int
    hold_seconds: int
    companies: tuple[str, ...]
    # As the pretend devices are wired: an exit button, then a contact, for each of their relays.
    exit_input: int | None = None
    contact_input: int | None = None


DOORS = (
    PretendDoor("Main entrance", "Lobby panel", 1, 5, (ACME, GLOBEX), 1, 2),
    PretendDoor("Parcel room", "Lobby panel", 2, 3, (ACME, GLOBEX), 3, 4),
    PretendDoor("Garage", "Garage panel", 1, 8, (ACME,), 1, 2),
    PretendDoor("Second floor", "Second floor panel", 1, 5, (GLOBEX,), 1, 2),
)


# Groups of people by company, a tree as "parent/child", and how many of the company's are in each.
CREWS: dict[str, dict[str, int]] = {
    ACME: {
        "Engineering": 3,
        "Engineering/Hardware": 5,
        "Engineering/Software": 6,
        "Sales": 4,
        "Workshop": 0,
    },
    GLOBEX: {"Design": 6, "Office": 4},
}


@dataclass(frozen=True)
class PretendGroup:
    """An access group; `companies` name whose people are in it, `first` how many of each.

    `crews` are groups of people that are in it, with all beneath them.
    """

    name: str
    doors: tuple[str, ...]
    companies: tuple[str, ...]
    windows: tuple[WeeklyWindow, ...]
    first: int | None = None
    crews: tuple[str, ...] = ()


def _hours(days: int, start: int, end: int) -> WeeklyWindow:
    return WeeklyWindow(days, start * 60, end * 60)


GROUPS = (
    PretendGroup(
        "Office hours",
        ("Main entrance", "Parcel room"),
        (ACME, GLOBEX),
        (_hours(WEEKDAYS, 7, 20), _hours(0b0100000, 9, 14)),
    ),
    PretendGroup("Acme garage", ("Garage",), (ACME,), (_hours(WEEKDAYS, 6, 22),), first=12),
    PretendGroup("Globex studio", ("Second floor",), (GLOBEX,), (ALWAYS,)),
    PretendGroup(
        "Night shift", ("Main entrance", "Garage"), (ACME,), (_hours(0b1111111, 22, 6),), first=4
    ),
    PretendGroup(
        "Engineering at weekends",
        ("Main entrance", "Garage"),
        (),
        (_hours(0b1100000, 8, 20),),
        crews=("Engineering",),
    ),
)

FIRST_NAMES = (
    *("Rita", "Amir", "Bella", "Chen", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines"),
    *("Jonas", "Kaya", "Lena", "Milan", "Nora", "Omar", "Paula", "Quentin", "Rosa", "Samir"),
    *("Tilda", "Umut", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe", "Anton", "Birte", "Carlo"),
    *("Dana", "Emil", "Fiona", "Gil", "Hanna", "Ivo", "Jette", "Kemal", "Lotte", "Marek"),
)
LAST_NAMES = (
    *("Roberts", "Haddad", "Weiss", "Liu", "Conti", "Yilmaz", "Nasser", "Holm", "Berger"),
    *("Costa", "Keller", "Demir", "Vogel", "Novak", "Lind", "Farah", "Stein", "Moreau"),
    *("Silva", "Aziz"),
)


def people() -> tuple[tuple[str, str, str, str], ...]:
    """Return first name, last name, company and card of forty people; Rita is the first."""
    return tuple(
        (
            FIRST_NAMES[place],
            LAST_NAMES[place % len(LAST_NAMES)],
            ACME if place % 2 == 0 else GLOBEX,
            f"{0x0BADC0DE + place * 0x01010101:08X}",
        )
        for place in range(len(FIRST_NAMES))
    )
