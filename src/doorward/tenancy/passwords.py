"""What is no password: too short, known from leaks, or made from the account's own name."""

import re
import secrets
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Role

LONG, SHORT = 10, 8
# Of what passwords are made that we make: no vowel, nor a digit that is read as one.
_SPELT, _LENGTH = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ26789", 14
# Names shorter than this are in too many words by chance.
_NAME_LENGTH = 4
# What people put around a word, and for its letters, when they are asked for more.
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("013457@$!", "oieastasi")


def shortest_for(user: Account | None) -> int:
    """Return how long a password has to be: whoever only opens doors gets by with less."""
    if user is None or user.pk is None:
        return LONG
    roles = {standing.role for standing in user.standings.all()}
    return SHORT if roles == {Role.PERSONNEL} else LONG


class LengthValidator:
    """Long enough for what the account may do."""

    def validate(self, password: str, user: Account | None = None) -> None:
        shortest = shortest_for(user)
        if len(password) < shortest:
            raise ValidationError(_too_short(shortest), code="password.short")

    def get_help_text(self) -> str:
        return _too_short(LONG)


class NameValidator:
    """Not made from the account's user name or address."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if user is None:
            return
        names = {user.username, user.email.partition("@")[0]}
        found = password.casefold()
        if any(len(n) >= _NAME_LENGTH and n.casefold() in found for n in names):
            raise ValidationError(self.get_help_text(), code="password.name")

    def get_help_text(self) -> str:
        return _("A password must not contain the account's name. Choose another.")


class LeakedValidator(CommonPasswordValidator):
    """In no list of leaked passwords, dressed up or not: "P4ssword2024!" is "password"."""

    # Any: Django validates for users of any model.
    def validate(self, password: str, user: Any = None) -> None:
        plain = password.lower().strip()
        bare = _AROUND.sub("", plain)
        forms = {plain, bare, bare.translate(_LEET), _AROUND.sub("", plain.translate(_LEET))}
        if any(len(form) >= _NAME_LENGTH and form in self.passwords for form in forms):
            raise ValidationError(self.get_help_text(), code="password.leaked")

    def get_help_text(self) -> str:
        return _("This password is known from leaks. Choose one that nobody uses elsewhere.")


def _too_short(shortest: int) -> str:
    return ngettext(
        "Use at least %(count)d character. A sentence is a good password.",
        "Use at least %(count)d characters. A sentence is a good password.",
        shortest,
    ) % {"count": shortest}


def generated() -> str:
    """Return a password of 75 bits that no rule refuses: without vowels no name is in it."""
    return "".join(secrets.choice(_SPELT) for _ in range(_LENGTH))
