"""When what is done: one plain table."""

from dataclasses import dataclass

from procrastinate import App


@dataclass(frozen=True)
class Line:
    """A job and when it runs, as cron writes it."""

    when: str
    job: str


LINES = (
    Line("* * * * *", "kit.rescue_jobs"),
    Line("* * * * *", "kit.deliver_mail"),
    Line("*/10 * * * *", "kit.prune_jobs"),
    Line("* * * * *", "tenancy.seal_audit"),
    Line("* * * * *", "tenancy.end_visits"),
    Line("31 4 * * *", "kit.prune_mail"),
    Line("23 4 * * *", "kit.clear_sessions"),
    Line("* * * * *", "files.revive_works"),
    Line("*/10 * * * *", "files.forget_expired"),
    Line("37 * * * *", "files.sweep"),
    Line("59 4 * * *", "files.forget_works"),
    Line("17 * * * *", "devices.sweep_tombstones"),
    Line("* * * * *", "devices.note_emptied"),
    Line("33 * * * *", "sites.purge_deleted"),
    Line("41 * * * *", "tenancy.forget_idempotency_keys"),
    Line("47 4 * * *", "tenancy.forget_drafts"),
    Line("47 * * * *", "tenancy.forget_guesses"),
    Line("53 4 * * *", "tenancy.forget_api_counts"),
    Line("*/10 * * * *", "tenancy.forget_removed"),
    Line("7 * * * *", "access.retire_hours"),
    Line("27 * * * *", "access.revive_stale"),
    Line("5 3 * * *", "activity.prepare_partitions"),
    Line("11 4 * * *", "activity.forget_alarms"),
    Line("13 * * * *", "devices.sweep_timeline"),
    Line("3 4 * * *", "devices.forget_orders"),
    Line("* * * * *", "notices.watch_devices"),
    Line("* * * * *", "notices.send_due"),
    Line("29 4 * * *", "notices.forget_old"),
)


def register(app: App) -> None:
    """Put the table into the job queue's clock."""
    for line in LINES:
        app.periodic(cron=line.when, periodic_id=line.job)(app.tasks[line.job])
