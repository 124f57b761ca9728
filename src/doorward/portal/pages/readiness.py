"""What to check first at a site, line by line, each with its mend."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.kit.pages import Context
from doorward.portal.readiness import checks
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can


class Readiness(SitePage):
    title = _("Readiness")
    template = "portal/readiness.html"
    needs = Can.VIEW_DEVICE

    def topics(self) -> Iterable[str]:
        return [f"site:{self.site.pk}:devices", f"site:{self.site.pk}:doors"]

    def context(self) -> Context:
        found = checks(self.actor, self.site, clock.now())
        good = sum(one.is_good for one in found)
        return {**super().context(), "checks": found, "good": good}
