"""Why a person may open a door at a moment, or why not: the whole answer in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from doorward.access import facts
from doorward.access.models import AccessGroup, Credential
from doorward.access.rights import Decision, may_open
from doorward.access.told import NOTHING, Stand, told_of
from doorward.activity.reasons import LABELS, sentence
from doorward.devices.models import Door
from doorward.people.models import Person
from doorward.sites.words import moment_of
from doorward.tenancy.actor import Actor


@dataclass(frozen=True)
class Answer:
    """A judgement and what it says; `group` is what lets in, where the actor sees it."""

    person: Person
    door: Door
    decision: Decision
    group: AccessGroup | None

    @property
    def allowed(self) -> bool:
        return self.decision.allowed

    @property
    def label(self) -> str:
        return _(LABELS[self.decision.reason])

    @property
    def sentence(self) -> str:
        names = {"person": str(self.person), "door": self.door.name}
        return sentence(self.decision.reason, **names, translate=_)

    @property
    def until(self) -> str:
        """Say when the answer turns; empty where it does not."""
        if self.decision.until is None:
            return ""
        when = {"moment": moment_of(self.door.site, self.decision.until)}
        if self.allowed:
            return _("This holds until %(moment)s.") % when
        return _("The next time is %(moment)s.") % when

    @property
    def because(self) -> str:
        """Say the hours that let in, as the site writes times."""
        if self.decision.window is None:
            return ""
        return facts.hours_words([self.decision.window], self.door.site)


def answer(actor: Actor, person: Person, door: Door, at: datetime) -> Answer:
    """Judge by the facts as they are now."""
    groups = facts.groups_joining([person.pk], [door.pk])
    decision = may_open(facts.person_facts(person), facts.door_facts(door), at, groups=groups)
    named = AccessGroup.objects.visible_to(actor).filter(pk=decision.group or 0).first()
    return Answer(person, door, decision, named)


def caution(person: Person, door: Door) -> str:
    """Say why a door may refuse all the same: no credential, or a device that was not told."""
    if not Credential.objects.filter(person=person).exists():
        return _(
            "%(person)s holds neither card nor PIN yet, so there is nothing to show at the door."
        ) % {"person": person}
    known = told_of([person.pk], [door]).get((person.pk, door.device_id), NOTHING)
    if known.stand is Stand.SYNCED and not known.leaving:
        return ""
    names = {"door": door.name, "why": known.why}
    if known.why:
        return _("%(door)s was not told yet: %(why)s") % names
    return _("%(door)s was not told yet, so it may refuse. This takes seconds.") % names
