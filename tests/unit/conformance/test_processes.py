"""Recorders and players in processes: as the model, killed for real, and none left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from rlog_model import scenario as s
from rlog_model.conformance import check, processes
from rlog_model.conformance.executor import execute
from rlog_model.conformance.nursery import Nursery
from rlog_model.conformance.processes import Processes, ProcessFailed, in_processes
from rlog_model.revision import CURRENT
from rlog_model.scenario import Step
from rlog_model.scenario_parts import Decode
from rlog_model.simulation import world
from rlog_model.trace import Observation

LOG = "logs/one"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where executors make their directories."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def made(root: Path) -> Iterator[Processes]:
    with contextlib.closing(Processes(CURRENT)) as executor:
        yield executor
    assert list(root.iterdir()) == []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def do(executor: Processes, *steps: Step | Decode) -> list[Observation]:
    return [executor.execute(step) for step in steps]


@pytest.mark.parametrize(
    "name",
    ["takeover", "two-handoffs-race", "retries", "move", "late-append-of-the-dead", "tailing"],
)
def test_processes_show_what_the_model_shows(name: str) -> None:
    scenario = dict(check.written())[name]
    assert execute(in_processes, scenario) == world.run(scenario, lambda world, step, seen: None)


def test_each_recorder_and_player_is_a_process_but_for_one_that_goes_on(made: Processes) -> None:
    do(made, s.StartRecorder("r1", LOG, 1), s.Create("r1", "/a"), s.TakeHints("r1", "h"))
    assert len(made.pids) == 1
    do(made, s.Play("p1", "h"), s.FinishAtWriteHead("p1"), s.Advance("p1"))
    assert len(made.pids) == 2
    do(made, s.Play("p2", "h"), s.StartRecorder("r2", LOG, 2, "p1"), Decode(b""))
    assert len(made.pids) == 3
    assert os.getpid() not in made.pids
    assert all(map(is_alive, made.pids))


def test_whoever_can_not_begin_leaves_no_process(made: Processes) -> None:
    seen = do(
        made,
        s.Play("p1", "h"),
        s.StartRecorder("r1", LOG, 0),
        s.StartRecorder("r1", LOG, 1, "p1"),
        s.Create("r1", "/a"),
        s.Advance("p1"),
    )
    assert {observation.outcome for observation in seen} == {"impossible"}
    assert made.pids == []


def test_death_is_a_kill(made: Processes) -> None:
    do(made, s.StartRecorder("r1", LOG, 1), s.StartRecorder("r2", LOG, 2))
    former = made.pids
    do(made, s.Die("r1"))
    (alive,) = made.pids
    (dead,) = set(former) - {alive}
    assert not is_alive(dead)
    assert is_alive(alive)


def test_what_a_dead_process_leaves_is_as_the_model_has_it(made: Processes) -> None:
    """What it had sent, what had landed, its handoff, and the hints of its player."""
    steps: tuple[Step, ...] = (
        s.StartRecorder("r1", LOG, 1, None, False),
        s.Create("r1", "/a"),
        s.TakeHints("r1", "h1"),
        s.Play("p1", "h1"),
        s.InjectHandoff("p1", 2),
        s.Advance("p1"),
        s.StartRecorder("r2", LOG, 2, "p1"),
        s.Create("r2", "/b"),
        s.Create("r2", "/c"),
        s.Create("r2", "/d"),
        s.Die("r2", 2),
        s.AppendAgain("r2"),
        s.TakePlayerHints("p1", "h1"),
        s.TakePlayerHints("p1", "h2"),
        s.Commit("r2", 0),
        s.Commit("r2", 1),
        s.AppendAgain("r2"),
        s.AppendAgain("r2", 1),
        s.HandoffAgain("p1"),
        s.Commit("r2"),
        s.Commit("r2"),
        s.Create("r2", "/e"),
        s.FinishAtWriteHead("p1"),
        s.Play("p1", "h1"),
        s.StartRecorder("r2", LOG, 3),
        s.StartRecorder("r3", LOG, 3, "p1"),
        s.Play("p2", "h2"),
        s.FinishAtWriteHead("p2"),
        s.Advance("p2"),
        s.StartRecorder("r4", LOG, 9, None, False),
        s.Create("r4", "/z"),
        s.Commit("r4"),
        s.StartRecorder("r5", LOG, 5),
        s.Commit("r5"),
        s.Create("r5", "/f"),
        s.Die("r5", 1),
        s.HandoffAgain("p1"),
        s.Commit("r5"),
        s.Commit("r5"),
    )
    expected = world.run(s.Scenario(steps), lambda world, step, seen: None).observations
    for step, model in zip(steps, expected, strict=True):
        assert made.execute(step) == model, step
    outcomes = [seen.outcome for seen in expected]
    assert outcomes[-2:] == ["fenced", "impossible"]


def test_a_process_that_dies_unbidden_is_told_of(made: Processes) -> None:
    do(made, s.StartRecorder("r1", LOG, 1))
    (pid,) = made.pids
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ProcessFailed, match="the process of recorder r1 ended at Create") as raised:
        do(made, s.Create("r1", "/a"))
    assert raised.value.step == s.Create("r1", "/a")
    assert not is_alive(pid)


def test_a_process_that_breaks_shows_why(made: Processes, root: Path) -> None:
    (own,) = root.iterdir()
    (own / "recorder-r1").mkdir()
    with pytest.raises(ProcessFailed) as raised:
        do(made, s.StartRecorder("r1", LOG, 1))
    assert "FileExistsError" in raised.value.stderr
    assert "recorder-r1" in str(raised.value)
    assert made.pids == []


def test_a_process_that_hangs_is_killed(made: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    do(made, s.StartRecorder("r1", LOG, 1))
    (pid,) = made.pids
    monkeypatch.setattr(processes, "SILENT_SECONDS", 0.01)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ProcessFailed, match="was silent"):
        do(made, s.Create("r1", "/a"))
    assert not is_alive(pid)


def test_closing_ends_all_processes(root: Path) -> None:
    executor = Processes(CURRENT)
    do(executor, s.StartRecorder("r1", LOG, 1), s.Create("r1", "/a"), s.TakeHints("r1", "h"))
    do(executor, s.Play("p1", "h"), s.StartRecorder("r2", LOG, 2), s.Die("r2"))
    pids = executor.pids
    assert len(pids) == 2
    executor.close()
    executor.close()
    assert not any(map(is_alive, pids))
    assert list(root.iterdir()) == []


PROGRAM = """
import os, sys
from rlog_model.conformance.processes import Processes
from rlog_model.revision import CURRENT
from rlog_model import scenario as s

executor = Processes(CURRENT)
for i in range(3):
    executor.execute(s.StartRecorder(f"r{i}", "logs/one", 1 + i))
print(*executor.pids, flush=True)
if sys.argv[1] == "die":
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("how", ["die", "end"])
def test_no_process_outlives_its_owner(how: str, tmp_path: Path) -> None:
    """However that ends."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, env=environment
    )
    assert done.returncode == (-9 if how == "die" else 0), done.stderr
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 3
    deadline = time.monotonic() + 30
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(is_alive, pids))


def echo(pipe: Connection[Any, Any]) -> None:
    """What the children of the tests do."""
    while True:
        pipe.send(pipe.recv())


def test_a_closed_nursery_has_no_children() -> None:
    nursery = Nursery(__name__, echo.__name__)
    children = [nursery.start() for _ in range(2)]
    for child in children:
        child.pipe.send(child.pid)
        assert child.pipe.recv() == child.pid
        assert is_alive(child.pid)
    children[0].kill()
    children[0].kill()
    assert [is_alive(child.pid) for child in children] == [False, True]
    nursery.close()
    nursery.close()
    assert not nursery.usable
    assert not is_alive(children[1].pid)
    children[1].pipe.close()


def test_a_nursery_that_is_gone_says_so() -> None:
    nursery = Nursery("no.such.module", "function")
    with pytest.raises((EOFError, OSError)):
        nursery.start()
    nursery.close()
