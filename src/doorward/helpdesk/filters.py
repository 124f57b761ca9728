"""What the list of tickets can be narrowed to."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from doorward.helpdesk import desks
from doorward.helpdesk.models import Ticket, Tickets
from doorward.kit.filters import MomentFilter, choice


class TicketChoices(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=Ticket.State.choices,
        empty_label=_("Every state"),
        widget=choice(_("State")),
    )
    side = filters.ChoiceFilter(
        label=_("Direction"),
        choices=[("asked", _("Asked by us")), ("answered", _("For us to answer"))],
        empty_label=_("Asked and to answer"),
        widget=choice(_("Direction")),
        method="by_side",
    )
    unread = filters.ChoiceFilter(
        label=_("Read"),
        choices=[("unread", _("Unread"))],
        empty_label=_("Read and unread"),
        widget=choice(_("Read")),
        method="by_unread",
    )
    since = MomentFilter(label=_("From"), field_name="last_at", lookup_expr="gte")
    until = MomentFilter(label=_("To"), field_name="last_at", lookup_expr="lt")

    def by_side(self, rows: Tickets, name: str, value: str) -> Tickets:
        actor = self.request.actor
        return rows.filter(desks.asked_by(actor) if value == "asked" else desks.answered_by(actor))

    def by_unread(self, rows: Tickets, name: str, value: str) -> Tickets:
        return rows.unread_by(self.request.actor.account)
