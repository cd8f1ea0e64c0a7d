"""Sets of segments: adding, refusing, and what lies in a range of a log."""

from __future__ import annotations

import attrs
import pytest

from rlog_model.identity import Author
from rlog_model.segment import InvalidSegment, PairRule, Segment, SegmentConflict
from rlog_model.segment_set import SegmentSet
from tests.unit.steps import B, segment

FIRST, SECOND, THIRD = segment(1, 3), segment(5, 7), segment(9, 11)


def test_empty() -> None:
    assert len(SegmentSet()) == 0
    assert not SegmentSet()
    assert list(SegmentSet()) == []
    assert SegmentSet().add(FIRST).segments == (FIRST,)


@pytest.mark.clause("SEG-6", "SEG-9")
@pytest.mark.parametrize("turn", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_segments_are_in_rising_order(turn: tuple[int, ...]) -> None:
    given = [(FIRST, SECOND, THIRD)[i] for i in turn]
    segments = SegmentSet.of(given)
    assert segments.segments == (FIRST, SECOND, THIRD)
    one_by_one = SegmentSet()
    for one in given:
        one_by_one = one_by_one.add(one)
    assert one_by_one == segments


def test_it_is_a_sequence() -> None:
    segments = SegmentSet.of([FIRST, SECOND, THIRD])
    assert len(segments) == 3
    assert segments[0] == FIRST
    assert segments[-1] == THIRD
    assert segments[1:] == (SECOND, THIRD)
    assert list(segments) == [FIRST, SECOND, THIRD]


@pytest.mark.clause("SEG-7")
@pytest.mark.parametrize(
    ("added", "expected"),
    [
        (segment(4, 4), (segment(1, 7), THIRD)),
        (segment(3, 8), (segment(1, 11),)),
        (segment(2, 10), (segment(1, 11),)),
        (segment(1, 20), (segment(1, 20),)),
        (segment(6, 6), (FIRST, SECOND, THIRD)),
        (segment(5, 9), (FIRST, segment(5, 11))),
        (segment(8, 8), (FIRST, segment(5, 11))),
        (segment(12, 12), (FIRST, SECOND, segment(9, 12))),
        (segment(13, 14), (FIRST, SECOND, THIRD, segment(13, 14))),
        (segment(4, 4, author=B), (FIRST, segment(4, 4, author=B), SECOND, THIRD)),
        (segment(12, 13, author=B), (FIRST, SECOND, THIRD, segment(12, 13, author=B))),
    ],
)
def test_added_segment_is_reduced_with_what_it_meets(
    added: Segment, expected: tuple[Segment, ...]
) -> None:
    assert SegmentSet.of([FIRST, SECOND, THIRD]).add(added).segments == expected


@pytest.mark.clause("SEG-7")
def test_added_segment_before_all() -> None:
    segments = SegmentSet.of([SECOND, THIRD])
    assert segments.add(segment(1, 1)).segments == (segment(1, 1), SECOND, THIRD)
    assert segments.add(segment(1, 4)).segments == (segment(1, 7), THIRD)
    assert segments.add(segment(5, 6)).segments == (SECOND, THIRD)


@pytest.mark.clause("SEG-7", "SEG-8")
@pytest.mark.parametrize(
    ("added", "rule"),
    [
        (segment(2, 2, author=B), PairRule.AUTHORS_DIFFER),
        (segment(4, 9, author=B), PairRule.AUTHORS_DIFFER),
        (segment(2, 9, author=B), PairRule.AUTHORS_DIFFER),
        (segment(4, 10, log="b/log"), PairRule.LOGS_DIFFER),
        (attrs.evolve(segment(8, 8), first_offset=1), PairRule.FIRST_OFFSETS_FALL),
        (
            attrs.evolve(segment(4, 4, author=B), first_offset=501, last_offset=600),
            PairRule.FIRST_OFFSETS_FALL,
        ),
        (segment(4, 4, known_end=False), PairRule.KNOWN_AFTER_UNKNOWN),
    ],
)
def test_refused_add_changes_nothing(added: Segment, rule: PairRule) -> None:
    segments = SegmentSet.of([FIRST, SECOND, THIRD])
    with pytest.raises(SegmentConflict) as conflict:
        segments.add(added)
    assert conflict.value.rule is rule
    assert segments.segments == (FIRST, SECOND, THIRD)


@pytest.mark.clause("SEG-7")
def test_invalid_segment_is_refused() -> None:
    with pytest.raises(InvalidSegment):
        SegmentSet().add(attrs.evolve(FIRST, author=Author(0)))
    with pytest.raises(InvalidSegment):
        SegmentSet.of([FIRST, attrs.evolve(SECOND, log="")])


# Ranges

OPEN = segment(20, 22, known_end=False)
ELSEWHERE = segment(14, 15, log="b/log")
ALL = SegmentSet.of([FIRST, SECOND, THIRD, ELSEWHERE, OPEN])


@pytest.mark.clause("SEG-10")
@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, 10_000, (FIRST, SECOND, THIRD, OPEN)),
        (0, 100, ()),
        (0, 101, (FIRST,)),
        (399, 400, (FIRST,)),
        (400, 500, ()),
        (400, 501, (SECOND,)),
        (799, 901, (SECOND, THIRD)),
        (1200, 2000, ()),
        (1200, 2001, (OPEN,)),
        (9_000, 10_000, (OPEN,)),
        (600, 600, (SECOND,)),
        (500, 500, ()),
    ],
)
def test_intersect(first: int, last: int, expected: tuple[Segment, ...]) -> None:
    assert ALL.intersect("a/log", first, last).segments == expected


@pytest.mark.clause("SEG-10")
def test_intersect_keeps_to_the_log() -> None:
    assert ALL.intersect("b/log", 0, 10_000).segments == (ELSEWHERE,)
    assert ALL.intersect("c/log", 0, 10_000).segments == ()


@pytest.mark.clause("SEG-10")
def test_range_that_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match=r"range \[5, 4\) ends before it begins"):
        ALL.intersect("a/log", 5, 4)
