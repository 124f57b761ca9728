"""What people type into a ticket."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files.pictures import LARGEST_FILE, TOO_HEAVY
from doorward.files.uploads import LARGEST
from doorward.helpdesk.actions import MOST_PICTURES
from doorward.helpdesk.models import LONGEST_SUBJECT, LONGEST_TEXT


class PicturesInput(forms.FileInput):
    """Several files at once, chosen or dropped."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Pictures that come with words; what they are is judged by the action."""

    widget = PicturesInput(
        attrs={
            "accept": "image/jpeg,image/png",
            "data-drop": "",
            "data-largest": LARGEST_FILE,
        }
    )

    # Any: Django hands a field whatever came in.
    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        sent = [one for one in data or () if one]
        if len(sent) > MOST_PICTURES:
            words = _("At most %(count)d pictures are sent at once.")
            raise forms.ValidationError(words % {"count": MOST_PICTURES})
        whole = super().clean
        return [self._bearable(whole(one, initial)) for one in sent]

    def _bearable(self, file: UploadedFile) -> UploadedFile:
        # Of a file that is far too large nothing was kept to be read.
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_(TOO_HEAVY))
        return file


class AnswerFields(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    pictures = PicturesField(
        label=gettext_lazy("Pictures"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Up to four, JPEG or PNG, at most 5 MB each. Where and when they were taken is left "
            "out."
        ),
    )

    def contents(self) -> list[bytes]:
        """Return what the pictures are, as they came in."""
        return [file.read() for file in self.cleaned_data["pictures"]]


class TicketFields(AnswerFields):
    """A question to the level above."""

    place = forms.ChoiceField(label=gettext_lazy("You ask for"))
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    field_order = ("place", "subject", "text", "pictures")

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = places
        if len(places) == 1:
            del self.fields["place"]


class ManualFields(forms.Form):
    """The manual of a model of devices."""

    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=32,
        help_text=gettext_lazy("As a device states it, such as X916."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("A PDF of at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf", "data-drop": ""}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        # Of a file that is far too large nothing was kept to be read.
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("A manual may have at most 20 MB."))
        return file
