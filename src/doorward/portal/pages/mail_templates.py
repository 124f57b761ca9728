"""The operator's preview of mail: each that is sent, as text and as HTML, in every language."""

from collections.abc import Iterable, Mapping
from typing import Any

from csp.constants import NONE, SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Crumb, Page
from doorward.portal.mail_samples import BY_KEY, SAMPLES
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

TITLE = gettext_lazy("Mail templates")
# A mail brings its own looks, and nothing that runs, asks or sends.
_SAFE: Mapping[str, list[str]] = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [""],
}


class _OfMail(Page):
    needs = Can.VIEW_MAIL

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]


class MailTemplates(_OfMail):
    """Every mail, when it is sent and to whom."""

    title = TITLE
    template = "portal/mail_templates.html"

    def context(self) -> Context:
        return {**super().context(), "samples": SAMPLES}


class _OfOne(_OfMail):
    """A page about one mail, in the language that its address names."""

    def prepare(self) -> None:
        found = BY_KEY.get(self.kwargs["key"])
        if found is None:
            raise Hidden
        self.sample = found
        wanted = self.request.GET.get("language") or get_language()
        known = dict(settings.LANGUAGES)
        self.language = str(wanted) if wanted in known else settings.LANGUAGE_CODE


class MailTemplateShow(_OfOne):
    """One mail with made-up words in it."""

    template = "portal/mail_template.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.sample.label

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("mail-templates")), (self.title, "")]

    def context(self) -> Context:
        here = reverse("mail-template", args=[self.sample.key])
        tabs = [
            (name, f"{here}?language={code}", code == self.language)
            for code, name in settings.LANGUAGES
        ]
        body = reverse("mail-template-body", args=[self.sample.key])
        return {
            **super().context(),
            "sample": self.sample,
            "letter": self.sample.written(self.language),
            "language": self.language,
            "tabs": tabs,
            "body_url": f"{body}?language={self.language}",
        }


class MailTemplateBody(_OfOne):
    """The HTML of one mail alone, for a frame of the page that shows it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = HttpResponse(self.sample.written(self.language).html)
        answer["X-Frame-Options"] = "SAMEORIGIN"
        answer._csp_config = dict(_SAFE)  # type: ignore[attr-defined]
        return answer
