"""What sites need by the clock."""

from doorward.kit.jobs import job
from doorward.sites import actions


@job("sites.purge_deleted", alone=True)
def purge_deleted(timestamp: int) -> None:
    actions.purge_deleted()
