"""Asking for an import: the file is kept, sealed, and looked at in the background."""

from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from doorward.files import actions as files
from doorward.files.models import StoredFile, Work
from doorward.kit.errors import Invalid, Refused
from doorward.kit.sheets import Unreadable
from doorward.kit.sheets.kinds import workbook_in
from doorward.portal.importing.plan import Choices
from doorward.portal.importing.works import CHECK, IMPORT
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can


@transaction.atomic
def ask_for_check(actor: Actor, site: Site, sent: UploadedFile, choices: Choices) -> Work:
    """Keep a file and let it be looked at; raise `Invalid` for one that is no sheet."""
    return _ask(actor, site, sent, choices, CHECK)


@transaction.atomic
def ask_at_once(actor: Actor, site: Site, sent: UploadedFile, choices: Choices) -> Work:
    """Keep a file and let it be imported without a look before: all of it, or nothing."""
    return _ask(actor, site, sent, choices, IMPORT)


@transaction.atomic
def ask_for_import(actor: Actor, work: Work) -> Work:
    """Let a file be imported that was looked at, as long as that would do the same."""
    if not may_follow(work):
        message = _("This file has faults or was not looked at to its end. Send it once more.")
        raise Refused("import.unchecked", message)
    return files.start_work(
        actor,
        work.node,
        kind=IMPORT,
        title=work.title,
        parameters={**work.parameters, "confirmed": work.counts},
        source=work.source,
    )


def may_follow(work: Work) -> bool:
    """Say whether a check lets an import follow: it is done, without a fault, and would do much."""
    counts = work.counts
    return (
        work.kind == CHECK
        and work.state == Work.State.DONE
        and not work.fault_count
        and counts.get("created", 0) + counts.get("changed", 0) > 0
    )


def _ask(actor: Actor, site: Site, sent: UploadedFile, choices: Choices, kind: str) -> Work:
    node = _place(actor, site)
    try:
        workbook_in(cast(BinaryIO, sent.file))
    except Unreadable as refusal:
        raise Invalid({"file": refusal.message}) from refusal
    sent.seek(0)
    name = sent.name or "people"
    file = files.store(
        actor,
        node,
        kind=StoredFile.Kind.IMPORT,
        name=name,
        content=sent.chunks(),
        content_type=sent.content_type or "application/octet-stream",
    )
    return files.start_work(
        actor,
        node,
        kind=kind,
        title=_("People from %(file)s") % {"file": file.name[:120]},
        parameters={
            "site": site.pk,
            "update": choices.update,
            "create_groups": choices.create_groups,
        },
        source=file,
    )


def _place(actor: Actor, site: Site) -> Node:
    """Return where the work belongs: the site, or the first company that the actor manages."""
    if actor.may(Can.CHANGE_PERSON, site.node):
        return site.node
    companies = Company.objects.visible_to(actor).filter(site=site).select_related("node")
    managed = [one for one in companies.order_by("pk") if actor.may(Can.CHANGE_PERSON, one.node)]
    actor.require_any(Can.CHANGE_PERSON, managed)
    return managed[0].node
