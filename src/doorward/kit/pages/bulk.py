"""Deeds on many rows of a list: on those chosen or on all that match, confirmed with numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.kit.errors import Hidden, Invalid, Refused, Text
from doorward.kit.pages.form import add_faults
from doorward.kit.rows import key_of

if TYPE_CHECKING:
    from doorward.kit.pages.list import ListPage

# More rows than these take longer than one waits for an answer.
AT_ONCE = 500


@dataclass(frozen=True)
class Done:
    """What was done, and the deed that takes it back, if one does.

    It is done to the same rows, or to those with these `keys`, with `fields` filled in; on the
    same list, or on the one at `path`. What was done leads to the list again, or to `leads_to`.
    """

    text: Text
    undo: str = ""
    keys: Sequence[int] | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    leads_to: str = ""


@dataclass(frozen=True)
class Look:
    """What a deed would do, in sentences; the `mark` is another one where that has changed."""

    sentences: Sequence[Text]
    mark: str


class BulkDeed:
    """One deed on many rows, named on the page of their list.

    `rows` are those of the chosen that the actor may do it to; the action asks again.
    """

    # A template draws the class itself, as a button.
    do_not_call_in_templates: ClassVar[bool] = True
    name: ClassVar[str]
    label: ClassVar[Text]
    icon: ClassVar[str]
    needs: ClassVar[StrEnum]
    danger: ClassVar[bool] = False
    # A deed that only takes another one back has no place in the bar.
    in_bar: ClassVar[bool] = True
    # What came of it, by a word of what long work counts.
    counts_as: ClassVar[str] = "changed"
    form_class: ClassVar[type[forms.Form] | None] = None

    # Any: rows of every kind.
    def __init__(self, page: "ListPage", rows: QuerySet[Any]) -> None:
        self.page = page
        self.actor = page.actor
        self.rows = page.actor.within(self.needs, rows)

    # Any: a list of rows of every kind.
    @classmethod
    def offered_on(cls, page: Any) -> bool:
        """Say whether the actor may do it to anything that the page could list."""
        offered: bool = page.actor.may(cls.needs)
        return offered

    def question(self, count: int) -> Text:
        """Return what the deed does to how many, for the title and the button: Remove 3 people."""
        raise NotImplementedError

    def consequences(self) -> Iterable[Text]:
        """Return what follows, each a sentence with its number."""
        return ()

    def look(self, form: Any) -> Look | None:
        """Return what must be looked at before the deed is done, once its form is filled in."""
        return None

    def form_options(self) -> dict[str, Any]:
        return {}

    def form(self, data: QueryDict | None) -> forms.Form | None:
        return self.form_class(data, **self.form_options()) if self.form_class else None

    def act(self, form: Any) -> Done:
        """Call the action; raise `Invalid` or `Refused`."""
        raise NotImplementedError


def offered(page: "ListPage") -> Iterator[type[BulkDeed]]:
    """Yield the deeds that the actor may do somewhere."""
    return (deed for deed in page.deeds if deed.in_bar and deed.offered_on(page))


def answer(page: "ListPage") -> HttpResponseBase:
    """Ask what is to be confirmed; once it is, and for just as many rows, do it."""
    asked = page.request.POST
    kind = kind_of(page, asked)
    chosen = chosen_rows(page, asked)
    deed = kind(page, chosen)
    count, all_chosen = deed.rows.count(), chosen.count()
    _refuse_nothing(deed, count, all_chosen)
    form = deed.form(asked if "confirmed" in asked else None)
    filled = form is None or form.is_valid()
    look = deed.look(form) if filled else None
    seen = look is None or look.mark == asked.get("looked")
    if asked.get("confirmed") == str(count) and filled and seen:
        try:
            return _do(deed, form, count)
        except Invalid as fault:
            if form is None:
                raise
            add_faults(form, fault)
    return _ask(deed, form, look, count, all_chosen - count)


def kind_of(page: "ListPage", asked: QueryDict) -> type[BulkDeed]:
    """Return the deed that is asked for; raise `Forbidden` where it may be done nowhere."""
    kind = {kind.name: kind for kind in page.deeds}.get(str(asked.get("deed")))
    if kind is None:
        raise Hidden
    if not page.actor.may(kind.needs):
        page.actor.require_any(kind.needs, ())
    return kind


# Any: rows of every kind.
def chosen_rows(page: "ListPage", asked: QueryDict) -> QuerySet[Any]:
    """Return the rows that were ticked, or all that match the address now."""
    if "all" in asked:
        rows = page.matching
        if faults := page.asked.faults:
            raise Refused("list.address", " ".join(str(fault.text) for fault in faults))
        return rows
    keys = [key_of(text) for text in asked.getlist("ids")]
    return page.rows().filter(pk__in=[key for key in keys if key is not None])


def _refuse_nothing(deed: BulkDeed, count: int, all_chosen: int) -> None:
    if not all_chosen:
        text = _("Nothing was chosen, or what was chosen is no longer there. Choose again.")
        raise Refused("selection.empty", text)
    if not count:
        deed.actor.require_any(deed.needs, ())


def _do(deed: BulkDeed, form: forms.Form | None, count: int) -> HttpResponseBase:
    page = deed.page
    if count > AT_ONCE:
        return page.later(deed)
    return page.go(page.once(lambda: _done(deed, form)))


def _done(deed: BulkDeed, form: forms.Form | None) -> str:
    keys = list(deed.rows.values_list("pk", flat=True))
    done = deed.act(form)
    request = deed.page.request
    messages.success(request, _said(request, done, keys))
    return done.leads_to or request.get_full_path()


def _said(request: HttpRequest, done: Done, keys: list[int]) -> str:
    if not done.undo:
        return str(done.text)
    context = {
        "text": done.text,
        "deed": done.undo,
        "keys": keys if done.keys is None else done.keys,
        "fields": done.fields,
        "path": done.path or request.path,
    }
    return render_to_string("kit/undo.html", context, request)


def _ask(
    deed: BulkDeed, form: forms.Form | None, look: Look | None, count: int, left: int
) -> HttpResponseBase:
    request, asked = deed.page.request, deed.page.request.POST
    told = [*deed.consequences(), *(look.sentences if look else ())]
    consequences = [str(text) for text in told]
    if left:
        words = ngettext(
            "%(count)d other is left as it is: your role does not allow it there.",
            "%(count)d others are left as they are: your role does not allow it there.",
            left,
        )
        consequences.append(words % {"count": left})
    confirmed = asked.get("confirmed", "")
    context = {
        "page_title": deed.question(count),
        "crumbs": list(deed.page.crumbs()),
        "deed": deed,
        "consequences": consequences,
        "count": count,
        "changed": bool(confirmed) and confirmed != str(count),
        "looked": look.mark if look else "",
        # What is to be looked at depends on what is filled in.
        "looks_first": form is not None and look is None and type(deed).look is not BulkDeed.look,
        "stale": bool(look and asked.get("looked")),
        "form": form,
        "keys": [] if "all" in asked else asked.getlist("ids"),
        "everything": "all" in asked,
        "way_back": request.get_full_path(),
    }
    if request.htmx:  # type: ignore[attr-defined]
        # Only a success is put in the page's place.
        return render(request, "kit/bulk_dialog.html", context)
    faulty = form is not None and bool(form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faulty else HTTPStatus.OK
    return render(request, "kit/bulk.html", context, status=status)
