"""Who manages a site: given and taken by whoever looks after the accounts, and by nobody else."""

import pytest
from django.urls import reverse

from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.sites.actions import SiteForm, create_site, delete_site
from doorward.sites.models import Site
from doorward.tenancy.actions import create_account
from doorward.tenancy.actions.managing import assign_managers, withdraw_managers
from doorward.tenancy.actor import Actor
from doorward.tenancy.managing import candidates_for, managers_of, names_at
from doorward.tenancy.models import Account, AuditEntry, Node, Standing
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def elm(ivan: Actor, maple: Site) -> Site:
    """Another office of Ivan's, which nobody manages."""
    return create_site(ivan, maple.installer, SiteForm(name="Elm Yard", zone="Europe/Paris"))


def key(name: str) -> int:
    return Account.objects.get(username=name).pk


def manager(node: Node, name: str) -> Account:
    return create_account(
        BUILDER,
        node,
        Role.PROPERTY_MANAGER,
        username=name,
        password=PASSWORD,
        name=name.title(),
        email=f"{name}@example.com",
    )


def managing(site: Site) -> set[str]:
    held = Standing.objects.filter(node=site.node, role=Role.PROPERTY_MANAGER)
    return set(held.values_list("account__username", flat=True))


def test_a_manager_of_one_office_gets_another(ivan: Actor, elm: Site, cast: Cast) -> None:
    assert assign_managers(ivan, elm.node, [key("mona")]) == 1
    seen = Site.objects.visible_to(cast.actor("mona"))
    assert set(seen.values_list("name", flat=True)) == {"Maple Court", "Elm Yard"}
    told = AuditEntry.objects.filter(verb="give role").get()
    assert (told.label, told.after) == ("mona", {"role": "property_manager"})


def test_twice_the_same_is_once(ivan: Actor, elm: Site) -> None:
    assign_managers(ivan, elm.node, [key("mona")])
    assert assign_managers(ivan, elm.node, [key("mona")]) == 0
    assert Standing.objects.filter(node=elm.node).count() == 1


@pytest.mark.parametrize("who", ["dora", "sven", "mona", "ada", "rita", "oscar"])
def test_nobody_else_gives_or_takes(who: str, cast: Cast, elm: Site, maple: Site) -> None:
    with pytest.raises(Forbidden):
        assign_managers(cast.actor(who), elm.node, [key("mona")])
    with pytest.raises(Forbidden):
        withdraw_managers(cast.actor(who), maple.node, [key("mona")])


def test_an_installer_assigns_only_whom_he_looks_after(
    cast: Cast, ivan: Actor, elm: Site, maple: Site
) -> None:
    stranger = manager(cast.oak.node, "olaf")
    # Nor does somebody become a manager who is something else, or is shut out, or is nobody.
    closed = manager(maple.node, "carl")
    Account.objects.filter(pk=closed.pk).update(is_active=False)
    for account in (stranger.pk, key("oscar"), key("ada"), key("dora"), closed.pk, 987_654_321):
        with pytest.raises(Invalid) as fault:
            assign_managers(ivan, elm.node, [key("mona"), account])
        assert set(fault.value.faults) == {"accounts"}
    assert managing(elm) == set()


def test_a_role_of_a_site_is_held_at_a_site(ivan: Actor, maple: Site) -> None:
    with pytest.raises(Forbidden):
        assign_managers(ivan, maple.installer, [key("mona")])


def test_the_last_role_is_not_taken_and_nobody_with_it(ivan: Actor, elm: Site, maple: Site) -> None:
    assign_managers(ivan, elm.node, [key("mona")])
    manager(elm.node, "nick")
    with pytest.raises(Refused, match=r"account\.last_role") as refusal:
        withdraw_managers(ivan, elm.node, [key("mona"), key("nick")])
    assert "Nick" in str(refusal.value.message)
    assert managing(elm) == {"mona", "nick"}
    assert withdraw_managers(ivan, elm.node, [key("mona")]) == 1
    assert managing(elm) == {"nick"}


def test_whoever_managed_a_deleted_office_can_be_given_another(ivan: Actor, elm: Site) -> None:
    nick = manager(elm.node, "nick")
    ash = create_site(ivan, elm.installer, SiteForm(name="Ash Yard", zone="Europe/Paris"))
    delete_site(ivan, elm)
    assert nick.pk in set(candidates_for(ivan, ash.node).values_list("account", flat=True))
    assert assign_managers(ivan, ash.node, [nick.pk]) == 1


def test_each_candidate_is_named_once(ivan: Actor, elm: Site) -> None:
    ash = create_site(ivan, elm.installer, SiteForm(name="Ash Yard", zone="Europe/Paris"))
    assign_managers(ivan, elm.node, [key("mona")])
    assert candidates_for(ivan, ash.node).count() == 1
    assert list(candidates_for(ivan, elm.node)) == []


def test_a_list_names_three_and_counts_the_others(ivan: Actor, elm: Site, maple: Site) -> None:
    for name in ("abel", "bill", "carl", "dave"):
        manager(elm.node, name)
    names = names_at(ivan, [elm.node_id, maple.node_id])
    assert names[elm.node_id] == "Abel, Bill, Carl and 1 more"
    assert names[maple.node_id] == "Mona"


def test_the_list_of_offices_names_them(cast: Cast, maple: Site) -> None:
    assert "Property Managers" in cast.client("ivan").get(reverse("sites")).content.decode()
    # A manager does not see who else is one.
    assert "Property Managers" not in cast.client("mona").get(reverse("sites")).content.decode()


def test_by_the_pages_one_is_assigned_and_taken_off(cast: Cast, elm: Site) -> None:
    ivan = cast.client("ivan")
    add = reverse("site-managers-add", args=[elm.pk])
    assert "Mona" in ivan.get(add, {"q": "mon"}).content.decode()
    assert "Mona" not in ivan.get(add, {"q": "nobody"}).content.decode()
    role = Standing.objects.get(account__username="mona")
    ivan.post(add, {"deed": "assign", "ids": [role.pk], "confirmed": "1"})
    assert managing(elm) == {"mona"}
    here = Standing.objects.get(account__username="mona", node=elm.node)
    taken = {"deed": "withdraw", "ids": [here.pk], "confirmed": "1"}
    ivan.post(reverse("site-managers", args=[elm.pk]), taken)
    assert managing(elm) == set()


def test_a_role_elsewhere_cannot_be_slipped_into_the_list(cast: Cast, elm: Site) -> None:
    """Of another installer's manager neither the page nor the deed knows."""
    stranger = manager(cast.oak.node, "olaf")
    role = Standing.objects.get(account=stranger)
    add = reverse("site-managers-add", args=[elm.pk])
    cast.client("ivan").post(add, {"deed": "assign", "ids": [role.pk], "confirmed": "1"})
    assert managing(elm) == set()


def test_only_those_who_manage_here_are_shown_as_managing(
    cast: Cast, ivan: Actor, elm: Site
) -> None:
    assert list(managers_of(ivan, elm.node)) == []
    here = managers_of(ivan, cast.maple.node)
    assert [one.account.username for one in here] == ["mona"]
