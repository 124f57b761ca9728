"""Versions: what tells whether something has changed since somebody looked at it.

A version is a keyed digest of facts, so a secret may be among them and nothing can be guessed
from it. A form has one for each field and carries them along; an answer of the API has one as a
whole, its ETag.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from doorward.kit import vault

_BYTES = 9


def digest(facts: object) -> str:
    """Return twelve characters that differ wherever the facts do, which are JSON or have a text."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(vault.lookup_hash("version", text)[:_BYTES]).decode()


@dataclass(frozen=True)
class FormVersion:
    """What stood in each field of a form when somebody began to type."""

    fields: Mapping[str, str]

    @classmethod
    def of(cls, form: forms.BaseForm, concealed: Mapping[str, object]) -> "FormVersion":
        """Return the version of an unbound form; `concealed` is what its fields do not show."""
        shown = {bound.name: digest(standing(bound)) for bound in form if comparable(bound)}
        return cls({**shown, **{name: digest(value) for name, value in concealed.items()}})

    @classmethod
    def read(cls, text: str) -> "FormVersion":
        """Read what a form carried along; what is no version equals none."""
        pairs = (word.partition("=") for word in text.split())
        return cls({name: value for name, _, value in pairs})

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.fields.items())

    def differing(self, other: "FormVersion") -> frozenset[str]:
        """Return the names of the fields in which the two differ."""
        names = self.fields.keys() | other.fields.keys()
        return frozenset(n for n in names if self.fields.get(n) != other.fields.get(n))


def comparable(bound: forms.BoundField) -> bool:
    """Say whether a field shows what stands: files and passwords do not."""
    return not isinstance(bound.field.widget, forms.FileInput | forms.PasswordInput)


def standing(bound: forms.BoundField) -> list[str]:
    """Return what a browser would send of a field that nobody has touched."""
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    return _plain(shown if isinstance(shown, list | tuple) else [shown])


def typed(bound: forms.BoundField, data: QueryDict) -> list[str]:
    """Return what was sent of a field, spelled as `standing` spells it."""
    return _plain(data.getlist(bound.html_name))


# Any: a widget formats a value as it likes.
def _plain(values: Iterable[Any]) -> list[str]:
    texts = (str(value).strip() for value in values if value is not None)
    return sorted(_spelled(text) for text in texts if text)


def _spelled(text: str) -> str:
    """Return JSON that a script has written as our own would be."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return text
