"""Which rows are named by many others, each found once."""

import pytest

from doorward.devices.models import Device, ShelfEntry
from doorward.kit.rows import named_by
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(cast: Cast) -> list[int]:
    """Of three devices, each with several entries, in their order."""
    found = sorted(Device.objects.values_list("pk", flat=True))
    assert len(found) == 3
    assert all(ShelfEntry.objects.filter(device=key).count() > 1 for key in found)
    return found


@pytest.mark.parametrize("most", [2, 3, 10_000])
def test_what_many_rows_name_is_found_once_and_no_more_than_asked_for(
    keys: list[int], most: int
) -> None:
    assert named_by(ShelfEntry.objects.order_by("-pk"), "device_id", most) == keys[:most]


@pytest.mark.parametrize("most", [1, 10_000])
def test_what_the_rows_leave_out_is_not_named(keys: list[int], most: int) -> None:
    rows = ShelfEntry.objects.filter(device__in=keys[1:], failure="")
    assert named_by(rows, "device_id", most) == keys[1:][:most]
    assert named_by(rows.exclude(failure=""), "device_id", most) == []
