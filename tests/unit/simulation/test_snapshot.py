"""The snapshot: what a scenario has made, as an adapter tells it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.conformance.bundled import Bench
from rlog_model.conformance.check import written
from rlog_model.framing import frame
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.journal.memory import MemoryStore
from rlog_model.operation import Create, Link, Property, RecordedOp, Write
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.snapshot import snapshot
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import DONE, Observation
from rlog_model.wire import encode_hints, encode_op

LOG = "a/log"


def behind(*steps: Step, revision: str = "2023-12") -> tuple[World, Observation]:
    world, seen = World(REVISIONS[revision]), Observation(DONE)
    for step in steps:
        world, seen = execute(world, step)
    return world, seen


def test_a_world_without_anything_shows_nothing() -> None:
    assert snapshot(behind()[0]) == {}


@pytest.mark.parametrize("name", [name for name, _ in written()])
def test_the_bundled_implementation_shows_the_same(name: str, tmp_path: Path) -> None:
    """Its directories and journals are real ones."""
    scenario: Scenario = dict(written())[name]
    world, _ = behind(*scenario.steps, revision=scenario.revision)
    with MemoryStore() as store:
        bench = Bench(tmp_path, store, REVISIONS[scenario.revision])
        for step in scenario.steps:
            bench.execute(step)
        shown = bench.snapshot()
        bench.close()
    assert shown == snapshot(world)
    assert shown


def branch(*changes: Create | Link | Property | Write) -> list[bytes]:
    """The payloads of a branch."""
    fsm, payloads = FSM(LOG), list[bytes]()
    for change in changes:
        op = RecordedOp(fsm.next_seq_no, fsm.next_checksum, Author(7), change, log=LOG)
        payloads.append(encode_op(op))
        fsm = fsm.apply(op, payloads[-1]).fsm
    return payloads


CHANGES = (
    Create("/b"),
    Link(Fnode(1), "/\udcff"),
    Property("/p", b"\xff"),
    Write(Fnode(1), 0, 2),
)


@pytest.mark.clause("ADP-31")
def test_an_fsm_is_shown_whole() -> None:
    payloads = branch(*CHANGES)
    world, _ = behind(
        p.NewFsm("x", encode_hints(FSMHints(LOG))),
        *(p.Apply("x", payload, LOG) for payload in payloads),
    )
    shown: Any = snapshot(world)["fsms"]
    shown = shown["x"]
    assert shown["links"] == [
        {"path": "/b", "fnode": "1"},
        {"path_hex": "2fff", "fnode": "1"},
    ]
    (node,) = shown["nodes"]
    assert node["links"] == [{"path": "/b"}, {"path_hex": "2fff"}]
    assert [segment["last_seq_no"] for segment in node["segments"]] == ["4"]
    assert shown["properties"] == [{"path": "/p", "content_hex": "ff"}]
    assert (shown["next_seq_no"], shown["log"], shown["hints_remain"]) == ("5", LOG, False)
    assert "hints" in shown
    assert "hints_refused" not in shown


@pytest.mark.clause("ADP-20", "ADP-21", "ADP-22", "ADP-23", "ADP-31")
def test_given_bytes_are_played_with_given_hints() -> None:
    """What an implementation of players alone is asked for."""
    payloads = branch(Create("/a"), Link(Fnode(1), "/b"), Write(Fnode(1), 0, 2))
    content = b"".join(map(frame, payloads)) + b"xy"
    hints = encode_hints(FSMHints(LOG))
    steps: tuple[Step, ...] = (
        s.AppendRaw(LOG, content),
        s.GiveHints("h", hints),
        s.GiveHints("h", hints),
        s.GiveHints("i", b"\x66"),
        s.ReadLog(LOG, 5),
        s.Play("p", "h"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
    )
    world, outcomes = World(REVISIONS["2023-12"]), list[str]()
    for step in steps:
        world, seen = execute(world, step)
        outcomes.append(seen.outcome)
        if isinstance(step, s.ReadLog):
            assert (seen.head, seen.encoded) == (len(content), content[5:].hex())
    assert outcomes == ["done", "done", "impossible", "refused: MalformedHints", *["done"] * 4]
    digest = hashlib.sha256(b"xy").hexdigest()
    assert snapshot(world)["players"] == {
        "p": {
            "status": "complete",
            "files": [
                {"path": "/a", "size": "2", "sha256": digest},
                {"path": "/b", "size": "2", "sha256": digest},
            ],
            "same_file": [[{"path": "/a"}, {"path": "/b"}]],
        }
    }


def test_a_read_leaves_out_holes() -> None:
    steps = s.AppendRaw(LOG, b"abc"), s.Roll(LOG), s.AppendRaw(LOG, b"def"), s.Prune(LOG, 3)
    for offset, content in ((0, b"def"), (2, b"def"), (4, b"ef"), (-1, b"def"), (9, b"")):
        _, seen = behind(*steps, s.ReadLog(LOG, offset))
        assert (seen.head, seen.encoded) == (6, content.hex())


@pytest.mark.clause("ADP-14")
@pytest.mark.parametrize("piece", [0, -1, 1, 3, 1000])
def test_a_log_is_read_into_frames(piece: int) -> None:
    """Whatever the pieces are: FRM-4."""
    data = frame(b"one") + b"junk" + frame(b"") + frame(b"cut off")[:-1]
    _, seen = behind(p.Unframe(data, piece))
    assert seen.frames == [
        {"first_offset": "0", "last_offset": "11", "payload": "6f6e65"},
        {"first_offset": "11", "last_offset": "15"},
        {"first_offset": "15", "last_offset": "23", "payload": ""},
    ]


@pytest.mark.clause("ADP-13")
def test_hints_are_decoded_and_encoded_again() -> None:
    encoded = encode_hints(FSMHints(LOG))
    _, seen = behind(p.DecodeHints(encoded))
    assert seen.encoded == encoded.hex()
    assert seen.hints == {"log": LOG, "live_nodes": [], "properties": []}
    assert behind(p.DecodeHints(b"\x66"))[1].outcome == "refused: MalformedHints"


def test_what_given_hints_lead_to_is_not_decided() -> None:
    """Nobody knows whose they are: so hints of who played them decide nothing either."""
    world, _ = behind(
        s.AppendRaw(LOG, frame(branch(Create("/a"))[0])),
        s.GiveHints("h", encode_hints(FSMHints(LOG))),
        s.Play("p", "h"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
        s.TakePlayerHints("p", "i"),
        s.Play("q", "i"),
        s.Advance("q"),
    )
    assert world.truth("p").misled
    assert world.truth("q").misled
