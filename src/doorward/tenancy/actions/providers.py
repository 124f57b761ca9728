"""What installers and distributors tell of themselves, and who bills them."""

from dataclasses import asdict, dataclass

from doorward.tenancy.actions.told import keep_told
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import (
    BillingInformation,
    CustomerContact,
    CustomerService,
    InstallerSetting,
    Node,
    ServiceProvider,
)
from doorward.tenancy.permissions import Can


@dataclass(frozen=True, kw_only=True)
class ProviderForm:
    """Nothing of it is mandatory."""

    company: str = ""
    company_address: str = ""
    mobile: str = ""
    email: str = ""
    tax_id: str = ""
    website: str = ""


@dataclass(frozen=True, kw_only=True)
class BillingForm:
    """To whom an installer is billed."""

    company: str
    attn: str
    country: str
    city: str
    street: str
    phone: str
    email: str
    state: str = ""
    postcode: str = ""
    fax: str = ""
    tax_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ServiceForm:
    """Where end users turn to; `receives_feedback` lets them write from their pages."""

    phone: str
    email: str
    receives_feedback: bool = False


@dataclass(frozen=True, kw_only=True)
class ContactForm:
    """Where installers reach whoever they have bought from; nothing of it is mandatory."""

    phone: str = ""
    email: str = ""
    website: str = ""
    remark: str = ""


def change_provider(actor: Actor, node: Node, form: ProviderForm) -> ServiceProvider:
    """Keep what is told; the first time, that it was asked is kept with it."""
    actor.require_in_person()
    told = asdict(form)
    kept: ServiceProvider = keep_told(actor, node, Can.CHANGE_PROVIDER, ServiceProvider, told)
    return kept


def change_service(actor: Actor, node: Node, form: ServiceForm) -> CustomerService:
    actor.require_in_person()
    told = asdict(form)
    kept: CustomerService = keep_told(actor, node, Can.CHANGE_PROVIDER, CustomerService, told)
    return kept


def change_contact(actor: Actor, node: Node, form: ContactForm) -> CustomerContact:
    actor.require_in_person()
    told = asdict(form)
    kept: CustomerContact = keep_told(actor, node, Can.CHANGE_CONTACT, CustomerContact, told)
    return kept


def change_billing(actor: Actor, node: Node, form: BillingForm) -> BillingInformation:
    actor.require_in_person()
    told = asdict(form)
    kept: BillingInformation = keep_told(actor, node, Can.CHANGE_BILLING, BillingInformation, told)
    return kept


def change_setting(actor: Actor, node: Node, **told: bool) -> InstallerSetting:
    """Set what holds at all sites of an installer; fields that are not told stay as they are."""
    kept: InstallerSetting = keep_told(actor, node, Can.CHANGE_SETTING, InstallerSetting, told)
    return kept
