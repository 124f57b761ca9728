"""The columns of lists that show more than one room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.access import told
from doorward.access.models import Credential
from doorward.kit import clock, marks
from doorward.kit.addresses import address_of
from doorward.kit.counts import count_words
from doorward.kit.markup import joined, markup
from doorward.kit.tables import NUMBER, NUMBER_ON_PHONES, ON_PHONES, Cell, Count, Moment
from doorward.people.models import Person, State
from doorward.portal.below import Below
from doorward.portal.leaving import unbinding_words
from doorward.sites.models import Site
from doorward.sites.words import date_of
from doorward.tenancy.models import Organisation, RoleHolder
from doorward.tenancy.permissions import Can

_ADMINISTRATOR = "portal/administrator_cells"

# How many devices of how many stand so.
_SYNC_WORDS = {
    told.Stand.SYNCED: gettext_lazy("Synced"),
    told.Stand.PENDING: gettext_lazy("Pending at %(count)d of %(total)d"),
    told.Stand.FAILED: gettext_lazy("Failed at %(count)d of %(total)d"),
}


# What each state looks like.
_STATE_LOOKS = {
    State.SUSPENDED: "revoked",
    State.EXPIRED: "expired",
    State.NOT_STARTED: "pending",
}


class SiteTable(tables.Table):
    """Sites; a column shows to whom may see what it counts."""

    needs = {
        "person_count": Can.VIEW_PERSON,
        "device_count": Can.VIEW_DEVICE,
        "connector_count": Can.VIEW_CONNECTOR,
        "trouble_count": Can.VIEW_DEVICE,
        "managers": Can.CREATE_SITE,
        "deeds": Can.CREATE_SITE,
    }
    # Of the sites of the page, by their nodes.
    manager_names: Mapping[int, str] = MappingProxyType({})

    name = tables.Column(linkify=("site", [tables.A("pk")]))
    city = tables.Column(gettext_lazy("City"))
    # All counted for the rows of a page only: to sort by them, everything would have to be counted.
    person_count = Count(gettext_lazy("People"), orderable=False)
    device_count = Count(gettext_lazy("Devices"), orderable=False, attrs=NUMBER_ON_PHONES)
    connector_count = Count(gettext_lazy("Connectors"), orderable=False)
    trouble_count = tables.Column(gettext_lazy("Attention"), orderable=False, attrs=ON_PHONES)
    managers = tables.Column(
        gettext_lazy("Property Managers"), empty_values=(), orderable=False, default=""
    )
    deeds = Cell(
        template_name="portal/site_cells/deeds.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    def render_managers(self, record: Site) -> str:
        return self.manager_names.get(record.node_id, "")

    # Any: a row with what the page's query has added to it.
    def render_trouble_count(self, value: int, record: Any) -> SafeString:
        if not value and not record.device_count:
            return marks.state("never", _("No devices yet"))
        if not value:
            return marks.state("synced", _("All well"))
        words = ngettext("%(count)d needs a look", "%(count)d need a look", value)
        return marks.state("alarm", words % {"count": value})


class DeletedSiteTable(tables.Table):
    """Deleted offices, with how far their devices are and the way back."""

    name = tables.Column(gettext_lazy("Name"))
    deleted_at = Moment(
        template_name="portal/site_cells/deleted.html", verbose_name=gettext_lazy("Deleted")
    )
    deleted_by = tables.Column(gettext_lazy("By"), orderable=False)
    goes_at = Moment(
        template_name="portal/site_cells/goes.html",
        verbose_name=gettext_lazy("Goes for good"),
        orderable=False,
        attrs=ON_PHONES,
    )
    unbinding = tables.Column(
        gettext_lazy("Devices"), empty_values=(), orderable=False, attrs=ON_PHONES
    )
    deed = Cell(
        template_name="portal/site_cells/restore.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    # Any: a row with what the page's query has added to it.
    def render_unbinding(self, record: Any) -> str:
        return unbinding_words(record.device_count, record.telling_count)


class ManagerTable(tables.Table):
    """Property managers, each by one of their roles."""

    account = tables.Column(
        gettext_lazy("Name"),
        accessor="account__get_full_name",
        order_by=("account__name", "account__username"),
        linkify=("user", [tables.A("account_id")]),
    )
    username = tables.Column(gettext_lazy("Account"), accessor="account__username", attrs=ON_PHONES)
    email = tables.Column(gettext_lazy("E-mail"), accessor="account__email", attrs=ON_PHONES)

    class Meta:
        order_by = "account"


class AdministratorTable(tables.Table):
    """Who administers a company, and who is invited to; the page says whom one may open."""

    opened: Collection[int] = ()
    may_invite = False

    name = Cell(
        template_name=f"{_ADMINISTRATOR}/name.html",
        verbose_name=gettext_lazy("Name"),
        order_by=("name", "pk"),
    )
    email = tables.Column(gettext_lazy("E-mail"))
    company = tables.Column(
        gettext_lazy("Company"), accessor="node__name", order_by="node__name", attrs=ON_PHONES
    )
    state = Cell(
        template_name=f"{_ADMINISTRATOR}/state.html",
        verbose_name=gettext_lazy("State"),
        attrs=ON_PHONES,
    )
    last_login = Moment(
        template_name="tenancy/cells/last_login.html", verbose_name=gettext_lazy("Last sign-in")
    )
    deed = Cell(
        template_name=f"{_ADMINISTRATOR}/deed.html",
        verbose_name="",
        orderable=False,
        empty_values=(),
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "name"

    def value_name(self, record: RoleHolder) -> str:
        return record.name

    def value_state(self, record: RoleHolder) -> str:
        return str(RoleHolder.State(record.state).label)


class CompanyTable(tables.Table):
    name = tables.Column(linkify=("company", [tables.A("site_id"), tables.A("pk")]))
    person_count = Count(gettext_lazy("People"))
    door_count = Count(gettext_lazy("Doors it may use"))
    group_count = Count(gettext_lazy("Own access groups"))

    class Meta:
        order_by = "name"


class OrganisationTable(tables.Table):
    """Organisations; what stands below each is fetched for the rows of a page."""

    below: Mapping[int, Below]

    name = tables.Column(linkify=("organisation", [tables.A("pk")]))
    kind = tables.Column(gettext_lazy("Kind"), attrs=ON_PHONES)
    parent = tables.Column(gettext_lazy("Below"), accessor="parent__name", orderable=False)
    # Counted for the rows of a page only: to sort by them, all would have to be counted.
    site_count = Count(gettext_lazy("Sites"), empty_values=(), orderable=False)
    account_count = Count(gettext_lazy("Accounts"), empty_values=(), orderable=False)
    suspended_at = tables.Column(gettext_lazy("State"), empty_values=(), attrs=NUMBER_ON_PHONES)

    class Meta:
        order_by = "name"

    def render_site_count(self, record: Organisation) -> str:
        return count_words(self.below[record.pk].sites)

    def value_site_count(self, record: Organisation) -> object:
        return self.below[record.pk].sites

    def render_account_count(self, record: Organisation) -> str:
        return count_words(self.below[record.pk].accounts)

    def value_account_count(self, record: Organisation) -> object:
        return self.below[record.pk].accounts

    def render_suspended_at(self, record: Organisation) -> SafeString:
        if record.suspended_at:
            return marks.state("revoked", _("Suspended"))
        return marks.state("active", _("Active"))

    def value_suspended_at(self, record: Organisation) -> str:
        return _("Suspended") if record.suspended_at else _("Active")


class DoorTable(tables.Table):
    """Doors; the page adds to each row what it looks like at a glance."""

    name = Cell(template_name="portal/door_cells/name.html", verbose_name=gettext_lazy("Name"))
    device = Cell(
        template_name="portal/door_cells/device.html",
        verbose_name=gettext_lazy("Device and relay"),
        order_by=("device__name", "relay"),
    )
    state = Cell(
        template_name="portal/door_cells/state.html",
        verbose_name=gettext_lazy("State"),
        order_by=("device__reachable", "device__seen_at"),
        attrs=ON_PHONES,
    )
    last = Cell(
        template_name="portal/door_cells/last.html",
        verbose_name=gettext_lazy("Last event"),
        orderable=False,
        attrs=ON_PHONES,
    )
    # All counted for the rows of a page only: to sort by them, everything would have to be counted.
    people_count = Count(gettext_lazy("May open"), orderable=False)

    class Meta:
        order_by = "name"


@dataclass(frozen=True)
class PeopleFacts:
    """What one page of people needs beside its rows, fetched at once."""

    at: datetime = field(default_factory=clock.now)
    holds: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    photos: Mapping[int, str] = field(default_factory=dict)
    open_now: Mapping[int, set[int]] = field(default_factory=dict)
    sync: Mapping[int, told.Summary] = field(default_factory=dict)


class PeopleTable(tables.Table):
    """People; `facts` are set once the page's rows are known."""

    facts = PeopleFacts()

    name = tables.Column(
        gettext_lazy("Name"), empty_values=(), order_by=("last_name", "first_name")
    )
    personnel_id = tables.Column(gettext_lazy("ID"))
    company = tables.Column(gettext_lazy("Company"), accessor="company__name", attrs=ON_PHONES)
    # Not sorted by: the groups of all houses would be read for it, and a filter finds a group's.
    group = tables.Column(
        gettext_lazy("Group"), accessor="group__name", default="", orderable=False
    )
    holds = tables.Column(gettext_lazy("Holds"), empty_values=(), orderable=False, attrs=ON_PHONES)
    doors = tables.Column(
        gettext_lazy("May open now"), empty_values=(), orderable=False, attrs=NUMBER
    )
    validity = tables.Column(gettext_lazy("Validity"), empty_values=(), order_by="valid_until")
    email = tables.Column(gettext_lazy("E-mail"), default="")
    mobile = tables.Column(gettext_lazy("Mobile"), default="")
    remark = tables.Column(gettext_lazy("Remark"), default="", orderable=False)
    created_at = tables.Column(gettext_lazy("Added"))
    sync = tables.Column(
        gettext_lazy("On the doors"), empty_values=(), orderable=False, attrs=ON_PHONES
    )

    class Meta:
        order_by = "name"

    def render_name(self, record: Person) -> SafeString:
        return markup(
            '<span class="cell-person">{}<span><a href="{}">{}</a>'
            '<small class="quiet cell-under">{}</small></span></span>',
            marks.face(record, photo=self.facts.photos.get(record.pk, ""), size="sm"),
            address_of("person", record.site_id, record.pk),
            record,
            record.personnel_id,
        )

    def value_name(self, record: Person) -> str:
        return str(record)

    def render_doors(self, record: Person) -> str:
        count = len(self.facts.open_now.get(record.pk, ()))
        return ngettext("%(count)d door", "%(count)d doors", count) % {"count": count}

    def render_holds(self, record: Person) -> SafeString:
        held = self.facts.holds.get(record.pk)
        return _holds(held) if held else markup('<span class="quiet">{}</span>', _("Nothing"))

    def render_validity(self, record: Person) -> SafeString:
        state, words = record.state(self.facts.at), validity_words(record)
        if state is State.ACTIVE:
            return markup("{}", words)
        label = marks.state(_STATE_LOOKS[state], str(state.label))
        limited = record.valid_from or record.valid_until
        return markup("{} <small class='quiet'>{}</small>", label, words if limited else "")

    def render_created_at(self, record: Person) -> str:
        return date_of(record.site, record.created_at)

    def render_sync(self, record: Person) -> SafeString:
        if record.pk not in self.facts.holds:
            return markup('<span class="quiet">{}</span>', _("Nothing to tell"))
        known = self.facts.sync.get(record.pk)
        if known is None:
            return markup('<span class="quiet">{}</span>', _("No door"))
        return marks.state(known.stand.value, _SYNC_WORDS[known.stand] % vars(known))


def validity_words(person: Person) -> str:
    """Say from when until when a person counts, in the days of the site."""
    begin = date_of(person.site, person.valid_from) if person.valid_from else ""
    end = date_of(person.site, person.valid_until) if person.valid_until else ""
    if begin and end:
        return f"{begin} – {end}"
    if begin:
        return _("From %(day)s") % {"day": begin}
    return _("Until %(day)s") % {"day": end} if end else _("Without end")


def _holds(held: Mapping[str, int]) -> SafeString:
    """Draw how many of each kind of credential somebody holds."""
    shown = []
    if held.get(Credential.Kind.PIN):
        shown.append((marks.icon("dialpad"), _("PIN")))
    if cards := held.get(Credential.Kind.CARD):
        words = ngettext("%(count)d card", "%(count)d cards", cards) % {"count": cards}
        shown.append((marks.icon("nfc"), words))
    each = joined('<span class="holds-one">{}{}</span>', shown)
    return markup('<span class="holds">{}</span>', each)
