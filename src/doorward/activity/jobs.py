"""What the logs need by the clock."""

from doorward.activity.actions import alarms
from doorward.activity.actions.log import prepare_partitions
from doorward.kit.jobs import job


@job("activity.prepare_partitions")
def make_partitions(timestamp: int) -> None:
    prepare_partitions()


@job("activity.forget_alarms")
def forget_alarms(timestamp: int) -> None:
    alarms.forget()
