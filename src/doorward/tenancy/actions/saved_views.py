"""Keeping addresses of lists by a name; each is its owner's alone."""

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit.errors import Refused
from doorward.tenancy import audit
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, SavedView

MOST = 20
_NAME_SIZE = 60
_QUERY_SIZE = 4_000


@transaction.atomic
def save_view(actor: Actor, kind: str, place: Node | None, *, name: str, query: str) -> SavedView:
    """Keep a list's query by a name; a view of that name then shows what this query says."""
    account = _locked(actor)
    name = _written(name)
    if len(query) > _QUERY_SIZE:
        raise Refused("view.long", _("This is too much for a view. Take some filters off."))
    views = SavedView.objects.visible_to(actor).of_list(kind, place)
    view = views.filter(name__iexact=name).first()
    if view is not None:
        view.query = query
        view.save(update_fields=["query"])
        audit.record(actor, "change", view, home_of(account))
        return view
    if views.count() >= MOST:
        words = _("You have %(count)d views of this list. Delete one first.") % {"count": MOST}
        raise Refused("view.limit", words)
    view = SavedView.objects.create(account=account, list=kind, place=place, name=name, query=query)
    audit.record(actor, "create", view, home_of(account))
    return view


@transaction.atomic
def rename_view(actor: Actor, view: SavedView, name: str) -> None:
    account = _locked(actor)
    name = _written(name)
    views = SavedView.objects.visible_to(actor).of_list(view.list, view.place)
    if views.filter(name__iexact=name).exclude(pk=view.pk).exists():
        raise Refused(
            "view.name_taken", _("You have a view of this name already. Choose another name.")
        )
    before = {"name": view.name}
    view.name = name
    view.save(update_fields=["name"])
    audit.record(actor, "change", view, home_of(account), before=before, after={"name": name})


@transaction.atomic
def open_by_default(actor: Actor, view: SavedView, *, wanted: bool) -> None:
    """Open the list with this view from now on, or no longer."""
    account = _locked(actor)
    before = {"is_default": view.is_default}
    views = SavedView.objects.visible_to(actor).of_list(view.list, view.place)
    views.filter(is_default=True).exclude(pk=view.pk).update(is_default=False)
    view.is_default = wanted
    view.save(update_fields=["is_default"])
    after = {"is_default": wanted}
    audit.record(actor, "change", view, home_of(account), before=before, after=after)


@transaction.atomic
def delete_view(actor: Actor, view: SavedView) -> None:
    actor.require_in_person()
    account = own_account(actor)
    audit.record(actor, "delete", view, home_of(account))
    view.delete()


def _locked(actor: Actor) -> Account:
    """Return one's account; two windows of it then wait for each other."""
    actor.require_in_person()
    rows = Account.objects.select_for_update(no_key=True)
    account: Account = rows.get(pk=own_account(actor).pk)
    return account


def _written(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > _NAME_SIZE:
        raise Refused("view.name", _("Give the view a name of up to 60 characters."))
    return name
