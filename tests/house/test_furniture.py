"""What the house will not have, and how large its pieces may be."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Module, modules

UNNAMED = {
    *("utils", "util", "helpers", "helper", "common", "constants", "managers", "services"),
    *("handlers", "signals", "misc", "base", "core"),
}
LINES = 600
STATEMENTS = 40
ALL = list(modules())


def ids(module: Module) -> str:
    return module.name


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_the_house_has_been_found() -> None:
    assert len(ALL) > 100


@pytest.mark.parametrize("module", ALL, ids=ids)
def test_a_module_keeps_the_rules_of_the_house(module: Module) -> None:
    faults = [fault for rule in RULES for fault in rule(module)]
    assert faults == []


def _is_too_long(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > LINES:
        yield f"{lines} lines"


def _has_no_name(module: Module) -> Iterator[str]:
    if set(module.name.removesuffix(".py").split("/")) & UNNAMED:
        yield "a name that says nothing"


def _says_nothing_of_itself(module: Module) -> Iterator[str]:
    if module.text.strip() and not ast.get_docstring(module.tree):
        yield "no line that says what it is for"


def _imports_late(module: Module) -> Iterator[str]:
    for function in functions(module):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"line {node.lineno}: an import inside a function"


def _imports_stars_or_neighbours(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"line {node.lineno}: a relative import"
            if any(alias.name == "*" for alias in node.names):
                yield f"line {node.lineno}: a star"


def _sends_signals(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        source = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if "signals" in source and source.startswith(("django", "allauth")):
            yield f"line {node.lineno}: a signal of Django"


def _fetches_models_by_name(module: Module) -> Iterator[str]:
    yield from (f"{call}()" for call in calls(module) if call.endswith("get_model"))


def _overrides_save(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and module.is_in("models"):
            names = {child.name for child in node.body if isinstance(child, ast.FunctionDef)}
            if names & {"save", "delete", "save_base"}:
                yield f"{node.name} overrides save() or delete()"


def _tells_the_time_itself(module: Module) -> Iterator[str]:
    if module.name == "kit/clock.py" or module.room not in DJANGO_ROOMS:
        return
    for call in calls(module):
        if call in {"datetime.now", "datetime.utcnow", "timezone.now", "date.today"}:
            yield f"{call}() beside kit.clock"


def _swallows_everything(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            passed_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if caught in {"everything", "Exception", "BaseException"} and not passed_on:
                yield f"line {node.lineno}: catches {caught}"


def _grows_too_deep(module: Module) -> Iterator[str]:
    for function in functions(module):
        statements = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
        if statements > STATEMENTS:
            yield f"{function.name}: {statements} statements"


DJANGO_ROOMS = {
    "tenancy",
    "files",
    "sites",
    "people",
    "devices",
    "activity",
    "access",
    "helpdesk",
    "notices",
    "portal",
    "gateway",
}
RULES = (
    *(_is_too_long, _has_no_name, _says_nothing_of_itself, _imports_late),
    *(_imports_stars_or_neighbours, _sends_signals, _fetches_models_by_name, _overrides_save),
    *(_tells_the_time_itself, _swallows_everything, _grows_too_deep),
)
