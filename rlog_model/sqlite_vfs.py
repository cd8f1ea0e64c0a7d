"""SQLite on a recorded directory: a VFS of ``apsw``.

Rules
-----
* A database below the directory, its journal and its write-ahead log are read and written through
  the recorded directory. Databases elsewhere and temporary files are SQLite's own.
* ``xSync`` waits until all that has happened is durable in the log, and so does ``xDelete``: by
  deleting its journal SQLite commits. So a commit that has returned is in the log.
* The log holds all in the order in which it happened, each write whole. SQLite is told so, and
  leaves out the syncs that are only there for the order.
* The disk itself is not synced. Who loses the process recovers from the log, not from the disk.
* Locks hold among the connections of this process. There is no shared memory: a write-ahead log
  needs ``PRAGMA locking_mode=EXCLUSIVE``, before ``PRAGMA journal_mode=WAL``.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from typing import TYPE_CHECKING, Final

import apsw

from rlog_model.namespace import OpenFlags
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_file import RecordedFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PROMISES: Final = (
    apsw.SQLITE_IOCAP_SEQUENTIAL | apsw.SQLITE_IOCAP_SAFE_APPEND
) | apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

_SECTOR: Final = 4096
"""Bytes. With these promises SQLite has little use for it."""


class RecordedVFS(apsw.VFS):
    """``apsw.Connection(path, vfs=vfs.name)``, with ``path`` that of a file on disk.

    SQLite knows it as long as this object lives.
    """

    def __init__(self, directory: RecordedDirectory, name: str = "recorded") -> None:
        super().__init__(name, base="")
        self.name = name
        self.directory = directory
        self._locks: dict[str, _Locks] = {}

    def xFullPathname(self, name: str) -> str:
        return os.path.abspath(name)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        path = None if filename is None else self.directory.below(filename, follow=True)
        if path is None:
            return apsw.VFSFile("", name, flags)
        try:
            file = self.directory.open(path, _open_flags(flags[0]), 0o644)
        except OSError as error:
            raise apsw.CantOpenError(str(error)) from error
        flags[1] = flags[0]
        # What is unlinked or replaced at this path is another file, with other locks.
        found = os.fstat(file.fileno())
        locks = self._locks.setdefault(f"{found.st_dev}:{found.st_ino}", _Locks())
        unlinked = path if flags[0] & apsw.SQLITE_OPEN_DELETEONCLOSE else None
        return _File(self.directory, file, locks, unlinked)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        path = self.directory.below(filename)
        if path is None:
            super().xDelete(filename, syncdir)
            return
        try:
            self.directory.unlink(path)
        except FileNotFoundError as error:
            raise _io_error(error, apsw.SQLITE_IOERR_DELETE_NOENT) from error
        except OSError as error:
            raise _io_error(error, apsw.SQLITE_IOERR_DELETE) from error
        self.directory.sync()

    def xAccess(self, pathname: str, flags: int) -> bool:
        if flags != apsw.SQLITE_ACCESS_EXISTS:
            return os.access(pathname, os.R_OK | os.W_OK)
        try:
            found = os.stat(pathname)
        except OSError:
            return False
        # As SQLite has it: an empty file is none.
        return not stat.S_ISREG(found.st_mode) or found.st_size > 0


class _Locks:
    """Who holds which lock of one database, among the connections of this process."""

    def __init__(self) -> None:
        self.changing = threading.Lock()
        self.shared: set[_File] = set()
        self.reserved: _File | None = None
        """Who is about to write. There is one at most, others may read."""

        self.closed_to: _File | None = None
        """For whom all others may take no new lock: who waits to be alone, or is."""

    def lock(self, file: _File, level: int) -> None:
        with self.changing:
            if self.closed_to not in (None, file):
                raise apsw.BusyError("another connection waits to be alone with the database")
            if level == apsw.SQLITE_LOCK_SHARED:
                self.shared.add(file)
                return
            if self.reserved not in (None, file):
                raise apsw.BusyError("another connection is writing to the database")
            if level == apsw.SQLITE_LOCK_RESERVED:
                self.reserved = file
                return
            self.closed_to = file
            if self.shared - {file}:
                raise apsw.BusyError("another connection is reading the database")
            self.reserved = file

    def unlock(self, file: _File, level: int) -> None:
        with self.changing:
            if self.reserved is file:
                self.reserved = None
            if self.closed_to is file:
                self.closed_to = None
            if level == apsw.SQLITE_LOCK_NONE:
                self.shared.discard(file)


class _File(apsw.VFSFile):
    """A file of SQLite's below the directory. It stands for itself, and on no other VFS."""

    def __init__(
        self, directory: RecordedDirectory, file: RecordedFile, locks: _Locks, unlinked: str | None
    ) -> None:
        """``unlinked``: its path, if it goes when it is closed."""
        self._directory = directory
        self._file = file
        self._locks = locks
        self._unlinked = unlinked

    def xRead(self, amount: int, offset: int) -> bytes:
        content = b""
        while part := os.pread(self._file.fileno(), amount - len(content), offset + len(content)):
            content += part
        return content

    def xWrite(self, data: ReadableBuffer, offset: int) -> None:
        rest = memoryview(data)
        try:
            while rest:
                written = self._file.write_at(rest, offset)
                rest = rest[written:]
                offset += written
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise apsw.FullError(str(error)) from error
            raise _io_error(error, apsw.SQLITE_IOERR_WRITE) from error

    def xTruncate(self, newsize: int) -> None:
        try:
            self._file.truncate(newsize)
        except OSError as error:
            raise _io_error(error, apsw.SQLITE_IOERR_TRUNCATE) from error

    def xSync(self, flags: int) -> None:
        self._directory.sync()

    def xFileSize(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def xLock(self, level: int) -> None:
        self._locks.lock(self, level)

    def xUnlock(self, level: int) -> None:
        self._locks.unlock(self, level)

    def xCheckReservedLock(self) -> bool:
        return self._locks.reserved is not None

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return _SECTOR

    def xDeviceCharacteristics(self) -> int:
        return _PROMISES

    def xClose(self) -> None:
        self._locks.unlock(self, apsw.SQLITE_LOCK_NONE)
        self._file.close()
        if self._unlinked is not None:
            self._directory.unlink(self._unlinked)


def _open_flags(flags: int) -> OpenFlags:
    if not flags & apsw.SQLITE_OPEN_READWRITE:
        return OpenFlags.READ
    opened = OpenFlags.READ | OpenFlags.WRITE
    if flags & apsw.SQLITE_OPEN_CREATE:
        opened |= OpenFlags.CREATE
    if flags & apsw.SQLITE_OPEN_EXCLUSIVE:
        opened |= OpenFlags.EXCLUSIVE
    return opened


def _io_error(error: OSError, code: int) -> apsw.IOError:
    told = apsw.IOError(str(error))
    vars(told)["extendedresult"] = code
    return told
