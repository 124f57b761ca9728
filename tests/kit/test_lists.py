"""What a list does with its address: every part of it counts, or is named as strange."""

import re

import pytest
from django.urls import reverse

from doorward.people.actions import PersonForm, create_person
from doorward.tenancy.actions import create_account
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, PASSWORD, Cast

pytestmark = pytest.mark.django_db


def text_of(cast: Cast, page: str, query: str, who: str = "mona") -> str:
    args = [] if page in {"sites", "macs", "audit"} else [cast.maple.pk]
    response = cast.client(who).get(f"{reverse(page, args=args)}?{query}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def heads(text: str) -> list[str]:
    """Return what stands above the columns."""
    cells = re.findall(r"<th [^>]*>(.*?)</th>", text)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("compny=3", "This list has no filter “compny”."),
        ("sort=height", "This list cannot be sorted by “height”."),
        ("sort=-name,-doors", "This list cannot be sorted by “-doors”."),
        ("columns=company,shoes", "This list has no column “shoes”."),
        ("per_page=30", "A page of a list has 10, 20, 50 or 100 rows."),
        ("page=7", "This list has no such page; this is the first."),
        ("page=first", "This list has no such page; this is the first."),
    ],
)
def test_what_an_address_has_that_the_list_has_not_is_named(
    cast: Cast, query: str, sentence: str
) -> None:
    assert sentence in text_of(cast, "people", query)


def test_a_good_address_is_not_objected_to(cast: Cast) -> None:
    query = f"q=r&company={cast.acme.pk}&sort=-company,name&columns=company&per_page=50&page=1"
    assert "Leave it out" not in text_of(cast, "people", query)


def test_a_filter_that_means_nothing_matches_nothing_and_is_named(cast: Cast) -> None:
    text = text_of(cast, "people", "company=987654321")
    assert "Company: Select a valid choice" in text
    assert "Rita" not in text
    assert "Nothing matches" in text


def test_a_stranger_s_company_filters_like_one_that_never_was(cast: Cast) -> None:
    (oaks,) = cast.oak.companies.all()
    stranger = text_of(cast, "people", f"company={oaks.pk}")
    missing = text_of(cast, "people", "company=987654321")
    assert stranger.replace(str(oaks.pk), "987654321").count("Select a valid choice") == 1
    assert missing.count("Select a valid choice") == 1
    assert "Rita" not in stranger


def test_only_the_chosen_columns_show_and_the_first_always(cast: Cast) -> None:
    assert heads(text_of(cast, "people", "columns=validity,company")) == [
        *("Name", "Company", "Validity"),
    ]
    assert heads(text_of(cast, "people", "columns=cards"))[0] == "Name"


def test_a_column_one_may_not_see_cannot_be_chosen_or_sorted_by(cast: Cast) -> None:
    text = text_of(cast, "sites", "columns=person_count,city&sort=person_count", "dora")
    assert heads(text) == ["Name", "City"]
    assert "This list has no column “person_count”." in text
    assert "This list cannot be sorted by “person_count”." in text


def test_people_of_one_name_keep_their_places_from_page_to_page(cast: Cast) -> None:
    for _ in range(25):
        create_person(BUILDER, cast.acme, PersonForm(first_name="Jo", last_name="Zett"))
    shown = [
        key
        for page in (1, 2, 3)
        for key in re.findall(
            r"/people/(\d+)/", text_of(cast, "people", f"sort=company&per_page=10&page={page}")
        )
    ]
    assert len(set(shown)) == cast.maple.people.count()


def test_accounts_have_ten_rows_at_first_and_a_field_to_go_to_a_page(cast: Cast) -> None:
    for number in range(25):
        create_account(
            BUILDER,
            cast.maple.node,
            Role.PROPERTY_MANAGER,
            username=f"extra{number:02}",
            password=PASSWORD,
            name=f"Extra {number}",
            email=f"extra{number}@example.com",
        )
    ivan = cast.client("ivan")
    users = reverse("users")
    first = ivan.get(users, {"q": "extra", "sort": "-username"}).content.decode()
    assert len(re.findall(r">extra\d\d<", first)) == 10
    fields = re.search(r'<form class="pages-go".*?</form>', first, re.DOTALL)
    assert fields
    assert 'name="page" min="1" max="3"' in fields[0]
    # Going there keeps what the list was narrowed to.
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', fields[0]))
    assert carried == {"q": "extra", "sort": "-username"}
    third = ivan.get(users, {**carried, "page": "3"}).content.decode()
    assert re.findall(r">(extra\d\d)<", third) == [f"extra{n:02}" for n in range(4, -1, -1)]
    assert "pages-go" not in ivan.get(users, {"q": "extra", "per_page": "20"}).content.decode()
