"""What hints need of their logs."""

from __future__ import annotations

import pytest

from rlog_model.hints import FnodeSegments, FSMHints, InvalidHints
from rlog_model.identity import Author, Fnode
from rlog_model.needs import Needs, Range, merged, outside
from rlog_model.segment import Segment

LOG, OTHER = "a/log", "b/log"
A, B = Author(0xA), Author(0xB)


def needs(*segments: Segment) -> Needs:
    number = segments[0].first_seq_no
    return Needs.of(FSMHints(LOG, (FnodeSegments(Fnode(number), segments),)))


def segment(seq_no: int, first: int, last: int, author: Author = A, log: str = "") -> Segment:
    return Segment(author, seq_no, first, 7, seq_no + 1, last, log)


def test_known_ranges_and_all_behind_the_last_are_needed() -> None:
    found = needs(segment(1, 100, 200), segment(11, 300, 400))
    assert (found.log, found.goes_on_at) == (LOG, 400)
    wanted = {
        (0, 100): False,
        (0, 101): True,
        (199, 200): True,
        (200, 300): False,
        (399, 401): True,
        (400, 500): True,
    }
    assert {r: found.need(LOG, *r) for r in wanted} == wanted
    assert not found.need(OTHER, 0, 1000)
    assert found.ranges(LOG, 500) == (Range(100, 200), Range(300, 500))
    assert found.ranges(LOG, 400) == (Range(100, 200), Range(300, 400))
    assert found.ranges(LOG, 150) == (Range(100, 150),)
    assert found.ranges(OTHER, 500) == ()


def test_a_segment_of_unknown_end_needs_all_behind_its_beginning() -> None:
    found = needs(segment(1, 100, 200), segment(11, 300, 0), segment(21, 600, 0, B))
    assert found.goes_on_at == 600
    assert not found.need(LOG, 200, 300)
    assert found.need(LOG, 400, 450)
    assert found.ranges(LOG, 1000) == (Range(100, 200), Range(300, 1000))


def test_of_a_former_log_only_the_segments_are_needed() -> None:
    found = needs(segment(1, 100, 200, log=OTHER), segment(11, 0, 0, B))
    assert found.ranges(OTHER, 1000) == (Range(100, 200),)
    assert not found.need(OTHER, 200, 1000)
    assert found.need(LOG, 0, 10)


def test_hints_without_a_segment_need_all() -> None:
    found = Needs.of(FSMHints(LOG))
    assert found.need(LOG, 0, 1)
    assert found.ranges(LOG, 7) == (Range(0, 7),)


def test_hints_that_do_not_flatten_are_refused() -> None:
    with pytest.raises(InvalidHints):
        Needs.of(FSMHints(LOG, (FnodeSegments(Fnode(5), (segment(1, 0, 0),)),)))


def test_ranges_are_merged_and_what_is_outside_is_known() -> None:
    ranges = merged([Range(5, 9), Range(1, 3), Range(3, 4), Range(6, 7)])
    assert ranges == (Range(1, 4), Range(5, 9))
    assert outside(ranges, 0, 12) == (Range(0, 1), Range(4, 5), Range(9, 12))
    assert outside(ranges, 2, 6) == (Range(4, 5),)
    assert outside((), 3, 3) == ()
    assert Range(3, 8).size == 5
