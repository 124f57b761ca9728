"""Photos of people: which files hold them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from doorward.files.models import StoredFile
from doorward.kit import clock
from doorward.people.models.people import Person
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class Photos(TenantQuerySet["Photo"]):
    """Whoever sees a person sees the face."""

    sees = Can.VIEW_PERSON
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        return Q(person__account=actor.account) if actor.is_personnel else NOTHING


class Photo(models.Model):
    """A person's photo: a picture for their page and a square for lists."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="photo")
    large = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")
    small = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = Photos.as_manager()

    def __str__(self) -> str:
        return f"photo of {self.person_id}"
