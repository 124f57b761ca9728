"""The import of a workbook: asking for it, looking at what it would do, doing it."""

from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext_lazy

from doorward.access.actions.credentials import add_cards
from doorward.access.actions.pins import count_guesses
from doorward.files.importing import Import
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit.sheets import write_xlsx
from doorward.people.actions.checks import refuse_more
from doorward.portal.importing import deeds
from doorward.portal.importing.plan import Choices
from doorward.portal.workbook.plan import BookPlan
from doorward.portal.workbook.planning import plan_of
from doorward.portal.workbook.sheets import RESULT
from doorward.sites.models import Site
from doorward.sites.words import local_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

CHECK, IMPORT = "workbook.check", "workbook.import"


class WorkbookImport(Import[BookPlan]):
    """Companies, personnel, devices and cards of a site from one workbook."""

    look, act = CHECK, IMPORT
    title = gettext_lazy("Workbook %(file)s")
    result = gettext_lazy("Workbook imported")
    moved_on = gettext_lazy(
        "Somebody has changed this site meanwhile. Nothing was changed; check the file again."
    )
    makes = (
        *("companies_created", "people_created", "people_changed", "devices_created"),
        "cards_added",
    )
    takes_csv = False

    def weigh(self, work: Work, report: Report, *, lock: bool) -> BookPlan:
        actor, told = report.actor, work.parameters
        site = Site.objects.select_related("node", "installer").find(actor, told["site"])
        with report.source() as file:
            plan = plan_of(actor, site, file, Choices.of(told), report, lock=lock)
        refuse_more(site.pk, site.node, len(plan.people.created))
        # To be told which PINs somebody has is a guess at them, though the import is undone then.
        actor.afterwards(lambda: count_guesses(actor, plan.people.pins_taken))
        return plan

    def carry_out(self, work: Work, plan: BookPlan, report: Report) -> None:
        cards = list(plan.cards.new.values())
        report.begin_again(deeds.steps_of(plan.people) + len(cards))
        deeds.carry_out(report.actor, plan.people, report.step)
        for some in deeds.batches(cards):
            add_cards(report.actor, [card.form() for card in some])
            report.step(len(some))

    def write(self, plan: BookPlan, stream: BinaryIO) -> None:
        write_xlsx(RESULT, plan.outcomes(), stream, local_of(plan.people.roll.site))


WORKBOOK_IMPORT = WorkbookImport()


def ask_for_check(actor: Actor, site: Site, sent: UploadedFile, choices: Choices) -> Work:
    """Keep a workbook and let it be looked at; raise `Invalid` for a file that is none."""
    actor.require(Can.CREATE_SITE, site)
    return WORKBOOK_IMPORT.ask(actor, site.node, sent, choices.parameters(site.pk))


def ask_at_once(actor: Actor, site: Site, sent: UploadedFile, choices: Choices) -> Work:
    """Keep a workbook and let it be imported without a look before: all of it, or nothing."""
    actor.require(Can.CREATE_SITE, site)
    return WORKBOOK_IMPORT.ask_at_once(actor, site.node, sent, choices.parameters(site.pk))


def address_of_check(work: Work) -> str:
    return reverse("workbook-check", args=[work.parameters["site"], work.pk])
