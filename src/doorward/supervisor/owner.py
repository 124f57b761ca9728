"""Who runs the database: ourselves, or a system user of its own when we are root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from doorward.supervisor.refusal import Refusal

ACCOUNT = "doorward-db"


@dataclass(frozen=True)
class Owner:
    """The user that owns the database folder and runs PostgreSQL, which refuses to run as root."""

    uid: int
    gid: int
    name: str

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def runs(self, *command: str) -> bool:
        """Whether `command` succeeds as this user."""
        other = not self.is_us
        try:
            done = subprocess.run(  # noqa: S603
                command,
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                user=self.uid if other else None,
                group=self.gid if other else None,
                extra_groups=[] if other else None,
            )
        except OSError:
            return False
        return done.returncode == 0

    def reaches(self, folder: Path) -> bool:
        """Whether this user may pass through `folder`, by whatever rules the system has."""
        return self.is_us or self.runs("/usr/bin/test", "-x", str(folder))


def database_owner() -> Owner:
    """Return the user for the database; as root, make the system user when it is missing."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), "")
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        account = _new_account()
    return Owner(account.pw_uid, account.pw_gid, ACCOUNT)


def _new_account() -> pwd.struct_passwd:
    nologin = "/usr/sbin/nologin"
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", nologin, ACCOUNT]
    try:
        made = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        made = None
    if made is None or made.returncode != 0:
        reason = made.stderr.strip() if made else "useradd is not installed"
        raise Refusal(
            f"PostgreSQL does not run as root, and its system user could not be made ({reason}). "
            f"Make a system user named {ACCOUNT}, or start Doorward as an ordinary user."
        )
    return pwd.getpwnam(ACCOUNT)
