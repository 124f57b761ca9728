"""One of many ids: one parameter, however many they are; or told by where they lie."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorward.sites.models import Site
from doorward.tenancy.among import Branches
from doorward.tenancy.models import Node
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_many_ids_are_one_parameter(cast: Cast) -> None:
    many = {cast.maple.node_id, *range(900_000, 910_000)}
    found = Site.objects.filter(node__among=many)
    assert list(found) == [cast.maple]
    _statement, params = found.query.sql_with_params()
    assert len(params) == 1


def test_none_of_no_ids_and_nothing_is_asked(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert list(Site.objects.filter(node__among=())) == []
    assert len(asked) == 0


def test_what_is_not_among_them_is_left(cast: Cast) -> None:
    others = Node.objects.exclude(pk__among=[cast.maple.node_id])
    assert cast.maple.node_id not in others.values_list("pk", flat=True)
    assert others.count() == Node.objects.count() - 1


def test_what_lies_below_places_is_found_by_their_paths(cast: Cast) -> None:
    below = Branches((cast.maple.node.path, cast.oak.node.path))
    found = Site.objects.filter(node__among=below).order_by("pk")
    assert list(found) == sorted([cast.maple, cast.oak], key=lambda site: site.pk)
    assert list(Site.objects.exclude(node__among=below)) == []
    assert list(Site.objects.filter(node__among=Branches((cast.oak.node.path,)))) == [cast.oak]


def test_no_place_has_nothing_below_it(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert list(Site.objects.filter(node__among=Branches(()))) == []
    assert len(asked) == 0
