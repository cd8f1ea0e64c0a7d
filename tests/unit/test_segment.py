"""Segments: each rule of one, each rule of a pair, and each way in which two are one run."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from rlog_model.identity import Author, InvalidLogName
from rlog_model.segment import (
    PAIR_RULES,
    SEGMENT_RULES,
    InvalidSegment,
    PairRule,
    Segment,
    SegmentConflict,
    SegmentRule,
    order,
    overlap,
    reduce,
)

ONE = Segment(Author(1), 10, 100, 0xAB, 20, 200, "a/log")


def like(segment: Segment = ONE, **fields: Any) -> Segment:
    return attrs.evolve(segment, **fields)


# One segment


@pytest.mark.clause("SEG-1")
@pytest.mark.parametrize(
    "segment",
    [
        ONE,
        like(first_seq_no=1, last_seq_no=1, first_offset=0, last_offset=1),
        like(last_offset=0),
        like(first_offset=0, last_offset=0),
    ],
)
def test_valid_segment(segment: Segment) -> None:
    segment.validate()


@pytest.mark.clause("SEG-1")
@pytest.mark.parametrize(
    ("segment", "rule"),
    [
        (like(author=Author(0)), SegmentRule.AUTHOR),
        (like(first_seq_no=0), SegmentRule.FIRST_SEQ_NO),
        (like(first_offset=-1), SegmentRule.FIRST_OFFSET),
        (like(last_seq_no=9), SegmentRule.LAST_SEQ_NO),
        (like(last_offset=100), SegmentRule.LAST_OFFSET),
        (like(last_offset=-1), SegmentRule.LAST_OFFSET),
        (like(log=""), SegmentRule.LOG),
        (like(log="a b/c"), SegmentRule.LOG),
    ],
)
def test_segment_that_breaks_a_rule(segment: Segment, rule: SegmentRule) -> None:
    with pytest.raises(InvalidSegment) as invalid:
        segment.validate()
    assert (invalid.value.rule, invalid.value.segment) == (rule, segment)
    assert str(invalid.value).startswith(rule.value)
    assert repr(segment.log) in str(invalid.value)


@pytest.mark.clause("SEG-1")
def test_first_rule_that_is_broken_is_told() -> None:
    broken = Segment(Author(0), 0, -1, 0, -1, -2, "")
    mended: list[dict[str, Any]] = [
        {"author": Author(1)},
        {"first_seq_no": 1},
        {"first_offset": 0},
        {"last_seq_no": 1},
        {"last_offset": 1},
    ]
    rules = [rule for rule, _ in SEGMENT_RULES]
    assert [*rules, SegmentRule.LOG] == list(SegmentRule)
    for rule, mend in zip(rules, mended, strict=True):
        with pytest.raises(InvalidSegment) as invalid:
            broken.validate()
        assert invalid.value.rule is rule
        broken = attrs.evolve(broken, **mend)
    with pytest.raises(InvalidSegment) as invalid:
        broken.validate()
    assert invalid.value.rule is SegmentRule.LOG
    assert isinstance(invalid.value.__cause__, InvalidLogName)
    assert "4 to 512 characters" in str(invalid.value)


# Order


@pytest.mark.clause("SEG-2")
@pytest.mark.parametrize(
    ("one", "other", "swapped"),
    [
        (ONE, like(first_seq_no=11), False),
        (ONE, like(first_seq_no=9), True),
        (ONE, like(last_seq_no=19), False),
        (ONE, like(last_seq_no=21), True),
        (ONE, like(first_seq_no=11, last_seq_no=99), False),
        (ONE, like(last_offset=300), False),
        (ONE, ONE, False),
    ],
)
def test_order(one: Segment, other: Segment, swapped: bool) -> None:
    assert order(one, other) == ((other, one) if swapped else (one, other))


def test_overlap() -> None:
    assert overlap(ONE, like(first_seq_no=20, last_seq_no=30))
    assert not overlap(ONE, like(first_seq_no=21, last_seq_no=30))


# Pairs which contradict each other


LATER = Segment(Author(1), 15, 150, 0xCD, 30, 300, "a/log")

CONFLICTS = [
    (ONE, like(LATER, first_offset=99), PairRule.FIRST_OFFSETS_FALL),
    (like(last_offset=0), LATER, PairRule.KNOWN_AFTER_UNKNOWN),
    (like(last_offset=0), like(log="b/log", last_offset=0), PairRule.OTHER_LOG_AFTER_UNKNOWN),
    (ONE, like(LATER, last_offset=199), PairRule.LAST_OFFSETS_DISAGREE),
    (ONE, like(LATER, last_seq_no=20, last_offset=199), PairRule.LAST_OFFSETS_DISAGREE),
    (ONE, like(LATER, last_seq_no=20, last_offset=201), PairRule.LAST_OFFSETS_DISAGREE),
    (ONE, like(LATER, last_seq_no=19, last_offset=201), PairRule.LAST_OFFSETS_DISAGREE),
    (ONE, like(last_seq_no=15, last_offset=150, first_checksum=1), PairRule.FIRST_CHECKSUMS_DIFFER),
    (ONE, like(LATER, author=Author(2)), PairRule.AUTHORS_DIFFER),
    (ONE, like(LATER, log="b/log"), PairRule.LOGS_DIFFER),
]


def conflict_of(one: Segment, other: Segment) -> SegmentConflict:
    """How the two contradict each other."""
    with pytest.raises(SegmentConflict) as conflict:
        reduce(one, other)
    return conflict.value


@pytest.mark.clause("SEG-3")
@pytest.mark.parametrize(("earlier", "later", "rule"), CONFLICTS)
def test_pair_that_breaks_a_rule(earlier: Segment, later: Segment, rule: PairRule) -> None:
    conflict = conflict_of(earlier, later)
    assert (conflict.rule, conflict.earlier, conflict.later) == (rule, earlier, later)
    assert str(conflict) == f"{rule.value}: {earlier} vs {later}"


@pytest.mark.clause("SEG-2", "SEG-3")
@pytest.mark.parametrize(("earlier", "later", "rule"), CONFLICTS)
def test_it_does_not_matter_which_was_there_first(
    earlier: Segment, later: Segment, rule: PairRule
) -> None:
    """Save for two which begin and end together: there neither is the earlier one."""
    conflict = conflict_of(later, earlier)
    assert conflict.rule is rule
    assert (conflict.earlier, conflict.later) == order(later, earlier)


def test_every_rule_of_pairs_is_tried_and_in_its_order() -> None:
    assert [rule for rule, _ in PAIR_RULES] == list(PairRule)
    assert {rule for _, _, rule in CONFLICTS} == set(PairRule)


@pytest.mark.clause("SEG-3")
@pytest.mark.parametrize(
    ("earlier", "later", "rule"),
    [
        (
            like(last_offset=0),
            like(LATER, first_offset=99),
            PairRule.FIRST_OFFSETS_FALL,
        ),
        (like(last_offset=0), like(LATER, log="b/log"), PairRule.KNOWN_AFTER_UNKNOWN),
        (
            like(last_offset=0),
            like(LATER, log="b/log", last_offset=0, author=Author(2)),
            PairRule.OTHER_LOG_AFTER_UNKNOWN,
        ),
        (
            ONE,
            like(last_seq_no=15, last_offset=201, first_checksum=1),
            PairRule.LAST_OFFSETS_DISAGREE,
        ),
        (
            ONE,
            like(author=Author(2), last_seq_no=15, last_offset=150, first_checksum=1),
            PairRule.FIRST_CHECKSUMS_DIFFER,
        ),
        (ONE, like(LATER, author=Author(2), log="b/log"), PairRule.AUTHORS_DIFFER),
    ],
)
def test_first_rule_of_pairs_that_is_broken_is_told(
    earlier: Segment, later: Segment, rule: PairRule
) -> None:
    assert conflict_of(earlier, later).rule is rule


# Pairs which do not


@pytest.mark.clause("SEG-5")
@pytest.mark.parametrize(
    "later",
    [
        like(LATER, first_seq_no=22),
        like(LATER, first_seq_no=22, log="b/log", first_offset=0, last_offset=7),
        like(LATER, first_seq_no=22, last_offset=0),
        like(LATER, first_seq_no=22, last_offset=0, log="b/log"),
        like(LATER, first_seq_no=21, author=Author(2)),
        like(LATER, first_seq_no=21, log="b/log"),
        like(LATER, first_seq_no=22, first_offset=100),
        like(LATER, first_seq_no=22, last_offset=200),
    ],
)
def test_pair_that_stays_two(later: Segment) -> None:
    assert reduce(ONE, later) == (ONE, later)
    assert reduce(later, ONE) == (ONE, later)


@pytest.mark.clause("SEG-4")
@pytest.mark.parametrize(
    ("one", "other", "run"),
    [
        # They touch.
        (ONE, like(LATER, first_seq_no=21), like(last_seq_no=30, last_offset=300)),
        # They overlap.
        (ONE, LATER, like(last_seq_no=30, last_offset=300)),
        (ONE, like(LATER, first_seq_no=20), like(last_seq_no=30, last_offset=300)),
        # The later one lies within.
        (ONE, like(LATER, last_seq_no=18, last_offset=180), ONE),
        # They end together: the known end counts.
        (ONE, like(LATER, last_seq_no=20, last_offset=0), ONE),
        (ONE, like(LATER, last_seq_no=20, last_offset=200), ONE),
        # The end is not known, or is that of the one which ends earlier.
        (ONE, like(LATER, last_offset=0), like(last_seq_no=30, last_offset=0)),
        (like(last_offset=0), like(LATER, last_offset=0), like(last_seq_no=30, last_offset=0)),
        # They begin together: the greater first offset counts.
        (ONE, like(first_offset=120), like(first_offset=120)),
        (
            ONE,
            like(first_offset=120, last_seq_no=15, last_offset=150),
            like(first_offset=120),
        ),
        (ONE, like(first_offset=90, last_seq_no=15, last_offset=0), ONE),
        (like(last_offset=0), ONE, ONE),
        (
            like(last_offset=0),
            like(last_seq_no=15, last_offset=150),
            like(last_offset=0),
        ),
        (ONE, ONE, ONE),
    ],
)
def test_pair_that_is_one_run(one: Segment, other: Segment, run: Segment) -> None:
    assert reduce(one, other) == (run,)
    assert reduce(other, one) == (run,)


@pytest.mark.clause("SEG-3")
def test_known_end_within_one_whose_end_is_not_known() -> None:
    """It would be the end of something later than what it follows, so they disagree."""
    unknown = like(last_offset=0)
    known = like(LATER, last_seq_no=18, last_offset=180)
    assert conflict_of(unknown, known).rule is PairRule.KNOWN_AFTER_UNKNOWN
    assert reduce(unknown, like(LATER, last_seq_no=18, last_offset=0)) == (unknown,)
