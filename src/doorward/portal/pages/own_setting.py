"""What everybody sets for themselves, and what they read and say beside it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from doorward.helpdesk.desks import may_ask
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, FormPage, Page
from doorward.portal import setting_forms as forms
from doorward.tenancy import noticing
from doorward.tenancy.actions import profile
from doorward.tenancy.actions.feedback import send_feedback
from doorward.tenancy.actions.noticing import choose_channels
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.contacts import contact_above
from doorward.tenancy.models import CustomerService
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import own_places
from doorward.tenancy.policy_texts import END_USERS, reading_of


class Privacy(Page):
    """The policy in force, at any time, and since when one has agreed to it."""

    title = gettext_lazy("Privacy policy")
    template = "portal/welcome/show.html"

    def context(self) -> Context:
        return {**super().context(), "reading": reading_of(self.actor, own_account(self.actor))}


class _Own(FormPage):
    """A form about one's own account."""

    template = "portal/setting.html"
    in_person = True
    deed = gettext_lazy("Save")

    def prepare(self) -> None:
        self.account = own_account(self.actor)


class TimeZone(_Own):
    """The zone of all pages that lie in no site."""

    title = gettext_lazy("Time zone")
    form_class = forms.ZoneFields
    done = gettext_lazy("The time zone is saved.")

    def initial(self) -> Context:
        return {"zone": self.account.zone or "UTC"}

    def context(self) -> Context:
        about = gettext_lazy(
            "Times outside a site are shown in this zone: audit, mail, background work, tickets, "
            "and the files made of them. Within a site, the site's own zone counts."
        )
        return {**super().context(), "about": about}

    def way_back(self) -> str:
        return reverse("setting-zone")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        profile.change_zone(self.actor, form.cleaned_data["zone"])
        return self.way_back()


class Notification(_Own):
    """The address that notices go to, which way one is told of what, and whether one wants news."""

    title = gettext_lazy("Notification")
    template = "portal/notification.html"
    form_class = forms.NoticeFields
    done = gettext_lazy("The setting is saved.")

    def initial(self) -> Context:
        ways = noticing.channels_of(self.account)
        portal = {f"{kind}_portal": way.portal for kind, way in ways.items()}
        mail = {f"{kind}_mail": way.mail for kind, way in ways.items()}
        account = {"wants_news": bool(self.account.wants_news)}
        return {"notices_by_mail": self.account.notices_by_mail, **account, **portal, **mail}

    def form_options(self) -> Context:
        return {**super().form_options(), "kinds": noticing.kinds_for(self.actor)}

    def context(self) -> Context:
        return {**super().context(), "me": self.account}

    def way_back(self) -> str:
        return reverse("setting-notification")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        by_mail = form.cleaned_data["notices_by_mail"]
        choose_channels(self.actor, form.channels(), notices_by_mail=by_mail)
        profile.note_news(self.actor, self.account, wants_news=form.cleaned_data["wants_news"])
        return self.way_back()


class Feedback(FormPage):
    """Where an end user turns to: phone, e-mail, and a form where the installer takes feedback."""

    title = gettext_lazy("Customer service")
    template = "portal/feedback.html"
    form_class = forms.FeedbackFields
    deed = gettext_lazy("Send feedback")
    done = gettext_lazy("Your feedback was sent.")

    def prepare(self) -> None:
        if not self.actor.roles & END_USERS:
            raise Hidden
        services = CustomerService.objects.visible_to(self.actor).select_related("node")
        self.services = list(services.order_by("pk")[:20])
        self.taking = [one for one in self.services if one.receives_feedback]

    def context(self) -> Context:
        return {**super().context(), "services": self.services, "taking": self.taking}

    def form_options(self) -> Context:
        return {**super().form_options(), "services": self.taking}

    def way_back(self) -> str:
        return reverse("feedback")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        send_feedback(self.actor, form.chosen(), form.cleaned_data["text"])
        return self.way_back()


class OwnContact(Page):
    """Where an installer reaches whoever it has bought from: the next above that tells of it."""

    title = gettext_lazy("Contact")
    template = "portal/contact.html"
    needs = Can.VIEW_CONTACT

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def context(self) -> Context:
        contact = contact_above(self.actor)
        return {**super().context(), "contact": contact, "may_ask": may_ask(self.actor)}
