"""Files that only grow: a line is added under a lock, whole, and is on the disk before whoever wrote it goes on.

What the lines say belongs to who writes them: `ledger.py` and `checkpoints.py`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the file, so that of two who write one waits. Makes it, for its owner only, when it is not there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_new:
            keep_name(path.parent)
        yield
    finally:
        os.close(lock)


def append(path: Path, content: bytes, *, durable: bool = True) -> None:
    """At the end, for who holds the file; on the disk before this returns when `durable`. A line that somebody was killed in gets its end first."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            content = b"\n" + content
        while content:
            content = content[os.write(handle, content) :]
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


def keep_name(folder: Path) -> None:
    """The name of a new file is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
