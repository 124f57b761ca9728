"""Why a person may open a door at a moment, or why not: the whole answer in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from doorward.access import facts, windows
from doorward.access import told as sync
from doorward.access.models import AccessGroup, Credential
from doorward.access.rights import Decision, may_open
from doorward.activity.reasons import LABELS, sentence
from doorward.devices.models import Door
from doorward.people.models import Person
from doorward.sites.words import clock_of, moment_of
from doorward.tenancy.actor import Actor


@dataclass(frozen=True)
class Answer:
    """An answer: the reason's name, what it means, and what else is to be known."""

    allowed: bool
    label: str
    sentence: str
    until: str
    because: str
    caution: str
    group: AccessGroup | None


def answer(actor: Actor, person: Person, door: Door, at: datetime) -> Answer:
    """Judge by the facts as they are now, and say it."""
    groups = facts.groups_joining([person.pk], [door.pk])
    decision = may_open(facts.person_facts(person), facts.door_facts(door), at, groups=groups)
    named = AccessGroup.objects.visible_to(actor).filter(pk=decision.group or 0).first()
    return Answer(
        allowed=decision.allowed,
        label=_(LABELS[decision.reason]),
        sentence=sentence(decision.reason, person=str(person), door=door.name, translate=_),
        until=_until(decision, door),
        because=_because(decision, door),
        caution=_caution(person, door) if decision.allowed else "",
        group=named,
    )


def _until(decision: Decision, door: Door) -> str:
    if decision.until is None:
        return ""
    when = {"moment": moment_of(door.site, decision.until)}
    if decision.allowed:
        return _("This holds until %(moment)s.") % when
    return _("The next time is %(moment)s.") % when


def _because(decision: Decision, door: Door) -> str:
    if decision.window is None:
        return ""
    return windows.describe([decision.window], _, clock_of(door.site))


def _caution(person: Person, door: Door) -> str:
    """Say why the door may refuse all the same: no card, or a device that was not told."""
    if not Credential.objects.filter(person=person).exists():
        return _("%(person)s holds no card yet, so there is nothing to show at the reader.") % {
            "person": person
        }
    known = sync.told_of([person.pk], [door]).get((person.pk, door.device_id), sync.NOTHING)
    if known.stand is sync.Stand.SYNCED and not known.leaving:
        return ""
    names = {"door": door.name, "why": known.why}
    if known.why:
        return _("%(door)s was not told yet: %(why)s") % names
    return _("%(door)s was not told yet, so it may refuse. This takes seconds.") % names
