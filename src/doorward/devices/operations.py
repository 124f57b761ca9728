"""What devices are probed for, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorward.protocols.neutral import Operation

LABELS: dict[str, str | Promise] = {
    Operation.IDENTITY: _("Says who it is"),
    Operation.VITALS: _("Clock and uptime"),
    Operation.PEOPLE: _("People"),
    Operation.SCHEDULES: _("Schedules"),
    Operation.RELAYS: _("Relays by the API"),
    Operation.DOOR_LOG: _("Door log"),
    Operation.CALL_LOG: _("Call log"),
    Operation.CONTACTS: _("Contacts"),
    Operation.GROUPS: _("Groups of contacts"),
}
