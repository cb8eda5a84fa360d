"""Running a server as somebody who is not root, without changing the permission of any folder.

PostgreSQL refuses to run as root. As root we start it under a number that no account has. That number must pass the folders above the
program and the data; where one of those is closed to others, the server keeps the one capability that lets it pass, and nothing else.
"""

import ctypes
import os
import pwd
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bar.local.problem import LocalProblem

ADVICE = "Run as an ordinary user, or set DATABASE_URL and REDIS_URL."
NUMBER = 65_432  # Debian hands out no accounts between 65000 and 65533
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 28, 47, 2
# Changing the number changes no capability, and access(2), which initdb asks before it runs anything, counts them too.
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Runner:
    """Who runs a server: a number, and perhaps one capability to pass closed folders."""

    uid: int
    capability: int | None = None

    def become(self) -> None:
        """Turn this process (a child, before exec) into the runner."""
        libc = ctypes.CDLL(None, use_errno=True)
        if self.capability is not None:
            _check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
        os.setgroups([])
        os.setgid(self.uid)
        os.setuid(self.uid)
        if self.capability is not None:
            _keep_only(libc, self.capability)
        os.umask(0o077)


def runner(home: Path, *, passes: Iterable[Path]) -> Runner | None:
    """Who must own `home` and run the server in it; None when we are not root and simply run it ourselves."""
    if os.geteuid() != 0:
        return None
    owner = home.stat().st_uid if home.exists() else 0
    uid = owner or NUMBER
    if owner == 0 and _account(uid):
        raise LocalProblem(f"PostgreSQL does not run as root, and number {uid} is taken here. {ADVICE}")
    closed = next((path for path in passes if not _is_open(path)), None)
    return Runner(uid, _passing_capability(closed) if closed else None)


def account_for_initdb(who: Runner | None) -> Runner | None:
    """initdb, unlike the server, wants a number with an account: lend it `nobody` when ours has none."""
    if who is None or _account(who.uid):
        return who
    return Runner(pwd.getpwnam("nobody").pw_uid, who.capability)


def hand_over(tree: Path, who: Runner | None) -> None:
    """Make the runner the owner of a folder of ours and all that is in it."""
    if who is None:
        return
    for path in (tree, *tree.rglob("*")):
        os.chown(path, who.uid, who.uid, follow_symlinks=False)


def before_exec(who: Runner | None) -> Callable[[], None] | None:
    """What a child does between fork and exec."""
    return who.become if who else None


def _account(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _is_open(path: Path) -> bool:
    """Whether others may pass through every folder above this path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.absolute().parents)


def _passing_capability(closed: Path) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapPrm:"):
            ours = int(line.split()[1], 16)
            for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
                if ours >> capability & 1:
                    return capability
    raise LocalProblem(f"PostgreSQL does not run as root, and cannot pass the folders above {closed}. {ADVICE}")


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    """Drop every capability but this one, and carry it through exec."""
    bit = 1 << capability
    sets = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
    _check(libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets))
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
