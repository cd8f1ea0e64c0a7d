"""Scenarios of segment sets, told by bytes.

Rules
-----
* There is one history: who wrote each operation, and to which log. Each operation has ten bytes.
  In another log offsets begin again.
* What is added is part of a run of the history, whose first offset is exact or a lower bound, and
  whose last one is known if it is not behind what a player has read.
* Some segments *deviate*: they break a rule of their own, or contradict the history.
* Some are like one that was added before, but for a deviation.
* What is asked for begins and ends at offsets of segments, or next to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs
from attrs import frozen

from rlog_model import scenario_parts as p
from rlog_model.scenario import Scenario, Step
from rlog_model.segment import UNKNOWN_OFFSET
from rlog_model.simulation.dice import Dice

OPERATIONS: Final = 12
SIZE: Final = 10
LOGS: Final = ("a/log", "b/log")
SETS: Final = ("s", "s", "s", "t")
_SLACK: Final = (0, 0, 0, 5, SIZE)
_LENGTHS: Final = (1, 2, 3, 1, 5)
_INVALID_LOGS: Final = ("", "log", "/a/log", "a//log", "a log")


@frozen
class Operation:
    """What a segment can hold."""

    author: int
    log: str
    offset: int
    """Where it begins."""


@frozen
class History:
    """Operations, from sequence number 1 on."""

    operations: tuple[Operation, ...]
    known: int
    """Sequence number of the last operation whose end a player has seen."""

    def __getitem__(self, seq_no: int) -> Operation:
        return self.operations[seq_no - 1]

    def last_of_run(self, seq_no: int) -> int:
        """The last operation of the author and log of this one."""
        one = self[seq_no]
        while seq_no < len(self.operations):
            other = self[seq_no + 1]
            if (other.author, other.log) != (one.author, one.log):
                break
            seq_no += 1
        return seq_no


def history(drawn: bytes) -> History:
    """A history of up to three runs."""
    dice = Dice(drawn)
    cuts: dict[int, bool] = {}
    for _ in range(dice.pick((1, 2, 0))):
        cuts[2 + dice.below(OPERATIONS - 1)] = dice.one_in(2)
    author, log = 1, 0
    heads = [dice.pick((0, 0, SIZE)), 0]
    operations: list[Operation] = []
    for seq_no in range(1, OPERATIONS + 1):
        if seq_no in cuts:
            log = 1 - log if cuts[seq_no] else log
            author += not cuts[seq_no] or dice.one_in(3)
        operations.append(Operation(author, LOGS[log], heads[log]))
        heads[log] += SIZE
    return History(tuple(operations), OPERATIONS - dice.below(OPERATIONS + 1))


@attrs.define
class SegmentTelling:
    """A scenario in the making."""

    true: History
    tell: Callable[[Step], object]
    """What is done with each step."""

    added: list[p.AddSegment] = attrs.field(factory=list)

    def add(self, dice: Dice, *, like: bool, deviates: bool) -> None:
        """A segment is added: a part of a run, or one that is ``like`` one that was added."""
        segment = _like(dice, self.added) if like and self.added else _part(dice, self.true)
        if deviates:
            of_kind = dice.pick((_ENDS, _WRITERS, _ENDS, _INVALID))
            segment = dice.pick(of_kind)(dice, segment)
        self.added.append(attrs.evolve(segment, set=dice.pick(SETS)))
        self.tell(self.added[-1])

    def intersect(self, dice: Dice) -> None:
        """A set is asked for what lies in a range."""
        if self.added:
            self.tell(_intersect(dice, self.added))


def segment_scenario(drawn: bytes, steps: Sequence[bytes]) -> Scenario:
    """The scenario of a history, with one step for each of ``steps``."""
    told: list[Step] = []
    telling = SegmentTelling(history(drawn), told.append)
    for of_step in steps:
        dice = Dice(of_step)
        kind = dice.below(12)
        if kind < 5 or not telling.added:
            telling.add(dice, like=False, deviates=dice.one_in(4))
        elif kind < 10:
            telling.add(dice, like=True, deviates=dice.one_in(2))
        else:
            telling.intersect(dice)
    return Scenario(tuple(told), "segments")


def _part(dice: Dice, true: History) -> p.AddSegment:
    """A part of a run."""
    first = 1 + dice.below(OPERATIONS)
    last = min(first + dice.pick(_LENGTHS) - 1, true.last_of_run(first))
    operation = true[first]
    end = true[last].offset + SIZE if last <= true.known else UNKNOWN_OFFSET
    return p.AddSegment(
        SETS[0],
        operation.author,
        first,
        max(operation.offset - dice.pick(_SLACK), 0),
        100 + first,
        last,
        end,
        operation.log,
    )


def _like(dice: Dice, added: Sequence[p.AddSegment]) -> p.AddSegment:
    """One that was added before, with its ends moved: the two are the same, touch, or overlap."""
    segment = added[len(added) - 1 - dice.below(min(len(added), 3))]
    begin, end = dice.pick(_MOVED)
    length = segment.last_seq_no - segment.first_seq_no
    if begin is None:
        begin, end = length + 1, 1 + dice.below(2)
    if segment.first_seq_no + begin < 1 or begin > length + end:
        return segment
    return attrs.evolve(
        segment,
        first_seq_no=segment.first_seq_no + begin,
        first_offset=max(segment.first_offset + begin * SIZE, 0),
        first_checksum=segment.first_checksum + begin,
        last_seq_no=segment.last_seq_no + end,
        last_offset=segment.last_offset and segment.last_offset + end * SIZE,
    )


def _intersect(dice: Dice, added: Sequence[p.AddSegment]) -> p.Intersect:
    """What lies in a range with ends at a segment's, or one byte beside."""
    segment = added[len(added) - 1 - dice.below(len(added))]
    shift = dice.pick((0, 1, -1))
    begin, end = segment.first_offset, segment.last_offset or segment.first_offset + SIZE
    ranges = (
        (begin + shift, end),
        (begin, end + shift),
        (end + shift, end + 2 * SIZE),
        (begin - SIZE, begin + shift),
        (0, 1 << 40),
        (begin + shift, begin + shift),
        (end, begin),
    )
    first, last = dice.pick(ranges)
    log = dice.pick((segment.log, segment.log, segment.log, *LOGS))
    return p.Intersect(segment.set, log, first, last)


_MOVED: Final = (
    (0, 0),
    (0, 0),
    (0, 1),
    (1, 0),
    (0, 2),
    (-1, 0),
    (1, 1),
    (-1, 1),
    (0, -1),
    (None, 0),
)
"""By how many operations the beginning and the end are moved; none: it begins behind the end."""

Deviation = Callable[[Dice, p.AddSegment], p.AddSegment]

_INVALID: Final[tuple[Deviation, ...]] = (
    # Wrong by itself, just so or far.
    lambda d, x: attrs.evolve(x, author=0),
    lambda d, x: attrs.evolve(x, first_seq_no=d.pick((0, -1))),
    lambda d, x: attrs.evolve(x, first_offset=d.pick((-1, -SIZE))),
    lambda d, x: attrs.evolve(x, last_seq_no=x.first_seq_no - d.pick((1, 2))),
    lambda d, x: attrs.evolve(x, last_offset=x.first_offset - d.pick((0, 1))),
    lambda d, x: attrs.evolve(x, log=d.pick(_INVALID_LOGS)),
)

_ENDS: Final[tuple[Deviation, ...]] = (
    # An end that is not known, or is; then others, as if the history was another.
    lambda d, x: attrs.evolve(
        x, last_offset=0 if x.last_offset else x.first_offset + SIZE * (1 + d.below(3))
    ),
    lambda d, x: attrs.evolve(x, last_offset=x.last_offset and x.last_offset + d.pick((5, -5, 20))),
    lambda d, x: attrs.evolve(x, first_offset=max(x.first_offset - d.pick((5, SIZE)), 0)),
    lambda d, x: attrs.evolve(x, first_offset=x.first_offset + d.pick((5, SIZE, 25, 45))),
    lambda d, x: attrs.evolve(x, last_seq_no=x.last_seq_no + 1 + d.below(3)),
    lambda d, x: attrs.evolve(x, first_seq_no=x.first_seq_no + d.pick((1, -1))),
)

_WRITERS: Final[tuple[Deviation, ...]] = (
    lambda d, x: attrs.evolve(x, author=1 + d.below(3)),
    lambda d, x: attrs.evolve(x, log=LOGS[x.log == LOGS[0]]),
    lambda d, x: attrs.evolve(x, log=LOGS[x.log == LOGS[0]], last_offset=5 * d.below(9)),
    lambda d, x: attrs.evolve(x, first_checksum=x.first_checksum + 1),
)
