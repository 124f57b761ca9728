"""What the operator sets for the installation, and a reseller's contact, over the API."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Router
from ninja.files import UploadedFile
from pydantic import Field

from doorward.files.actions.brand import BrandForm, change_brand, change_logo
from doorward.kit import brand
from doorward.kit.api.shapes import OMITTED, Id, In, Line, OneOf, Out, PathId, Secret, Whole
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.kit.models import Brand, MailServer
from doorward.tenancy.actions import mail_server as servers
from doorward.tenancy.actions.limits import LimitsForm, change_limits
from doorward.tenancy.actions.providers import ContactForm, change_contact
from doorward.tenancy.actions.told import hold
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import NOT_FOUND, actor_of
from doorward.tenancy.branding import chosen_brand
from doorward.tenancy.limits import chosen_limits
from doorward.tenancy.mail_server import chosen_server
from doorward.tenancy.models import CustomerContact, Limits, Node, Organisation
from doorward.tenancy.models.limits import HIGHEST_LIMIT, LIMIT_FIELDS
from doorward.tenancy.models.providers import CONTACT_FIELDS
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import own_places

settings = Router(tags=["settings"])
organisation_limits = Router(tags=["organisations"])

_SERVER_FIELDS = ("host", "port", "security", "user", "sender_address", "sender_name")
_RESELLERS = (Node.Kind.DISTRIBUTOR, Node.Kind.SUB_DISTRIBUTOR)


# --- The mail server --------------------------------------------------------------------------


class MailServerPatch(In):
    """How the mail server is reached. Without a `user` it wants no sign-in.

    An empty password keeps the one that is known, as long as it goes to the same place.
    """

    host: Annotated[Line, Field(min_length=1, max_length=253)] = OMITTED
    port: Annotated[Whole, Field(ge=1, le=65535)] = OMITTED
    security: Annotated[str, OneOf(MailServer.Security)] = OMITTED
    user: Annotated[Line, Field(max_length=254)] = OMITTED
    password: Annotated[Secret, Field(max_length=254, json_schema_extra={"writeOnly": True})] = (
        OMITTED
    )
    sender_address: Annotated[Line, Field(min_length=1, max_length=254)] = OMITTED
    sender_name: Annotated[Line, Field(max_length=64)] = OMITTED


class MailServerOut(Out):
    """The server that was set; where none `is_set`, mail goes as the environment says."""

    is_set: bool
    host: str
    port: int
    security: Annotated[str, OneOf(MailServer.Security)]
    user: str
    has_password: bool
    sender_address: str
    sender_name: str

    @classmethod
    def of(cls, row: MailServer) -> "MailServerOut":
        facts = {name: getattr(row, name) for name in _SERVER_FIELDS}
        out = cls(is_set=row.pk is not None, has_password=bool(row.password), **facts)
        # Whoever is about to change the password wants to know of another one.
        out._concealed = row.password
        return out


@settings.get("/mail-server", response=MailServerOut, openapi_extra=TAGGED)
@tagged
def show_mail_server(request: HttpRequest) -> MailServerOut:
    """Show the mail server; its password is told to nobody."""
    return MailServerOut.of(chosen_server(actor_of(request)))


@settings.patch("/mail-server", response=MailServerOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_mail_server(request: HttpRequest, body: MailServerPatch) -> MailServerOut:
    """Change what is given, or set a server; mail goes by it from now on."""
    actor = actor_of(request)
    hold(Node.root())
    row = chosen_server(actor)
    require_unchanged(request, lambda: MailServerOut.of(row))
    known = {name: getattr(row, name) for name in _SERVER_FIELDS}
    form = servers.MailServerForm(**{**known, **body.given()})
    return MailServerOut.of(servers.choose_server(actor, form))


@settings.delete("/mail-server", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def forget_mail_server(request: HttpRequest) -> None:
    """Forget the server; mail goes as the environment says."""
    actor = actor_of(request)
    hold(Node.root())
    require_unchanged(request, lambda: MailServerOut.of(chosen_server(actor)))
    servers.forget_server(actor)


# --- Branding ---------------------------------------------------------------------------------


class BrandPatch(In):
    """What the platform calls itself; empty is the product's own. `accent` is as #4453d8."""

    name: Annotated[Line, Field(max_length=40)] = OMITTED
    accent: Annotated[Line, Field(max_length=7)] = OMITTED


class BrandOut(Out):
    """What was chosen. The logo is a PNG at `logo_url`, which is empty without one."""

    name: str
    accent: str
    logo_url: str

    @classmethod
    def of(cls, row: Brand) -> "BrandOut":
        return cls(name=row.name, accent=row.accent, logo_url=brand.url_of(row.logo_digest))


@settings.get("/branding", response=BrandOut, openapi_extra=TAGGED)
@tagged
def show_branding(request: HttpRequest) -> BrandOut:
    """Show name, accent and logo of the whole installation."""
    return BrandOut.of(chosen_brand(actor_of(request)))


@settings.patch("/branding", response=BrandOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_branding(request: HttpRequest, body: BrandPatch) -> BrandOut:
    """Change name or accent; the logo has a route of its own."""
    actor = actor_of(request)
    hold(Node.root())
    row = chosen_brand(actor)
    require_unchanged(request, lambda: BrandOut.of(row))
    form = BrandForm(**{"name": row.name, "accent": row.accent, **body.given()})
    return BrandOut.of(change_brand(actor, form))


@settings.put("/branding/logo", response={204: None})
def set_logo(request: HttpRequest, file: File[UploadedFile]) -> None:
    """Show a logo, JPEG or PNG up to 5 MB, in the place of what there is.

    Send a form with the field `file`.
    """
    change_logo(actor_of(request), file.read())


@settings.delete("/branding/logo", response={204: None})
def remove_logo(request: HttpRequest) -> None:
    """Show no logo; without one nothing happens."""
    change_logo(actor_of(request), None)


# --- Limits -----------------------------------------------------------------------------------

Most = Annotated[Whole, Field(ge=1, le=HIGHEST_LIMIT)]


class LimitsPatch(In):
    """How many there may be: sites of each installer, devices and people of each site."""

    sites: Most | None = None
    devices: Most | None = None
    people: Most | None = None


class LimitsOut(Out):
    """What was set there; null bounds nothing. Of all limits at and above, the least counts."""

    sites: int | None
    devices: int | None
    people: int | None

    @classmethod
    def of(cls, row: Limits) -> "LimitsOut":
        return cls(**{name: getattr(row, name) for name in LIMIT_FIELDS})


@settings.get("/limits", response=LimitsOut, openapi_extra=TAGGED)
@tagged
def show_limits(request: HttpRequest) -> LimitsOut:
    """Show the limits of the whole installation."""
    return LimitsOut.of(chosen_limits(actor_of(request), Node.root()))


@settings.patch("/limits", response=LimitsOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_limits_of_all(request: HttpRequest, body: LimitsPatch) -> LimitsOut:
    """Change what is given of them; null bounds nothing from now on."""
    return _limited(request, Node.root(), body)


@organisation_limits.get("/{organisation}/limits", response=LimitsOut, openapi_extra=TAGGED)
@tagged
def show_organisation_limits(request: HttpRequest, organisation: PathId) -> LimitsOut:
    """Show the limits of an organisation and of whoever stands below it."""
    actor = actor_of(request)
    return LimitsOut.of(chosen_limits(actor, Organisation.objects.find(actor, organisation)))


@organisation_limits.patch("/{organisation}/limits", response=LimitsOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_organisation_limits(
    request: HttpRequest, organisation: PathId, body: LimitsPatch
) -> LimitsOut:
    """Change what is given of an organisation's limits."""
    return _limited(request, Organisation.objects.find(actor_of(request), organisation), body)


def _limited(request: HttpRequest, node: Node, body: LimitsPatch) -> LimitsOut:
    actor = actor_of(request)
    hold(node)
    row = chosen_limits(actor, node)
    require_unchanged(request, lambda: LimitsOut.of(row))
    known = {name: getattr(row, name) for name in LIMIT_FIELDS}
    return LimitsOut.of(change_limits(actor, node, LimitsForm(**{**known, **body.given()})))


# --- A reseller's contact ---------------------------------------------------------------------


class ContactPatch(In):
    """Where your installers reach you; nothing of it is mandatory."""

    phone: Annotated[Line, Field(max_length=32)] = OMITTED
    email: Annotated[Line, Field(max_length=254)] = OMITTED
    website: Annotated[Line, Field(max_length=200)] = OMITTED
    remark: Annotated[Line, Field(max_length=255)] = OMITTED


class ContactOut(Out):
    """What your installers find under Contact; `node` is whose it is."""

    node: str
    phone: str
    email: str
    website: str
    remark: str

    @classmethod
    def of(cls, row: CustomerContact) -> "ContactOut":
        facts = {name: _text(getattr(row, name)) for name in CONTACT_FIELDS}
        return cls(node=str(row.node_id), **facts)


@settings.get("/contact", response=ContactOut, openapi_extra=TAGGED)
@tagged
def show_contact(request: HttpRequest, node: Id | None = None) -> ContactOut:
    """Show your contact as a distributor or sub-distributor; name which one if you are several."""
    actor = actor_of(request)
    return ContactOut.of(_contact(actor, _reseller(actor, node)))


@settings.patch("/contact", response=ContactOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_own_contact(
    request: HttpRequest, body: ContactPatch, node: Id | None = None
) -> ContactOut:
    """Change what is given of your contact."""
    actor = actor_of(request)
    reseller = _reseller(actor, node)
    hold(reseller)
    row = _contact(actor, reseller)
    require_unchanged(request, lambda: ContactOut.of(row))
    known = {name: getattr(row, name) for name in CONTACT_FIELDS}
    return ContactOut.of(change_contact(actor, reseller, ContactForm(**{**known, **body.given()})))


def _contact(actor: Actor, node: Node) -> CustomerContact:
    found = CustomerContact.objects.visible_to(actor).filter(node=node).first()
    return found or CustomerContact(node=node)


def _reseller(actor: Actor, key: int | None) -> Node:
    """Return the reseller that is meant; who is none is refused, not told of nodes."""
    known = [node for node in own_places(actor) if node.kind in _RESELLERS]
    actor.require_any(Can.CHANGE_CONTACT, known)
    found = [node for node in known if key in (None, node.pk)]
    if len(found) == 1:
        return found[0]
    ambiguous = _("Name which of yours: there is more than one.")
    raise Invalid({"node": ambiguous if key is None else _(NOT_FOUND)})


# Any: a number has no types, and a text is one.
def _text(value: Any) -> str:
    return getattr(value, "as_e164", value) or ""
