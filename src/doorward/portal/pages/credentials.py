"""What a person holds: PINs and cards given, taken, and looked at after signing in again."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.access import cards
from doorward.access.actions import credentials, pins
from doorward.access.forms import CardFields, PinFields
from doorward.access.models import Credential, Credentials
from doorward.kit.errors import Refused, Text
from doorward.kit.pages import Context, DeedPage, FormPage
from doorward.people.pages import PersonPart, person_url
from doorward.portal.signin import again
from doorward.tenancy.permissions import Can


class HoldingPage(PersonPart):
    """A page about what a person holds."""

    def held(self) -> Credentials:
        return Credential.objects.visible_to(self.actor).filter(person=self.person)


class CredentialPage(HoldingPage):
    """A page about one of a person's credentials."""

    credential: Credential

    def prepare(self) -> None:
        super().prepare()
        held = self.held().select_related("person__node", "site")
        self.credential = held.find(self.actor, self.kwargs["credential"])

    @property
    def is_pin(self) -> bool:
        return self.credential.kind == Credential.Kind.PIN


class PinGive(HoldingPage, FormPage):
    """A PIN for whoever has none, or another in its place; it is told once, on the answer."""

    needs = Can.CHANGE_PERSON
    template = "portal/pin.html"
    form_class = PinFields
    # Of a form that is sent again.
    done = gettext_lazy("The PIN was given and told once. It is not told again here.")
    given: pins.GivenPin | None = None

    def prepare(self) -> None:
        super().prepare()
        self.old = self.held().pins().defer("secret").first()
        self.title = _("Replace the PIN") if self.old else _("Give a PIN")
        self.deed = _("Replace PIN") if self.old else _("Give PIN")

    def context(self) -> Context:
        shortest = self.site.pin_length
        return {**super().context(), "person": self.person, "old": self.old, "shortest": shortest}

    def carried(self) -> Mapping[str, str]:
        return {"old": str(self.old.pk) if self.old else ""}

    def save(self, form: PinFields) -> str:
        if self.request.POST.get("old", "") != self.carried()["old"]:
            message = _("Somebody else has changed this PIN meanwhile. Load the page again.")
            raise Refused("pin.changed", message)
        self.given = pins.replace_pin(self.actor, self.person, form.cleaned_data["pin"] or None)
        return person_url(self.person)

    def finish(self, url: str) -> HttpResponseBase:
        """Show the PIN at once: it goes into no address, no session and no message."""
        if self.given is None:
            return super().finish(url)
        return self.show(given=self.given.pin)


class CardAdd(HoldingPage, FormPage):
    title = gettext_lazy("Add a card")
    needs = Can.CHANGE_PERSON
    form_class = CardFields
    deed = gettext_lazy("Add card")
    done = gettext_lazy("The card was added. The doors are told.")

    def save(self, form: CardFields) -> str:
        credentials.add_card(
            self.actor,
            self.person,
            number=form.cleaned_data["number"],
            form=cards.Format(form.cleaned_data["format"] or cards.Format.HEX),
            label=form.cleaned_data["label"],
        )
        return person_url(self.person)


class CredentialRemove(CredentialPage, DeedPage):
    needs = Can.CHANGE_PERSON
    done = gettext_lazy("Removed. The doors forget it.")

    def act(self) -> None:
        credentials.remove_credential(self.actor, self.credential)


class CredentialShow(CredentialPage):
    """A PIN or a whole card number, for whoever has signed in again; each look is recorded."""

    needs = Can.REVEAL_CREDENTIAL
    template = "portal/credential.html"

    def prepare(self) -> None:
        super().prepare()
        self.title: Text = _("Show the PIN") if self.is_pin else _("Show the card number")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return again.ask(request.path) if again.is_due(request) else self.show()

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Tell it on the answer itself, which nobody keeps."""
        if again.is_due(request):
            return again.ask(request.path)
        return self.show(told=credentials.reveal(self.actor, self.credential))

    def context(self) -> Context:
        return {
            **super().context(),
            "person": self.person,
            "credential": self.credential,
            "is_pin": self.is_pin,
        }
