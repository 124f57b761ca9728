"""Mail as its operator sees it."""

from doorward.kit.models import Mail
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet


class OutgoingMails(TenantQuerySet["OutgoingMail"]):
    """Mail belongs to no tenant: who may view it at the root sees all of it."""

    sees = Can.VIEW_MAIL
    sights = frozenset()


class OutgoingMail(Mail):
    """Mail as the operator sees it; its bodies are nobody's to read."""

    # The stubs know no other manager on a proxy than its model's.
    objects = OutgoingMails.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        proxy = True
