"""How installers reach whoever they have bought from."""

import pytest
from django.urls import reverse

from doorward.kit.errors import Forbidden, Invalid
from doorward.tenancy.actions.providers import ContactForm, change_contact
from doorward.tenancy.actor import Actor
from doorward.tenancy.contacts import contact_above
from doorward.tenancy.models import AuditEntry, CustomerContact, Node
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sven_s(cast: Cast) -> Node:
    return Node.objects.get(name="Sven's distribution")


def test_an_installer_finds_the_nearest_that_tells_of_itself(
    cast: Cast, ivan: Actor, sven_s: Node
) -> None:
    page = cast.client("ivan").get(reverse("contact")).content.decode()
    assert "Dora&#x27;s distribution" in page
    assert 'href="mailto:doras.desk@example.com"' in page
    assert 'href="tel:+49-89-63648019"' in page
    change_contact(BUILDER, sven_s, ContactForm(email="svens.desk@example.com"))
    page = cast.client("ivan").get(reverse("contact")).content.decode()
    assert "svens.desk@example.com" in page
    assert "doras.desk@example.com" not in page
    # Who told nothing is not the nearest.
    change_contact(BUILDER, sven_s, ContactForm())
    assert str(contact_above(ivan)) == "Dora's distribution"


def test_nobody_is_told_their_own_or_that_of_another_branch(cast: Cast) -> None:
    assert [contact_above(cast.actor(name)) for name in ("otto", "dora", "oscar")] == [None] * 3
    assert str(contact_above(cast.actor("sven"))) == "Dora's distribution"
    page = cast.client("oscar").get(reverse("contact")).content.decode()
    assert "No contact details yet" in page


def test_a_distributor_fills_in_its_own(cast: Cast) -> None:
    page, dora = reverse("setting-contact"), cast.client("dora")
    typed = {"phone": "+498963648020", "email": "", "website": "dora.example.com", "remark": "9–17"}
    assert dora.post(page, typed).status_code == 302
    contact = CustomerContact.objects.get(node__name="Dora's distribution")
    assert (str(contact.phone.as_e164), contact.remark) == ("+498963648020", "9–17")
    assert contact.website == "https://dora.example.com"
    assert 'value="9–17"' in dora.get(page).content.decode()
    entry = AuditEntry.objects.latest("id")
    assert (entry.subject, entry.actor) == ("customercontact", "dora")


@pytest.mark.parametrize(
    ("field", "typed"), [("phone", "12"), ("email", "dora"), ("website", "javascript:alert(1)")]
)
def test_what_is_no_contact_is_said_at_its_field(
    cast: Cast, field: str, typed: str, sven_s: Node
) -> None:
    answer = cast.client("dora").post(reverse("setting-contact"), {field: typed})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    with pytest.raises(Invalid) as refusal:
        change_contact(BUILDER, sven_s, ContactForm(**{field: typed}))
    assert list(refusal.value.faults) == [field]


@pytest.mark.parametrize("name", ["otto", "ivan", "mona", "oscar"])
def test_nobody_else_fills_it_in(name: str, cast: Cast, sven_s: Node) -> None:
    with pytest.raises(Forbidden):
        change_contact(cast.actor(name), sven_s, ContactForm())
