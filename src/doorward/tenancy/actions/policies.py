"""Deeds on privacy policies: one draft is written, then published, and stays as it is."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.kit.errors import Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, PolicyText, PrivacyPolicy
from doorward.tenancy.models.accounts import Step
from doorward.tenancy.permissions import Can

LONGEST = 200_000


@transaction.atomic
def begin_draft(actor: Actor) -> PrivacyPolicy:
    """Return the draft; a new one begins with the texts that are in force."""
    root = _root(actor)
    newest = PrivacyPolicy.objects.newest()
    draft, is_new = PrivacyPolicy.objects.get_or_create(node=root, published_at=None)
    if is_new:
        texts = newest.texts.order_by("pk") if newest else ()
        PolicyText.objects.bulk_create(
            PolicyText(policy=draft, language=one.language, text=one.text) for one in texts
        )
        audit.record(actor, "create", draft, root)
    return draft


@transaction.atomic
def write_draft(actor: Actor, policy: PrivacyPolicy, texts: Mapping[str, str]) -> None:
    """Keep what the draft says, by language; an empty text takes its language out."""
    root = _root(actor)
    draft = _draft(policy)
    before = {one.language: one.text for one in draft.texts.all()}
    after = {language: _tidy(text) for language, text in texts.items() if text.strip()}
    faults = {
        language: _("This is longer than a policy can be. Shorten it.")
        for language, text in after.items()
        if len(text) > LONGEST
    }
    if faults:
        raise Invalid(faults)
    changed = [code for code in sorted({*before, *after}) if before.get(code) != after.get(code)]
    if not changed:
        return
    draft.texts.exclude(language__in=after).delete()
    for code in changed:
        if code in after:
            draft.texts.update_or_create(language=code, defaults={"text": after[code]})
    # What it says stands in the draft itself; here, how much of it.
    lengths = [{f"text_{c}": len(told.get(c, "")) for c in changed} for told in (before, after)]
    audit.record(actor, "change", draft, root, before=lengths[0], after=lengths[1])


@transaction.atomic
def discard_draft(actor: Actor, policy: PrivacyPolicy) -> None:
    root = _root(actor)
    draft = _draft(policy)
    audit.record(actor, "delete", draft, root)
    draft.delete()


@transaction.atomic
def publish(actor: Actor, policy: PrivacyPolicy) -> PrivacyPolicy:
    """Put the draft in force: everybody is asked at their next page."""
    root = _root(actor)
    draft = _draft(policy)
    if not draft.texts.filter(language=settings.LANGUAGE_CODE).exists():
        language = dict(settings.LANGUAGES)[settings.LANGUAGE_CODE]
        message = _("Write the text in %(language)s first: who reads no other gets this one.")
        raise Refused("policy.no_text", message % {"language": language})
    last = PrivacyPolicy.objects.published().aggregate(last=Max("version"))["last"]
    draft.version, draft.published_at = (last or 0) + 1, clock.now()
    draft.save(update_fields=["version", "published_at"])
    Account.objects.exclude(awaits=Step.POLICY).update(awaits=Step.POLICY)
    audit.record(actor, "publish", draft, root, after={"version": draft.version})
    return draft


def _root(actor: Actor) -> Node:
    """Return the operator's node, locked: one at a time writes or publishes."""
    root = Node.objects.select_for_update(no_key=True).get(parent=None)
    actor.require(Can.CHANGE_POLICY, root)
    return root


def _draft(policy: PrivacyPolicy) -> PrivacyPolicy:
    draft = PrivacyPolicy.objects.drafts().filter(pk=policy.pk).first()
    if draft is None:
        message = _("What is published does not change any more. Write a new version.")
        raise Refused("policy.published", message)
    return draft


def _tidy(text: str) -> str:
    """Return a text with the line ends of this house and nothing around it."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
