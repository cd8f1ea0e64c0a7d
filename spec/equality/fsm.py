"""The FSM: the states of ``Branch.tla``, and those that the model's own ``FSM`` comes to.

The projection, which ``branch_values`` makes of a state of TLC and this module of the model: a
state is the FSM, how it was begun, where the operations of its branch were read, and the answer to
what was asked last. The FSM is the tuple of

    log, next_seq_no, next_checksum as a history (see ``histories``),
    live files as (fnode, links, segments), links as (path, fnode), properties as (path, content),
    pending paths, hinted segments and hinted fnodes that were not read, the arrival, beginning

with what has no order of its own sorted. So it has all of the model's FSM but the hints that were
read, and the revision, which is the configuration's. The answer is one of::

    ("new",)
    ("given", hints, valid, logs, accepted) an FSM was to be begun with hints
    ("offered", op, rule, fields)           an operation was offered; the fields of the outcome
    ("asked", built, lasting, hints)        hints were asked for

where ``valid`` is the rule that hints break by themselves, ``logs`` are those which they name, and
``op`` is the seq_no of an operation, whether its checksum is the next one, its summary, its log and
its last_offset, and ``accepted`` and ``built`` are one of::

    ("added",)
    ("refused", rule, fnode)                a rule of hints, at a file or, with 0, at none
    ("refused", rule)                       a rule of one segment
    ("refused", rule, earlier, later)       two segments that contradict each other

What the model answers comes from ``FSM.from_hints``, ``apply``, ``build_hints`` and
``build_lasting_hints``, and ``FSMHints.validate`` and ``logs``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

import attrs
from attrs import frozen

from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.outcome import ChecksumMismatch, Outcome, is_transition
from rlog_model.revision import Revision
from rlog_model.segment import InvalidSegment, Segment, SegmentConflict
from spec.equality import bounds
from spec.equality.branch_offers import Offers, given
from spec.equality.branch_values import project, show, show_answer
from spec.equality.equality import Constants, Equality, Plain, Reached, Way
from spec.equality.histories import Histories, summary

_LOG: Final = "a/log"
_ADDED: Final = ("added",)
T = TypeVar("T")


@frozen
class Branch:
    """An FSM, and what the state has beside it but the answer."""

    fsm: FSM
    begun: str
    places: tuple[tuple[str, int], ...] = ()


@frozen
class _Did:
    """A step, told by its answer."""

    answer: Plain

    def __str__(self) -> str:
        return show_answer(self.answer)


def states_of_model(constants: Constants) -> Iterator[Reached]:
    """Every state that offers, and begins anew, lead to; the shortest ways first."""
    return _Exploration(constants).states()


EQUALITY: Final = Equality("fsm", states_of_model, project, show)


class _Exploration:
    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._histories = Histories()
        self._offers = Offers(constants, self._histories)
        self._anew = bounds.number(constants, "Anew")
        self._revision = Revision(
            "explored",
            several_logs=constants.get("SeveralLogs") is not False,
            property_may_change=constants.get("PropertyMayChange") is not False,
        )
        self._seen: set[Branch] = set()
        self._to_explore: deque[tuple[Branch, Way | None]] = deque()

    def states(self) -> Iterator[Reached]:
        """All of them; some come more than once."""
        hinted = list(given(self._constants, self._histories))
        if not hinted:
            yield self._next(Branch(FSM(_LOG, revision=self._revision), "empty"), ("new",), None)
        for hints in hinted:
            nothing = FSM(hints.log, revision=self._revision)
            yield self._begun(Branch(nothing, "hinted"), hints, None)
        while self._to_explore:
            branch, way = self._to_explore.popleft()
            yield from self._asked(branch, way)
            yield from self._offered(branch, way)

    def _next(self, branch: Branch, answer: Plain, way: Way | None) -> Reached:
        if branch not in self._seen:
            self._seen.add(branch)
            self._to_explore.append((branch, way))
        return self._reached(branch, answer, way)

    def _begun(self, before: Branch, hints: FSMHints, way: Way | None) -> Reached:
        """Where hints are refused, the FSM stays that of before."""
        _, invalid = self._refused(hints.validate)
        valid = invalid[1] if len(invalid) > 1 else "none"
        fsm, accepted = self._refused(lambda: FSM.from_hints(hints, self._revision))
        answer = ("given", self._hints(hints), valid, hints.logs(), accepted)
        way = Way(way, _Did(answer))
        if fsm is None:
            return self._reached(attrs.evolve(before, begun="hinted", places=()), answer, way)
        return self._next(Branch(fsm, "hinted"), answer, way)

    def _offered(self, branch: Branch, way: Way | None) -> Iterator[Reached]:
        for op in self._offers(branch.fsm):
            step = branch.fsm.apply(op, self._histories.offered(op))
            is_right = op.checksum == branch.fsm.next_checksum
            told = (op.seq_no, is_right, *summary(op), op.log, op.last_offset)
            answer = ("offered", told, step.outcome.rule, self._fields(step.outcome))
            offered = Way(way, _Did(answer))
            if not is_transition(step.outcome):
                yield self._reached(attrs.evolve(branch, fsm=step.fsm), answer, offered)
                continue
            places = branch.places
            if branch.begun == "empty":
                places = (*places, (op.log, op.last_offset))
            yield self._next(Branch(step.fsm, branch.begun, places), answer, offered)

    def _asked(self, branch: Branch, way: Way | None) -> Iterator[Reached]:
        hints, built = self._refused(branch.fsm.build_hints)
        lasting, _ = self._refused(branch.fsm.build_lasting_hints)
        told = () if hints is None else (self._hints(hints),)
        answer = ("asked", built, lasting is not None, told)
        asked = Way(way, _Did(answer))
        yield self._reached(branch, answer, asked)
        if hints and branch.begun == "empty" and len(branch.places) <= self._anew:
            yield self._begun(branch, hints, asked)

    def _refused(self, ask: Callable[[], T]) -> tuple[T | None, tuple[Plain, ...]]:
        try:
            return ask(), _ADDED
        except InvalidHints as invalid:
            return None, ("refused", invalid.rule.name, invalid.fnode or 0)
        except InvalidSegment as invalid:
            return None, ("refused", invalid.rule.name)
        except SegmentConflict as conflict:
            two = self._segment(conflict.earlier), self._segment(conflict.later)
            return None, ("refused", conflict.rule.name, *two)

    # The projection.

    def _reached(self, branch: Branch, answer: Plain, way: Way | None) -> Reached:
        return Reached((self._fsm(branch.fsm), branch.begun, branch.places, answer), way)

    def _fsm(self, fsm: FSM) -> Plain:
        remaining = fsm.remaining
        return (
            fsm.log,
            fsm.next_seq_no,
            self._histories.of(fsm.next_checksum),
            tuple(
                (fnode, tuple(sorted(state.links)), self._segments(state.segments))
                for fnode, state in sorted(fsm.live_nodes.items())
            ),
            tuple(sorted(fsm.links.items())),
            tuple((path, content.decode()) for path, content in sorted(fsm.properties.items())),
            tuple(sorted(fsm.files.pending)),
            self._segments(remaining.segments[remaining.segments_read :]),
            remaining.fnodes[remaining.fnodes_read :],
            self._segments(filter(None, [fsm.arrival])),
            fsm.from_beginning,
        )

    def _hints(self, hints: FSMHints) -> Plain:
        return (
            hints.log,
            tuple((node.fnode, self._segments(node.segments)) for node in hints.live_nodes),
            tuple((p.path, p.content.decode()) for p in hints.properties),
        )

    def _fields(self, outcome: Outcome) -> Plain:
        fields: tuple[Plain | bytes, ...] = attrs.astuple(outcome, recurse=False)
        if isinstance(outcome, ChecksumMismatch):
            return (self._histories.of(outcome.expected), self._histories.of(outcome.actual))
        return tuple(
            f.decode() if isinstance(f, bytes) else int(f) if isinstance(f, int) else f
            for f in fields
        )

    def _segments(self, segments: Iterable[Segment]) -> Plain:
        return tuple(map(self._segment, segments))

    def _segment(self, segment: Segment) -> Plain:
        return (
            int(segment.author),
            segment.first_seq_no,
            segment.first_offset,
            self._histories.of(segment.first_checksum),
            segment.last_seq_no,
            segment.last_offset,
            segment.log,
        )
