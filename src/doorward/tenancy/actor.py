"""Who acts: an account with its standings, or a part of the system by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Protocol, TypeVar, runtime_checkable
from zoneinfo import ZoneInfo

from django.db.models import Exists, Model, Q, QuerySet
from django.utils.translation import gettext as _

from doorward.kit.errors import Forbidden, Refused
from doorward.kit.prepared import Prepared
from doorward.tenancy import idempotency
from doorward.tenancy.among import Branches
from doorward.tenancy.idempotency import Answer
from doorward.tenancy.models import Account, AccountAccess, Node, Standing
from doorward.tenancy.models.tree import OUT
from doorward.tenancy.permissions import ADMINISTERS, GRANTS, ROLES, Can, Grant, Role

M = TypeVar("M", bound=Model)


class Owned(Protocol):
    """Anything that belongs to a node of the tree."""

    @property
    def node(self) -> Node: ...


@runtime_checkable
class Granting(Protocol):
    """Something that lets nodes beside its own do some things to it."""

    def granted_nodes(self, can: Can) -> Iterable[Node]: ...


@dataclass(frozen=True)
class Place:
    """A role held at a node."""

    role: Role
    node: int
    path: str
    grants: frozenset[Grant] = frozenset()

    def may(self, can: Can) -> bool:
        """Say whether its role grants this at and below its node."""
        return can in ROLES[self.role]

    @property
    def administers(self) -> frozenset[Role]:
        """Return whose accounts one looks after there."""
        return ADMINISTERS[self.role].union(*(GRANTS[grant] for grant in self.grants))

    @property
    def is_company(self) -> bool:
        return self.role is Role.COMPANY_ADMINISTRATOR

    @property
    def is_root(self) -> bool:
        return self.path.count("/") == 2


@dataclass(frozen=True)
class Acting:
    """For whom, in which role and until when somebody acts, by which visit."""

    account: Account
    role: Role
    until: datetime
    visit: int
    topic: str


# Where somebody stands at few places, and more nodes than this lie there, a question looks for the
# nodes itself: to send them takes longer than to find them.
_FEW_PLACES, _FEW_NODES = 8, 1_000
# Whose owners see the switches of support access, once that is enabled.
_HELPED = frozenset({Role.INSTALLER, Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR})


@dataclass(eq=False)
class Actor:
    """One acting party for one request, order or job; what it may see is resolved once.

    Whoever acts for another is `account` all the same, with the places of the other: what they do
    is theirs, and what is the other's own stays out of their hands.
    """

    name: str
    account: Account | None = None
    places: tuple[Place, ...] = ()
    address: str = ""
    acting: Acting | None = None
    # Whether the level above may have been let in, so that there is something to switch.
    may_be_helped: bool = False
    _below: dict[frozenset[str], frozenset[int] | Branches] = field(
        default_factory=dict, repr=False
    )
    _left: list[Callable[[], None]] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, account: Account, *, address: str = "") -> "Actor":
        told = _HELD(account.pk)
        return cls(
            name=account.username,
            account=account,
            places=tuple(
                Place(Role(role), node, path, frozenset(map(Grant, grants)))
                for role, node, path, grants, _opened in told
            ),
            address=address,
            may_be_helped=any(opened and role in _HELPED for role, *_rest, opened in told),
        )

    @classmethod
    def system(cls, name: str) -> "Actor":
        """Return a part of the system, which may everything and is named in the audit trail."""
        return cls(name=name)

    @property
    def is_system(self) -> bool:
        return self.account is None

    @property
    def topics(self) -> tuple[str, ...]:
        """Return what every page of the actor listens to."""
        return (self.account.topic,) if self.account else ()

    @property
    def bounds(self) -> tuple[str, ...]:
        """Return what ends every page of the actor, beside the end of its session."""
        return (self.acting.topic,) if self.acting else ()

    @property
    def acting_for(self) -> Account | None:
        return self.acting.account if self.acting else None

    @property
    def full_name(self) -> str:
        """Return who acts as people read it, with the name of whom it is for."""
        if self.account is None:
            return self.name
        own = self.account.get_full_name()
        if self.acting is None:
            return own
        names = {"name": own, "other": self.acting.account.get_full_name()}
        return _("%(name)s for %(other)s") % names

    @property
    def myself(self) -> Account | None:
        """Return as whom the actor is shown its own account: the one that it acts for."""
        return self.acting_for or self.account

    @property
    def zone_info(self) -> ZoneInfo | None:
        """Return in which zone times outside a site are told; None where that is UTC."""
        return self.account.zone_info if self.account else None

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(place.role for place in self.places)

    @property
    def is_personnel(self) -> bool:
        """Say whether the actor is one of the people who only open doors."""
        return Role.PERSONNEL in self.roles

    def once(self, key: str, request: bytes, act: Callable[[], str]) -> str:
        """Do what a form asks for, once for its key; return where it leads."""
        if self.account is None:
            return act()

        def answer() -> Answer:
            return Answer(HTTPStatus.FOUND, {"url": act()})

        try:
            own = self.own_key(_of_form(key))
            given = idempotency.once(self.account, own, _fingerprint(request), answer)
        except idempotency.KeyReused as reuse:
            message = _("This form was sent before with other words in it. Open it anew.")
            raise Refused("form.reused", message) from reuse
        return str(given.body["url"])

    def led(self, key: str, request: bytes) -> str | None:
        """Return where a form led that was sent before, or None if it is new."""
        if self.account is None:
            return None
        try:
            own = self.own_key(_of_form(key))
            given = idempotency.answer_before(self.account, own, _fingerprint(request))
        except idempotency.KeyReused:
            # It is refused where it would be done: then its page knows where to lead.
            return None
        return None if given is None else str(given.body["url"])

    def own_key(self, key: str) -> str:
        """Return the key of a deed as this actor's: acting for another, it is another's key."""
        if self.acting is None:
            return key
        return f"for {self.acting.account.pk} {sha256(key.encode()).hexdigest()}"

    def afterwards(self, deed: Callable[[], None]) -> None:
        """Leave something to do once the request is over, even where all it did is undone."""
        self._left.append(deed)

    def finish(self) -> None:
        """Do what was left; called outside of every transaction."""
        left, self._left = self._left, []
        for deed in left:
            deed()

    def may(self, can: Can, node: Node | None = None) -> bool:
        """Say whether a role at or above `node` (or anywhere, without one) grants this."""
        if self.is_system:
            return True
        return any(
            place.may(can) and (node is None or node.path.startswith(place.path))
            for place in self.places
        )

    def require(self, can: Can, owned: Owned) -> None:
        """Raise `Forbidden` unless the actor may do this to what the node owns."""
        self.require_any(can, [owned])

    def require_any(self, can: Can, choices: Iterable[Owned]) -> None:
        """Raise `Forbidden` unless there is one of these to which the actor may do this."""
        self._refuse_unless(any(self._may_to(can, owned) for owned in choices))

    def within(self, can: Can, rows: QuerySet[M]) -> QuerySet[M]:
        """Return those of the rows to which a role at or above their node grants this."""
        return rows if self.sees_all(can) else rows.filter(node__among=self.nodes_below(can))

    def require_all(self, can: Can, rows: QuerySet[M]) -> None:
        """Raise `Forbidden` unless the actor may do this to every one of the rows."""
        self._refuse_unless(
            self.sees_all(can) or not rows.exclude(node__among=self.nodes_below(can)).exists()
        )

    def require_in_person(self) -> None:
        """Raise `Forbidden` for whoever acts for another: what is done stays the owner's.

        So is whatever would let somebody in, or send them mail, when the hour is over.
        """
        if self.acting is not None:
            message = _(
                "You are acting for %(name)s. What would let somebody in after that stays in the"
                " owner's hands: accounts, invitations and roles, passwords, second factors,"
                " sessions, API tokens, codes of connectors, and addresses that mail goes to; so"
                " do billing, credits and the switches of support access. Ask %(name)s to do it,"
                " or end the support access to come back to your own account."
            )
            name = self.acting.account.get_full_name()
            raise Forbidden("support.barred", message % {"name": name})

    def require_system(self) -> None:
        """Raise `Forbidden` unless a part of the system acts."""
        self._refuse_unless(self.is_system)

    def _refuse_unless(self, allowed: bool) -> None:
        if not allowed:
            raise Forbidden("permission.missing", _("Your role does not allow this here."))

    def _may_to(self, can: Can, owned: Owned) -> bool:
        if self.may(can, owned.node):
            return True
        return isinstance(owned, Granting) and any(
            self.may(can, node) for node in owned.granted_nodes(can)
        )

    def sees_all(self, can: Can) -> bool:
        """Say whether everything of a kind is in view, so that no filter is needed."""
        return self.is_system or any(p.is_root for p in self._granting(can))

    def sees_below(self, can: Can, node: Node) -> bool:
        """Say whether everything of a kind at and below a node is in view."""
        return self.sees_below_path(can, node.path)

    def sees_below_path(self, can: Can, path: str) -> bool:
        """Say the same of a node of which only the path is at hand."""
        return self.is_system or any(path.startswith(p.path) for p in self._granting(can))

    def nodes_below(self, can: Can) -> frozenset[int] | Branches:
        """Return the nodes at and below where the actor may this, for the lookup `among`.

        Few are told by their ids, so that the database sees how few there are.
        """
        # What one may at the same places is resolved once.
        paths = frozenset(place.path for place in self._granting(can))
        if paths not in self._below:
            self._below[paths] = _nodes_within(paths)
        return self._below[paths]

    def nodes_above(self, can: Can) -> frozenset[int]:
        """Return the ids of the nodes at and above where the actor may this."""
        paths = (place.path for place in self._granting(can))
        return frozenset(int(step) for path in paths for step in path.strip("/").split("/"))

    def companies(self, can: Can) -> frozenset[int]:
        """Return the nodes of the companies for which the actor may this as an administrator.

        Beside what lies below, they see what their site has granted to them. To whoever stands at
        the site or above, that lies below anyway.
        """
        return frozenset(place.node for place in self._granting(can) if place.is_company)

    def is_of_companies(self, can: Can) -> bool:
        """Say whether the actor may this nowhere but as an administrator of companies."""
        return not self.is_system and all(place.is_company for place in self._granting(can))

    def sees_sites_whole(self, can: Can) -> bool:
        """Say whether there are sites in view, and everything of a kind at each of them is."""
        places = list(self._granting(Can.VIEW_SITE))
        whole = bool(places) and all(p.may(can) and not p.is_company for p in places)
        return self.is_system or whole

    def _granting(self, can: Can) -> Iterable[Place]:
        return (place for place in self.places if place.may(can) and place.role != Role.PERSONNEL)


def _held(account: int) -> "QuerySet[Standing, tuple[Any, ...]]":
    """Return role, node, path, grants and whether helpers may have been let in, of each place.

    A role at a deleted site is held, but of no use until the site is back.
    """
    opened = Exists(AccountAccess.objects.of_standing().filter(enabled=True))
    held = Standing.objects.in_force().filter(account=account)
    standings = held.exclude(node__path__startswith=f"{OUT}/").annotate(opened=opened)
    return standings.values_list("role", "node", "node__path", "grants", "opened")


_HELD = Prepared(_held)


def _nodes_within(paths: frozenset[str]) -> frozenset[int] | Branches:
    prefixes = Q()
    for path in paths:
        prefixes |= Q(path__startswith=path)
    if not prefixes:
        return frozenset()
    nodes = Node.objects.filter(prefixes).values_list("pk", flat=True)
    if len(paths) > _FEW_PLACES:
        return frozenset(nodes)
    some = frozenset(nodes[: _FEW_NODES + 1])
    return some if len(some) <= _FEW_NODES else Branches(tuple(sorted(paths)))


def _of_form(key: str) -> str:
    """Return a key that no client of the API can have."""
    return f"form {key}"


def _fingerprint(request: bytes) -> bytes:
    return idempotency.fingerprint("POST", "", request)
