"""No key points to a room above, and every tenant's row can be guarded."""

import pytest
from django.apps import apps
from django.db import models

from doorward.tenancy.models import Node
from doorward.tenancy.sight import TenantQuerySet
from tests.house.source import ROOMS

OURS = [
    m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("doorward")
]
# Their rows are reached through what they belong to, which is guarded.
PARTS = {"Standing"}


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def owned() -> list[type[models.Model]]:
    """Return the models whose rows belong to a node of the tree."""
    return [
        model
        for model in OURS
        if any(f.name == "node" and f.related_model is Node for f in model._meta.get_fields())
        and model.__name__ not in PARTS
    ]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_no_key_points_to_a_room_above(model: type[models.Model]) -> None:
    keys = [field for field in model._meta.get_fields() if field.is_relation and field.concrete]
    upwards = [
        field.name
        for field in keys
        if room_of(field.related_model) in ROOMS
        and ROOMS.index(room_of(field.related_model)) > ROOMS.index(room_of(model))
    ]
    assert upwards == []


@pytest.mark.parametrize("model", owned(), ids=lambda model: model.__name__)
def test_what_belongs_to_a_tenant_is_guarded(model: type[models.Model]) -> None:
    assert isinstance(model._default_manager.all(), TenantQuerySet)


def test_the_tenants_things_have_been_found() -> None:
    names = {model.__name__ for model in owned()}
    assert {"Site", "Company", "Person", "Credential", "Device", "Door", "DoorEvent"} <= names
