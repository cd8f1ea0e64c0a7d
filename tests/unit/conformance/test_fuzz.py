"""Fuzzing: what is found, shared, told and kept; and that nothing which goes wrong ends it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import Phase
from typer.testing import CliRunner

from rlog_model import scenario as s
from rlog_model.cli import fuzz as fuzz_command
from rlog_model.cli.app import app
from rlog_model.conformance import bundled, fuzz_run, fuzz_worker
from rlog_model.conformance import fuzz as coordinator
from rlog_model.conformance.corpus import Corpus, write
from rlog_model.conformance.example_database import (
    DatabaseUnusable,
    Forgiving,
    is_server,
    open_database,
    shown,
)
from rlog_model.conformance.features import Features, features_of
from rlog_model.conformance.fuzz import Plan, fuzz
from rlog_model.conformance.fuzz_messages import (
    Again,
    Begins,
    Broke,
    Ended,
    Found,
    Job,
    News,
    Reached,
    Replayed,
    Stop,
)
from rlog_model.conformance.fuzz_report import Report, slug
from rlog_model.conformance.fuzz_run import Enough, Run
from rlog_model.conformance.fuzz_sources import NAMES, Failed, NoSuchSource, failed, source
from rlog_model.conformance.fuzz_worker import Gone, Worker
from rlog_model.conformance.machines import ScenarioFailed
from rlog_model.scenario import Scenario
from tests.unit.conformance.fuzz_machines import stop_when, work_where_a_title_is_deadly

MACHINES = "tests.unit.conformance.fuzz_machines"
ROOT = Path(__file__).parents[3]
LOG = "logs/one"
PLAYED = Scenario(
    (
        s.StartRecorder("r", LOG, 1),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
    )
)


def machine(name: str) -> str:
    return f"{MACHINES}:{name}"


class Named(ScenarioFailed):
    """A failure that is told from others by its reason alone."""

    @property
    def signature(self) -> str:
        return self.reason


def bug(reason: str, *, steps: int = 1) -> ScenarioFailed:
    return Named(Scenario(PLAYED.steps[:steps]), reason, "paths")


def plan(directory: Path, *names: str, **members: Any) -> Plan:
    given: dict[str, Any] = {"seconds": 120.0, "jobs": 1, "first_seed": 1, **members}
    return Plan(machines=tuple(map(machine, names)), directory=directory, **given)


def run(*arguments: str, until: Callable[[Report], bool] | None = None) -> tuple[int, str]:
    """How the command ends, and what it prints; interrupted when that holds."""
    with pytest.MonkeyPatch.context() as patch:
        if until is not None:
            stop = stop_when(until)
            patch.setattr(fuzz_command, "fuzz", lambda plan, progress: fuzz(plan, stop))
        return _run(*arguments)


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["fuzz", *arguments])
    return result.exit_code, result.output


class Wire:
    """A worker's end of the pipe: keeps what the worker tells, and gives it what it is told."""

    closes = False
    """Whether the other end is closed behind what the worker is told."""

    def __init__(self, *said: News | Stop) -> None:
        self.told: list[Any] = []
        self._said = list(said)

    def send(self, message: object) -> None:
        self.told.append(message)

    def poll(self) -> bool:
        if self.closes and not self._said:
            raise EOFError
        return bool(self._said)

    def recv(self) -> News | Stop:
        return self._said.pop(0)

    def found(self) -> list[Found]:
        return [one for one in self.told if isinstance(one, Found)]


def worker(wire: Wire, *names: str, database: Path | None = None, **members: Any) -> Worker:
    given: dict[str, Any] = {
        "first_seed": 1,
        "worker": 0,
        "workers": 1,
        "batch": 0,
        "batch_seconds": 1.0,
        "scratch": "",
        "replay": (),
        **members,
    }
    job = Job(names, database=None if database is None else str(database), **given)
    made = Worker(job, wire)  # type: ignore[arg-type]  # as a pipe, so far as a worker uses one
    if database is not None:
        made._database = open_database(str(database), lambda reason: None)
    return made


# One worker, in this process


def test_several_bugs_are_found_in_a_batch_and_told_apart() -> None:
    wire = Wire()
    worker(wire, machine("TwoBugs"))._batch(0)
    smallest = {one.signature: one for one in wire.found()}
    assert smallest.keys() == {"paths: c is wrong", "paths: the first is wrong"}
    assert smallest["paths: c is wrong"].scenario.steps == (s.Create("r", "/c"),)
    assert len(smallest["paths: the first is wrong"].scenario.steps) == 1
    assert smallest["paths: c is wrong"].how == f"found by {machine('TwoBugs')}, seed 1"
    assert [sum(one.times for one in wire.found() if one.signature == x) for x in smallest] == [
        1,
        1,
    ]


def test_a_known_failure_hides_no_other() -> None:
    wire = Wire(News(frozenset({"paths: c is wrong"}), frozenset()))
    known = worker(wire, machine("TwoBugs"))
    known.beat()
    known._batch(0)
    assert {one.signature for one in wire.found()} == {"paths: the first is wrong"}
    again = [one for one in wire.told if isinstance(one, Again)]
    assert [one.signature for one in again] == ["paths: c is wrong"]
    assert again[0].times > 1


def test_a_machine_that_always_fails_as_is_known_breaks_nothing() -> None:
    wire = Wire(News(frozenset({"paths: c is wrong"}), frozenset()))
    known = worker(wire, machine("OneBug"))
    known.beat()
    known._batch(0)
    assert not wire.found()
    assert not [one for one in wire.told if isinstance(one, Broke)]


def test_failing_examples_of_others_are_replayed_first(tmp_path: Path) -> None:
    """From the database alone, and before anything is drawn."""
    worker(Wire(), machine("OneBug"), database=tmp_path)._batch(0)
    wire = Wire()
    other = worker(wire, machine("OneBug"), database=tmp_path, first_seed=2, batch_seconds=0.5)
    other._batch(0)
    first = wire.found()[0]
    assert first.signature == "paths: c is wrong"
    assert first.how == f"found by {machine('OneBug')}, from the example database"
    assert len(first.scenario.steps) == 2, "as small as it was found"
    # It is still there for the next one, though this one knows it now.
    other._batch(1)
    third = Wire()
    worker(third, machine("OneBug"), database=tmp_path, batch_seconds=0.0)._batch(0)
    assert third.found()[0].how.endswith("from the example database")
    assert third.found()[0].scenario == first.scenario


def test_machines_do_not_share_their_examples(tmp_path: Path) -> None:
    worker(Wire(), machine("OneBug"), database=tmp_path)._batch(0)
    wire = Wire()
    worker(wire, machine("TwoBugs"), database=tmp_path, batch_seconds=0.0)._batch(0)
    assert not any("database" in one.how for one in wire.found())
    wire = Wire()
    worker(wire, machine("OneBug"), database=tmp_path, batch_seconds=0.0)._batch(0)
    assert any("database" in one.how for one in wire.found())


def test_examples_that_fail_no_more_leave_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNFIXED", "1")
    worker(Wire(), machine("Fixed"), database=tmp_path)._batch(0)
    monkeypatch.delenv("UNFIXED")
    replaying = worker(Wire(), database=tmp_path)
    shared = Run(replaying, frozenset(), frozenset(), 60.0, "", "")
    replaying._hypothesis(source(machine("Fixed")), shared, 1, Phase.reuse)
    monkeypatch.setenv("UNFIXED", "1")
    wire = Wire()
    worker(wire, machine("Fixed"), database=tmp_path)._batch(0)
    assert wire.found()
    assert not any("database" in one.how for one in wire.found())


def test_in_ci_it_draws_as_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis has another default there, which forbids a database."""
    from hypothesis import settings

    former = settings.default
    settings.register_profile("rlog-test-ci", derandomize=True, database=None)
    settings.load_profile("rlog-test-ci")
    try:
        wire = Wire()
        worker(wire, machine("OneBug"), database=tmp_path)._batch(0)
    finally:
        settings.register_profile("rlog-test-former", former)
        settings.load_profile("rlog-test-former")
    assert wire.found()
    assert not [one for one in wire.told if isinstance(one, Broke)]


def test_the_same_seed_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_worker, "EXAMPLES", 20)
    seen: list[Scenario] = []
    monkeypatch.setattr(Worker, "count", lambda self, scenario: seen.append(scenario))

    def drawn(seed: int) -> list[Scenario]:
        seen.clear()
        worker(Wire(), machine("Clean"), first_seed=seed, batch_seconds=60.0)._batch(0)
        return list(seen)

    one = drawn(7)
    assert len(one) >= 20
    assert one == drawn(7)
    assert one != drawn(8)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_worker_ends_when_it_is_told_to(at_once: bool) -> None:
    """What it was given to replay it replays, unless it is to end at once."""
    wire = Wire(Stop(at_once))
    told = worker(wire, machine("Clean"), replay=(("1.json", PLAYED), ("2.json", PLAYED)))
    told.run()
    assert wire.told[-1] == Ended()
    assert len([one for one in wire.told if isinstance(one, Replayed)]) == (1 if at_once else 2)
    assert not [one for one in wire.told if isinstance(one, Begins) and one.seed is not None]


def test_a_worker_ends_when_its_coordinator_has_gone() -> None:
    wire = Wire(News(frozenset(), frozenset()))
    wire.closes = True
    with pytest.raises(Gone):
        worker(wire, machine("Idle")).run()


def test_no_two_batches_have_one_seed_and_machines_take_turns() -> None:
    jobs = [worker(Wire(), "a", "b", "c", worker=number, workers=4)._job for number in range(4)]
    seeds = [job.seed_of(batch) for job in jobs for batch in range(50)]
    assert len(set(seeds)) == len(seeds)
    for job in jobs:
        assert {job.machine_of(batch) for batch in range(3)} == {"a", "b", "c"}


def test_a_batch_that_breaks_is_told_and_the_worker_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fuzz_worker, "BROKEN_SECONDS", 0.0)
    wire = Wire()
    breaks = worker(wire, machine("Breaks"))
    breaks._batch(0)
    breaks._batch(1)
    broke = [one for one in wire.told if isinstance(one, Broke)]
    assert [(one.machine, one.seed) for one in broke] == [
        (machine("Breaks"), 1),
        (machine("Breaks"), 2),
    ]
    assert "a bug of the machine" in broke[0].what


def test_files_that_are_replayed_fail_or_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    replay = (("good.json", Scenario(PLAYED.steps[:2])), ("bad.json", PLAYED))
    monkeypatch.setattr(bundled, "_play", None, raising=False)
    monkeypatch.setattr(
        "rlog_model.conformance.bundled_players.status_of", lambda progress: "asleep"
    )
    wire = Wire()
    worker(wire, "plots", replay=replay)._replay()
    assert [one.machine for one in wire.told if isinstance(one, Begins)] == [
        "good.json",
        "bad.json",
    ]
    replayed = {one.file: one.features for one in wire.told if isinstance(one, Replayed)}
    assert replayed == {"good.json": features_of(replay[0][1]), "bad.json": None}
    (found,) = wire.found()
    assert found.machine == "corpus"
    assert "asleep" in found.reason


def test_plots_are_judged_and_what_fails_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "rlog_model.conformance.bundled_players.status_of", lambda progress: "asleep"
    )
    wire = Wire()
    worker(wire, "plots", batch_seconds=60.0)._batch(0)
    smallest = min(wire.found(), key=lambda one: len(one.scenario.steps))
    assert "asleep" in smallest.reason
    assert smallest.machine == "plots"
    assert len(smallest.scenario.steps) <= 4


def test_steps_are_left_out_of_what_hypothesis_has_found() -> None:
    class Creates:
        """Fails wherever a file is created; Hypothesis is of no help."""

        def run(self, how: object, seed: int, watch: object) -> None:
            raise NotImplementedError

        def again(self, scenario: Scenario) -> ScenarioFailed | None:
            if any(isinstance(step, s.Create) for step in scenario.steps):
                return Named(scenario, "it creates", "paths")
            return None

    smaller = worker(Wire(), "plots")._smaller(Creates(), Named(PLAYED, "it creates", "paths"))
    assert smaller.scenario.steps == (s.Create("r", "/a"),)
    # What isn't found again stays as it was found.
    other = bug("unseen", steps=4)
    assert worker(Wire(), "plots")._smaller(Creates(), other) is other


def test_scenarios_that_reach_something_new_are_told_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fuzz_worker, "EXAMPLES", 10)
    monkeypatch.setattr(fuzz_worker, "CORPUS_SHARE", 1000.0)
    made: list[tuple[Scenario, Scenario]] = []
    original = Worker._reaching

    def reaching_less(
        self: Worker, scenario: Scenario, features: Features, until: float
    ) -> Scenario:
        made.append((scenario, original(self, scenario, features, until)))
        return made[-1][1]

    monkeypatch.setattr(Worker, "_reaching", reaching_less)
    wire = Wire()
    reaching = worker(wire, "plots", batch_seconds=600.0)
    reaching._batch(0)
    reached = [one for one in wire.told if isinstance(one, Reached)]
    assert len(reached) > 3
    assert all(features_of(one.scenario) == one.features for one in reached)
    assert set[str]().union(*(one.features for one in reached)) >= reaching.covered
    assert [one.scenario for one in reached] == [small for _, small in made]
    assert sum(len(x.steps) for _, x in made) < sum(len(x.steps) for x, _ in made) * 3 / 4
    # What others have reached is not told again.
    wire = Wire(News(frozenset(), frozenset(reaching.covered)))
    informed = worker(wire, "plots", batch_seconds=600.0)
    informed.beat()
    informed._batch(0)
    assert not [one for one in wire.told if isinstance(one, Reached)]


# One run of Hypothesis


def a_run(wire: Wire, *, known: frozenset[str] = frozenset(), seconds: float = 60.0) -> Run:
    return Run(worker(wire, "plots"), known, known, seconds, "plots", "somehow")


def test_a_run_keeps_the_smallest_of_each_signature() -> None:
    wire = Wire()
    shown_to = a_run(wire)
    for failure in (bug("x", steps=4), bug("x", steps=2), bug("y", steps=6), bug("x", steps=3)):
        with pytest.raises(failed(failure.signature)):
            shown_to(failure.scenario, failure)
    assert {x: len(one.scenario.steps) for x, one in shown_to.found.items()} == {"x": 2, "y": 6}
    assert [one.signature for one in wire.found()] == ["x", "y"], "each is told when it is met"
    assert failed("x") is failed("x")
    assert failed("x") is not failed("y")
    assert issubclass(failed("x"), Failed)


def test_a_run_has_enough_when_its_time_is_up() -> None:
    with pytest.raises(Enough):
        a_run(Wire(), seconds=-1.0)(PLAYED, None)
    with pytest.raises(Enough):
        a_run(Wire(), seconds=-1.0, known=frozenset({"x"}))(PLAYED, bug("x"))


def test_what_a_run_has_found_may_be_shrunk_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    late = a_run(Wire(), seconds=-1.0)
    with pytest.raises(Failed):
        late(PLAYED, bug("x"))
    monkeypatch.setattr(fuzz_run, "SHRINK_SECONDS", 0.0)
    with pytest.raises(Enough):
        a_run(Wire(), seconds=-1.0)(PLAYED, bug("x"))


@pytest.mark.parametrize("at_once", [True, False])
def test_a_run_stops_when_it_is_told_to(at_once: bool) -> None:
    with pytest.raises(Enough):
        a_run(Wire(Stop(at_once)))(PLAYED, None)
    with pytest.raises(Enough if at_once else Failed):
        a_run(Wire(Stop(at_once)))(PLAYED, bug("x"))


# What is kept of it


def found(signature: str, steps: int, times: int = 1) -> Found:
    return Found(
        signature, Scenario(PLAYED.steps[:steps]), "why", "plots", "found by plots, seed 3", times
    )


def test_the_smallest_scenario_of_a_failure_is_kept(tmp_path: Path) -> None:
    report = Report(Corpus(tmp_path / "corpus"), tmp_path / "failures")
    for one in (found("x/y: z", 5), found("x/y: z", 3, 0), found("x/y: z", 4), found("w", 2)):
        report.found(one)
    failure = report.failures["x/y: z"]
    assert failure.times_seen == 2
    written = s.loads(failure.file.read_bytes())
    assert written == attrs.evolve(failure.scenario, title="found by plots, seed 3")
    assert len(written.steps) == 3
    assert len(list((tmp_path / "failures").iterdir())) == 2


def test_a_slug_is_readable_and_its_own() -> None:
    assert slug("advance: Tree, files").startswith("advance-tree-files-")
    assert slug("a b") != slug("a-b")
    assert len(slug("x" * 500)) < 80
    assert slug("x" * 500) != slug("x" * 501)
    assert slug("../../etc").isascii()
    assert "/" not in slug("../../etc")


def test_what_is_lost_is_told_once_and_counted(tmp_path: Path) -> None:
    report = Report(Corpus(tmp_path), tmp_path)
    for seed in range(1000):
        report.lost_at("memory", seed, f"Traceback\n  at {seed}\nKeyError: 'x'\n")
    report.lost_at("memory", 5, "KeyError: 'y'")
    assert [(lost.seed, lost.times) for lost in report.lost] == [(0, 1000), (5, 1)]


# The example database


def test_urls_are_told_from_directories_and_passwords_hidden() -> None:
    assert is_server("redis://localhost:6379/0")
    assert is_server("rediss://x")
    assert is_server("unix:///tmp/redis.sock")
    assert not is_server("redis")
    assert not is_server("/var/redis://x")
    assert shown("redis://me:secret@host:1/2") == "redis://me:***@host:1/2"
    assert shown("redis://:secret@host:1/2") == "redis://:***@host:1/2"
    assert shown("redis://host:1/2?password=secret&db=3") == "redis://host:1/2?password=***&db=3"
    assert shown("redis://host:1/2") == "redis://host:1/2"
    assert shown("some/directory") == "some/directory"


def test_a_directory_that_cannot_be_written_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnusable, match="name a directory that can be written"):
        open_database(str(tmp_path / "file" / "below"), lambda reason: None)


def test_a_database_that_is_lost_is_told_and_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from hypothesis.database import InMemoryExampleDatabase

    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    below = InMemoryExampleDatabase()
    lost: list[str] = []
    database = Forgiving(below, (ConnectionError,), lost.append)
    database.save(b"key", b"value")
    database.move(b"key", b"other", b"value")
    assert list(database.fetch(b"other")) == [b"value"]

    asked = 0

    def fails(*arguments: bytes) -> None:
        nonlocal asked
        asked += 1
        raise ConnectionError("gone")

    with monkeypatch.context() as patch:
        for name in ("save", "fetch", "delete", "move"):
            patch.setattr(below, name, fails)
        assert list(database.fetch(b"other")) == []
        database.save(b"key", b"value")
        database.delete(b"key", b"value")
        assert asked == 1
    assert lost == ["ConnectionError: gone"]
    now = 11.0
    assert list(database.fetch(b"other")) == [b"value"]
    with monkeypatch.context() as patch:
        patch.setattr(below, "save", lambda key, value: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            database.save(b"key", b"value")


# Sources


def test_every_name_is_a_source() -> None:
    for name in (*NAMES, machine("Clean")):
        assert source(name) is not None
    for name in ("nothing", "tests.none:Machine", f"{MACHINES}:Nothing", f"{MACHINES}:LOG", ":x"):
        with pytest.raises(NoSuchSource, match="there is no machine"):
            source(name)


# Processes


def test_what_is_found_is_written_and_the_command_ends_with_1(tmp_path: Path) -> None:
    code, output = run(
        *("--minutes", "2", "--jobs", "2", "--seed", "7", "--json"),
        *("--corpus", str(tmp_path)),
        *("--machine", machine("TwoBugs"), "--machine", machine("Idle")),
        until=lambda report: len(report.failures) == 2 and len(report.corpus) > 0,
    )
    told = json.loads(output)
    assert code == 1
    assert {one["signature"] for one in told["failures"]} == {
        "paths: c is wrong",
        "paths: the first is wrong",
    }
    for one in told["failures"]:
        scenario = s.loads(Path(one["file"]).read_bytes())
        assert len(scenario.steps) == one["steps"]
        assert scenario.title.startswith(f"found by {machine('TwoBugs')}")
        assert Path(one["file"]).parent == tmp_path / "failures"
        assert one["machine"] == machine("TwoBugs")
        assert one["times_seen"] >= 1
    assert told["jobs"] == 2
    assert told["seed"] == 7
    assert 0 < told["minutes"] < 2
    assert told["scenarios"] > 10
    assert told["steps"] > told["scenarios"]
    assert told["corpus"] == len(list((tmp_path / "corpus").glob("*.json"))) > 0
    assert told["features"] >= told["corpus"]
    assert told["database"] == str(tmp_path / "examples")
    assert told["lost"] == []
    assert told["database_lost"] is None

    # The next run begins with what was a failure, as its machine executes it. What a rule of the
    # machine had said itself no replay can say again.
    again_code, output = run(
        *("--minutes", "0", "--jobs", "1", "--corpus", str(tmp_path), "--database", "none"),
        *("--machine", machine("Clean"), "--json"),
    )
    again = json.loads(output)
    assert again_code == 1
    assert [one["signature"] for one in again["failures"]] == ["paths: c is wrong"]
    assert again["failures"][0]["machine"] == "corpus"
    assert [Path(file).name[:18] for file in again["fixed"]] == ["paths-the-first-is"]
    assert again["corpus"] == told["corpus"]
    assert again["features"] == told["features"]
    assert again["database"] is None
    files = {one["signature"]: one["file"] for one in told["failures"]}
    assert again["failures"][0]["file"] == files["paths: c is wrong"]
    title = s.loads(Path(files["paths: c is wrong"]).read_bytes()).title
    assert title.startswith(f"found by {machine('TwoBugs')}"), "as it was"

    code, output = run("--minimise", "--corpus", str(tmp_path), "--json")
    small = json.loads(output)
    assert code == 0
    assert small["features"] == told["features"]
    assert small["corpus"] == told["corpus"] - small["removed"]


def test_a_failure_that_was_fixed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ("--jobs", "1", "--corpus", str(tmp_path), "--machine", machine("Fixed"))
    monkeypatch.setenv("UNFIXED", "1")
    assert run(*here, "--minutes", "2", until=lambda report: bool(report.failures))[0] == 1
    (file,) = (tmp_path / "failures").iterdir()
    assert run(*here, "--minutes", "0")[0] == 1, "replayed, though there is no time"
    monkeypatch.delenv("UNFIXED")
    code, output = run(*here, "--minutes", "0")
    assert code == 0
    assert "fails no more" in output
    assert file.exists(), "it is the user's to remove"


def test_nothing_found(tmp_path: Path) -> None:
    code, output = run(
        *("--minutes", "0.02", "--jobs", "1", "--corpus", str(tmp_path)),
        *("--machine", machine("Clean")),
    )
    assert code == 0, output
    assert "nothing found" in output
    assert run("--minimise", "--corpus", str(tmp_path))[0] == 0


def test_a_worker_that_dies_is_told_and_others_go_on(tmp_path: Path) -> None:
    others = stop_when(lambda report: report.scenarios > 10 and len(report.lost) > 0)
    report = fuzz(plan(tmp_path, "Dies", "Idle"), others)
    assert {lost.machine for lost in report.lost} == {machine("Dies")}
    assert report.lost[0].seed is not None
    assert "SIGKILL" in report.lost[0].what


def test_a_worker_that_hangs_is_ended_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it has started; and what it would have removed is removed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    others = stop_when(lambda report: report.scenarios > 10 and len(report.lost) > 0)
    report = fuzz(plan(tmp_path, "Hangs", "Idle", silent_seconds=5.0), others)
    assert {lost.machine for lost in report.lost} == {machine("Hangs")}
    assert "hangs" in report.lost[0].what
    assert report.lost[0].seed is not None
    assert not _processes_with(str(tmp_path).encode())
    assert {file.name for file in tmp_path.iterdir()} <= {"corpus", "examples"}


def test_a_run_that_lost_something_has_no_verdict(tmp_path: Path) -> None:
    code, output = run(
        *("--minutes", "2", "--jobs", "1", "--corpus", str(tmp_path), "--seed", "3"),
        *("--machine", machine("Breaks")),
        until=lambda report: bool(report.lost),
    )
    assert code == 3
    assert "a bug of the machine" in output
    assert f"rlog fuzz --machine {machine('Breaks')} --seed 3 --jobs 1" in output


def test_a_file_at_which_a_worker_dies_is_named_and_the_rest_is_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        title = "deadly" if number == 1 else ""
        write(tmp_path / "corpus" / f"{number}.json", attrs.evolve(PLAYED, title=title))
    monkeypatch.setattr(coordinator, "work", work_where_a_title_is_deadly)
    report = fuzz(plan(tmp_path, "Idle", seconds=0.0))
    assert [lost.machine for lost in report.lost] == [str(tmp_path / "corpus" / "1.json")]
    assert "code 9" in report.lost[0].what
    assert len(report.corpus) == 3, "all but that one"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_it_soon_with_the_report_so_far(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "rlog_model", "fuzz", "--minutes", "60", "--jobs", "2"]
    command += ["--corpus", str(tmp_path), "--machine", machine("Idle"), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    _wait_for(lambda: any((tmp_path / "corpus").glob("*.json")))
    process.send_signal(number)
    began = time.monotonic()
    output, _ = process.communicate(timeout=30)
    assert time.monotonic() - began < 15
    assert process.returncode == 3
    told = json.loads(output)
    assert told["interrupted"] is True
    assert told["corpus"] > 0
    assert told["lost"] == []
    assert not _processes_with(str(tmp_path).encode())


def test_usage(tmp_path: Path) -> None:
    here = ("--minutes", "0", "--corpus", str(tmp_path))
    for wrong in (
        ("--machine", "nothing"),
        ("--database", "redis://127.0.0.1:1/0"),
        ("--database", "redis://127.0.0.1:port/0"),
        ("--jobs", "0"),
        ("--minutes", "-1"),
    ):
        code, output = run(*here, *wrong)
        assert code == 2, (wrong, output)
    assert "redis-server" in run(*here, "--database", "redis://127.0.0.1:1/0")[1]
    (tmp_path / "file").write_text("")
    assert run("--corpus", str(tmp_path / "file"))[0] == 2
    assert run("--corpus", str(tmp_path / "file" / "below"))[0] == 2


def _wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


def _processes_with(text: bytes) -> list[str]:
    """Processes that run and have a text among their arguments, or in their environment."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if text in (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found
