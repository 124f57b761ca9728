"""Starts processes that cannot outlive the one that started them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from doorward.supervisor import child
from doorward.supervisor.owner import Owner


def launch(
    command: Sequence[str],
    *,
    log: IO[bytes],
    environ: Mapping[str, str],
    owner: Owner | None = None,
    death: signal.Signals = signal.SIGKILL,
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    folder: Path | None = None,
    door: socket.socket | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command`; the kernel sends it `death` when the calling thread ends, however that ends.

    The thread matters: call it from the main thread. The child leads a session of its own, so that
    a Ctrl-C at the terminal reaches the supervisor alone. What we have open stays ours, but `door`.
    """
    uid, gid = (owner.uid, owner.gid) if owner and not owner.is_us else (-1, -1)
    ties = [str(os.getpid()), str(int(death)), str(uid), str(gid)]
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", child.__file__, *ties, *command],
        stdin=stdin,
        stdout=log if stdout is None else stdout,
        stderr=log,
        env=dict(environ),
        cwd=folder,
        pass_fds=() if door is None else (door.fileno(),),
        start_new_session=True,
    )
