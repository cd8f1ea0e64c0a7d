"""A log, as a value: the journal rules without threads, clocks or files.

Rules: those of ``journal.protocol``.
"""

from __future__ import annotations

import attrs
from attrs import frozen

from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet


@frozen
class Fragment:
    """Appends that are deleted together."""

    begin: int
    content: bytes = b""

    @property
    def end(self) -> int:
        """Offset after the last byte."""
        return self.begin + len(self.content)


@frozen
class Log:
    """Fragments in rising order, the last one open. Spec: JRN-1, JRN-8, ADP-20."""

    fragments: tuple[Fragment, ...] = (Fragment(0),)
    registers: LabelSet = EMPTY

    @property
    def head(self) -> int:
        """Offset of the next byte to be appended."""
        return self.fragments[-1].end

    def append(
        self, content: bytes, check: LabelSelector | None = None, union: LabelSet = EMPTY
    ) -> Log | None:
        """The log with ``content`` at its head; none if the registers don't match ``check``.

        A barrier, which has no content, changes nothing.
        """
        if check is not None and not check.matches(self.registers):
            return None
        if not content:
            return self
        *closed, last = self.fragments
        grown = attrs.evolve(last, content=last.content + content)
        return Log((*closed, grown), self.registers.union(union))

    def roll(self) -> Log:
        """The log with its open fragment closed, if that holds anything."""
        if not self.fragments[-1].content:
            return self
        return attrs.evolve(self, fragments=(*self.fragments, Fragment(self.head)))

    def prune(self, before: int, begin: int = 0) -> Log:
        """The log without its closed fragments that begin at or after ``begin``, and end at or
        before ``before``."""
        *closed, last = self.fragments
        kept = [f for f in closed if f.begin < begin or f.end > before]
        return attrs.evolve(self, fragments=(*kept, last))

    def has(self, begin: int, end: int) -> bool:
        """Whether nothing between ``begin`` and ``end`` (exclusive), up to the head, is deleted."""
        reached = begin
        for fragment in self.fragments:
            if fragment.begin <= reached:
                reached = max(reached, fragment.end)
        return reached >= min(end, self.head)

    def from_offset(self, offset: int) -> bytes:
        """All that there is from an offset on, without the holes."""
        return b"".join(f.content[max(offset - f.begin, 0) :] for f in self.fragments)

    def read(self, offset: int) -> tuple[int, bytes] | None:
        """All of the fragment at ``offset`` from there on, and where it begins: later than asked
        if that is deleted. None at the head."""
        for fragment in self.fragments:
            if offset < fragment.end:
                begin = max(offset, fragment.begin)
                return begin, fragment.content[begin - fragment.begin :]
        return None
