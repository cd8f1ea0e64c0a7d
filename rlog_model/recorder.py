"""The recorder: drives ``recording`` against a journal and a real directory.

Rules
-----
* It is told what has happened in its directory, after it happened, in that order.
* What it appends lands in that order, later. A future tells when.
* With register checks on, an append lands only as long as the journal's register ``author`` is the
  recorder's fence. A recorder that has lost its log learns it by ``RecorderFenced``, from the
  futures of what did not land and from every later call.
* Hints are handed out when all that they rest on has landed.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self

from attrs import frozen

from rlog_model.append_queue import AppendQueue, ThreadedAppendQueue
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.protocol import Appended, Journal, RegisterMismatch
from rlog_model.namespace import OpenFlags
from rlog_model.recording import PROPERTY_PATHS, Recorded, Recording

_ACCESS: Final = {
    os.O_RDONLY: OpenFlags.READ,
    os.O_WRONLY: OpenFlags.WRITE,
    os.O_RDWR: OpenFlags.READ | OpenFlags.WRITE,
}
_FLAGS: Final = {
    os.O_CREAT: OpenFlags.CREATE,
    os.O_EXCL: OpenFlags.EXCLUSIVE,
    os.O_TRUNC: OpenFlags.TRUNCATE,
    os.O_APPEND: OpenFlags.APPEND,
}


def random_author() -> Author:
    """An author that nobody else has, but for a chance of one in four thousand million.

    API: ``NewRandomAuthor``.
    """
    return Author.draw(lambda: secrets.randbits(32))


def open_flags(flags: int) -> OpenFlags:
    """The flags of ``os.open``, as the recorder names them. Others don't matter to it."""
    named = _ACCESS[flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)]
    for flag, name in _FLAGS.items():
        if flags & flag:
            named |= name
    return named


@frozen
class RecorderFenced(Exception):
    """Another author has taken over the log: this recorder may not append to it any more."""

    log: str
    author: Author
    registers: LabelSet

    def __str__(self) -> str:
        return (
            f"author {self.author.fence()} has lost {self.log}: its registers are now"
            f" {self.registers}. What was recorded and did not land is lost; stop, and recover anew"
        )


@frozen
class RecordedEvent:
    """An event that was recorded."""

    fnode: Fnode | None
    """The file that was created, opened or written; none for others."""

    landed: Future[Appended]
    """Resolved when the event is durable in the log; at once, if it leaves no trace there."""


class Recorder:
    """Records one directory to one log. API: ``Recorder``.

    Raises:
        RecordingRefused: the recorder can't go on from this FSM in this log.
    """

    def __init__(
        self,
        log: str,
        fsm: FSM,
        author: Author,
        directory: str | os.PathLike[str],
        journal: Journal,
        *,
        check_registers: bool = True,
        queue: AppendQueue | None = None,
        property_paths: frozenset[str] = PROPERTY_PATHS,
    ) -> None:
        self.author = author
        self.directory = os.path.abspath(directory)
        self._log = log
        self._journal = journal
        self._lock = threading.RLock()
        self._fenced: RecorderFenced | None = None
        self._queue: AppendQueue = ThreadedAppendQueue(journal) if queue is None else queue
        self._last: Future[Appended] = Future()
        self._last.set_result(Appended(0, 0))

        fence = LabelSet.of(FENCE_REGISTER, author.fence())
        self._check = LabelSelector(include=fence) if check_registers else None
        recorded = Recording.start(
            fsm, author, log, property_paths=property_paths, head=journal.write_head()
        )
        self._recording = recorded.recording
        self._append(recorded, None, fence)

    @property
    def recording(self) -> Recording:
        """The state of the recorder: also of what has not landed yet."""
        with self._lock:
            return self._recording

    @property
    def fenced(self) -> bool:
        """Whether the recorder has learnt that it lost its log."""
        return self._fenced is not None

    def record_create(self, path: str | os.PathLike[str]) -> RecordedEvent:
        """The file at ``path`` was created, or truncated. API: ``RecordCreate``."""
        return self._record(lambda r: r.create(self._below(path)))

    def record_open_file(self, path: str | os.PathLike[str], flags: int) -> RecordedEvent:
        """The file at ``path`` was opened, as by ``os.open``. API: ``RecordOpenFile``."""
        return self._record(lambda r: r.open(self._below(path), open_flags(flags)))

    def record_write_at(self, fnode: Fnode, content: bytes, offset: int) -> RecordedEvent:
        """Bytes were written at ``offset`` of a file. API: ``RecordWriteAt``."""
        return self._record(lambda r: r.write_at(fnode, content, offset))

    def record_truncate(
        self, fnode: Fnode, size: int, content: Callable[[], bytes]
    ) -> RecordedEvent:
        """A file was cut or extended to ``size`` bytes; ``content`` reads it, if that is needed."""
        return self._record(lambda r: r.truncate(fnode, size, content()))

    def record_link(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str]
    ) -> RecordedEvent:
        """The file at ``source`` was linked at ``target``. API: ``RecordLink``."""
        return self._record(lambda r: r.link(self._below(source), self._below(target)))

    def record_remove(self, path: str | os.PathLike[str]) -> RecordedEvent:
        """The file at ``path`` was unlinked. API: ``RecordRemove``."""
        return self._record(lambda r: r.unlink(self._below(path)))

    def record_rename(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str]
    ) -> RecordedEvent:
        """``source`` was renamed to ``target``. API: ``RecordRename``."""

        def rename(recording: Recording) -> Recorded:
            former, path = self._below(source), self._below(target)
            content = b""
            becomes_property = path in recording.property_paths or path in recording.fsm.properties
            if becomes_property and former in recording.fsm.links:
                with open(target, "rb") as file:
                    content = file.read()
            return recording.rename(former, path, content)

        return self._record(rename)

    def barrier(self, wait_for: Iterable[Future[Appended]] = ()) -> Future[Appended]:
        """A future of the write head behind all that was recorded before. API: ``Barrier``.

        ``wait_for`` are appends, elsewhere, for which it waits first.
        """
        for future in wait_for:
            future.result()
        with self._lock:
            self._raise_if_fenced()
            return self._queue.submit(b"", self._check)

    def build_hints(self, timeout: float | None = None) -> FSMHints:
        """Hints which rebuild the directory as it is now. Waits until all of it has landed.

        API: ``BuildHints``.

        Raises:
            RecorderFenced: it did not all land, for the log was lost.
            InvalidHints, InvalidSegment, SegmentConflict: no hints can lead here: see
                ``FSM.build_hints``.
            TimeoutError: it took longer than ``timeout`` seconds.
        """
        with self._lock:
            self._raise_if_fenced()
            fsm, last = self._recording.fsm, self._last
        last.result(timeout)
        return fsm.build_hints()

    def close(self) -> None:
        """Wait until all has landed, and record nothing more."""
        self._queue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _record(self, event: Callable[[Recording], Recorded]) -> RecordedEvent:
        with self._lock:
            self._raise_if_fenced()
            recorded = event(self._recording)
            return RecordedEvent(recorded.fnode, self._append(recorded, self._check))

    def _append(
        self, recorded: Recorded, check: LabelSelector | None, union: LabelSet = EMPTY
    ) -> Future[Appended]:
        self._recording = recorded.recording
        if recorded.append:
            landed: Future[Appended] = Future()
            self._last = landed
            queued = self._queue.submit(recorded.append, check, union)
            queued.add_done_callback(lambda done: self._done(done, len(recorded.append), landed))
        return self._last

    def _done(self, done: Future[Appended], length: int, landed: Future[Appended]) -> None:
        error = done.exception()
        if isinstance(error, RegisterMismatch):
            error = RecorderFenced(self._log, self.author, error.registers)
            with self._lock:
                self._fenced = self._fenced or error
        if error is not None:
            landed.set_exception(error)
            return
        with self._lock:
            self._recording = self._recording.committed(length, done.result().end)
        landed.set_result(done.result())

    def _raise_if_fenced(self) -> None:
        if self._fenced is not None:
            raise self._fenced

    def _below(self, path: str | os.PathLike[str]) -> str:
        full = os.path.abspath(path)
        if not full.startswith(self.directory + os.sep):
            raise NotRecorded(full, self.directory)
        return full[len(self.directory) :]


@frozen
class NotRecorded(ValueError):
    """A path that is not below the recorded directory."""

    path: str
    directory: str

    def __str__(self) -> str:
        return f"{self.path} is not below {self.directory}, which is what is recorded"
