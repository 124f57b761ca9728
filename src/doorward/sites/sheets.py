"""Companies on paper."""

from django.utils.translation import gettext_lazy as _

from doorward.kit.sheets import Column, Sheet
from doorward.sites.models import Company

COMPANIES: Sheet[Company] = Sheet(
    _("Companies"),
    (
        Column(
            "name",
            _("Name"),
            value=lambda company: company.name,
            mandatory=True,
            example="Example Ltd",
            help=_("At most 128 characters. One that the site has already stays as it is."),
            width=36,
        ),
    ),
)
