"""Models and migrations say the same, and commands of `doorward manage` may run."""

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nothing_keeps_a_command_from_running() -> None:
    call_command("check")
