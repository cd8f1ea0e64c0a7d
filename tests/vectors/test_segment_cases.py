"""Segments and hints: every case of ``segments`` and ``live-log-segments``."""

from __future__ import annotations

import pytest

from rlog_model.fsm import FSM
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.segment_set import SegmentSet
from tests.cases import (
    Case,
    Refused,
    hints_of,
    load,
    refusal,
    same_refusal,
    segment_of,
    segments_of,
)
from tests.vectors.comparison import Comparison


@pytest.mark.clause("SEG-1", "SEG-3", "SEG-4", "SEG-5", "SEG-7", "SEG-8", "SEG-10")
@pytest.mark.parametrize("case", load("segments"), ids=lambda case: case["id"])
def test_set(case: Case) -> None:
    """Segments that are added one by one, and then what intersects."""
    comparison = Comparison()
    segments = SegmentSet()
    for i, add in enumerate(case["adds"]):
        segment = segment_of(add["segment"])
        refused = refusal(segment.validate)
        if not same_refusal(refused, add["validate"]):
            comparison.check(f"add {i}: validate", refused, add["validate"])

        error = None
        try:
            segments = segments.add(segment)
        except (InvalidSegment, SegmentConflict) as error_of_add:
            error = str(error_of_add.rule.value)
        if not same_refusal(error, add["error_class"]):
            comparison.check(f"add {i}: error", error, add["error_class"])
        comparison.check(f"add {i}: set", segments.segments, segments_of(add["set"]))
        comparison.check(f"add {i}: at once", SegmentSet.of(segments), segments)

    for query in case["intersects"]:
        log, first, last = query["log"], int(query["first"]), int(query["last"])
        what = f"intersect {log} {first} {last}"
        try:
            found = segments.intersect(log, first, last).segments
        except ValueError:
            comparison.check(what, "panic", "panic" if query["panic"] else "result")
        else:
            comparison.check(what, found, (query["result"] and segments_of(query["result"])) or ())
            comparison.check(f"{what}: panic", None, query["panic"])
    comparison.verify(case)


def test_number_of_adds() -> None:
    """As many as there are in the data: none is left out."""
    assert sum(len(case["adds"]) for case in load("segments")) == 7695


@pytest.mark.clause("HNT-2", "HNT-3", "HNT-5", "TRN-2")
@pytest.mark.parametrize("case", load("live-log-segments"), ids=lambda case: case["id"])
def test_flattening(case: Case) -> None:
    """Hints, their one set of segments, and the FSM that begins with it."""
    hints = hints_of(case["hints"])
    comparison = Comparison()
    if not same_refusal(refused := refusal(hints.validate), case["validate"]):
        comparison.check("validate", refused, case["validate"])

    try:
        fnodes, segments = hints.live_log_segments()
    except Refused as refused_hints:
        error = str(refused_hints.rule.value)
        if not same_refusal(error, case["error_class"]):
            comparison.check("error", error, case["error_class"])
    else:
        comparison.check("error", None, case["error_class"])
        comparison.check("nodes", [str(fnode) for fnode in fnodes], case["nodes"])
        comparison.check("set", segments.segments, (case["set"] and segments_of(case["set"])) or ())

    new_fsm = case["new_fsm"]
    try:
        fsm = FSM.from_hints(hints)
    except Refused as refused_fsm:
        error = str(refused_fsm.rule.value)
        if not same_refusal(error, new_fsm["error"]):
            comparison.check("new_fsm: error", error, new_fsm["error"])
    else:
        comparison.check("new_fsm: error", None, new_fsm["error"])
        comparison.check("next_seq_no", str(fsm.next_seq_no), new_fsm["next_seq_no"])
        comparison.check("next_checksum", str(fsm.next_checksum), new_fsm["next_checksum"])
    comparison.verify(case)
