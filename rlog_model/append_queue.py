"""Appends that wait their turn.

Rules
-----
* Appends land in the order in which they were queued, each whole and contiguous. Each is sent when
  the one before it was answered. Many that wait together, with one check and one union, share one
  append of the journal, so that they share what makes it durable.
* Where one fails, nothing that was queued behind it is tried: a log has no gaps. They all fail with
  the same error, and so does whatever is queued later.
* A barrier, an append of no bytes, is answered with the offset behind all that was queued before.
* What a queue answers is answered in order, and can't be cancelled.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Protocol

from attrs import frozen

from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.protocol import Appended, Journal

MAX_BATCH: Final = 4 << 20
"""Bytes that are appended at once, at most, unless one append alone is longer."""


@frozen
class QueueDropped(Exception):
    """The queue was dropped before the append was tried, as when a process dies."""

    def __str__(self) -> str:
        return "the append was dropped with its queue, and did not land"


def _nothing(appended: Appended) -> None:
    """What a queue does when an append has landed that nobody else waits for."""


@frozen(eq=False)
class Queued:
    """An append that waits."""

    content: bytes
    check: LabelSelector | None
    union: LabelSet
    landed: Future[Appended]
    """Resolved when the append is durable."""

    then: Callable[[Appended], None] = _nothing
    """Called just before that."""


class AppendQueue(Protocol):
    """Where a recorder puts what it appends. All methods can be called from several threads."""

    def submit(
        self,
        content: bytes,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
        then: Callable[[Appended], None] = _nothing,
    ) -> Future[Appended]:
        """Queue an append; ``then`` is called, in order, just before its future is resolved.

        It never raises what the journal raises: the future has that.
        """

    def close(self) -> None:
        """Let what is queued land, and take nothing more."""

    def drop(self) -> None:
        """Fail what is queued and not yet sent, with ``QueueDropped``."""


class _Queue:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[Queued] = deque()
        self._changed = threading.Condition()
        self._failed: Exception | None = None

    def submit(
        self,
        content: bytes,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
        then: Callable[[Appended], None] = _nothing,
    ) -> Future[Appended]:
        """See ``AppendQueue``."""
        landed: Future[Appended] = Future()
        # Cancelled, it would stay in the log all the same.
        landed.set_running_or_notify_cancel()
        with self._changed:
            failed = self._failed
            if failed is None:
                self._waiting.append(Queued(content, check, union, landed, then))
                self._queued()
        if failed is not None:
            landed.set_exception(failed)
        return landed

    def _queued(self) -> None:
        """Something waits. Called under the lock."""

    def drop(self) -> None:
        """See ``AppendQueue``."""
        self._fail(QueueDropped())

    def _fail(self, error: Exception, batch: tuple[Queued, ...] = ()) -> None:
        with self._changed:
            self._failed = failed = self._failed or error
            waiting = tuple(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for queued in batch:
            queued.landed.set_exception(error)
        for queued in waiting:
            queued.landed.set_exception(failed)

    def _append(self, batch: tuple[Queued, ...]) -> None:
        """Append a batch, whose members ask for the same check and union."""
        first = batch[0]
        content = first.content if len(batch) == 1 else b"".join(q.content for q in batch)
        try:
            begin = self._journal.append(content, check=first.check, union=first.union).begin
        except BaseException as error:
            # Nobody may wait for ever, whatever it was that ended this thread.
            interrupted = OSError(errno.EINTR, "interrupted: the append may have landed or not")
            self._fail(error if isinstance(error, Exception) else interrupted, batch)
            if isinstance(error, Exception):
                return
            raise
        for queued in batch:
            part = Appended(begin, begin + len(queued.content))
            begin = part.end
            queued.then(part)
            queued.landed.set_result(part)


class ThreadedAppendQueue(_Queue):
    """Appends in a thread of its own, which starts with the first one."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._thread: threading.Thread | None = None
        self._closing = False

    def _queued(self) -> None:
        if self._thread is None:
            name = f"append to {self._journal.name}"
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def close(self) -> None:
        """See ``AppendQueue``."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()
        self.drop()

    def _run(self) -> None:
        while batch := self._next_batch():
            self._append(batch)

    def _next_batch(self) -> tuple[Queued, ...]:
        """What is appended next; nothing when the queue ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing or self._failed)
            batch: list[Queued] = []
            size = 0
            while self._waiting:
                queued = self._waiting[0]
                size += len(queued.content)
                if batch and (size > MAX_BATCH or not _alike(batch[0], queued)):
                    break
                batch.append(self._waiting.popleft())
            return tuple(batch)


class ManualAppendQueue(_Queue):
    """Appends when it is told to, one by one: so that every interleaving can be made."""

    def commit(self, appends: int | None = None) -> None:
        """Append the next ``appends`` that wait, or all. What fails, the futures tell."""
        count = len(self._waiting) if appends is None else appends
        while count > 0 and self._waiting:
            with self._changed:
                queued = self._waiting.popleft()
            self._append((queued,))
            count -= 1

    @property
    def waiting(self) -> tuple[Queued, ...]:
        """What is queued, the next first."""
        with self._changed:
            return tuple(self._waiting)

    def close(self) -> None:
        """See ``AppendQueue``."""
        self.commit()
        self.drop()


def _alike(one: Queued, other: Queued) -> bool:
    return one.check == other.check and one.union == other.union
