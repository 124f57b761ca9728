"""Deeds on accounts."""

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit.errors import Invalid
from doorward.tenancy import audit
from doorward.tenancy.actions.passwords import check_strength
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.permissions import Role


@transaction.atomic
def create_account(
    actor: Actor, node: Node, role: Role, *, username: str, password: str, name: str, email: str
) -> Account:
    """Create someone who holds a role at a node; raise `Invalid` for a name that is taken.

    Only parts of the system do so yet: the set-up, and whoever installs.
    """
    actor.require_system()
    if Account.objects.filter(username__iexact=username).exists():
        raise Invalid({"username": _("This user name is taken. Choose another.")})
    account = Account(username=username, name=name, email=email.lower())
    account.set_password(password)
    account.save()
    Standing.objects.create(account=account, node=node, role=role)
    # Only now: how long it has to be depends on the role.
    check_strength(account, password)
    audit.record(actor, "create", account, node, after={"role": role, "name": name})
    return account
