"""What the tenancy does by the clock, and apart from whoever asked for it."""

from doorward.kit import clock
from doorward.kit.jobs import job
from doorward.tenancy import callers, drafts, undo
from doorward.tenancy.actions import guesses, passwords, seals, visits
from doorward.tenancy.idempotency import forget_old


@job("tenancy.forget_idempotency_keys")
def forget_idempotency_keys(timestamp: int) -> None:
    forget_old()


@job("tenancy.forget_drafts")
def forget_drafts(timestamp: int) -> None:
    drafts.forget_old()


@job("tenancy.forget_guesses")
def forget_guesses(timestamp: int) -> None:
    guesses.forget_old()


@job(passwords.WRITE_RESET)
def write_reset_mail(address: str, source: str) -> None:
    passwords.write_reset_mail(address, source)


@job("tenancy.forget_api_counts")
def forget_api_counts(timestamp: int) -> None:
    callers.forget_counts(clock.now())


@job("tenancy.forget_removed")
def forget_removed(timestamp: int) -> None:
    undo.forget_old()


@job("tenancy.seal_audit", alone=True)
def seal_audit(timestamp: int) -> None:
    seals.seal_entries()


@job("tenancy.end_visits", alone=True)
def end_visits(timestamp: int) -> None:
    visits.end_overdue()
