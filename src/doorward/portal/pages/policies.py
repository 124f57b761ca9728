"""The operator's pages of the privacy policy: its versions, and the draft of the next one."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit.counts import count_up_to
from doorward.kit.errors import Refused
from doorward.kit.pages import Context, Crumb, DeedPage, Page
from doorward.portal.forms import PolicyTexts
from doorward.tenancy.actions import policies
from doorward.tenancy.editing import EditPage
from doorward.tenancy.models import Account, PrivacyPolicy
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import own_places

TITLE = gettext_lazy("Policy texts")
# What the editor says that only wants to see how it reads.
_LOOK = "look"
# Versions that are listed; there are hardly ever so many.
_LISTED = 100


class Policies(Page):
    """Every version with its date, its languages, and how many agreed to it."""

    title = TITLE
    template = "portal/policies/list.html"
    needs = Can.VIEW_POLICY

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def context(self) -> Context:
        rows = PrivacyPolicy.objects.visible_to(self.actor).with_agreed().newest_first()
        found = list(rows.prefetch_related("texts")[:_LISTED])
        published = [one for one in found if not one.is_draft]
        return {
            **super().context(),
            "draft": next((one for one in found if one.is_draft), None),
            "published": published,
            "may_change": self.actor.may(Can.CHANGE_POLICY),
            "waiting": self.waiting(published[0].version or 0) if published else 0,
        }

    def waiting(self, version: int) -> int:
        """Count the accounts that have not agreed to this version yet."""
        accounts = Account.objects.visible_to(self.actor)
        return sum(count_up_to(part) for part in accounts.asked_to_agree(version))


class PolicyNew(DeedPage):
    """Go on with the draft, or begin one with what is in force."""

    needs = Can.CHANGE_POLICY

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def acted(self) -> str:
        draft = policies.begin_draft(self.actor)
        return reverse("policy-edit", args=[draft.pk])

    def way_back(self) -> str:
        return reverse("policies")


class PolicyPage(Page):
    """A page about one version."""

    needs = Can.CHANGE_POLICY

    def prepare(self) -> None:
        self.policy = PrivacyPolicy.objects.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.policy]

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("policies")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("policy", args=[self.policy.pk])


class PolicyShow(PolicyPage):
    """As readers see it, in each language; a draft can be published from here."""

    template = "portal/policies/show.html"
    needs = Can.VIEW_POLICY

    def prepare(self) -> None:
        super().prepare()
        self.title = str(self.policy)

    def context(self) -> Context:
        names = dict(settings.LANGUAGES)
        texts = sorted(
            self.policy.texts.all(), key=lambda one: (one.language not in names, one.language)
        )
        return {
            **super().context(),
            "policy": self.policy,
            "texts": [
                (names.get(one.language, one.language), one.language, one.text) for one in texts
            ],
            "agreed_count": count_up_to(self.policy.agreements.all()),
            "missing": [
                label
                for code, label in settings.LANGUAGES
                if code not in {one.language for one in texts}
            ],
            "account_count": _account_count(self),
            "may_change": self.actor.may(Can.CHANGE_POLICY),
        }


class PolicyEdit(PolicyPage, EditPage):
    """One text in each language of the product, and while one types, how it will read."""

    title = gettext_lazy("Edit the draft")
    form_class = PolicyTexts
    deed = gettext_lazy("Keep the draft")
    done = gettext_lazy("The draft is kept. Nobody sees it before you publish it.")
    template = "portal/policies/edit.html"

    def prepare(self) -> None:
        super().prepare()
        if not self.policy.is_draft:
            message = _("What is published does not change any more. Write a new version.")
            raise Refused("policy.published", message)

    def edited(self) -> models.Model:
        return self.policy

    def initial(self) -> Context:
        return {one.language: one.text for one in self.policy.texts.all()}

    def crumbs(self) -> Iterable[Crumb]:
        return [
            (TITLE, reverse("policies")),
            (str(self.policy), self.way_back()),
            (self.title, ""),
        ]

    def context(self) -> Context:
        typed = self.request.POST if self.request.method == "POST" else self.initial()
        written = ((label, code, typed.get(code, "")) for code, label in settings.LANGUAGES)
        return {**super().context(), "texts": [one for one in written if one[2].strip()]}

    def answered_before(self) -> HttpResponseBase | None:
        # Whoever looks, does nothing: a look may also come in after the form was saved.
        return None if _LOOK in self.request.POST else super().answered_before()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _LOOK in request.POST:
            return render(request, "portal/policies/texts.html", self.context())
        return super().post(request, *args, **kwargs)

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        policies.write_draft(self.actor, self.policy, form.cleaned_data)
        return self.way_back()


class PolicyDiscard(PolicyPage, DeedPage):
    done = gettext_lazy("The draft is discarded.")

    def acted(self) -> str:
        policies.discard_draft(self.actor, self.policy)
        return reverse("policies")


class PolicyPublish(PolicyPage, DeedPage):
    """Put it in force; it never changes after that."""

    def act(self) -> None:
        policies.publish(self.actor, self.policy)

    def said(self) -> str:
        return _("The policy is published. Everybody is asked at their next page.")


def _account_count(page: Page) -> int:
    return count_up_to(Account.objects.visible_to(page.actor).filter(is_active=True))
