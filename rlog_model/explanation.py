"""An explanation of a play: what it did with each operation, and by which rule; where it seeks.

Rules
-----
* Operations are told in *stretches*: from one note that a reader must see to the next. A stretch
  counts, by rule and author, what was applied, untracked and rejected.
* Of seeks the first ``MAX_SEEKS`` have a note of their own, as long as not each operation is told;
  the rest are counted by the stretch: hints can name thousands of segments.
* What a reader must see has a note of its own: a seek, a move to another log, a hole, bytes that
  are no operation, the end of the hints, and an operation that *surprises*:

  - one that was the next of the branch and was rejected all the same (FSM-4 to FSM-6, FSM-8);
  - the first of an author with the next sequence number and another checksum (FSM-3): there his
    branch and the one that is played stand side by side.

Where each operation is asked for, they are told one by one in place of stretches and surprises, and
so are bytes that are no operation.

It is fed what a ``Playback`` gives, and holds no more than counts: a log of any length can be
explained.
"""

from __future__ import annotations

from typing import Final

import attrs

from rlog_model.framing import Skipped
from rlog_model.fsm import Remaining
from rlog_model.identity import Author
from rlog_model.operation import RecordedOp
from rlog_model.outcome import ChecksumMismatch, is_transition
from rlog_model.play_messages import Offered
from rlog_model.play_notes import (
    HintsRead,
    Hole,
    Move,
    NoOperation,
    Note,
    Seek,
    Stretch,
    Surprise,
    Tally,
)
from rlog_model.playback import Playback, Progress

MAX_TALLIES: Final = 64
"""Rules and authors that one stretch tells apart; then the next one begins."""

MAX_SEEKS: Final = 20
"""Seeks that have a note of their own."""

MAX_AUTHORS: Final = 10_000
"""Authors that are remembered."""

ROUTINE: Final = frozenset({"FSM-0", "FSM-1", "FSM-2", "FSM-7"})
"""Rules of outcomes that any play of a log with several recorders has."""


@attrs.define
class Explanation:
    """What is to be told of a play, while it goes on."""

    remaining: Remaining
    next_seq_no: int
    log: str
    every: bool = False
    """Whether each operation is told."""

    position: int = 0
    """Byte behind what was read last."""

    contenders: dict[Author, Offered] = attrs.field(factory=dict)
    """Operations that were rejected with the sequence number that is needed next: by author, the
    last one."""

    authors: dict[Author, int] = attrs.field(factory=dict)
    """The greatest sequence number that was met in the log, by author."""

    holes: list[Hole] = attrs.field(factory=list)
    """Holes that were met since the branch went on last."""

    rejected_since: int = 0
    """Operations that were rejected since the branch went on last."""

    last_applied: RecordedOp | None = None
    """The last operation that moved the branch on."""

    _notes: list[Note] = attrs.field(factory=list)
    _tallies: dict[tuple[str, Author], Tally] = attrs.field(factory=dict)
    _first: int = 0
    _content: int = 0
    _claimed_to: int = 0
    _head: int = 0
    _told_seeks: int = 0
    _seeks: int = 0
    _seek_bytes: int = 0
    _strangers: set[Author] = attrs.field(factory=set)

    @classmethod
    def of(cls, playback: Playback, *, every: bool = False) -> Explanation:
        """The explanation of a play that is about to begin."""
        fsm = playback.fsm
        segment = fsm.remaining.segment
        log = playback.log if segment is None else segment.log
        return cls(fsm.remaining, fsm.next_seq_no, log, every)

    def read(self, log: str, progress: Progress) -> tuple[Note, ...]:
        """Notes on what was read of ``log``."""
        self._head = progress.playback.heads.get(log, 0)
        for found in progress.read:
            if isinstance(found, Skipped):
                self._reach(log, found.first_offset)
                self._skipped(found)
            else:
                self._reach(log, found.op.first_offset)
                self._each(found)
                self._offered(found)
        return self._taken()

    def hole(self, log: str, first: int, last: int) -> tuple[Note, ...]:
        """Notes on a jump of the log itself."""
        self._reach(log, first)
        self._close()
        self.holes.append(Hole(log, first, last))
        self._notes.append(self.holes[-1])
        self.position = self._first = last
        return self._taken()

    def end(self, playback: Playback) -> tuple[Note, ...]:
        """Notes on what is left at the end of the play."""
        if skipping := playback.framer.skipping:
            self._reach(playback.log, skipping.first_offset)
            self._skipped(Skipped(skipping.first_offset, playback.framer.end))
        self._close()
        return self._taken()

    def _taken(self) -> tuple[Note, ...]:
        taken, self._notes = tuple(self._notes), []
        return taken

    def _reach(self, log: str, offset: int) -> None:
        """Note how the player came to an offset."""
        if log != self.log:
            self._close()
            self._notes.append(Move(self.log, log, offset, self.remaining.segment))
            self.log, self.position, self._first, self._claimed_to = log, offset, offset, 0
            self.authors.clear()
        elif offset > self.position:
            self._seek(log, offset)

    def _seek(self, log: str, offset: int) -> None:
        self._told_seeks += 1
        if self._told_seeks <= MAX_SEEKS or self.every:
            self._close()
            self._notes.append(Seek(log, self.position, offset, self.remaining.segment))
            self._first = offset
        else:
            self._seeks += 1
            self._seek_bytes += offset - self.position
        self.position = offset

    def _each(self, found: Offered | Skipped) -> None:
        if self.every:
            self._notes.append(found)

    def _skipped(self, skipped: Skipped) -> None:
        self._each(skipped)
        first = max(skipped.first_offset, min(self._claimed_to, skipped.last_offset))
        self._content += first - skipped.first_offset
        self.position = max(self.position, first)
        if first < skipped.last_offset:
            self._close()
            if not self.every:
                self._notes.append(NoOperation(self.log, first, skipped.last_offset))
            self.position = self._first = skipped.last_offset

    def _offered(self, found: Offered) -> None:
        op, outcome = found.op, found.outcome
        if len(self.authors) < MAX_AUTHORS or op.author in self.authors:
            self.authors[op.author] = max(op.seq_no, self.authors.get(op.author, op.seq_no))
        key = outcome.rule, op.author
        if key not in self._tallies and len(self._tallies) >= MAX_TALLIES:
            self._close()
        tally = self._tallies.get(key, Tally(*key, 0, op.seq_no, op.seq_no))
        self._tallies[key] = attrs.evolve(tally, count=tally.count + 1, last_seq_no=op.seq_no)
        if is_transition(outcome):
            self._moved(op)
        else:
            self._rejected(found)

    def _moved(self, op: RecordedOp) -> None:
        self.position = max(self.position, op.last_offset)
        former, self.remaining = self.remaining, self.remaining.after(op)
        self.next_seq_no = op.seq_no + 1
        self.last_applied, self.rejected_since = op, 0
        self.contenders.clear()
        self.holes.clear()
        segment = self.remaining.segment
        if former.segment is not None and segment is None:
            self._close()
            self._notes.append(HintsRead(op))
        elif segment is not None and segment is not former.segment:
            self.next_seq_no = segment.first_seq_no

    def _rejected(self, found: Offered) -> None:
        op, outcome = found.op, found.outcome
        frame_end = op.last_offset - max(op.raw_length, 0)
        self.position = max(self.position, frame_end)
        if op.last_offset <= self._head:  # else its raw bytes are not there
            self._claimed_to = max(self._claimed_to, op.last_offset)
        self.rejected_since += 1
        if op.seq_no == self.next_seq_no and len(self.contenders) < MAX_TALLIES:
            self.contenders[op.author] = found
        if outcome.rule in ROUTINE or self.every:
            return
        if isinstance(outcome, ChecksumMismatch):
            if op.author in self._strangers or len(self._strangers) >= MAX_AUTHORS:
                return
            self._strangers.add(op.author)
        self._close()
        self._notes.append(Surprise(op, outcome))

    def _close(self) -> None:
        """End the stretch."""
        if (self._tallies or self._content) and not self.every:
            told = tuple(self._tallies.values())
            passed = self._seeks, self._seek_bytes
            stretch = Stretch(self.log, self._first, self.position, told, self._content, *passed)
            self._notes.append(stretch)
        self._tallies, self._content, self._first = {}, 0, self.position
        self._seeks = self._seek_bytes = 0
