"""Pages of mail on its way."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.files.lists import ListPage
from doorward.kit import mail_route
from doorward.kit.pages import Context, DeedPage
from doorward.tenancy import filters, tables
from doorward.tenancy.actions.mail import send_mail_again
from doorward.tenancy.models import Node, OutgoingMail
from doorward.tenancy.permissions import Can


class Letters(ListPage):
    """Mail of the whole installation: what became of it, never what stands in it."""

    title = _("Mail")
    template = "tenancy/mail.html"
    table = tables.Letters
    filters = filters.Letters
    needs = Can.VIEW_MAIL
    search_hint = _("Address or subject")
    empty = {
        "text": _("No mail was written yet"),
        "hint": _("Invitations, sign-in codes and links to a new password are listed here."),
        "icon": "mail",
    }

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]

    def rows(self) -> QuerySet[OutgoingMail]:
        return OutgoingMail.objects.visible_to(self.actor).defer("text", "html")

    def search(self, rows: QuerySet[OutgoingMail], words: str) -> QuerySet[OutgoingMail]:
        return rows.filter(Q(recipient__icontains=words) | Q(subject__icontains=words))

    def context(self) -> Context:
        return {
            **super().context(),
            "server": mail_route.in_force().place,
            "folder": settings.MAIL_FOLDER,
        }


class MailAgain(DeedPage):
    title = _("Send again")
    needs = Can.SEND_MAIL
    done = _("The mail goes out again.")

    def prepare(self) -> None:
        self.mail = OutgoingMail.objects.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]

    def act(self) -> None:
        send_mail_again(self.actor, self.mail)

    def way_back(self) -> str:
        return reverse("mail")
