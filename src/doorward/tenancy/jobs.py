"""What the tenancy does by the clock."""

from doorward.kit.jobs import job
from doorward.tenancy import drafts
from doorward.tenancy.idempotency import forget_old


@job("tenancy.forget_idempotency_keys")
def forget_idempotency_keys(timestamp: int) -> None:
    forget_old()


@job("tenancy.forget_drafts")
def forget_drafts(timestamp: int) -> None:
    drafts.forget_old()
