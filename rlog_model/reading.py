"""Reading: what the bytes at hand of a log do to a play. The inner half of ``playback``.

It takes frames from the framer, offers their operations to the FSM, and notes what is to be done
to files, until it needs what is not at hand. The rules are PLAY-3 and PLAY-4 of ``playback``.
"""

from __future__ import annotations

import enum

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.framing import Framer, Raw, Skipped
from rlog_model.fsm import FSM, Step
from rlog_model.identity import MAX_INT64, Fnode
from rlog_model.operation import Create, RecordedOp, Unlink, Write
from rlog_model.outcome import APPLIED, is_transition
from rlog_model.play_error import PlayError, UnplayableWrite
from rlog_model.play_messages import CreateFile, FileAction, Offered, RemoveFile, WriteFile
from rlog_model.wire import MalformedOp, decode_frame


@frozen
class Writing:
    """A write whose raw bytes are being read: log offset + ``shift`` is the offset in the file."""

    fnode: Fnode
    shift: int


@attrs.define
class Work:
    """What has come of one event so far."""

    actions: list[FileAction] = attrs.field(factory=list)
    read: list[Offered | Skipped] = attrs.field(factory=list)


class End(enum.Enum):
    """Why reading ended."""

    BYTES = "all bytes at hand are read"
    HEAD = "the next operation ends beyond the head that is known"
    HANDED_OFF = "the handoff was applied"


@attrs.define
class Reading:
    """What of a play moves while the bytes at hand are read.

    Mutable, and gone when they are read: a play in which each operation made a ``Playback`` of its
    own took twice as long.
    """

    fsm: FSM
    log: str
    framer: Framer
    writing: Writing | None
    heads: HashTrieMap[str, int]
    injected: RecordedOp | None
    work: Work

    def read(self, head_is_fresh: bool, whole_before: int) -> End | PlayError:
        """Read on until there is a reason to end. See ``Playback._scan``.

        Spec: PLAY-3, PLAY-4, PLAY-11, RCV-5, HOF-8.
        """
        self._seek()
        while True:
            framer, event = self.framer.next()
            match event:
                case None if framer.unfinished and framer.offset < whole_before:
                    self.framer = framer.reject()
                case None:
                    self.framer = framer
                    return End.BYTES
                case Skipped():
                    self.framer = framer
                    self.work.read.append(event)
                case Raw():
                    self.framer = framer
                    self._write(event)
                case found:
                    try:
                        op = decode_frame(found, self.log)
                    except MalformedOp:
                        self.framer = framer.reject()
                        continue
                    step = self.fsm.apply(op, found.payload)
                    moved = is_transition(step.outcome)
                    if moved and self._beyond_head(op, framer):
                        if not head_is_fresh:
                            return End.HEAD
                        self.framer = framer.reject()
                        continue
                    self.work.read.append(Offered(op, step.outcome))
                    if not moved:
                        self.framer = framer.doubt()
                        continue
                    self.framer = framer
                    if end := self._move(op, step):
                        return end

    def _beyond_head(self, op: RecordedOp, framer: Framer) -> bool:
        """Whether an operation ends beyond all that is known to be in the log. Spec: PLAY-11."""
        return op.last_offset > framer.end and op.last_offset > self.heads[self.log]

    def _move(self, op: RecordedOp, step: Step) -> End | PlayError | None:
        """Go behind an operation that is the next of the branch. Why reading ends there, if so.

        Spec: PLAY-4, PLAY-12, HOF-3, HOF-9.
        """
        self.fsm = step.fsm
        end: End | None = None
        if step.outcome is APPLIED:
            match op.change:
                case Write() as write if write.length > 0:
                    return self._expect(op, write)
                case None:
                    made = self.injected
                    if made is not None and (op.author, op.seq_no) == (made.author, made.seq_no):
                        end = End.HANDED_OFF
                case Create():
                    self.work.actions.append(CreateFile(Fnode(op.seq_no)))
                case Unlink(fnode, _) if fnode not in self.fsm.live_nodes:
                    self.work.actions.append(RemoveFile(fnode))
        self.framer = self.framer.seek(op.last_offset)
        self._seek()
        return end

    def _expect(self, op: RecordedOp, write: Write) -> PlayError | None:
        """Read the raw bytes of a write next. Why that can't be, if so. Spec: PLAY-4."""
        self.framer = self.framer.expect_raw(write.length)
        self.writing = Writing(write.fnode, write.offset - (op.last_offset - write.length))
        if write.offset < 0 or write.offset + write.length > MAX_INT64:
            return UnplayableWrite(self.log, op.first_offset, write.fnode, write.offset)
        return None

    def _write(self, raw: Raw) -> None:
        """Write some of the raw bytes that are expected. Spec: PLAY-12."""
        assert self.writing is not None, "raw bytes are asked for by a write"
        offset = raw.offset + self.writing.shift
        self.work.actions.append(WriteFile(self.writing.fnode, offset, raw.content))
        if not self.framer.in_raw:
            self.writing = None
            self._seek()

    def _seek(self) -> None:
        """Go to where the next hinted operation can be. Spec: PLAY-3, LOG-4, LOG-8."""
        segment = self.fsm.remaining.segment
        if segment is None or self.writing is not None:
            return
        if segment.log != self.log:
            self.log = segment.log
            self.framer = Framer.at(segment.first_offset)
        elif segment.first_offset > self.framer.offset:
            self.framer = self.framer.seek(segment.first_offset)
