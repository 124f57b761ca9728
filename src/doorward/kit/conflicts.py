"""Two editors of one form: what each of them changed, field by field, and in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doorward.kit.errors import Text
from doorward.kit.versions import FormVersion, comparable, digest, standing, typed

# Of a long list one reads this many that the other does not have.
_NAMED = 12


@dataclass(frozen=True)
class Difference:
    """A field that stands otherwise than when the form was drawn.

    `theirs` is as a browser would send it. A conflict is what the second editor changed as well.
    A secret, or a file, is sent to nobody: whoever wants another one types or chooses it again.
    """

    name: str
    label: Text
    theirs: list[str]
    is_conflict: bool
    is_secret: bool
    mine_in_words: str
    theirs_in_words: str


def differences(
    form: forms.BaseForm, now: forms.BaseForm, base: FormVersion, moved: Iterable[str]
) -> list[Difference]:
    """Say of the `moved` fields how what was typed differs from what stands `now`.

    A moved fact that no field shows is a conflict if something was typed for it. A form that has
    a better word for a field says it by a method `say_` and the field's name.
    """
    found = []
    for name in moved:
        if name not in now.fields:
            continue
        bound = now[name]
        mine, theirs = sent(bound, form), standing(bound) if comparable(bound) else []
        if mine == theirs:
            continue
        changed = digest(mine) != base.fields.get(name) if comparable(bound) else bool(mine)
        label, secret = bound.label or name, not comparable(bound)
        sides = ((mine, theirs), (theirs, mine))
        words = ["", ""] if secret else [say(bound, *side) for side in sides]
        found.append(Difference(name, label, theirs, changed, secret, words[0], words[1]))
    order = list(now.fields)
    return sorted(found, key=lambda one: order.index(one.name))


def sent(bound: forms.BoundField, form: forms.BaseForm) -> list[str]:
    """Return what was typed or chosen in a field; of files, their names."""
    if bound.html_name in form.files:
        return [str(file.name) for file in form.files.getlist(bound.html_name)]
    assert isinstance(form.data, QueryDict)
    return typed(bound, form.data)


def say(bound: forms.BoundField, values: Sequence[str], beside: Sequence[str]) -> str:
    """Put what was sent of a field into words; of a list, what is not in the other as well."""
    if not values:
        return _("Nothing")
    if own := getattr(bound.form, f"say_{bound.name}", None):
        return str(own(values[0]))
    if isinstance(bound.field.widget, forms.SelectMultiple):
        return _list(bound.field, values, beside)
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return _("Yes")
    return _single(bound.field, values[0])


def _single(field: forms.Field, value: str) -> str:
    try:
        return _one(field, field.clean(value))
    except forms.ValidationError:
        return value


def _list(field: forms.Field, values: Sequence[str], beside: Sequence[str]) -> str:
    only = [value for value in values if value not in set(beside)]
    try:
        # Any: rows of any kind, or texts.
        cleaned: Any = field.clean(only[:_NAMED]) if only else []
    except forms.ValidationError:
        cleaned = only[:_NAMED]
    names = [_one(field, one) for one in cleaned]
    if more := len(only) - len(names):
        names.append(_("%(count)d more") % {"count": more})
    if same := len(values) - len(only):
        names.append(_("%(count)d that both have") % {"count": same})
    return ", ".join(names)


# Any: what a field makes of a text.
def _one(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField) and isinstance(value, Model):
        return str(field.label_from_instance(value))
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    # Any: the labels of choices, which may be grouped.
    choices: Any = getattr(field, "choices", ()) if not isinstance(value, QuerySet) else ()
    for key, label in _flat(choices):
        if str(key) == str(value):
            return str(label)
    return str(value)


# Any: a group of choices stands where a choice might.
def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label
