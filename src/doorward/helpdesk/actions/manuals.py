"""Deeds on technical manuals."""

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.files.actions import delete_file, store
from doorward.files.models import StoredFile
from doorward.helpdesk.models import Manual
from doorward.kit import clock, rows
from doorward.kit.errors import Invalid
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

PDF = "application/pdf"
# Where a PDF says that it is one, and that it is whole (ISO 32000-1, 7.5.2 and 7.5.5).
_HEAD, _END, _END_WITHIN = b"%PDF-", b"%%EOF", 2_048


@transaction.atomic
def put_manual(actor: Actor, model: str, content: bytes) -> Manual:
    """Keep the manual of a model, in the place of the one before; raise `Invalid`."""
    root = Node.root()
    actor.require(Can.CHANGE_MANUAL, root)
    if not content.startswith(_HEAD) or _END not in content[-_END_WITHIN:]:
        raise Invalid({"file": _("This is no whole PDF file. Choose one.")})
    model = " ".join(model.upper().split())
    # One at a time: there is one of each model, or none yet.
    Node.objects.select_for_update(no_key=True).get(pk=root.pk)
    manual = Manual.objects.filter(model=model).select_related("file").first()
    before = manual.file if manual else None
    kept = manual or Manual(node=root, model=model)
    kept.file = store(
        actor,
        root,
        kind=StoredFile.Kind.MANUAL,
        name=f"{model}.pdf",
        content=[content],
        content_type=PDF,
    )
    kept.added_at = clock.now()
    rows.store(kept)
    told = {"model": model, "size": len(content)}
    if before is None:
        audit.record(actor, "create", kept, root, after=told)
    else:
        delete_file(before)
        audit.record(actor, "change", kept, root, after=told)
    return kept


@transaction.atomic
def remove_manual(actor: Actor, manual: Manual) -> None:
    root = Node.root()
    actor.require(Can.CHANGE_MANUAL, root)
    audit.record(actor, "delete", manual, root, before={"model": manual.model})
    file = manual.file
    manual.delete()
    delete_file(file)
