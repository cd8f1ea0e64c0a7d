"""The kit of ``adapters/python``: messages, names, logs, snapshot; and the model behind it."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import model
import rlog_kit as kit
from rlog_kit.log import Log
from rlog_kit.values import hints_json
from rlog_model.conformance.adapter import Adapter
from rlog_model.conformance.suite.difference import difference
from rlog_model.conformance.suite.run import judge
from rlog_model.conformance.suite.vector import Vector, load

ADAPTERS = Path(__file__).parents[3] / "adapters" / "python"
HELLO = {"hello": {"protocol": {"least": 1, "most": 1}, "suite": "a test"}}
SEGMENT = {
    "author": "1",
    "first_seq_no": "1",
    "first_offset": "0",
    "first_checksum": "0",
    "last_seq_no": "1",
    "last_offset": "9",
    "log": "a/log",
}


class OwnError(Exception):
    """What ``told`` names."""


class Runs(kit.SegmentSet):
    """Refuses author 0, breaks at author 13, and leaves the order as it was."""

    def __init__(self) -> None:
        self.held: list[kit.Segment] = []

    def add(self, segment: kit.Segment) -> None:
        if segment.author == 13:
            raise ZeroDivisionError("an unlucky author")
        if segment.author == 14:
            raise OwnError
        if segment.author == 0:
            raise kit.Refused("InvalidSegment AUTHOR")
        self.held.append(segment)

    def segments(self) -> list[kit.Segment]:
        return self.held

    def intersect(self, log: str, first_offset: int, last_offset: int) -> list[kit.Segment]:
        return self.held


class Machine(kit.Fsm):
    """Counts operations. Its state is in no order."""

    def __init__(self, hints: bytes) -> None:
        self.next = 1
        if hints == b"bad":
            raise kit.Refused("MalformedHints")

    def expects(self) -> tuple[int, int]:
        return self.next, 7

    def apply(self, payload: bytes, log: str, first_offset: int, last_offset: int) -> str:
        self.next += 1
        return {b"\1": kit.DONE, b"\2": kit.untracked()}.get(payload, kit.rejected("WrongSeqNo"))

    def build_hints(self) -> kit.Hints:
        if self.next > 1:
            raise kit.Refused("InvalidHints NO_LIVE_FILE")
        return kit.Hints("a/log")

    def state(self) -> kit.FsmState:
        # In UTF-16 "\U00010000" would be before "\uffff"; as a str, "\udcff" would be.
        links: list[tuple[kit.Text, int]] = [("/\U00010000", 2), ("/\uffff", 1), ("/\udcff", 3)]
        nodes: list[tuple[int, list[kit.Text], list[kit.Segment]]] = [
            (2, ["/b", "/a"], []),
            (1, ["/c"], []),
        ]
        return kit.FsmState("a/log", links, nodes, [("/y", b"\xff"), ("/x", b"x")], False)


def told(error: Exception) -> str | None:
    return "SegmentConflict LOGS_DIFFER" if isinstance(error, OwnError) else None


TOY = kit.Implementation("toy", "1", "2023-12", segment_set=Runs, fsm=Machine, refusal=told)
MODEL = kit.Implementation(
    "model",
    "1",
    "2023-12",
    model.ModelCodec(),
    model.ModelSet,
    model.ModelFsm,
    model.ModelPlayers(),
    several_logs=True,
    properties=True,
    refusal=model.refusal,
)


def asked(implementation: kit.Implementation, *requests: dict[str, Any]) -> list[Any]:
    """The answers to requests, whose ids are 1, 2, ..."""
    lines = (json.dumps({"id": i, **request}) for i, request in enumerate(requests, start=1))
    answers = io.StringIO()
    kit.serve(implementation, io.StringIO("".join(f"{line}\n" for line in lines)), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def run(*steps: dict[str, Any], of: kit.Implementation = TOY) -> Any:
    """The answer to a scenario of these steps."""
    (answer,) = asked(of, scenario(*steps))
    return answer


def scenario(*steps: dict[str, Any], revision: str = "2023-12") -> dict[str, Any]:
    return {"run": {"rlog_scenario": 1, "title": "", "revision": revision, "steps": list(steps)}}


def add(author: int, name: str = "x") -> dict[str, Any]:
    return {"do": "add_segment", "set": name, **SEGMENT, "author": str(author)}


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [seen["outcome"] for seen in answer["observations"]]


@pytest.mark.parametrize(
    ("implementation", "capabilities"),
    [
        (kit.Implementation("none", "1", "2023-12"), []),
        (TOY, ["segments", "fsm"]),
        (MODEL, ["codec", "segments", "fsm", "player", "several_logs", "properties"]),
    ],
)
def test_what_is_given_is_claimed(
    implementation: kit.Implementation, capabilities: list[str]
) -> None:
    (answer,) = asked(implementation, HELLO)
    assert answer["id"] == 1
    assert answer["hello"] == {
        "protocol": 1,
        "implementation": implementation.name,
        "version": "1",
        "language": "python",
        "revision": "2023-12",
        "capabilities": capabilities,
    }


def test_members_of_hello_that_are_not_known_are_passed_over() -> None:
    hello = {"hello": {**HELLO["hello"], "colour": "green"}}
    assert "hello" in asked(TOY, hello)[0]


@pytest.mark.parametrize(("least", "most"), [(2, 3), (0, 0)])
def test_with_no_common_version_it_says_so_and_ends(least: int, most: int) -> None:
    hello = {"hello": {"protocol": {"least": least, "most": most}, "suite": "a test"}}
    answers = asked(TOY, hello, scenario())
    assert len(answers) == 1
    assert "version 1" in answers[0]["unsupported"]


def test_a_range_that_holds_its_version_is_answered_with_that() -> None:
    hello = {"hello": {"protocol": {"least": 0, "most": 9}, "suite": "a test"}}
    assert asked(TOY, hello)[0]["hello"]["protocol"] == 1


def test_it_ends_at_the_bye_and_at_the_end_of_its_input() -> None:
    assert asked(TOY, {"bye": {}}, scenario()) == [{"id": 1, "bye": {}}]
    assert asked(TOY) == []


def test_each_answer_is_written_at_once() -> None:
    """Who waits for it before asking on would else wait for ever."""

    class Answers(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    answers = Answers()
    lines = "".join(json.dumps({"id": i, **HELLO}) + "\n" for i in range(3))
    kit.serve(TOY, io.StringIO(lines), answers)
    assert answers.flushed == 3


@pytest.mark.parametrize("do", ["decode", "play", "append_raw", "create", "no_such_step"])
def test_a_step_of_a_tier_that_it_lacks_is_unsupported(do: str) -> None:
    answers = asked(TOY, scenario(add(1), {"do": do}), scenario(add(1)))
    assert answers[0] == {"id": 1, "unsupported": f"the step {do}"}
    assert outcomes(answers[1]) == ["done"]


def test_another_revision_and_another_request_are_unsupported() -> None:
    answers = asked(TOY, scenario(revision="2020-06"), {"dance": {}}, scenario())
    assert answers[0] == {"id": 1, "unsupported": "revision 2020-06"}
    assert answers[1] == {"id": 2, "unsupported": "a request with id, dance"}
    assert answers[2] == {"id": 3, "observations": [], "snapshot": {}}


def test_a_glue_that_raises_breaks_one_run_and_the_next_begins_from_nothing() -> None:
    answers = asked(TOY, scenario(add(1), add(13)), scenario(add(2)))
    assert set(answers[0]) == {"id", "broke"}
    assert "ZeroDivisionError: an unlucky author" in answers[0]["broke"]
    assert [s["author"] for s in answers[1]["snapshot"]["sets"]["x"]] == ["2"]


def test_a_step_without_its_members_breaks_one_run() -> None:
    answers = asked(TOY, scenario({"do": "new_fsm"}), scenario())
    assert "KeyError: 'fsm'" in answers[0]["broke"]
    assert answers[1]["observations"] == []


def test_what_is_refused_shows_only_that() -> None:
    answer = run(add(0, "empty"), add(1), add(0), add(14))
    assert [set(seen) for seen in answer["observations"]] == [
        {"outcome"},
        {"outcome", "segments"},
        {"outcome"},
        {"outcome"},
    ]
    assert outcomes(answer) == [
        "refused: InvalidSegment AUTHOR",
        "done",
        "refused: InvalidSegment AUTHOR",
        "refused: SegmentConflict LOGS_DIFFER",
    ]
    assert answer["snapshot"] == {"sets": {"x": [SEGMENT]}}


def test_sets_are_there_as_soon_as_they_are_named() -> None:
    asks = {"do": "intersect", "set": "y", "log": "a/log", "first_offset": "0", "last_offset": "9"}
    answer = run(asks, {**asks, "first_offset": "10"}, add(1, "y"), asks)
    assert answer["observations"] == [
        {"outcome": "done", "segments": []},
        {"outcome": "impossible"},
        {"outcome": "done", "segments": [SEGMENT]},
        {"outcome": "done", "segments": [SEGMENT]},
    ]
    assert run(asks)["snapshot"] == {}


def test_fsms_have_names() -> None:
    new = {"do": "new_fsm", "fsm": "f", "hints": ""}
    apply = {"do": "apply", "fsm": "f", "payload": "01", "log": "a/log"}
    answer = run(
        apply,
        {"do": "build_hints", "fsm": "f"},
        {**new, "hints": b"bad".hex()},
        new,
        new,
        {"do": "build_hints", "fsm": "f"},
        apply,
        {**apply, "payload": "02"},
        {**apply, "payload": "03"},
        {"do": "build_hints", "fsm": "f"},
    )
    assert outcomes(answer) == [
        "impossible",
        "impossible",
        "refused: MalformedHints",
        "done",
        "impossible",
        "done",
        "done",
        "untracked: FnodeNotTracked",
        "rejected: WrongSeqNo",
        "refused: InvalidHints NO_LIVE_FILE",
    ]
    seen = answer["observations"]
    assert seen[3] == {"outcome": "done", "next_seq_no": "1", "next_checksum": "7"}
    assert seen[5]["hints"] == {"log": "a/log", "live_nodes": [], "properties": []}
    assert seen[6]["next_seq_no"] == "2"
    assert set(seen[9]) == {"outcome"}


def test_an_fsm_is_shown_in_the_order_of_bytes() -> None:
    new = {"do": "new_fsm", "fsm": "f", "hints": ""}
    apply = {"do": "apply", "fsm": "f", "payload": "01", "log": "a/log"}
    shown = run(new)["snapshot"]["fsms"]["f"]
    assert shown["links"] == [
        {"path": "/\uffff", "fnode": "1"},
        {"path": "/\U00010000", "fnode": "2"},
        {"path_hex": "2fff", "fnode": "3"},
    ]
    assert [node["fnode"] for node in shown["nodes"]] == ["1", "2"]
    assert shown["nodes"][1]["links"] == [{"path": "/a"}, {"path": "/b"}]
    assert shown["properties"] == [
        {"path": "/x", "content": "x"},
        {"path": "/y", "content_hex": "ff"},
    ]
    assert shown["hints_remain"] is False
    assert shown["hints"]["log"] == "a/log"
    refused = run(new, apply)["snapshot"]["fsms"]["f"]
    assert refused["hints_refused"] == "refused: InvalidHints NO_LIVE_FILE"
    assert "hints" not in refused


@pytest.mark.parametrize("log", ["a\udcfflog", b"a\xfflog"])
def test_text_that_is_no_utf_8_stands_as_hex(log: kit.Text) -> None:
    assert hints_json(kit.Hints(log))["log_hex"] == "61ff6c6f67"


def test_a_log_with_holes() -> None:
    log = Log()
    for content in (b"abc", b"de", b"", b"fgh"):
        log.append(content)
        log.roll()
    log.append(b"ij")
    assert (log.head, log.read(0)) == (10, (0, b"abc"))
    log.prune(8, 3)
    assert log.from_offset(0) == b"abcij"
    assert log.from_offset(9) == b"j"
    assert [log.read(offset) for offset in (2, 3, 7, 9, 10, 11)] == [
        (2, b"c"),
        (8, b"ij"),
        (8, b"ij"),
        (9, b"j"),
        None,
        None,
    ]
    log.prune(100, 0)
    assert log.from_offset(0) == b"ij"
    assert log.head == 10


def test_logs_are_shown_if_they_hold_anything() -> None:
    answer = run(
        {"do": "append_raw", "log": "a/log", "data": "ff", "times": "3"},
        {"do": "roll", "log": "a/log"},
        {"do": "append_raw", "log": "a/log", "data": "00"},
        {"do": "prune", "log": "a/log", "before": "3"},
        {"do": "read_log", "log": "a/log"},
        {"do": "read_log", "log": "b/log", "offset": "0"},
        of=MODEL,
    )
    seen = answer["observations"]
    assert seen[0] == {"outcome": "done", "head": "3"}
    assert seen[4] == {"outcome": "done", "head": "4", "encoded": "00"}
    assert seen[5] == {"outcome": "done", "head": "0", "encoded": ""}
    assert list(answer["snapshot"]["logs"]) == ["a/log"]


def test_players_and_hints_have_names() -> None:
    give = {"do": "give_hints", "hints": "h", "encoded": ""}
    play = {"do": "play", "player": "p", "log": "a/log"}
    finish = {"do": "finish_at_write_head", "player": "p"}
    inject = {"do": "inject_handoff", "player": "p", "author": "5"}
    advance = {"do": "advance", "player": "p", "until": "append"}
    again = {"do": "handoff_again", "player": "p"}
    take = {"do": "take_player_hints", "player": "p", "hints": "t"}
    steps = [
        (give, "done"),
        (give, "impossible"),
        ({"do": "play", "player": "p"}, "impossible"),
        ({"do": "play", "player": "p", "hints": "no"}, "impossible"),
        ({"do": "play", "player": "p", "hints": "h"}, "refused: InvalidHints NO_LOG"),
        *((step, "impossible") for step in (finish, inject, advance, again, take)),
        (play, "done"),
        (play, "impossible"),
        (take, "impossible"),
        ({**inject, "author": "0"}, "impossible"),
        (inject, "done"),
        (inject, "impossible"),
        (finish, "impossible"),
        (again, "impossible"),
        (advance, "done"),
        ({"do": "read_log", "log": "a/log"}, "done"),
        ({**advance, "until": "end"}, "done"),
        (advance, "impossible"),
        (finish, "impossible"),
        (inject, "impossible"),
        (again, "done"),
        ({"do": "read_log", "log": "a/log"}, "done"),
        (take, "done"),
        (take, "impossible"),
    ]
    answer = run(*(step for step, _ in steps), of=MODEL)
    assert outcomes(answer) == [outcome for _, outcome in steps]
    seen = answer["observations"]
    assert (seen[18]["status"], seen[19]["head"]) == ("appending", "0")
    assert seen[20]["status"] == "complete"
    handoff = seen[25]["encoded"][: len(seen[25]["encoded"]) // 2]
    assert handoff
    assert seen[25]["encoded"] == handoff * 2
    assert seen[24]["head"] == seen[25]["head"]
    assert answer["snapshot"]["players"] == {
        "p": {"status": "complete", "files": [], "same_file": []}
    }


def test_a_player_waits_for_bytes_that_are_not_there() -> None:
    """And goes on when they are: it is not told that the log has ended."""
    advance = {"do": "advance", "player": "p"}
    answer = run({"do": "play", "player": "p", "log": "a/log"}, advance, advance, of=MODEL)
    assert [seen["status"] for seen in answer["observations"]] == ["reading", "tailing", "tailing"]


def of_the_model() -> Iterable[Vector]:
    """Some vectors of each kind that the model claims."""
    kept: dict[tuple[str, ...], int] = {}
    for vector in load():
        if set(vector.requires) <= set(MODEL.capabilities):
            kept[vector.requires] = kept.get(vector.requires, 0) + 1
            if kept[vector.requires] % 9 == 1 and vector.steps < 200:
                yield vector


def test_the_model_behind_the_kit_passes_vectors() -> None:
    chosen = list(of_the_model())
    assert len(chosen) > 100
    requests = [{"run": vector.scenario} for vector in chosen]
    for vector, answer in zip(chosen, asked(MODEL, *requests), strict=True):
        expect = vector.expect
        answered = answer["observations"], answer["snapshot"]
        found = difference(expect.observations, expect.snapshot, *answered)
        assert found is None, vector.id


@pytest.mark.parametrize("program", ["model.py", "bundled.py"])
def test_the_programs_serve(program: str) -> None:
    """As processes, with what the harness sends; what is printed comes not between the answers."""
    vector = next(v for v in load() if v.requires == ("segments",))
    with Adapter((sys.executable, str(ADAPTERS / program))) as adapter:
        assert "segments" in adapter.hello.capabilities
        assert judge(adapter, vector).failure is None
        assert adapter.bye() is None


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    """It passes some vectors, and fails those that need what it lacks: as the text says."""
    text = (ADAPTERS / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"`(\w+\.py)`:\n\n```python\n(.*?)```", text, re.DOTALL)
    assert [name for name, _ in blocks] == ["my_log.py", "adapter.py"]
    for name, code in blocks:
        # What it prints must not come between the answers.
        code = code.replace("self.all.append(run)", "self.all.append(run); print('noise')")
        (tmp_path / name).write_text(code, encoding="utf-8")
    chosen = [vector for vector in load() if vector.requires == ("segments",)][:60]
    command = "env", f"PYTHONPATH={ADAPTERS}", sys.executable, str(tmp_path / "adapter.py")
    with Adapter(command) as adapter:
        assert adapter.hello.capabilities == {"segments"}
        failures = [judge(adapter, vector).failure for vector in chosen]
    assert None in failures
    kinds = {failure.kind for failure in failures if failure is not None}
    assert kinds == {"differs"}
