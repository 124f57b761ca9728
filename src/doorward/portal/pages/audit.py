"""Pages of the audit trail: of all that one sees, and of one site."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from doorward.files.lists import ListPage
from doorward.sites.pages import SitePage
from doorward.tenancy import filters, tables
from doorward.tenancy.models import AuditEntry


class Audit(ListPage):
    """Who did what, newest first; rows are only ever added."""

    title = _("Audit")
    table = tables.Audit
    filters = filters.Audit
    filters_shown = 2
    search_hint = _("Who or what")
    empty = {
        "text": _("Nothing was done yet"),
        "hint": _("Every change leaves a line here: who, what, when, before and after."),
        "icon": "history",
    }

    def rows(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.visible_to(self.actor).select_related("account")

    def search(self, rows: QuerySet[AuditEntry], words: str) -> QuerySet[AuditEntry]:
        return rows.filter(
            Q(actor__icontains=words)
            | Q(account__name__icontains=words)
            | Q(label__icontains=words)
        )


class SiteAudit(SitePage, Audit):
    """What was done at the site and in its companies."""

    def rows(self) -> QuerySet[AuditEntry]:
        return super().rows().filter(node__path__startswith=self.site.node.path)
