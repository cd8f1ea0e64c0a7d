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
* What waits is in memory. So who queues asks before whether there is room, and waits for it: a
  program can write faster than a journal makes it durable.
"""

from __future__ import annotations

import errno
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Final, Protocol

from attrs import frozen

from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.protocol import Appended, Journal

MAX_BATCH: Final = 4 << 20
"""Bytes that are appended at once, at most, unless one append alone is longer."""


MOST_WAITING: Final = 16 << 20
"""Bytes that wait in a queue with a thread, before who asks for room has to wait."""


@frozen
class QueueDropped(Exception):
    """The queue was dropped before the append was tried, as when a process dies."""

    def __str__(self) -> str:
        return "the append was dropped with its queue, and did not land"


def _nothing(appended: Appended) -> None:
    """What a queue does when appends have landed that nobody else waits for."""


def _as_it_is(error: Exception) -> Exception:
    """What a queue tells of an append that failed, unless somebody knows better."""
    return error


def promise() -> Future[Appended]:
    """A future which can't be cancelled: what is queued lands all the same."""
    future: Future[Appended] = Future()
    future.set_running_or_notify_cancel()
    return future


_answering: Final = threading.Lock()
"""Held while an answer and a future find each other: one lock for all, as that is soon over."""


class Landing:
    """Where an append lands, as soon as it is durable.

    There is a future of it once somebody has asked for one: most are never asked for, and a future
    costs as much as all else that an append does.
    """

    __slots__ = ("_answer", "_future")

    def __init__(self) -> None:
        self._answer: Appended | Exception | None = None
        self._future: Future[Appended] | None = None

    @property
    def future(self) -> Future[Appended]:
        """The one future of it, which can't be cancelled."""
        with _answering:
            if self._future is not None:
                return self._future
            self._future = future = promise()
            answer = self._answer
        if answer is not None:
            _resolve(future, answer)
        return future

    @classmethod
    def answer(cls, answers: Iterable[tuple[Landing, Appended | Exception]]) -> None:
        """Say of each where it landed, or why it didn't."""
        with _answering:
            asked_for = []
            for landing, answer in answers:
                landing._answer = answer
                if landing._future is not None:
                    asked_for.append((landing._future, answer))
        for future, answer in asked_for:
            _resolve(future, answer)


def _resolve(future: Future[Appended], answer: Appended | Exception) -> None:
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


@frozen(eq=False)
class Queued:
    """An append that waits."""

    content: bytes
    check: LabelSelector | None
    union: LabelSet
    landing: Landing
    then: Callable[[Appended], None] = _nothing
    """Called when it is durable, before that is said of its landing: once for all in a row that
    have landed together and have the same, with the range of all of them."""

    fails: Callable[[Exception], Exception] = _as_it_is
    """Called when it failed: what is said of its landing."""


class AppendQueue(Protocol):
    """Where a recorder puts what it appends. All methods can be called from several threads."""

    def submit(
        self,
        content: bytes,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
        then: Callable[[Appended], None] = _nothing,
        fails: Callable[[Exception], Exception] = _as_it_is,
    ) -> Landing:
        """Queue an append: see ``Queued``.

        It never raises what the journal raises: the landing has that.

        Spec: REC-15.
        """

    def wait_for_room(self) -> None:
        """Wait until not too much waits. Nobody may wait with a lock that ``then`` or ``fails``
        need."""

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
        fails: Callable[[Exception], Exception] = _as_it_is,
    ) -> Landing:
        """See ``AppendQueue``."""
        queued = Queued(content, check, union, Landing(), then, fails)
        with self._changed:
            failed = self._failed
            if failed is None:
                self._waiting.append(queued)
                self._queued()
        if failed is not None:
            Landing.answer([(queued.landing, fails(failed))])
        return queued.landing

    def _queued(self) -> None:
        """Something waits. Called under the lock."""

    def wait_for_room(self) -> None:
        """See ``AppendQueue``. There always is."""

    def drop(self) -> None:
        """See ``AppendQueue``."""
        self._fail(QueueDropped())

    def _fail(self, error: Exception, batch: tuple[Queued, ...] = ()) -> None:
        with self._changed:
            self._failed = failed = self._failed or error
            waiting = tuple(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        Landing.answer([(queued.landing, queued.fails(error)) for queued in batch])
        Landing.answer([(queued.landing, queued.fails(failed)) for queued in waiting])

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
        answers: list[tuple[Landing, Appended | Exception]] = []
        for then, alike in itertools.groupby(batch, lambda queued: queued.then):
            end = begin
            for queued in alike:
                part = Appended(end, end + len(queued.content))
                end = part.end
                answers.append((queued.landing, part))
            then(Appended(begin, end))
            begin = end
        Landing.answer(answers)


class ThreadedAppendQueue(_Queue):
    """Appends in a thread of its own, which starts with the first one."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._thread: threading.Thread | None = None
        self._closing = False
        self._size = 0
        """Bytes that wait."""

    def wait_for_room(self) -> None:
        """See ``AppendQueue``."""
        if self._size > MOST_WAITING:
            with self._changed:
                self._changed.wait_for(lambda: self._size <= MOST_WAITING or self._failed)

    def _queued(self) -> None:
        if self._thread is None:
            name = f"append to {self._journal.name}"
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._thread.start()
        self._size += len(self._waiting[-1].content)
        if len(self._waiting) == 1:
            # It waits only for the first.
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
            had_room = self._size <= MOST_WAITING
            self._size -= sum([len(queued.content) for queued in batch])
            if not had_room:
                self._changed.notify_all()
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
    # As pairs, of which the parts are mostly the same objects: these are not compared further.
    return (one.check, one.union) == (other.check, other.union)
