"""Pages of connectors: the agents on site, and how one is let in."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.devices import tables
from doorward.devices.actions import connectors as actions
from doorward.devices.forms import ConnectorFields
from doorward.devices.models import Connector, Device
from doorward.files.lists import ListPage
from doorward.kit import clock, vault
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage
from doorward.sites.models import Site
from doorward.sites.pages import SitePage
from doorward.tenancy.editing import EditPage
from doorward.tenancy.permissions import Can

_TITLE = _("Connectors")
# Where a connector listens for its devices, on whatever network they see it.
_CALLS = "0.0.0.0:8088"


class Connectors(SitePage, ListPage):
    title = _TITLE
    table = tables.Connectors
    empty = {
        "text": _("No connector yet"),
        "hint": _("A connector runs on a computer on site and reaches the devices from there."),
        "icon": "router",
    }

    def rows(self) -> QuerySet[Connector]:
        shown = Connector.objects.seen_at(self.actor, self.site)
        return shown.annotate(device_count=Count("devices"))

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_CONNECTOR, self.site.node):
            return None
        return _("Add a connector"), reverse("connector-new", args=[self.site.pk])

    def topics(self) -> Iterable[str]:
        return [f"site:{self.site.pk}:devices"]


class ConnectorPage(SitePage):
    """A page about one connector of the site."""

    def prepare(self) -> None:
        super().prepare()
        connectors = Connector.objects.filter(site=self.site)
        self.connector = connectors.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.connector]

    def trail(self) -> Iterable[Crumb]:
        return [_up(self.site), (self.connector.name, connector_url(self.connector))]

    def way_back(self) -> str:
        return connector_url(self.connector)


class ConnectorShow(ConnectorPage):
    """The connector; right after its code was made, the code, once."""

    template = "devices/connector.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.connector.name

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "awaited" in request.GET and self.connector.code_expires_at:
            # Nothing has changed yet; an answer with a body would take the code off the page.
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return self.show()

    def trail(self) -> Iterable[Crumb]:
        return [_up(self.site)]

    def topics(self) -> Iterable[str]:
        return [f"connector:{self.connector.pk}"]

    def context(self) -> Context:
        code = _take_code(self.request, self.connector)
        devices = Device.objects.visible_to(self.actor).filter(connector=self.connector)
        ends = self.connector.code_expires_at
        return {
            **super().context(),
            "code_ran_out": ends is not None and ends <= clock.now(),
            "connector": self.connector,
            "devices": devices.select_related("connector").order_by("name"),
            "may_change": self.actor.may(Can.CHANGE_CONNECTOR, self.site.node),
            "may_see_devices": self.actor.may(Can.VIEW_DEVICE, self.site.node),
            "code": code,
            "command": _command(code) if code else "",
        }


class ConnectorNew(SitePage, FormPage):
    title = _("Add a connector")
    needs = Can.CHANGE_CONNECTOR
    in_person = True
    form_class = ConnectorFields
    deed = _("Add connector")

    def trail(self) -> Iterable[Crumb]:
        return [_up(self.site)]

    def way_back(self) -> str:
        return reverse("connectors", args=[self.site.pk])

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        name = form.cleaned_data["name"]
        connector, code = actions.create_connector(self.actor, self.site, name=name)
        _keep_code(self.request, connector, code)
        return connector_url(connector)


class ConnectorRename(ConnectorPage, EditPage):
    title = _("Rename connector")
    needs = Can.CHANGE_CONNECTOR
    form_class = ConnectorFields
    deed = _("Save name")
    done = _("The connector has its new name.")

    def initial(self) -> Context:
        return {"name": self.connector.name}

    def save(self, form: Any) -> str:
        name = form.cleaned_data["name"]
        actions.rename_connector(self.actor, self.connector, name=name)
        return self.way_back()


class ConnectorCode(ConnectorPage, DeedPage):
    title = _("New code")
    needs = Can.CHANGE_CONNECTOR
    in_person = True

    def act(self) -> None:
        code = actions.renew_code(self.actor, self.connector)
        _keep_code(self.request, self.connector, code)


class ConnectorRevoke(ConnectorPage, DeedPage):
    title = _("Revoke")
    needs = Can.CHANGE_CONNECTOR
    done = _("The connector is shut out. A new code lets it in again.")

    def act(self) -> None:
        actions.revoke_connector(self.actor, self.connector)


class ConnectorDelete(ConnectorPage, DeedPage):
    title = _("Delete")
    needs = Can.CHANGE_CONNECTOR
    done = _("The connector is deleted.")

    def act(self) -> None:
        actions.delete_connector(self.actor, self.connector)

    def way_back(self) -> str:
        # After the deed the row has no key any more.
        if self.connector.pk is None:
            return reverse("connectors", args=[self.site.pk])
        return super().way_back()


def connector_url(connector: Connector) -> str:
    return reverse("connector", args=[connector.site_id, connector.pk])


def _up(site: Site) -> Crumb:
    return _TITLE, reverse("connectors", args=[site.pk])


def _command(code: str) -> str:
    """Return what is typed on site to start the connector, let it in, and have devices call it."""
    cloud = settings.BASE_URL.replace("http", "ws", 1)
    where = f"--cloud {cloud}/link --data ./connector --calls {_CALLS}"
    return f"doorward connector {where} --code {code}"


def _keep_code(request: HttpRequest, connector: Connector, code: str) -> None:
    """Carry a code over the redirect to the page that shows it: sealed, and taken once."""
    request.session[_place(connector)] = vault.seal_text(code)


def _take_code(request: HttpRequest, connector: Connector) -> str:
    sealed = request.session.pop(_place(connector), "")
    return vault.unseal_text(sealed) if sealed else ""


def _place(connector: Connector) -> str:
    return f"connector-code-{connector.pk}"
