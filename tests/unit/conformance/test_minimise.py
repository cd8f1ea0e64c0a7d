"""Minimised scenarios: they still fail, and nothing of them is to spare."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model.conformance.minimise import minimise
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.strategies import scenarios

Fails = Callable[[Scenario], bool]


def always() -> bool:
    return True


@given(scenarios(), st.data())
def test_any_steps_that_must_be_there_are_what_is_left(
    scenario: Scenario, data: st.DataObject
) -> None:
    """Where just some steps are needed, whatever their members are, no other one stays."""
    indices = st.sets(st.integers(0, len(scenario.steps) - 1), max_size=4)
    kinds = [scenario.steps[i].do for i in sorted(data.draw(indices))]

    def fails(smaller: Scenario) -> bool:
        rest = iter(step.do for step in smaller.steps)
        return all(kind in rest for kind in kinds)

    assert [step.do for step in minimise(scenario, fails, always).steps] == kinds


def test_members_are_made_as_simple_as_they_can_be() -> None:
    steps: tuple[Step, ...] = (
        s.StartRecorder("r", "a/log", 1, "p", False),
        s.Write("r", "/a", 5, b"abcdefgh", 7),
        s.Die("r", 2),
    )

    def fails(smaller: Scenario) -> bool:
        writes = [step for step in smaller.steps if isinstance(step, s.Write)]
        deaths = [step for step in smaller.steps if isinstance(step, s.Die)]
        return bool(writes and deaths and writes[0].data.startswith(b"ab") and deaths[0].in_flight)

    smallest = minimise(Scenario(steps), fails, always)
    assert smallest.steps == (s.Write("r", "/a", 5, b"ab"), s.Die("r", 2))


def test_it_ends_when_there_is_no_more_time() -> None:
    scenario = Scenario(tuple(s.Roll(f"log/{i}") for i in range(50)))
    left = 10
    calls = 0

    def more() -> bool:
        nonlocal left
        left -= 1
        return left > 0

    def fails(smaller: Scenario) -> bool:
        nonlocal calls
        calls += 1
        return len(smaller.steps) >= 20

    smallest = minimise(scenario, fails, more)
    assert len(smallest.steps) >= 20
    assert calls <= 10
