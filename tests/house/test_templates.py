"""A template names no page or template of a room above its own."""

import re
from importlib import import_module

import pytest
from django.urls import URLPattern, get_resolver

from tests.house.source import ROOMS, Module, templates

_URL = re.compile(r"""{%-?\s*url\s+['"]([\w-]+)['"]""")
_TEMPLATE = re.compile(r"""{%-?\s*(?:extends|include)\s+['"]([\w-]+)/""")
_LOAD = re.compile(r"{%-?\s*load\s+([\w ]+?)\s*-?%}")
_INLINE = re.compile(
    r"""\sstyle=|\son(?:blur|change|click|focus|input|key\w+|load|mouse\w+|submit)=|<style"""
    r"""|<script(?![^>]*\ssrc=)"""
)
# An address belongs to the room of the thing it names, whichever room serves the page.
_THINGS = {
    "tenancy": (
        *("user", "users", "invitation", "account", "accounts", "audit", "mail", "mfa"),
        *("policies", "policy", "privacy", "provider", "welcome", "support"),
        *("setting", "feedback", "branding", "brand", "limits", "contact"),
        *("organisation", "organisations", "administrator", "administrators"),
    ),
    "files": ("work", "works", "file"),
    "sites": ("site", "sites", "company", "companies"),
    "people": ("person", "people"),
    "devices": (
        *("all-devices", "device", "devices", "door", "doors", "door-open", "door-tile"),
        *("command-button", "connector", "connectors", "mac", "macs"),
    ),
    "activity": ("door-log", "door-event", "alarm", "alarms"),
    "access": ("card", "credential", "group", "groups", "person-why", "pin"),
    "helpdesk": ("manual", "manuals", "ticket", "tickets"),
    "notices": ("notice", "notices", "message", "messages"),
    "portal": ("dashboard", "help", "search", "site-audit", "workbook"),
}
_ROOM = {thing: room for room, things in _THINGS.items() for thing in things}
ALL = list(templates())


def room_of_page(name: str) -> str:
    """Return the room of the thing that a page's name begins with: person-edit is of people."""
    return _ROOM.get(name) or _ROOM[re.split(r"[-_]", name)[0]]


def is_above(room: str, other: str) -> bool:
    return room in ROOMS and ROOMS.index(room) > ROOMS.index(other)


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_a_template_names_nothing_above_it(template: Module) -> None:
    pages = _URL.findall(template.text)
    upwards = [name for name in pages if is_above(room_of_page(name), template.room)]
    upwards += [r for r in _TEMPLATE.findall(template.text) if is_above(r, template.room)]
    assert upwards == []


def test_every_page_s_name_begins_with_a_thing_of_the_house() -> None:
    names = [p.name for p in get_resolver().url_patterns if isinstance(p, URLPattern)]
    assert [name for name in names if not room_of_page(str(name))] == []


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_a_template_has_no_inline_style_or_script(template: Module) -> None:
    if template.file.parent.name == "email" or template.name == "kit/templates/kit/email.html":
        # A mail is no page: its reader's program knows no style sheet of ours.
        assert "<script" not in template.text
        return
    assert _INLINE.findall(template.text) == []


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_a_template_loads_tags_of_its_own_room_or_below(template: Module) -> None:
    for libraries in _LOAD.findall(template.text):
        for library in libraries.split():
            above = [room for room in ROOMS if _has_tags(room, library)]
            assert all(not is_above(room, template.room) for room in above), library


def test_templates_have_been_found() -> None:
    assert len(ALL) > 30


def _has_tags(room: str, library: str) -> bool:
    try:
        import_module(f"doorward.{room}.templatetags.{library}")
    except ModuleNotFoundError:
        return False
    return True
