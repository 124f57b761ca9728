"""Asking for an import of people, for a site or for a company there."""

from django.core.files.uploadedfile import UploadedFile

from doorward.files.models import Work
from doorward.portal.importing.plan import Choices
from doorward.portal.importing.works import PEOPLE_IMPORT
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can


def ask_for_check(actor: Actor, site: Site, sent: UploadedFile, choices: Choices) -> Work:
    """Keep a file and let it be looked at; raise `Invalid` for one that is no sheet."""
    return PEOPLE_IMPORT.ask(actor, _place(actor, site), sent, choices.parameters(site.pk))


def ask_at_once(actor: Actor, site: Site, sent: UploadedFile, choices: Choices) -> Work:
    """Keep a file and let it be imported without a look before: all of it, or nothing."""
    told = choices.parameters(site.pk)
    return PEOPLE_IMPORT.ask_at_once(actor, _place(actor, site), sent, told)


def _place(actor: Actor, site: Site) -> Node:
    """Return where the work belongs: the site, or the first company that the actor manages."""
    if actor.may(Can.CHANGE_PERSON, site.node):
        return site.node
    companies = Company.objects.visible_to(actor).filter(site=site).select_related("node")
    managed = [one for one in companies.order_by("pk") if actor.may(Can.CHANGE_PERSON, one.node)]
    actor.require_any(Can.CHANGE_PERSON, managed)
    return managed[0].node
