"""Tags of the kit: parts of a page that are kept drawn, and rows drawn without a template."""

from typing import NamedTuple

import django_tables2 as tables
import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.test.html import parse_html
from django.utils.safestring import SafeString
from django.utils.translation import override

from doorward.kit.templatetags.kit import remembered
from doorward.kit.templatetags.kit_tables import table_rows
from doorward.kit.widgets import PickMany, Select
from doorward.people.models import Person
from doorward.sites.models import Company
from tests.cast import Cast

ATTACK = "<b>"


class Place(NamedTuple):
    name: str
    url: str = "/"
    hint: str = ""
    active: bool = False


def sites(name: str) -> str:
    return remembered("kit/sites.html", current="", all_url="/", sites=(Place(name),))


def test_a_part_is_drawn_anew_for_what_differs_and_only_for_that() -> None:
    assert "Maple" in sites("Maple")
    assert "Maple" not in sites("Oak")
    assert sites("Maple") is sites("Maple")


def test_a_part_is_drawn_in_the_language_of_who_reads() -> None:
    with override("en"):
        english = sites("Maple")
    with override("de"):
        assert sites("Maple") is not english


def test_what_is_safe_does_not_vouch_for_the_same_letters() -> None:
    assert ATTACK not in sites(ATTACK)
    with pytest.raises(TypeError):
        sites(SafeString(ATTACK))
    with pytest.raises(TypeError):
        remembered("kit/sites.html", current=SafeString(ATTACK))


def test_forms_that_are_kept_drawn_get_their_proof_from_the_page() -> None:
    request = RequestFactory().get("/")
    drawn = Template('{% csrf_fields "sign-out" "palette" %}').render(Context({"request": request}))
    assert drawn.count('name="csrfmiddlewaretoken"') == 2
    assert 'form="sign-out"' in drawn
    assert 'form="palette"' in drawn


@pytest.mark.parametrize("chosen", ["", "1", "2", None, ["1", "2"]])
@pytest.mark.parametrize("many", [False, True])
def test_a_select_is_drawn_as_by_django(many: bool, chosen: object) -> None:
    options = {"attrs": {"class": "form-select", "hidden": True}}
    choices = [("", "Any"), (1, "a < b"), ("2", ATTACK), ("<", "c")]
    ours: forms.Select = PickMany(placeholder="p") if many else Select(**options)
    theirs: forms.Select = forms.SelectMultiple(ours.attrs) if many else forms.Select(**options)
    ours.choices = theirs.choices = choices
    given = {"id": "id_one", "required": True}
    drawn, as_before = (each.render("one", chosen, given) for each in (ours, theirs))
    assert parse_html(drawn) == parse_html(as_before)


# --- Rows -------------------------------------------------------------------------------------


class _People(tables.Table):
    first_name = tables.Column()
    company = tables.Column(accessor="company__name")
    group = tables.Column(accessor="group__name", default="nobody's")
    remark = tables.Column()
    # Known by a code, said by a word.
    status = tables.Column()
    counted = tables.Column(empty_values=())
    seen = tables.Column(empty_values=(), accessor="pk")
    linked = tables.Column(accessor="last_name", linkify=lambda record: f"/{record.pk}")

    def render_counted(self, record: Person) -> str:
        return f"{record.first_name} & co"

    def render_seen(self, value: int, record: Person) -> SafeString:
        return SafeString(f"<i>{value - record.pk}</i>")

    def render_remark(self, value: str) -> str:
        return value.upper()


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    bob = cast.person("Bob")
    bob.remark, bob.first_name = "late", ATTACK
    return [cast.person("Rita"), bob]


@pytest.mark.django_db
def test_rows_say_what_django_tables2_says(people: list[Person]) -> None:
    table = _People(people)
    table.deeds = []
    drawn = table_rows(Context({}), table)
    for row in table.rows:
        for cell in row:
            said = Template("{{ cell }}").render(Context({"cell": cell}))
            assert f">{said}</td>" in drawn
            drawn = drawn.replace(f">{said}</td>", ">", 1)
    assert "</td>" not in drawn


@pytest.mark.django_db
def test_rows_of_no_model_are_drawn_as_well(cast: Cast) -> None:
    class Named(tables.Table):
        name = tables.Column()

    table = Named([{"name": ATTACK}, {"name": ""}])
    table.deeds = []
    drawn = table_rows(Context({}), table)
    assert "&lt;b&gt;" in drawn
    assert "—" in drawn


@pytest.mark.django_db
def test_no_rows_draw_nothing() -> None:
    table = _People(Company.objects.none())
    table.deeds = []
    assert table_rows(Context({}), table) == ""
