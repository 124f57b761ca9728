"""What an installer tells its end users of itself."""

from dataclasses import asdict, dataclass

from django.db import transaction

from doorward.kit import rows
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node, ServiceProvider
from doorward.tenancy.models.providers import PROVIDER_FIELDS
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


@transaction.atomic
def change_provider(actor: Actor, node: Node, form: ProviderForm) -> ServiceProvider:
    """Keep what is told; the first time, that it was asked is kept with it."""
    # One at a time: there is one row of each installer, or none yet.
    held = Node.objects.select_for_update(no_key=True).get(pk=node.pk)
    actor.require(Can.CHANGE_PROVIDER, held)
    provider = ServiceProvider.objects.filter(node=held).first() or ServiceProvider(node=held)
    before = audit.facts(provider, *PROVIDER_FIELDS)
    is_new = provider.pk is None
    for name, value in asdict(form).items():
        setattr(provider, name, value)
    rows.store(provider)
    after = audit.facts(provider, *PROVIDER_FIELDS)
    if is_new or before != after:
        audit.record(actor, "change", provider, held, before=before, after=after)
    return provider
