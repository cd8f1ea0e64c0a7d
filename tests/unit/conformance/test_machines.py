"""What a machine finds is a scenario that shows it, shrunk, and that fails wherever it is executed.

Each test breaks something, and has a machine find it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from rlog_model import scenario as s
from rlog_model.conformance import world_machines
from rlog_model.conformance.executor import Executor, Maker, Model, over_memory
from rlog_model.conformance.judge import Judge, judge
from rlog_model.conformance.machines import (
    MACHINES,
    FsmMachine,
    Machine,
    MemoryMachine,
    ScenarioFailed,
    SegmentMachine,
)
from rlog_model.conformance.minimise import minimise
from rlog_model.conformance.part_machines import Shown
from rlog_model.conformance.trial import Trial, replay
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.recorder import Recorder
from rlog_model.revision import CURRENT, MAY_2021, Revision
from rlog_model.scenario import Scenario, Step
from rlog_model.scenario_fields import Json
from rlog_model.scenario_parts import AddSegment
from rlog_model.segment import order
from rlog_model.simulation import players
from rlog_model.simulation.dice import Dice
from rlog_model.simulation.state import Executed, World
from rlog_model.simulation.world import execute
from rlog_model.trace import Divergence, Observation, first_divergence

LOG = "logs/one"


def found_by(machine: type[Machine], *phases: Phase) -> ScenarioFailed:
    """What a machine finds, and is shrunk to if that is one of the ``phases`` too."""
    how = settings(
        max_examples=1000,
        stateful_step_count=20,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate, *phases],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(ScenarioFailed) as raised:
        run_state_machine_as_test(machine, settings=how)
    return raised.value


def minimised(machine: type[Machine], failed: ScenarioFailed) -> ScenarioFailed:
    """The failure with as few steps as can be."""

    def fails(scenario: Scenario) -> bool:
        again = machine.replay(scenario)
        return again is not None and again.signature == failed.signature

    again = machine.replay(minimise(failed.scenario, fails, lambda: True))
    assert again is not None
    return again


def kinds(scenario: Scenario) -> list[str]:
    return [step.do for step in scenario.steps]


# Failures are scenario files


def test_what_is_found_and_shrunk_is_a_scenario_that_the_judge_fails_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Recorder, "record_link", lambda *arguments: None)
    failed = found_by(MemoryMachine, Phase.shrink)
    assert failed.signature == "memory: link: next_seq_no"
    assert kinds(failed.scenario)[-1] == "link"

    again = s.loads(s.dumps(failed.scenario))
    verdict = judge(again)
    assert verdict.failure == failed.reason == str(failed.divergence)
    assert first_divergence(verdict.model, verdict.implementation) == failed.divergence
    replayed = MemoryMachine.replay(again)
    assert replayed is not None
    assert (replayed.scenario, replayed.reason) == (failed.scenario, failed.reason)
    smallest = minimised(MemoryMachine, failed)
    assert kinds(smallest.scenario) == ["start_recorder", "create", "link"]

    monkeypatch.undo()
    assert judge(again).failure is None
    assert MemoryMachine.replay(again) is None


def test_a_defect_of_the_model_is_found_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "written", lambda content, more, offset: content)
    failed = minimised(MemoryMachine, found_by(MemoryMachine))
    assert failed.divergence is not None
    assert failed.divergence.field == "tree"
    assert len(failed.scenario.steps) <= 8
    assert kinds(failed.scenario)[-1] == "advance"
    verdict = judge(failed.scenario)
    assert verdict.failure == str(failed.divergence)
    assert str(failed).startswith(f"memory: {failed.reason}")
    assert s.dumps(failed.scenario) in str(failed)
    assert "rlog replay" in str(failed)


def test_segments_that_are_not_reduced_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlog_model.segment_set.reduce", order)
    failed = minimised(SegmentMachine, found_by(SegmentMachine))
    assert kinds(failed.scenario) == ["add_segment", "add_segment"]


def test_hints_that_lead_elsewhere_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    build = FSM.build_hints

    def of_one_file(fsm: FSM) -> FSMHints:
        return attrs.evolve(build(fsm), live_nodes=build(fsm).live_nodes[:1])

    monkeypatch.setattr(FSM, "build_hints", of_one_file)
    failed = found_by(FsmMachine, Phase.shrink)
    assert failed.divergence is None
    assert failed.signature == (
        "fsm: an FSM of hints came to another state than the one that built them"
    )
    assert len(failed.scenario.steps) <= 20


# What is looked at


SEGMENT = AddSegment("s", 1, 1, 0, 7, 3, 30, "a/log")
SHOWN: dict[str, Json] = {
    "author": "1",
    "first_seq_no": "1",
    "first_offset": "0",
    "first_checksum": "7",
    "last_seq_no": "3",
    "last_offset": "30",
    "log": "a/log",
}
NEXT: dict[str, Json] = {
    **SHOWN,
    "author": "2",
    "first_seq_no": "4",
    "first_offset": "30",
    "last_seq_no": "5",
    "last_offset": "50",
}


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [
        ({}, {}, None),
        ({}, {"first_seq_no": "3"}, "overlap"),
        ({"last_offset": "0"}, {}, "not known"),
        ({"last_offset": "0"}, {"last_offset": "0"}, None),
        ({"first_offset": "31", "last_offset": "40"}, {}, "fall"),
        ({"last_offset": "60"}, {}, "fall"),
        ({"first_offset": "31", "last_offset": "60"}, {"log": "b/log"}, None),
        ({}, {"author": "1"}, "touch"),
        ({}, {"author": "1", "log": "b/log"}, None),
    ],
)
def test_sets_of_segments_are_looked_at(
    one: dict[str, Json], other: dict[str, Json], wrong: str | None
) -> None:
    machine = SegmentMachine()
    shown: list[Json] = [SHOWN | one, NEXT | other]
    first, second = (AddSegment("s", **vars_of(data)) for data in shown)
    list(machine.look(machine.world, first, Observation("done", segments=shown[:1])))
    found = list(machine.look(machine.world, second, Observation("done", segments=shown)))
    assert [wrong in reason for reason in found if wrong] == [True] * (wrong is not None)
    assert len(found) == (wrong is not None)


def test_a_set_that_covers_something_else_is_found() -> None:
    machine = SegmentMachine()
    shown: list[Json] = [SHOWN | {"last_seq_no": "4"}]
    assert list(machine.look(machine.world, SEGMENT, Observation("done", segments=shown))) == [
        "a set covers something else than what was added"
    ]


def vars_of(shown: Json) -> dict[str, Any]:
    return attrs.asdict(Shown.of(shown))


def test_a_set_that_changes_when_a_segment_is_refused_is_found() -> None:
    machine = SegmentMachine()
    before = machine.world
    machine.do(SEGMENT)
    refused = Observation("refused: InvalidSegment AUTHOR")
    assert list(machine.look(machine.world, SEGMENT, refused)) == []
    assert list(machine.look(before, SEGMENT, refused)) == [
        "a segment was refused, and the set changed"
    ]


def test_a_set_that_changes_when_what_it_has_is_added_again_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = SegmentMachine()
    machine.do(SEGMENT)

    def longer(step: Step) -> Observation:
        machine._shown["s"] = []
        return Observation("done")

    monkeypatch.setattr(machine, "do", longer)
    with pytest.raises(ScenarioFailed, match="was added again, and changed it"):
        SegmentMachine.add_again(machine, Dice(b""))


def test_playing_without_hints_must_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (
        s.StartRecorder("r", LOG, 1),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
    )
    assert MemoryMachine.replay(Scenario(steps)) is None

    def otherwise(world: World, step: Step) -> Executed:
        world, seen = execute(world, step)
        return world, attrs.evolve(seen, tree=seen.tree and {"files": {}, "same_file": []})

    monkeypatch.setattr(world_machines, "execute", otherwise)
    failed = MemoryMachine.replay(Scenario(steps))
    assert failed is not None
    assert failed.reason.startswith("step 8: without hints another tree is built")
    assert failed.scenario.steps[:6] == steps
    assert kinds(failed.scenario)[6:] == ["play", "finish_at_write_head", "advance"]


# Executors


class Broken(Model):
    """An executor that breaks at a step."""

    closed: ClassVar[list[Executor]] = []

    def execute(self, step: Step) -> Observation:
        if isinstance(step, s.Create):
            raise ValueError(f"no file at {step.path}")
        return super().execute(step)

    def close(self) -> None:
        self.closed.append(self)


def test_an_executor_that_breaks_is_told_of_and_closed() -> None:
    Broken.closed.clear()
    steps = (s.StartRecorder("r1", LOG, 1), s.Create("r1", "/d/x"), s.Create("r1", "/b"))
    failed = replay(Scenario(steps, revision=MAY_2021.name), {"mine": Broken, "more": Model})
    assert failed is not None
    assert failed.scenario.steps == steps[:2]
    assert failed.scenario.revision == MAY_2021.name
    assert failed.reason.startswith("mine broke:\nTraceback")
    assert failed.signature == "replay: mine broke: ValueError: no file at _"
    assert len(Broken.closed) == 1


def test_a_model_that_breaks_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(world: World, step: Step) -> Executed:
        raise KeyError("x")

    monkeypatch.setattr("rlog_model.conformance.trial.execute", breaks)
    failed = replay(Scenario((s.Roll(LOG),)), {})
    assert failed is not None
    assert failed.reason.startswith("the model broke:")


def test_executors_are_closed_where_another_can_not_be_made() -> None:
    def breaks(revision: Revision) -> Executor:
        raise OSError("none today")

    Broken.closed.clear()
    with (
        contextlib.closing(Trial("test", {"one": Broken, "other": breaks}, CURRENT)) as trial,
        pytest.raises(OSError, match="none today"),
    ):
        trial.do(s.Roll(LOG))
    assert len(Broken.closed) == 1


def test_a_run_that_ends_leaves_nothing_open() -> None:
    """Whether something was found or not."""

    class Mine(MemoryMachine):
        executors: ClassVar[Mapping[str, Maker]] = {"mine": Broken}

    Broken.closed.clear()
    found_by(Mine)
    assert Broken.closed
    assert len({*map(id, Broken.closed)}) == len(Broken.closed)


def test_the_judge_is_asked_whatever_executors_show(monkeypatch: pytest.MonkeyPatch) -> None:
    def objects(self: Judge, world: World, step: Step, seen: Observation) -> None:
        self.failure = "step 0: the judge objects"

    monkeypatch.setattr(Judge, "__call__", objects)
    failed = replay(Scenario((s.Roll(LOG),)), {"mine": over_memory})
    assert failed is not None
    assert failed.reason == "step 0: the judge objects"
    assert failed.divergence is None


# Signatures


@pytest.mark.parametrize(
    ("reason", "divergence", "signature"),
    [
        ("step 1, tree:\n  ...", Divergence(1, "tree", 1, 2), "m: create: tree"),
        (
            "step 1: player p1 built another tree:\n  x",
            None,
            "m: step #: player p# built another tree",
        ),
        ("step 3: r77 has files at /a/b", None, "m: step #: _ has files at _"),
        (
            "the x broke:\nTraceback (most\n  File 'y'\nKeyError: 'r77'\n",
            None,
            "m: the x broke: KeyError: _",
        ),
        ("", None, "m: "),
    ],
)
def test_signatures_have_no_names_and_numbers(
    reason: str, divergence: Divergence | None, signature: str
) -> None:
    scenario = Scenario((s.StartRecorder("r77", LOG, 1), s.Create("r77", "/a/b")))
    assert ScenarioFailed(scenario, reason, "m", divergence).signature == signature


def test_machines_are_named_as_they_are_called() -> None:
    assert {name: machine.called for name, machine in MACHINES.items()} == {
        name: name for name in ("segments", "fsm", "memory", "processes")
    }
