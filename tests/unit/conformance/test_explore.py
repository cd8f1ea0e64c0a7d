"""The exploration as a whole: what it counts, and that it finds what is wrong by a shortest way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import attrs
import pytest
import typer
from rpds import HashTrieMap
from typer.testing import CliRunner

from rlog_model import scenario as scenarios
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.explore import command
from rlog_model.conformance import explore as exploration
from rlog_model.conformance.explore import BROKE, Report, Tally, explore
from rlog_model.conformance.judge import Judge
from rlog_model.file_tree import FileTree
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, HintRule, InvalidHints
from rlog_model.identity import Fnode
from rlog_model.journal.labels import LabelSelector
from rlog_model.operation import RecordedOp
from rlog_model.outcome import ChecksumMismatch, NotHintedAuthor, Outcome
from rlog_model.play_messages import Event, InjectHandoff
from rlog_model.playback import Playback, Progress
from rlog_model.reading import Work
from rlog_model.recording import Recording
from rlog_model.recording_draft import Draft
from rlog_model.scenario import Scenario
from rlog_model.simulation import exploration_invariants, players, state, world
from rlog_model.simulation.exploration_invariants import INVARIANTS
from rlog_model.simulation.exploration_moves import Bounds
from rlog_model.simulation.state import SimPlayer
from rlog_model.simulation.truth import Truth, truth

SMALL = Bounds(recorders=2, players=1, files=1, paths=1, log=3)

_out_of_turn = FSM._out_of_turn
_committed = Recording.committed
_build_hints = Playback.build_hints
_told = players._told


def without(rule: type[Outcome]) -> Callable[[FSM, RecordedOp], Outcome | None]:
    """Whether an operation is out of turn, for an FSM without one of its rules."""

    def out_of_turn(self: FSM, op: RecordedOp) -> Outcome | None:
        outcome = _out_of_turn(self, op)
        return None if isinstance(outcome, rule) else outcome

    return out_of_turn


def no_hints(self: Recording) -> FSMHints:
    raise InvalidHints(HintRule.NO_LOG)


def late_hints(self: Playback) -> FSMHints:
    """Hints whose offsets are one too great."""
    hints = _build_hints(self)
    nodes = [
        attrs.evolve(
            node,
            segments=tuple(attrs.evolve(s, first_offset=s.first_offset + 1) for s in node.segments),
        )
        for node in hints.live_nodes
    ]
    return attrs.evolve(hints, live_nodes=tuple(nodes))


def late_draft(self: Recording) -> Draft:
    """The draft of an event whose append is said to begin one byte too late."""
    return Draft(self.fsm, self.author, self.log, self.head + self.pending + 1, self.books)


def told_of_one_more(player: SimPlayer, event: Event) -> SimPlayer:
    told = _told(player, event)
    return attrs.evolve(told, nodes=told.nodes.insert(Fnode(99), b""))


def told_without_writes(player: SimPlayer, event: Event) -> SimPlayer:
    """A player that had hints loses what was written."""
    told = _told(player, event)
    if not player.taken.hints.live_nodes:
        return told
    return attrs.evolve(told, nodes=HashTrieMap(dict.fromkeys(told.nodes, b"")))


def another_truth(*arguments: object, **named: object) -> Truth:
    """A truth in which one more file is owed."""
    found = truth(*arguments, **named)  # type: ignore[arg-type]  # passed on as they are
    return attrs.evolve(found, tree=FileTree().create("/z")[0].snapshot())


def breaks(*_: object) -> None:
    raise ZeroDivisionError


Defect = tuple[object, str, object]

DEFECTS: dict[str, tuple[Bounds, list[Defect], set[str], bool]] = {
    "the checksum rule is ignored": (
        Bounds(recorders=2, players=1, files=2, paths=1, log=3),
        [(FSM, "_out_of_turn", without(ChecksumMismatch))],
        {"no-hints", "recorder-hints"},
        True,
    ),
    "the author rule is ignored": (
        SMALL,
        [(FSM, "_out_of_turn", without(NotHintedAuthor))],
        {"recorder-hints"},
        True,
    ),
    "a head that is known is too great": (
        SMALL,
        [(Recording, "committed", lambda self, length, end: _committed(self, length, end + 1))],
        {"recorder-is-sound"},
        True,
    ),
    "registers are not checked": (
        Bounds(recorders=1, players=2, files=1, paths=1, log=3),
        [(LabelSelector, "matches", lambda self, registers: True)],
        {"keeps-its-log"},
        False,
    ),
    "a recorder gives no hints": (
        SMALL,
        [(Recording, "build_hints", no_hints)],
        {"gives-hints"},
        True,
    ),
    "a player's hints are wrong": (
        SMALL,
        [(Playback, "build_hints", late_hints)],
        {"player-hints"},
        True,
    ),
    "a player does not write": (
        SMALL,
        [(players, "written", lambda content, data, offset: content)],
        {"recorder-hints", "no-hints"},
        True,
    ),
    "the truth is another": (
        SMALL,
        [(exploration_invariants, "truth", another_truth), (state, "truth", another_truth)],
        {"no-hints"},
        True,
    ),
    "a recorder's offsets are too great": (
        SMALL,
        [(Recording, "_draft", late_draft)],
        {"bounds-hold", "recorder-hints"},
        True,
    ),
    "a player has a file that nobody made": (
        SMALL,
        [(players, "_told", told_of_one_more)],
        {"player-is-sound"},
        True,
    ),
    "hints make a difference": (
        SMALL,
        [(Truth, "allows", lambda self, played: True), (players, "_told", told_without_writes)],
        {"hints-save-work"},
        False,
    ),
    "the model breaks": (SMALL, [(FSM, "apply", breaks)], {BROKE}, False),
}


UNJUDGED = {"bounds-hold", "keeps-its-log", "hints-save-work"}
"""What the judge of scenarios doesn't know."""


@pytest.mark.parametrize("name", DEFECTS)
def test_defects_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is a scenario, which fails for who judges it, and not but for the defect."""
    bounds, defects, expected, judged = DEFECTS[name]
    with monkeypatch.context() as defective:
        for where, what, defect in defects:
            defective.setattr(where, what, defect)
        report = explore(bounds, jobs=1)
        found = {found.invariant: found.scenario for found in report.found}
        assert found.keys() == expected
        assert not report.exhausted
        for scenario in (found[i] for i in expected - UNJUDGED if judged):
            assert judge(scenario) is not None
    for scenario in found.values():
        assert judge(scenario) is None


def judge(scenario: Scenario) -> str | None:
    """Why a scenario fails that was written to a file; none if it does not."""
    judge = Judge()
    world.run(scenarios.loads(scenarios.dumps(scenario)), judge)
    return judge.failure


def test_every_invariant_bites() -> None:
    found = {invariant for _, _, invariants, _ in DEFECTS.values() for invariant in invariants}
    # What a play comes to that hands off is looked at below.
    assert found == {invariant.id for invariant in INVARIANTS} - {"player-ends"} | {BROKE}


def test_a_play_is_looked_at_that_has_not_come_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its handoff is wrong: the tree of a player that hands off is that of its recorder."""
    completed = Playback._complete

    def loses_files(self: Playback, work: Work) -> Progress:
        lost = isinstance(self.goal, InjectHandoff) and self.fsm.links
        return completed(attrs.evolve(self, fsm=FSM(self.log)) if lost else self, work)

    monkeypatch.setattr(Playback, "_complete", loses_files)
    [found] = explore(SMALL, jobs=1).found
    assert found.invariant == "player-ends"
    assert {"inject_handoff", "advance"} <= {step.do for step in found.scenario.steps}


def test_the_counterexample_is_shortest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the checksum rule two branches are confused. It takes two recorders, the first
    operation of each, a second one, and a play."""
    bounds, [(where, what, defect)], _, _ = DEFECTS["the checksum rule is ignored"]
    monkeypatch.setattr(where, what, defect)
    found = {found.invariant: found.scenario for found in explore(bounds, jobs=1).found}
    assert [step.do for step in found["no-hints"].steps] == [
        "start_recorder",
        "start_recorder",
        "create",
        "commit",
        "create",
        "commit",
        "unlink",
        "commit",
        "play",
        "finish_at_write_head",
        "advance",
    ]


COUNTED = Bounds(recorders=2, players=1, files=2, paths=2, log=3)


@pytest.mark.parametrize("jobs", [1, 2])
def test_counts_are_the_same_in_any_number_of_processes(
    jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exploration, "FEW", 1)
    told: list[Tally] = []
    report = explore(COUNTED, jobs=jobs, progress=lambda tally: told.append(attrs.evolve(tally)))
    assert report.tally == Tally(states=995, transitions=1343, depth=6, waiting=0)
    assert (report.exhausted, report.found) == (True, ())
    assert [tally.states for tally in told] == sorted(tally.states for tally in told)
    assert told[-1] == report.tally


@pytest.mark.parametrize("most", [1, 100, 219, 220, 300])
def test_it_stops_at_a_number_of_states(most: int) -> None:
    report = explore(SMALL, jobs=1, most_states=most)
    assert report.tally.states == min(most, 220)
    assert report.exhausted == (most >= 220)


def test_states_at_which_it_stops_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recording, "build_hints", no_hints)
    whole = explore(SMALL, jobs=1)
    report = explore(SMALL, jobs=1, most_states=whole.tally.states - 1)
    assert [found.invariant for found in report.found] == ["gives-hints"]


def test_what_is_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploration, "MOST_REMEMBERED", 50)
    assert explore(SMALL, jobs=1).tally.states == 220


runner = CliRunner()
app = typer.Typer()
app.command()(command)
ARGUMENTS = [
    "--recorders",
    "2",
    "--players",
    "1",
    "--files",
    "1",
    "--paths",
    "1",
    "--log",
    "3",
    "--jobs",
    "1",
]


def test_command(tmp_path: Path) -> None:
    done = runner.invoke(app, [*ARGUMENTS, "--json", "--output", str(tmp_path)])
    assert done.exit_code == ExitCode.CONFORMS
    told = json.loads(done.stdout)
    assert told.pop("seconds") > 0
    assert told == {
        "states": 220,
        "transitions": 298,
        "depth": 6,
        "exhausted": True,
        "violations": 0,
        "found": [],
        "bounds": attrs.asdict(SMALL),
    }
    assert list(tmp_path.iterdir()) == []
    text = runner.invoke(app, [*ARGUMENTS, "--output", str(tmp_path)])
    assert text.exit_code == ExitCode.CONFORMS
    assert re.search(r"220\s+distinct states", text.stdout)
    assert "exhausted" in text.stdout
    stopped = runner.invoke(app, [*ARGUMENTS, "--states", "100", "--output", str(tmp_path)])
    assert stopped.exit_code == ExitCode.CONFORMS
    assert "stopped" in stopped.stdout


def test_command_that_finds_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counterexample is written to a file that the command says how to replay."""
    monkeypatch.setattr(Recording, "build_hints", no_hints)
    done = runner.invoke(app, [*ARGUMENTS, "--json", "--output", str(tmp_path)])
    assert done.exit_code == ExitCode.DIFFERS
    told = json.loads(done.stdout)
    file = tmp_path / "rlog-explore-gives-hints.json"
    assert told["violations"] == 1
    [found] = told["found"]
    assert (found["file"], found["invariant"]) == (str(file), "gives-hints")
    assert scenarios.loads(file.read_bytes()).steps
    text = runner.invoke(app, [*ARGUMENTS, "--output", str(tmp_path)])
    assert text.exit_code == ExitCode.DIFFERS
    assert f"rlog replay {file}" in text.stdout.replace("\n", "")
    assert "exhausted" not in text.stdout


def test_command_refuses_what_has_no_names() -> None:
    done = runner.invoke(app, ["--paths", "9"])
    assert done.exit_code == ExitCode.USAGE
    assert "paths can be 0 to 4, and is 9" in done.stderr


def test_command_whose_process_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> Report:
        raise BrokenProcessPool("killed")

    monkeypatch.setattr("rlog_model.cli.explore.explore", dies)
    done = runner.invoke(app, [*ARGUMENTS, "--output", str(tmp_path)])
    assert done.exit_code == ExitCode.NO_VERDICT
    assert "a process died" in done.stderr
