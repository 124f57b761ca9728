"""Deeds on photos of people."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from doorward.files.actions import delete_files, store
from doorward.files.models import StoredFile
from doorward.kit.errors import Invalid
from doorward.people import portraits
from doorward.people.actions.holding import hold
from doorward.people.models import Person, Photo
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

JPEG = "image/jpeg"


def set_photo(actor: Actor, person: Person, content: bytes) -> Photo:
    """Give a person a photo in the place of what there is; raise `Invalid` at the field "file"."""
    actor.require(Can.CHANGE_PERSON, person)
    # Before anything is locked: this takes a moment.
    try:
        portrait = portraits.read(content)
    except portraits.PortraitError as fault:
        raise Invalid({"file": _(str(fault))}) from fault
    with transaction.atomic():
        held = hold(actor, [person])[person.pk]
        forget_photos([held.pk])
        photo = Photo.objects.create(
            node=held.node,
            person=held,
            large=_stored(actor, held, portrait.large, "photo.jpg"),
            small=_stored(actor, held, portrait.small, "face.jpg"),
        )
        audit.record(actor, "set photo", held, held.node)
    return photo


@transaction.atomic
def remove_photo(actor: Actor, person: Person) -> None:
    """Let a person's photo go; without one nothing happens."""
    held = hold(actor, [person])[person.pk]
    if forget_photos([held.pk]):
        audit.record(actor, "remove photo", held, held.node)


def forget_photos(people: Collection[int]) -> int:
    """Delete the photos of people with their files; the caller requires and records."""
    photos = list(Photo.objects.filter(person__in=people).select_related("large", "small"))
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    delete_files([file for photo in photos for file in (photo.large, photo.small)])
    return len(photos)


def follow_people(people: Collection[int]) -> None:
    """Let the photos of people who have moved belong where their people are."""
    if not people:
        return
    photos = Photo.objects.filter(person__in=people)
    home = Person.objects.filter(pk=OuterRef("person")).values("node")
    photos.update(node=Subquery(home))
    for size in ("large", "small"):
        file_home = Photo.objects.filter(**{size: OuterRef("pk")}).values("node")
        files = StoredFile.objects.filter(pk__in=photos.values(size))
        files.update(node=Subquery(file_home))


def _stored(actor: Actor, person: Person, content: bytes, name: str) -> StoredFile:
    return store(
        actor,
        person.node,
        kind=StoredFile.Kind.PHOTO,
        name=name,
        content=[content],
        content_type=JPEG,
    )
