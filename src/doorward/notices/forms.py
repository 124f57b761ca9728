"""What is written in a message."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from doorward.kit.offers import ManyField
from doorward.kit.widgets import PickMany, WallTimeField
from doorward.notices.models import LONGEST_TEXT, LONGEST_TITLE, Announcement
from doorward.notices.reach import SITE_ROLES
from doorward.sites.models import Sites
from doorward.tenancy.permissions import Role


class MessageFields(forms.Form):
    """A message to levels below."""

    place = forms.ChoiceField(label=gettext_lazy("You write for"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=Announcement.Kind,
        help_text=gettext_lazy("News and updates go by mail only to those who want them."),
    )
    targets = forms.MultipleChoiceField(
        label=pgettext_lazy("mail", "To"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("All who hold these roles below you when it is sent."),
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    sites = ManyField(
        label=gettext_lazy("Only at these sites"),
        queryset=None,
        required=False,
        widget=PickMany(placeholder=gettext_lazy("Name of a site"), hint=attrgetter("city")),
        help_text=gettext_lazy(
            "Their property managers, administrators and personnel, as ticked above. Empty: all "
            "below you."
        ),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("Plain text with line breaks."),
    )
    by_mail = forms.BooleanField(
        label=gettext_lazy("Also by mail"),
        required=False,
        help_text=gettext_lazy(
            "To those who have an address and take messages by mail. How many that are is said "
            "before you send it."
        ),
    )
    send_at = WallTimeField(
        label=gettext_lazy("Send at"),
        required=False,
        help_text=gettext_lazy("Empty, it goes at once when you send it."),
    )

    # Any: Django's forms take anything.
    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]],
        roles: Sequence[Role],
        sites: Sites,
        sites_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        place, targets = self.fields["place"], self.fields["targets"]
        assert isinstance(place, forms.ChoiceField)
        assert isinstance(targets, forms.MultipleChoiceField)
        place.choices = places
        targets.choices = [(role.value, role.label) for role in roles]
        chosen = self["sites"].value() or ()
        self.fields["sites"].offer(sites, sites_url, chosen=chosen)  # type: ignore[attr-defined]
        if len(places) < 2:
            del self.fields["place"]
        if SITE_ROLES.isdisjoint(roles):
            del self.fields["sites"]
