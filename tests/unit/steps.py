"""Operations made for the state of an FSM, and offered to it."""

from __future__ import annotations

import attrs

from rlog_model.fsm import FSM, Step
from rlog_model.hints import FSMHints
from rlog_model.identity import Author
from rlog_model.operation import Change, RecordedOp
from rlog_model.outcome import is_transition
from rlog_model.revision import CURRENT, Revision
from rlog_model.segment import Segment
from rlog_model.wire import encode_op

LOG = "a/log"
OTHER_LOG = "b/log"
A, B = Author(0xA), Author(0xB)
SIZE = 100
"""Bytes of the log that each operation takes, in these tests."""


def empty(log: str = LOG, revision: Revision = CURRENT) -> FSM:
    """An FSM without hints."""
    return FSM.from_hints(FSMHints(log), revision)


def next_op(
    fsm: FSM, change: Change | None = None, *, author: Author = A, log: str | None = None
) -> RecordedOp:
    """The operation that the FSM expects next, with exact offsets."""
    first = fsm.next_seq_no * SIZE
    return RecordedOp(
        fsm.next_seq_no,
        fsm.next_checksum,
        author,
        change,
        first,
        first + SIZE,
        fsm.log if log is None else log,
    )


def offer(
    fsm: FSM,
    change: Change | None = None,
    *,
    author: Author = A,
    log: str | None = None,
    known_end: bool = True,
) -> Step:
    """What comes of the next operation."""
    op = next_op(fsm, change, author=author, log=log)
    if not known_end:
        op = attrs.evolve(op, last_offset=0)
    return fsm.apply(op, encode_op(op))


def after(fsm: FSM, *changes: Change | None, author: Author = A, log: str | None = None) -> FSM:
    """The FSM behind operations which all move it on."""
    for change in changes:
        step = offer(fsm, change, author=author, log=log)
        assert is_transition(step.outcome), step.outcome
        fsm = step.fsm
    return fsm


def segment(
    first: int,
    last: int,
    *,
    author: Author = A,
    log: str = LOG,
    checksum: int = 0,
    known_end: bool = True,
) -> Segment:
    """The segment of the operations ``[first, last]`` that ``next_op`` makes."""
    end = (last + 1) * SIZE if known_end else 0
    return Segment(author, first, first * SIZE, checksum, last, end, log)


def links_of(fsm: FSM) -> dict[str, int]:
    """Which file each path names."""
    return dict(fsm.links)


def files_of(fsm: FSM) -> dict[int, tuple[set[str], tuple[Segment, ...]]]:
    """Links and segments of every file."""
    return {f: (set(state.links), state.segments) for f, state in fsm.live_nodes.items()}
