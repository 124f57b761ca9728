"""A person's photo: given, replaced, removed, and where pages find it."""

from collections.abc import Iterable
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from doorward.files import links
from doorward.kit.pages import Context, DeedPage, FormPage, Page
from doorward.people import actions
from doorward.people.forms import PhotoFields
from doorward.people.models import Person, Photo
from doorward.people.pages.people import PersonPart, person_url
from doorward.tenancy.permissions import Can


class PersonPhoto(PersonPart, FormPage):
    title = _("Photo")
    needs = Can.CHANGE_PERSON
    template = "people/photo.html"
    form_class = PhotoFields
    deed = _("Save photo")
    done = _("The photo was saved.")

    def context(self) -> Context:
        photo = photo_link(self, self.person)
        return {**super().context(), "person": self.person, "photo": photo}

    def save(self, form: Any) -> str:
        actions.set_photo(self.actor, self.person, form.cleaned_data["file"].read())
        return person_url(self.person)


class PersonPhotoRemove(PersonPart, DeedPage):
    needs = Can.CHANGE_PERSON
    done = _("The photo was deleted.")

    def act(self) -> None:
        actions.remove_photo(self.actor, self.person)


def photo_link(page: Page, person: Person) -> str:
    """Return where the photo of a person is, or nothing where there is none in view."""
    seen = Photo.objects.visible_to(page.actor).filter(person=person)
    return photo_links(page, seen, "large").get(person.pk, "")


def photo_links(
    page: Page, photos: Iterable[Photo], size: Literal["large", "small"]
) -> dict[int, str]:
    """Return where photos are, by person: links for who is signed in, good for minutes.

    There are none where a list is written to a file in the background, without a session.
    """
    if not hasattr(page.request, "session"):
        return {}
    session = page.request.session.session_key
    return {
        photo.person_id: links.link_for(getattr(photo, f"{size}_id"), page.actor, session=session)
        for photo in photos
    }
