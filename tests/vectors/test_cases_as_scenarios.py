"""Gazette's cases, told in the scenario language: each step shows what Gazette answered.

The families have tests of their own, which call the model. This is about the language: it can say
what they say, and an executor of scenarios sees what they see.
"""

from __future__ import annotations

from typing import Any

import pytest

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_to_json
from rlog_model.outcome import OUTCOMES, FnodeNotTracked
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.world import run
from rlog_model.trace import DONE, Observation
from rlog_model.wire import encode_hints
from tests.cases import hints_of, load, segment_of

NAMES = {o.gazette_error: o.__name__ for o in OUTCOMES if o.gazette_error is not None}


def seen(*steps: Step) -> tuple[Observation, ...]:
    scenario = s.loads(s.dumps(Scenario(steps)))
    assert scenario.steps == steps
    return run(scenario, lambda *_: None).observations


def outcome_of(error: str | None) -> str:
    if error is None:
        return DONE
    sort = "untracked" if NAMES[error] == FnodeNotTracked.__name__ else "rejected"
    return f"{sort}: {NAMES[error]}"


def apply(op: dict[str, Any]) -> p.Apply:
    return p.Apply(
        "x",
        bytes.fromhex(op["payload"]),
        op["log"],
        int(op["first_offset"]),
        int(op["last_offset"]),
    )


@pytest.mark.parametrize("case", load("codec")[:60], ids=lambda case: str(case["id"]))
def test_operations_are_decoded_and_encoded_again(case: dict[str, Any]) -> None:
    payload = bytes.fromhex(case["frame"])[8:]
    (shown,) = seen(p.Decode(payload))
    assert (shown.outcome, shown.encoded) == (DONE, payload.hex())


def test_what_is_no_operation_is_refused() -> None:
    (shown,) = seen(p.Decode(b"\x66"))
    assert shown.outcome == "refused: MalformedOp"


@pytest.mark.parametrize("case", load("segments")[:150], ids=lambda case: str(case["id"]))
def test_segments_are_added_or_refused(case: dict[str, Any]) -> None:
    segments = [segment_of(add["segment"]) for add in case["adds"]]
    adds = [
        p.AddSegment(
            "x",
            g.author,
            g.first_seq_no,
            g.first_offset,
            g.first_checksum,
            g.last_seq_no,
            g.last_offset,
            g.log,
        )
        for g in segments
    ]
    queries = [
        p.Intersect("x", q["log"], int(q["first"]), int(q["last"])) for q in case["intersects"]
    ]
    shown = seen(*adds, *queries)
    for add, one in zip(case["adds"], shown, strict=False):
        assert (one.outcome == DONE) == (add["error"] is None)
        if add["error"] is None:
            assert one.segments == add["set"]
    for query, one in zip(case["intersects"], shown[len(adds) :], strict=True):
        assert one.segments == query["result"]


@pytest.mark.parametrize("case", load("fsm-plain")[:100], ids=lambda case: str(case["id"]))
def test_an_fsm_without_hints(case: dict[str, Any]) -> None:
    begin = p.NewFsm("x", encode_hints(FSMHints("a/log")))
    _, *shown = seen(begin, *map(apply, case["ops"]), p.BuildHints("x"))
    for op, one in zip(case["ops"], shown, strict=False):
        assert one.outcome == outcome_of(op["error"])
        assert str(one.next_seq_no) == op["next_seq_no"]
        assert str(one.next_checksum) == op["next_checksum"]
    if shown[-1].outcome == DONE:
        built = case["final"]["built_hints"]
        assert shown[-1].hints == hints_to_json(hints_of(built))


@pytest.mark.parametrize("case", load("fsm-hinted")[:60], ids=lambda case: str(case["id"]))
def test_an_fsm_with_hints(case: dict[str, Any]) -> None:
    begin = p.NewFsm("x", encode_hints(hints_of(case["hints"])))
    for play in case["plays"]:
        ops = [case["ops"][result["op"]] for result in play["results"]]
        _, *shown = seen(begin, *map(apply, ops))
        for result, one in zip(play["results"], shown, strict=True):
            assert one.outcome == outcome_of(result["error"])
            assert str(one.next_seq_no) == result["next_seq_no"]


def test_what_is_not_there_is_impossible() -> None:
    hints = encode_hints(FSMHints("a/log"))
    steps = (
        p.Apply("x", b"", "a/log"),
        p.BuildHints("x"),
        p.Intersect("x", "a/log", 5, 4),
        p.NewFsm("x", b"\x66"),
        p.NewFsm("x", encode_hints(FSMHints(""))),
        p.NewFsm("x", hints),
        p.NewFsm("x", hints),
    )
    assert [one.outcome for one in seen(*steps)] == [
        "impossible",
        "impossible",
        "impossible",
        "refused: MalformedHints",
        "refused: InvalidHints NO_LOG",
        DONE,
        "impossible",
    ]
