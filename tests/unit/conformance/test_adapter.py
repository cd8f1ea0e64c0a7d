"""An implementation in a process: asked, answering or not, and never left behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rlog_model import scenario as s
from rlog_model.conformance import serve
from rlog_model.conformance.adapter import Adapter, AdapterFailed
from rlog_model.conformance.compare import failure_of, wrong_directory
from rlog_model.conformance.pool import Case
from rlog_model.scenario import Scenario
from rlog_model.trace import DONE, Observation, Trace

SCENARIO = Scenario(
    (
        s.StartRecorder("r", "a/log", 1),
        s.Create("r", "/a"),
        s.Write("r", "/a", 0, b"x"),
        s.TakeHints("r", "h"),
    )
)
PROLOGUE = """import json, os, sys, time
lines = map(json.loads, sys.stdin)
said = dict(implementation="x", version="1", language="python", revision="2023-12", capabilities=[])
print(json.dumps({"id": next(lines)["id"], "hello": {"protocol": 1, **said}}), flush=True)
"""

Program = Callable[[str], Adapter]


@pytest.fixture
def program() -> Iterator[Program]:
    """Makes an adapter of a few lines of Python."""
    made: list[Adapter] = []

    def make(text: str) -> Adapter:
        command = (sys.executable, "-c", PROLOGUE + text)
        # What hangs shall not take long; what doesn't shall not fail because the machine is busy.
        hangs = text.startswith("next(lines)\ntime.sleep")
        made.append(Adapter(command, seconds=2.0 if hangs else 30.0))
        return made[-1]

    yield make
    for adapter in made:
        adapter.close()


@pytest.fixture(scope="module")
def bundled() -> Iterator[Adapter]:
    with Adapter((sys.executable, "-m", serve.__name__)) as adapter:
        yield adapter


@pytest.mark.parametrize("journals", ["memory", "files"])
def test_the_bundled_implementation_answers_what_the_model_shows(
    bundled: Adapter, journals: str
) -> None:
    case = Case.of(SCENARIO)
    assert failure_of(bundled, SCENARIO, case.expected, journals=journals) is None
    other = Trace((*case.expected.observations[:-1], Observation(DONE)))
    told = failure_of(bundled, SCENARIO, other, journals=journals)
    assert told is not None
    assert told.startswith("step 3, ")


def test_the_model_of_the_process_is_judged_there(bundled: Adapter) -> None:
    assert bundled.ask({"judge": s.to_json(SCENARIO)})["failure"] is None


def test_the_directories_are_looked_at_and_not_believed(bundled: Adapter, tmp_path: Path) -> None:
    """Who answers what is expected, and has built nothing or something else, fails."""
    case = Case.of(SCENARIO)
    with bundled.work() as work:
        assert bundled.execute(SCENARIO, work) == case.expected
        assert wrong_directory(SCENARIO, case.expected, work) is None
        (work / "recorder-r" / "a").write_bytes(b"y")
        told = wrong_directory(SCENARIO, case.expected, work)
    assert told is not None
    assert "'/a': '78'" in told
    assert "'/a': '79'" in told
    assert "can't be read" in (wrong_directory(SCENARIO, case.expected, tmp_path) or "")


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("time.sleep(60)", "hang", "no answer after 2 seconds"),
        ("sys.exit('oh no')", "died", "oh no"),
        ("os.kill(os.getpid(), 9)", "died", "exit status -9"),
        ("print('nonsense')", "garbage", "no JSON"),
        ("print('[' * 100000)", "garbage", "no JSON"),
        ("print(json.dumps({'id': 3, 'observations': []}))", "garbage", "no answer to case 2"),
        ("print(json.dumps({'id': 2}))", "garbage", "no list"),
        ("print(json.dumps({'id': 2, 'observations': [7]}))", "garbage", "no object"),
        ("print(json.dumps({'id': 2, 'broke': 'I could not'}))", "broke", "I could not"),
        ("[os.write(1, bytes(1 << 20)) for _ in range(100)]", "garbage", "an answer of more than"),
    ],
)
def test_an_answer_that_is_none_is_told_as_what_it_is(
    program: Program, tmp_path: Path, text: str, kind: str, detail: str
) -> None:
    adapter = program(f"next(lines)\n{text}\nsys.stdout.flush()\ntime.sleep(60)")
    with pytest.raises(AdapterFailed) as told:
        adapter.execute(SCENARIO, tmp_path)
    assert told.value.kind == kind
    assert detail in str(told.value)


def test_who_answers_twice_is_caught_at_the_next_case(program: Program, tmp_path: Path) -> None:
    adapter = program(
        "for line in lines:\n"
        " for _ in range(2): print(json.dumps({'id': line['id'], 'observations': []}))\n"
        " sys.stdout.flush()"
    )
    adapter.execute(Scenario(()), tmp_path)
    with pytest.raises(AdapterFailed, match=r"more than one answer|no answer to case 3"):
        adapter.execute(Scenario(()), tmp_path)


def test_after_a_failure_another_process_is_asked(program: Program, tmp_path: Path) -> None:
    adapter = program(
        "line = next(lines)\n"
        "print(json.dumps({'id': line['id'], 'observations': []}), flush=True)\n"
    )
    for _ in range(2):
        assert adapter.execute(Scenario(()), tmp_path) == Trace()
        with pytest.raises(AdapterFailed, match="died"):
            adapter.execute(Scenario(()), tmp_path)


def test_no_process_is_left_nor_any_that_it_has_started(program: Program, tmp_path: Path) -> None:
    adapter = program(
        "child = os.fork()\n"
        "if not child: time.sleep(60)\n"
        "line = next(lines)\n"
        "print(json.dumps({'id': line['id'], 'child': str(child)}), flush=True)\n"
        "time.sleep(60)"
    )
    child = adapter.ask({"run": {}})["child"]
    assert isinstance(child, str)
    os.kill(int(child), 0)
    adapter.stop()
    for _ in range(1000):
        try:
            state = Path(f"/proc/{child}/stat").read_text().split()[2]
        except OSError:
            break
        if state == "Z":
            break
    else:
        raise AssertionError("the child lives on")


def test_what_does_not_say_hello_has_not_started() -> None:
    command = (sys.executable, "-c", "raise SystemExit('not today')")
    with Adapter(command) as adapter, pytest.raises(AdapterFailed, match="not today"):
        adapter.start()
