"""Scenarios of which traces are made: those that were written, and random ones.

The random ones are stories of the stateful machine of worlds, and of the strategies that draw whole
scenarios. A seed and a number give the same scenarios each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from rlog_model import scenario as s
from rlog_model import scenario as scenarios
from rlog_model.conformance.check import written
from rlog_model.conformance.machines import WorldMachine
from rlog_model.conformance.suite import vector as vectors
from rlog_model.scenario import Scenario
from rlog_model.simulation.focused import event_scenarios, handoff_scenarios, play_scenarios
from rlog_model.simulation.strategies import scenarios as any_scenarios
from spec.traces.covered import covered

_MOST_STEPS: Final = 45
_LEAST_STEPS: Final = 5


@frozen
class Named:
    """A scenario with a name, within what World covers."""

    name: str
    scenario: Scenario


def of_files(files: Sequence[Path]) -> Iterator[Named]:
    """The scenarios of files."""
    for file in files:
        yield from _covered(file.stem, scenarios.loads(file.read_bytes()))


def of_people() -> Iterator[Named]:
    """The scenarios that come with the package."""
    for name, scenario in written():
        yield from _covered(name, scenario)


_LOG: Final = "logs/one"

AIMED: Final[dict[str, tuple[s.Step, ...]]] = {
    "a rename onto one of two links": (
        s.StartRecorder("r1", _LOG, 7),
        s.Create("r1", "/a"),
        s.Link("r1", "/a", "/b"),
        s.Create("r1", "/c"),
        s.Rename("r1", "/c", "/a"),
        s.Commit("r1"),
    ),
    "opened for writing": (
        s.StartRecorder("r1", _LOG, 7),
        s.Create("r1", "/a"),
        s.Write("r1", "/a", 0, b"x"),
        s.Open("r1", "/a", ("write",)),
        s.Commit("r1"),
    ),
    "extended behind a write of nothing": (
        s.StartRecorder("r1", _LOG, 7),
        s.Create("r1", "/a"),
        s.Write("r1", "/a", 5, b""),
        s.Truncate("r1", "/a", 3),
        s.Commit("r1"),
    ),
    "cut by who goes on": (
        s.StartRecorder("r1", _LOG, 7),
        s.Create("r1", "/a"),
        s.Write("r1", "/a", 0, b"xyz"),
        s.TakeHints("r1", "h1"),
        s.Play("p1", "h1"),
        s.InjectHandoff("p1", 8),
        s.Advance("p1"),
        s.StartRecorder("r2", _LOG, 8, "p1"),
        s.Truncate("r2", "/a", 2),
        s.Commit("r2"),
        s.TakeHints("r2", "h2"),
        s.Play("p2", "h2"),
        s.FinishAtWriteHead("p2"),
        s.Advance("p2"),
    ),
}
"""Small scenarios for what the others rarely come to."""


def of_aim() -> Iterator[Named]:
    """The scenarios that are aimed at what others rarely come to."""
    for name, steps in AIMED.items():
        yield from _covered(name, Scenario(steps, name))


def of_mutants() -> Iterator[Named]:
    """The vectors that were made because some mutant was not killed by others."""
    for vector in vectors.load():
        if vector.id.startswith(("gazette/", "written/", "tlc/")):
            continue
        for named in _covered(vector.id, scenarios.from_json(vector.scenario)):
            if _LEAST_STEPS <= len(named.scenario.steps) <= _MOST_STEPS:
                yield named


def at_random(count: int, seed_of_all: int) -> list[Named]:
    """So many random scenarios, of which none is long."""
    found: list[Named] = []
    kinds = any_scenarios(), handoff_scenarios(), event_scenarios(), play_scenarios()

    @seed(seed_of_all)
    @_settings(4 * count)
    @given(st.one_of(*kinds))
    def draw(scenario: Scenario) -> None:
        for named in _covered(f"random-{seed_of_all}-{len(found) + 1}", scenario):
            if _LEAST_STEPS <= len(named.scenario.steps) <= _MOST_STEPS:
                found.append(named)

    if count:
        draw()
    return list(itertools.islice(found, count))


def of_machine(count: int, seed_of_all: int) -> list[Named]:
    """So many stories that the stateful machine of worlds tells, rule by rule."""
    found: list[Named] = []

    class Listening(WorldMachine):
        def teardown(self) -> None:
            for named in _covered(f"machine-{seed_of_all}-{len(found) + 1}", self.scenario):
                if _LEAST_STEPS <= len(named.scenario.steps) <= _MOST_STEPS:
                    found.append(named)
            super().teardown()

    if count:
        run_state_machine_as_test(
            seed(seed_of_all)(Listening),
            settings=settings(_settings(2 * count), stateful_step_count=25),
        )
    return list(itertools.islice(found, count))


def _settings(examples: int) -> settings:
    return settings(
        max_examples=max(examples, 1),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _covered(name: str, scenario: Scenario) -> Iterator[Named]:
    within = covered(scenario)
    if within is not None:
        yield Named(name, attrs.evolve(within, title=scenario.title))
