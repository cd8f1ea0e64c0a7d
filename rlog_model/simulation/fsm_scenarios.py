"""Scenarios of the FSM, told by bytes.

Rules
-----
* Whoever tells follows the FSM, and so knows which operation is the next of its branch. Operations
  *deviate* now and then: from the turn, or by a change that is not possible.
* Recorders take over from each other: then the author is another one, and maybe the log. Offsets
  are exact, as a player has them, or those that a recorder knows.
* A *restart* makes another FSM, of the hints that the one before gave at some moment. It is offered
  all that the branch was offered, with further deviations between, and then goes on.
* The first FSM begins with hints that name just a log, or with those of ``fsm_hints``.
* A *hidden* beginning is left out: then the scenario begins with the hints of a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs
from attrs import frozen

from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import (
    ExpectedHintedFnode,
    LinkExists,
    NoSuchLink,
    PropertyExists,
    is_transition,
)
from rlog_model.revision import CURRENT, REVISIONS
from rlog_model.scenario import Scenario, Step
from rlog_model.scenario_parts import Apply, BuildHints, NewFsm
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.dice import Dice
from rlog_model.simulation.fsm_hints import LOGS, SIZE, altered, by_hand
from rlog_model.wire import encode_hints, encode_op

PATHS: Final = ("/a", "/b", "/c", "/p")
PROPERTIES: Final = ("/p", "/p", "/p", "/q", "/a")
_CONTENTS: Final = (b"x", b"y", b"x", b"")
REVISIONS_DRAWN: Final = (CURRENT.name, CURRENT.name, CURRENT.name, *REVISIONS)
STRANGER: Final = Fnode(99)
MOST_STEPS: Final = 25
MOST_FSMS: Final = 3


@frozen
class Offer:
    """An operation in a log."""

    op: RecordedOp
    """With the offsets and the log that a player knows."""

    payload: bytes


@attrs.define
class FsmTelling:
    """A scenario in the making."""

    revision: str
    tell: Callable[[Step], object]
    """What is done with each step."""

    fsm: FSM = attrs.field(default=FSM(LOGS[0]))
    """The FSM that is told of."""

    fsms: int = 0
    refused: bool = False
    """Whether the hints of the last FSM were refused: there is no more to tell."""

    author: Author = attrs.field(default=Author(1))
    log: str = LOGS[0]
    exact: bool = True
    """Whether operations are offered with the offsets that a player knows."""

    heads: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys(LOGS, 0))
    offers: list[Offer] = attrs.field(factory=list)
    """All that the branch was offered."""

    newest: int = 0
    """The greatest author of whom an operation was taken: each recorder has a greater one than
    those before."""

    pending: list[Offer] = attrs.field(factory=list)
    """What it is yet to be offered again."""

    states: list[FSM] = attrs.field(factory=list)
    made_up: bool = False
    """Whether no recorder can have written such a branch, or given the hints that it is read by:
    then hints need not lead to where the FSM is that built them."""

    leads_to: FSM | None = None
    """What the FSM must come to when it has been offered all again; none if that is not decided."""

    @property
    def name(self) -> str:
        """The name of the FSM that is told of."""
        return "abcdefgh"[self.fsms - 1]

    def new(self, hints: FSMHints) -> None:
        """An FSM is made of hints, and told of from here on."""
        self.fsms += 1
        self.tell(NewFsm(self.name, encode_hints(hints)))
        try:
            self.fsm = FSM.from_hints(hints, REVISIONS[self.revision])
            self.states = [self.fsm]
        except (InvalidHints, InvalidSegment, SegmentConflict):
            self.refused = True

    def new_by_hand(self, dice: Dice) -> None:
        """An FSM is made of hints that no FSM built. Half of these are altered."""
        wrong = dice.one_in(2)
        alteration = Dice(bytes(dice.below(256) for _ in range(4)))
        hints = by_hand(dice)
        self.made_up = True
        self.new(altered(alteration, hints) if wrong else hints)

    def build_hints(self) -> None:
        """The FSM shows its hints."""
        self.tell(BuildHints(self.name))

    def offer(self, offer: Offer) -> None:
        """The FSM is offered an operation."""
        op = offer.op
        if not self.exact:
            op = attrs.evolve(op, first_offset=max(op.first_offset - SIZE, 0), last_offset=0)
        self.tell(Apply(self.name, offer.payload, op.log, op.first_offset, op.last_offset))
        applied = self.fsm.apply(op, offer.payload)
        yielded = self.fsm.files.pending - set(applied.fsm.properties)
        self.fsm = applied.fsm
        self.states.append(self.fsm)
        # An operation in its turn, which contradicts the files: who has hints may not see that. Or
        # one where a hinted property is: who recorded that property can't have recorded this. Or
        # one of an author that had gone on to another: no two recorders have one author.
        self.made_up |= (
            isinstance(applied.outcome, _CONTRADICTIONS)
            or bool(yielded)
            or (is_transition(applied.outcome) and op.author < self.newest)
        )
        if is_transition(applied.outcome):
            self.newest = max(self.newest, op.author)
            self.author = Author(max(self.author, self.newest))

    def placed(self, op: RecordedOp) -> Offer:
        """The operation at the head of its log."""
        begin = self.heads.setdefault(op.log, 0)
        self.heads[op.log] = end = begin + SIZE
        return Offer(attrs.evolve(op, first_offset=begin, last_offset=end), encode_op(op))

    def next(self, dice: Dice) -> None:
        """The next operation of the branch."""
        if self.pending:
            self.offer(self.pending.pop(0))
        else:
            self._offer_new(self._op(_change(dice, self.fsm)))

    def out_of_turn(self, dice: Dice) -> None:
        """An operation that deviates from the turn: another author, or place, or log."""
        self._offer_new(dice.pick(_TURNS)(dice, self._op(_change(dice, self.fsm))))

    def contradict(self, dice: Dice) -> None:
        """An operation of a change that probably is not possible, in its turn."""
        self._offer_new(self._op(_impossible(dice, self.fsm)))

    def _op(self, change: Change | None) -> RecordedOp:
        """The next operation of the branch, with a change."""
        fsm, author, log = self.fsm, self.author, self.log
        if fsm.remaining.segment is not None:
            author, log = fsm.remaining.segment.author, fsm.remaining.segment.log
        return RecordedOp(fsm.next_seq_no, fsm.next_checksum, author, change, log=log)

    def _offer_new(self, op: RecordedOp) -> None:
        offer = self.placed(op)
        if not self.pending:
            self.offers.append(offer)
        elif is_transition(self.fsm.apply(offer.op, offer.payload).outcome):
            # What is offered again would not be the same branch.
            return
        self.offer(offer)

    def take_over(self, dice: Dice) -> None:
        """Another recorder goes on, maybe in another log."""
        self.author = Author(self.author + 1)
        self.exact = dice.one_in(2)
        if dice.one_in(2):
            self.log = LOGS[self.log == LOGS[0]]

    def restart(self, dice: Dice) -> None:
        """Another FSM begins with hints of this one."""
        state = self.states[len(self.states) - 1 - dice.pick((0, 0, 1, 2)) % len(self.states)]
        try:
            hints = state.build_hints()
        except (InvalidHints, InvalidSegment, SegmentConflict):
            return
        # Hints without a live file lead to the beginning of the branch, if that is in their log.
        decided = not self.made_up and (state.live_nodes or state.from_beginning)
        self.leads_to = self.fsm if decided else None
        if dice.one_in(6):
            hints = altered(dice, hints)
            self.leads_to, self.made_up = None, True
        self.exact, self.newest = True, 0
        self.pending = list(self.offers)
        self.new(hints)


def fsm_scenario(drawn: bytes, of_hints: bytes, steps: Sequence[bytes]) -> Scenario:
    """The scenario that begins as ``drawn`` and ``of_hints`` say, with a turn for each of
    ``steps``."""
    dice = Dice(drawn)
    told: list[Step] = []
    telling = FsmTelling(dice.pick(REVISIONS_DRAWN), told.append)
    restarts, hidden, made = dice.below(3), dice.below(3), dice.below(3)
    telling.exact = not dice.one_in(3)
    if made == 2:
        telling.new_by_hand(Dice(of_hints))
    else:
        telling.new(FSMHints(LOGS[0]))
    for turn, of_step in enumerate(steps):
        if telling.refused or len(told) >= MOST_STEPS:
            break
        dice = Dice(of_step)
        kind = dice.below(15)
        if kind == 12 or (restarts and turn == 2 * len(steps) // 3):
            before = len(told)
            if telling.fsms < MOST_FSMS:
                telling.restart(dice)
            if hidden and telling.fsms == 2:
                del told[:before]
        elif kind >= 13:
            telling.take_over(dice)
            telling.next(dice)
        elif kind == 11:
            telling.build_hints()
        elif kind == 10:
            telling.out_of_turn(dice)
        elif kind > 7:
            telling.contradict(dice)
        else:
            telling.next(dice)
    while telling.pending and not telling.refused and len(told) < MOST_STEPS:
        telling.offer(telling.pending.pop(0))
    telling.build_hints()
    return Scenario(tuple(told), "fsm", telling.revision)


def _change(dice: Dice, fsm: FSM) -> Change | None:
    """A change that is possible."""
    linked, kind = sorted(fsm.links), dice.below(12)
    # A property that only hints have named yields to what clashes with it.
    below = [f"{path}/x" for path in sorted(fsm.files.pending)]
    free = [path for path in PATHS if path not in fsm.links and not fsm.files.is_property(path)]
    free += [path for path in below if path not in fsm.links]
    creates = fsm.remaining.fnode == fsm.next_seq_no and kind < 11
    if free and (creates or kind < 3 or (kind < 8 and not linked)):
        return Create(dice.pick(free))
    if kind < 8 and linked:
        twice = [path for path in linked if len(fsm.live_nodes[fsm.links[path]].links) > 1]
        path = dice.pick(twice if twice and kind == 7 else linked)
        fnode = fsm.links[path]
        if kind == 6 or (twice and kind == 7):
            return Unlink(fnode, path)
        if kind in (5, 7) and free:
            return Link(fnode, dice.pick(free))
        return Write(fnode, dice.below(3), dice.below(4))
    if kind == 8:
        return None
    path = dice.pick([*PROPERTIES, *below])
    return Property("/p" if path in fsm.links else path, dice.pick(_CONTENTS))


def _impossible(dice: Dice, fsm: FSM) -> Change | None:
    """A change that probably is not possible, or not of a file that is tracked."""
    taken = dice.pick([*sorted([*fsm.links, *fsm.properties]), *PATHS])
    other = dice.pick([*sorted(fsm.links), *PATHS])
    fnode = dice.pick([*sorted(fsm.live_nodes), Fnode(max(fsm.next_seq_no - 1, 0))])
    changes: tuple[Change | None, ...] = (
        Create(taken),
        Link(fnode, taken),
        Unlink(fnode, other),
        Property(taken, dice.pick(_CONTENTS)),
        Unlink(fnode, other),
        Create(taken),
        Write(STRANGER, 0, 1),
        Unlink(STRANGER, taken),
        Link(STRANGER, taken),
        None,
    )
    return dice.pick(changes)


_CONTRADICTIONS: Final = (ExpectedHintedFnode, LinkExists, NoSuchLink, PropertyExists)

Deviation = Callable[[Dice, RecordedOp], RecordedOp]

_TURNS: Final[tuple[Deviation, ...]] = (
    lambda d, op: attrs.evolve(op, seq_no=op.seq_no + d.pick((1, -1, 2, -2))),
    lambda d, op: attrs.evolve(op, checksum=op.checksum ^ d.pick((1, 1 << 31, op.checksum))),
    lambda d, op: attrs.evolve(op, author=Author(op.author + 1)),
    lambda d, op: attrs.evolve(op, log=LOGS[op.log == LOGS[0]]),
)
