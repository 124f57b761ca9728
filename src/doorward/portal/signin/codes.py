"""Codes sent by mail. A session keeps only the seed; the code needs the installation's key too."""

import re
import secrets
from datetime import timedelta

from doorward.kit.vault import lookup_hash

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
