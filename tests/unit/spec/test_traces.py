"""What an executor shows is a behaviour of the specification, and what is corrupted is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import attrs
import pytest

import rlog_model
from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.conformance.suite import vector as vectors
from rlog_model.scenario import Scenario
from spec.tlc.fetch import CannotFetch
from spec.tlc.run import Machine
from spec.traces import corpus, corruptions, recorded
from spec.traces.__main__ import main
from spec.traces.abstract import Unreadable, operations, trace_value
from spec.traces.check import Judged, check
from spec.traces.covered import covered
from spec.traces.recorded import EXECUTORS, Recorded
from spec.traces.vectors import FILE

LOG = "a/log"
NAMES = ("every-event", "handoff-lands-again", "two-handoffs-race", "zombie-hints")


def _recorded(executor: str, *names: str) -> list[Recorded]:
    return [
        Recorded(f"{one.name}, {executor}", one.scenario, EXECUTORS[executor](one.scenario))
        for one in corpus.of_people()
        if one.name in names
    ]


@pytest.fixture(scope="module")
def machine() -> Machine:
    """TLC. Who has no Java or Maven goes without, but in CI."""
    try:
        return Machine.ready()
    except CannotFetch as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"TLC is not there: {missing}")


@pytest.fixture(scope="module")
def verdicts(machine: Machine) -> dict[str, Judged]:
    """Of one run of TLC: the traces of three executors, and each corruption of the model's."""
    whole = [trace for executor in EXECUTORS for trace in _recorded(executor, *NAMES)]
    of_model = _recorded("model", *NAMES, "retries")
    corrupted = [corruptions.first(one, of_model) for one in corruptions.CORRUPTIONS]
    given = [*whole, *(trace for trace in corrupted if trace is not None)]
    return {judged.name: judged for judged in check(machine, given).judged}


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_executed_is_a_behaviour(
    verdicts: dict[str, Judged], executor: str, name: str
) -> None:
    judged = verdicts[f"{name}, {executor}"]
    assert judged.word == "accepted", str(judged)


@pytest.mark.parametrize("corruption", corruptions.CORRUPTIONS, ids=lambda one: one.name)
def test_a_corrupted_trace_is_none(
    verdicts: dict[str, Judged], corruption: corruptions.Corruption
) -> None:
    [judged] = [one for name, one in verdicts.items() if name.endswith(f", {corruption.name}")]
    assert judged.rejected
    assert judged.differences
    assert f"event {judged.event}" in str(judged)


def test_more_can_be_in_flight_than_is_queued(machine: Machine) -> None:
    steps = (s.StartRecorder("r", LOG, 7), s.Create("r", "/a"), s.Die("r", 2), s.Commit("r"))
    scenario = covered(Scenario(steps))
    assert scenario is not None
    [judged] = check(machine, [Recorded("x", scenario, EXECUTORS["model"](scenario))]).judged
    assert judged.word == "accepted", str(judged)


def test_what_the_specification_lacks_is_no_rejection(machine: Machine) -> None:
    begin = (s.StartRecorder("r", LOG, 7), s.Play("p", None, LOG))
    scenario = covered(Scenario((*begin, s.InjectHandoff("p", 7), s.Advance("p"))))
    assert scenario is not None
    [judged] = check(machine, [Recorded("x", scenario, EXECUTORS["model"](scenario))]).judged
    assert (judged.word, judged.event) == ("uncovered", 3)
    assert not judged.rejected


def test_a_rejection_says_what_the_specification_has(verdicts: dict[str, Judged]) -> None:
    judged = next(one for name, one in verdicts.items() if name.endswith(", number"))
    assert judged.event == 1
    assert judged.differences == ("seq_no: the specification has <<1>>, and seen was 2",)


def test_only_what_the_specification_has_is_kept() -> None:
    within = covered(
        Scenario(
            (
                p.Decode(b""),
                s.StartRecorder("r", LOG, 7),
                s.StartRecorder("q", "b/log", 8),
                s.Create("r", "/a", "f"),
                s.Create("r", "/a/b"),
                s.Create("r", "/IDENTITY"),
                s.Write("r", "f", 0, b"x"),
                s.Write("r", "/a", 40, b"x", 700),
                s.AppendRaw(LOG, b"x"),
                s.Commit("r"),
            )
        )
    )
    assert within is not None
    assert within.steps == (
        s.StartRecorder("r", LOG, 7),
        s.Create("r", "/a"),
        s.Write("r", "/a", 5, b"xxx"),
        s.Commit("r"),
        s.ReadLog(LOG),
    )
    assert covered(Scenario((p.Decode(b""),))) is None


def test_a_log_of_other_bytes_cannot_be_read() -> None:
    [whole] = _recorded("model", "retries")
    last = len(whole.trace.observations) - 1
    content = whole.trace.observations[last].encoded
    assert content is not None
    assert list(operations("x", bytes.fromhex(content)))
    broken = [*whole.trace.observations]
    broken[last] = attrs.evolve(broken[last], encoded=content[:-2])
    trace = attrs.evolve(whole.trace, observations=tuple(broken))
    with pytest.raises(Unreadable, match="retries"):
        trace_value(attrs.evolve(whole, trace=trace))


def test_random_scenarios_are_the_same_for_a_seed() -> None:
    assert corpus.at_random(5, 3) == corpus.at_random(5, 3)
    assert corpus.at_random(5, 3) != corpus.at_random(5, 4)


def test_the_stateful_machine_tells_the_same_stories_again() -> None:
    stories = corpus.of_machine(5, 3)
    assert len(stories) == 5
    assert stories == corpus.of_machine(5, 3)
    assert stories != corpus.of_machine(5, 4)


def test_written_as_they_are_read() -> None:
    [whole] = _recorded("model", "retries")
    assert recorded.from_json(json.loads(recorded.dumps([whole]))[0]) == whole


@pytest.mark.usefixtures("machine")
def test_the_command_fails_where_a_mutants_trace_is_rejected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fork = str(Path(rlog_model.__file__).parent / "conformance" / "scenarios" / "fork.json")
    assert main(["--scenario", fork, "--mutant", "author-not-asked"]) == 1
    assert "fork: rejected at event 17 of 21" in capsys.readouterr().out


@pytest.mark.usefixtures("machine")
def test_the_command_says_that_there_is_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--scenario", str(tmp_path / "none.json")]) == 2
    assert "error" in capsys.readouterr().err


VECTORS = list(vectors.load_file(FILE)) if FILE.exists() else []


def test_vectors_of_the_specification_are_many_and_small() -> None:
    assert 30 <= len(VECTORS) <= 60
    assert FILE.stat().st_size < 300_000
    shown = {
        (step["do"], seen["outcome"])
        for vector in VECTORS
        for step, seen in zip(vector.scenario["steps"], vector.expect.observations, strict=True)
    }
    for both in (("append_again", "done"), ("append_again", "fenced"), ("commit", "fenced")):
        assert both in shown
    kinds = {kind for kind, _ in shown}
    assert {"die", "handoff_again", "take_player_hints", "rename", "link", "unlink"} <= kinds


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_the_model_shows_what_the_specification_does(vector: vectors.Vector) -> None:
    assert vectors.expectation(s.from_json(vector.scenario)) == vector.expect
