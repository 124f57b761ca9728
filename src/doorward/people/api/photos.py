"""Photos of people over the API."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Router
from ninja.files import UploadedFile

from doorward.files import sending
from doorward.kit.api.shapes import PathId
from doorward.kit.errors import Hidden
from doorward.people import actions
from doorward.people.models import Person, Photo
from doorward.tenancy.api import actor_of

people_photos = Router(tags=["people"])


@people_photos.get("/{person}/photo")
def fetch_photo(request: HttpRequest, person: PathId) -> HttpResponseBase:
    """Fetch a person's photo as JPEG; without one there is nothing here."""
    actor = actor_of(request)
    row = Person.objects.find(actor, person)
    photo = Photo.objects.visible_to(actor).filter(person=row).select_related("large").first()
    if photo is None:
        raise Hidden
    return sending.send(request, photo.large)


@people_photos.put("/{person}/photo", response={204: None})
def set_photo(request: HttpRequest, person: PathId, file: File[UploadedFile]) -> None:
    """Give a person a photo, JPEG or PNG up to 5 MB, in the place of what there is.

    Send a form with the field `file`. It is turned upright and freed of what the camera wrote.
    """
    actor = actor_of(request)
    actions.set_photo(actor, Person.objects.find(actor, person), file.read())


@people_photos.delete("/{person}/photo", response={204: None})
def remove_photo(request: HttpRequest, person: PathId) -> None:
    """Delete a person's photo for good; without one nothing happens."""
    actor = actor_of(request)
    actions.remove_photo(actor, Person.objects.find(actor, person))
