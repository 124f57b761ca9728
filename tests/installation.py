"""A pretend installation for the tests: its key, its folder, and a database on demand."""

import atexit
import base64
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connections

from doorward.kit.env import DATA, DATABASE_URL, database_settings
from doorward.supervisor.postgres import DATABASE
from tests.clusters import running_copy

# Where the database will be is known only once a test asks for it.
NOWHERE = "postgresql://nobody@/nothing?host=/nonexistent"
GIVEN = os.environ.get(DATABASE_URL)


def set_up() -> None:
    """Set Django up without a database; child processes inherit nothing of this."""
    before = dict(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorward.settings")
    os.environ.setdefault(DATABASE_URL, NOWHERE)
    os.environ[DATA] = str(_folder())
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every client of a test would look through all static files first.
    settings.WHITENOISE_AUTOREFRESH = True
    # Tests hold their connections themselves, and Django drops the database under the pool.
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    django.setup()
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@contextmanager
def database() -> Iterator[None]:
    """Point Django at the database of the environment, or at a throwaway one."""
    if GIVEN:
        yield
        return
    with running_copy() as url:
        chosen = connections["default"].settings_dict
        chosen.update(database_settings(url))
        # The copy has its tables already, and that of the tests begins as it is.
        chosen["TEST"]["TEMPLATE"] = DATABASE
        yield


def _folder() -> Path:
    temporary = tempfile.TemporaryDirectory(prefix="doorward-tests-")
    atexit.register(temporary.cleanup)
    folder = Path(temporary.name)
    (folder / "secrets").mkdir()
    (folder / "static").mkdir()
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    (folder / "secrets" / "master.key").write_text(key)
    return folder
