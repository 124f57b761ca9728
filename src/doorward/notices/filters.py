"""What the list of notices can be narrowed to."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from doorward.kit.filters import MomentFilter, choice
from doorward.notices.models import Announcement, Announcements, Notices
from doorward.tenancy.models import NoticeKind


class NoticeChoices(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=_("Type"),
        choices=NoticeKind.choices,
        empty_label=_("Every type"),
        widget=choice(_("Type")),
    )
    read = filters.ChoiceFilter(
        label=_("Read"),
        choices=[("unread", _("Unread")), ("read", _("Already read"))],
        empty_label=_("Read and unread"),
        widget=choice(_("Read")),
        method="by_read",
    )
    since = MomentFilter(label=_("From"), field_name="at", lookup_expr="gte")
    until = MomentFilter(label=_("To"), field_name="at", lookup_expr="lt")

    def by_read(self, rows: Notices, name: str, value: str) -> Notices:
        return rows.filter(read_at__isnull=value == "unread")


class Received(filters.FilterSet):
    read = filters.ChoiceFilter(
        label=_("Read"),
        choices=[("unread", _("Unread"))],
        empty_label=_("Read and unread"),
        widget=choice(_("Read")),
        method="by_read",
    )
    since = MomentFilter(label=_("From"), field_name="sent_at", lookup_expr="gte")
    until = MomentFilter(label=_("To"), field_name="sent_at", lookup_expr="lt")

    def by_read(self, rows: Announcements, name: str, value: str) -> Announcements:
        return rows.unread_by(self.request.actor)


class Written(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=Announcement.State.choices,
        empty_label=_("Every state"),
        widget=choice(_("State")),
    )
