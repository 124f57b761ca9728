"""Deeds on sites and companies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from doorward.files.actions import delete_files
from doorward.files.models import StoredFile
from doorward.kit import clock, rows
from doorward.kit.errors import Invalid, InvalidRows, Refused, Text, for_one
from doorward.kit.events import announce, submit
from doorward.kit.regions import is_state
from doorward.sites.events import SiteChanged, SiteDeleted, SiteRestored
from doorward.sites.models import KEPT, USUAL_PIN, Company, Site
from doorward.tenancy import audit, limits
from doorward.tenancy.actions import (
    plant_node,
    plant_nodes,
    replant_node,
    retire_node,
    uproot_node,
)
from doorward.tenancy.actor import Actor
from doorward.tenancy.limits import Limit
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

SITE_FIELDS = (
    *("name", "country", "state", "city", "street", "postcode"),
    *("zone", "time_format", "date_format", "contact_order", "pin_length"),
    *("landline_service", "pay_by_manager", "send_expiration_email", "send_renew_email"),
    "attendance_plan",
)
_DELETION = ("deleted_at", "deleted_by")
_PURGE = Actor.system("purge")
# Rows that one transaction of a purge takes, and all of one run.
_AT_ONCE, _MOST_A_TIME = 500, 100_000


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
    _check_state(form.country, form.state)
    # It holds the installer, so that two who come at once are counted one after the other.
    node = plant_node(installer, Node.Kind.SITE, form.name[:128] or "?")
    site = Site(node=node, installer=installer, **vars(form))
    rows.store(site)
    _refuse_beyond(installer)
    audit.record(actor, "create", site, node, after=vars(form))
    return site


@transaction.atomic
def change_site(actor: Actor, site: Site, form: SiteForm) -> Site:
    actor.require(Can.CHANGE_SITE, site)
    _check_zone(form.zone)
    if (form.country, form.state) != (site.country, site.state):
        _check_state(form.country, form.state)
    before = audit.facts(site, *SITE_FIELDS)
    for name, value in vars(form).items():
        setattr(site, name, value)
    rows.store(site, only=SITE_FIELDS)
    Node.objects.filter(pk=site.node_id).update(name=site.name)
    audit.record(actor, "change", site, site.node, before=before, after=vars(form))
    announce(SiteChanged(site=site.pk))
    return site


@transaction.atomic
def delete_site(actor: Actor, site: Site, *, unbind: bool = False) -> None:
    """Take a site, with all that is in it, out of everybody's sight; `restore_site` undoes it.

    Refused while devices are bound, unless they are to be unbound: these then forget what came
    from here, and their MACs are free. After `KEPT` the site goes for good.
    """
    actor.require(Can.CREATE_SITE, site)
    locked = _held(site)
    if locked.deleted_at is not None:
        raise Refused("site.deleted", _("This office is deleted already."))
    deed = SiteDeleted(site=locked.pk, unbind=unbind)
    submit(deed, actor)
    locked.deleted_at, locked.deleted_by = clock.now(), actor.name
    locked.save(update_fields=_DELETION)
    uproot_node(locked.node)
    Node.objects.filter(pk=locked.node_id).update(name=_name_of_deleted(locked.name))
    facts = audit.facts(locked, *SITE_FIELDS)
    audit.record(actor, "delete", locked, locked.installer, before=facts)
    announce(deed)


@transaction.atomic
def restore_site(actor: Actor, site: Site) -> Site:
    """Bring a deleted site back with all that was in it; raise `Refused` where it cannot be.

    A device whose MAC was taken elsewhere meanwhile stays unbound.
    """
    actor.require(Can.CREATE_SITE, site.installer)
    locked = _held(site)
    if locked.deleted_at is None:
        raise Refused("site.restored", _("This office is back already."))
    if locked.deleted_at <= clock.now() - KEPT:
        raise Refused("site.gone", _("The 30 days are over: this office is being removed."))
    named = Site.objects.filter(installer=locked.installer_id, deleted_at=None, name=locked.name)
    if named.exists():
        message = _("Another office is called “%(name)s” by now. Rename that one first.")
        raise Refused("site.name", message % {"name": locked.name})
    Node.objects.select_for_update(no_key=True).get(pk=locked.installer_id)
    locked.deleted_at, locked.deleted_by = None, ""
    rows.store(locked, only=_DELETION)
    _refuse_beyond(locked.installer)
    replant_node(locked.node)
    Node.objects.filter(pk=locked.node_id).update(name=locked.name)
    locked.node.refresh_from_db(fields=["name", "path"])
    audit.record(actor, "restore", locked, locked.installer)
    announce(SiteRestored(site=locked.pk))
    return locked


def _refuse_beyond(installer: Node) -> None:
    """Raise `Refused` where an installer, which is held, has more sites than it may have."""
    most = limits.most_of(Limit.SITES, installer)
    if most is not None:
        count = Site.objects.filter(installer=installer, deleted_at=None).count()
        limits.refuse_beyond(Limit.SITES, most, count, installer)


def strange_state(country: str, state: str) -> str:
    """Say what is wrong with a state that its country does not have; cities are free words."""
    if not state or is_state(country, state):
        return ""
    return _("Choose a state or region of this country from the list.")


def purge_deleted() -> int:
    """Remove for good, some rows at a time, what was deleted `KEPT` ago; return how many rows.

    What the table of endings names goes first; whatever is left waits for the next time.
    """
    left = _MOST_A_TIME
    for site in Site.objects.over(clock.now()).select_related("node").order_by("deleted_at", "pk"):
        for name in import_string(settings.ENDINGS):
            left -= _end(import_string(name), site, left)
            if left <= 0:
                return _MOST_A_TIME - left
        with transaction.atomic():
            if not _is_over(site):
                continue
            Company.objects.filter(site=site).delete()
            site.delete()
            retire_node(_PURGE, site.node)
        left -= 1
    return _MOST_A_TIME - left


def _end(forget: Callable[[Site, int], int], site: Site, most: int) -> int:
    """Let a room forget a site, a batch in each transaction; return how many rows went."""
    gone = 0
    while gone < most:
        with transaction.atomic():
            count = forget(site, _AT_ONCE) if _is_over(site) else 0
        if not count:
            break
        gone += count
    return gone


def _is_over(site: Site) -> bool:
    """Hold a site, and say whether nobody has brought it back at the last moment."""
    held = Site.objects.over(clock.now()).filter(pk=site.pk).select_for_update(no_key=True)
    return bool(held.values_list("pk", flat=True))


def forget_files(site: Site, most: int) -> int:
    """Remove files of a site for good, photos among them; return how many."""
    kept = StoredFile.objects.filter(node__path__startswith=site.node.path).order_by("pk")[:most]
    files = list(kept)
    delete_files(files)
    return len(files)


def create_company(actor: Actor, site: Site, *, name: str) -> Company:
    with for_one():
        (company,) = create_companies(actor, site, [name])
    return company


@transaction.atomic
def create_companies(actor: Actor, site: Site, names: Sequence[str]) -> list[Company]:
    """Create all companies or none; raise `InvalidRows` with the places at fault."""
    actor.require(Can.CHANGE_COMPANY, site)
    _check_names(site, names)
    nodes = plant_nodes(site.node, Node.Kind.COMPANY, names)
    made = [
        Company(node=node, site=site, name=name) for node, name in zip(nodes, names, strict=True)
    ]
    try:
        with transaction.atomic():
            rows.insert_many(made)
    except IntegrityError:
        # Somebody else was faster.
        _check_names(site, names)
        raise
    deeds = (audit.Deed(one, one.node, after={"name": one.name}) for one in made)
    audit.record_many(actor, "create", deeds)
    return made


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
    node = company.node
    audit.record(actor, "delete", company, company.site.node, before={"name": company.name})
    try:
        with transaction.atomic():
            company.delete()
    except ProtectedError as protest:
        message = _("The company still has people or access groups. Delete or move those first.")
        raise Refused("in_use", message) from protest
    # The node stays, as what was recorded there stays; its name says that it is gone.
    Node.objects.filter(pk=node.pk).update(name=_name_of_deleted(node.name))


def _held(site: Site) -> Site:
    """Return a site that nobody else deletes or brings back until the transaction ends."""
    held = Site.objects.select_for_update(no_key=True, of=("self",))
    return held.select_related("node", "installer").get(pk=site.pk)


def _name_of_deleted(name: str) -> str:
    ending = " (deleted)"
    return f"{name[: 128 - len(ending)]}{ending}"


def _check_state(country: str, state: str) -> None:
    if fault := strange_state(country, state):
        raise Invalid({"state": fault})


def _check_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise Invalid({"zone": _("Choose a time zone from the list, such as Europe/Berlin.")})


def _check_names(site: Site, names: Sequence[str]) -> None:
    """Raise `InvalidRows` for names of no shape, or that a company of the site has."""
    known = Company.objects.filter(site=site, name__in=names)
    taken = set(known.values_list("name", flat=True))
    faults: dict[int, dict[str, Text]] = {}
    for place, name in enumerate(names):
        company = Company(site=site, name=name)
        try:
            company.clean_fields(exclude=["node", "site"])
        except ValidationError as error:
            faults[place] = rows.faults_of(error)
        if name in taken:
            faults[place] = {
                "name": _("This site already has a company of this name. Choose another.")
            }
        taken.add(name)
    if faults:
        raise InvalidRows(faults, name="companies")
