"""Fields to type in: a list that filters as one types, and a moment in the site's wall time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import flatten_choices
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from doorward.kit.markup import joined, markup

# What is shown quietly beside an option, from its value or, for a model's row, from the row.
# Any: a choice may stand for anything.
Hint = Callable[[Any], str]

WALL_TIME = "%Y-%m-%dT%H:%M"
FIRST_YEAR, LAST_YEAR = 1970, 9000
_BOUNDS = _("Choose a date between 1970 and 9000.")

_CHOSEN = SafeString(" selected")


class Select(forms.Select):
    """A select drawn at once, where Django draws two templates for each of its options."""

    # Any: a value is a key, a word, several of them or nothing.
    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        options = joined('<option value="{}"{}>{}</option>', self.drawn_options(name, value))
        about = self.build_attrs(self.attrs, attrs)
        if self.allow_multiple_selected:
            about["multiple"] = True
        return markup('<select name="{}"{}>{}</select>', name, flatatt(about), options)

    # Any: as above.
    def drawn_options(self, name: str, value: Any) -> Iterable[tuple[object, str, object]]:
        """Return value, attributes and label of each option."""
        chosen = set(self.format_value(value))
        options: Iterable[tuple[Any, Any]] = flatten_choices(iter(self.choices))
        for key, label in options:
            worth = "" if key is None else str(key)
            yield worth, _CHOSEN if worth in chosen else "", label
            if worth in chosen and not self.allow_multiple_selected:
                chosen = set()


class _Hinting(Select):
    """A select that the page's script turns into a list to type in."""

    def __init__(
        self,
        *,
        placeholder: str | Promise = "",
        hint: Hint | None = None,
        label: str | Promise = "",
    ) -> None:
        """`label` names one that has no label beside it."""
        named = {"aria-label": label} if label else {}
        super().__init__(attrs={"data-picker": "", "data-placeholder": placeholder, **named})
        self.hint = hint

    # Any: a value is a key, a word, several of them or nothing.
    def drawn_options(self, name: str, value: Any) -> Iterable[tuple[object, str, object]]:
        for _group, some, _place in self.get_context(name, value, None)["widget"]["optgroups"]:
            for one in some:
                yield one["value"], flatatt(one["attrs"]), one["label"]

    # Any: Django gives labels and attributes of every kind.
    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        about = getattr(value, "instance", value)
        if self.hint and about and (hint := self.hint(about)):
            option["attrs"]["data-hint"] = hint
        return option


class Picker(_Hinting):
    """One of many."""


class PickMany(_Hinting, forms.SelectMultiple):
    """Some of many, shown as chips."""


class Suggesting(forms.TextInput):
    """A field to type in that suggests; whatever else is typed is taken as well."""

    suggestions: Sequence[str] = ()

    # Any: as above.
    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        place = f"{(attrs or {}).get('id', name)}_list"
        field = super().render(name, value, {**(attrs or {}), "list": place}, renderer)
        options = joined('<option value="{}"></option>', ((one,) for one in self.suggestions))
        return markup('{}<datalist id="{}">{}</datalist>', field, place, options)


class DayField(forms.DateField):
    """A day of the calendar, whatever the zone."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)


class WallTimeField(forms.DateTimeField):
    """A moment typed as wall time in the zone that the page has activated.

    Years near the ends of the calendar are refused: some zone or database cannot tell them.
    """

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "form-control"}, format=WALL_TIME
        )
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Any:
        try:
            moment = super().clean(value)
        except OverflowError as absurdity:
            raise forms.ValidationError(_BOUNDS) from absurdity
        if moment is not None and not FIRST_YEAR < moment.year < LAST_YEAR:
            raise forms.ValidationError(_BOUNDS)
        return moment
