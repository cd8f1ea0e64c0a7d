"""Segment sets under any adds: the invariants that the API promises, after each."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rlog_model.identity import Author
from rlog_model.segment import InvalidSegment, Segment, SegmentConflict
from rlog_model.segment_set import SegmentSet

LOGS = ("a/log", "b/log")


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    """Segments of small numbers, most of them parts of one history, where offset is 10 * seq."""
    first = draw(st.integers(1, 12))
    last = first + draw(st.integers(0, 4))
    slack = draw(st.sampled_from([0, 0, 0, 1, 9]))
    known = draw(st.booleans())
    return Segment(
        Author(draw(st.integers(1, 2))),
        first,
        first * 10 - slack,
        first + draw(st.sampled_from([0, 0, 0, 1])),
        last,
        last * 10 + 10 if known else 0,
        LOGS[draw(st.sampled_from([0, 0, 0, 1]))],
    )


class SegmentSetMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.set = SegmentSet()
        self.added: list[Segment] = []

    @rule(segment=segments())
    def add(self, segment: Segment) -> None:
        before = self.set
        try:
            self.set = before.add(segment)
        except (InvalidSegment, SegmentConflict):
            assert self.set is before
            return
        self.added.append(segment)

    @precondition(lambda self: self.added)
    @rule(data=st.data())
    def add_again(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(self.set.segments))
        assert self.set.add(again) == self.set

    @invariant()
    def is_in_order_and_overlaps_nowhere(self) -> None:
        for one, other in zip(self.set, self.set[1:], strict=False):
            assert one.last_seq_no < other.first_seq_no
            if one.log == other.log:
                assert one.first_offset <= other.first_offset
                if one.last_offset and other.last_offset:
                    assert one.last_offset <= other.last_offset
            assert one.last_offset or not other.last_offset, "unknown last offsets are a suffix"

    @invariant()
    def is_reduced(self) -> None:
        for one, other in zip(self.set, self.set[1:], strict=False):
            alike = (one.author, one.log) == (other.author, other.log)
            assert not (alike and one.last_seq_no + 1 == other.first_seq_no)

    @invariant()
    def covers_what_was_added_and_no_more(self) -> None:
        def covered(segments: list[Segment]) -> set[tuple[int, Author, str]]:
            return {
                (seq_no, s.author, s.log)
                for s in segments
                for seq_no in range(s.first_seq_no, s.last_seq_no + 1)
            }

        assert covered(list(self.set)) == covered(self.added)


TestSegmentSet = SegmentSetMachine.TestCase
