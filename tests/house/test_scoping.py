"""Every query that a person can cause begins with `visible_to`, by the syntax of the surfaces."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Module, modules

SURFACES = [
    module
    for module in modules()
    if (
        module.is_in("pages", "api", "tables", "filters", "forms")
        and module.room not in {"kit", "emulator", "connector"}
    )
    or module.name in {"portal/frame.py", "portal/menu.py"}
    or module.name.startswith("portal/search/")
]
# Deleted sites are nobody's to see, but for those who may bring them back.
GUARDS = {"visible_to", "visible_apart", "seen_at", "find", "none"}
GUARDS |= {"in_order", "deleted_below", "find_deleted"}
# These take open rows and an actor, and begin with a guard themselves.
GUARDING = {"referred", "all_referred", "all_chosen"}
# What has no guard of its own, and why it is only of things in view.
EXPLAINED = {
    "access/api/credentials.py: Company.objects": "narrows credentials in view",
    "access/pages/groups.py: doors.objects": "counts only doors in view",
    "devices/api/devices.py: ShelfEntry.objects": "failures of devices in view",
    "devices/pages/devices.py: ShelfEntry.objects": "counts failures of devices in view",
    "portal/search/kinds.py: MacEntry.objects": "MACs of devices in view",
    "portal/pages/companies.py: Person.objects": "counted by companies in view of one site",
    "portal/pages/companies.py: AccessGroup.objects": "counted by companies in view of one site",
    "portal/pages/companies.py: Door.companies.through.objects": "counts only doors in view",
    "portal/pages/sites.py: Device.objects": "counted by sites in view",
    "portal/pages/sites.py: Person.objects": "counted by sites in view",
    "portal/pages/sites.py: Connector.objects": "counted by sites in view",
    "portal/pages/invitations.py: Site.objects": "the site of an invitation whose link was opened",
    "tenancy/filters.py: Authenticator.objects": "second factors of accounts in view",
    "sites/forms.py: Node.objects": "installers that the page has found for the actor",
}


def unguarded(source: str) -> Iterator[str]:
    """Yield each use of `.objects` that no guard follows, at once or by its name later."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            chain = list(_chain(node, above))
            if not GUARDS & {step.attr for step in chain if isinstance(step, ast.Attribute)} and (
                not _is_handed_to_a_guard(chain[-1], above)
                and not _is_guarded_by_name(chain[-1], above)
            ):
                yield ast.unparse(node)


def _chain(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """Yield `node` and what is asked of it, step by step: `a.objects`, `.filter`, `(…)`, …"""
    yield node
    up = above[node]
    while isinstance(up, ast.Attribute) or (isinstance(up, ast.Call) and up.func is node):
        yield up
        node, up = up, above[up]


def _is_handed_to_a_guard(rows: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Say whether the rows go to `referred(rows, …)`, or come back as `whole(rows).find(…)`."""
    call = above[rows]
    if not isinstance(call, ast.Call):
        return False
    asked = {step.attr for step in _chain(call, above) if isinstance(step, ast.Attribute)}
    return bool(GUARDS & asked) or ast.unparse(call.func).split(".")[-1] in GUARDING


def _is_guarded_by_name(rows: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Say whether `rows = …` is followed by `rows.find(…)` or `rows.visible_to(…)`."""
    home = above[rows]
    if not isinstance(home, ast.Assign) or not isinstance(home.targets[0], ast.Name):
        return False
    function: ast.AST = home
    while not isinstance(function, ast.FunctionDef | ast.Module):
        function = above[function]
    uses = [
        above[use]
        for use in ast.walk(function)
        if isinstance(use, ast.Name)
        and use.id == home.targets[0].id
        and isinstance(use.ctx, ast.Load)
    ]
    return bool(uses) and all(isinstance(u, ast.Attribute) and u.attr in GUARDS for u in uses)


@pytest.mark.parametrize("module", SURFACES, ids=lambda module: module.name)
def test_a_surface_asks_only_for_what_its_actor_sees(module: Module) -> None:
    found = [f"{module.name}: {use}" for use in unguarded(module.text)]
    assert [use for use in found if use not in EXPLAINED] == []


def test_no_explanation_outlives_what_it_explains() -> None:
    found = {f"{module.name}: {use}" for module in SURFACES for use in unguarded(module.text)}
    assert EXPLAINED.keys() - found == set()


def test_the_surfaces_have_been_found() -> None:
    assert len(SURFACES) > 20


@pytest.mark.parametrize(
    "chain",
    [
        "Door.objects.all()",
        "Door.objects.filter(site=site)",
        "Door.objects.seen_of(actor, site)",
        "Door.objects.seen_at_sites(actor)",
        "[door for door in Door.objects]",
        "f(Door.objects)",
        "Door.objects.filter(pk__in=Site.objects.visible_to(actor))",
        "rows = Door.objects.all(); rows.find(actor, pk); rows.first()",
        "listed(Door.objects.all(), actor)",
    ],
)
def test_an_open_query_is_noticed(chain: str) -> None:
    assert list(unguarded(chain))


@pytest.mark.parametrize(
    "chain",
    [
        "Door.objects.visible_to(actor).filter(site=site)",
        "Door.objects.find(actor, pk)",
        "Door.objects.select_for_update().find(actor, pk)",
        "rows = Door.objects.defer('name'); rows.find(actor, pk)",
        "referred(Door.objects.all(), actor, 1, 'door')",
        "whole(actor, Door.objects.all()).find(actor, pk)",
    ],
)
def test_a_guarded_query_passes(chain: str) -> None:
    assert list(unguarded(chain)) == []
