"""Random scenarios through an adapter, of what it claims; one that fails is made small.

Rules
-----
* Each claimed capability has scenarios of its own kind, and all kinds have turns of equal number.
* What a scenario needs beside that (several logs, properties), or its revision, may not be claimed:
  then another one is drawn.
* A failure whose signature is a known divergence's has found nothing new.
* The first new failure ends the run. It is made small, see ``minimise``, if it fails in a process
  of its own, too.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Final

import attrs
from attrs import frozen
from hypothesis.strategies import SearchStrategy

from rlog_model.conformance.adapter import Adapter
from rlog_model.conformance.minimise import minimise
from rlog_model.conformance.pool import Pool
from rlog_model.conformance.suite.capabilities import requires
from rlog_model.conformance.suite.divergences import Known, step_kind
from rlog_model.conformance.suite.projection import projections
from rlog_model.conformance.suite.record import Failure
from rlog_model.conformance.suite.run import Options, adapter_of, judge
from rlog_model.conformance.suite.vector import Vector, made
from rlog_model.scenario import Scenario
from rlog_model.simulation.focused import event_scenarios, mixed_scenarios, play_scenarios
from rlog_model.simulation.part_strategies import (
    codec_scenarios,
    fsm_scenarios,
    segment_scenarios,
)
from rlog_model.simulation.raw_logs import (
    hints_scenarios,
    journal_scenarios,
    raw_log_scenarios,
)

MINIMISE_SECONDS: Final = 20.0
"""Seconds in which a scenario that fails is made smaller."""


def _fsms() -> SearchStrategy[Scenario]:
    return fsm_scenarios() | hints_scenarios() | play_scenarios()


def _plays() -> SearchStrategy[Scenario]:
    return raw_log_scenarios() | journal_scenarios() | play_scenarios() | mixed_scenarios()


STRATEGIES: Final[dict[str, Callable[[], SearchStrategy[Scenario]]]] = {
    "codec": codec_scenarios,
    "segments": segment_scenarios,
    "fsm": _fsms,
    "player": _plays,
    "recorder": event_scenarios,
    "worlds": mixed_scenarios,
}
"""What is drawn for each capability. Of scenarios of worlds, the projections are taken."""


@frozen
class Found:
    """A scenario that fails."""

    scenario: Scenario
    failure: Failure
    vector: Vector


@frozen
class Tried:
    """What random scenarios came to."""

    scenarios: int
    steps: int
    applies: int
    seconds: float
    known: int
    """How many failed as a known divergence does."""

    found: Found | None


def try_random(
    options: Options,
    seconds: float,
    first_seed: int,
    *,
    progress: Callable[[int], None] = lambda scenarios: None,
) -> Tried:
    """Try random scenarios for so many seconds, or up to the first that fails.

    Raises:
        AdapterFailed: it does not say hello.
    """
    began = time.monotonic()
    scenarios = steps = applies = known_ones = 0
    found: Found | None = None
    with adapter_of(options) as adapter:
        hello = adapter.hello
        known = options.known.of_version(hello.version)
        kinds = [name for name in STRATEGIES if name in hello.capabilities]
        for scenario in _drawn(kinds, hello.capabilities, hello.revision, first_seed):
            if time.monotonic() - began > seconds or found is not None:
                break
            vector = random_vector(scenario)
            scenarios, steps = scenarios + 1, steps + vector.steps
            applies += vector.applies
            progress(scenarios)
            failure = judge(adapter, vector).failure
            if failure is None:
                continue
            if explained(failure, vector, known):
                known_ones += 1
            else:
                found = Found(scenario, failure, vector)
                with adapter_of(options) as another:
                    alone = judge(another, vector).failure
                if alone is None:
                    # Any scenario might fail in the process that it failed in: nothing to minimise.
                    told = attrs.evolve(failure, alone="leaked state, or a flake")
                    found = Found(scenario, told, vector)
                else:
                    found = _smallest(adapter, found, known)
    taken = time.monotonic() - began
    return Tried(scenarios, steps, applies, taken, known_ones, found)


def random_vector(scenario: Scenario) -> Vector:
    """A scenario with what the model shows of it."""
    return made(scenario, "random", clauses=(), provenance={"made_by": "random", "source": ""})


def explained(failure: Failure, vector: Vector, known: Known) -> bool:
    """Whether a known divergence has the signature of a failure."""
    found = failure.difference
    if found is None:
        return False
    return known.explaining(found, step_kind(found, vector.scenario["steps"])) is not None


def _drawn(
    kinds: list[str], claimed: frozenset[str], revision: str, first_seed: int
) -> Iterator[Scenario]:
    if not kinds:
        return
    pools = {kind: Pool(STRATEGIES[kind], first_seed + i) for i, kind in enumerate(kinds)}
    for number in itertools.count():
        for kind in kinds:
            drawn = attrs.evolve(pools[kind][number].scenario, revision=revision)
            for scenario in (drawn, *projections(drawn)):
                needed = requires(scenario)
                if kind in needed and claimed.issuperset(needed):
                    yield scenario
                    break


def _smallest(adapter: Adapter, found: Found, known: Known) -> Found:
    """The smallest scenario that still fails, in whatever new way."""
    until = time.monotonic() + MINIMISE_SECONDS
    smallest = found

    def fails(scenario: Scenario) -> bool:
        nonlocal smallest
        vector = random_vector(scenario)
        failure = judge(adapter, vector).failure
        if failure is None or explained(failure, vector, known):
            return False
        smallest = Found(scenario, failure, vector)
        return True

    minimise(found.scenario, fails, lambda: time.monotonic() < until)
    return smallest
