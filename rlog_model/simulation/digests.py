"""The digests of pieces, under a naming of authors and paths.

Rules
-----
* An end of a branch is told by the digest of all that led to it: in a log it is told by its
  checksum, which depends on names.
* Two pieces with one digest, under one naming, are the same to all that can come, and to all that
  can be asked of them. What a digest leaves out is said where it is told how much it tells.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

from rlog_model.file_tree import FileTree
from rlog_model.fsm import FIRST_SEQ_NO, FSM
from rlog_model.operation import Change, Create, Link, RecordedOp, Unlink, Write
from rlog_model.play_messages import FinishAtWriteHead, Goal
from rlog_model.playback import Playback
from rlog_model.segment import Segment
from rlog_model.simulation.pieces import (
    LOG,
    MOST_AUTHORS,
    PATHS,
    LogPiece,
    Naming,
    PlayerPiece,
    RecorderPiece,
    author_of,
    operations_of,
    who_wrote,
)
from rlog_model.simulation.state import Taken
from rlog_model.simulation.truth import BEGINNING, Deed, Key

DIGEST_SIZE: Final = 16
"""Bytes of a digest. Of a thousand million states, two have the same one with a probability of
less than one in 10**20."""

NOTHING: Final = bytes(DIGEST_SIZE)
"""Stands for what is left out."""

Ends = Mapping[Key, bytes]
"""The digests of ends of branches."""

IDENTITY: Final = Naming(
    {author_of(i): i for i in range(MOST_AUTHORS)}, {path: i for i, path in enumerate(PATHS)}
)
"""The naming by which all authors and paths are what they are."""

_FENCES: Final = {author_of(i).fence(): author_of(i) for i in range(MOST_AUTHORS)}


class Told(enum.Enum):
    """How much of a recorder is encoded."""

    WHOLE = enum.auto()
    CHECK_PASSES = enum.auto()
    """Its check of registers will always pass."""

    OVER = enum.auto()
    """None of its appends can land any more."""


def digest(value: object) -> bytes:
    """The digest of tuples of numbers, texts and bytes: the same in every process."""
    return blake2b(repr(value).encode(), digest_size=DIGEST_SIZE).digest()


def log_digest(log: LogPiece, naming: Naming) -> bytes:
    """The digest of a log: of what is in it, in its order, and of its registers."""
    found = log.digest.get(naming)
    if found is None:
        ends = _ends_of(log, naming)
        told = [(one.begin, one.deed and ends[one.deed.behind]) for one in log.landed]
        registers = [naming.authors[_FENCES[value]] for _, value in log.log.registers]
        found = log.digest[naming] = digest((told, log.log.head, registers))
    return found


def _ends_of(log: LogPiece, naming: Naming) -> dict[Key, bytes]:
    """The digest of each end of a branch in the log."""
    ends = log.ends.get(naming)
    if ends is None:
        ends = {BEGINNING: NOTHING}
        for one in log.landed:
            if one.op is not None and one.deed is not None and not one.again:
                ends[one.deed.behind] = _deed(one.op, one.deed, ends, naming)
        log.ends[naming] = ends
    return ends


def recorder_digest(
    piece: RecorderPiece, log: LogPiece, naming: Naming, told: Told = Told.WHOLE
) -> bytes:
    """The digest of a recorder, and of all that is its own."""
    recorder, recording = piece.recorder, piece.recorder.recording
    over = told is Told.OVER
    if over and not recorder.landed and recording.fsm.next_seq_no == FIRST_SEQ_NO:
        # It has done nothing, and never will.
        return digest(())
    ends = dict(_ends_of(log, naming))
    queue = []
    for append in recorder.queue:
        ops = operations_of(append.content)
        for (op, _), deed in zip(ops, append.deeds, strict=True):
            ends[deed.behind] = _deed(op, deed, ends, naming)
        queue.append([ends[deed.behind] for deed in append.deeds])
    checks = told is Told.WHOLE or piece.author in log.heirs
    return digest(
        (
            naming.authors[piece.author],
            piece.active,
            recorder.fenced,
            recorder.check is None if checks else None,
            recorder.misleads,
            queue,
            [[ends[deed.behind] for deed in append.deeds] for append in recorder.landed],
            None if over else (recording.head, recording.pending),
            # What was lost with a queue is nowhere.
            _fsm(recording.fsm, ends, naming) if piece.active else None,
            _tree(recorder.tree, naming) if piece.active else None,
        )
    )


def player_digest(
    piece: PlayerPiece, log: LogPiece, naming: Naming, *, whole: bool = False
) -> bytes:
    """The digest of a player, and of all that is its own; ``whole``, also of what is told by this
    log, or does not matter in it."""
    player = piece.player
    framer = player.progress.playback.framer
    ends = _ends_of(log, naming)
    matter = whole or _hints_matter(piece, log)
    return digest(
        (
            type(player.progress.request).__name__,
            piece.used,
            player.taken.misleads,
            _taken(player.taken, ends, naming) if matter else None,
            _playback(player.progress.playback, ends, naming),
            sorted([(f, _content(content, naming)) for f, content in player.nodes.items()]),
            framer.buffer[framer.position :] if whole else None,
            player.handoff and [ends[deed.behind] for deed in player.handoff.deeds],
        )
    )


def _hints_matter(piece: PlayerPiece, log: LogPiece) -> bool:
    """Whether it matters which hints a player has: not if it has read them and is on the branch
    that they were taken of, nor if they name nothing."""
    taken, playback = piece.player.taken, piece.player.progress.playback
    if not taken.hints.live_nodes:
        return False
    if playback.unasked or playback.fsm.remaining.segment is not None:
        return True
    before = {deed.behind: deed.before for deed in log.deeds}
    end: Key | None = (playback.fsm.next_seq_no, playback.fsm.next_checksum)
    while end is not None and end != taken.at:
        end = before.get(end)
    return end is None


def _taken(taken: Taken, ends: Ends, naming: Naming) -> object:
    nodes = [(n.fnode, _segments(n.segments, ends, naming)) for n in taken.hints.live_nodes]
    return nodes, ends.get(taken.at)


def _playback(playback: Playback, ends: Ends, naming: Naming) -> object:
    framer, injected, writing = playback.framer, playback.injected, playback.writing
    return (
        _fsm(playback.fsm, ends, naming),
        playback.unasked,
        playback.heads.get(LOG),
        _goal(playback.goal, naming),
        playback.finish_offset,
        injected and _end(injected.seq_no, injected.checksum, ends),
        writing and (writing.fnode, writing.shift),
        # The bytes between are those of the log.
        (framer.offset, framer.end, framer.raw_left),
    )


def _goal(goal: Goal | None, naming: Naming) -> int | None:
    if goal is None:
        return None
    return -1 if isinstance(goal, FinishAtWriteHead) else naming.authors[goal.author]


def _fsm(fsm: FSM, ends: Ends, naming: Naming) -> object:
    remaining = fsm.remaining
    nodes = [
        (
            fnode,
            sorted([naming.paths[path] for path in state.links]),
            _segments(state.segments, ends, naming),
        )
        for fnode, state in sorted(fsm.live_nodes.items())
    ]
    return (
        _end(fsm.next_seq_no, fsm.next_checksum, ends),
        nodes,
        _segments(remaining.segments[remaining.segments_read :], ends, naming),
        remaining.fnodes[remaining.fnodes_read :],
        fsm.from_beginning,
    )


def _segments(segments: Iterable[Segment], ends: Ends, naming: Naming) -> object:
    return [
        (
            naming.authors[s.author],
            s.first_offset,
            _end(s.first_seq_no, s.first_checksum, ends),
            s.last_seq_no,
            s.last_offset,
        )
        for s in segments
    ]


def _end(seq_no: int, checksum: int, ends: Ends) -> object:
    """The end of a branch. One that is nowhere is what it is: then something is wrong."""
    return seq_no, ends.get((seq_no, checksum), checksum)


def _deed(op: RecordedOp, deed: Deed, ends: Ends, naming: Naming) -> bytes:
    """The digest of the end of a branch behind an operation."""
    return digest(
        (
            _end(*deed.before, ends),
            naming.authors[op.author],
            _change(op.change, naming),
            sorted([(naming.paths[path], fnode) for path, fnode in deed.fnodes.items()]),
            deed.misleads,
            None if deed.tree is None else _tree(deed.tree, naming),
        )
    )


def _change(change: Change | None, naming: Naming) -> object:
    match change:
        case Create(path):
            return naming.paths[path]
        case Link(fnode, path) | Unlink(fnode, path):
            return isinstance(change, Link), fnode, naming.paths[path]
        case Write(fnode, offset, length):
            return fnode, offset, length, "written"
        case _:
            assert change is None, "no file becomes a property"
            return None


def _tree(tree: FileTree, naming: Naming) -> object:
    """The paths of each file, with its content."""
    files: dict[int, list[int]] = {}
    for path, inode in tree.links.items():
        files.setdefault(inode, []).append(naming.paths[path])
    return sorted(
        [
            (sorted(paths), _content(tree.inodes[inode].content, naming))
            for inode, paths in files.items()
        ]
    )


def _content(content: bytes, naming: Naming) -> object:
    return [(naming.authors[author], seq_no) for author, seq_no in map(who_wrote, content)]
