"""Appends that wait their turn.

Rules
-----
* Appends land in the order in which they were queued, each whole. Many that wait together share
  one append of the journal, so that they share what makes it durable.
* Where one fails, nothing that was queued behind it is tried: a log has no gaps. They all fail with
  the same error, and so does whatever is queued later.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
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


@frozen
class Queued:
    """An append that waits."""

    content: bytes
    check: LabelSelector | None
    union: LabelSet
    landed: Future[Appended]
    """Resolved when the append is durable."""


class AppendQueue(Protocol):
    """Where a recorder puts what it appends."""

    def submit(
        self,
        content: bytes,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
    ) -> Future[Appended]:
        """Queue an append. The future tells where it landed, or why it did not."""

    def close(self) -> None:
        """Let what is queued land, and take nothing more."""

    def drop(self) -> None:
        """Fail what is queued, with ``QueueDropped``."""


class _Queue:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[Queued] = deque()
        self._changed = threading.Condition()
        self._failed: BaseException | None = None

    def submit(
        self,
        content: bytes,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
    ) -> Future[Appended]:
        """See ``AppendQueue``."""
        queued = Queued(content, check, union, Future())
        with self._changed:
            if self._failed is None:
                self._waiting.append(queued)
                self._changed.notify_all()
            else:
                queued.landed.set_exception(self._failed)
        return queued.landed

    def drop(self) -> None:
        """See ``AppendQueue``."""
        self._fail(QueueDropped())

    def _fail(self, error: BaseException, batch: Iterable[Queued] = ()) -> None:
        with self._changed:
            self._failed = self._failed or error
            dropped = [*batch, *self._waiting]
            self._waiting.clear()
            self._changed.notify_all()
        for queued in dropped:
            queued.landed.set_exception(error)

    def _append(self, batch: list[Queued]) -> None:
        """Append a batch, whose members ask for the same check and union."""
        first = batch[0]
        try:
            landed = self._journal.append(
                b"".join(queued.content for queued in batch),
                check=first.check,
                union=first.union,
            )
        except Exception as error:
            self._fail(error, batch)
            return
        begin = landed.begin
        for queued in batch:
            part = Appended(begin, begin + len(queued.content))
            begin = part.end
            queued.landed.set_result(part)


class ThreadedAppendQueue(_Queue):
    """Appends in a thread of its own, which starts with the first one."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._thread: threading.Thread | None = None
        self._closing = False

    def submit(
        self,
        content: bytes,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
    ) -> Future[Appended]:
        """See ``AppendQueue``."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name=f"append to {self._journal.name}", daemon=True
                )
                self._thread.start()
        return super().submit(content, check, union)

    def close(self) -> None:
        """See ``AppendQueue``."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._fail(QueueDropped())

    def _run(self) -> None:
        while batch := self._next_batch():
            self._append(batch)

    def _next_batch(self) -> list[Queued]:
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
            return batch


class ManualAppendQueue(_Queue):
    """Appends when it is told to, one by one: so that every interleaving can be made."""

    def commit(self, appends: int | None = None) -> None:
        """Append the next ``appends`` that wait, or all."""
        count = len(self._waiting) if appends is None else appends
        while count > 0 and self._waiting:
            with self._changed:
                batch = [self._waiting.popleft()]
            self._append(batch)
            count -= 1

    @property
    def waiting(self) -> tuple[Queued, ...]:
        """What is queued, the next first."""
        return tuple(self._waiting)

    def close(self) -> None:
        """See ``AppendQueue``."""
        self.commit()
        self._fail(QueueDropped())


def _alike(one: Queued, other: Queued) -> bool:
    return one.check == other.check and one.union == other.union
