"""Random scenarios that are drawn once, and serve several runs: with what the model shows of them.

Rules
-----
* A pool grows as it is asked, from one seed: the same seed gives the same scenarios.
* What drawing and executing a case took is kept with it, so that a run can count it as its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import attrs
from attrs import frozen
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.strategies import SearchStrategy

from rlog_model.scenario import Scenario
from rlog_model.simulation import world
from rlog_model.trace import Trace

BATCH: Final = 25
"""Scenarios that are drawn at a time."""


@frozen
class Case:
    """A scenario, and what the model shows of it."""

    scenario: Scenario
    expected: Trace
    seconds: float = 0.0
    """What it took to draw and execute it."""

    @classmethod
    def of(cls, scenario: Scenario) -> Case:
        """A case of a scenario that is at hand."""
        return cls(scenario, world.run(scenario, lambda world, step, seen: None))


class Pool:
    """Random scenarios of one strategy."""

    def __init__(self, strategy: Callable[[], SearchStrategy[Scenario]], first_seed: int) -> None:
        """``strategy`` makes the strategy; batches have rising seeds from ``first_seed`` on."""
        self._strategy = strategy
        self._seed = first_seed
        self._cases: list[Case] = []

    def __getitem__(self, index: int) -> Case:
        while index >= len(self._cases):
            self._cases.extend(self._drawn())
        return self._cases[index]

    def _drawn(self) -> list[Case]:
        cases: list[Case] = []
        began = time.perf_counter()

        @seed(self._seed)
        @settings(
            max_examples=BATCH,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=tuple(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(self._strategy())
        def collect(scenario: Scenario) -> None:
            nonlocal began
            case = Case.of(scenario)
            now = time.perf_counter()
            cases.append(attrs.evolve(case, seconds=now - began))
            began = now

        collect()
        self._seed += 1
        return cases
