"""The states of the model's own world, projected: see ``world``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
from attrs import frozen

from rlog_model import crc32c
from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.operation import Create, Link, RecordedOp, Unlink, Write
from rlog_model.play_messages import Append, Complete, Failed, FinishAtWriteHead
from rlog_model.segment import UNKNOWN_OFFSET, Segment
from rlog_model.simulation.pieces import (
    MOST_AUTHORS,
    LogPiece,
    PlayerPiece,
    RecorderPiece,
    State,
    author_of,
    operations_of,
    who_wrote,
)
from rlog_model.simulation.state import Queued
from rlog_model.wire import encode_op
from spec.equality.equality import Plain

History = tuple[Plain, ...]

NO_KEY: Final = (0, 0)
"""Of the player that is made of no hints."""

_AUTHORS: Final = {author_of(index): index + 1 for index in range(MOST_AUTHORS)}
_FENCES: Final = {author.fence(): drawn for author, drawn in _AUTHORS.items()}
_KINDS: Final = {
    Create: "create",
    Link: "link",
    Unlink: "unlink",
    Write: "write",
    type(None): "none",
}


@frozen
class OneChecksum(Exception):
    """Two histories have one checksum: no player could tell them apart."""

    history: History
    other: History


@attrs.define
class Projection:
    """Projects states, and remembers what the operations tell of checksums.

    Every operation must be projected before a checksum that it leads to.
    """

    histories: dict[tuple[int, int], History] = attrs.field(factory=lambda: {(1, 0): ()})
    """The history of a branch, by its next sequence number and checksum."""

    _kept: dict[tuple[object, object], tuple[Plain, ...]] = attrs.field(factory=dict)

    def state(self, state: State, begun: tuple[int, ...], copies: int) -> Plain:
        """A state, in which recorders go on from the players ``begun``, and ``copies`` appends have
        landed again.

        Raises:
            OneChecksum: the model's checksums don't tell branches apart.
        """
        log = state.log
        landed = tuple([self._operation(one.op) for one in log.landed if one.op])
        fences = log.log.registers.values(FENCE_REGISTER)
        return (
            landed,
            _FENCES.get(fences[0]) if fences else 0,
            tuple(
                [
                    (player, *self._recorder(piece, log))
                    for player, piece in zip(begun, state.recorders, strict=True)
                ]
            ),
            tuple([self._player(piece, log) for piece in state.players]),
            state.authors,
            copies,
        )

    def _recorder(self, piece: RecorderPiece, log: LogPiece) -> tuple[Plain, ...]:
        if (piece, log) not in self._kept:
            self._kept[piece, log] = self._recorder_anew(piece, _places(log))
        return self._kept[piece, log]

    def _player(self, piece: PlayerPiece, log: LogPiece) -> Plain:
        if (piece, log) not in self._kept:
            self._kept[piece, log] = self._player_anew(piece, _places(log))
        return self._kept[piece, log]

    def _recorder_anew(self, piece: RecorderPiece, places: dict[int, int]) -> tuple[Plain, ...]:
        recorder = piece.recorder
        status = "fenced" if recorder.fenced else "dead" if recorder.dead else "active"
        landed = self._queue(recorder.landed)
        queue = self._queue(recorder.queue)
        return (
            _AUTHORS.get(piece.author),
            recorder.check is not None,
            status,
            self._fsm(recorder.recording.fsm, places),
            places.get(recorder.recording.head),
            queue if piece.active else (),
            landed,
        )

    def _player_anew(self, piece: PlayerPiece, places: dict[int, int]) -> tuple[Plain, ...]:
        progress, taken = piece.player.progress, piece.player.taken
        playback = progress.playback
        match progress.request:
            case Complete():
                status = "complete"
            case Failed(error):
                status = type(error).__name__
            case Append():
                status = "appending"
            case _:
                status = "reading"
        goal = None
        if playback.goal is not None:
            goal = "finish" if isinstance(playback.goal, FinishAtWriteHead) else "handoff"
        injected = () if playback.injected is None else (self._operation(playback.injected),)
        handoff = piece.player.handoff
        head, finish = playback.heads.get(playback.last_log), playback.finish_offset
        return (
            self._files(taken.hints.live_nodes, places),
            () if taken.at == NO_KEY else self._history(*taken.at),
            self._fsm(playback.fsm, places),
            tuple(
                (fnode, _last_write(content))
                for fnode, content in sorted(piece.player.nodes.items())
            ),
            places.get(playback.framer.offset),
            None if head is None else places.get(head, head),
            goal,
            0 if piece.heir is None else _AUTHORS.get(piece.heir),
            None if finish is None else places.get(finish, finish),
            injected,
            () if handoff is None else self._queue([handoff]),
            status,
            piece.used,
        )

    def _fsm(self, fsm: FSM, places: dict[int, int]) -> Plain:
        remaining = fsm.remaining
        live = tuple(
            (
                fnode,
                tuple(sorted(file.links)),
                self._segments(file.segments, places),
            )
            for fnode, file in sorted(fsm.live_nodes.items())
        )
        return (
            fsm.next_seq_no,
            self._history(fsm.next_seq_no, fsm.next_checksum),
            live,
            tuple(sorted(fsm.links.items())),
            self._segments(remaining.segments[remaining.segments_read :], places),
            tuple(remaining.fnodes[remaining.fnodes_read :]),
            self._segments([fsm.arrival] if fsm.arrival else [], places),
            fsm.from_beginning,
        )

    def _files(self, files: Iterable[FnodeSegments], places: dict[int, int]) -> Plain:
        return tuple((file.fnode, self._segments(file.segments, places)) for file in files)

    def _segments(self, segments: Iterable[Segment], places: dict[int, int]) -> Plain:
        return tuple(
            (
                _AUTHORS.get(segment.author),
                segment.first_seq_no,
                places.get(segment.first_offset),
                self._history(segment.first_seq_no, segment.first_checksum),
                segment.last_seq_no,
                0 if segment.last_offset == UNKNOWN_OFFSET else places.get(segment.last_offset),
            )
            for segment in segments
        )

    def _queue(self, appends: Iterable[Queued]) -> Plain:
        return tuple(
            self._operation(op) for append in appends for op, _ in operations_of(append.content)
        )

    def _operation(self, op: RecordedOp) -> Plain:
        author, kind = _AUTHORS.get(op.author), _KINDS.get(type(op.change))
        path = op.change.path if isinstance(op.change, Create | Link | Unlink) else None
        fnode = op.change.fnode if isinstance(op.change, Link | Unlink | Write) else Fnode(0)
        before = self._history(op.seq_no, op.checksum)
        if before is not None:
            behind = op.seq_no + 1, crc32c.update(op.checksum, encode_op(op))
            summary = author, None if kind == "none" else kind, path, fnode
            history = (*before, summary)
            if self.histories.setdefault(behind, history) != history:
                raise OneChecksum(history, self.histories[behind])
        return (op.seq_no, before, author, kind, path, fnode)

    def _history(self, next_seq_no: int, next_checksum: int) -> History | None:
        return self.histories.get((next_seq_no, next_checksum))


def _places(log: LogPiece) -> dict[int, int]:
    """The number of operations before an offset, of those at which one begins or the log ends."""
    begins = {one.begin: index for index, one in enumerate(log.landed)}
    return {**begins, log.log.head: len(log.landed)}


def _last_write(content: bytes) -> Plain:
    """Who made the last write of a file."""
    if not content:
        return None
    author, seq_no = who_wrote(content[0])
    return (_AUTHORS.get(Author(author)), seq_no)
