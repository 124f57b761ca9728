"""Searching everything over the API."""

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import refuse_unknown
from doorward.kit.api.shapes import In, Line, OneOf, Out
from doorward.portal.search import found
from doorward.portal.search.kinds import KINDS, KindName
from doorward.portal.search.typed import LONGEST, Typed
from doorward.tenancy.api import actor_of

search = Router(tags=["search"])

# Told of each kind; whoever wants all that match asks the kind's own list.
_MOST = 20

Words = Annotated[Line, Field(min_length=1, max_length=LONGEST)]
KindOf = Annotated[str, OneOf(KindName)]


class SearchFilters(In):
    """What is looked for, and of which kind: of every kind if none is given."""

    q: Words
    kind: KindOf | None = None


class SearchIn(In):
    """What is looked for, also by a whole card number, which never stands in an address."""

    q: Annotated[Words, Field(json_schema_extra={"writeOnly": True})]
    kind: KindOf | None = None


class MatchOut(Out):
    """A field by which a thing was found, and what it says."""

    field: str
    text: str


class FoundOut(Out):
    """A thing that was found; of a card, `id` is the credential's and `name` its holder's.

    `matched` names what it was found by beside its name.
    """

    kind: KindOf
    id: str
    name: str
    site: str
    site_name: str
    matched: list[MatchOut]


class SearchOut(Out):
    """What was found. `more` are kinds of which more match, `note` says what was not looked for."""

    items: list[FoundOut]
    more: list[KindOf]
    note: str


@search.get("", response=SearchOut)
def search_words(request: HttpRequest, filters: Query[SearchFilters]) -> SearchOut:
    """Search everything you can see: by names, personnel ID, e-mail, telephone, MAC or address.

    Cards are found by their last four digits; whole numbers by `POST`.
    """
    refuse_unknown(request, filters)
    return _searched(request, filters.q, filters.kind, whole_numbers=False)


@search.post("", response=SearchOut)
def search_everything(request: HttpRequest, body: SearchIn) -> SearchOut:
    """Search everything you can see, and who holds the card with a whole number.

    After many numbers that nobody holds, card numbers rest for a while and `note` says how long.
    """
    return _searched(request, body.q, body.kind, whole_numbers=True)


def _searched(
    request: HttpRequest, words: str, kind: str | None, *, whole_numbers: bool
) -> SearchOut:
    kinds = [one for one in KINDS if kind in (None, one.name)]
    findings = found.search(
        actor_of(request), Typed.of(words), most=_MOST, kinds=kinds, whole_numbers=whole_numbers
    )
    items = [_told(one) for part in findings.parts for one in part.found]
    more = [part.kind.name.value for part in findings.parts if part.has_more]
    return SearchOut(items=items, more=more, note=findings.note)


def _told(one: found.Found) -> FoundOut:
    return FoundOut(
        kind=one.kind.name.value,
        id=str(one.key),
        name=one.title,
        site=str(one.site.pk),
        site_name=one.site.name,
        matched=_matched(one.why),
    )


def _matched(why: Sequence[found.Why]) -> list[MatchOut]:
    return [MatchOut(field=fact.name, text=fact.text) for fact in why]
