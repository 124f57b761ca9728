"""The first act of every child: tie its life to its parent's, give up rights, become the command.

Run by path with an interpreter that loads nothing else:
`python -I -S child.py PARENT SIGNAL UID GID COMMAND...` (UID and GID are -1 to stay who one is).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, death: int, uid: int, gid: int, command: list[str]) -> None:
    """Replace this process by `command`, which gets signal `death` when `parent` ends."""
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of user, which clears it (prctl(2)).
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("The supervisor ended before this part began.")
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    parent, death, uid, gid = (int(word) for word in sys.argv[1:5])
    become(parent, death, uid, gid, sys.argv[5:])
