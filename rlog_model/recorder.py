"""The recorder: drives ``recording`` against a journal and a real directory.

Rules
-----
* It is told what has happened in its directory, after it happened, in that order.
* What it appends lands in that order, later. A future tells when.
* An event that is refused (``RecordingRefused``) has appended nothing, and the recorder is as it
  was. If it happened all the same, the directory holds what no hints lead to any more: who isn't
  sure asks first, ``recorder.recording.rename(...)`` and so on, which changes nothing.
* With register checks on, an append lands only as long as the journal's register ``author`` is the
  recorder's fence. A recorder that has lost its log learns it by ``RecorderFenced``, from the
  futures of what did not land and from every later call.
* After any other failure of an append nothing more is appended; every later call raises that error.
* Hints are handed out when all that they rest on has landed.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future
from typing import Final

from attrs import frozen

from rlog_model.append_queue import AppendQueue, Landing, ThreadedAppendQueue, promise
from rlog_model.closing import Closing
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.protocol import Appended, Journal, RegisterMismatch
from rlog_model.namespace import OpenFlags
from rlog_model.recorder_error import NotRecorded as NotRecorded
from rlog_model.recorder_error import RecorderClosed as RecorderClosed
from rlog_model.recorder_error import RecorderFenced as RecorderFenced
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
_UNNAMED: Final = getattr(os, "O_TMPFILE", 0)
"""Linux: a file without a path, which no log can hold."""


def random_author() -> Author:
    """An author that nobody else has, but for a chance of one in four thousand million.

    API: ``NewRandomAuthor``.
    """
    return Author.draw(lambda: secrets.randbits(32))


def open_flags(flags: int) -> OpenFlags:
    """The flags of ``os.open``, as the recorder names them. Others don't matter to it.

    Flags that open neither to read nor to write, or make a file without a path, are none of these:
    the recorder refuses them.
    """
    if _UNNAMED and flags & _UNNAMED == _UNNAMED:
        return OpenFlags(0)
    named = _ACCESS.get(flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR), OpenFlags(0))
    for flag, name in _FLAGS.items():
        if flags & flag:
            named |= name
    return named


def os_flags(flags: OpenFlags) -> int:
    """The flags of ``os.open`` for the recorder's own, which POSIX defines: see ``open_flags``."""
    access = flags & (OpenFlags.READ | OpenFlags.WRITE)
    system = next(value for value, name in _ACCESS.items() if name == access)
    for value, name in _FLAGS.items():
        system |= value if name in flags else 0
    return system


@frozen(eq=False)
class RecordedEvent:
    """An event that was recorded."""

    fnode: Fnode | None
    """The file that was created, opened, written or truncated; none for others."""

    _landing: Landing

    @property
    def landed(self) -> Future[Appended]:
        """Resolved when the event, and all before it, is durable in the log. If the event leaves
        no trace there, it is the future of the last one that does."""
        return self._landing.future


class Recorder(Closing):
    """Records one directory to one log. API: ``Recorder``.

    Can be used from several threads: events are recorded in the order of the calls. Each call
    raises ``RecorderFenced`` when the log is known to be lost, and ``RecordingRefused`` or
    ``NotRecorded`` for an event that can't be recorded.
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
        """A recorder of ``directory``, which holds just the files of ``fsm``, to ``journal``.

        Where ``fsm`` comes from another log than ``log``, the first append moves the recorder
        there, with a union of its fence and without a check. ``queue`` is one to ``journal``.

        Raises:
            RecordingRefused: the recorder can't go on from this FSM in this log.
            OSError: a file of ``fsm`` is not in ``directory``.
        """
        self.author = author
        self.directory = os.path.abspath(directory)
        self._log = log
        # Held again by what a queue calls at once, in the thread that queues.
        self._lock = threading.RLock()
        self._failed: Exception | None = None
        self._closed = False
        self._queue: AppendQueue = ThreadedAppendQueue(journal) if queue is None else queue

        fence = LabelSet.of(FENCE_REGISTER, author.fence())
        self._check = LabelSelector(include=fence) if check_registers else None
        head = journal.write_head()
        self._last = Landing()
        Landing.answer([(self._last, Appended(head, head))])
        recorded = Recording.start(
            fsm,
            author,
            log,
            property_paths=property_paths,
            head=head,
            sizes={
                fnode: os.stat(self.directory + min(state.links)).st_size
                for fnode, state in fsm.live_nodes.items()
            },
        )
        self._recording = recorded.recording
        with self._lock:
            self._append(recorded, None, fence)

    @property
    def recording(self) -> Recording:
        """The state of the recorder: also of what has not landed yet."""
        with self._lock:
            return self._recording

    @property
    def fenced(self) -> RecorderFenced | None:
        """How the recorder lost its log; none as long as it doesn't know of that."""
        with self._lock:
            return self._failed if isinstance(self._failed, RecorderFenced) else None

    def record_create(self, path: str | os.PathLike[str]) -> RecordedEvent:
        """The file at ``path`` was created, or truncated. API: ``RecordCreate``."""
        return self.record(lambda r: r.create(self._below(path)))

    def record_open_file(self, path: str | os.PathLike[str], flags: int) -> RecordedEvent:
        """The file at ``path`` was opened, as by ``os.open``. API: ``RecordOpenFile``."""
        return self.record(lambda r: r.open(self._below(path), open_flags(flags)))

    def record_write_at(self, fnode: Fnode, content: bytes, offset: int) -> RecordedEvent:
        """Bytes were written at ``offset`` of a file. API: ``RecordWriteAt``.

        Where the file was opened to append, ``offset`` is where they came to lie.
        """
        return self.record(lambda r: r.write_at(fnode, content, offset))

    def record_truncate(
        self, fnode: Fnode, size: int, content: Callable[[], bytes]
    ) -> RecordedEvent:
        """A file was cut or extended to ``size`` bytes; ``content`` reads it, if that is needed."""

        def truncate(recording: Recording) -> Recorded:
            needed = recording.needs_content(recording.resolve(fnode), size)
            return recording.truncate(fnode, size, content() if needed else b"")

        return self.record(truncate)

    def record_link(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str]
    ) -> RecordedEvent:
        """The file at ``source`` was linked at ``target``. API: ``RecordLink``."""
        return self.record(lambda r: r.link(self._below(source), self._below(target)))

    def record_remove(self, path: str | os.PathLike[str]) -> RecordedEvent:
        """The file at ``path`` was unlinked. API: ``RecordRemove``."""
        return self.record(lambda r: r.unlink(self._below(path)))

    def record_rename(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str]
    ) -> RecordedEvent:
        """``source`` was renamed to ``target``. API: ``RecordRename``.

        Reads the file at ``target`` if it is a property now.
        """

        def rename(recording: Recording) -> Recorded:
            former, path = self._below(source), self._below(target)
            content = b""
            if former in recording.fsm.links and recording.becomes_property(path):
                with open(target, "rb") as file:
                    content = file.read()
            return recording.rename(former, path, content)

        return self.record(rename)

    def barrier(self, wait_for: Iterable[Future[Appended]] = ()) -> Future[Appended]:
        """A future of the write head behind all that was recorded before. API: ``Barrier``.

        It is queued when all of ``wait_for`` have landed, which may be appends elsewhere; if one
        of them fails, so does the barrier.

        Spec: REC-15, BAR-4, BAR-5, BAR-7.
        """
        awaited = tuple(wait_for)
        with self._lock:
            self._raise_if_over()
            if not awaited:
                return self._submit(b"", self._check).future
        landed = promise()
        unresolved, failed = len(awaited), False
        counting = threading.Lock()

        def resolved(one: Future[Appended]) -> None:
            nonlocal unresolved, failed
            error = CancelledError() if one.cancelled() else one.exception()
            with counting:
                unresolved -= 1
                fails_now = error is not None and not failed
                failed = failed or fails_now
                goes_on = unresolved == 0 and not failed
            if fails_now:
                landed.set_exception(error)
            elif goes_on:
                self._submit(b"", self._check).future.add_done_callback(queued)

        def queued(barrier: Future[Appended]) -> None:
            error = barrier.exception()
            if error is None:
                landed.set_result(barrier.result())
            else:
                landed.set_exception(error)

        for one in awaited:
            one.add_done_callback(resolved)
        return landed

    def build_hints(self, timeout: float | None = None) -> FSMHints:
        """Hints which rebuild the directory as it is now. Waits until all of it has landed.

        API: ``BuildHints``.

        Raises:
            RecorderFenced: it did not all land, for the log was lost.
            InvalidHints, InvalidSegment, SegmentConflict: no hints can lead here: see
                ``Recording.build_hints``.
            TimeoutError: it took longer than ``timeout`` seconds.

        Spec: REC-14.
        """
        with self._lock:
            self._raise_if_failed()
            recording, last = self._recording, self._last
        last.future.result(timeout)
        return recording.build_hints()

    def close(self) -> None:
        """Wait until all has landed, and record nothing more. Hints can still be built."""
        with self._lock:
            self._closed = True
        self._queue.close()

    def record(self, event: Callable[[Recording], Recorded]) -> RecordedEvent:
        """Record any event. ``event`` gives it from what was recorded so far.

        While it is called nobody else records, and no failure of an append becomes known: so it may
        do on disk what it gives, once the recording has taken it. What it raises, this raises.
        Waits first until not too much is queued.
        """
        # Without the lock: what is queued lands only as long as others can have it.
        self._queue.wait_for_room()
        with self._lock:
            self._raise_if_over()
            recorded = event(self._recording)
            return RecordedEvent(recorded.fnode, self._append(recorded, self._check))

    def _append(
        self, recorded: Recorded, check: LabelSelector | None, union: LabelSet = EMPTY
    ) -> Landing:
        """Go on to what was recorded. Called under the lock, so that appends are queued in the
        order of their operations.

        Spec: REC-15.
        """
        self._recording = recorded.recording
        if recorded.append:
            self._last = self._submit(recorded.append, check, union)
        return self._last

    def _submit(
        self, content: bytes, check: LabelSelector | None, union: LabelSet = EMPTY
    ) -> Landing:
        """Queue an append, of which the recorder knows before anybody else."""
        return self._queue.submit(content, check, union, self._landed, self._lost)

    def _landed(self, appended: Appended) -> None:
        with self._lock:
            length = appended.end - appended.begin
            self._recording = self._recording.committed(length, appended.end)

    def _lost(self, error: Exception) -> Exception:
        """Spec: AUT-4, BAR-4, HOF-10."""
        if isinstance(error, RegisterMismatch):
            error = RecorderFenced(self._log, self.author, error.registers)
        with self._lock:
            self._failed = failed = self._failed or error
        return failed

    def _raise_if_over(self) -> None:
        self._raise_if_failed()
        if self._closed:
            raise RecorderClosed(self._log)

    def _raise_if_failed(self) -> None:
        if self._failed is not None:
            raise self._failed.with_traceback(None)

    def _below(self, path: str | os.PathLike[str]) -> str:
        full = os.path.abspath(os.fsdecode(path))
        if not full.startswith(self.directory.rstrip(os.sep) + os.sep):
            raise NotRecorded(full, self.directory)
        return full[len(self.directory.rstrip(os.sep)) :]


class FileRecorder:
    """An open file, and how far it was written. API: ``FileRecorder``.

    One thread at a time may use it.
    """

    def __init__(self, recorder: Recorder, fnode: Fnode, offset: int = 0) -> None:
        self.recorder = recorder
        self.fnode = fnode
        self.offset = offset
        """Byte of the file at which the next write begins."""

    def record_write(self, content: bytes) -> RecordedEvent:
        """Bytes were written at ``offset``, which is now behind them. API: ``RecordWrite``."""
        event = self.recorder.record_write_at(self.fnode, content, self.offset)
        self.offset += len(content)
        return event

    def record_write_at(self, content: bytes, offset: int) -> RecordedEvent:
        """Bytes were written elsewhere; ``offset`` of this object stays. API: ``RecordWriteAt``."""
        return self.recorder.record_write_at(self.fnode, content, offset)
