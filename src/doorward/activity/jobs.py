"""What the logs need by the clock."""

from doorward.activity.actions import prepare_partitions
from doorward.kit.jobs import job


@job("activity.prepare_partitions")
def make_partitions(timestamp: int) -> None:
    prepare_partitions()
