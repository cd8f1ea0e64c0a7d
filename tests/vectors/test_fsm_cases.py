"""The FSM: every case of ``fsm-plain``, ``fsm-hinted`` and ``fsm-tampered``, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rlog_model import crc32c
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_to_json
from rlog_model.operation import RecordedOp
from rlog_model.outcome import is_transition
from tests.cases import (
    Case,
    Refused,
    hints_of,
    load,
    offered_of,
    same_refusal,
    segments_of,
    tree_of,
)
from tests.vectors.comparison import Comparison, known_differences


@pytest.mark.clause(
    "FSM-0",
    "FSM-2",
    "FSM-3",
    "FSM-5",
    "FSM-6",
    "FSM-7",
    "FSM-8",
    "TRN-5",
    "TRN-9",
    "HNT-7",
    "HNT-8",
    "HNT-9",
    "HNT-10",
)
@pytest.mark.parametrize("case", load("fsm-plain"), ids=lambda case: case["id"])
def test_plain(case: Case) -> None:
    """Operations, without hints."""
    comparison = Comparison()
    fsm = FSM.from_hints(FSMHints("a/log"))
    for i, answer in enumerate(case["ops"]):
        fsm = offer(fsm, *offered_of(answer), answer, f"op {i}", comparison)
    check_final(fsm, case["final"], "", comparison)
    comparison.verify(case)


@pytest.mark.clause(
    "FSM-1", "FSM-4", "FSM-7", "TRN-5", "TRN-10", "TRN-11", "TRN-13", "TRN-14", "HNT-7"
)
@pytest.mark.parametrize("case", load("fsm-hinted"), ids=lambda case: case["id"])
def test_hinted(case: Case) -> None:
    """Plays of hints, each of which rebuilds what the branch without hints does."""
    comparison = Comparison()
    start = FSM.from_hints(hints_of(case["hints"]))
    assert [play["variant"] for play in case["plays"]] == ["from-first-offset", "from-zero", "seek"]
    for play in case["plays"]:
        fsm = check_play(case, start, play, comparison)
        hints_remain = fsm.remaining.segment is not None or fsm.remaining.fnode is not None
        agrees = tree_of(fsm) == case["truth"] and not hints_remain
        comparison.check(f"{play['variant']}: agrees", agrees, play["agrees"])

    fsm = FSM.from_hints(FSMHints(case["hints"]["log"]))
    for op in branch_of(case["ops"], case["truth_tip"]):
        step = fsm.apply(*offered_of(op))
        comparison.check("truth: outcome", step.outcome.gazette_error, None)
        fsm = step.fsm
    comparison.check("truth", tree_of(fsm), case["truth"])
    comparison.verify(case)


@pytest.mark.clause("ENC-4", "FSM-4", "HNT-5")
@pytest.mark.parametrize("case", load("fsm-tampered"), ids=lambda case: case["id"])
def test_tampered(case: Case) -> None:
    """Plays of hints that were spoiled, and operations with several members."""
    comparison = Comparison()
    try:
        start = FSM.from_hints(hints_of(case["hints"]))
    except Refused as refused:
        error = str(refused.rule.value)
        if not same_refusal(error, case["new_fsm_error"]):
            comparison.check("new_fsm: error", error, case["new_fsm_error"])
        assert case["plays"] == []
    else:
        comparison.check("new_fsm: error", None, case["new_fsm_error"])
        for play in case["plays"]:
            check_play(case, start, play, comparison)
    comparison.verify(case)


def test_every_known_difference_is_of_a_case_and_has_a_reason() -> None:
    """The tests of the cases see to it that each is still true."""
    families = ("codec", "codec-hints", "segments", "live-log-segments")
    ids = {case["id"] for family in families for case in load(family)}
    ids |= {case["id"] for f in ("fsm-plain", "fsm-hinted", "fsm-tampered") for case in load(f)}
    for case_id, entry in known_differences().items():
        assert case_id in ids
        assert entry["ours"]
        assert len(entry["reason"]) > 40


def check_play(case: Case, start: FSM, play: Mapping[str, Any], comparison: Comparison) -> FSM:
    """Play the log of a case, and compare all answers."""
    variant = play["variant"]
    answers = iter(play["results"])
    fsm = start
    for index, op, payload in given(case, start, variant):
        segment = fsm.remaining.segment
        if variant == "seek" and segment is not None and op.first_offset < segment.first_offset:
            continue
        answer = next(answers)
        comparison.check(f"{variant}: op given", index, answer["op"])
        fsm = offer(fsm, op, payload, answer, f"{variant}: op {index}", comparison)
    comparison.check(f"{variant}: answers left", [*answers], [])

    hints_remain = fsm.remaining.segment is not None or fsm.remaining.fnode is not None
    comparison.check(f"{variant}: hints_remaining", hints_remain, play["hints_remaining"])
    comparison.check(f"{variant}: tip", tip_of(case, fsm), play["tip"])
    check_final(fsm, play["final"], f"{variant}: ", comparison)
    return fsm


def tip_of(case: Case, fsm: FSM) -> int | None:
    """The operation which leads to the state: -1 is the start, None is none."""
    if (fsm.next_seq_no, fsm.next_checksum) == (1, 0):
        return -1
    for index, data in enumerate(case["ops"]):
        op, payload = offered_of(data)
        if (op.seq_no + 1, crc32c.update(op.checksum, payload)) == (
            fsm.next_seq_no,
            fsm.next_checksum,
        ):
            return index
    return None


def given(case: Case, start: FSM, variant: str) -> Iterator[tuple[int, RecordedOp, bytes]]:
    """The operations of the log, from where the variant begins."""
    segment = start.remaining.segment
    first = segment.first_offset if segment and variant == "from-first-offset" else 0
    for index, data in enumerate(case["ops"]):
        op, payload = offered_of(data)
        if op.first_offset >= first:
            yield index, op, payload


def offer(
    fsm: FSM,
    op: RecordedOp,
    payload: bytes,
    answer: Mapping[str, Any],
    where: str,
    comparison: Comparison,
) -> FSM:
    """Offer one operation, and compare what came of it."""
    step = fsm.apply(op, payload)
    assert (step.fsm is not fsm) == is_transition(step.outcome)
    comparison.check(f"{where}: error", step.outcome.gazette_error, answer["error"])
    comparison.check(f"{where}: next_seq_no", str(step.fsm.next_seq_no), answer["next_seq_no"])
    checksum = str(step.fsm.next_checksum)
    comparison.check(f"{where}: next_checksum", checksum, answer["next_checksum"])
    return step.fsm


def check_final(fsm: FSM, final: Mapping[str, Any], where: str, comparison: Comparison) -> None:
    """Compare the state at the end, and the hints of it."""
    comparison.check(f"{where}next_seq_no", str(fsm.next_seq_no), final["next_seq_no"])
    comparison.check(f"{where}next_checksum", str(fsm.next_checksum), final["next_checksum"])
    comparison.check(f"{where}last_log", fsm.log, final["last_log"])
    tree = tree_of(fsm)
    comparison.check(f"{where}links", tree["links"], final["links"])
    comparison.check(f"{where}properties", tree["properties"], final["properties"])
    links = {fnode: {"links": node["links"]} for fnode, node in final["nodes"].items()}
    comparison.check(f"{where}links of nodes", tree["nodes"], links)
    ours = {str(fnode): state.segments for fnode, state in fsm.live_nodes.items()}
    gazettes = {fnode: segments_of(node["segments"]) for fnode, node in final["nodes"].items()}
    comparison.check(f"{where}segments", ours, gazettes)

    try:
        hints = hints_to_json(fsm.build_hints())
    except Refused as refused:
        hints = {"refused": str(refused.rule.value)}
    comparison.check(f"{where}built_hints", hints, final["built_hints"])


def branch_of(ops: list[Mapping[str, Any]], tip: int) -> list[Mapping[str, Any]]:
    """The operations from the start of a branch to its tip."""
    branch = []
    while tip >= 0:
        branch.append(ops[tip])
        tip = ops[tip]["parent"]
    return branch[::-1]
