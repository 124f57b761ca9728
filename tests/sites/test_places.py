"""Where an office is: a state that its country has, a city in any words."""

import re

import pytest
from django.urls import reverse

from doorward.kit.errors import Invalid
from doorward.kit.regions import cities_of, is_state, states_of
from doorward.sites.actions import SITE_FIELDS, SiteForm, change_site, create_site
from doorward.sites.models import Site
from doorward.sites.words import country_choices
from doorward.tenancy.actor import Actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def form(**place: str) -> SiteForm:
    return SiteForm(name="Elm Yard", zone="Europe/Berlin", **place)


def test_the_states_of_a_country_and_their_cities_are_known() -> None:
    names = [state.name for state in states_of("Germany")]
    assert len(names) == 16
    assert names == sorted(names)
    assert {"Berlin", "Bavaria"} <= set(names)
    assert "Bayern" in [state.native for state in states_of("Germany")]
    assert cities_of("Germany", "Bayern") == cities_of("Germany", "Bavaria") != ()


@pytest.mark.parametrize("country", ["", "Nowhere", "../../../etc", "germany"])
def test_of_a_country_that_is_in_no_list_nothing_is_known(country: str) -> None:
    assert states_of(country) == ()
    assert cities_of(country, "Bavaria") == ()
    assert is_state(country, "Anything")


def test_most_countries_of_the_list_have_states_and_none_has_too_many() -> None:
    counts = [len(states_of(name)) for name, _label in country_choices()]
    assert sum(map(bool, counts)) > 190
    assert max(counts) < 300


def test_no_state_has_more_cities_than_a_page_bears() -> None:
    for country in ("Germany", "United States", "France", "Britain (UK)", "China", "Brazil"):
        for state in states_of(country):
            assert len(cities_of(country, state.name)) < 4_000


def test_a_state_is_one_of_its_country(ivan: Actor, maple: Site) -> None:
    with pytest.raises(Invalid) as fault:
        create_site(ivan, maple.installer, form(country="Germany", state="Texas"))
    assert set(fault.value.faults) == {"state"}
    for place in (
        {"country": "Germany", "state": "Bayern"},
        {"country": "Germany", "state": "", "city": "Hintertupfing"},
        {"country": "", "state": "Wherever"},
    ):
        site = create_site(ivan, maple.installer, form(**place))
        assert site.state == place["state"]
        site.name = f"Elm {site.pk}"
        site.save()


def test_what_stands_there_already_is_no_fault_until_it_is_changed(
    ivan: Actor, maple: Site
) -> None:
    Site.objects.filter(pk=maple.pk).update(country="Germany", state="Upper somewhere")
    maple.refresh_from_db()
    facts = {name: getattr(maple, name) for name in SITE_FIELDS}
    change_site(ivan, maple, SiteForm(**{**facts, "city": "Fürth"}))
    with pytest.raises(Invalid):
        change_site(ivan, maple, SiteForm(**{**facts, "state": "Lower somewhere"}))


def test_the_form_says_it_at_its_field_in_the_first_step(cast: Cast) -> None:
    body = {"name": "Elm", "country": "Germany", "state": "Texas", "go": "on"}
    answer = cast.client("ivan").post(f"{reverse('site-new')}?step=office", body)
    assert answer.status_code == 422
    assert "state" in answer.context["form"].errors


def test_a_part_of_the_page_has_the_states_and_the_cities(cast: Cast) -> None:
    browser, page = cast.client("ivan"), reverse("site-regions")

    def offered(place: str, **told: str) -> list[str]:
        text = browser.get(page, told).content.decode()
        found = re.search(rf'id="{place}".*?</(?:select|datalist)>', text, re.DOTALL)
        return re.findall(r'<option value="([^"]+)"', found[0]) if found else []

    assert "Bavaria" in offered("id_state", country="Germany")
    assert offered("id_city_list", country="Germany") == []
    cities = offered("id_city_list", country="Germany", state="Berlin")
    assert "Berlin" in cities
    # A country without states has a field to type in.
    text = browser.get(page, {"country": "Vatican City"}).content.decode()
    assert '<input type="text" name="state"' in text


def test_it_is_said_over_the_api_as_well(cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {cast.token('ivan')}"}
    answer = cast.client("ivan").patch(
        f"/api/v1/sites/{cast.maple.pk}",
        {"country": "Germany", "state": "Texas"},
        content_type="application/json",
        headers=headers,
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "state")
