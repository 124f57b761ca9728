"""The door log on paper."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.activity.models import DoorEvent
from doorward.activity.reasons import LABELS, Reason
from doorward.kit.sheets import Column, Kind, Sheet


def _result(event: DoorEvent) -> str:
    if event.disputed:
        return _("Disputed")
    return _("Allowed") if event.accepted else _("Refused")


# A card is told by its last digits here as everywhere.
LOG: Sheet[DoorEvent] = Sheet(
    gettext_lazy("Door log"),
    (
        Column("at", gettext_lazy("Time"), value=lambda event: event.at, kind=Kind.MOMENT),
        Column("person", gettext_lazy("Person"), value=lambda event: event.person_name, width=24),
        Column(
            "company",
            gettext_lazy("Company"),
            value=lambda event: event.company.name if event.company else "",
            width=24,
        ),
        Column("door", gettext_lazy("Door"), value=lambda event: event.door_name, width=24),
        Column("method", gettext_lazy("Method"), value=lambda event: event.get_method_display()),
        Column(
            "card",
            gettext_lazy("Card ends in"),
            value=lambda event: event.card_tail,
            kind=Kind.CODE,
        ),
        Column("result", gettext_lazy("Result"), value=_result),
        Column(
            "reason", gettext_lazy("Reason"), value=lambda event: _(LABELS[Reason(event.reason)])
        ),
        Column(
            "device_at",
            gettext_lazy("The device’s own clock"),
            value=lambda event: event.device_at,
            kind=Kind.MOMENT,
        ),
    ),
)
