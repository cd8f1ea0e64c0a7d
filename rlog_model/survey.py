"""A survey of one log: what each operation continues, and so which branches the log holds.

Rules
-----
SURVEY-1  An operation which is the next of a branch *continues* it. The first to land is the one
          that a player follows; a later one with the same sequence number and checksum *forks*.
SURVEY-2  One that does, at a point of a branch, just what the branch did there, is a *copy*: an
          append that landed twice. It begins no branch.
SURVEY-3  One with sequence number 1 and checksum 0 *begins* a branch. So does one that continues
          no point known: the log before it was pruned, or its branch came from another log, or its
          author's operations before it are lost.
SURVEY-4  All of these are taken to be as long as they say, if that much was there at the head; an
          append is atomic. But who continues no point known is not believed: the raw bytes that it
          claims are searched, and what in them continues a branch, or begins one, is told.
SURVEY-5  An operation of author 0, or with a sequence number below 1, is nobody's.
SURVEY-6  What is no operation is told as a gap, with why.

So a lie about its length by who does continue a branch, as only a writer of the journal could forge
it, hides what it covers from a survey; from a player of another branch it hides nothing (PLAY-4).

The files are not looked at: an operation which continues a branch, and which a player rejects by
FSM-4 to FSM-8 of ``outcome``, is told as one that continues it. ``explanation`` has the rest.

What a survey keeps does not grow with the log but for four bytes an operation, up to
``MAX_CHUNKS``; see ``branch``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Final

import attrs
from attrs import frozen

from rlog_model import crc32c
from rlog_model.branch import Branch, Origin
from rlog_model.framing import Frame, Framer, Skipped
from rlog_model.fsm import FIRST_SEQ_NO
from rlog_model.identity import Fnode
from rlog_model.operation import Create, Link, RecordedOp, Write
from rlog_model.wire import MalformedOp, decode_frame

MAX_CHUNKS: Final = 1024
"""Chunks of points that are kept: 256 MiB."""

MAX_BRANCHES: Final = 512
"""Branches that are followed. What would begin one more is told, and followed no further."""

MAX_NAMES: Final = 100_000
"""Files of which a path is remembered."""


class Relation(enum.Enum):
    """What an operation is to the branches of its log."""

    CONTINUES = "continues"
    FORKS = "forks"
    BEGINS = "begins"
    UNKNOWN = "continues what is not in this log"
    COPY = "copy"
    NOBODYS = "no recorder's"
    UNFOLLOWED = "of one more branch than are followed"


@frozen
class Seen:
    """An operation, and what it is to the branches."""

    op: RecordedOp
    relation: Relation
    branch: Branch | None
    """The branch that it is on, or a copy of an operation of."""

    path: str | None
    """A path of the file that it names by number alone, if one is known."""


class Why(enum.Enum):
    """Why bytes of a log are no operation."""

    NO_FRAME = "no frame begins there"
    NO_OPERATION = "a frame whose payload is no operation"
    NOT_WHOLE = "an operation that was not whole at the head"
    HOLE = "no fragment has these bytes"
    DAMAGED = "the fragment is damaged"


@frozen
class Gap:
    """Bytes that hold no operation, at ``[first_offset, last_offset)``."""

    first_offset: int
    last_offset: int
    why: Why
    detail: str = ""


Sight = Seen | Gap


@attrs.define
class Survey:
    """Reads a log from its first byte to a head, and keeps its branches."""

    log: str
    head: int
    """Where the survey ends (exclusive). No append lies across it."""

    framer: Framer = attrs.field(factory=lambda: Framer.at(0))
    branches: list[Branch] = attrs.field(factory=list)
    newest: Branch | None = None
    """The branch with the last operation that was no copy."""

    operations: int = 0
    """All operations: copies, and those which are on no branch, too."""

    stray: int = 0
    """Operations that are on no branch: nobody's, or of a branch that isn't followed."""

    gaps: int = 0
    gap_bytes: int = 0
    missing_bytes: int = 0
    """Bytes of ``gap_bytes`` that could not be read: holes and damaged fragments."""

    pruned: int = 0
    """Bytes at the beginning of the log that are gone, as a log is pruned. They are neither gaps
    nor missing."""

    _tips: dict[tuple[int, int], Branch] = attrs.field(factory=dict)
    _names: dict[tuple[int, Fnode], tuple[int, str]] = attrs.field(factory=dict)
    _kept: list[Branch] = attrs.field(factory=list)
    _why: tuple[Why, str] = (Why.NO_FRAME, "")
    _claimed_to: int = 0

    @property
    def wants(self) -> int:
        """The offset of the byte that the survey must be given next; at the head, none."""
        return self.framer.end

    @property
    def forgotten(self) -> int:
        """Operations that would not be known again: a fork from them would continue nothing."""
        return sum(branch.forgotten for branch in self.branches)

    @property
    def followed(self) -> Branch | None:
        """The branch that a player without hints follows: the first that begins at the start of
        the log. Where none does, the one of the last operation."""
        started = (b for b in self.branches if b.origin is Origin.START)
        return next(started, self.newest)

    def feed(self, content: bytes) -> Iterator[Sight]:
        """Read on in bytes at the offset that it ``wants``."""
        self.framer = self.framer.feed(content)
        yield from self._read()

    def miss(self, last: int, why: Why, detail: str = "") -> Iterator[Sight]:
        """Go on at the offset ``last``: what is before could not be read."""
        yield from self._break_off()
        first = self.framer.offset
        self.framer = Framer.at(last)
        gap = Gap(first, last, why, detail)
        if first == 0 and why is Why.HOLE:
            self.pruned = last
            yield gap
            return
        self.missing_bytes += last - first
        yield self._gap(gap)

    def finish(self) -> Iterator[Sight]:
        """The head is reached: what has begun and isn't whole is no operation."""
        yield from self._break_off()

    def _break_off(self) -> Iterator[Sight]:
        """No byte comes behind those at hand which would belong to them."""
        while self.framer.unfinished:
            self._reject(Why.NOT_WHOLE, f"begun at {self.framer.offset}")
            yield from self._read()
        if skipping := self.framer.skipping:
            self.framer = Framer.at(self.framer.end)
            yield from self._skipped(skipping)

    def _read(self) -> Iterator[Sight]:
        while True:
            self.framer, event = self.framer.next()
            match event:
                case Frame():
                    yield from self._frame(event)
                case Skipped():
                    yield from self._skipped(event)
                case _:
                    return

    def _skipped(self, skipped: Skipped) -> Iterator[Sight]:
        why, self._why = self._why, (Why.NO_FRAME, "")
        first = max(skipped.first_offset, min(self._claimed_to, skipped.last_offset))
        if first < skipped.last_offset:
            yield self._gap(Gap(first, skipped.last_offset, *why))

    def _gap(self, gap: Gap) -> Gap:
        self.gaps += 1
        self.gap_bytes += gap.last_offset - gap.first_offset
        return gap

    def _reject(self, why: Why, detail: str) -> None:
        self._why = why, detail  # of the gap that is told before the next frame
        self.framer = self.framer.reject()

    def _frame(self, found: Frame) -> Iterator[Sight]:
        first = found.first_offset
        try:
            op = decode_frame(found, self.log)
        except MalformedOp as error:
            self._reject(Why.NO_OPERATION, f"at {first}: {error.reason}")
            return
        after = op.seq_no + 1, crc32c.update(op.checksum, found.payload)
        relation, branch = self._relation(op, after)
        strange = relation in (Relation.UNKNOWN, Relation.NOBODYS, Relation.UNFOLLOWED)
        if strange and first < self._claimed_to:
            self._reject(Why.NO_FRAME, "")  # content of a file, by all that is known
            return
        if not strange and op.last_offset > self.head:
            self._reject(Why.NOT_WHOLE, f"operation {op.seq_no} at {first}")
            return
        self.operations += 1
        if relation is Relation.COPY and branch is not None:
            branch.copies += 1
            branch.copied_size += op.last_offset - first
        elif relation in (Relation.NOBODYS, Relation.UNFOLLOWED):
            self.stray += 1
        else:
            branch = self._extend(op, relation, branch, after)
        yield Seen(op, relation, branch, self._path(op, branch))
        if strange:
            self._claimed_to = min(op.last_offset, self.head)
            self.framer = self.framer.doubt()
        else:
            self.framer = self.framer.seek(op.last_offset)

    def _relation(self, op: RecordedOp, after: tuple[int, int]) -> tuple[Relation, Branch | None]:
        """What an operation is to the branches, and which one that is about."""
        if not op.author or op.seq_no < FIRST_SEQ_NO:
            return Relation.NOBODYS, None
        before = op.seq_no, op.checksum
        if branch := self._tips.get(before):
            return Relation.CONTINUES, branch
        there = [b for b in self.branches if b.stands_at(*before)]
        for branch in there:
            if branch.stands_at(*after):
                return Relation.COPY, branch
        if len(self.branches) >= MAX_BRANCHES:
            return Relation.UNFOLLOWED, None
        if before == (FIRST_SEQ_NO, crc32c.INITIAL):
            return Relation.BEGINS, None
        if there:
            return Relation.FORKS, there[0]
        return Relation.UNKNOWN, None

    def _extend(
        self, op: RecordedOp, relation: Relation, branch: Branch | None, after: tuple[int, int]
    ) -> Branch:
        if relation is Relation.CONTINUES and branch is not None:
            del self._tips[op.seq_no, op.checksum]
        else:
            origin = _ORIGIN[relation]
            parent, branch = branch, Branch.at(len(self.branches) + 1, origin, op, branch)
            self.branches.append(branch)
            if parent is not None:
                parent.forks.append(branch)
        if branch.extend(op, after[1]):
            self._kept.append(branch)
            if len(self._kept) > MAX_CHUNKS:
                self._kept.pop(0).forget()
        self._tips[after] = self.newest = branch
        match op.change:
            case Create(path):
                self._name(branch, Fnode(op.seq_no), op, path)
            case Link(fnode, path):
                self._name(branch, fnode, op, path)
        return branch

    def _name(self, branch: Branch, fnode: Fnode, op: RecordedOp, path: str) -> None:
        self._names.pop((branch.number, fnode), None)
        self._names[branch.number, fnode] = op.seq_no, path
        if len(self._names) > MAX_NAMES:
            del self._names[next(iter(self._names))]

    def _path(self, op: RecordedOp, branch: Branch | None) -> str | None:
        """A path that a written file had when ``op`` was made: what its branch linked last."""
        if not isinstance(op.change, Write):
            return None
        before = op.seq_no
        while branch is not None:
            seq_no, path = self._names.get((branch.number, op.change.fnode), (before, ""))
            if seq_no < before:
                return path
            before, branch = min(before, branch.first_seq_no), branch.parent
        return None


_ORIGIN: Final = {
    Relation.BEGINS: Origin.START,
    Relation.FORKS: Origin.FORK,
    Relation.UNKNOWN: Origin.UNKNOWN,
}


def lineage(branch: Branch) -> tuple[Branch, ...]:
    """A branch and those that it came from, the first of them first."""
    found = [branch]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    return tuple(reversed(found))
