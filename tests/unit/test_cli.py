"""The command: how it ends, and that what fails is shown and can be replayed."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rlog_model
from rlog_model import cli
from rlog_model.cli.app import app
from rlog_model.conformance import bundled_players, check
from rlog_model.scenario import Advance, Scenario, StartRecorder, dumps
from rlog_model.scenario_parts import Decode
from rlog_model.staging import Staging, StagingFailed

WRITTEN = Path(check.__file__).parent / "scenarios"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_check_ends_with_one_object_of_figures() -> None:
    code, output = run("check", "--seconds", "1", "--jobs", "1", "--seed", "7", "--json")
    told = json.loads(output)
    assert code == 0
    assert told["failures"] == 0
    assert told["scenarios"] >= told["random_scenarios"] > 0
    assert told["steps"] > told["scenarios"]
    assert told["seconds"] >= 1
    assert 0 < told["with_two_recorders"] <= told["scenarios"]
    assert 0 < told["with_handoff"] <= told["scenarios"]


def test_check_prints_a_summary() -> None:
    code, output = run("check", "--seconds", "0", "--jobs", "1")
    assert code == 0
    assert "conforms" in output
    assert f"{len(list(WRITTEN.glob('*.json')))}  scenarios" in output


def test_check_writes_what_fails_and_replay_shows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bundled_players, "status_of", lambda progress: "asleep")
    code, output = run("check", "--seconds", "0", "--jobs", "1", "--output", str(tmp_path))
    assert code == 1
    files = sorted(tmp_path.glob("rlog-failure-*.json"))
    with_players = [f for f in WRITTEN.glob("*.json") if '"advance"' in f.read_text()]
    assert len(files) == len(with_players)
    assert f"rlog replay {files[0]}"[:40] in output.replace("\n", "")
    assert "expected" in output
    assert "'asleep'" in output

    code, output = run("replay", str(files[0]))
    assert code == 1
    assert "asleep" in output
    monkeypatch.undo()
    assert run("replay", str(files[0]))[0] == 0


def test_an_implementation_that_breaks_does_not_conform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(progress: object) -> str:
        raise RuntimeError("out of order")

    monkeypatch.setattr(bundled_players, "status_of", broken)
    code, output = run("check", "--seconds", "0", "--jobs", "1", "--output", str(tmp_path))
    assert code == 1
    assert "the implementation broke" in output
    assert "out of order" in output


def test_random_failures_are_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: a spawned one would not see the fault."""

    monkeypatch.setattr(bundled_players, "status_of", lambda progress: "asleep")
    failure = check._batch(queue.SimpleQueue(), time.monotonic() + 60, 3)
    assert failure is not None
    assert len(failure.scenario.steps) <= 6
    assert "'asleep'" in failure.reason


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", ["takeover", "pruned", "every-event"])
def test_replay_tells_every_step(name: str, as_json: bool) -> None:
    code, output = run("replay", str(WRITTEN / f"{name}.json"), *(["--json"] if as_json else []))
    assert code == 0
    if as_json:
        told = json.loads(output)
        assert told["conforms"]
        assert len(told["model"]) == len(told["implementation"]) == told["steps"]
    else:
        assert output.count("outcome=") >= 10
        assert "conforms" in output


def test_what_is_no_scenario_is_usage(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    for text in ("", "{", "[]", '{"rlog_scenario": 2}'):
        file.write_text(text)
        assert run("replay", str(file))[0] == 2
    assert run("replay", str(tmp_path / "none.json"))[0] == 2
    assert run("nonsense")[0] == 2
    assert run("check", "--seconds", "-1")[0] == 2


def test_a_scenario_that_does_nothing_conforms(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(dumps(Scenario((StartRecorder("r", "a/log", 0), Advance("nobody")))))
    assert run("replay", str(file))[0] == 0


def test_version_and_help() -> None:
    assert run("--version") == (0, f"rlog {rlog_model.__version__}\n")
    code, output = run("--help")
    assert code == 0
    assert all(command in output for command in ("check", "replay", "play", "Exit codes"))


def test_an_interrupt_is_no_verdict() -> None:
    command = [sys.executable, "-m", "rlog_model", "check", "--seconds", "60", "--jobs", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "no verdict" in told


def test_a_fault_of_its_own_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("rlog itself")

    monkeypatch.setattr("rlog_model.cli.app.app", broken)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 3
    assert "rlog itself" in capsys.readouterr().err


def test_a_missing_extra_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "rlog_model.cli.app")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_player_that_the_directory_fails_does_not_hang_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(self: Staging, action: object) -> None:
        raise StagingFailed("nodes/1", "the disk is full")

    monkeypatch.setattr(Staging, "act", full)
    code, output = run("check", "--seconds", "0", "--jobs", "1", "--output", str(tmp_path))
    assert code == 1
    assert output.count("actually got") == len(list(tmp_path.iterdir())) > 10


def test_what_a_scenario_calls_itself_is_no_markup(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(dumps(Scenario((), "x [/y] [red]z")))
    code, output = run("replay", str(file))
    assert code == 0
    assert "x [/y] [red]z" in output


def test_steps_of_parts_are_told_to_be_the_models_own(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(dumps(Scenario((Decode(b""),))))
    assert "nothing to compare" in run("replay", str(file))[1]
