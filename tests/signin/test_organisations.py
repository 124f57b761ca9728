"""The level above makes, changes, suspends and deletes the level below."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.access.actions.badges import record_badges
from doorward.activity.models import DoorEvent
from doorward.devices.actions import macs
from doorward.devices.models import ShelfEntry
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.sites.actions import delete_site
from doorward.sites.models import Site
from doorward.tenancy.actions import accounts, invitations, organisations
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actions.organisations import OrganisationForm
from doorward.tenancy.actions.tree import plant_node
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import (
    Account,
    ApiToken,
    AuditEntry,
    Invitation,
    Node,
    Organisation,
    Session,
    Standing,
)
from doorward.tenancy.permissions import Role
from tests.cast import FREE_MAC, PASSWORD, RITAS_CARD, Cast, badge
from tests.signin.conftest import Visitor, letters
from tests.signin.test_accounts import NEW, account, link_in

pytestmark = pytest.mark.django_db

INSTALLER, DISTRIBUTOR = Node.Kind.INSTALLER, Node.Kind.DISTRIBUTOR
SUB_DISTRIBUTOR = Node.Kind.SUB_DISTRIBUTOR
SUSPENDED = "/sign-in/suspended/"


def organisation(name: str) -> Organisation:
    found: Organisation = Organisation.objects.get(name=name)
    return found


@pytest.fixture
def ivans(cast: Cast) -> Organisation:
    return organisation("Ivan's installations")


def first(email: str = "nia@example.org") -> InvitationForm:
    return InvitationForm(role=Role.INSTALLER, first_name="Nia", last_name="New", email=email)


def make(actor: Actor, above: str, kind: Node.Kind = INSTALLER, **told: object) -> Organisation:
    form = OrganisationForm(**{"name": "Nia's doors", **told})  # type: ignore[arg-type]
    parent = Node.objects.get(name=above)
    return organisations.create_organisation(actor, parent, kind, form, first())


# --- Made ---------------------------------------------------------------------------------------


def test_a_distributor_makes_an_installer_whose_first_account_signs_in(dora: Actor) -> None:
    made = make(dora, "Dora's distribution", registers_macs=False)
    assert (made.kind, made.parent, made.registers_macs) == (INSTALLER, dora_s(), False)
    link, visitor = link_in(letters("nia@example.org")[-1]), Visitor()
    visitor.post(link, {"username": "nia", "password": NEW, "again": NEW})
    assert visitor.sign_in("nia", NEW) == 302
    assert str(account("nia").standings.get()) == "Installer, Nia's doors"
    assert account("nia").get_full_name() == "Nia New"
    assert {entry.verb for entry in AuditEntry.objects.filter(node=made.pk)} >= {
        *("create", "invite", "accept"),
    }


def dora_s() -> Node:
    return Node.objects.get(name="Dora's distribution")


@pytest.mark.parametrize(
    ("who", "above", "kind"),
    [
        ("dora", "Dora's distribution", DISTRIBUTOR),
        ("dora", "Other distribution", INSTALLER),
        ("dora", "Operator", DISTRIBUTOR),
        ("dora", "Ivan's installations", INSTALLER),
        ("sven", "Dora's distribution", INSTALLER),
        ("sven", "Sven's distribution", SUB_DISTRIBUTOR),
        ("ivan", "Ivan's installations", INSTALLER),
        ("iris", "Sven's distribution", INSTALLER),
        ("mona", "Maple Court", INSTALLER),
        ("otto", "Operator", INSTALLER),
        ("otto", "Maple Court", INSTALLER),
    ],
)
def test_nobody_makes_what_is_not_theirs_to_make(
    who: str, above: str, kind: Node.Kind, cast: Cast
) -> None:
    before = Node.objects.count()
    with pytest.raises(Forbidden):
        make(cast.actor(who), above, kind)
    assert (Node.objects.count(), Invitation.objects.filter(name="Nia New").count()) == (before, 0)


@pytest.mark.parametrize(
    ("who", "above", "kind"),
    [
        ("otto", "Operator", DISTRIBUTOR),
        ("otto", "Other distribution", INSTALLER),
        ("dora", "Dora's distribution", SUB_DISTRIBUTOR),
        ("dora", "Sven's distribution", INSTALLER),
        ("sven", "Sven's distribution", INSTALLER),
    ],
)
def test_each_level_makes_the_one_below(who: str, above: str, kind: Node.Kind, cast: Cast) -> None:
    made = make(cast.actor(who), above, kind)
    assert Invitation.objects.get(node=made).role == kind.value


def test_of_one_name_there_is_one_below_an_organisation(dora: Actor, cast: Cast) -> None:
    make(dora, "Dora's distribution")
    with pytest.raises(Invalid) as fault:
        make(dora, "Dora's distribution", name="NIA'S DOORS")
    assert set(fault.value.faults) == {"name"}
    assert make(dora, "Sven's distribution").name == "Nia's doors"


def test_nothing_is_made_where_the_invitation_cannot_be_sent(dora: Actor, cast: Cast) -> None:
    form, parent = OrganisationForm(name="Nia's doors"), dora_s()
    with pytest.raises(Invalid):
        organisations.create_organisation(dora, parent, INSTALLER, form, first("no address"))
    assert not Organisation.objects.filter(name="Nia's doors").exists()


# --- Changed ------------------------------------------------------------------------------------


def test_the_level_above_decides_who_registers_macs(
    sven: Actor, ivan: Actor, ivans: Organisation, maple: Site
) -> None:
    form = OrganisationForm(name="Ivan's doors", registers_macs=False, may_pay=False)
    organisations.change_organisation(sven, ivans, form)
    assert (organisation("Ivan's doors").may_pay, ivans.pk) == (False, maple.installer_id)
    with pytest.raises(Forbidden):
        macs.register_mac(ivan, Node.objects.get(pk=ivans.pk), mac="0C1105AABB77")
    changed = AuditEntry.objects.get(verb="change", subject="organisation")
    assert changed.after == {"name": "Ivan's doors", "registers_macs": False, "may_pay": False}


@pytest.mark.parametrize("who", ["ivan", "iris", "mona", "ada", "oscar"])
def test_nobody_below_or_beside_touches_an_organisation(who: str, cast: Cast) -> None:
    actor, ivans = cast.actor(who), organisation("Ivan's installations")
    with pytest.raises(Forbidden):
        organisations.change_organisation(actor, ivans, OrganisationForm(name="Mine"))
    for deed in (
        organisations.suspend_organisation,
        organisations.resume_organisation,
        organisations.delete_organisation,
    ):
        with pytest.raises(Forbidden):
            deed(actor, ivans)


def test_nobody_suspends_their_own_organisation(dora: Actor, sven: Actor) -> None:
    for actor, name in ((dora, "Dora's distribution"), (sven, "Sven's distribution")):
        with pytest.raises(Forbidden):
            organisations.suspend_organisation(actor, organisation(name))


# --- Suspended ----------------------------------------------------------------------------------


def test_a_suspended_installer_s_accounts_do_not_get_in_and_are_told_why(
    dora: Actor, ivans: Organisation, cast: Cast
) -> None:
    visitors = {name: Visitor() for name in ("ivan", "iris", "mona", "ada")}
    programs = {
        name: Client(headers={"Authorization": f"Bearer {cast.token(name)}"}) for name in visitors
    }
    for name, visitor in visitors.items():
        visitor.sign_in(name)
    assert organisations.suspend_organisation(dora, ivans) == 4
    assert not Session.objects.filter(account__username__in=visitors).exists()
    for name, visitor in visitors.items():
        assert not visitor.is_in
        answer = visitor.post(reverse("account_login"), {"login": name, "password": PASSWORD})
        assert answer["Location"] == SUSPENDED
        assert programs[name].get("/api/v1/sites").status_code == 401
    assert "Doors, cards and devices go on working" in Visitor().get(SUSPENDED).content.decode()
    # Who does not know the password learns nothing of it.
    wrong = Visitor().post(reverse("account_login"), {"login": "ivan", "password": "wrong"})
    assert wrong.status_code == 422


def test_whoever_stands_above_or_beside_goes_on(dora: Actor, ivans: Organisation) -> None:
    organisations.suspend_organisation(dora, ivans)
    assert [Visitor().sign_in(name) for name in ("otto", "dora", "sven", "oscar")] == [302] * 4
    for name in ("otto", "dora", "sven", "oscar"):
        visitor = Visitor()
        visitor.sign_in(name)
        assert visitor.is_in


def test_its_people_still_open_their_doors_and_its_devices_go_on(
    dora: Actor, ivans: Organisation, cast: Cast
) -> None:
    lobby = cast.device("Lobby")
    entries = list(ShelfEntry.objects.filter(device=lobby).order_by("pk").values())
    organisations.suspend_organisation(dora, ivans)
    assert list(ShelfEntry.objects.filter(device=lobby).order_by("pk").values()) == entries
    cast.power_on("Lobby")
    record_badges(lobby, [badge(lobby, 41, RITAS_CARD)])
    opened = DoorEvent.objects.get(device=lobby, local_id="41")
    assert (opened.accepted, opened.person_name) == (True, "Rita Rowe")
    # And Rita still looks at what she may open.
    visitor = Visitor()
    assert visitor.sign_in("rita") == 302
    assert visitor.get(reverse("person-own")).status_code == 200


def test_who_has_a_role_elsewhere_keeps_that_alone(
    dora: Actor, ivans: Organisation, oak: Site, cast: Cast
) -> None:
    mona = account("mona")
    Standing.objects.create(account=mona, node=oak.node, role=Role.PROPERTY_MANAGER)
    visitor = Visitor()
    visitor.sign_in("mona")
    organisations.suspend_organisation(dora, ivans)
    assert visitor.is_in
    assert set(Site.objects.visible_to(Actor.of(mona))) == {oak}
    told = Client(headers={"Authorization": f"Bearer {cast.token('mona')}"}).get("/api/v1/sites")
    assert [site["name"] for site in told.json()["items"]] == ["Oak Lane"]


def test_a_suspended_reseller_leaves_its_installers_alone(otto: Actor, cast: Cast) -> None:
    organisations.suspend_organisation(otto, organisation("Sven's distribution"))
    outside = Visitor().post(reverse("account_login"), {"login": "sven", "password": PASSWORD})
    assert outside["Location"] == SUSPENDED
    assert Visitor().sign_in("ivan") == 302
    visitor = Visitor()
    visitor.sign_in("ivan")
    assert visitor.is_in


def test_whose_session_outlived_the_suspension_is_signed_out(
    dora: Actor, ivans: Organisation
) -> None:
    visitor = Visitor()
    visitor.sign_in("ivan")
    # As if somebody had come in at the same moment.
    Node.objects.filter(pk=ivans.pk).update(suspended_at="2026-11-28T20:00:00Z")
    assert not visitor.is_in
    assert visitor.get(reverse("sites"))["Location"].startswith(reverse("account_login"))


def test_a_code_that_was_under_way_lets_nobody_in(dora: Actor, ivans: Organisation) -> None:
    Account.objects.filter(username="mona").update(second_factor_required=True)
    visitor = Visitor()
    visitor.sign_in("mona")
    code = re.search(r"\b\d{6}\b", letters("mona@example.com")[-1].text)
    assert code
    organisations.suspend_organisation(dora, ivans)
    visitor.post(reverse("account_confirm_login_code"), {"code": code[0]})
    assert not visitor.is_in


def test_a_resumed_installer_is_as_it_was(dora: Actor, ivans: Organisation, cast: Cast) -> None:
    organisations.suspend_organisation(dora, ivans)
    with pytest.raises(Refused):
        organisations.suspend_organisation(dora, ivans)
    organisations.resume_organisation(dora, ivans)
    visitor = Visitor()
    visitor.sign_in("mona")
    assert visitor.is_in
    program = Client(headers={"Authorization": f"Bearer {cast.token('ivan')}"})
    assert program.get("/api/v1/sites").status_code == 200
    with pytest.raises(Refused):
        organisations.resume_organisation(dora, ivans)


# --- Deleted ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name", "named"),
    [
        ("otto", "Dora's distribution", "Sven's distribution"),
        ("dora", "Sven's distribution", "Ivan's installations"),
        ("sven", "Ivan's installations", "Maple Court"),
    ],
)
def test_what_still_stands_below_it_is_named(who: str, name: str, named: str, cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.delete_organisation(cast.actor(who), organisation(name))
    assert named in str(refusal.value.message)
    assert organisation(name).deleted_at is None


def test_macs_in_its_library_are_named(dora: Actor, cast: Cast) -> None:
    made = make(dora, "Dora's distribution")
    macs.register_mac(dora, Node.objects.get(pk=made.pk), mac="0C1105AABB78")
    with pytest.raises(Refused) as refusal:
        organisations.delete_organisation(dora, made)
    assert "0C1105AABB78" in str(refusal.value.message)
    assert FREE_MAC not in str(refusal.value.message)


def test_an_empty_one_goes_with_its_accounts_and_leaves_its_trail(dora: Actor, cast: Cast) -> None:
    made = make(dora, "Dora's distribution")
    link, visitor = link_in(letters("nia@example.org")[-1]), Visitor()
    visitor.post(link, {"username": "nia", "password": NEW, "again": NEW})
    visitor.sign_in("nia", NEW)
    node = Node.objects.get(pk=made.pk)
    Standing.objects.create(account=account("sven"), node=node, role=Role.INSTALLER)
    other = InvitationForm(role=Role.INSTALLER, name="Late", email="late@example.org")
    link = invited_to(dora, node, other)
    organisations.delete_organisation(dora, made)
    assert not Account.objects.filter(username="nia").exists()
    assert not visitor.is_in
    assert [str(one) for one in account("sven").standings.all()] == [
        "Sub-distributor, Sven's distribution"
    ]
    assert not Organisation.objects.filter(pk=made.pk).exists()
    assert AuditEntry.objects.filter(node=made.pk, verb="accept").exists()
    assert "too old" in Visitor().get(link).content.decode()
    gone = cast.client("dora").get(reverse("organisation", args=[made.pk]))
    assert gone.status_code == 404


def invited_to(actor: Actor, node: Node, form: InvitationForm) -> str:
    invitations.invite(actor, node, form)
    return link_in(letters(form.email)[-1])


# --- Pages --------------------------------------------------------------------------------------


def test_the_list_asks_as_much_for_many_as_for_few(dora: Actor, cast: Cast) -> None:
    browser = cast.client("dora")

    def questions() -> int:
        browser.get(reverse("organisations"))
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(reverse("organisations"), {"per_page": 100})
        assert answer.status_code == 200
        return len(asked)

    few = questions()
    for number in range(12):
        form = OrganisationForm(name=f"Installer {number:02}")
        organisations.create_organisation(
            dora, dora_s(), INSTALLER, form, first(f"n{number}@example.org")
        )
    assert questions() == few


def test_the_list_says_what_stands_below_each(dora: Actor, cast: Cast) -> None:
    text = cast.client("dora").get(reverse("organisations")).content.decode()
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    ivans = next(row for row in rows if "Ivan's installations" in row or "Ivan&#x27;s" in row)
    plain = re.sub(r"<[^>]+>", " ", ivans)
    assert plain.split()[-3:] == ["1", "2", "Active"]
    suspended = cast.client("dora").get(reverse("organisations"), {"state": "suspended"})
    assert "Nothing matches" in suspended.content.decode()


def test_a_page_tells_what_stands_in_the_way_of_its_deletion(cast: Cast) -> None:
    address = reverse("organisation", args=[organisation("Ivan's installations").pk])
    text = cast.client("sven").get(address).content.decode()
    assert "Not yet. This stands in the way:" in text
    assert "Maple Court" in text


def test_an_operator_suspends_from_the_page(cast: Cast, ivans: Organisation) -> None:
    browser = cast.client("otto")
    browser.post(reverse("organisation-suspend", args=[ivans.pk]))
    text = browser.get(reverse("organisation", args=[ivans.pk])).content.decode()
    assert "Suspended: nobody manages anything through it" in text
    browser.post(reverse("organisation-resume", args=[ivans.pk]))
    assert organisation("Ivan's installations").suspended_at is None


def test_a_new_installer_by_the_form_is_asked_for_and_told(cast: Cast) -> None:
    browser = cast.client("dora")
    empty = browser.post(reverse("organisation-new"), {"name": "Nia's doors"})
    assert empty.status_code == 422
    body = {
        "name": "Nia's doors",
        "parent": dora_s().pk,
        "first_name": "Nia",
        "email": "nia@example.org",
        "language": "en",
        "second_factor_required": "on",
        "may_pay": "on",
    }
    answer = browser.post(reverse("organisation-new"), body, follow=True)
    assert "the invitation of its first account is on its way" in answer.content.decode()
    made, waiting = organisation("Nia's doors"), Invitation.objects.get(email="nia@example.org")
    assert (made.registers_macs, made.may_pay) == (False, True)
    assert (waiting.role, waiting.second_factor_required) == (Role.INSTALLER, True)


def test_who_speaks_for_it_tells_of_no_role_that_is_not_one_s_own_to_see(
    dora: Actor, cast: Cast, ivans: Organisation
) -> None:
    def spoken_for() -> list[str]:
        page = cast.client("dora").get(reverse("organisation", args=[ivans.pk]))
        return [one.username for one in page.context["accounts"]]

    assert spoken_for() == ["ivan"]
    # Sven she looks after, but not after what he is at an installer's.
    held = Standing.objects.create(
        account=account("sven"), node=Node.objects.get(pk=ivans.pk), role=Role.SUB_INSTALLER
    )
    assert spoken_for() == ["ivan"]
    Standing.objects.filter(pk=held.pk).update(role=Role.INSTALLER)
    assert spoken_for() == ["ivan", "sven"]


# --- The last of an organisation ------------------------------------------------------------------


def test_the_last_account_of_an_installer_is_not_taken_from_it(
    dora: Actor, ivan: Actor, cast: Cast, ivans: Organisation
) -> None:
    standing = account("ivan").standings.get()
    Standing.objects.create(
        account=account("ivan"), node=organisation("Sven's distribution"), role=Role.SUB_DISTRIBUTOR
    )
    with pytest.raises(Refused) as refusal:
        accounts.end_role(dora, standing)
    assert "last account of Ivan's installations" in str(refusal.value.message)
    Standing.objects.create(account=account("oscar"), node=ivans, role=Role.INSTALLER)
    accounts.end_role(dora, standing)
    assert not account("ivan").standings.filter(role=Role.INSTALLER).exists()


def test_a_token_of_a_suspended_account_is_kept_for_later(
    dora: Actor, ivans: Organisation, cast: Cast
) -> None:
    before = ApiToken.objects.filter(revoked_at=None).count()
    organisations.suspend_organisation(dora, ivans)
    assert ApiToken.objects.filter(revoked_at=None).count() == before


def test_no_level_below_takes_a_suspension_back(
    otto: Actor, dora: Actor, sven: Actor, ivans: Organisation
) -> None:
    for above, below in ((dora, sven), (otto, dora), (otto, sven)):
        organisations.suspend_organisation(above, ivans)
        with pytest.raises(Forbidden):
            organisations.resume_organisation(below, ivans)
        organisations.resume_organisation(above, ivans)
    organisations.suspend_organisation(sven, ivans)
    organisations.resume_organisation(dora, ivans)
    assert organisation("Ivan's installations").suspended_at is None


def test_nothing_grows_below_what_is_deleted(cast: Cast) -> None:
    gone = dora_s()
    Node.objects.filter(pk=gone.pk).update(deleted_at="2026-11-28T20:00:00Z")
    with pytest.raises(Refused):
        plant_node(gone, INSTALLER, "Late")


def test_an_installer_whose_offices_are_all_deleted_is_told_to_wait(
    dora: Actor, ivan: Actor, ivans: Organisation
) -> None:
    for site in Site.objects.filter(installer=ivans):
        delete_site(ivan, site, unbind=True)
    with pytest.raises(Refused) as refusal:
        organisations.delete_organisation(dora, ivans)
    assert "deleted offices" in str(refusal.value.message)
