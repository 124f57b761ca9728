"""The operator's pages of how much there may be: for all, and for one organisation."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from doorward.kit.pages import Context
from doorward.portal.pages.organisations import OrganisationPage
from doorward.portal.platform_forms import LimitFields
from doorward.tenancy.actions.limits import LimitsForm, change_limits
from doorward.tenancy.editing import KeptPage
from doorward.tenancy.limits import bounded_organisations, chosen_limits
from doorward.tenancy.models import Limits, Node
from doorward.tenancy.models.limits import LIMIT_FIELDS
from doorward.tenancy.permissions import Can

TITLE = gettext_lazy("Limits")
# Hardly ever are there so many; each organisation's own page tells of it, too.
_LISTED = 100


class _LimitsOf(KeptPage):
    """How much each installer and site at and below a node may have."""

    title = TITLE
    template = "portal/limits.html"
    needs = Can.CHANGE_LIMITS
    form_class = LimitFields
    deed = gettext_lazy("Save")
    done = gettext_lazy("Saved. It holds for what is added from now on.")

    def found(self) -> Limits:
        return chosen_limits(self.actor, self.place())

    def initial(self) -> Context:
        return {name: getattr(self.kept, name) for name in LIMIT_FIELDS}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        change_limits(self.actor, self.place(), LimitsForm(**form.cleaned_data))
        return self.way_back()


class LimitsOfAll(_LimitsOf):
    """What holds for everybody, and who has bounds of their own."""

    def place(self) -> Node:
        return Node.root()

    def context(self) -> Context:
        bounded = bounded_organisations(self.actor, _LISTED)
        return {**super().context(), "cancel": "", "bounded": bounded}

    def way_back(self) -> str:
        return reverse("limits")


class OrganisationLimits(OrganisationPage, _LimitsOf):
    """What holds for one organisation, and for whom stands below it."""

    needs = Can.CHANGE_LIMITS

    def place(self) -> Node:
        node: Node = self.organisation
        return node

    def context(self) -> Context:
        return {**super().context(), "organisation": self.organisation}
