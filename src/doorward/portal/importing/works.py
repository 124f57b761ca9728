"""The import of people: looking at what a file would do, and doing it."""

from typing import BinaryIO

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.access.actions.pins import count_guesses
from doorward.files.importing import Import
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit.sheets import Column, Kind, Sheet, write_xlsx
from doorward.people.actions.checks import refuse_more
from doorward.portal.importing.deeds import carry_out, steps_of
from doorward.portal.importing.plan import Choices, Entry, Plan
from doorward.portal.importing.planning import plan_of
from doorward.sites.models import Site
from doorward.sites.words import local_of

CHECK, IMPORT = "people.check", "people.import"


def outcome(entry: Entry) -> str:
    if entry.is_new:
        return _("Created")
    return _("Changed") if entry.is_changed else _("Unchanged")


RESULT: Sheet[Entry] = Sheet(
    gettext_lazy("Result"),
    (
        Column("row", gettext_lazy("Row"), value=lambda e: e.row, kind=Kind.NUMBER, width=8),
        Column("outcome", gettext_lazy("Outcome"), value=outcome),
        Column(
            "personnel_id",
            gettext_lazy("Personnel ID"),
            value=lambda entry: entry.person.personnel_id,
            kind=Kind.CODE,
        ),
        Column("first", gettext_lazy("First name"), value=lambda e: e.person.first_name),
        Column("last", gettext_lazy("Last name"), value=lambda e: e.person.last_name),
        Column("company", gettext_lazy("Company"), value=lambda e: e.company.name, width=24),
    ),
)


class PeopleImport(Import[Plan]):
    """People of a site from a sheet."""

    look, act = CHECK, IMPORT
    title = gettext_lazy("People from %(file)s")
    result = gettext_lazy("People imported")
    moved_on = gettext_lazy(
        "Somebody has changed people meanwhile. Nothing was changed; check the file again."
    )

    def weigh(self, work: Work, report: Report, *, lock: bool) -> Plan:
        actor, told = report.actor, work.parameters
        site = Site.objects.find(actor, told["site"])
        with report.source() as file:
            plan = plan_of(actor, site, file, Choices.of(told), report, lock=lock)
        refuse_more(site.pk, site.node, len(plan.created))
        # To be told which PINs somebody has is a guess at them, though the import is undone then.
        actor.afterwards(lambda: count_guesses(actor, plan.pins_taken))
        return plan

    def carry_out(self, work: Work, plan: Plan, report: Report) -> None:
        report.begin_again(steps_of(plan))
        carry_out(report.actor, plan, report.step)

    def write(self, plan: Plan, stream: BinaryIO) -> None:
        write_xlsx(RESULT, plan.entries, stream, local_of(plan.roll.site))


PEOPLE_IMPORT = PeopleImport()


def address_of_check(work: Work) -> str:
    return reverse("people-import-check", args=[work.parameters["site"], work.pk])
