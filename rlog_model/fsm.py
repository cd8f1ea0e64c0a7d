"""The finite state machine of a recovery log.

Rules
-----
An FSM is the state of one branch of a log. It is offered operations in the order of the log, and
each either moves it on or leaves it as it was:

1. *Turn.* The operation must be the next of the branch. While hinted segments remain it must be
   by the author of the next one. It has the next sequence number, and the checksum of the branch
   so far. Where hints name its sequence number as a file, it must be a create.
2. *Change.* What it does must be possible: the rules of ``files``.
3. *Transition.* The next sequence number is one more, the next checksum digests the operation's
   payload. If the operation is the last of a hinted segment, the next segment's first sequence
   number and checksum are the expected ones instead: all between is skipped.

An operation that breaks a rule is *rejected*, and changes nothing. One on a file that is not
tracked is *untracked*: it moves the branch on, and changes no file. See ``outcome`` for the rules'
ids and their order.
"""

from __future__ import annotations

from typing import Final

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model import crc32c
from rlog_model.files import CHANGES, Files, FnodeState, segment_of
from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.identity import Fnode
from rlog_model.operation import Create, Property, RecordedOp
from rlog_model.outcome import (
    APPLIED,
    ChecksumMismatch,
    ExpectedHintedFnode,
    FnodeNotTracked,
    NotHintedAuthor,
    Outcome,
    WrongSeqNo,
)
from rlog_model.paths import by_bytes
from rlog_model.revision import CURRENT, Revision
from rlog_model.segment import Segment

FIRST_SEQ_NO: Final = 1
"""Sequence number of the first operation of a branch."""


@frozen
class Remaining:
    """What is left of the hints that an FSM began with. Spec: TRN-1."""

    segments: tuple[Segment, ...] = ()
    fnodes: tuple[Fnode, ...] = ()
    segments_read: int = 0
    fnodes_read: int = 0

    @property
    def segment(self) -> Segment | None:
        """The segment which the next operation of the branch is in; none when all are read."""
        if self.segments_read < len(self.segments):
            return self.segments[self.segments_read]
        return None

    @property
    def fnode(self) -> Fnode | None:
        """The file which is created next; none when all are."""
        return self.fnodes[self.fnodes_read] if self.fnodes_read < len(self.fnodes) else None

    def after(self, op: RecordedOp) -> Remaining:
        """What is left when ``op`` has moved the branch on. Spec: TRN-13, TRN-15."""
        if self is NOTHING_REMAINS:
            return self
        segments_read, fnodes_read = self.segments_read, self.fnodes_read
        if self.fnode == op.seq_no:
            fnodes_read += 1
        if self.segment is not None and self.segment.last_seq_no == op.seq_no:
            segments_read += 1
        if (segments_read, fnodes_read) == (self.segments_read, self.fnodes_read):
            return self
        if segments_read == len(self.segments) and fnodes_read == len(self.fnodes):
            return NOTHING_REMAINS
        return Remaining(self.segments, self.fnodes, segments_read, fnodes_read)


NOTHING_REMAINS: Final = Remaining()


@frozen
class FSM:
    """State of a branch. API: ``FSM``. Immutable: ``apply`` gives the next one. Spec: TRN-1."""

    log: str
    """Log of the last transition; before the first, that of the hints."""

    next_seq_no: int = FIRST_SEQ_NO
    """Sequence number that the next operation must have."""

    next_checksum: int = crc32c.INITIAL
    """Checksum that the next operation must carry."""

    files: Files = Files()
    """Tracked files and properties."""

    remaining: Remaining = NOTHING_REMAINS
    """Hints that have not been read."""

    revision: Revision = CURRENT

    arrival: Segment | None = None
    """Where the branch came to ``log`` from another one: its first operation there."""

    from_beginning: bool = True
    """Whether ``log`` is known to hold the branch from its first operation on."""

    @classmethod
    def from_hints(cls, hints: FSMHints, revision: Revision = CURRENT) -> FSM:
        """The FSM which tracks just what ``hints`` lead to. API: ``NewFSM``.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: the hints name no log, do not flatten,
                or name several logs where the revision has one.

        Spec: HNT-5, TRN-2, RVN-1.
        """
        if not hints.log:
            raise InvalidHints(HintRule.NO_LOG)
        fnodes, segments = hints.live_log_segments()
        if not revision.several_logs and any(s.log != hints.log for s in segments):
            raise InvalidHints(HintRule.ONE_LOG)
        properties = HashTrieMap({p.path: p.content for p in hints.properties})
        fsm = cls(
            hints.log,
            files=Files(properties=properties, pending=frozenset(properties)),
            remaining=Remaining(segments.segments, fnodes),
            revision=revision,
        )
        if not segments:
            return fsm
        return attrs.evolve(
            fsm,
            next_seq_no=segments[0].first_seq_no,
            next_checksum=segments[0].first_checksum,
            from_beginning=segments[0].first_seq_no == FIRST_SEQ_NO,
        )

    @property
    def live_nodes(self) -> HashTrieMap[Fnode, FnodeState]:
        """Tracked files. API: ``FSM.LiveNodes``."""
        return self.files.live_nodes

    @property
    def links(self) -> HashTrieMap[str, Fnode]:
        """Which file each path names. API: ``FSM.Links``."""
        return self.files.links

    @property
    def properties(self) -> HashTrieMap[str, bytes]:
        """Content of each property. API: ``FSM.Properties``."""
        return self.files.properties

    @property
    def hinted(self) -> bool:
        """Whether hinted segments remain."""
        return self.remaining.segment is not None

    @property
    def next_fnode(self) -> Fnode | None:
        """The file that hints name next; none when all of theirs were created."""
        return self.remaining.fnode

    def apply(self, op: RecordedOp, payload: bytes) -> Step:
        """Offer the next operation of the log, and the protobuf bytes that it was read from.

        API: ``FSM.Apply``. The FSM of the step is another one just if the outcome is a transition.

        Spec: TRN-3, TRN-4, TRN-5, FSM-0.
        """
        out_of_turn = self._out_of_turn(op)
        if out_of_turn is not None:
            return Step(self, out_of_turn)

        result = CHANGES[type(op.change)](self.files, op, op.change, self)
        if isinstance(result, Files):
            return Step(self._after(op, payload, result), APPLIED)
        if isinstance(result, FnodeNotTracked):
            return Step(self._after(op, payload, self.files), result)
        return Step(self, result)

    def _out_of_turn(self, op: RecordedOp) -> Outcome | None:
        """The first rule of turn that the operation breaks.

        Spec: SEQ-1, SEQ-4, SEQ-5, AUT-3, FSM-1, FSM-2, FSM-3, FSM-4.
        """
        segment = self.remaining.segment
        if segment is not None and op.author != segment.author:
            return NotHintedAuthor(segment.author, op.author)
        if op.seq_no != self.next_seq_no:
            return WrongSeqNo(self.next_seq_no, op.seq_no)
        if op.checksum != self.next_checksum:
            return ChecksumMismatch(self.next_checksum, op.checksum)
        if op.seq_no == self.remaining.fnode and not isinstance(op.change, Create):
            return ExpectedHintedFnode(Fnode(op.seq_no))
        return None

    def _after(self, op: RecordedOp, payload: bytes, files: Files) -> FSM:
        """The FSM behind an operation that moves the branch on.

        Spec: SEQ-1, SEQ-2, SEQ-5, TRN-5, TRN-14, TRN-16, TRN-17, LOG-5.
        """
        remaining = self.remaining.after(op)
        next_seq_no = op.seq_no + 1
        next_checksum = crc32c.update(op.checksum, payload)
        if remaining.segment is not None and remaining.segment is not self.remaining.segment:
            next_seq_no = remaining.segment.first_seq_no
            next_checksum = remaining.segment.first_checksum
        stays = op.log == self.log
        return FSM(
            op.log,
            next_seq_no,
            next_checksum,
            files,
            remaining,
            self.revision,
            self.arrival if stays else segment_of(op),
            self.from_beginning and (stays or op.seq_no == FIRST_SEQ_NO),
        )

    def build_hints(self) -> FSMHints:
        """Hints from which another FSM rebuilds this one's state. API: ``FSM.BuildHints``.

        Their log is that of the last transition. Where no live file has an operation since the
        branch arrived there, the arrival is hinted with the file of the greatest fnode: a player
        must not look for the branch where it was before.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: no hints can lead to this state, as when
                a branch left a log at an offset that is not known, or moved and has no live file.

        Spec: HNT-7, HNT-8, HNT-9, HNT-10, HNT-12.
        """
        nodes = [
            FnodeSegments(fnode, state.segments) for fnode, state in sorted(self.live_nodes.items())
        ]
        arrival = self.arrival
        if not nodes and arrival and not self.from_beginning:
            raise InvalidHints(HintRule.NO_LIVE_FILE)
        if arrival and all(n.segments[-1].last_seq_no < arrival.first_seq_no for n in nodes):
            nodes[-1:] = [attrs.evolve(n, segments=(*n.segments, arrival)) for n in nodes[-1:]]
        hints = FSMHints(
            self.log,
            tuple(attrs.evolve(n, segments=tuple(map(self._unnamed, n.segments))) for n in nodes),
            tuple(Property(p, self.properties[p]) for p in sorted(self.properties, key=by_bytes)),
        )
        hints.live_log_segments()
        return hints

    def build_lasting_hints(self) -> FSMHints:
        """Hints which lead here however much of the log before them is deleted.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: as ``build_hints``; and where no file is
                live, unless the log is known to hold the branch from its first operation on. Such
                hints name no operation: a player has to read all of the log, and finds nothing if
                the beginning was deleted or is in another log. Former hints lead here.

        Spec: HNT-11.
        """
        if not self.live_nodes and not self.from_beginning:
            raise InvalidHints(HintRule.NO_LIVE_FILE)
        return self.build_hints()

    def _unnamed(self, segment: Segment) -> Segment:
        return attrs.evolve(segment, log="") if segment.log == self.log else segment


@frozen
class Step:
    """What came of an operation: the FSM behind it, and the outcome. Spec: TRN-4."""

    fsm: FSM
    outcome: Outcome
