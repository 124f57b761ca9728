"""Passwords that we make: no rule for passwords ever refuses one."""

import pytest
from django.contrib.auth.password_validation import validate_password

from doorward.tenancy.models import Account
from doorward.tenancy.passwords import generated

NAMES = ["ivan", "olga", "sven", "dora", "sina", "operator", "installer"]


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_refuses_a_generated_password(name: str) -> None:
    account = Account(username=name, name=name.title(), email=f"{name}@example.com")
    for _ in range(200):
        validate_password(generated(), account)


def test_generated_passwords_differ() -> None:
    assert len({generated() for _ in range(200)}) == 200
