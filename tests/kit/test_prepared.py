"""A question that is put together once is answered as if it were asked anew each time."""

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from doorward.kit.prepared import Prepared
from doorward.tenancy.actor import _HELD, _held
from doorward.tenancy.models import Account, Standing
from tests.cast import NAMES, Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", NAMES)
def test_everybody_holds_what_the_question_says(who: str, cast: Cast) -> None:
    account = cast.actor(who).account
    assert account is not None
    rows = _HELD(account.pk)
    assert rows == list(_held(account.pk))
    assert rows


def test_a_question_is_put_together_once() -> None:
    asked = []

    def names(key: int) -> QuerySet[Account, tuple[object, ...]]:
        asked.append(key)
        return Account.objects.filter(pk=key, is_active=True).values_list("username")

    prepared = Prepared(names)
    ivan, mona = (Account.objects.get(username=name).pk for name in ("ivan", "mona"))
    with CaptureQueriesContext(connection) as queries:
        assert [prepared(ivan), prepared(mona)] == [[("ivan",)], [("mona",)]]
    assert (len(asked), len(queries)) == (1, 2)


def test_it_sees_what_has_changed_since(cast: Cast) -> None:
    account = cast.actor("iris").account
    assert account is not None
    before = _HELD(account.pk)
    Standing.objects.filter(account=account).delete()
    assert before
    assert _HELD(account.pk) == []
