"""Strategies for branches and logs: lawful operations, and what others append between them.

Rules
-----
* A *branch* is a list of operations which an FSM without hints accepts in turn. Recorders take
  over from each other: each has an author that was none's before, as authors are drawn at random,
  and, if asked for, a log of its own, be it one that the branch had left. Offsets are exact.
* *Strays* stand between the operations of a branch: forks from a state that the branch has left,
  copies of operations, operations far away. They come behind the operation whose place they claim,
  as a fork that came first would be the branch.
* All is made of lists of small numbers: that is quick to draw, and shrinks well. Zero is the
  simplest choice everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from attrs import frozen
from hypothesis import strategies as st

from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import is_transition
from rlog_model.wire import encode_op

LOG: Final = "a/log"
LOGS: Final = (LOG, "b/log", "c/log")
AUTHORS: Final = tuple(map(Author, (0x11, 0x22, 0x33, 0x44, 0x55, 0x66)))
PATHS: Final = ("/a", "/b", "/c", "/d/e")
PROPERTIES: Final = ("/p", "/a")
STRANGER: Final = Fnode(10_000)

Choices = tuple[int, ...]
"""Numbers below ``LIMIT`` by which something is chosen."""

LIMIT: Final = 12


@frozen
class Offer:
    """What an FSM is offered: an operation, and the payload that it was read from."""

    op: RecordedOp
    payload: bytes


@frozen
class Branch:
    """A lawful branch."""

    offers: tuple[Offer, ...]
    states: tuple[FSM, ...]
    """The FSM before the first operation, and behind each."""

    @property
    def end(self) -> FSM:
        return self.states[-1]


def play(fsm: FSM, offers: tuple[Offer, ...]) -> FSM:
    """The FSM behind operations that are offered to it in turn."""
    for offer in offers:
        step = fsm.apply(offer.op, offer.payload)
        assert (step.fsm is fsm) == (not is_transition(step.outcome))
        fsm = step.fsm
    return fsm


def choices(length: int, most: int) -> st.SearchStrategy[list[Choices]]:
    """Lists of up to ``most`` choices of ``length`` numbers."""
    number = st.integers(0, LIMIT - 1)
    return st.lists(st.tuples(*[number] * length), max_size=most)


def branches(*, several_logs: bool = False, most: int = 25) -> st.SearchStrategy[Branch]:
    """Branches of up to ``most`` operations."""
    return choices(6, most).map(lambda drawn: _branch(drawn, several_logs))


def logs(*, several_logs: bool = False) -> st.SearchStrategy[tuple[Branch, FSM, tuple[Offer, ...]]]:
    """A branch, one of its states, and the log that holds the branch and strays."""
    return st.tuples(branches(several_logs=several_logs), st.integers(0, 25), choices(7, 12)).map(
        lambda drawn: (drawn[0], _state(drawn[0], drawn[1]), _with_strays(drawn[0], drawn[2]))
    )


def _state(branch: Branch, index: int) -> FSM:
    return branch.states[max(len(branch.states) - 1 - index, 0)]


def _branch(drawn: list[Choices], several_logs: bool) -> Branch:
    fsm = FSM.from_hints(FSMHints(LOG))
    offers, states = [], [fsm]
    recorder, log = 0, LOG
    heads = dict.fromkeys(LOGS, 0)
    for by, where, *change in drawn:
        if by >= LIMIT - 3 and recorder + 1 < len(AUTHORS):
            recorder += 1
            log = LOGS[where % len(LOGS)] if several_logs else LOG
        op = RecordedOp(
            fsm.next_seq_no,
            fsm.next_checksum,
            AUTHORS[recorder],
            _change(fsm, *change),
            heads[log],
            0,
            log,
        )
        payload = encode_op(op)
        op = attrs.evolve(op, last_offset=heads[log] + 8 + len(payload) + op.raw_length)
        step = fsm.apply(op, payload)
        if is_transition(step.outcome):
            fsm = step.fsm
            heads[log] = op.last_offset
            offers.append(Offer(op, payload))
            states.append(fsm)
    return Branch(tuple(offers), tuple(states))


def _change(fsm: FSM, kind: int, which: int, x: int, y: int) -> Change | None:
    """A change that is possible, most of the time."""
    linked = sorted(fsm.links)
    path = PATHS[x % len(PATHS)]
    if kind in (0, 1) or (kind < 8 and not linked):
        return Create(path)
    old = linked[which % len(linked)] if linked else path
    fnode = fsm.links.get(old, STRANGER)
    changes: dict[int, Callable[[], Change | None]] = {
        2: lambda: Unlink(fnode, old),
        3: lambda: Unlink(fnode, old),
        4: lambda: Write(fnode, x, y),
        5: lambda: Write(fnode, x, y),
        6: lambda: Link(fnode, path),
        7: lambda: Write(STRANGER, x, y),
        8: lambda: Property(PROPERTIES[which % 2], bytes([0x61 + x])),
        9: lambda: Property(PROPERTIES[which % 2], bytes([0x61 + x])),
    }
    return changes[kind]() if kind in changes else None


def _with_strays(branch: Branch, drawn: list[Choices]) -> tuple[Offer, ...]:
    """The log of a branch, in which others wrote too."""
    behind: dict[int, list[Offer]] = {}
    for place, *what in drawn:
        if branch.offers:
            index = len(branch.offers) - 1 - place % len(branch.offers)
            behind.setdefault(index, []).extend(_strays(branch, index, *what))
    log: list[Offer] = []
    for index, offer in enumerate(branch.offers):
        log += [offer, *behind.get(index, ())]
    return tuple(log)


def _strays(
    branch: Branch, index: int, kind: int, past: int, by: int, which: int, x: int, y: int
) -> list[Offer]:
    """What others may append right behind an operation of a branch."""
    near, author = branch.offers[index].op, AUTHORS[by % len(AUTHORS)]
    back = past % (index + 1)
    if kind < 2:
        return list(branch.offers[index - back : index + 1])
    if kind < 4:
        return [_placed(RecordedOp((-1, 0, 1 << 40)[x % 3], 5, author, Create("/far")), near)]
    fsm, fork = branch.states[index - back], []
    for turn in range(back + 1):
        change = _change(fsm, (kind + turn) % LIMIT, which + turn, x, y)
        offer = _placed(RecordedOp(fsm.next_seq_no, fsm.next_checksum, author, change), near)
        fsm = fsm.apply(offer.op, offer.payload).fsm
        fork.append(offer)
    return fork


def _placed(op: RecordedOp, near: RecordedOp) -> Offer:
    """An operation that is behind another one."""
    end = near.last_offset
    placed = attrs.evolve(op, first_offset=end, last_offset=end + 9, log=near.log)
    return Offer(placed, encode_op(op))
