"""Who may what where, and who is whose token."""

import pytest

from doorward.devices.models import Device, Door
from doorward.kit import clock
from doorward.kit.api.limits import Bucket
from doorward.kit.errors import Forbidden, Hidden, Invalid
from doorward.sites.models import Site
from doorward.tenancy import callers
from doorward.tenancy.actions import (
    create_account,
    issue_token,
    revoke_token,
)
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, ApiToken, AuditEntry, Standing
from doorward.tenancy.permissions import ROLES, Can, Role
from tests.cast import BUILDER, NAMES, Cast
from tests.cast import ROLES as CASTING

pytestmark = pytest.mark.django_db


def test_every_role_has_its_line_and_its_player() -> None:
    assert ROLES.keys() == set(Role)
    assert set(CASTING.values()) == set(Role)


def test_an_operator_looks_but_does_not_touch() -> None:
    deeds = {can for can in ROLES[Role.OPERATOR] if not can.value.endswith(".view")}
    # Of the houses it touches nothing: what it does is the installation's own.
    own = {Can.SEND_MAIL, Can.CHANGE_POLICY, Can.CHANGE_SUPPORT, Can.CHANGE_MANUAL}
    own |= {Can.CHANGE_MAIL_SERVER, Can.CHANGE_LIMITS, Can.CHANGE_BRAND}
    assert deeds == {Can.REGISTER_MAC, Can.CHANGE_ACCOUNT, Can.CHANGE_ORGANISATION} | own


def test_the_lower_role_never_may_more() -> None:
    assert ROLES[Role.COMPANY_ADMINISTRATOR] < ROLES[Role.PROPERTY_MANAGER] < ROLES[Role.INSTALLER]


def test_a_role_counts_below_its_node_only(cast: Cast) -> None:
    ivan = cast.actor("ivan")
    assert ivan.may(Can.CHANGE_DOOR, cast.maple.node)
    assert not ivan.may(Can.CHANGE_DOOR, cast.oak.node)


def test_an_administrator_is_none_of_the_site(cast: Cast) -> None:
    ada = cast.actor("ada")
    assert ada.may(Can.CHANGE_PERSON, cast.acme.node)
    assert not ada.may(Can.CHANGE_PERSON, cast.maple.node)
    assert not ada.may(Can.CHANGE_PERSON, cast.birch.node)


def test_a_neighbour_whose_number_begins_alike_is_a_stranger(cast: Cast) -> None:
    """Node 1 and node 10 share a beginning; their paths do not."""
    mona, node = cast.actor("mona"), cast.maple.node
    node.path = node.path.rstrip("/") + "0/"
    assert not mona.may(Can.VIEW_DOOR, node)


def test_two_standings_add_up(cast: Cast) -> None:
    account = Account.objects.get(username="ada")
    Standing.objects.create(account=account, node=cast.oak.node, role=Role.PROPERTY_MANAGER)
    both = Actor.of(account)
    assert set(Site.objects.visible_to(both)) == {cast.maple, cast.oak}
    assert both.may(Can.CHANGE_DOOR, cast.oak.node)
    assert not both.may(Can.CHANGE_DOOR, cast.maple.node)


def test_an_account_without_a_standing_sees_nothing(cast: Cast) -> None:
    Standing.objects.filter(account__username="ivan").delete()
    assert not Site.objects.visible_to(cast.actor("ivan")).exists()


def test_whoever_stands_nowhere_sees_no_site_whole(cast: Cast) -> None:
    nowhere = Actor.of(Account.objects.create(username="nowhere"))
    for actor in (nowhere, cast.actor("rita")):
        assert not actor.sees_sites_whole(Can.VIEW_DEVICE)
        assert not Device.objects.seen_at_sites(actor).exists()


def test_a_part_of_the_system_may_everything_and_is_named(cast: Cast) -> None:
    assert BUILDER.may(Can.CHANGE_DOOR, cast.oak.node)
    assert AuditEntry.objects.filter(actor="the test's builder").exists()


@pytest.mark.parametrize("key", ["x", "", None, -1, 10**30, "1 OR 1=1", []])
def test_a_strange_id_of_any_shape_is_hidden(cast: Cast, key: object) -> None:
    with pytest.raises(Hidden):
        Site.objects.find(cast.actor("otto"), key)


def test_a_missing_permission_is_forbidden_not_hidden(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        cast.actor("mona").require(Can.CREATE_SITE, cast.maple)


# --- Tokens and accounts ----------------------------------------------------------------------


def _account_of(token: str) -> Account | None:
    found = callers.of_token(token, Bucket("", 600), clock.now(), "")
    return found.actor.account if found else None


def test_a_token_is_its_account_s_until_revoked(cast: Cast) -> None:
    account = Account.objects.get(username="ivan")
    text = issue_token(BUILDER, account, "script")
    assert _account_of(text) == account
    revoke_token(BUILDER, ApiToken.objects.get(name="script"))
    assert _account_of(text) is None


def test_a_token_of_a_closed_account_opens_nothing(cast: Cast) -> None:
    text = cast.token("ivan")
    Account.objects.filter(username="ivan").update(is_active=False)
    assert _account_of(text) is None


@pytest.mark.parametrize("text", ["", "dw_", "dw_x", "Bearer", "\x00"])
def test_what_is_no_token_is_nobody(cast: Cast, text: str) -> None:
    assert _account_of(text) is None


@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "canary-name"])
def test_a_weak_password_is_refused(cast: Cast, password: str) -> None:
    with pytest.raises(Invalid) as fault:
        create_account(
            BUILDER,
            cast.maple.node,
            Role.PROPERTY_MANAGER,
            username="canary-name",
            password=password,
            name="",
            email="",
        )
    assert set(fault.value.faults) == {"password"}


def test_a_user_name_is_taken_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as fault:
        create_account(
            BUILDER,
            cast.maple.node,
            Role.PROPERTY_MANAGER,
            username="mona",
            password="a-good-long-password",
            name="",
            email="",
        )
    assert set(fault.value.faults) == {"username"}


def test_the_cast_is_complete() -> None:
    assert set(NAMES) == set(Account.objects.values_list("username", flat=True))


def test_an_administrator_sees_the_doors_of_the_company_and_a_manager_all_of_the_site(
    cast: Cast,
) -> None:
    def doors() -> list[str]:
        seen = Door.objects.visible_to(cast.actor("ada"))
        return list(seen.order_by("name").values_list("name", flat=True))

    assert doors() == ["Front door"]
    ada = Account.objects.get(username="ada")
    Standing.objects.create(account=ada, node=cast.oak.node, role=Role.PROPERTY_MANAGER)
    assert doors() == ["Front door", "Oak gate"]
    Standing.objects.create(account=ada, node=cast.maple.node, role=Role.PROPERTY_MANAGER)
    assert doors() == ["Front door", "Oak gate", "Ramp", "Store"]
