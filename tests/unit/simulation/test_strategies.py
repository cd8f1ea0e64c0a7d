"""Random scenarios are about what goes wrong: each sort of trouble is drawn often enough."""

from __future__ import annotations

import functools
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from rlog_model import scenario as s
from rlog_model.conformance.judge import Judge
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.state import World
from rlog_model.simulation.strategies import scenarios
from rlog_model.simulation.world import run
from rlog_model.trace import Observation

SEEDS = range(4)
EACH = 125
DRAWN = len(SEEDS) * EACH


@functools.cache
def drawn() -> Counter[str]:
    """How many of ``DRAWN`` scenarios show what."""
    count: Counter[str] = Counter()

    @settings(
        max_examples=EACH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios())
    def look(scenario: Scenario) -> None:
        shown: set[str] = set()
        judge = Judge()

        def watch(world: World, step: Step, seen: Observation) -> None:
            judge(world, step, seen)
            shown.add(f"{step.do} {seen.outcome.split()[0]} {seen.status or ''}".strip())
            if isinstance(step, s.Advance) and seen.status == "complete":
                truth = world.truth(step.player)
                shown.update({"undecided"} if truth.undecided else ())
                shown.update({"misled"} if truth.misled else ())

        run(scenario, watch)
        shown.update({"two recorders"} if judge.two_recorders else ())
        shown.update({"handoff"} if judge.handoff else ())
        count.update(shown)

    # Scenarios of one seed are like each other.
    for number in SEEDS:
        seed(number)(look)()
    return count


def test_each_sort_of_trouble_is_drawn() -> None:
    count = drawn()
    assert count["two recorders"] >= DRAWN / 4
    assert count["handoff"] >= DRAWN / 5
    assert count["commit fenced"] >= DRAWN / 50
    assert count["append_again done"] >= DRAWN / 50
    assert count["append_torn done"] >= DRAWN / 100
    assert count["handoff_again done"] >= DRAWN / 100
    assert count["append_raw done"] >= DRAWN / 20
    assert count["prune done"] >= DRAWN / 30
    assert count["take_player_hints done complete"] >= DRAWN / 50
    assert count["advance done failed: HoleInLog"] >= 1
    assert count["advance done tailing"] >= DRAWN / 20
    assert count["undecided"] >= DRAWN / 100
    assert count["misled"] >= 1


def test_most_steps_are_possible() -> None:
    count = drawn()
    impossible = sum(n for name, n in count.items() if name.endswith("impossible"))
    possible = sum(n for name, n in count.items() if " done" in name)
    assert impossible < possible / 4
