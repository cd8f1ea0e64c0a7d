"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from rlog_model import scenario as s
from rlog_model.conformance import check
from rlog_model.conformance.suite import vector
from rlog_model.scenario import Scenario

pytest_plugins = ["pytester"]

MODULE = "rlog_model.conformance.pytest_plugin"

GOOD = Scenario((s.StartRecorder("r", "logs/one", 1), s.Create("r", "/a")), "a good one")
TESTS = """
import attrs
import pytest
from rlog_model import scenario as s
from rlog_model.conformance.executor import Model
from rlog_model.scenario import Scenario

STEPS = (
    s.StartRecorder("r", "logs/one", 1),
    s.Create("r", "/b"),
    s.Roll("logs/one"),
    s.Create("r", "/a"),
    s.Link("r", "/a", "/c"),
)

class LosesLinks(Model):
    def execute(self, step):
        seen = super().execute(step)
        done = isinstance(step, s.Link) and seen.outcome == "done"
        return attrs.evolve(seen, queued=0) if done else seen
"""


@pytest.fixture
def arguments(pytester: pytest.Pytester) -> list[str]:
    """What each run of pytest is given."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return ["-p", "no:cacheprovider"]


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def test_pytest_finds_the_plugin() -> None:
    (found,) = metadata.entry_points(group="pytest11", name="rlog_model")
    assert found.value == MODULE


def test_nothing_of_the_package_is_imported_by_the_plugin_itself() -> None:
    """It is loaded in every run of pytest."""
    program = f"import sys, pytest; before = set(sys.modules); import {MODULE};"
    program += "print(*sorted(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["rlog_model", "rlog_model.conformance", MODULE]


def test_each_scenario_of_a_directory_and_of_the_package_is_a_test(
    pytester: pytest.Pytester, arguments: list[str]
) -> None:
    write(pytester.path / "mine", "good.json", s.dumps(GOOD))
    write(pytester.path / "mine", "other.txt", "no scenario")
    result = pytester.runpytest(*arguments, "-v", "--rlog-scenarios", "mine")
    result.assert_outcomes(passed=1 + len(dict(check.written())))
    result.stdout.fnmatch_lines(["mine/good.json::scenario PASSED*", "*takeover.json*PASSED*"])


def test_nothing_is_collected_unasked(pytester: pytest.Pytester, arguments: list[str]) -> None:
    write(pytester.path / "mine", "good.json", s.dumps(GOOD))
    pytester.makepyfile("def test_one(): pass")
    pytester.runpytest(*arguments).assert_outcomes(passed=1)


def test_scenarios_are_chosen_as_other_tests_are(
    pytester: pytest.Pytester, arguments: list[str]
) -> None:
    write(pytester.path / "mine", "good.json", s.dumps(GOOD))
    pytester.makepyfile("def test_one(): pass")
    result = pytester.runpytest(*arguments, "--rlog-scenarios", "mine", "-k", "good or one")
    result.assert_outcomes(passed=2, deselected=len(dict(check.written())))


def test_a_scenario_that_fails_says_how(
    pytester: pytest.Pytester, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlog_model.recorder.Recorder.record_link", lambda *arguments: None)
    steps = (*GOOD.steps, s.Link("r", "/a", "/b"))
    write(pytester.path / "mine", "link.json", s.dumps(Scenario(steps)))
    write(pytester.path / "mine", "wrong.json", "{}")
    result = pytester.runpytest_inprocess(
        *arguments, "--rlog-scenarios", "mine", "-k", "link.json or wrong.json"
    )
    result.assert_outcomes(failed=2, deselected=len(dict(check.written())))
    result.stdout.fnmatch_lines(
        [
            "*link.json: step 2, next_seq_no:",
            "*expected *3",
            "*actually got *2",
            "*wrong.json: this is no scenario: rlog_scenario: version None, not 1",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_directory_that_is_none_is_refused(
    pytester: pytest.Pytester, arguments: list[str]
) -> None:
    result = pytester.runpytest(*arguments, "--rlog-scenarios", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--rlog-scenarios: nowhere is no directory"])


@pytest.mark.parametrize(
    ("output", "folder"), [((), "rlog-failures"), (("--rlog-output", "found"), "found")]
)
def test_the_fixture_writes_what_fails_with_the_fewest_steps(
    pytester: pytest.Pytester, arguments: list[str], output: tuple[str, ...], folder: str
) -> None:
    pytester.makepyfile(
        TESTS
        + """
def test_bundled(rlog_judge):
    rlog_judge(Scenario(STEPS))

def test_mine(rlog_judge):
    rlog_judge(Scenario(STEPS, "of links"), LosesLinks)
"""
    )
    result = pytester.runpytest(*arguments, *output)
    result.assert_outcomes(passed=1, failed=1)
    (file,) = (pytester.path / folder).iterdir()
    assert file.name == "scenario-link-queued.json"
    found = s.loads(file.read_bytes())
    assert [step.do for step in found.steps] == ["start_recorder", "create", "link"]
    assert found.title == "of links"
    result.stdout.no_fnmatch_line("*trial.py*")
    result.stdout.fnmatch_lines(["*step 2, queued:*", f"*The scenario is in *{folder}/{file.name}"])


def test_a_file_is_written_anew_for_fewer_steps_only(
    pytester: pytest.Pytester, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{MODULE}.MINIMISE_SECONDS", -1.0)
    pytester.makepyfile(
        TESTS
        + """
@pytest.mark.parametrize("least", [0, 2, 1])
def test_mine(rlog_judge, least):
    rlog_judge(Scenario(STEPS[:1] + STEPS[1 + least:]), LosesLinks)
"""
    )
    pytester.runpytest_inprocess(*arguments).assert_outcomes(failed=3)
    (file,) = (pytester.path / "rlog-failures").iterdir()
    assert len(s.loads(file.read_bytes()).steps) == 3


def test_within_hypothesis_the_shrunk_scenario_is_written(
    pytester: pytest.Pytester, arguments: list[str]
) -> None:
    pytester.makepyfile(
        TESTS
        + """
from hypothesis import given, settings
from rlog_model.simulation.focused import event_scenarios

@settings(database=None, derandomize=True, deadline=None, max_examples=500)
@given(event_scenarios())
def test_mine(rlog_judge, scenario):
    rlog_judge(scenario, LosesLinks)
"""
    )
    result = pytester.runpytest(*arguments)
    result.assert_outcomes(failed=1)
    (file,) = (pytester.path / "rlog-failures").iterdir()
    found = s.loads(file.read_bytes())
    assert found.steps[-1].do == "link"
    assert s.dumps(found).splitlines()[-4].strip() in result.stdout.str()


BUNDLED = f"{sys.executable} -m rlog_model.conformance.serve"


def test_each_smoke_vector_is_a_test_of_an_adapter(
    pytester: pytest.Pytester, arguments: list[str]
) -> None:
    smoke = len(vector.smoke())
    done = pytester.runpytest_subprocess(*arguments, "--rlog-smoke", "--rlog-adapter", BUNDLED)
    told = done.parseoutcomes()
    assert told["passed"] + told["skipped"] == smoke
    assert done.ret == 0


def test_a_vector_that_fails_is_told_as_the_command_does(
    pytester: pytest.Pytester, arguments: list[str]
) -> None:
    wrong = f"{BUNDLED} --mutant gap-in-sequence-accepted"
    asked = (*arguments, "--rlog-smoke", "--rlog-adapter", wrong, "-k", "fsm/")
    done = pytester.runpytest_subprocess(*asked)
    assert done.ret == 1
    done.stdout.fnmatch_lines(
        ["*state was *", "*expected *WrongSeqNo", "*actually got *", "*rlog replay fsm/*"]
    )
    entries = [
        {"vectors": f"{kind}/*", "do": "apply", "field": "outcome", "reason": "by design"}
        for kind in ("fsm",)
    ]
    pytester.makefile(".json", known=json.dumps({"rlog_known_divergences": 1, "entries": entries}))
    done = pytester.runpytest_subprocess(*asked, "--rlog-known", "known.json", "-rs")
    done.stdout.fnmatch_lines(["*known: by design*"])
    # The entry is too wide: those that pass are listed as failing.
    assert done.ret == 1
    done.stdout.fnmatch_lines(["*it passes, and is listed as a known divergence*"])
