"""What goes along with a deletion and what stands in its way: as the dialogs tell it.

A relation that is new here changes what the dialog of that kind has to say.
"""

import pytest
from django.db import models

from doorward.access.models import AccessGroup, Credential
from doorward.devices.models import Connector, Device, Door, MacEntry
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from tests.cast import Cast

# By kind: what goes along, and what has to go first.
TOLD: dict[type[models.Model], tuple[set[str], set[str]]] = {
    Person: ({"credential", "accessgroup_people", "photo"}, set()),
    Group: ({"accessgroup_people_groups"}, {"person", "group"}),
    Credential: (set(), set()),
    AccessGroup: (
        {
            "accesswindow",
            "accesssegment",
            "accessgroup_people",
            "accessgroup_people_groups",
            "accessgroup_doors",
        },
        set(),
    ),
    Door: ({"accessgroup_doors", "door_companies", "command"}, set()),
    Device: (
        {
            *("scheduleslot", "shelfentry", "shelfhead", "command", "quarantinedreport", "moment"),
            *("drift", "stranger", "absence"),
        },
        {"door"},
    ),
    Connector: ({"command", "quarantinedreport"}, {"device"}),
    MacEntry: (set(), {"device"}),
    Company: ({"door_companies", "group"}, {"person", "accessgroup"}),
    Site: (
        {"personnelcounter", "alarm", "notice"},
        {
            *("company", "person", "group", "device", "door", "connector"),
            *("accessgroup", "credential"),
        },
    ),
}
IN_THE_WAY = (models.PROTECT, models.RESTRICT)


def related(model: type[models.Model], *how: object) -> set[str]:
    """Return the kinds that point to a kind by keys of these manners."""
    relations = model._meta.get_fields(include_hidden=True)
    return {
        str(one.related_model._meta.model_name)
        for one in relations
        if one.auto_created and getattr(one, "on_delete", None) in how
    }


@pytest.mark.parametrize("model", TOLD, ids=lambda model: model.__name__)
def test_a_dialog_tells_all_that_a_deletion_does(model: type[models.Model]) -> None:
    along, before = TOLD[model]
    assert related(model, models.CASCADE) == along
    assert related(model, *IN_THE_WAY) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("companies/{acme}", ["1 person", "Move or delete them first", "Acme nights"]),
        ("devices/{lobby}", ["Front door", "Delete that door or give it another device first"]),
        ("connectors/{basement}", ["Lobby", "Garage", "Move or delete that device first"]),
    ],
)
def test_what_stands_in_the_way_is_a_link_with_a_mend(
    cast: Cast, page: str, words: list[str]
) -> None:
    places = {
        "acme": cast.acme.pk,
        "lobby": cast.device("Lobby").pk,
        "basement": cast.connector("Basement").pk,
    }
    address = f"/sites/{cast.maple.pk}/{page.format(**places)}/"
    text = cast.client("ivan").get(address).content.decode()
    (dialog,) = [part for part in text.split("<dialog") if 'id="delete' in part.split(">")[0]]
    assert "This stands in the way" in dialog
    assert [word for word in words if word not in dialog] == []
    assert "btn-danger" not in dialog
