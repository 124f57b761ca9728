"""Looking for everything at once: a fixed number of bounded questions, whatever there is."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from doorward.access.actions.credentials import match_of
from doorward.access.models import Credential
from doorward.portal.search.kinds import (
    CARD,
    KINDS,
    POOL,
    SITE,
    Kind,
    is_asked_for,
    url_of_list,
)
from doorward.portal.search.marks import Piece, has_all, marked, of_digits, of_words
from doorward.portal.search.typed import Typed
from doorward.sites.models import Site
from doorward.tenancy.actions import guesses
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.permissions import Can

# Sites whose lists are offered to go on in.
_LISTS = 5


@dataclass(frozen=True)
class Why:
    """A fact by which something was found."""

    name: str
    label: Promise
    pieces: Sequence[Piece]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Found:
    """One thing that was found, as it is shown."""

    kind: Kind
    key: int
    title: str
    pieces: Sequence[Piece]
    hint: str
    why: Sequence[Why]
    site: Site
    url: str

    @property
    def where(self) -> str:
        """Return the site's name, unless it is the site itself that was found."""
        return "" if self.kind is SITE else self.site.name


@dataclass(frozen=True)
class Part:
    """What was found of a kind; `lists` are the names and addresses of lists with more of it."""

    kind: Kind
    found: Sequence[Found]
    has_more: bool
    lists: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Findings:
    """What was found, kind by kind, and what is to be said of the search itself."""

    parts: Sequence[Part]
    note: str = ""


@dataclass(frozen=True)
class _Question:
    typed: Typed
    most: int
    near: Site | None


def search(
    actor: Actor,
    typed: Typed,
    *,
    most: int,
    kinds: Collection[Kind] = KINDS,
    near: Site | None = None,
    whole_numbers: bool = True,
) -> Findings:
    """Return what the actor may see of what was meant, at most so many of each kind.

    What is `near` comes first. Whole card numbers are looked up unless it is told otherwise, and
    one that nobody holds is a guess: after many of them they rest, and everything else goes on.
    """
    rows: dict[Kind, list[Any]] = {}
    asked = [kind for kind in kinds if actor.may(kind.can)] if actor.may(Can.VIEW_SITE) else []
    for kind in asked:
        rows[kind] = kind.find(actor, typed) if is_asked_for(kind, typed) else []
    note = ""
    if whole_numbers and CARD in rows and typed.cards:
        held, note = _held(actor, typed, known=any(rows.values()))
        rows[CARD] = held + [card for card in rows[CARD] if card not in held]
    sites = _sites(actor, rows)
    question = _Question(typed, most, near)
    parts = (_part(kind, some, sites, question) for kind, some in rows.items())
    return Findings([part for part in parts if part.found], note)


def _held(actor: Actor, typed: Typed, *, known: bool) -> tuple[list[Credential], str]:
    """Return the cards with this number, and a sentence where too many were tried."""
    if actor.account is None:
        return [], ""
    account, source = str(actor.account.pk), actor.address
    try:
        attempt = guesses.begin(Purpose.CARD, account=account, source=source)
    except guesses.TooMany as rest:
        sentence = _(
            "Card numbers are not looked up for now: too many that nobody holds were tried. "
            "Try again in %(wait)s."
        )
        return [], sentence % {"wait": guesses.in_words(rest.wait)}
    matches = [match_of(number) for number in typed.cards]
    held = list(CARD.base(actor).filter(kind=Credential.Kind.CARD, match__in=matches)[:POOL])
    # A telephone number, an ID or a MAC is no guess.
    if held or known:
        attempt.forgive()
    return held, ""


def _sites(actor: Actor, rows: Mapping[Kind, Sequence[Any]]) -> dict[int, Site]:
    """Return the sites in view of what was found: without its site nothing has a page."""
    keys = {kind.site(row) for kind, some in rows.items() for row in some}
    return {site.pk: site for site in Site.objects.visible_to(actor).filter(pk__in=keys)}


def _part(kind: Kind, rows: Sequence[Any], sites: Mapping[int, Site], question: _Question) -> Part:
    typed, most = question.typed, question.most
    ranked = sorted(
        (row for row in rows if kind.site(row) in sites),
        key=lambda row: _rank(kind, row, question),
    )
    shown = [_shown(kind, row, typed, sites[kind.site(row)]) for row in ranked[:most]]
    has_more = len(ranked) > most
    return Part(kind, shown, has_more, _lists(kind, shown, typed) if has_more else [])


def _rank(kind: Kind, row: Any, question: _Question) -> tuple[int, bool, str, int]:
    typed, near = question.typed, question.near
    title, text = kind.title(row).lower(), typed.text.lower()
    begins = all(re.search(rf"(^|\W){re.escape(word)}", title) for word in typed.words)
    leads = begins and title.startswith(typed.words[:1])
    alike = has_all([title], typed.words)
    steps = (title == text, title.startswith(text), leads, begins, alike)
    place = next((place for place, fits in enumerate(steps) if fits), len(steps))
    return place, near is not None and kind.site(row) != near.pk, title, row.pk


def _shown(kind: Kind, row: Any, typed: Typed, site: Site) -> Found:
    title = kind.title(row)
    return Found(
        kind=kind,
        key=row.pk,
        title=title,
        pieces=marked(title, of_words(typed)),
        hint=kind.hint(row),
        why=_why(kind, row, title, typed),
        site=site,
        url=kind.address(row),
    )


def _why(kind: Kind, row: Any, title: str, typed: Typed) -> list[Why]:
    """Return the facts by which it was found, none where its name says it all."""
    facts = kind.facts(row)
    if kind is CARD:
        return [Why(name, label, marked(text, re.compile("[^•]+"))) for name, label, text in facts]
    if typed.words and has_all([title], typed.words):
        return []
    patterns = [of_words(typed), of_digits(typed.phone), of_digits(typed.mac)]
    told = []
    for name, label, text in facts:
        hits = (pattern for pattern in patterns if pattern and pattern.search(text))
        if wanted := next(hits, None):
            told.append(Why(name, label, marked(text, wanted)))
    return told


def _lists(kind: Kind, shown: Sequence[Found], typed: Typed) -> list[tuple[str, str]]:
    """Return the lists in which one goes on; what may be a card number never goes along."""
    if typed.cards or kind is CARD:
        return []
    sites = {one.site.pk: one.site.name for one in shown}
    if kind is SITE:
        return [(str(kind.label), url_of_list(kind, 0, typed.text))]
    named = list(sites.items())[:_LISTS]
    return [(name, url_of_list(kind, key, typed.text)) for key, name in named]
