"""Deeds on sites and companies."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from doorward.kit import rows
from doorward.kit.errors import Invalid, Refused
from doorward.kit.events import announce
from doorward.sites.events import SiteChanged
from doorward.sites.models import USUAL_PIN, Company, Site
from doorward.tenancy import audit
from doorward.tenancy.actions import plant_node
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

SITE_FIELDS = (
    *("name", "country", "state", "city", "street", "postcode"),
    *("zone", "time_format", "date_format", "contact_order", "pin_length"),
    *("landline_service", "pay_by_manager", "send_expiration_email", "send_renew_email"),
    "attendance_plan",
)


@dataclass(frozen=True, kw_only=True)
class SiteForm:
    """What people say of a site; `zone` is an IANA name."""

    name: str
    zone: str
    country: str = ""
    state: str = ""
    city: str = ""
    street: str = ""
    postcode: str = ""
    time_format: str = Site.TimeFormat.H24
    date_format: str = Site.DateFormat.YMD
    contact_order: str = Site.ContactOrder.FIRST_LAST
    pin_length: int = USUAL_PIN
    landline_service: bool = False
    pay_by_manager: str = Site.PayByManager.NONE
    send_expiration_email: bool = True
    send_renew_email: bool = True
    attendance_plan: str = Site.AttendancePlan.SMALL


@transaction.atomic
def create_site(actor: Actor, installer: Node, form: SiteForm) -> Site:
    """Create an office below an installer; raise `Invalid`."""
    actor.require(Can.CREATE_SITE, installer)
    if installer.kind != Node.Kind.INSTALLER:
        raise Refused("site.owner", _("A site belongs to an installer."))
    _check_zone(form.zone)
    node = plant_node(installer, Node.Kind.SITE, form.name[:128] or "?")
    site = Site(node=node, installer=installer, **vars(form))
    rows.store(site)
    audit.record(actor, "create", site, node, after=vars(form))
    return site


@transaction.atomic
def change_site(actor: Actor, site: Site, form: SiteForm) -> Site:
    actor.require(Can.CHANGE_SITE, site)
    _check_zone(form.zone)
    before = audit.facts(site, *SITE_FIELDS)
    for name, value in vars(form).items():
        setattr(site, name, value)
    rows.store(site)
    Node.objects.filter(pk=site.node_id).update(name=site.name)
    audit.record(actor, "change", site, site.node, before=before, after=vars(form))
    announce(SiteChanged(site=site.pk))
    return site


@transaction.atomic
def delete_site(actor: Actor, site: Site) -> None:
    """Delete an empty site; refused while companies, people, devices or connectors are there."""
    actor.require(Can.CREATE_SITE, site)
    node = site.node
    audit.record(actor, "delete", site, site.installer, before=audit.facts(site, *SITE_FIELDS))
    _delete(
        site, node, _("The site still has companies, devices or connectors. Delete them first.")
    )


@transaction.atomic
def create_company(actor: Actor, site: Site, *, name: str) -> Company:
    actor.require(Can.CHANGE_COMPANY, site)
    node = plant_node(site.node, Node.Kind.COMPANY, name[:128] or "?")
    company = Company(node=node, site=site, name=name)
    rows.store(company)
    audit.record(actor, "create", company, node, after={"name": name})
    return company


@transaction.atomic
def change_company(actor: Actor, company: Company, *, name: str) -> Company:
    actor.require(Can.CHANGE_COMPANY, company)
    before = audit.facts(company, "name")
    company.name = name
    rows.store(company)
    Node.objects.filter(pk=company.node_id).update(name=company.name)
    audit.record(actor, "change", company, company.node, before=before, after={"name": name})
    return company


@transaction.atomic
def delete_company(actor: Actor, company: Company) -> None:
    """Delete a company without people; refused otherwise."""
    actor.require(Can.CHANGE_COMPANY, company)
    audit.record(actor, "delete", company, company.site.node, before={"name": company.name})
    _delete(
        company,
        company.node,
        _("The company still has people or access groups. Delete or move those first."),
    )


def _delete(row: Site | Company, node: Node, objection: str) -> None:
    # The node stays, as what was recorded there stays; its name says that it is gone.
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError as protest:
        raise Refused("in_use", objection) from protest
    Node.objects.filter(pk=node.pk).update(name=f"{node.name} (deleted)"[:128])


def _check_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise Invalid({"zone": _("Choose a time zone from the list, such as Europe/Berlin.")})
