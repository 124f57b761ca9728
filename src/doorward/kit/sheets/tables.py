"""Several sheets of one workbook, each a table of its own."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from doorward.kit.errors import Text
from doorward.kit.sheets.columns import MAX_ROWS, Local, Sheet
from doorward.kit.sheets.faults import Fault, Unreadable, WrongHeader, WrongSheets
from doorward.kit.sheets.header import plain_head, spellings_of
from doorward.kit.sheets.kinds import workbook_in
from doorward.kit.sheets.table import Page, Table
from doorward.kit.sheets.template import EXPLAINED
from doorward.kit.sheets.workbook import Workbook


# Any: columns of every kind of thing.
def tables_of(
    file: BinaryIO, sheets: Mapping[str, Sheet[Any]], local: Local, *, most: int = MAX_ROWS
) -> dict[str, Table]:
    """Open those of some sheets that a workbook has, by the names that they are told with.

    Raise `Unreadable` for a file without any of them, `WrongSheets` for strange ones and for
    headers that are not as they should be. What is blank counts as left out.
    """
    archive = workbook_in(file)
    if archive is None:
        message = _("This is no workbook. Choose the template, saved as .xlsx.")
        raise Unreadable("sheet.format", message)
    book = Workbook(archive)
    known = {head: name for name, one in sheets.items() for head in spellings_of(one.title)}
    ignored = spellings_of(EXPLAINED)
    found: dict[str, Table] = {}
    faults: list[Fault] = []
    for title in book.sheets:
        name = known.get(plain_head(title), "")
        if plain_head(title) in ignored or _is_blank(book, title):
            continue
        if not name:
            faults.append(_strange(title, [one.title for one in sheets.values()]))
        elif name in found:
            words = _("There are two sheets for “%(name)s”.") % {"name": sheets[name].title}
            faults.append(Fault(title, None, "", words, _("Put their rows into one of them.")))
        else:
            try:
                found[name] = Table(Page(book, title), sheets[name], local, most=most)
            except WrongHeader as refusal:
                faults += refusal.faults
    if faults:
        raise WrongSheets(faults)
    if not found:
        message = _("All sheets of the workbook are blank. Fill in the template.")
        raise Unreadable("sheet.no_rows", message)
    return found


def _is_blank(book: Workbook, title: str) -> bool:
    return next(iter(book.rows(title)), None) is None


def _strange(title: str, known: list[Text]) -> Fault:
    plainly = {plain_head(str(one)): str(one) for one in known}
    near = get_close_matches(plain_head(title), list(plainly), n=1, cutoff=0.6)
    if near:
        mend = _("Did you mean “%(name)s”? Write it so.") % {"name": plainly[near[0]]}
    else:
        mend = _("Delete it, or name it as one of: %(names)s.") % {
            "names": ", ".join(plainly.values())
        }
    words = _("The template has no sheet “%(name)s”.") % {"name": title[:64]}
    return Fault(title, None, "", words, mend)
