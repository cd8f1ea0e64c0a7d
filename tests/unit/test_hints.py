"""Hints: what they owe, and how they flatten."""

from __future__ import annotations

import attrs
import pytest

from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.identity import Author, Fnode
from rlog_model.segment import InvalidSegment, PairRule, Segment, SegmentConflict, SegmentRule
from tests.unit.steps import LOG, OTHER_LOG, B, segment


def node(fnode: int, *segments: Segment) -> FnodeSegments:
    return FnodeSegments(Fnode(fnode), segments)


def unnamed(first: int, last: int) -> Segment:
    return segment(first, last, log="")


# One by one


@pytest.mark.clause("HNT-2")
@pytest.mark.parametrize(
    "hints",
    [
        FSMHints(),
        FSMHints(LOG),
        FSMHints(LOG, (node(1),)),
        FSMHints(LOG, (node(1, unnamed(1, 2)), node(3, segment(3, 4, log=OTHER_LOG)))),
        FSMHints(LOG, (node(7, unnamed(1, 2), unnamed(1, 1)), node(3))),
    ],
)
def test_valid_hints(hints: FSMHints) -> None:
    hints.validate()


@pytest.mark.clause("HNT-2")
def test_segment_that_breaks_a_rule_of_its_own() -> None:
    spoiled = attrs.evolve(unnamed(3, 4), author=Author(0))
    with pytest.raises(InvalidSegment) as invalid:
        FSMHints(LOG, (node(1, unnamed(1, 2)), node(3, spoiled))).validate()
    assert invalid.value.rule is SegmentRule.AUTHOR
    with pytest.raises(InvalidSegment) as invalid:
        FSMHints("", (node(1, unnamed(1, 2)),)).validate()
    assert invalid.value.rule is SegmentRule.LOG


@pytest.mark.clause("HNT-2")
def test_segment_that_names_the_hints_own_log() -> None:
    hints = FSMHints(LOG, (node(1, segment(1, 2, log=OTHER_LOG)), node(5, segment(5, 6))))
    with pytest.raises(InvalidHints) as invalid:
        hints.validate()
    assert (invalid.value.rule, invalid.value.fnode) == (HintRule.OWN_LOG_NAMED, 5)
    assert str(invalid.value) == "contained segment.Log duplicates FSMHints.Log (fnode 5)"


@pytest.mark.clause("HNT-2")
def test_name_of_the_log_is_asked_about_before_the_segment_itself() -> None:
    hints = FSMHints(LOG, (node(5, attrs.evolve(segment(5, 6), author=Author(0))),))
    with pytest.raises(InvalidHints):
        hints.validate()


@pytest.mark.clause("HNT-2")
def test_nameless_segments_in_hints_without_log() -> None:
    """Their log is no name: that is the segment's mistake, not a name that is given twice."""
    with pytest.raises(InvalidSegment):
        FSMHints("", (node(1, segment(1, 2, log="")),)).validate()


# Flattened


@pytest.mark.clause("HNT-1", "HNT-3")
def test_segments_of_all_files_are_one_set() -> None:
    hints = FSMHints(
        LOG,
        (
            node(1, segment(1, 2, log=OTHER_LOG), unnamed(8, 9)),
            node(2, segment(2, 3, log=OTHER_LOG)),
            node(5, unnamed(5, 6)),
        ),
    )
    fnodes, segments = hints.live_log_segments()
    assert fnodes == (1, 2, 5)
    assert segments.segments == (segment(1, 3, log=OTHER_LOG), segment(5, 6), segment(8, 9))


def test_no_files() -> None:
    fnodes, segments = FSMHints(LOG).live_log_segments()
    assert fnodes == ()
    assert segments.segments == ()


@pytest.mark.clause("HNT-3", "HNT-4")
@pytest.mark.parametrize(
    ("nodes", "rule", "fnode"),
    [
        ((node(1),), HintRule.FNODE_CREATE, 1),
        ((node(2, unnamed(1, 2)),), HintRule.FNODE_CREATE, 2),
        ((node(1, unnamed(2, 3), unnamed(1, 1)),), HintRule.FNODE_CREATE, 1),
        ((node(3, unnamed(3, 4)), node(1, unnamed(1, 2))), HintRule.FNODE_ORDER, 1),
        ((node(1, unnamed(1, 2)), node(1, unnamed(1, 2))), HintRule.FNODE_ORDER, 1),
        ((node(3, unnamed(3, 4)), node(1)), HintRule.FNODE_ORDER, 1),
        ((node(1, segment(1, 2, log=OTHER_LOG)),), HintRule.LAST_LOG, None),
        (
            (node(1, unnamed(1, 2), segment(5, 5, log=OTHER_LOG)), node(3, unnamed(3, 4))),
            HintRule.LAST_LOG,
            None,
        ),
    ],
)
def test_hints_that_do_not_flatten(
    nodes: tuple[FnodeSegments, ...], rule: HintRule, fnode: int | None
) -> None:
    with pytest.raises(InvalidHints) as invalid:
        FSMHints(LOG, nodes).live_log_segments()
    assert (invalid.value.rule, invalid.value.fnode) == (rule, fnode)
    assert str(invalid.value).startswith(rule.value)


def test_hints_of_a_log_as_a_whole_are_about_no_file() -> None:
    assert str(InvalidHints(HintRule.LAST_LOG)) == "the last segment is not in the hints' log"


@pytest.mark.clause("HNT-3")
def test_segments_that_contradict_each_other() -> None:
    hints = FSMHints(LOG, (node(1, unnamed(1, 4)), node(3, segment(3, 5, author=B, log=""))))
    with pytest.raises(SegmentConflict) as conflict:
        hints.live_log_segments()
    assert conflict.value.rule is PairRule.AUTHORS_DIFFER


@pytest.mark.clause("HNT-3")
def test_mistakes_are_told_in_the_order_of_the_files() -> None:
    """What is wrong with a file comes after what is wrong with the segments of those before it."""
    spoiled = attrs.evolve(unnamed(1, 2), author=Author(0))
    with pytest.raises(InvalidSegment):
        FSMHints(LOG, (node(1, spoiled), node(1))).live_log_segments()
    with pytest.raises(InvalidHints):
        FSMHints(LOG, (node(2, spoiled), node(3))).live_log_segments()


@pytest.mark.clause("HNT-6")
def test_logs() -> None:
    assert FSMHints(LOG).logs() == (LOG,)
    hints = FSMHints(
        LOG,
        (
            node(1, segment(1, 1, log="c/log"), unnamed(8, 9)),
            node(2, segment(2, 2, log=OTHER_LOG), segment(3, 3, log="c/log")),
        ),
    )
    assert hints.logs() == ("c/log", LOG, OTHER_LOG)
    assert FSMHints(LOG, (node(1, segment(1, 1, log=OTHER_LOG)),)).logs() == (OTHER_LOG, LOG)
