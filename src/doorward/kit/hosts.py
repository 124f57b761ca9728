"""What may stand where the name of a machine is typed."""

import re
from ipaddress import ip_address

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# RFC 1035, 3.1; the underscore is in none, and in use.
_LONGEST = 253
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?!\d+\Z){_LABEL}")
_MEND = _("Enter a host name such as smtp.example.com, or an IP address, and nothing else.")


def check_host(text: str) -> None:
    """Raise `ValidationError` for what is neither a name nor an address of a machine."""
    if len(text) > _LONGEST or not (_NAME.fullmatch(text) or _is_address(text)):
        raise ValidationError(_MEND)


def _is_address(text: str) -> bool:
    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False
