"""What is told when something was announced, and by the clock."""

from doorward.kit.jobs import job
from doorward.notices import actions
from doorward.notices.actions import announcements, mailing, news


@job("notices.tell_alarms")
def tell_alarms(alarms: list[int]) -> None:
    news.tell_alarms(alarms)


@job("notices.tell_work")
def tell_work(work: int) -> None:
    news.tell_work(work)


@job("notices.tell_ticket")
def tell_ticket(ticket: int, readers: list[int], by: int, is_new: bool, is_solved: bool) -> None:
    news.tell_ticket(ticket, readers, by, is_new=is_new, is_solved=is_solved)


@job("notices.tell_support_begun")
def tell_support_begun(visit: int) -> None:
    news.tell_support_begun(visit)


@job("notices.tell_support_ended")
def tell_support_ended(visits: list[int]) -> None:
    news.tell_support_ended(visits)


@job("notices.tell_macs")
def tell_macs(installer: int, count: int, by: int) -> None:
    news.tell_macs(installer, count, by)


@job("notices.tell_managers")
def tell_managers(node: int, accounts: list[int]) -> None:
    news.tell_managers(node, accounts)


@job(mailing.WRITE)
def mail_message(message: int) -> None:
    mailing.mail_message(message)


@job("notices.watch_devices", alone=True)
def watch_devices(timestamp: int) -> None:
    actions.watch_devices()


@job("notices.send_due", alone=True)
def send_due(timestamp: int) -> None:
    announcements.send_due()


@job("notices.forget_old")
def forget_old(timestamp: int) -> None:
    actions.forget_old()
