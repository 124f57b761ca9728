"""One class a page: list, show, form, deed. Pages guard nothing; they ask and show."""

from doorward.kit.pages.asked import PAGE_SIZES, Asked, Fault, words_of
from doorward.kit.pages.bulk import BulkDeed, Done, Look
from doorward.kit.pages.deed import DeedPage
from doorward.kit.pages.doing import ActingPage, DoingPage
from doorward.kit.pages.export import CONTENT_TYPES, Chip, Export, ExportPage, Paper
from doorward.kit.pages.form import FormPage, add_faults
from doorward.kit.pages.list import COUNT_LIMIT, ListPage, chips_of, faults_of
from doorward.kit.pages.page import Context, Crumb, Page

__all__ = [
    "CONTENT_TYPES",
    "COUNT_LIMIT",
    "PAGE_SIZES",
    "ActingPage",
    "Asked",
    "BulkDeed",
    "Chip",
    "Context",
    "Crumb",
    "DeedPage",
    "DoingPage",
    "Done",
    "Export",
    "ExportPage",
    "Fault",
    "FormPage",
    "ListPage",
    "Look",
    "Page",
    "Paper",
    "add_faults",
    "chips_of",
    "faults_of",
    "words_of",
]
