"""Every mail that the product sends, with made-up words in it, as its operator looks at it.

A mail without a row here fails `tests/house/test_mail_samples.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.helpdesk.models import Ticket
from doorward.kit import clock, mail_trial, outbox
from doorward.kit.outbox import Letter
from doorward.tenancy.models import Account, Invitation, Node
from doorward.tenancy.permissions import Role

# Templates show anything.
Context = Mapping[str, object]


@dataclass(frozen=True)
class Sample:
    """A mail by an example: when it is sent, to whom, and what would stand in it."""

    key: str
    template: str
    label: Promise
    reader: Promise
    context: Callable[[], Context]

    def written(self, language: str) -> Letter:
        """Return what the mail says in a language, from the very template that is sent."""
        with translation.override(language):
            return outbox.written(self.template, self.context(), language)


def _mona() -> Account:
    return Account(
        username="mona",
        name="Mona Meier",
        email="mona@example.com",
        email_wanted="meier@example.com",
    )


def _ivan() -> Account:
    return Account(username="ivan", name="Ivan Ivers", email="ivan@example.com")


def _own(**more: object) -> Callable[[], Context]:
    """Return what most mails tell of: an account, and when something was done to it."""
    return lambda: {"account": _mona(), "at": clock.now(), **more}


def _invitation() -> Context:
    court = Node(kind=Node.Kind.SITE, name="Maple Court")
    return {
        "invitation": Invitation(name="Mona Meier", role=Role.PROPERTY_MANAGER, node=court),
        "inviter": "Ivan Ivers",
        "path": reverse("invitation", args=["sample"]),
        "days": 7,
    }


def _support() -> Context:
    return {
        "account": _mona(),
        "helper": "Ivan Ivers",
        "helper_account": "ivan",
        "role": Role.PROPERTY_MANAGER.label,
        "at": clock.now(),
        "until": clock.now() + timedelta(hours=1),
        "minutes": 60,
    }


def _ticket(**more: bool) -> Callable[[], Context]:
    def context() -> Context:
        court = Node(kind=Node.Kind.SITE, name="Maple Court")
        ticket = Ticket(
            node=court,
            subject=_("The lobby stays dark"),
            device_label="Lobby · X916 · 0C1105AABB01",
        )
        message = SimpleNamespace(
            text=_("Since Monday the screen shows nothing. What now?"),
            pictures=SimpleNamespace(all=["lobby.jpg"]),
        )
        return {
            "ticket": ticket,
            "number": "1024",
            "message": None if more.get("is_solved") else message,
            "author": _mona(),
            "reader": _ivan(),
            "is_new": False,
            "is_solved": False,
            "path": reverse("ticket", args=[1024]),
            **more,
        }

    return context


def _message(*, is_news: bool) -> Callable[[], Context]:
    return lambda: {
        "reader": _mona(),
        "sender": "Ivan Ivers",
        "title": _("The lift is serviced"),
        "text": _("On Monday the lift stands still from nine to eleven."),
        "is_news": is_news,
        "path": reverse("message", args=[1024]),
        "ends": reverse("setting-notification"),
    }


_OWNER = gettext_lazy("the owner of the account")
_DESK = gettext_lazy("the other side of the ticket")

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "invitation",
        "tenancy/email/invitation",
        gettext_lazy("Invitation"),
        gettext_lazy("whoever is invited"),
        _invitation,
    ),
    Sample(
        "code",
        "tenancy/email/code",
        gettext_lazy("Sign-in code"),
        _OWNER,
        _own(code="482913"),
    ),
    Sample(
        "code-limit",
        "tenancy/email/code_limit",
        gettext_lazy("No more sign-in codes"),
        _OWNER,
        _own(),
    ),
    Sample(
        "reset",
        "tenancy/email/reset",
        gettext_lazy("Link to a new password"),
        _OWNER,
        _own(path="/password/sample/", minutes=30),
    ),
    Sample(
        "password-reset",
        "tenancy/email/password_reset",
        gettext_lazy("Password set by mail"),
        _OWNER,
        _own(tokens=2),
    ),
    Sample(
        "password-changed",
        "tenancy/email/password_changed",
        gettext_lazy("Password changed"),
        _OWNER,
        _own(),
    ),
    Sample(
        "factor-changed",
        "tenancy/email/factor_changed",
        gettext_lazy("Second factors changed"),
        _OWNER,
        _own(what=gettext_lazy("all second factors removed by whoever looks after your account")),
    ),
    Sample(
        "confirm-email",
        "tenancy/email/confirm_email",
        gettext_lazy("Confirmation of an e-mail address"),
        gettext_lazy("the new address"),
        _own(path="/email/sample/"),
    ),
    Sample(
        "email-wanted",
        "tenancy/email/email_wanted",
        gettext_lazy("Another e-mail address is asked for"),
        gettext_lazy("the old address"),
        _own(who="Ivan Ivers"),
    ),
    Sample(
        "email-changed",
        "tenancy/email/email_changed",
        gettext_lazy("E-mail address changed"),
        gettext_lazy("the old address"),
        _own(),
    ),
    Sample(
        "account-deleted",
        "tenancy/email/account_deleted",
        gettext_lazy("Account deleted"),
        _OWNER,
        _own(),
    ),
    Sample(
        "support-begun",
        "tenancy/email/support_begun",
        gettext_lazy("Support access began"),
        gettext_lazy("whoever is helped"),
        _support,
    ),
    Sample(
        "ticket-new",
        "helpdesk/email/ticket",
        gettext_lazy("New ticket"),
        _DESK,
        _ticket(is_new=True),
    ),
    Sample(
        "ticket-answered",
        "helpdesk/email/ticket",
        gettext_lazy("Answer in a ticket"),
        _DESK,
        _ticket(),
    ),
    Sample(
        "ticket-solved",
        "helpdesk/email/ticket",
        gettext_lazy("Ticket solved"),
        _DESK,
        _ticket(is_solved=True),
    ),
    Sample(
        "notice",
        "notices/email/notice",
        gettext_lazy("Notice"),
        gettext_lazy("whoever wants notices of this kind by mail"),
        lambda: {
            "reader": _mona(),
            "title": _("An alarm has begun"),
            "lines": [(_("%(about)s was forced open") % {"about": "Front door"}, "Maple Court")],
            "more": 1,
            "minutes": 15,
            "path": reverse("notices"),
        },
    ),
    Sample(
        "message",
        "notices/email/message",
        gettext_lazy("Message"),
        gettext_lazy("whoever takes messages by mail"),
        _message(is_news=False),
    ),
    Sample(
        "news",
        "notices/email/message",
        gettext_lazy("News and updates"),
        gettext_lazy("whoever wants news and updates"),
        _message(is_news=True),
    ),
    Sample(
        "feedback",
        "tenancy/email/feedback",
        gettext_lazy("Feedback of a user"),
        gettext_lazy("the installer's customer service"),
        lambda: {
            "author": _mona(),
            "place": Node(kind=Node.Kind.SITE, name="Maple Court"),
            "text": _("The gate is slow."),
        },
    ),
    Sample(
        "trial",
        mail_trial.TEMPLATE,
        gettext_lazy("Test mail"),
        gettext_lazy("whoever tries the mail server"),
        lambda: {"place": "smtp.example.com:587"},
    ),
)
BY_KEY = {sample.key: sample for sample in SAMPLES}
