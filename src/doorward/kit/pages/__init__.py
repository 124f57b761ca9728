"""One class a page: list, show, form, deed. Pages guard nothing; they ask and show."""

from doorward.kit.pages.deed import DeedPage
from doorward.kit.pages.doing import DoingPage
from doorward.kit.pages.form import FormPage, add_faults
from doorward.kit.pages.list import (
    COUNT_LIMIT,
    PAGE_SIZES,
    ListPage,
    chips_of,
    count_up_to,
    words_of,
)
from doorward.kit.pages.page import Context, Crumb, Page

__all__ = [
    "COUNT_LIMIT",
    "PAGE_SIZES",
    "Context",
    "Crumb",
    "DeedPage",
    "DoingPage",
    "FormPage",
    "ListPage",
    "Page",
    "add_faults",
    "chips_of",
    "count_up_to",
    "words_of",
]
