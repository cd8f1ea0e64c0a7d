"""Each hostile implementation is found to be at fault, for what it does; and only for that."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from rlog_model import scenario as s
from rlog_model.conformance import hostile
from rlog_model.conformance.adapter import Adapter
from rlog_model.conformance.compare import failure_of, wrong_directory
from rlog_model.scenario import Scenario
from rlog_model.simulation import world
from rlog_model.trace import Trace

HANGS: Final = {"hangs", "hangs-later", "leaves-a-child", "dribbles", "endless-line"}

FAULTS: Final = {
    # How each is found: at which of the cases, and by what.
    "hangs": (0, "hang: "),
    "hangs-later": (2, "hang: "),
    "crashes": (1, "died: .*exit status 1"),
    "leaves": (1, "died: .*exit status 0"),
    "is-killed": (1, "died: .*exit status -9"),
    "leaves-a-child": (1, "hang: "),
    "closes-its-output": (1, "died: "),
    "dribbles": (0, "hang: "),
    "garbage": (0, "garbage: "),
    "no-text": (0, "garbage: "),
    "truncated": (0, "garbage: "),
    "endless-line": (1, "(garbage|hang): "),
    "nested": (0, "garbage: "),
    "null": (0, "garbage: "),
    "echoes": (0, "garbage: "),
    "other-id": (0, "garbage: "),
    "answers-twice": (1, "garbage: "),
    "too-few": (0, "step .*, length"),
    "too-many": (0, "step .*, length"),
    "unknown-member": (0, "garbage: "),
    "wrong-types": (0, "step 0, outcome"),
    "skips-all": (0, "step 0, outcome"),
    "done-to-all": (0, "step 0, next_seq_no"),
    "first-answer": (1, "step 1, "),
    "keeps-logs": (1, "step .*, head"),
    "keeps-all": (1, "step 0, outcome"),
    "echoes-the-expected": (0, "directory recorder-r can't be read"),
    "works-beside": (0, "directory recorder-r can't be read"),
    "empty-directories": (0, "directory recorder-r:"),
    "leaves-more": (0, "directory recorder-r:"),
    "copies-links": (0, "directory recorder-r:"),
}

FIRST: Final = Scenario(
    (
        s.StartRecorder("r", "logs/one", 1),
        s.Create("r", "/a"),
        s.Write("r", "/a", 0, b"x", 3),
        s.Link("r", "/a", "/d/b"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
    )
)
SECOND: Final = Scenario(
    (s.StartRecorder("r", "logs/one", 1), s.Create("r", "/other"), s.Commit("r"))
)


@pytest.fixture(scope="module")
def cases() -> tuple[tuple[Scenario, Trace], ...]:
    asked = (FIRST, SECOND, FIRST)
    return tuple((run, world.run(run, lambda after, step, seen: None)) for run in asked)


def started(name: str) -> Adapter:
    command = [sys.executable, "-m", hostile.__name__, name]
    # What hangs shall not take long; what doesn't shall not fail because the machine is busy.
    return Adapter(command, seconds=4.0 if name in HANGS else 30.0)


def test_every_one_is_here() -> None:
    assert FAULTS.keys() == hostile.HOSTILES.keys()
    assert len(set(hostile.HOSTILES.values())) == len(hostile.HOSTILES)


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_at_fault(name: str, cases: tuple[tuple[Scenario, Trace], ...]) -> None:
    at, why = FAULTS[name]
    with started(name) as adapter:
        for number, (run, expected) in enumerate(cases):
            failure = failure_of(adapter, run, expected)
            if number < at:
                assert failure is None
                continue
            assert failure is not None
            assert re.match(why, failure, re.DOTALL), failure
            return


def test_what_they_alter_is_right(
    tmp_path: Path, cases: tuple[tuple[Scenario, Trace], ...]
) -> None:
    """Without what it adds, each would conform: it is that which a harness finds."""
    for number, (run, expected) in enumerate(cases):
        work = tmp_path / str(number)
        work.mkdir()
        case = hostile.Case(number, number, run, work, True, "")
        assert hostile.honest(case) == hostile.expected(case)
        assert wrong_directory(run, expected, work) is None


def test_a_name_that_is_not_known_is_told() -> None:
    command = [sys.executable, "-m", hostile.__name__]
    for arguments in ([], ["nobody"]):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert all(name in done.stderr for name in hostile.HOSTILES)
