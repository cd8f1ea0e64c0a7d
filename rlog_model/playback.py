"""The player, as a pure machine.

It asks for one thing at a time - the head of a log, bytes of a log, an append - and is given the
answer; with each answer come the file actions that it decided on. Who drives it has the journals
and the directory: see ``player``.

Rules
-----
PLAY-1  Before it reads, it asks for the head of every log that the hints name.
PLAY-2  Hints that name an offset at or beyond the head of its log: the play fails, data is lost.
PLAY-3  While hinted segments remain it reads the log of the next one, and never before its first
        offset: it seeks. Behind them, or without any, it reads the hints' log; without any from
        the first byte on.
PLAY-4  A frame is offered to the FSM if its payload is an operation. Reading goes on
        - behind its raw bytes, if it is applied or untracked: those of an applied write go to its
          file;
        - at the next magic behind that of the frame, if it is rejected or no operation. Who is
          outside the branch is not believed, not even that raw bytes follow: no length that he
          claims, of a payload or of a write, can hide the branch from its players.
        An append is atomic, so at a head nothing is half there. What has begun before a head and
        isn't whole there, be it a frame or the raw bytes of a write, is no operation.
PLAY-5  A hole in the log is read over while hinted segments remain that may still lie behind it.
        The play fails at a hole that holds a hinted segment; and at one in which the branch may
        have gone on: behind the hinted segments; or beyond where the last of them may begin, unless
        that is known to end behind the hole. What is found behind could be a copy, which landed
        late. So it fails at a hole at the beginning where the hints name no segment.
PLAY-6  Hinted segments that remain at the head which their log had at the start: the play fails.
PLAY-7  Asked to finish at the write head, it asks for the head again once no hints remain, and is
        complete when it has read to it.
PLAY-8  Asked to hand off to an author, it reads to the head in the same way, then appends a no-op
        by that author, the next of the branch, with the author's fence as union and no check. It
        is complete when that very no-op is applied. If it has read to the end of its append and
        another operation was applied in its place, or none, it does the same again. Behind a full
        branch there is no next operation: the play fails.
PLAY-9  What is played can be a directory: live paths are clean, and no two clash.
"""

from __future__ import annotations

from typing import Final

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.framing import Framer, Skipped, frame
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import MAX_INT64
from rlog_model.operation import RecordedOp
from rlog_model.paths import clash, is_clean
from rlog_model.play_error import (
    BranchFull,
    HintsBeyondHead,
    HintsNotPlayed,
    HintsRemain,
    HoleInLog,
    LogEndsEarly,
    PlayError,
    UnplayablePath,
    UnplayableTree,
)
from rlog_model.play_messages import (
    Append,
    Appended,
    AskHead,
    AtHead,
    Bytes,
    Complete,
    Event,
    Failed,
    FileAction,
    FinishAtWriteHead,
    Goal,
    Head,
    InjectHandoff,
    Offered,
    Read,
    Request,
)
from rlog_model.reading import End, Reading, Work, Writing
from rlog_model.revision import CURRENT, Revision
from rlog_model.segment import UNKNOWN_OFFSET
from rlog_model.wire import encode_op

NEAR: Final = 64
"""Hinted segments that are looked at to tell how far to read, at most."""


@frozen
class Progress:
    """What came of an event."""

    playback: Playback
    request: Request
    actions: tuple[FileAction, ...] = ()
    read: tuple[Offered | Skipped, ...] = ()
    """The operations that were read, and the bytes that were none, in the order of the log."""


@frozen
class Playback:
    """State of a play."""

    fsm: FSM
    log: str
    """The log that is being read."""

    last_log: str
    """The hints' own log, where the branch goes on behind them."""

    unasked: tuple[str, ...]
    """Logs whose head is still to be asked for."""

    framer: Framer
    heads: HashTrieMap[str, int] = HashTrieMap()
    """The newest head known of each log (exclusive). No append lies across it."""

    goal: Goal | None = None
    finish_offset: int | None = None
    """The head to which the goal is to be read; unknown while hints remain."""

    injected: RecordedOp | None = None
    """The handoff that was appended and has not been met yet."""

    writing: Writing | None = None
    request: Request | None = None
    """What is asked for now. There is none just before the start."""

    @classmethod
    def start(cls, hints: FSMHints, revision: Revision = CURRENT) -> Progress:
        """Begin to play ``hints``.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: the hints can't be played.

        Spec: PLAY-1, RCV-2.
        """
        fsm = FSM.from_hints(hints, revision)
        return cls(fsm, hints.log, hints.log, hints.logs(), Framer.at(0))._next(Work())

    @property
    def done(self) -> bool:
        """Whether the play has ended, complete or in an error. Spec: RCV-1."""
        return isinstance(self.request, Complete | Failed)

    @property
    def tailing(self) -> bool:
        """Whether the write head was reached with no hints left: what is appended now is played
        as it comes. API: ``Player.Tailing``.

        Spec: PLAY-13.
        """
        return (
            not self.unasked
            and self.fsm.remaining.segment is None
            and self.log == self.last_log
            and self.framer.end >= self.heads[self.log]
        )

    def build_hints(self) -> FSMHints:
        """Hints which lead to what is played so far; their offsets are exact.

        Raises:
            HintsNotPlayed: the play has not come to the end of its own hints.
            InvalidHints, InvalidSegment, SegmentConflict: as ``FSM.build_lasting_hints``.

        Spec: PLAY-16, RCV-9, HOF-12.
        """
        if self.unasked or self.fsm.remaining.segment is not None:
            raise HintsNotPlayed(self.log)
        return self.fsm.build_lasting_hints()

    def receive(self, event: Event) -> Progress:
        """Go on with the answer to what is asked for, or with a wish of the user's.

        A wish changes what is asked for: no answer to the former request may come after it.

        Raises:
            ValueError: the event doesn't answer what is asked for, or is a second wish.

        Spec: PLAY-14, PLAY-17, RCV-1, RCV-9.
        """
        work = Work()
        match event, self.request:
            case (FinishAtWriteHead() | InjectHandoff()) as goal, _ if not (self.goal or self.done):
                return attrs.evolve(self, goal=goal)._next(work)
            case Head(log, offset), AskHead(asked) if log == asked:
                return self._told_head(log, offset, work)
            case Bytes(offset, content), Read(log, asked, _) if offset >= asked:
                return self._told_bytes(log, asked, offset, content, work)
            case AtHead(), Read(log, asked, _):
                return self._told_at_head(log, asked, work)
            case Appended(end), Append():
                return attrs.evolve(self, finish_offset=end)._next(work)
            case _:
                raise ValueError(f"{event} doesn't answer {self.request}")

    # Answers

    def _told_head(self, log: str, head: int, work: Work) -> Progress:
        """Spec: PLAY-2, PLAY-7, PLAY-11, BAR-6, RCV-5."""
        known = attrs.evolve(self, heads=self.heads.insert(log, head))
        if log in self.unasked:
            known = attrs.evolve(known, unasked=tuple(n for n in self.unasked if n != log))
            for segment in self.fsm.remaining.segments:
                if segment.log == log and segment.least_head > head:
                    return known._failed(HintsBeyondHead(log, segment, head), work)
        elif self.goal is not None and self.fsm.remaining.segment is None:
            known = attrs.evolve(known, finish_offset=head)
        return known._scan(work, head_is_fresh=True)

    def _told_bytes(
        self, log: str, asked: int, offset: int, content: bytes, work: Work
    ) -> Progress:
        """Spec: PLAY-5, RCV-5."""
        framer = self.framer
        if offset > asked:
            if lost := self._lost_in_hole(log, asked, offset):
                return self._failed(lost, work)
            framer = Framer.at(offset)
        return attrs.evolve(self, framer=framer.feed(content))._scan(work)

    def _lost_in_hole(self, log: str, first: int, last: int) -> PlayError | None:
        """Spec: PLAY-5, RCV-4."""
        lost = HoleInLog(log, first, last, self.fsm.next_seq_no)
        segment = self.fsm.remaining.segment
        if segment is None or self.writing is not None:
            return lost
        if segment.last_offset != UNKNOWN_OFFSET and segment.last_offset <= last:
            return lost
        final = self.fsm.remaining.segments[-1]
        begins_in_hole = final.log == log and final.first_offset < last
        if begins_in_hole and final.last_offset == UNKNOWN_OFFSET:
            return lost
        return None

    def _told_at_head(self, log: str, offset: int, work: Work) -> Progress:
        """Spec: PLAY-6, PLAY-18, RCV-5."""
        if offset < self.heads[log]:
            return self._failed(LogEndsEarly(log, offset, self.heads[log]), work)
        known = attrs.evolve(self, heads=self.heads.insert(log, offset))
        return known._scan(work, head_is_fresh=True, whole_before=offset)

    def _scan(self, work: Work, *, head_is_fresh: bool = False, whole_before: int = 0) -> Progress:
        """Read the bytes at hand.

        ``whole_before`` is an offset that no append lies across, up to which all bytes are at
        hand: a frame which begins before it, and isn't whole, is none.
        """
        reading = Reading(
            self.fsm, self.log, self.framer, self.writing, self.heads, self.injected, work
        )
        end = reading.read(head_is_fresh, whole_before)
        playback = attrs.evolve(
            self,
            fsm=reading.fsm,
            log=reading.log,
            framer=reading.framer,
            writing=reading.writing,
        )
        match end:
            case End.BYTES:
                return playback._next(work)
            case End.HEAD:
                return playback._asking(AskHead(playback.log), work)
            case End.HANDED_OFF:
                return playback._complete(work)
            case error:
                return playback._failed(error, work)

    # What to ask for next

    def _next(self, work: Work) -> Progress:
        """Spec: PLAY-1, PLAY-6, PLAY-7, PLAY-18, BAR-3, LOG-7."""
        if self.unasked:
            return self._asking(AskHead(self.unasked[0]), work)

        head, end = self.heads[self.log], self.framer.end
        segment = self.fsm.remaining.segment
        if segment is not None and end >= head:
            if self.framer.unfinished and self.framer.offset < head:
                return self._scan(work, whole_before=head)
            fsm = self.fsm
            remain = HintsRemain(self.log, segment, fsm.next_seq_no, fsm.next_checksum, head)
            return self._failed(remain, work)
        if segment is None and self.goal is not None:
            if self.finish_offset is None:
                return self._asking(AskHead(self.log), work)
            if end >= self.finish_offset and not self.framer.in_raw:
                return self._at_goal(self.goal, self.finish_offset, work)

        block = end >= head and not (self.goal or self.framer.unfinished or self.framer.in_raw)
        return self._asking(Read(self.log, end, block, self._enough()), work)

    def _enough(self) -> int | None:
        """Up to where it is of use to read on, if hints tell: what lies behind is passed over."""
        remaining, end = self.fsm.remaining, self.framer.end
        enough = self.framer.offset + self.framer.raw_left
        near = slice(remaining.segments_read, remaining.segments_read + NEAR)
        for segment in remaining.segments[near]:
            if segment.log != self.log or segment.first_offset > enough:
                break
            if segment.last_offset == UNKNOWN_OFFSET:
                return None
            enough = max(enough, segment.last_offset)
        else:
            if near.stop >= len(remaining.segments):
                # Behind all hints, what follows is read to the head.
                return None
        return enough if enough > end else None

    def _at_goal(self, goal: Goal, finish_offset: int, work: Work) -> Progress:
        """The log is read to the offset that the goal asks for.

        Spec: PLAY-7, PLAY-8, HOF-1, HOF-4, HOF-7, HOF-9, RCV-6.
        """
        if self.framer.unfinished and self.framer.offset < finish_offset:
            return self._scan(work, whole_before=finish_offset)
        if isinstance(goal, FinishAtWriteHead):
            return self._complete(work)
        if self.injected is not None:
            return attrs.evolve(self, injected=None, finish_offset=None)._next(work)
        if self.fsm.next_seq_no > MAX_INT64:
            return self._failed(BranchFull(self.log), work)
        no_op = RecordedOp(self.fsm.next_seq_no, self.fsm.next_checksum, goal.author)
        append = Append(self.log, frame(encode_op(no_op)), goal.author)
        return attrs.evolve(self, injected=no_op)._asking(append, work)

    def _complete(self, work: Work) -> Progress:
        """Spec: PLAY-9, RCV-5."""
        paths = [*self.fsm.links, *self.fsm.properties]
        for path in paths:
            if not is_clean(path):
                return self._failed(UnplayablePath(self.log, path), work)
        if pair := clash(paths):
            return self._failed(UnplayableTree(self.log, *pair), work)
        return self._asking(Complete(self.fsm), work)

    def _failed(self, error: PlayError, work: Work) -> Progress:
        """Spec: RCV-1, RCV-7."""
        return self._asking(Failed(error), work)

    def _asking(self, request: Request, work: Work) -> Progress:
        playback = attrs.evolve(self, request=request)
        return Progress(playback, request, tuple(work.actions), tuple(work.read))
