"""A site's administrators: who looks after its companies, or is invited to, and what one does."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.sites.actions import SiteForm, create_site
from doorward.sites.models import Company, Site
from doorward.tenancy.actions import accounts
from doorward.tenancy.actions.invitations import InvitationForm, invite
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Invitation, Standing
from doorward.tenancy.permissions import Role
from tests.at_home import SignedIn
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def nia(mona: Actor, birch: Company) -> Invitation:
    """An invitation to look after Birch."""
    form = InvitationForm(
        role=Role.COMPANY_ADMINISTRATOR, name="Nia North", email="nia@example.com"
    )
    return invite(mona, birch.node, form)


def listed(browser: Client, site: Site, **asked: object) -> dict[str, tuple[str, str]]:
    """Return the company and the state of whoever the list has, by name."""
    answer = browser.get(reverse("administrators", args=[site.pk]), asked)
    rows = [row.record for row in answer.context["table"].paginated_rows]
    return {row.name: (row.node.name, row.state) for row in rows}


def text(browser: Client, page: str, *ids: int) -> str:
    return browser.get(reverse(page, args=ids)).content.decode()


def test_accounts_and_invitations_stand_in_one_list(
    signed_in: SignedIn, maple: Site, nia: Invitation
) -> None:
    mona = signed_in("mona")
    ada, invited = ("Acme", "open"), ("Birch", "invited")
    assert listed(mona, maple) == {"Ada": ada, "Nia North": invited}
    assert listed(mona, maple, q="EXAMPLE.com", state="invited") == {"Nia North": invited}
    assert listed(mona, maple, state="open") == {"Ada": ada}
    assert list(listed(mona, maple, sort="-company")) == ["Nia North", "Ada"]


def test_a_company_narrows_it(
    signed_in: SignedIn, maple: Site, acme: Company, birch: Company, nia: Invitation, cast: Cast
) -> None:
    mona = signed_in("mona")
    assert list(listed(mona, maple, company=birch.pk)) == ["Nia North"]
    assert list(listed(mona, maple, company=acme.pk)) == ["Ada"]
    # One of another site is none that could be chosen.
    elsewhere = Company.objects.get(site=cast.oak)
    assert listed(mona, maple, company=elsewhere.pk) == {}


def test_whoever_is_shut_out_says_so(signed_in: SignedIn, mona: Actor, maple: Site) -> None:
    accounts.shut(mona, Account.objects.get(username="ada"))
    assert listed(signed_in("mona"), maple, state="shut") == {"Ada": ("Acme", "shut")}


def test_the_file_says_in_words_what_the_list_shows(
    signed_in: SignedIn, maple: Site, nia: Invitation
) -> None:
    address = reverse("administrators", args=[maple.pk])
    answer = signed_in("mona").post(address, {"export": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["Ada", "ada@example.com", "Acme", "Open"],
        ["Nia North", "nia@example.com", "Birch", "Invited"],
    ]


def test_an_administrator_sees_colleagues_and_no_other_company(
    signed_in: SignedIn, mona: Actor, maple: Site, acme: Company, nia: Invitation
) -> None:
    alan = InvitationForm(role=Role.COMPANY_ADMINISTRATOR, name="Alan", email="alan@example.com")
    invite(mona, acme.node, alan)
    ada = signed_in("ada")
    assert list(listed(ada, maple)) == ["Ada", "Alan"]
    shown = text(ada, "administrators", maple.pk)
    # To look at, and no more.
    assert "New administrator" not in shown
    assert "Send again" not in shown


def test_an_administrator_is_invited_changed_and_deleted_within_the_site(
    signed_in: SignedIn, maple: Site, acme: Company, birch: Company
) -> None:
    mona, home = signed_in("mona"), reverse("administrators", args=[maple.pk])
    new = reverse("administrator-new", args=[maple.pk])
    offered = mona.get(new).content.decode()
    assert "Acme" in offered
    assert "Birch" in offered
    told = {"role": "company_administrator", "node": birch.node_id, "language": "en"}
    told |= {"first_name": "Nia", "email": "nia@example.com"}
    assert mona.post(new, told)["Location"] == home
    nia = Invitation.objects.get(email="nia@example.com")
    assert (nia.node, nia.role) == (birch.node, Role.COMPANY_ADMINISTRATOR)
    withdraw = reverse("invitation-withdraw", args=[nia.pk])
    assert f'action="{withdraw}?site={maple.pk}"' in mona.get(home).content.decode()
    assert mona.post(f"{withdraw}?site={maple.pk}")["Location"] == home
    # Whoever has an account has a page here, to which every deed on it comes back.
    ada = Account.objects.get(username="ada")
    page = reverse("administrator", args=[maple.pk, ada.pk])
    shown = mona.get(page).content.decode()
    assert f'<a href="{home}">Administrators</a>' in shown
    shut = f"{reverse('user-shut', args=[ada.pk])}?site={maple.pk}"
    assert shut in shown
    assert mona.post(shut)["Location"] == page
    edit = reverse("administrator-edit", args=[maple.pk, ada.pk])
    assert edit in shown
    saved = mona.post(edit, {"first_name": "Adele", "email": "ada@example.com"})
    assert saved["Location"] == page
    assert Account.objects.get(pk=ada.pk).name == "Adele"
    delete = f"{reverse('user-delete', args=[ada.pk])}?site={maple.pk}"
    assert mona.post(delete)["Location"] == home
    assert listed(mona, maple) == {}


def test_only_the_site_s_own_companies_can_be_chosen(
    signed_in: SignedIn, ivan: Actor, maple: Site
) -> None:
    other = create_site(ivan, maple.installer, SiteForm(name="Elm House", zone="Europe/Berlin"))
    new = reverse("administrator-new", args=[other.pk])
    told = {"role": "company_administrator", "language": "en", "first_name": "Nia"}
    told |= {"email": "nia@example.com", "node": Company.objects.get(name="Acme").node_id}
    answer = signed_in("ivan").post(new, told)
    assert answer.status_code == 422
    assert not Invitation.objects.filter(email="nia@example.com").exists()
    # And where there is none, one is led to adding it.
    shown = text(signed_in("ivan"), "administrators", other.pk)
    assert reverse("company-new", args=[other.pk]) in shown


@pytest.mark.parametrize("name", ["mona", "rita", "iris", "oscar"])
def test_somebody_else_has_no_page_among_them(signed_in: SignedIn, maple: Site, name: str) -> None:
    account = Account.objects.get(username=name)
    for page in ("administrator", "administrator-edit"):
        answer = signed_in("ivan").get(reverse(page, args=[maple.pk, account.pk]))
        assert answer.status_code == 404


def test_at_another_site_an_administrator_has_none(
    signed_in: SignedIn, ivan: Actor, maple: Site
) -> None:
    other = create_site(BUILDER, maple.installer, SiteForm(name="Elm House", zone="Europe/Berlin"))
    ada = Account.objects.get(username="ada")
    answer = signed_in("ivan").get(reverse("administrator", args=[other.pk, ada.pk]))
    assert answer.status_code == 404


def test_whoever_keeps_a_role_elsewhere_has_no_page_here_any_more(
    signed_in: SignedIn, maple: Site, cast: Cast
) -> None:
    otto, ada = signed_in("otto"), Account.objects.get(username="ada")
    elsewhere = Company.objects.get(site=cast.oak)
    Standing.objects.create(account=ada, node=elsewhere.node, role=Role.COMPANY_ADMINISTRATOR)
    here = ada.standings.get(node=cast.acme.node)
    end = reverse("user-role-end", args=[ada.pk, here.pk])
    answer = otto.post(f"{end}?site={maple.pk}", follow=True)
    assert answer.redirect_chain == [(reverse("administrators", args=[maple.pk]), 302)]
    assert answer.status_code == 200
