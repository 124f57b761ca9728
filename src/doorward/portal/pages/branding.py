"""What the platform calls itself and how it looks: the operator's page, and what all are shown."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from doorward.files.actions.brand import BrandForm, change_brand
from doorward.kit import accent, brand
from doorward.kit.models import Brand
from doorward.kit.pages import Context
from doorward.portal.platform_forms import BrandFields
from doorward.tenancy.branding import chosen_brand
from doorward.tenancy.editing import KeptPage
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

# What is asked for by its digest, or by all that it says, never changes.
_FOR_EVER = "public, max-age=31536000, immutable"


class Branding(KeptPage):
    """Name, accent and logo of the whole installation."""

    title = gettext_lazy("Branding")
    template = "portal/branding.html"
    needs = Can.CHANGE_BRAND
    form_class = BrandFields
    deed = gettext_lazy("Save")
    done = gettext_lazy("Saved. Within a few seconds everybody sees it, and mails say it.")

    def place(self) -> Node:
        return Node.root()

    def found(self) -> Brand:
        return chosen_brand(self.actor)

    def form_options(self) -> Context:
        return {**super().form_options(), "has_logo": bool(self.kept.logo_digest)}

    def concealed(self) -> Mapping[str, object]:
        # Removing the logo is a deed on whichever there is.
        return dict.fromkeys(("logo", "drops_logo"), self.kept.logo_digest)

    def initial(self) -> Context:
        return {"name": self.kept.name, "accent": self.kept.accent}

    def context(self) -> Context:
        return {**super().context(), "cancel": "", "own_name": brand.NAME}

    def way_back(self) -> str:
        return reverse("branding")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        told = dict(form.cleaned_data)
        file = told.pop("logo")
        change_brand(self.actor, BrandForm(**told, logo=file.read() if file else None))
        return self.way_back()


@require_safe
def show_logo(_request: HttpRequest, digest: str) -> HttpResponse:
    """Send the logo to anybody: it stands on the page on which one signs in, and in mails."""
    content = brand.logo_of(digest)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/png")
    answer["Cache-Control"] = _FOR_EVER
    return answer


@require_safe
def show_accent(_request: HttpRequest, digits: str) -> HttpResponse:
    """Send the style sheet of an accent, whichever it is: it says all by itself."""
    colour = f"#{digits}"
    try:
        if not accent.is_colour(colour):
            raise Http404
        sheet = accent.style(accent.palette(colour))
    except accent.PaleAccent as fault:
        raise Http404 from fault
    answer = HttpResponse(sheet, content_type="text/css")
    answer["Cache-Control"] = _FOR_EVER
    return answer
