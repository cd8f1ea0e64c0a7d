"""Machines of parts: segment sets, and the FSM with its hints.

They have no executor beside the model, as the bundled implementation has the model's parts. Who
wants to check a part of another implementation makes a subclass that has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import ClassVar

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from rlog_model.conformance.machine import Machine
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Step
from rlog_model.scenario_fields import Json
from rlog_model.scenario_parts import AddSegment
from rlog_model.segment_set import SegmentSet
from rlog_model.simulation.dice import Dice
from rlog_model.simulation.fsm_hints import LOGS
from rlog_model.simulation.fsm_scenarios import REVISIONS_DRAWN, FsmTelling
from rlog_model.simulation.segment_scenarios import SegmentTelling, history
from rlog_model.simulation.state import World
from rlog_model.trace import DONE, Observation

MOST_FSMS = 8
"""FSMs of one run."""

_DICE = st.binary(min_size=12, max_size=12).map(Dice)

Covered = set[tuple[int, int, str]]
"""Sequence numbers, each with an author and a log."""


@frozen
class Shown:
    """A segment, as an observation shows it."""

    author: int
    first_seq_no: int
    first_offset: int
    first_checksum: int
    last_seq_no: int
    last_offset: int
    log: str

    @classmethod
    def of(cls, data: Json) -> Shown:
        """The segment that JSON has."""
        assert isinstance(data, dict), "a segment is an object"
        numbers = {name: int(str(value)) for name, value in data.items() if name != "log"}
        return cls(**numbers, log=str(data["log"]))

    @property
    def covered(self) -> Covered:
        """What the segment covers."""
        return {(n, self.author, self.log) for n in range(self.first_seq_no, self.last_seq_no + 1)}


class SegmentMachine(Machine):
    """Segments of one history, and others, are added to sets in any order."""

    called: ClassVar = "segments"

    def __init__(self) -> None:
        super().__init__()
        self._telling = SegmentTelling(history(b""), self.do)
        self._shown: dict[str, list[Shown]] = {}
        self._covered: dict[str, Covered] = {}

    @initialize(drawn=st.binary(min_size=7, max_size=7))
    def begin(self, drawn: bytes) -> None:
        """What the history is."""
        self._telling.true = history(drawn)

    @rule(dice=_DICE)
    def add(self, dice: Dice) -> None:
        """A part of the history."""
        self._telling.add(dice, like=False, deviates=False)

    @rule(dice=_DICE)
    def add_what_deviates(self, dice: Dice) -> None:
        """A segment that contradicts the history, or itself."""
        self._telling.add(dice, like=False, deviates=True)

    @rule(dice=_DICE, deviates=st.booleans())
    def add_what_is_like_another(self, dice: Dice, deviates: bool) -> None:
        """One that was added before, or nearly so."""
        self._telling.add(dice, like=True, deviates=deviates)

    @precondition(lambda self: self._shown)
    @rule(dice=_DICE)
    def add_again(self, dice: Dice) -> None:
        """A segment that the set has: nothing changes."""
        name = dice.pick(sorted(self._shown))
        has = self._shown[name]
        s = dice.pick(has)
        self.do(
            AddSegment(
                name,
                s.author,
                s.first_seq_no,
                s.first_offset,
                s.first_checksum,
                s.last_seq_no,
                s.last_offset,
                s.log,
            )
        )
        if self._shown[name] != has:
            raise self.trial.failed("a segment that the set has was added again, and changed it")

    @rule(dice=_DICE)
    def intersect(self, dice: Dice) -> None:
        """A set is asked for what lies in a range."""
        self._telling.intersect(dice)

    def look(self, before: World, step: Step, seen: Observation) -> Iterator[str]:
        """See ``Machine``."""
        if not isinstance(step, AddSegment):
            return
        if seen.outcome != DONE:
            if _set_of(before, step.set) != _set_of(self.world, step.set):
                yield "a segment was refused, and the set changed"
            return
        assert isinstance(seen.segments, list), "a set is a list of segments"
        segments = [Shown.of(data) for data in seen.segments]
        added = Shown(
            step.author,
            step.first_seq_no,
            step.first_offset,
            step.first_checksum,
            step.last_seq_no,
            step.last_offset,
            step.log,
        )
        self._shown[step.set] = segments
        covered = self._covered.setdefault(step.set, set())
        covered |= added.covered
        if covered != set().union(*(segment.covered for segment in segments)):
            yield "a set covers something else than what was added"
        for one, other in pairwise(segments):
            yield from _contradictions(one, other)


def _set_of(world: World, name: str) -> SegmentSet | None:
    return None if world.parts is None else world.parts.sets.get(name)


def _contradictions(one: Shown, other: Shown) -> Iterator[str]:
    """What is wrong about two segments of a set, of which the first is just before the other."""
    if one.last_seq_no >= other.first_seq_no:
        yield "segments of a set overlap, or are not in order"
    if other.last_offset and not one.last_offset:
        yield "the end of a segment is not known, and that of the next one is"
    if one.log != other.log:
        return
    if one.first_offset > other.first_offset or 0 < other.last_offset < one.last_offset:
        yield "offsets of a set fall"
    if one.author == other.author and one.last_seq_no + 1 == other.first_seq_no:
        yield "segments of a set touch, and are not reduced to one"


class FsmMachine(Machine):
    """FSMs are offered the operations of a branch, give hints, and others begin with these."""

    called: ClassVar = "fsm"

    def __init__(self) -> None:
        super().__init__()
        self._telling = FsmTelling(self.trial.revision.name, self._tell)

    def _tell(self, step: Step) -> None:
        self.do(step)

    @initialize(dice=_DICE)
    def begin(self, dice: Dice) -> None:
        """The revision, and the first FSM."""
        self.turn_to(REVISIONS[dice.pick(REVISIONS_DRAWN)])
        self._begin(dice)

    @precondition(lambda self: self._telling.made_up and self._telling.fsms < MOST_FSMS)
    @rule(dice=_DICE)
    def begin_anew(self, dice: Dice) -> None:
        """Another branch, once hints of this one need not lead to where it is."""
        self._begin(dice)

    @precondition(lambda self: self._telling.fsms < MOST_FSMS)
    @rule(dice=st.binary(min_size=32, max_size=32).map(Dice))
    def begin_by_hand(self, dice: Dice) -> None:
        """Another branch, of which hints are made by hand, now and then."""
        if self._telling.made_up or dice.one_in(4):
            fsms = self._telling.fsms
            self._telling = FsmTelling(self.trial.revision.name, self._tell, fsms=fsms)
            self._telling.new_by_hand(dice)

    def _begin(self, dice: Dice) -> None:
        fsms = self._telling.fsms
        self._telling = FsmTelling(self.trial.revision.name, self._tell, fsms=fsms)
        self._telling.exact = not dice.one_in(3)
        self._telling.new(FSMHints(LOGS[0]))

    @precondition(lambda self: not self._telling.refused)
    @rule(several=st.lists(_DICE, min_size=1, max_size=4))
    def next(self, several: list[Dice]) -> None:
        """The next operations of the branch."""
        for dice in several:
            self._telling.next(dice)

    @precondition(lambda self: not self._telling.refused)
    @rule(dice=_DICE)
    def out_of_turn(self, dice: Dice) -> None:
        """An operation of another author, place or log."""
        self._telling.out_of_turn(dice)

    @precondition(lambda self: not self._telling.refused)
    @rule(dice=_DICE)
    def contradict(self, dice: Dice) -> None:
        """An operation that contradicts the files, now and then."""
        if self._telling.made_up or dice.one_in(4):
            self._telling.contradict(dice)

    @rule(dice=_DICE)
    def take_over(self, dice: Dice) -> None:
        """Another recorder goes on, maybe in another log."""
        self._telling.take_over(dice)

    @rule()
    def build_hints(self) -> None:
        """The FSM shows its hints."""
        self._telling.build_hints()

    @precondition(
        lambda self: (
            len(self._telling.offers) > 1
            and not self._telling.refused
            and self._telling.fsms < MOST_FSMS
        )
    )
    @rule(dice=_DICE)
    def restart(self, dice: Dice) -> None:
        """Another FSM begins with hints of this one, and is offered all again."""
        self._telling.restart(dice)
        while self._telling.pending and not self._telling.refused:
            if dice.one_in(4):
                self._telling.out_of_turn(dice)
            self._telling.next(dice)
        leads_to = self._telling.leads_to
        if leads_to is not None and _state(self._telling.fsm) != _state(leads_to):
            raise self.trial.failed(
                "an FSM of hints came to another state than the one that built them:\n"
                f"  expected      {_state(leads_to)}\n"
                f"  actually got  {_state(self._telling.fsm)}"
            )
        self._telling.leads_to = None


def _state(fsm: FSM) -> Mapping[str, object]:
    """What hints must lead to."""
    return {
        "next_seq_no": fsm.next_seq_no,
        "next_checksum": fsm.next_checksum,
        "links": dict(sorted(fsm.links.items())),
        "properties": dict(sorted(fsm.properties.items())),
    }
