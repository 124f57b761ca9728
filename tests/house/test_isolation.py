"""Whose rows: for every kind of thing, exactly what each of the cast has in view."""

import pytest
from django.apps import apps
from django.db import models

from doorward.people.actions import set_photo
from doorward.tenancy.sight import TenantQuerySet
from tests.cast import BUILDER, NAMES, Cast
from tests.house.addresses import portrait

pytestmark = pytest.mark.django_db

EVERY_DOOR = {"Front door", "Ramp", "Store", "Oak gate"}
NOBODY: set[str] = set()


def each(*names: str, sees: set[str]) -> dict[str, set[str]]:
    return {name: set(sees) for name in names}


# By model: how a row is called, and which rows each of the cast sees. Ivan, who installed it,
# Iris, who works for him, and Mona, who manages it, see all of Maple Court.
SIGHTS: dict[str, tuple[str, dict[str, set[str]]]] = {
    "Site": (
        "name",
        {
            "otto": {"Maple Court", "Oak Lane"},
            **each("dora", "sven", "ivan", "mona", "ada", sees={"Maple Court"}),
            "rita": NOBODY,
            "oscar": {"Oak Lane"},
        },
    ),
    "Company": (
        "name",
        {
            "otto": {"Acme", "Birch", "Oaks"},
            **each("dora", "sven", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Acme", "Birch"}),
            "ada": {"Acme"},
            "oscar": {"Oaks"},
        },
    ),
    "Person": (
        "first_name",
        {
            "otto": {"Rita", "Bob", "Olga"},
            **each("dora", "sven", sees=NOBODY),
            **each("ivan", "mona", sees={"Rita", "Bob"}),
            **each("ada", "rita", sees={"Rita"}),
            "oscar": {"Olga"},
        },
    ),
    "Group": (
        "name",
        {
            "otto": {"Workshop", "Night shift", "Studio", "Crew"},
            **each("dora", "sven", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Workshop", "Night shift", "Studio"}),
            "ada": {"Workshop", "Night shift"},
            "oscar": {"Crew"},
        },
    ),
    "Credential": (
        "tail",
        {
            "otto": {"2C3D", "3344", "7788"},
            **each("dora", "sven", sees=NOBODY),
            **each("ivan", "mona", sees={"2C3D", "3344"}),
            **each("ada", "rita", sees={"2C3D"}),
            "oscar": {"7788"},
        },
    ),
    "MacEntry": (
        "mac",
        {
            "otto": {"0C1105AABB01", "0C1105AABB02", "0C1105AABB03", "0C1105CCDD01"},
            **each("dora", "sven", "ivan", sees={"0C1105AABB01", "0C1105AABB02", "0C1105AABB03"}),
            **each("mona", "ada", "rita", sees=NOBODY),
            "oscar": {"0C1105CCDD01"},
        },
    ),
    "Connector": (
        "name",
        {
            "otto": {"Basement", "Attic", "Shed"},
            **each("dora", "sven", "ada", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Basement", "Attic"}),
            "oscar": {"Shed"},
        },
    ),
    "Device": (
        "name",
        {
            "otto": {"Lobby", "Garage", "Oak"},
            **each("dora", "sven", "ivan", "mona", sees={"Lobby", "Garage"}),
            **each("ada", "rita", sees=NOBODY),
            "oscar": {"Oak"},
        },
    ),
    "Drift": (
        "device__name",
        {
            "otto": {"Lobby", "Oak"},
            **each("dora", "sven", "ivan", "mona", sees={"Lobby"}),
            **each("ada", "rita", sees=NOBODY),
            "oscar": {"Oak"},
        },
    ),
    "Stranger": (
        "device__name",
        {
            "otto": {"Lobby", "Oak"},
            **each("dora", "sven", "ivan", "mona", sees={"Lobby"}),
            **each("ada", "rita", sees=NOBODY),
            "oscar": {"Oak"},
        },
    ),
    "Door": (
        "name",
        {
            "otto": EVERY_DOOR,
            **each("dora", "sven", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Front door", "Ramp", "Store"}),
            "ada": {"Front door"},
            "oscar": {"Oak gate"},
        },
    ),
    "Command": (
        "device__name",
        {
            "otto": {"Lobby", "Oak"},
            **each("dora", "sven", "ada", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Lobby"}),
            "oscar": {"Oak"},
        },
    ),
    "AccessGroup": (
        "name",
        {
            "otto": {"Office hours", "Acme nights", "Birch parking", "Oak days"},
            **each("dora", "sven", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Office hours", "Acme nights", "Birch parking"}),
            "ada": {"Office hours", "Acme nights"},
            "oscar": {"Oak days"},
        },
    ),
    "DoorEvent": (
        "person_name",
        {
            "otto": {"Rita Rowe", "Bob Bell", "Olga Orr", "", "the test's builder"},
            **each("dora", "sven", sees=NOBODY),
            **each("ivan", "mona", sees={"Rita Rowe", "Bob Bell", "", "the test's builder"}),
            **each("ada", "rita", sees={"Rita Rowe"}),
            "oscar": {"Olga Orr", "the test's builder"},
        },
    ),
    "Alarm": (
        "door__name",
        {
            "otto": {"Front door", "Ramp", "Oak gate"},
            **each("dora", "sven", "rita", sees=NOBODY),
            **each("ivan", "mona", sees={"Front door", "Ramp"}),
            "ada": {"Front door"},
            "oscar": {"Oak gate"},
        },
    ),
    "Moment": (
        "device__name",
        {
            "otto": {"Lobby", "Garage", "Oak"},
            **each("ada", "rita", sees=NOBODY),
            **each("dora", "sven", "ivan", "mona", sees={"Lobby", "Garage"}),
            "oscar": {"Oak"},
        },
    ),
    "QuarantinedReport": (
        "connector__name",
        {
            "otto": {"Basement", "Shed"},
            **each("ivan", "mona", sees={"Basement"}),
            **each("dora", "sven", "ada", "rita", sees=NOBODY),
            "oscar": {"Shed"},
        },
    ),
    # A company's trail belongs to the company, a site's to the site.
    "AuditEntry": (
        "node__name",
        {
            "otto": {
                *("Operator", "Dora's distribution", "Sven's distribution", "Acme", "Birch"),
                *("Ivan's installations", "Oscar's installations", "Maple Court", "Oak Lane"),
                "Oaks",
            },
            **each("dora", "sven", sees=NOBODY),
            "ivan": {"Ivan's installations", "Maple Court", "Acme", "Birch"},
            "mona": {"Maple Court", "Acme", "Birch"},
            "ada": {"Acme"},
            "rita": NOBODY,
            "oscar": {"Oscar's installations", "Oak Lane", "Oaks"},
        },
    ),
    # Oneself, and whom one administers.
    "Account": (
        "username",
        {
            "otto": set(NAMES),
            "dora": {"dora", "sven", "ivan"},
            "sven": {"sven", "ivan"},
            "ivan": {"ivan", "iris", "mona", "ada", "rita"},
            "iris": {"iris", "mona", "ada", "rita"},
            "mona": {"mona", "ada", "rita"},
            "ada": {"ada", "rita"},
            "rita": {"rita"},
            "oscar": {"oscar"},
        },
    ),
    # Those below one's own.
    "Organisation": (
        "name",
        {
            "otto": {
                *("Dora's distribution", "Sven's distribution", "Ivan's installations"),
                *("Other distribution", "Oscar's installations"),
            },
            "dora": {"Sven's distribution", "Ivan's installations"},
            "sven": {"Ivan's installations"},
            **each("ivan", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    "Photo": (
        "person__first_name",
        {
            "otto": {"Rita", "Bob", "Olga"},
            **each("dora", "sven", sees=NOBODY),
            **each("ivan", "mona", sees={"Rita", "Bob"}),
            **each("ada", "rita", sees={"Rita"}),
            "oscar": {"Olga"},
        },
    ),
    # What one asked for oneself; not even the operator sees another's.
    "Work": (
        "title",
        {
            **each("otto", "dora", "sven", "ivan", "ada", "rita", "oscar", sees=NOBODY),
            "mona": {"Maple's people", "People from people.csv"},
        },
    ),
    "StoredFile": (
        "name",
        {
            **each("otto", "dora", "sven", "ivan", "ada", "rita", "oscar", sees=NOBODY),
            "mona": {"Maple's people.csv", "people.csv"},
        },
    ),
    "Invitation": (
        "name",
        {
            **each("otto", "ivan", sees={"Nora"}),
            **each("dora", "sven", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    # Who has a role or is invited to one: of roles below one's own, and of one's own company.
    "RoleHolder": (
        "name",
        {
            "otto": {*map(str.title, NAMES), "Nora"},
            "dora": {"Sven", "Ivan"},
            "sven": {"Ivan"},
            "ivan": {"Iris", "Mona", "Ada", "Rita", "Nora"},
            "iris": {"Mona", "Ada", "Rita", "Nora"},
            "mona": {"Ada", "Rita"},
            "ada": {"Ada", "Rita"},
            **each("rita", "oscar", sees=NOBODY),
        },
    ),
    # Whom one may help, and who was helped where one reads the trail.
    "AccountAccess": (
        "node__name",
        {
            **each("dora", "sven", "ivan", sees={"Ivan's installations"}),
            **each("otto", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    "SupportVisit": (
        "acting_for__username",
        {
            **each("otto", "dora", "ivan", sees={"ivan"}),
            **each("sven", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    "PrivacyPolicy": (
        "texts__text",
        {
            "otto": {"We keep little."},
            **each("dora", "sven", "ivan", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    # Whoever lives below an installer reads who provides their service.
    "ServiceProvider": (
        "company",
        {
            "otto": {"Ivan's firm", "Oscar's firm"},
            **each("dora", "sven", sees=NOBODY),
            **each("ivan", "mona", "ada", "rita", sees={"Ivan's firm"}),
            "oscar": {"Oscar's firm"},
        },
    ),
    # They belong to the installation: whoever sees devices reads them.
    "Manual": (
        "model",
        {
            **each("otto", "dora", "sven", "ivan", "mona", "oscar", sees={"X916"}),
            **each("ada", "rita", sees=NOBODY),
        },
    ),
    # Who asked, and the level above; nobody else, not even further up.
    "Ticket": (
        "subject",
        {
            **each("ivan", "mona", sees={"The lobby stays dark"}),
            **each("otto", "oscar", sees={"A gate too slow"}),
            **each("dora", "sven", "ada", "rita", sees=NOBODY),
        },
    ),
    # Whoever wrote it, and to whom it was sent.
    "Announcement": (
        "title",
        {
            **each("ivan", "mona", sees={"The lift is serviced"}),
            **each("otto", "dora", "sven", "iris", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    # One's own, and nobody else's.
    "Notice": (
        "about",
        {
            "mona": {"Maple Court", "People from people.csv", "The lift is serviced"},
            **each("otto", "dora", "sven", "ivan", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    # Whoever lives below an installer reads where to turn to; who bills it, the level above.
    "CustomerService": (
        "email",
        {
            "otto": {"ivans.desk@example.com", "oscars.desk@example.com"},
            **each("dora", "sven", sees=NOBODY),
            **each("ivan", "mona", "ada", "rita", sees={"ivans.desk@example.com"}),
            "oscar": {"oscars.desk@example.com"},
        },
    ),
    "CustomerContact": (
        "node__name",
        {
            "otto": {"Dora's distribution"},
            **each("dora", "sven", "ivan", sees={"Dora's distribution"}),
            **each("mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    "Limits": (
        "node__name",
        {
            "otto": {"Dora's distribution"},
            **each("dora", "sven", "ivan", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
    "BillingInformation": (
        "company",
        {
            "otto": {"Ivan and sons", "Oscar and sons"},
            **each("dora", "sven", "ivan", sees={"Ivan and sons"}),
            **each("mona", "ada", "rita", sees=NOBODY),
            "oscar": {"Oscar and sons"},
        },
    ),
    "InstallerSetting": (
        "node__name",
        {
            "otto": {"Ivan's installations", "Oscar's installations"},
            **each("dora", "sven", "mona", "ada", "rita", sees=NOBODY),
            "ivan": {"Ivan's installations"},
            "oscar": {"Oscar's installations"},
        },
    ),
    "OutgoingMail": (
        "subject",
        {
            "otto": {"Welcome"},
            **each("dora", "sven", "ivan", "mona", "ada", "rita", "oscar", sees=NOBODY),
        },
    ),
}
for _label, seen in SIGHTS.values():
    seen.setdefault("iris", seen["ivan"])


def guarded() -> dict[str, type[models.Model]]:
    return {
        model.__name__: model
        for model in apps.get_models()
        if isinstance(model._default_manager.all(), TenantQuerySet)
    }


def test_every_guarded_kind_has_its_table() -> None:
    assert SIGHTS.keys() == guarded().keys()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", sorted(SIGHTS))
@pytest.mark.parametrize("nodes", ["few", "many"])
def test_everybody_sees_exactly_what_is_theirs_to_see(
    kind: str, name: str, nodes: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if nodes == "many":
        # Whoever looks after many is not asked to name them.
        monkeypatch.setattr("doorward.tenancy.actor._FEW_NODES", 0)
    label, expected = SIGHTS[kind]
    if kind == "Photo":
        for who in ("Rita", "Bob", "Olga"):
            set_photo(BUILDER, cast.person(who), portrait())
    rows = guarded()[kind]._default_manager.visible_to(cast.actor(name))  # type: ignore[attr-defined]
    assert set(rows.values_list(label, flat=True)) == expected[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", sorted(SIGHTS))
def test_apart_everybody_sees_the_same_and_each_once(kind: str, name: str, cast: Cast) -> None:
    rows, actor = guarded()[kind]._default_manager.all(), cast.actor(name)
    apart = [row for part in rows.visible_apart(actor) for row in part]  # type: ignore[attr-defined]
    assert len(apart) == len(set(apart))
    assert set(apart) == set(rows.visible_to(actor))  # type: ignore[attr-defined]


AT_SITES = sorted(
    kind
    for kind, model in guarded().items()
    if any(field.name == "site" for field in model._meta.concrete_fields)
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", AT_SITES)
def test_at_a_site_everybody_sees_what_they_see_of_it_anywhere(
    kind: str, name: str, cast: Cast
) -> None:
    rows, actor = guarded()[kind]._default_manager.all(), cast.actor(name)
    for site in (cast.maple, cast.oak):
        seen = rows.seen_at(actor, site)  # type: ignore[attr-defined]
        anywhere = rows.visible_to(actor).filter(site=site)  # type: ignore[attr-defined]
        assert set(seen) == set(anywhere)
