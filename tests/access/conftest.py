"""People and doors that the claims about access are told with."""

import pytest

from doorward.devices.models import Door
from doorward.people.actions import PersonForm, create_people
from doorward.people.models import Person
from tests.cast import BUILDER, Cast


@pytest.fixture
def crew(cast: Cast) -> list[Person]:
    told = [
        (cast.acme, PersonForm(first_name=name, last_name="Crew")) for name in ("Al", "Bo", "Cy")
    ]
    al, bo, cy = create_people(BUILDER, told)
    # Al is beneath Bo: the night shift is a part of the workshop.
    Person.objects.filter(pk=al.pk).update(group=cast.crew("Night shift"))
    Person.objects.filter(pk=bo.pk).update(group=cast.crew("Workshop"))
    return [cast.person("Rita"), cast.person("Bob"), al, bo, cy]


@pytest.fixture
def doors(cast: Cast) -> list[Door]:
    return [cast.door(name) for name in ("Front door", "Ramp", "Store")]
