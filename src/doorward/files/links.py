"""Short links to files: signed, for one account in one session, for a few minutes.

One that was made while acting for another counts on that visit only.

Whoever makes a link has checked the sight, as with a photo, which is seen by whoever sees the
person. A file that is its maker's own is looked for among those in view once more when it is
fetched.
"""

from django.core import signing
from django.urls import reverse

from doorward.files.models import StoredFile
from doorward.kit import clock
from doorward.kit.errors import Hidden
from doorward.kit.live import handle_of
from doorward.tenancy.actor import Actor

SECONDS = 600
_SALT = "doorward.file"
# Seen by whoever was given a link, not by whoever made them.
_SHARED = {StoredFile.Kind.PHOTO, StoredFile.Kind.PICTURE, StoredFile.Kind.MANUAL}


def link_for(file: int, actor: Actor, *, session: str | None) -> str:
    """Return the address of a file, by its key, for this account in the session of this key."""
    told = [file, *_whose(actor), handle_of(session or "")]
    return reverse("file", args=[signing.dumps(told, salt=_SALT)])


def file_of(link: str, actor: Actor, *, session: str | None) -> StoredFile:
    """Return the file that a link leads to; raise `Hidden` for a link that is not the actor's."""
    try:
        key, *whose, handle = signing.loads(link, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature as fault:
        raise Hidden from fault
    if actor.account is None or whose != _whose(actor) or handle != handle_of(session or ""):
        raise Hidden
    file = StoredFile.objects.kept(clock.now()).filter(pk=key).first()
    if file is None:
        raise Hidden
    return file if file.kind in _SHARED else StoredFile.objects.find(actor, key)


def _whose(actor: Actor) -> list[int | None]:
    return [
        actor.account.pk if actor.account else None,
        actor.acting.visit if actor.acting else None,
    ]
