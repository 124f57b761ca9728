"""Kinds of long work that the tests have done."""

import time

from django.utils.translation import gettext_lazy as _

from doorward import works
from doorward.files.kinds import WorkKind
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit.errors import Invalid, Refused
from doorward.sites.actions import create_company
from doorward.sites.models import Site


def found(work: Work, report: Report) -> None:
    """Found as many companies as are named, at a site."""
    site = Site.objects.find(report.actor, work.parameters["site"])
    names = work.parameters["names"]
    report.total(len(names))
    for name in names:
        create_company(report.actor, site, name=name)
        report.count("created")
        report.step()


def refuse(work: Work, report: Report) -> None:
    """Found a company, find a fault in the next, and give up."""
    site = Site.objects.find(report.actor, work.parameters["site"])
    create_company(report.actor, site, name="Undone")
    report.fault("No name", mend="Type one.", sheet="Companies", row=7, column="Name")
    with report.result("faults.csv", "text/csv") as file:
        file.write(b"row 7: no name\n")
    raise Refused("work.faults", "1 row has a fault. Nothing was changed.")


def misshapen(work: Work, report: Report) -> None:
    raise Invalid({"name": "Type a name."})


def broken(work: Work, report: Report) -> None:
    site = Site.objects.find(report.actor, work.parameters["site"])
    create_company(report.actor, site, name="Undone")
    with report.result("half.csv", "text/csv") as file:
        file.write(b"half\n")
    raise ZeroDivisionError


def export(work: Work, report: Report) -> None:
    with report.result("Companies.csv", "text/csv") as file:
        file.write(b"name\n")
        file.write(report.source().read() if work.source else b"Acme\n")


def linger(work: Work, report: Report) -> None:
    """Found a company, and be at it for long at the first tries."""
    site = Site.objects.find(report.actor, work.parameters["site"])
    create_company(report.actor, site, name="Lingering")
    report.total(1000)
    if work.attempts <= work.parameters["long_tries"]:
        for _step in range(1000):
            time.sleep(0.1)
            report.step()


WORKS = {
    # The cast is built with work of the product's own.
    **works.WORKS,
    "found": WorkKind(_("Companies founded"), found),
    "refuse": WorkKind(_("Refused"), refuse),
    "misshapen": WorkKind(_("Misshapen"), misshapen),
    "broken": WorkKind(_("Broken"), broken),
    "linger": WorkKind(_("Lingered"), linger),
    "export": WorkKind(_("Companies exported"), export),
}
