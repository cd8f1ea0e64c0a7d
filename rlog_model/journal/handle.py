"""What all kinds of journal do alike: checks of arguments, waiting reads, closing.

A *log* is the shared state of one journal in this process; a *handle* is what ``open`` gives to a
caller. A log outlives the handles that are closed while others are open.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition
from typing import Final, Protocol

from ..closing import Closing
from .labels import EMPTY, LabelSelector, LabelSet
from .protocol import (
    DEFAULT_READ_LIMIT,
    HEAD,
    Appended,
    Chunk,
    EmptyRegisterChange,
    FragmentRange,
    JournalClosed,
    OffsetNotYetAvailable,
)


class Log(Protocol):
    """The shared state of one journal."""

    changed: Condition
    """Notified when an append of this process landed, or a handle was closed."""

    poll: tuple[float, float] | None
    """Least and greatest seconds between two looks for what other processes appended."""

    def append(
        self, content: bytes, check: LabelSelector | None, union: LabelSet, subtract: LabelSet
    ) -> Appended:
        """As ``Journal.append``."""

    def read(self, offset: int, limit: int) -> Chunk | int:
        """As a read that does not wait; the head, where ``offset`` is not written yet."""

    def known_head(self) -> int:
        """The head that this process knows, without a look at what others did."""

    def registers(self) -> LabelSet:
        """As ``Journal.registers``."""

    def first_offset(self) -> int:
        """As ``Journal.first_offset``."""

    def roll(self) -> None:
        """As ``Journal.roll``."""

    def prune(self, before: int, begin: int) -> tuple[FragmentRange, ...]:
        """As ``Journal.prune``."""


class Handle(Closing):
    """A ``Journal`` over a log."""

    def __init__(self, name: str, log: Log, on_close: Callable[[Handle], None]) -> None:
        self._name: Final = name
        self._log: Final = log
        self._on_close: Final = on_close
        self._closed = False

    @property
    def name(self) -> str:
        """The journal's name."""
        return self._name

    def append(
        self,
        content: bytes,
        *,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
        subtract: LabelSet = EMPTY,
    ) -> Appended:
        """See ``Journal.append``."""
        self._check_open()
        if not content and (union or subtract):
            raise EmptyRegisterChange(self._name, union, subtract)
        return self._log.append(content, check, union, subtract)

    def read(
        self,
        offset: int,
        *,
        limit: int = DEFAULT_READ_LIMIT,
        timeout: float | None = 0.0,
    ) -> Chunk:
        """See ``Journal.read``."""
        if offset < HEAD or limit < 1:
            raise ValueError(f"no read of {limit} bytes at offset {offset} of {self._name}")
        deadline = None if timeout is None else time.monotonic() + timeout if timeout else 0.0
        pause = self._log.poll[0] if self._log.poll else None
        while True:
            self._check_open()
            found = self._log.read(offset, limit)
            if isinstance(found, Chunk):
                return found
            if offset == HEAD:
                offset = found
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise OffsetNotYetAvailable(self._name, offset, found)
            self._wait(found, remaining if pause is None else min(pause, remaining or pause))
            if self._log.poll and pause is not None:
                pause = min(pause * 2, self._log.poll[1])

    def _wait(self, head: int, seconds: float | None) -> None:
        with self._log.changed:
            if self._log.known_head() == head and not self._closed:
                self._log.changed.wait(seconds)

    def registers(self) -> LabelSet:
        """See ``Journal.registers``."""
        self._check_open()
        return self._log.registers()

    def write_head(self) -> int:
        """See ``Journal.write_head``."""
        self._check_open()
        return self._log.append(b"", None, EMPTY, EMPTY).end

    def first_offset(self) -> int:
        """See ``Journal.first_offset``."""
        self._check_open()
        return self._log.first_offset()

    def roll(self) -> None:
        """See ``Journal.roll``."""
        self._check_open()
        self._log.roll()

    def prune(self, before: int, begin: int = 0) -> tuple[FragmentRange, ...]:
        """See ``Journal.prune``."""
        self._check_open()
        return self._log.prune(before, begin)

    def close(self) -> None:
        """See ``Journal.close``."""
        with self._log.changed:
            if self._closed:
                return
            self._closed = True
            self._log.changed.notify_all()
        self._on_close(self)

    def _check_open(self) -> None:
        if self._closed:
            raise JournalClosed(self._name)
