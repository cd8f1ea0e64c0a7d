"""A branch of a log, as a survey keeps it: runs of authors, and a checksum for each operation.

Rules
-----
* A *point* is a sequence number and a checksum: where a branch stands before an operation, or at
  its end. Who stands at one point has the same history behind it.
* A branch knows its points, four bytes each, so that a fork or a copy is told wherever it left.
  What is kept of all branches is bounded: the oldest points are forgotten first.
"""

from __future__ import annotations

import enum
from array import array
from collections import deque
from typing import Final

import attrs

from rlog_model.identity import Author
from rlog_model.operation import RecordedOp

CHUNK: Final = 1 << 16
"""Points that are kept, and forgotten, together."""

MAX_RUNS: Final = 1000
"""Runs of authors that a branch keeps. The last of them then stands for all that follow."""


class Origin(enum.Enum):
    """How a branch begins."""

    START = "begins with operation 1"
    FORK = "forks"
    UNKNOWN = "continues what is not in this log"


@attrs.define
class Run:
    """Operations in a row, of one author."""

    author: Author
    first_seq_no: int
    last_seq_no: int
    """Inclusive."""

    first_offset: int
    last_offset: int
    """Exclusive."""

    mixed: bool = False
    """Whether others of other authors are among them, as there are too many runs."""


@attrs.define(eq=False)
class Branch:
    """One branch. It grows while the log is read."""

    number: int
    """Its number, from 1, in the order in which branches begin in the log."""

    origin: Origin
    parent: Branch | None
    """The branch that it forked from."""

    first_seq_no: int
    first_checksum: int
    next_seq_no: int
    """Sequence number that would continue it."""

    next_checksum: int
    """Checksum that would continue it."""

    operations: int = 0
    size: int = 0
    """Bytes of its operations: frames and raw bytes."""

    copies: int = 0
    """Operations of it which landed once more."""

    copied_size: int = 0
    runs: list[Run] = attrs.field(factory=list)
    forks: list[Branch] = attrs.field(factory=list)
    """Branches that forked from it, in the order of the log."""

    chunks: deque[array[int]] = attrs.field(factory=deque, repr=False)
    forgotten: int = 0
    """Leading operations whose points are not kept any more."""

    @classmethod
    def at(cls, number: int, origin: Origin, op: RecordedOp, parent: Branch | None) -> Branch:
        """A branch without operations, which ``op`` would continue."""
        return cls(number, origin, parent, op.seq_no, op.checksum, op.seq_no, op.checksum)

    @property
    def first_offset(self) -> int:
        """Byte of the log at which its first operation begins."""
        return self.runs[0].first_offset

    @property
    def last_offset(self) -> int:
        """Byte of the log behind its last operation (exclusive)."""
        return self.runs[-1].last_offset

    def extend(self, op: RecordedOp, next_checksum: int) -> bool:
        """Go on with ``op``. Whether that took a new chunk of points."""
        if grown := not self.chunks or len(self.chunks[-1]) == CHUNK:
            self.chunks.append(array("I"))
        self.chunks[-1].append(op.checksum)
        self.next_seq_no, self.next_checksum = op.seq_no + 1, next_checksum
        self.operations += 1
        self.size += op.last_offset - op.first_offset
        run = self.runs[-1] if self.runs else None
        if run is None or (run.author != op.author and len(self.runs) < MAX_RUNS):
            self.runs.append(Run(op.author, op.seq_no, op.seq_no, op.first_offset, op.last_offset))
        else:
            run.mixed = run.mixed or run.author != op.author
            run.last_seq_no, run.last_offset = op.seq_no, op.last_offset
        return grown

    def stands_at(self, seq_no: int, checksum: int) -> bool:
        """Whether a point is one of the branch, as far as it is kept."""
        if seq_no == self.next_seq_no:
            return checksum == self.next_checksum
        index = seq_no - self.first_seq_no - self.forgotten
        if not 0 <= index < self.operations - self.forgotten:
            return False
        return self.chunks[index // CHUNK][index % CHUNK] == checksum

    def forget(self) -> None:
        """Keep the oldest chunk of points no more."""
        self.forgotten += len(self.chunks.popleft())
