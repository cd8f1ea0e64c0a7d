"""What holds for windows of one history, in any order."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import attrs
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.identity import Author
from rlog_model.segment import PairRule, Segment, SegmentConflict, order, reduce
from rlog_model.segment_set import SegmentSet

LOGS = ("a/log", "b/log")


@frozen
class Run:
    """Operations of one author in one log: all that one recorder wrote."""

    author: Author
    log: str
    first_seq_no: int
    offsets: tuple[int, ...]
    """Where each operation begins, and where the last one ends."""

    def window(self, first: int, last: int) -> Segment:
        """The segment of the operations ``[first, last]``, counted from 0."""
        return Segment(
            self.author,
            self.first_seq_no + first,
            self.offsets[first],
            1000 + self.first_seq_no + first,
            self.first_seq_no + last,
            self.offsets[last + 1],
            self.log,
        )


@st.composite
def histories(draw: st.DrawFn) -> list[Run]:
    """The runs of a history. No author comes back."""
    runs, seq_no, heads = [], 1, dict.fromkeys(LOGS, 0)
    small = st.integers(1, 6)
    for author in range(1, 1 + draw(st.integers(1, 4))):
        log = draw(st.sampled_from(LOGS))
        offsets = [heads[log] + draw(st.integers(0, 5))]
        for _ in range(draw(small)):
            offsets.append(offsets[-1] + draw(small))
        heads[log] = offsets[-1]
        runs.append(Run(Author(author), log, seq_no, tuple(offsets)))
        seq_no += len(offsets) - 1
    return runs


@st.composite
def windows(draw: st.DrawFn) -> list[Segment]:
    """Windows of one history, in any order."""
    runs = draw(histories())
    found = []
    for _ in range(draw(st.integers(1, 8))):
        run = draw(st.sampled_from(runs))
        ends = st.integers(0, len(run.offsets) - 2)
        first, last = sorted((draw(ends), draw(ends)))
        found.append(run.window(first, last))
    return found


def numbers(segments: list[Segment] | SegmentSet) -> set[tuple[int, int]]:
    """Every sequence number that segments hold, with its author."""
    return {(s.author, n) for s in segments for n in range(s.first_seq_no, s.last_seq_no + 1)}


@pytest.mark.clause("SEG-6")
@given(windows())
def test_set_is_the_union(drawn: list[Segment]) -> None:
    segments = SegmentSet.of(drawn)
    assert numbers(segments) == numbers(drawn)
    for before, after in pairwise(segments):
        assert before.last_seq_no < after.first_seq_no
        if before.author == after.author:
            assert before.last_seq_no + 1 < after.first_seq_no
    for s in segments:
        assert s.first_offset == min(w.first_offset for w in drawn if numbers([w]) <= numbers([s]))
        assert s.last_offset == max(w.last_offset for w in drawn if numbers([w]) <= numbers([s]))


@given(windows(), st.randoms(use_true_random=False))
def test_order_of_adding_does_not_matter(drawn: list[Segment], random: Random) -> None:
    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert SegmentSet.of(shuffled) == SegmentSet.of(drawn)


@pytest.mark.clause("SEG-9")
@given(windows())
def test_what_a_set_holds_adds_nothing(drawn: list[Segment]) -> None:
    segments = SegmentSet.of(drawn)
    assert SegmentSet.of(segments) == segments
    for segment in drawn:
        assert segments.add(segment) == segments


@given(windows(), st.integers(0, 90), st.integers(0, 90), st.sampled_from(LOGS))
def test_intersect_keeps_what_may_have_a_byte_in_the_range(
    drawn: list[Segment], one: int, other: int, log: str
) -> None:
    segments, (first, last) = SegmentSet.of(drawn), sorted((one, other))
    found = segments.intersect(log, first, last)
    bytes_of = range(first, last)
    for s in segments:
        touches = any(s.first_offset <= b < s.last_offset for b in bytes_of)
        if s.log == log and touches:
            assert s in list(found)
        if first < last and s in list(found):
            assert s.log == log
            assert touches


_number = st.integers(1, 6)
_any = st.builds(
    lambda author, first, offset, checksum, more, end, log: Segment(
        Author(author), first, offset, checksum, first + more, end and offset + end, log
    ),
    st.integers(1, 2),
    _number,
    st.integers(0, 9),
    st.integers(0, 1),
    st.integers(0, 4),
    st.integers(0, 9),
    st.sampled_from(LOGS),
)


@given(_any, _any)
def test_reduce_does_not_ask_which_was_there_first(one: Segment, other: Segment) -> None:
    """Save for the rule by which two contradict each other that begin and end together: of those,
    neither is the earlier one."""
    outcomes: list[object] = []
    for pair in ((one, other), (other, one)):
        try:
            outcomes.append(reduce(*pair))
        except SegmentConflict as conflict:
            outcomes.append(conflict.rule)
    together = (one.first_seq_no, one.last_seq_no) == (other.first_seq_no, other.last_seq_no)
    if together and all(isinstance(outcome, PairRule) for outcome in outcomes):
        return
    assert outcomes[0] == outcomes[1]


@given(_any, _any)
def test_reduce_loses_no_operation(one: Segment, other: Segment) -> None:
    try:
        reduced = reduce(one, other)
    except SegmentConflict:
        return
    assert numbers(list(reduced)) == numbers([one, other])
    if len(reduced) == 2:
        assert reduced == order(one, other)
    else:
        ends = {s.last_offset for s in (one, other) if s.last_seq_no == reduced[0].last_seq_no}
        assert reduced[0].last_offset == max(ends)
        assert reduce(reduced[0], attrs.evolve(reduced[0])) == reduced


@given(st.lists(_any, max_size=8))
def test_refused_add_changes_nothing(drawn: list[Segment]) -> None:
    segments = SegmentSet()
    for segment in drawn:
        before = segments.segments
        try:
            segments = segments.add(segment)
        except SegmentConflict:
            assert segments.segments == before
        else:
            assert numbers([segment]) <= numbers(segments)
            assert numbers(list(before)) <= numbers(segments)
