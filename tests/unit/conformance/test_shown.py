"""What each step shows to an adapter's harness, and when it is impossible: ``spec/adapter``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.conformance.suite.vector import expectation
from rlog_model.framing import frame
from rlog_model.hints import FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Create, Link, RecordedOp
from rlog_model.scenario import Scenario
from rlog_model.wire import encode_hints, encode_op

LOG = "a/log"
HINTS = encode_hints(FSMHints(LOG))
CREATE = encode_op(RecordedOp(1, 0, Author(7), Create("/a")))
LATER = encode_op(RecordedOp(9, 0, Author(7), Create("/a")))
SEGMENT = p.AddSegment("x", 7, 1, 0, 0, 2, 50, LOG)
NO_SEGMENT = p.AddSegment("x", 0, 1, 0, 0, 2, 50, LOG)
IMPOSSIBLE = {"outcome": "impossible"}
BRANCH = {"next_seq_no", "next_checksum"}
PLAYER = BRANCH | {"status"}
STARTED = s.StartRecorder("r", LOG, 7)
PLAYED = (s.AppendRaw(LOG, frame(CREATE)), s.GiveHints("h", HINTS), s.Play("p", "h"))
ENDED = (*PLAYED, s.FinishAtWriteHead("p"), s.Advance("p"))
HANDED = (*PLAYED, s.InjectHandoff("p", 8))


def shown(*steps: s.Step) -> list[Any]:
    """The observations, as they go over the wire."""
    observations: list[Any] = json.loads(json.dumps(expectation(Scenario(steps)).observations))
    return observations


def last(*steps: s.Step) -> dict[str, Any]:
    seen: dict[str, Any] = shown(*steps)[-1]
    return seen


def members(*steps: s.Step) -> set[str]:
    """What the last step shows beside its outcome, which is done."""
    seen = last(*steps)
    assert seen.pop("outcome") == "done"
    return set(seen)


@pytest.mark.clause("ADP-1", "ADP-8")
def test_all_numbers_are_strings() -> None:
    """So that no reader makes doubles of them."""

    def numbers(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [n for inner in value.values() for n in numbers(inner)]
        if isinstance(value, list):
            return [n for inner in value for n in numbers(inner)]
        return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []

    told = expectation(Scenario((*ENDED, STARTED, SEGMENT, p.NewFsm("f", HINTS))))
    assert numbers(told.observations) == numbers(told.snapshot) == []
    assert numbers(s.to_json(Scenario((SEGMENT, *ENDED)), digits=True)["steps"]) == []


@pytest.mark.clause("ADP-10")
def test_an_outcome_says_what_happened_and_why() -> None:
    seen = shown(
        p.NewFsm("f", HINTS),
        p.Apply("f", CREATE, LOG),
        p.Apply("f", LATER, LOG),
        p.Apply("f", encode_op(RecordedOp(2, 0, Author(7), Link(Fnode(1), "/b"))), LOG),
        NO_SEGMENT,
        p.Apply("g", CREATE, LOG),
        p.Decode(b"\x66"),
    )
    assert [one["outcome"] for one in seen] == [
        "done",
        "done",
        "rejected: WrongSeqNo",
        "rejected: ChecksumMismatch",
        "refused: InvalidSegment AUTHOR",
        "impossible",
        "refused: MalformedOp",
    ]


@pytest.mark.clause(
    "ADP-12", "ADP-15", "ADP-16", "ADP-17", "ADP-18", "ADP-19", "ADP-25", "ADP-26", "ADP-27",
    "ADP-28", "ADP-29", "ADP-30",
)  # fmt: skip
@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((p.Decode(CREATE),), {"encoded"}),
        ((SEGMENT,), {"segments"}),
        ((SEGMENT, p.Intersect("x", LOG, 0, 9)), {"segments"}),
        ((p.NewFsm("f", HINTS),), BRANCH),
        ((p.NewFsm("f", HINTS), p.Apply("f", CREATE, LOG)), BRANCH),
        ((p.NewFsm("f", HINTS), p.BuildHints("f")), BRANCH | {"hints"}),
        (PLAYED[:1], {"head"}),
        ((s.Roll(LOG),), set()),
        ((s.Prune(LOG, 9),), set()),
        ((s.ReadLog(LOG),), {"head", "encoded"}),
        (PLAYED[:2], {"hints"}),
        (PLAYED, PLAYER),
        (ENDED[:4], PLAYER),
        (ENDED, PLAYER),
        (HANDED, PLAYER),
        ((*HANDED, s.Advance("p"), s.HandoffAgain("p")), {"head"}),
        ((*ENDED, s.TakePlayerHints("p", "i")), PLAYER | {"hints"}),
        ((STARTED,), BRANCH),
        ((STARTED, s.Create("r", "/a")), BRANCH),
        ((STARTED, s.Create("r", "/a"), s.Write("r", "/a", 0, b"x")), BRANCH),
        ((STARTED, s.Create("r", "/a"), s.Commit("r")), BRANCH | {"head"}),
        ((STARTED, s.Create("r", "/a"), s.TakeHints("r", "h")), BRANCH | {"hints"}),
    ],
    ids=lambda value: value[-1].do if isinstance(value, tuple) else "",
)
def test_a_step_shows_what_the_text_says(steps: tuple[s.Step, ...], told: set[str]) -> None:
    assert members(*steps) == told


@pytest.mark.clause(
    "ADP-16", "ADP-17", "ADP-18", "ADP-19", "ADP-22", "ADP-23", "ADP-25", "ADP-26", "ADP-27",
    "ADP-28", "ADP-29", "ADP-30",
)  # fmt: skip
@pytest.mark.parametrize(
    "steps",
    [
        (p.Intersect("x", LOG, 9, 8),),
        (p.NewFsm("f", HINTS), p.NewFsm("f", HINTS)),
        (p.Apply("f", CREATE, LOG),),
        (p.BuildHints("f"),),
        (*PLAYED[:2], s.GiveHints("h", HINTS)),
        (*PLAYED, s.Play("p", "h")),
        (s.Play("p", "h"),),
        (s.Play("p"),),
        (*ENDED, s.FinishAtWriteHead("p")),
        (*ENDED[:4], s.FinishAtWriteHead("p")),
        (*ENDED[:4], s.InjectHandoff("p", 8)),
        (*PLAYED, s.InjectHandoff("p", 0)),
        (*ENDED, s.Advance("p")),
        (s.Advance("p"),),
        (*PLAYED, s.HandoffAgain("p")),
        (*PLAYED, s.TakePlayerHints("p", "i")),
        (*ENDED, s.TakePlayerHints("p", "h")),
        (STARTED, STARTED),
        (s.StartRecorder("r", LOG, 0),),
        (s.Create("r", "/a"),),
        (STARTED, s.Create("r", "/a"), s.TakeHints("r", "h"), s.TakeHints("r", "h")),
    ],
    ids=lambda steps: steps[-1].do,
)
def test_what_cannot_be_done_is_impossible(steps: tuple[s.Step, ...]) -> None:
    assert last(*steps) == IMPOSSIBLE


@pytest.mark.clause("ADP-15", "ADP-17", "ADP-18", "ADP-23")
@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ((NO_SEGMENT,), "refused: InvalidSegment AUTHOR"),
        ((p.NewFsm("f", b"\x66"),), "refused: MalformedHints"),
        ((p.NewFsm("f", b""),), "refused: InvalidHints NO_LOG"),
        ((p.NewFsm("f", HINTS), p.Apply("f", b"\x66", LOG)), "refused: MalformedOp"),
        ((s.GiveHints("h", b""), s.Play("p", "h")), "refused: InvalidHints NO_LOG"),
    ],
)
def test_what_is_refused_shows_nothing_else(steps: tuple[s.Step, ...], outcome: str) -> None:
    assert last(*steps) == {"outcome": outcome}


@pytest.mark.clause("ADP-24", "ADP-26")
def test_a_player_is_at_something() -> None:
    def status(*steps: s.Step) -> str:
        told: str = last(*steps)["status"]
        return told

    assert status(*PLAYED) == "reading"
    assert status(*PLAYED, s.Advance("p", "head")) == "tailing"
    assert status(*PLAYED, s.Advance("p")) == "tailing"
    assert status(*HANDED, s.Advance("p", "append")) == "appending"
    assert status(*HANDED, s.Advance("p")) == "complete"
    torn = s.Play("q", log="b/log"), s.FinishAtWriteHead("q"), s.Advance("q")
    hole = s.AppendRaw("b/log", b"x"), s.Roll("b/log"), s.Prune("b/log", 1)
    assert status(*hole, *torn) == "failed: HoleInLog"


@pytest.mark.clause("ADP-20")
def test_fragments_are_deleted_whole() -> None:
    steps: list[s.Step] = [
        s.AppendRaw(LOG, b"ab", 2),
        s.Roll(LOG),
        s.Roll(LOG),
        s.AppendRaw(LOG, b"c"),
    ]
    for begin, before, left in ((0, 4, "63"), (1, 4, "6162616263"), (0, 3, "6162616263")):
        seen = last(*steps, s.Prune(LOG, before, begin), s.ReadLog(LOG))
        assert seen == {"outcome": "done", "head": "5", "encoded": left}
    assert last(*steps, s.Prune(LOG, 99), s.ReadLog(LOG))["encoded"] == "63"
