"""What people choose of files: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SheetFields(forms.Form):
    """A file with rows to import."""

    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_(
            "An Excel workbook (.xlsx) or a CSV file, up to 20 MB. Choose it, or drop it here."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt", "data-drop": ""}),
        error_messages={"empty": _("The file is empty. Fill in the template first.")},
    )
