"""A directory whose files are changed and recorded at once.

Rules
-----
* Paths are those of the log: absolute below the directory, clean, ``/a/b``. Bytes that are no UTF-8
  are in them as Python has it (``os.fsdecode``).
* The calls are POSIX's: they raise ``OSError`` where POSIX refuses, and what ``DiskAndLog.record``
  raises where nothing can be recorded.
* Empty directories are made and removed on disk, and leave no trace in the log: it knows a
  directory by the files below it.
* Symbolic links, device files and files without a path are refused. Modes, times and owners are
  those of the disk alone.
* A file that is on disk and not in the log is refused: it came there past the recorder.
* A rename onto a property path (``/IDENTITY``) makes a property; nothing else changes it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from typing import Final, NoReturn, ParamSpec

from rlog_model.disk_and_log import CannotBeRecorded, DiskAndLog, NotInLog, nothing
from rlog_model.journal.protocol import Appended
from rlog_model.namespace import OpenFlags
from rlog_model.paths import is_clean
from rlog_model.recorded_file import RecordedFile, content_of
from rlog_model.recorder import RecordedEvent, Recorder
from rlog_model.recording import Recorded, Recording
from rlog_model.recording_refused import Reason, RecordingRefused

_P = ParamSpec("_P")

_CLOSED_ON_EXEC: Final = os.O_CLOEXEC | os.O_NOFOLLOW


class RecordedDirectory:
    """What a recorder records, and the one way to change it. All can be called from any thread."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.disk_and_log = DiskAndLog(recorder)
        self._real = os.path.realpath(recorder.directory).rstrip(os.sep)

    def full(self, path: str) -> str:
        """Where a path is on disk."""
        return self.disk_and_log.full(path)

    def below(self, path: str | bytes | os.PathLike[str], *, follow: bool = False) -> str | None:
        """The path of the log for a path on disk, by whatever symbolic links it gets here; none
        if it leads elsewhere. ``/`` is the directory itself. ``follow``: so is a last link."""
        above, name = os.path.split(os.path.abspath(os.fsdecode(path)))
        above = os.path.realpath(above)
        real = os.path.realpath(os.path.join(above, name)) if follow else os.path.join(above, name)
        if real == self._real:
            return "/"
        return real[len(self._real) :] if real.startswith(self._real + os.sep) else None

    def open(self, path: str, flags: OpenFlags, mode: int = 0o666) -> RecordedFile:
        """Open a file. ``mode`` is that of a new one."""
        full = self.full(path)
        _check_clean(path)
        if not flags & ~(OpenFlags.READ | OpenFlags.APPEND) and OpenFlags.READ in flags:
            shown = os.open(full, os.O_RDONLY | _CLOSED_ON_EXEC)
            if stat.S_ISDIR(os.fstat(shown).st_mode):
                os.close(shown)
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), full)
            return RecordedFile(self.disk_and_log, path, flags, shown)
        opened: list[int] = []

        def event(recording: Recording) -> Recorded:
            if OpenFlags.EXCLUSIVE not in flags:
                self._posix_refuses(path, os.open, full, os.O_WRONLY)
            recorded = recording.open(path, flags)
            if recording.file_at(path) is None:
                self._make(path, flags, mode, opened)
            else:
                self._open(path, flags, opened)
            return recorded

        try:
            fnode = self.disk_and_log.record(event).fnode
        except BaseException:
            for descriptor in opened:
                os.close(descriptor)
            raise
        shown, *writing = opened
        return RecordedFile(
            self.disk_and_log, path, flags, shown, writing[0] if writing else None, fnode
        )

    def link(self, source: str, target: str) -> RecordedEvent:
        """Give a file one more link."""

        def event(recording: Recording) -> Recorded:
            _check_clean(source)
            _check_clean(target)
            self._posix_refuses(source, os.link, self.full(source), self.full(target))
            recorded = recording.link(source, target)
            self.disk_and_log.disk(os.link, self.full(source), self.full(target))
            return recorded

        return self.disk_and_log.record(event)

    def unlink(self, path: str) -> RecordedEvent:
        """Remove a link of a file."""

        def event(recording: Recording) -> Recorded:
            _check_clean(path)
            self._posix_refuses(path, os.unlink, self.full(path))
            recorded = recording.unlink(path)
            self.disk_and_log.disk(os.unlink, self.full(path))
            return recorded

        return self.disk_and_log.record(event)

    def rename(self, source: str, target: str) -> RecordedEvent:
        """Rename a file or a directory, over what is at ``target``."""

        def event(recording: Recording) -> Recorded:
            _check_clean(source)
            _check_clean(target)
            for path in (source, target):
                # A log knows of no directory that is empty or missing: so the disk is asked first.
                os.stat(f"{os.path.dirname(self.full(path))}/")
            if self._only_on_disk(recording, source):
                if target in recording.property_paths:
                    raise RecordingRefused(Reason.PROPERTY, target)
                recorded = nothing(recording)
            else:
                content = self._content_of_property(recording, source, target)
                recorded = recording.rename(source, target, content)
            self.disk_and_log.disk(os.rename, self.full(source), self.full(target))
            return recorded

        return self.disk_and_log.record(event)

    def truncate(self, path: str, size: int) -> None:
        """Cut the file at a path, or extend it by zeros."""
        with self.open(path, OpenFlags.READ | OpenFlags.WRITE) as file:
            file.truncate(size)

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make a directory, which is in no log as long as it is empty."""

        def event(recording: Recording) -> Recorded:
            _check_clean(path)
            self.disk_and_log.disk(os.mkdir, self.full(path), mode)
            return nothing(recording)

        self.disk_and_log.record(event)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""

        def event(recording: Recording) -> Recorded:
            _check_clean(path)
            self.disk_and_log.disk(os.rmdir, self.full(path))
            return nothing(recording)

        self.disk_and_log.record(event)

    def refuse(self, call: str, path: str) -> NoReturn:
        """Refuse what has no operation.

        Raises:
            CannotBeRecorded: always.
        """
        raise CannotBeRecorded(call, self.full(path))

    def sync(self, timeout: float | None = None) -> Appended:
        """Wait until all that has happened so far is durable in the log: ``DiskAndLog.sync``."""
        return self.disk_and_log.sync(timeout)

    def _make(self, path: str, flags: OpenFlags, mode: int, opened: list[int]) -> None:
        full = self.full(path)
        access = os.O_RDWR if OpenFlags.WRITE in flags else os.O_RDONLY
        how = access | os.O_CREAT | os.O_EXCL | _CLOSED_ON_EXEC
        try:
            made = self.disk_and_log.disk(os.open, full, how, mode)
        except FileExistsError as error:
            if os.path.isdir(full):
                raise
            raise NotInLog(full) from error
        if access == os.O_RDONLY:
            opened.append(made)
            return
        try:
            opened.append(os.open(full, os.O_RDONLY | _CLOSED_ON_EXEC))
        except OSError:
            os.close(made)
            self.disk_and_log.undo(os.unlink, full)
            raise
        opened.append(made)

    def _open(self, path: str, flags: OpenFlags, opened: list[int]) -> None:
        full = self.full(path)
        opened.append(os.open(full, os.O_RDONLY | _CLOSED_ON_EXEC))
        if OpenFlags.WRITE in flags:
            opened.append(os.open(full, os.O_WRONLY | _CLOSED_ON_EXEC))
        if OpenFlags.TRUNCATE in flags:
            self.disk_and_log.disk(os.ftruncate, opened[-1], 0)

    def _only_on_disk(self, recording: Recording, path: str) -> bool:
        """Whether it is a directory without files."""
        if path in recording.directories:
            return False
        return os.path.isdir(self.full(path)) and not os.path.islink(self.full(path))

    def _content_of_property(self, recording: Recording, source: str, target: str) -> bytes:
        if source not in recording.fsm.links or not recording.becomes_property(target):
            return b""
        descriptor = os.open(self.full(source), os.O_RDONLY | _CLOSED_ON_EXEC)
        try:
            return content_of(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)

    def _posix_refuses(
        self, path: str, call: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """If a directory is at ``path``, which may hold no files and thus be in no log, make a call
        that POSIX refuses for one, so that it says why."""
        full = self.full(path)
        if os.path.isdir(full) and not os.path.islink(full):
            call(*args, **kwargs)
            raise NotInLog(full)


def _check_clean(path: str) -> None:
    """One path, one name on disk: bytes that are UTF-8 are spelled as text."""
    try:
        spelled = os.fsdecode(os.fsencode(path))
    except UnicodeEncodeError:
        spelled = ""
    if spelled != path or not is_clean(path):
        raise RecordingRefused(Reason.NO_PATH, path)
