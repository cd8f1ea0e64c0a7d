"""Journals in memory: for tests, simulations and pages in a browser.

They live as long as their store, and have the fragments, and with them the jumps of reads, that the
journals of ``file`` have.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from threading import Condition
from typing import Final, final

from .handle import Handle, Log
from .labels import EMPTY, LabelSelector, LabelSet
from .protocol import (
    DEFAULT_FRAGMENT_SIZE,
    HEAD,
    Appended,
    Chunk,
    FragmentRange,
    RegisterMismatch,
)
from .store import Store


@final
class MemoryJournal(Handle):
    """A journal in memory, as ``MemoryStore.open`` gives it."""


@final
class MemoryStore(Store["_MemoryLog", MemoryJournal]):
    """A store of journals in memory."""

    def __init__(self, *, fragment_size: int = DEFAULT_FRAGMENT_SIZE) -> None:
        """``fragment_size``: bytes of content at which the open fragment is closed."""
        super().__init__()
        self._fragment_size: Final = fragment_size

    def _make_log(self, name: str) -> _MemoryLog:
        return _MemoryLog(name, self._fragment_size)

    def _make_handle(self, name: str, log: _MemoryLog) -> MemoryJournal:
        return MemoryJournal(name, log, self._on_close)

    def _unused(self, name: str) -> None:
        """The content of a journal stays for whoever opens it next."""


@final
class _MemoryLog(Log):
    def __init__(self, name: str, fragment_size: int) -> None:
        self.changed = Condition()
        self.poll = None
        self._name: Final = name
        self._fragment_size: Final = fragment_size
        self._begins: list[int] = []  # of the closed fragments
        self._closed: list[bytes] = []
        self._open_begin = 0
        self._open = bytearray()
        self._registers = EMPTY

    def append(
        self, content: bytes, check: LabelSelector | None, union: LabelSet, subtract: LabelSet
    ) -> Appended:
        """Spec: JRN-1, JRN-4, JRN-5, BAR-1, BAR-2."""
        with self.changed:
            if check is not None and not check.matches(self._registers):
                raise RegisterMismatch(self._name, check, self._registers)
            if content and len(self._open) >= self._fragment_size:
                self._roll()
            begin = self.known_head()
            if content:
                self._open += content
                if union or subtract:
                    self._registers = self._registers.subtract(subtract).union(union)
                self.changed.notify_all()
            return Appended(begin, begin + len(content))

    def read(self, offset: int, limit: int) -> Chunk | int:
        """Spec: JRN-6, JRN-7."""
        with self.changed:
            head = self.known_head()
            if offset == HEAD or offset >= head:
                return head
            if offset >= self._open_begin:
                begin, content = self._open_begin, memoryview(self._open)
            else:
                at = bisect_right(self._begins, offset) - 1
                if at < 0 or self._begins[at] + len(self._closed[at]) <= offset:
                    at += 1  # in what was deleted: on to the next that exists
                if at < len(self._begins):
                    begin, content = self._begins[at], memoryview(self._closed[at])
                else:
                    begin, content = self._open_begin, memoryview(self._open)
            at = max(offset, begin)
            with content:
                return Chunk(at, bytes(content[at - begin : at - begin + limit]))

    def known_head(self) -> int:
        return self._open_begin + len(self._open)

    def registers(self) -> LabelSet:
        with self.changed:
            return self._registers

    def first_offset(self) -> int:
        with self.changed:
            return self._begins[0] if self._begins else self._open_begin

    def roll(self) -> None:
        with self.changed:
            self._roll()

    def _roll(self) -> None:
        if self._open:
            self._begins.append(self._open_begin)
            self._closed.append(bytes(self._open))
            self._open_begin += len(self._open)
            self._open = bytearray()

    def prune(self, before: int, begin: int) -> tuple[FragmentRange, ...]:
        """Spec: JRN-8."""
        with self.changed:
            first = bisect_left(self._begins, begin)
            gone: list[FragmentRange] = []
            for start, content in zip(self._begins[first:], self._closed[first:], strict=True):
                if start + len(content) > before:
                    break
                gone.append(FragmentRange(start, start + len(content)))
            end = first + len(gone)
            del self._begins[first:end], self._closed[first:end]
            return tuple(gone)
