"""A form over one thing that somebody else may change while one types."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorward.kit.conflicts import Difference, differences
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, FormPage
from doorward.kit.versions import FormVersion, comparable, standing, typed
from doorward.tenancy.models import AuditEntry, Node
from doorward.tenancy.templatetags.audit_words import doers

# What chooses on the page of a conflict: `take-name=theirs`.
TAKE = "take-"
THEIRS = "theirs"
VERSION = "version"
_OF_THE_FORM = {"csrfmiddlewaretoken", "once", VERSION}


class Conflict(Exception):
    """Two editors changed the same fields; nothing is saved until the second has chosen."""

    def __init__(self, found: list[Difference], data: QueryDict, version: FormVersion) -> None:
        super().__init__(", ".join(one.name for one in found))
        self.found = found
        self.data = data
        self.version = version


class EditPage(FormPage):
    """A form over the page's first subject, which two may edit at once.

    The form carries along what stood in each field when it was drawn. Saving locks the row and
    looks again: what only the other has changed stays, and where both have changed a field the
    page shows both and asks. A password or a file is never sent back: it asks for it once more.
    """

    def edited(self) -> models.Model:
        """Return the row that the form is about."""
        row: models.Model = next(iter(self.subjects()))
        return row

    def concealed(self) -> Mapping[str, object]:
        """Return what the form can change but does not show, such as a password, by field."""
        return {}

    @cached_property
    def base(self) -> FormVersion | None:
        """What stood in the form when it was drawn; None where the sender does not say."""
        if self.request.method != "POST":
            return self.version_of(self.as_it_stands())
        carried = self.request.POST.get(VERSION)
        return None if carried is None else FormVersion.read(carried)

    def as_it_stands(self) -> forms.BaseForm:
        return self.form_class(**self.form_options())

    def version_of(self, form: forms.BaseForm) -> FormVersion:
        return FormVersion.of(form, self.concealed())

    def carried(self) -> Mapping[str, str]:
        return {} if self.base is None else {VERSION: str(self.base)}

    def form(self) -> forms.BaseForm:
        if self.request.method != "POST":
            return super().form()
        return self.form_class(self.chosen(), self.request.FILES, **self.form_options())

    def chosen(self) -> QueryDict:
        """Return what was typed, with the other's value wherever that was chosen."""
        data = self.request.POST.copy()
        taken = [name.removeprefix(TAKE) for name, how in data.items() if how == THEIRS]
        theirs = self.as_it_stands() if taken else None
        for name in taken:
            if theirs is not None and name in theirs.fields:
                data.setlist(name, standing(theirs[name]))
        return data

    def commit(self, form: Any) -> str:
        self.lock()
        return super().commit(form if self.base is None else self.merged(form, self.base))

    def lock(self) -> None:
        """Hold the row until the transaction ends, and read it again."""
        row = self.edited()
        try:
            row.refresh_from_db(
                from_queryset=type(row)._base_manager.select_for_update(no_key=True)
            )
        except type(row).DoesNotExist as absence:  # type: ignore[attr-defined]
            raise Hidden from absence

    def merged(self, form: Any, base: FormVersion) -> Any:
        """Return the form with what only the other has changed; raise `Conflict`."""
        now = self.as_it_stands()
        version = self.version_of(now)
        moved = base.differing(version)
        found = differences(form, now, base, moved) if moved else []
        if not found:
            return form
        data = form.data.copy()
        kept = [one for one in found if not one.is_conflict]
        for one in kept:
            data.setlist(one.name, one.theirs)
        merged = self.form_class(data, form.files, **self.form_options())
        if len(kept) < len(found):
            raise Conflict([one for one in found if one.is_conflict], data, version)
        if not merged.is_valid():
            raise Conflict(found, form.data, version)
        self.tell_kept(kept)
        return merged

    def tell_kept(self, kept: list[Difference]) -> None:
        note = _("Somebody else changed this meanwhile, and it stays: %(labels)s.")
        labels = ", ".join(str(one.label) for one in kept)
        messages.info(self.request, note % {"labels": labels})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().post(request, *args, **kwargs)
        except Conflict as conflict:
            return self.show_conflict(conflict)

    def show_conflict(self, conflict: Conflict) -> HttpResponse:
        form = self.as_it_stands()
        unseen = [bound for bound in form if not comparable(bound)]
        left_out = _OF_THE_FORM | {bound.name for bound in unseen}
        carried = [
            (name, value)
            for name, values in conflict.data.lists()
            if name not in left_out and not name.startswith(TAKE)
            for value in values
        ]
        given = {bound.name for bound in unseen if self._gave(bound, conflict.data)}
        asked = {one.name for one in conflict.found}
        again = [(bound, bound.name in asked) for bound in unseen if bound.name in asked | given]
        context = {
            **self.context(),
            "form": form,
            "found": [one for one in conflict.found if not one.is_secret],
            "is_whole": not given,
            "again": again,
            "typed": [*carried, (VERSION, str(conflict.version))],
            **self.last_change(),
        }
        return render(self.request, "kit/conflict.html", context, status=HTTPStatus.CONFLICT)

    def _gave(self, bound: forms.BoundField, data: QueryDict) -> bool:
        """Say whether something was typed or chosen that no page sends back."""
        return bool(typed(bound, data)) or bound.html_name in self.request.FILES

    def last_change(self) -> Context:
        """Return who did the last deed on the row and when, if one may know of it."""
        row = self.edited()
        entries = AuditEntry.objects.visible_to(self.actor).select_related(
            "account", "acting_for_account"
        )
        of_row = entries.filter(subject=row._meta.model_name, subject_id=row.pk)
        last = of_row.order_by("-pk").first()
        if last is None:
            return {}
        return {"who": doers(last), "at": last.at}


class KeptPage(EditPage):
    """A form over what is kept once for a node, or not yet: then the node is held in its place."""

    def place(self) -> Node:
        """Return the node."""
        raise NotImplementedError

    # Any: rows of several kinds.
    def found(self) -> Any:
        """Return the row, saved or not; raise `Forbidden`."""
        raise NotImplementedError

    @cached_property
    def kept(self) -> Any:
        return self.found()

    def subjects(self) -> Iterable[Any]:
        return [self.place()]

    def edited(self) -> models.Model:
        row: models.Model = self.kept
        return row if row.pk else self.place()

    def lock(self) -> None:
        super().lock()
        # Another may have begun or ended it since the page was asked for.
        self.__dict__.pop("kept", None)
