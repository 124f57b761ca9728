"""The columns of access groups and of the people in one."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.access import facts
from doorward.access.models import AccessGroup
from doorward.kit.tables import Count
from doorward.tenancy.models import Node


class GroupTable(tables.Table):
    name = tables.Column(linkify=("group", [tables.A("site_id"), tables.A("pk")]))
    hours = tables.Column(gettext_lazy("Hours"), empty_values=(), orderable=False)
    door_count = Count(gettext_lazy("Doors"))
    # Counted for the rows of a page only: to sort by it, everybody would have to be counted.
    person_count = Count(gettext_lazy("People"), orderable=False)
    owner = tables.Column(gettext_lazy("Belongs to"), accessor="node__name")

    class Meta:
        order_by = "name"

    def render_hours(self, record: AccessGroup) -> str:
        return facts.hours_words(facts.windows_of(record), record.site)

    def render_owner(self, record: AccessGroup) -> str:
        return _("The site") if record.node.kind == Node.Kind.SITE else record.node.name


class MemberTable(tables.Table):
    """The people of a group."""

    name = tables.Column(
        gettext_lazy("Name"),
        accessor="last_name",
        order_by=("last_name", "first_name"),
        linkify=("person", [tables.A("site_id"), tables.A("pk")]),
    )
    company = tables.Column(gettext_lazy("Company"), accessor="company__name")
    # Told for the rows of a page only.
    ways = tables.Column(gettext_lazy("How"), empty_values=(), orderable=False)
    # Counted for the rows of a page only.
    card_count = tables.Column(gettext_lazy("Cards"), orderable=False)

    class Meta:
        order_by = "name"

    # Any: a row with what the page's query has added to it.
    def render_name(self, record: Any) -> str:
        return str(record)

    # Any: a row with what the page has found out of it.
    def render_ways(self, record: Any) -> str:
        ways = [_("Named")] if record.is_named else []
        return ", ".join(
            [*ways, *(_("In %(group)s") % {"group": one} for one in record.named_groups)]
        )

    def render_card_count(self, value: int) -> str | SafeString:
        if value:
            return str(value)
        return format_html('<span class="quiet">{}</span>', _("No card: no door knows them"))


class CandidateTable(MemberTable):
    """People who could be named in a group."""

    group = tables.Column(gettext_lazy("Group"), accessor="group__name", orderable=False)
    ways = tables.Column(gettext_lazy("In it already"), empty_values=(), orderable=False)

    class Meta(MemberTable.Meta):
        sequence = ("name", "company", "group", "ways", "card_count")
