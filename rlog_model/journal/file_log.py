"""The shared state of one journal in a directory: appends of many threads, reads, and the rest."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition
from typing import Final, final

from attrs import define

from .codec import Codec
from .directory import JournalDirectory
from .fragment import FragmentFile, Span
from .fragment_reader import FragmentReader
from .handle import Log
from .labels import LabelSelector, LabelSet
from .protocol import Appended, Chunk, FragmentRange, RegisterMismatch
from .spool import SpoolAppend


@define(eq=False)
class _Pending:
    """An append that waits to be committed."""

    content: bytes
    check: LabelSelector | None
    union: LabelSet
    subtract: LabelSet
    outcome: Appended | BaseException | None = None


@final
class FileLog(Log):
    """One journal of a ``FileStore``.

    Threads queue their appends. The one that has its turn commits all that are queued: each is
    checked against the registers that the ones before it leave, and all share one sync.
    """

    def __init__(self, name: str, root: Path, fragment_size: int, codec: Codec) -> None:
        self._directory: Final = JournalDirectory(name, root, codec)
        self.changed = self._directory.changed
        self.poll = (0.0005, 0.01)
        self._name: Final = name
        self._fragment_size: Final = fragment_size
        self._fragments: Final = FragmentReader(name, self._directory.path)
        self._turns: Final = Condition()
        self._busy = False  # whether a thread has its turn, which it needs for ``exclusive``
        self._queue: Final[deque[_Pending]] = deque()

    def append(
        self, content: bytes, check: LabelSelector | None, union: LabelSet, subtract: LabelSet
    ) -> Appended:
        pending = _Pending(content, check, union, subtract)
        self._queue.append(pending)
        try:
            with self._turn(unless=lambda: pending.outcome is not None) as taken:
                if taken:
                    self._commit_queue()
        except BaseException:
            with suppress(ValueError):  # it was taken from the queue
                self._queue.remove(pending)
            raise
        if not isinstance(pending.outcome, Appended):
            assert pending.outcome is not None
            raise pending.outcome
        return pending.outcome

    @contextmanager
    def _turn(self, unless: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Wait for the turn, and have it, or until there is no need to have it.

        Whoever gives up a turn wakes all that wait: those whose append it committed leave at once,
        and do not queue for a turn behind those who come again.
        """
        with self._turns:
            while self._busy and not unless():
                self._turns.wait()
            if unless():
                taken = False
            else:
                taken = self._busy = True
        try:
            yield taken
        finally:
            if taken:
                with self._turns:
                    self._busy = False
                    self._turns.notify_all()

    def _commit_queue(self) -> None:
        batch: deque[_Pending] = deque()
        while self._queue:
            batch.append(self._queue.popleft())
        waiting = deque(batch)
        try:
            with self._directory.exclusive(create=any(pending.content for pending in batch)):
                while waiting:
                    self._commit_some(waiting)
        except BaseException as error:
            # What is on disk is known again only by looking. A verdict that no record was written
            # for may rest on one that was, so all of these end in the same way.
            self._directory.forget()
            # An interrupt is for the thread that commits. The others did not ask for it.
            interrupted = OSError(errno.EINTR, "interrupted: the append may have landed or not")
            told = error if isinstance(error, Exception) else interrupted
            for pending in batch:
                if pending.outcome is None:
                    pending.outcome = told
            if told is interrupted:
                raise

    def _commit_some(self, waiting: deque[_Pending]) -> None:
        """Commit the first ones of ``waiting``: as many as go into one fragment."""
        directory = self._directory
        head, registers, size = directory.head, directory.registers, directory.open_size
        appends: list[SpoolAppend] = []
        outcomes: list[tuple[_Pending, Appended | RegisterMismatch]] = []
        while waiting:
            pending = waiting[0]
            content = pending.content
            if pending.check is not None and not pending.check.matches(registers):
                mismatch = RegisterMismatch(self._name, pending.check, registers)
                outcomes.append((pending, mismatch))
            elif not content:
                outcomes.append((pending, Appended(head, head)))
            elif size >= self._fragment_size:
                if appends:
                    break
                directory.close_open()
                size = 0
                continue
            else:
                changes = bool(pending.union or pending.subtract)
                if changes:
                    registers = registers.subtract(pending.subtract).union(pending.union)
                appends.append(SpoolAppend(content, registers if changes else None))
                outcomes.append((pending, Appended(head, head + len(content))))
                head += len(content)
                size += len(content)
            waiting.popleft()
        if appends:
            directory.append(appends)
        for pending, outcome in outcomes:
            pending.outcome = outcome

    def read(self, offset: int, limit: int) -> Chunk | int:
        while True:
            found: Chunk | Span | int | None = None
            with self.changed:
                if self._directory.look():
                    found = self._directory.locate(offset, limit)
            if found is None:
                self._attach()
            elif isinstance(found, Span):
                at = max(offset, found.begin)
                try:
                    content = self._fragments.read(found.file, at, min(limit, found.end - at))
                except FileNotFoundError:
                    self._directory.rescan()
                    continue
                return Chunk(at, content)
            else:
                return found

    def _attach(self) -> None:
        with self._turn(), self._directory.exclusive(create=False):
            pass

    def known_head(self) -> int:
        with self.changed:
            return self._directory.head

    def registers(self) -> LabelSet:
        with self._turn(), self._directory.exclusive(create=False):
            return self._directory.registers

    def first_offset(self) -> int:
        with self._turn(), self._directory.exclusive(create=False):
            self._directory.rescan()
            with self.changed:
                return self._directory.first_offset

    def roll(self) -> None:
        with self._turn(), self._directory.exclusive(create=False):
            size = self._directory.open_size
        if size:
            with self._turn(), self._directory.exclusive(create=True):
                self._directory.close_open()

    def prune(self, before: int, begin: int) -> tuple[FragmentRange, ...]:
        def doomed_files() -> list[FragmentFile]:
            self._directory.rescan()
            files = self._directory.files
            return [file for file in files if begin <= file.begin and file.end <= before]

        with self._turn(), self._directory.exclusive(create=False):
            if not doomed_files():
                return ()
        with self._turn(), self._directory.exclusive(create=True):
            doomed = doomed_files()
            self._directory.delete(doomed)
            return tuple(file.range for file in doomed)

    def close(self) -> None:
        """Close all files. What is still under way ends with ``JournalClosed``."""
        with self._turn():
            self._directory.close()
            self._fragments.close()
