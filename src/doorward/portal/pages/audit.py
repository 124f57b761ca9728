"""The audit trail of one site."""

from django.db.models import QuerySet

from doorward.sites.pages import SitePage
from doorward.tenancy.models import AuditEntry
from doorward.tenancy.pages import Audit


class SiteAudit(SitePage, Audit):
    """What was done at the site and in its companies."""

    def rows(self) -> QuerySet[AuditEntry]:
        return super().rows().filter(node__path__startswith=self.site.node.path)
