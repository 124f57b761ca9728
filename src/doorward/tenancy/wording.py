"""How the audit trail reads: deeds, kinds of objects and fields in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Promise] = {
    "create": _("Created"),
    "change": _("Changed"),
    "delete": _("Deleted"),
    "remove": _("Removed"),
    "register": _("Registered"),
    "identify": _("Identified"),
    "unlock": _("Opening ordered"),
    "suspend": _("Suspended"),
    "resume": _("Resumed"),
    "add card": _("Card added"),
    "remove card": _("Card removed"),
    "give account": _("Account given"),
    "resync": _("Synced anew"),
    "enrol": _("Let in"),
    "renew code": _("Made a new code"),
    "issue": _("Issued"),
    "revoke": _("Revoked"),
    "send again": _("Sent again"),
}

SUBJECTS: dict[str, Promise] = {
    "site": _("Site"),
    "company": _("Company"),
    "person": _("Person"),
    "group": _("Group"),
    "accessgroup": _("Access group"),
    "door": _("Door"),
    "device": _("Device"),
    "connector": _("Connector"),
    "macentry": _("MAC"),
    "account": _("Account"),
    "apitoken": _("API token"),
    "outgoingmail": _("Mail"),
}

FIELDS: dict[str, Promise] = {
    "hold_seconds": _("hold time"),
    "kind": _("type"),
    "auth_mode": _("API sign-in"),
    "stated_mac": _("stated MAC"),
    "mac": _("MAC"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "personnel_id": _("personnel ID"),
    "email": _("e-mail"),
    "valid_from": _("valid from"),
    "valid_until": _("valid until"),
    "time_format": _("time format"),
    "date_format": _("date format"),
    "contact_order": _("contact display order"),
    "zone": _("time zone"),
    "windows": _("hours"),
    "command": _("order"),
}
