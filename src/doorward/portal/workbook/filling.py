"""The workbook of a site, filled in with what is there; no PIN and no whole number is in it."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doorward.access.models import Credential
from doorward.devices.models import Device
from doorward.files.actions import start_work
from doorward.files.actions.exports import record_export
from doorward.files.lists import AT_ONCE
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit.counts import number_words
from doorward.kit.errors import Refused
from doorward.kit.pages import CONTENT_TYPES
from doorward.kit.sheets import Sheet, write_workbook
from doorward.people.models import Person
from doorward.portal.importing.roll import on_paper
from doorward.portal.workbook.sheets import ABOUT, MOST, SHEETS
from doorward.sites.models import Company, Site
from doorward.sites.words import local_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

FILLED = "workbook.filled"


@transaction.atomic
def write_filled(actor: Actor, site: Site, stream: BinaryIO) -> None:
    """Write what a site has as a workbook; raise `Refused` for more than one holds."""
    actor.require(Can.CREATE_SITE, site)
    kept = _Kept.of(actor, site)
    count = kept.count()
    if count > MOST:
        message = _(
            "This site has %(count)s companies, people, devices and cards, and a workbook holds "
            "%(most)s. Export the list of people instead."
        )
        told = {"count": number_words(count), "most": number_words(MOST)}
        raise Refused("workbook.rows", message % told)
    # Any: columns and things of every kind.
    pages: list[tuple[Sheet[Any], Any]] = [
        (SHEETS["companies"], kept.companies),
        (SHEETS["personnel"], on_paper(actor, list(kept.people))),
        (SHEETS["devices"], kept.devices),
        (SHEETS["cards"], kept.cards),
    ]
    write_workbook(pages, stream, local_of(site), ABOUT)
    what = {"list": _("Workbook"), "rows": count, "format": "xlsx"}
    record_export(actor, site.node, what)


def is_long(actor: Actor, site: Site) -> bool:
    """Say whether a workbook takes longer than one waits for an answer."""
    return _Kept.of(actor, site).count() > AT_ONCE


def ask_for_filled(actor: Actor, site: Site) -> Work:
    """Let the workbook be written in the background."""
    actor.require(Can.CREATE_SITE, site)
    title = _("Workbook of %(site)s") % {"site": site}
    return start_work(actor, site.node, kind=FILLED, title=title, parameters={"site": site.pk})


def fill(work: Work, report: Report) -> None:
    """Write the workbook of a site as its asker may see it now."""
    sites = Site.objects.select_related("node")
    site = sites.find(report.actor, work.parameters["site"])
    with report.result(f"{site.name}.xlsx", CONTENT_TYPES["xlsx"]) as file:
        write_filled(report.actor, site, file)


@dataclass(frozen=True)
class _Kept:
    """What somebody sees of a site, in the order of its lists."""

    companies: QuerySet[Company]
    people: QuerySet[Person]
    devices: QuerySet[Device]
    cards: QuerySet[Credential]

    @classmethod
    def of(cls, actor: Actor, site: Site) -> "_Kept":
        people = Person.objects.seen_at(actor, site).select_related("company")
        devices = Device.objects.seen_at(actor, site).filter(release=Device.Release.NONE)
        cards = Credential.objects.seen_at(actor, site).cards().defer("secret")
        return cls(
            Company.objects.seen_at(actor, site).order_by("name"),
            people.order_by("last_name", "first_name", "pk"),
            devices.select_related("mac_entry", "connector").order_by("name"),
            cards.select_related("person").order_by("person__personnel_id", "pk"),
        )

    def count(self) -> int:
        return (
            self.companies.count() + self.people.count() + self.devices.count() + self.cards.count()
        )
