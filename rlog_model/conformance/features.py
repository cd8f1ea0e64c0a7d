"""What of the protocol a scenario reaches, as a set of words: its *features*.

Rules
-----
* Features are computed from the scenario and the model's trace of it, and from nothing else: so one
  scenario has the same features wherever it is executed.
* Each step has its kind with its outcome, and the status of the player that it moved; the kinds of
  two steps that follow each other, where both did something; what hints, trees, queues and sets of
  segments came to, as sizes.
* A size counts by the power of two that it reaches: 0, 1, 2, 4 and more, 8 and more...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from rlog_model.scenario import Scenario, Step
from rlog_model.scenario_fields import Json
from rlog_model.simulation import world
from rlog_model.trace import IMPOSSIBLE, Observation, Trace

Features = frozenset[str]


def features_of(scenario: Scenario) -> Features:
    """The features of a scenario, which the model executes.

    Raises:
        Exception: the model breaks at it.
    """
    return features(scenario, world.run(scenario, lambda world, step, seen: None))


def features(scenario: Scenario, trace: Trace) -> Features:
    """The features of a scenario, of which ``trace`` is the model's."""
    executed = list(zip(scenario.steps, trace.observations, strict=True))
    found = {feature for step, seen in executed for feature in _of_step(step, seen)}
    did = [step.do for step, seen in executed if seen.outcome != IMPOSSIBLE]
    found.update(f"{former}, then {latter}" for former, latter in pairwise(did))
    for kind in ("start_recorder", "play", "die", "take_hints"):
        found.add(f"{kind} x {_size(did.count(kind))}")
    return frozenset(found)


def _of_step(step: Step, seen: Observation) -> Iterator[str]:
    yield f"{step.do}: {seen.outcome}"
    if seen.status is not None:
        yield f"{step.do} to {seen.status}"
    if seen.queued is not None:
        yield f"queued {_size(seen.queued)}"
    if seen.tree is not None:
        yield f"files {_size(len(seen.tree['files']))}"
        yield f"linked twice {_size(len(seen.tree['same_file']))}"
    if isinstance(seen.segments, list):
        yield f"{step.do}: segments {_size(len(seen.segments))}"
    if seen.hints is not None:
        yield from _of_hints(step.do, seen.hints)


def _of_hints(kind: str, hints: Mapping[str, Json]) -> Iterator[str]:
    nodes, properties = hints["live_nodes"], hints["properties"]
    assert isinstance(nodes, list)
    assert isinstance(properties, list)
    segments = [
        segment
        for node in nodes
        if isinstance(node, dict) and isinstance(node["segments"], list)
        for segment in node["segments"]
        if isinstance(segment, dict)
    ]
    yield f"{kind}: files {_size(len(nodes))}"
    yield f"{kind}: properties {_size(len(properties))}"
    yield f"{kind}: segments {_size(len(segments))}"
    yield f"{kind}: authors {_size(len({str(segment['author']) for segment in segments}))}"
    yield f"{kind}: logs {_size(len({str(segment.get('log')) for segment in segments}))}"


def _size(count: int) -> int:
    """The power of two that a count reaches; 0 for none."""
    return 1 << (count.bit_length() - 1) if count > 0 else 0
