"""An open file whose writes are recorded.

Rules
-----
* The descriptor that it shows (``fileno``) is open for reading only. What would write to it behind
  the recorder's back, a library in C, a child process or a memory map, is refused by the system:
  no write is lost silently.
* Its position is that of the shown descriptor. Several threads may use one file.
* A write may be shorter than what was asked for, on a full disk: what was written is recorded.
* A file that was unlinked while open is written on disk, and leaves no trace in the log.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from rlog_model.disk_and_log import DiskAndLog
from rlog_model.identity import Fnode
from rlog_model.namespace import OpenFlags
from rlog_model.recording import Recorded, Recording

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

AnyFile: TypeAlias = "RecordedFile | io.BufferedReader | io.BufferedWriter | io.BufferedRandom"

_ACCESS: Final = {
    "r": OpenFlags.READ,
    "w": OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE,
    "a": OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.APPEND,
    "x": OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.EXCLUSIVE,
}


class RecordedFile(io.RawIOBase):
    """A file without a buffer, as ``RecordedDirectory.open`` gives it."""

    def __init__(
        self,
        disk_and_log: DiskAndLog,
        path: str,
        flags: OpenFlags,
        shown: int,
        writing: int | None = None,
        fnode: Fnode | None = None,
    ) -> None:
        """``shown`` and ``writing`` are descriptors of the file; it closes them. ``writing`` is
        none where it may only be read."""
        super().__init__()
        self.name = disk_and_log.full(path)
        self.flags = flags
        self._disk_and_log = disk_and_log
        self._shown = shown
        self._writing = writing
        self._fnode = fnode

    @property
    def mode(self) -> str:
        """As that of ``io.FileIO``."""
        if OpenFlags.EXCLUSIVE in self.flags:
            return "xb+" if self.readable() else "xb"
        if OpenFlags.APPEND in self.flags:
            return "ab+" if self.readable() else "ab"
        return "rb" if not self.writable() else "rb+" if self.readable() else "wb"

    def fileno(self) -> int:
        """A descriptor to read, to sync and to ask about."""
        self._check_open()
        return self._shown

    def readable(self) -> bool:
        return OpenFlags.READ in self.flags

    def writable(self) -> bool:
        return OpenFlags.WRITE in self.flags

    def seekable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._check_open()
        self._check(OpenFlags.READ, "read")
        return os.readv(self._shown, [buffer])

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._check_open()
        return os.lseek(self._shown, offset, whence)

    def tell(self) -> int:
        return self.seek(0, os.SEEK_CUR)

    def write(self, content: ReadableBuffer, /) -> int:
        """Write at the position, or at the end of a file that was opened to append."""
        written = 0

        def event(recording: Recording) -> Recorded:
            nonlocal written
            offset = self._end() if OpenFlags.APPEND in self.flags else self.tell()
            recorded, written = self._write(recording, bytes(content), offset)
            os.lseek(self._shown, offset + written, os.SEEK_SET)
            return recorded

        self._record(event)
        return written

    def write_at(self, content: ReadableBuffer, offset: int) -> int:
        """Write elsewhere; the position stays. As Linux has it, at the end of a file that was
        opened to append."""
        written = 0

        def event(recording: Recording) -> Recorded:
            nonlocal written
            at = self._end() if OpenFlags.APPEND in self.flags else offset
            recorded, written = self._write(recording, bytes(content), at)
            return recorded

        self._record(event)
        return written

    def truncate(self, size: int | None = None, /) -> int:
        """Cut the file, or extend it by zeros."""
        new = self.tell() if size is None else size

        def event(recording: Recording) -> Recorded:
            writing, fnode = self._open_to_write()
            kept = b""
            if recording.needs_content(recording.resolve(fnode), new):
                kept = content_of(self._shown, new)
            recorded = recording.truncate(fnode, new, kept)
            self._disk_and_log.disk(os.ftruncate, writing, new)
            return recorded

        self._record(event)
        return new

    def close(self) -> None:
        """Close the file: nothing is recorded. Who holds a buffer closes that."""
        if not self.closed:
            super().close()
            for descriptor in (self._shown, self._writing):
                if descriptor is not None:
                    os.close(descriptor)

    def _record(self, event: Callable[[Recording], Recorded]) -> None:
        self._check_open()
        self._check(OpenFlags.WRITE, "write")
        self._disk_and_log.record(event)

    def _write(self, recording: Recording, content: bytes, offset: int) -> tuple[Recorded, int]:
        writing, fnode = self._open_to_write()
        recorded = recording.write_at(fnode, content, offset)
        written = self._disk_and_log.disk(os.pwrite, writing, content, offset)
        if written < len(content):
            recorded = recording.write_at(fnode, content[:written], offset)
        return recorded, written

    def _open_to_write(self) -> tuple[int, Fnode]:
        self._check_open()
        assert self._writing is not None
        assert self._fnode is not None
        return self._writing, self._fnode

    def _end(self) -> int:
        return os.fstat(self._shown).st_size

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _check(self, access: OpenFlags, call: str) -> None:
        if access not in self.flags:
            raise io.UnsupportedOperation(f"{self.name} was not opened to {call}")


def flags_of(mode: str) -> OpenFlags:
    """What a mode of ``open`` asks for, as ``rb+``.

    Raises:
        ValueError: it is no such mode.
    """
    kinds = [letter for letter in mode if letter in _ACCESS]
    if len(kinds) != 1 or set(mode) - {*kinds, "b", "t", "+"} or len(set(mode)) != len(mode):
        raise ValueError(f"invalid mode: {mode!r}")
    flags = _ACCESS[kinds[0]]
    return flags | OpenFlags.READ | OpenFlags.WRITE if "+" in mode else flags


def buffered(file: RecordedFile, buffering: int = -1) -> AnyFile:
    """A file as ``open`` gives it: with a buffer of so many bytes, -1 for the usual size, 0 for
    none; and, where it was opened to append, with its position at the end."""
    if OpenFlags.APPEND in file.flags:
        file.seek(0, os.SEEK_END)
    if buffering == 0:
        return file
    size = io.DEFAULT_BUFFER_SIZE if buffering < 0 else buffering
    if file.readable() and file.writable():
        return io.BufferedRandom(file, size)
    return io.BufferedWriter(file, size) if file.writable() else io.BufferedReader(file, size)


def content_of(descriptor: int, size: int) -> bytes:
    """The first ``size`` bytes of a file; fewer where it is shorter."""
    parts: list[bytes] = []
    offset = 0
    while part := os.pread(descriptor, min(size - offset, 1 << 24), offset):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)
