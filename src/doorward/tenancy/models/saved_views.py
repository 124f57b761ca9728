"""Addresses of lists that somebody keeps by a name."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from doorward.kit import clock
from doorward.kit.errors import Hidden
from doorward.kit.fields import SealedField
from doorward.kit.rows import key_of
from doorward.tenancy.models.accounts import Account
from doorward.tenancy.models.tree import Node

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class SavedViews(models.QuerySet["SavedView"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Return one's own; nobody else's exist for anybody, nor any while one acts for another."""
        if actor.account is None or actor.acting is not None:
            return self.none()
        return self.filter(account=actor.account)

    def of_list(self, name: str, place: Node | None) -> Self:
        """Return the views of a list as it stands at a place of the tree."""
        return self.filter(list=name, place=place)

    def find(self, actor: "Actor", key: str) -> "SavedView":
        known = key_of(key)
        found = None if known is None else self.visible_to(actor).filter(pk=known).first()
        if found is None:
            raise Hidden
        return found


class SavedView(models.Model):
    """What an account wants to see of a list: search, filters, sort and columns, by a name.

    The query is sealed, since one may search for a card's number. `place` is the node whose list
    it is, none for a list that lies outside of any site.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    list = models.CharField(max_length=60)
    place = models.ForeignKey(
        Node, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=60)
    query = SealedField()
    # Shown when the list is opened without a word of what is wanted.
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = SavedViews.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("account"),
                F("list"),
                F("place"),
                Lower("name"),
                name="saved_view_name_unique",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["account", "list", "place"],
                condition=Q(is_default=True),
                name="saved_view_one_default",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name
