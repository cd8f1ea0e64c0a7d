"""Scenarios: drawn at random, and executed by the model and by the bundled implementation."""

from __future__ import annotations

from functools import cache
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.conftest import Rate
from rlog_model.conformance.bundled import execute as execute_bundled
from rlog_model.conformance.judge import judge
from rlog_model.scenario import Scenario
from rlog_model.simulation import world as model
from rlog_model.simulation.strategies import scenarios

SCENARIOS: Final = 200


def draw(seen: list[Scenario]) -> None:
    """Draw scenarios, always the same."""

    @seed(1)
    @settings(
        max_examples=SCENARIOS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios())
    def look(scenario: Scenario) -> None:
        seen.append(scenario)

    look()


@cache
def drawn() -> tuple[Scenario, ...]:
    seen: list[Scenario] = []
    draw(seen)
    return tuple(seen)


def test_draw(rate: Rate) -> None:
    rate("draw a scenario", lambda: draw([]), SCENARIOS, "scenarios")


def test_model(rate: Rate) -> None:
    made = drawn()
    rate(
        "execute a scenario by the model",
        lambda: [model.run(scenario, lambda *_: None) for scenario in made],
        len(made),
        "scenarios",
    )


def test_bundled(rate: Rate) -> None:
    made = drawn()
    rate(
        "execute a scenario by the implementation",
        lambda: [execute_bundled(scenario) for scenario in made],
        len(made),
        "scenarios",
    )


def test_judge(rate: Rate) -> None:
    """All that ``rlog check`` does with a scenario, save that it draws it."""
    made = drawn()
    rate(
        "judge a scenario",
        lambda: [judge(scenario) for scenario in made],
        len(made),
        "scenarios",
    )
