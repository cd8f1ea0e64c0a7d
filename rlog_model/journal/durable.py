"""What makes changes of files last, and what keeps processes apart.

``fsync`` of macOS leaves data in the cache of the drive; ``F_FULLFSYNC`` does not. Locks are those
of ``flock``: they belong to an open file, so two threads exclude each other as two processes do.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Final

NOT_WRITABLE: Final = frozenset((errno.EACCES, errno.EPERM, errno.EROFS))
"""What the system answers where this process may read and not write."""


def sync_data(fd: int) -> None:
    """Make the content of a file last, with its length, or the names in a directory."""
    if sys.platform == "darwin":
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(fd)


def sync_directory(path: str | Path) -> None:
    """Make the names in a directory last."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_data(fd)
    finally:
        os.close(fd)


class SecondThread:
    """A thread that writes to the disk while another does something else.

    Two files that are synced at once are durable in about the time that one takes: a filesystem
    commits what it knows of both together.
    """

    def __init__(self) -> None:
        """The thread starts when it is first needed."""
        self._pool: Final = ThreadPoolExecutor(1, "sync a journal")

    @contextmanager
    def meanwhile(self, work: Callable[[], None]) -> Iterator[None]:
        """Have it done until the end of the ``with``. What it raises, that does."""
        try:
            future = self._pool.submit(work)
        except RuntimeError:
            # The interpreter is ending, and starts no threads any more.
            work()
            yield
            return
        try:
            yield
        finally:
            wait((future,))
        future.result()

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown()


def names(path: Path, fd: int) -> bool:
    """Whether ``path`` names the open file.

    A count of its names would not tell: a backup made of links gives a file another name.
    """
    try:
        named = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(named, os.fstat(fd))


def open_existing(path: Path) -> int | None:
    """Open a file, for writing if that is allowed; None, if there is none."""
    try:
        try:
            return os.open(path, os.O_RDWR)
        except OSError as error:
            if error.errno not in NOT_WRITABLE:
                raise
            return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None


def write_at(fd: int, content: bytes, position: int) -> None:
    """Write all of ``content`` at ``position``."""
    rest = memoryview(content)
    while rest:
        written = os.pwrite(fd, rest, position)
        position += written
        rest = rest[written:]


def read_at(fd: int, size: int, position: int) -> bytes:
    """``size`` bytes from ``position`` on; fewer where the file ends."""
    pieces: list[bytes] = []
    while size and (piece := os.pread(fd, size, position)):
        pieces.append(piece)
        position += len(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextmanager
def locked(fd: int) -> Iterator[None]:
    """Hold the lock of an open file, alone. Waits for it."""
    fcntl.flock(fd, fcntl.LOCK_EX)
    try:
        yield
    finally:
        # Explicitly: a process forked meanwhile has this open file too, and would keep the lock.
        fcntl.flock(fd, fcntl.LOCK_UN)
