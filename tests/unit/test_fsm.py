"""The FSM: how it begins, how it moves on, how it skips, and the hints that it builds."""

from __future__ import annotations

import attrs
import pytest

from rlog_model import crc32c
from rlog_model.fsm import FSM, NOTHING_REMAINS, Remaining
from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Create, Link, Property, Unlink, Write
from rlog_model.outcome import (
    APPLIED,
    FnodeNotTracked,
    LinkExists,
    NotHintedAuthor,
    WrongSeqNo,
)
from rlog_model.revision import CURRENT, JUNE_2020, MAY_2021
from rlog_model.segment import InvalidSegment, PairRule, Segment, SegmentConflict
from rlog_model.wire import encode_op
from tests.unit.steps import (
    LOG,
    OTHER_LOG,
    A,
    B,
    after,
    empty,
    files_of,
    links_of,
    next_op,
    offer,
    segment,
)

ONE, TWO = Fnode(1), Fnode(2)


def node(fnode: int, *segments: Segment) -> FnodeSegments:
    return FnodeSegments(Fnode(fnode), segments)


# How it begins


@pytest.mark.clause("SEQ-1", "TRN-2")
def test_without_hints_a_branch_begins_with_operation_one() -> None:
    fsm = empty()
    assert (fsm.log, fsm.next_seq_no, fsm.next_checksum) == (LOG, 1, 0)
    assert (fsm.remaining.segment, fsm.remaining.fnode) == (None, None)
    assert fsm.revision is CURRENT
    assert (dict(fsm.live_nodes), dict(fsm.links), dict(fsm.properties)) == ({}, {}, {})


@pytest.mark.clause("TRN-2")
def test_with_hints_it_begins_with_the_first_segment() -> None:
    hints = FSMHints(LOG, (node(5, segment(5, 6, checksum=77)), node(9, segment(9, 9))))
    fsm = FSM.from_hints(hints, MAY_2021)
    assert (fsm.log, fsm.next_seq_no, fsm.next_checksum) == (LOG, 5, 77)
    assert fsm.remaining.segment == segment(5, 6, checksum=77)
    assert fsm.remaining.fnode == 5
    assert fsm.revision is MAY_2021


@pytest.mark.clause("HNT-5")
@pytest.mark.parametrize(
    ("hints", "rule"),
    [
        (FSMHints(), HintRule.NO_LOG),
        (FSMHints("", (node(2, segment(1, 1)),)), HintRule.NO_LOG),
        (FSMHints(LOG, (node(2, segment(1, 1)),)), HintRule.FNODE_CREATE),
        (FSMHints(LOG, (node(1, segment(1, 1, log=OTHER_LOG)),)), HintRule.LAST_LOG),
    ],
)
def test_hints_that_lead_to_no_fsm(hints: FSMHints, rule: HintRule) -> None:
    with pytest.raises(InvalidHints) as invalid:
        FSM.from_hints(hints)
    assert invalid.value.rule is rule


def test_invalid_segment_in_hints() -> None:
    with pytest.raises(InvalidSegment):
        FSM.from_hints(FSMHints(LOG, (node(1, segment(1, 1, author=Author(0))),)))


@pytest.mark.clause("HNT-5", "RVN-1")
def test_one_log_in_a_revision_that_has_one() -> None:
    moved = FSMHints(LOG, (node(1, segment(1, 1, log=OTHER_LOG), segment(2, 2)),))
    for revision in (MAY_2021, CURRENT):
        assert FSM.from_hints(moved, revision).next_seq_no == 1
    with pytest.raises(InvalidHints) as invalid:
        FSM.from_hints(moved, JUNE_2020)
    assert invalid.value.rule is HintRule.ONE_LOG
    assert FSM.from_hints(FSMHints(LOG, (node(1, segment(1, 2)),)), JUNE_2020).next_seq_no == 1


# How it moves on


@pytest.mark.clause("SEQ-1", "TRN-5")
def test_checksum_digests_each_payload() -> None:
    fsm, payloads = empty(), b""
    for change in (Create("/a"), Write(ONE, 0, 5), None, Property("/p", b"x")):
        op = next_op(fsm, change)
        payloads += encode_op(op)
        fsm = fsm.apply(op, encode_op(op)).fsm
        assert fsm.next_seq_no == op.seq_no + 1
        assert fsm.next_checksum == crc32c.update(crc32c.INITIAL, payloads)


@pytest.mark.clause("SEQ-3")
def test_checksum_is_of_the_payload_that_was_read() -> None:
    """Not of what this package would have written."""
    fsm = empty()
    step = fsm.apply(next_op(fsm), b"\x08\x01" * 2)
    assert step.fsm.next_checksum == crc32c.update(0, b"\x08\x01" * 2)


@pytest.mark.clause("TRN-4")
def test_rejected_operation_leaves_the_fsm_as_it_was() -> None:
    fsm = after(empty(), Create("/a"))
    assert offer(fsm, Create("/a")).fsm is fsm
    late = attrs.evolve(next_op(fsm), seq_no=7)
    step = fsm.apply(late, encode_op(late))
    assert step.fsm is fsm
    assert step.outcome == WrongSeqNo(2, 7)


def test_the_fsm_before_is_still_there() -> None:
    before = after(empty(), Create("/a"))
    after(before, Unlink(ONE, "/a"), Create("/b"))
    assert links_of(before) == {"/a": 1}
    assert before.next_seq_no == 2


@pytest.mark.clause("FSM-1")
def test_any_author_may_go_on_without_hints() -> None:
    assert offer(after(empty(), None), None, author=B).outcome == APPLIED


@pytest.mark.clause("TRN-5")
def test_log_is_that_of_the_last_transition() -> None:
    fsm = after(empty(), Create("/a"), log=OTHER_LOG)
    assert fsm.log == OTHER_LOG
    step = offer(fsm, Write(Fnode(9), 0, 1), log=LOG)
    assert step.outcome == FnodeNotTracked(Fnode(9))
    assert step.fsm.log == LOG
    assert offer(fsm, Create("/a"), log=LOG).fsm.log == OTHER_LOG


@pytest.mark.clause("TRN-5", "TRN-17")
@pytest.mark.parametrize("change", [None, Write(Fnode(9), 0, 1)])
def test_untracked_operation_arrives_too(change: Write | None) -> None:
    fsm = after(empty(), Create("/a"))
    step = offer(fsm, change, log=OTHER_LOG)
    assert step.fsm.arrival == segment(2, 2, log=OTHER_LOG, checksum=fsm.next_checksum)
    assert not step.fsm.from_beginning


@pytest.mark.clause("TRN-2", "TRN-17")
def test_whether_the_log_has_the_beginning() -> None:
    """By the first number alone, even where the first segment is in another log."""
    assert empty().from_beginning
    assert FSM.from_hints(FSMHints(LOG, (node(1, segment(1, 1)),))).from_beginning
    assert not FSM.from_hints(FSMHints(LOG, (node(7, segment(7, 7)),))).from_beginning
    moved = FSMHints(LOG, (node(1, segment(1, 1, log=OTHER_LOG), segment(2, 2)),))
    fsm = FSM.from_hints(moved)
    assert fsm.from_beginning
    fsm = after(fsm, Create("/a"), log=OTHER_LOG)
    assert fsm.from_beginning


# How it skips


@pytest.mark.clause("TRN-13", "TRN-14")
def test_last_operation_of_a_segment_leads_to_the_next_one() -> None:
    hints = FSMHints(
        LOG,
        (
            node(1, segment(1, 2), segment(8, 9, author=B, checksum=88)),
            node(8, segment(8, 8, author=B, checksum=88)),
        ),
    )
    fsm = after(FSM.from_hints(hints), Create("/a"))
    assert (fsm.next_seq_no, fsm.remaining.segment) == (2, segment(1, 2))
    assert fsm.remaining.fnode == 8

    fsm = after(fsm, Write(ONE, 0, 1))
    assert (fsm.next_seq_no, fsm.next_checksum) == (8, 88)
    assert offer(fsm, Create("/b"), author=A).outcome == NotHintedAuthor(B, A)

    fsm = after(fsm, Create("/b"), author=B)
    assert fsm.next_seq_no == 9
    assert fsm.remaining.fnode is None
    assert fsm.remaining.segment is not None
    assert offer(fsm, Create("/c"), author=B).outcome == FnodeNotTracked(Fnode(9))

    fsm = after(fsm, Unlink(ONE, "/a"), author=B)
    assert fsm.remaining is NOTHING_REMAINS
    assert (fsm.next_seq_no, fsm.next_checksum) == (10, fsm.next_checksum)
    assert links_of(after(fsm, Create("/d"), author=A)) == {"/b": 8, "/d": 10}


@pytest.mark.clause("TRN-14")
def test_segments_that_touch_are_read_through() -> None:
    """The next segment begins at once: with the checksum that hints say, which is that so far."""
    first = after(empty(), Create("/a"), Create("/b"))
    hints = FSMHints(
        LOG,
        (node(1, segment(1, 2), segment(3, 3, author=B, checksum=first.next_checksum)),),
    )
    fsm = after(FSM.from_hints(hints), Create("/a"), Create("/b"))
    assert (fsm.next_seq_no, fsm.next_checksum) == (3, first.next_checksum)
    assert links_of(fsm) == {"/a": 1}
    fsm = after(fsm, Write(ONE, 0, 1), author=B)
    assert fsm.remaining is NOTHING_REMAINS
    assert fsm.next_seq_no == 4


@pytest.mark.clause("TRN-5", "TRN-13")
def test_untracked_operation_consumes_a_segment_too() -> None:
    hints = FSMHints(LOG, (node(1, segment(1, 2), segment(5, 5, checksum=55)),))
    fsm = after(FSM.from_hints(hints), Create("/a"))
    step = offer(fsm, Create("/b"))
    assert step.outcome == FnodeNotTracked(TWO)
    assert (step.fsm.next_seq_no, step.fsm.next_checksum) == (5, 55)


@pytest.mark.clause("FSM-7", "TRN-15")
def test_hinted_fnodes_alone_keep_no_file_out() -> None:
    """Only while hinted segments remain is a file tracked just if hints name it."""
    fsm = attrs.evolve(after(empty(), Create("/a")), remaining=Remaining((), (Fnode(5),)))
    step = offer(fsm, Create("/b"))
    assert step.outcome == APPLIED
    assert step.fsm.remaining.fnode == 5


@pytest.mark.clause("FSM-5", "FSM-7", "TRN-3")
def test_taken_path_is_asked_about_before_hinted_fnodes() -> None:
    fsm = after(FSM.from_hints(FSMHints(LOG, (node(1, segment(1, 9)),))), Create("/a"))
    assert offer(fsm, Create("/a")).outcome == LinkExists("/a", ONE)
    assert offer(fsm, Create("/b")).outcome == FnodeNotTracked(TWO)


@pytest.mark.clause("TRN-15")
def test_hinted_files_that_no_segment_holds_remain() -> None:
    """A file hinted within a segment, whose create the segment skips, is never made."""
    remaining = Remaining((segment(1, 1),), (ONE, TWO))
    op = next_op(empty(), Create("/a"))
    left = remaining.after(op)
    assert left.segment is None
    assert left.fnode == TWO
    assert left.after(attrs.evolve(op, seq_no=9)) is left
    assert left.after(attrs.evolve(op, seq_no=2)) is NOTHING_REMAINS


# The hints that it builds


def test_hints_of_nothing() -> None:
    assert empty().build_hints() == FSMHints(LOG)
    assert after(empty(), None).build_hints() == FSMHints(LOG)


@pytest.mark.clause("HNT-7")
def test_hints_of_files_and_properties() -> None:
    fsm = after(empty(), Create("/a"), Create("/b"), Property("/q", b"y"), Property("/p", b"x"))
    fsm = after(fsm, Write(ONE, 0, 1), Unlink(TWO, "/b"), Create("/c"))
    seventh = files_of(fsm)[7][1]
    assert fsm.build_hints() == FSMHints(
        LOG,
        (
            node(1, segment(1, 5, log="")),
            node(7, *(attrs.evolve(s, log="") for s in seventh)),
        ),
        (Property("/p", b"x"), Property("/q", b"y")),
    )


@pytest.mark.clause("HNT-7")
def test_hints_that_remain_do_not_bear_on_those_that_are_built() -> None:
    hints = FSMHints(LOG, (node(1, segment(1, 9)), node(5, segment(5, 7))))
    fsm = after(FSM.from_hints(hints), Create("/a"))
    assert fsm.remaining.segment is not None
    assert fsm.build_hints() == FSMHints(LOG, (node(1, segment(1, 1, log="")),))


@pytest.mark.clause("HNT-7", "LOG-3")
def test_hints_name_the_logs_that_the_branch_left() -> None:
    fsm = after(after(empty(), Create("/a")), Write(ONE, 0, 1), log=OTHER_LOG)
    (live,) = fsm.build_hints().live_nodes
    assert [s.log for s in live.segments] == [LOG, ""]
    assert fsm.build_hints().log == OTHER_LOG


@pytest.mark.clause("HNT-8", "TRN-17", "LOG-5")
def test_arrival_in_another_log_is_hinted_until_a_file_is_there() -> None:
    fsm = after(empty(), Create("/a"), Create("/b"), Unlink(ONE, "/a"))
    arrived = after(fsm, None, None, log=OTHER_LOG)
    hints = arrived.build_hints()
    arrival = Segment(A, 4, 400, fsm.next_checksum, 4, 500, "")
    (second,) = hints.live_nodes
    assert second.segments[1:] == (arrival,)
    assert second.segments[0].log == LOG

    player = FSM.from_hints(hints)
    player = after(player, Create("/b"), log=LOG)
    assert (player.next_seq_no, player.next_checksum) == (4, fsm.next_checksum)
    player = after(player, None, None, log=OTHER_LOG)
    assert player.remaining is NOTHING_REMAINS
    assert (player.next_seq_no, player.next_checksum) == (6, arrived.next_checksum)
    assert player.files == arrived.files
    assert player.build_hints() == hints

    there = after(arrived, Write(TWO, 0, 1))
    assert [s.first_seq_no for s in there.build_hints().live_nodes[0].segments] == [2, 6]


@pytest.mark.clause("HNT-8")
def test_arrival_is_hinted_with_the_file_of_the_greatest_fnode() -> None:
    fsm = after(after(empty(), Create("/a"), Create("/b")), None, log=OTHER_LOG)
    first, second = fsm.build_hints().live_nodes
    assert len(first.segments) == 1
    assert len(second.segments) == 2


@pytest.mark.clause("HNT-8")
def test_arrival_is_not_hinted_once_any_file_is_in_the_log() -> None:
    moved = after(after(empty(), Create("/a"), Create("/b")), None, log=OTHER_LOG)
    first, second = after(moved, Write(ONE, 0, 1)).build_hints().live_nodes
    assert [s.first_seq_no for s in first.segments] == [1, 4]
    assert [s.first_seq_no for s in second.segments] == [2]
    first, second = after(moved, Write(TWO, 0, 1)).build_hints().live_nodes
    assert [s.first_seq_no for s in first.segments] == [1]
    assert [s.first_seq_no for s in second.segments] == [2, 4]


@pytest.mark.clause("HNT-8", "TRN-17")
def test_arrival_is_hinted_though_a_file_is_in_the_log_from_before() -> None:
    """The branch came back to a log that it had left. What was there before is no arrival."""
    fsm = after(empty(), Create("/a"))
    away = after(fsm, Create("/b"), Unlink(TWO, "/b"), log=OTHER_LOG)
    back = after(away, None, author=B, log=LOG)
    (live,) = back.build_hints().live_nodes
    assert [(s.first_seq_no, s.log) for s in live.segments] == [(1, ""), (4, "")]

    away = after(fsm, Create("/b"), log=OTHER_LOG)
    back = after(away, None, author=B, log=LOG)
    first, second = back.build_hints().live_nodes
    assert [(s.first_seq_no, s.log) for s in first.segments] == [(1, "")]
    assert [(s.first_seq_no, s.log) for s in second.segments] == [(2, OTHER_LOG), (3, "")]


@pytest.mark.clause("TRN-17")
def test_arrival_before_anything_else_needs_no_hint() -> None:
    """A branch whose first operation is in the log has nothing elsewhere."""
    fsm = after(empty(), None, log=OTHER_LOG)
    assert fsm.build_hints() == FSMHints(OTHER_LOG)
    assert after(fsm, Property("/p", b"x")).build_hints().log == OTHER_LOG


@pytest.mark.clause("HNT-9", "TRN-17")
def test_move_with_no_live_file_has_no_hints() -> None:
    fsm = after(after(empty(), Property("/p", b"x")), None, log=OTHER_LOG)
    with pytest.raises(InvalidHints) as invalid:
        fsm.build_hints()
    assert invalid.value.rule is HintRule.NO_LIVE_FILE


@pytest.mark.clause("HNT-9", "HNT-11")
def test_hints_without_file_are_not_lasting_where_the_branch_began_before() -> None:
    fsm = after(FSM.from_hints(FSMHints(LOG, (node(7, segment(7, 7)),))), Create("/a"))
    assert fsm.build_lasting_hints() == fsm.build_hints()
    fsm = after(fsm, Unlink(Fnode(7), "/a"))
    assert fsm.build_hints() == FSMHints(LOG)
    with pytest.raises(InvalidHints) as invalid:
        fsm.build_lasting_hints()
    assert invalid.value.rule is HintRule.NO_LIVE_FILE
    assert after(empty(), Create("/a"), Unlink(ONE, "/a")).build_lasting_hints() == FSMHints(LOG)


@pytest.mark.clause("HNT-10", "LOG-3")
def test_log_left_at_an_unknown_offset_has_no_hints() -> None:
    fsm = offer(empty(), Create("/a"), known_end=False).fsm
    fsm = offer(fsm, Write(ONE, 0, 1), log=OTHER_LOG, known_end=False).fsm
    with pytest.raises(SegmentConflict) as conflict:
        fsm.build_hints()
    assert conflict.value.rule is PairRule.OTHER_LOG_AFTER_UNKNOWN


@pytest.mark.clause("HNT-12")
def test_hints_lead_to_where_they_were_built() -> None:
    fsm = after(empty(), Create("/a"), Create("/b"), Link(ONE, "/c"), Unlink(TWO, "/b"))
    player = after(FSM.from_hints(fsm.build_hints()), Create("/a"), Create("/b"), Link(ONE, "/c"))
    assert player.remaining is NOTHING_REMAINS
    assert player.files == fsm.files
    assert offer(player, Unlink(TWO, "/b")).fsm.next_checksum == fsm.next_checksum
