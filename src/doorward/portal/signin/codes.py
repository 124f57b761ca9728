"""Codes sent by mail. A session keeps only the seed; the code needs the installation's key too."""

import re
import secrets
from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from doorward.kit.vault import lookup_hash
from doorward.portal.signin import cookies
from doorward.tenancy.actions.codes import count_code, forgive_code
from doorward.tenancy.actions.guesses import TooMany, in_words
from doorward.tenancy.models import Account

DIGITS = 6
LIFE = timedelta(minutes=5)
AGAIN = timedelta(seconds=60)


def new_seed() -> str:
    return secrets.token_hex(16)


def code_of(seed: str) -> str:
    number = int.from_bytes(lookup_hash("sign-in code", seed)[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def is_code_of(seed: str, typed: str) -> bool:
    """Say whether this is the code, whatever stands between its digits."""
    digits = re.sub(r"[^0-9]", "", typed)
    return bool(seed) and secrets.compare_digest(digits, code_of(seed))


def count(request: HttpRequest, account: Account) -> None:
    """Count a code that is about to be sent; raise `TooMany` where no more are sent today."""
    count_code(account, cookies.address_of(request), cookies.known_digest(request, account))


def forgive(request: HttpRequest, account: Account) -> None:
    """Count a code no longer that was used."""
    forgive_code(account, cookies.address_of(request), cookies.known_digest(request, account))


def too_many(later: TooMany) -> str:
    return _(
        "So many codes were sent without being used that no more are sent for %(wait)s. Sign in"
        " where you have signed in before, or choose a new password: then codes are sent again."
    ) % {"wait": in_words(later.wait)}
