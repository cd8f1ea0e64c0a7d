"""Recorded traces: a scenario, with what an executor showed of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model import trace as traces
from rlog_model.scenario import Scenario
from rlog_model.trace import Trace


@frozen
class Recorded:
    """A trace."""

    name: str
    scenario: Scenario
    trace: Trace


def to_json(recorded: Recorded) -> dict[str, Any]:
    """The trace as JSON values."""
    return {
        "name": recorded.name,
        "scenario": scenarios.to_json(recorded.scenario),
        "observations": traces.to_json(recorded.trace),
    }


def from_json(data: dict[str, Any]) -> Recorded:
    """The trace that JSON values hold."""
    return Recorded(
        data["name"],
        scenarios.from_json(data["scenario"]),
        traces.from_json(data["observations"]),
    )


def _of_model(scenario: Scenario) -> Trace:
    from rlog_model.simulation.world import run

    return run(scenario, lambda world, step, seen: None)


def _in_memory(scenario: Scenario) -> Trace:
    import contextlib

    from rlog_model.conformance.bundled import execute_in
    from rlog_model.conformance.directory import scratch, temporary_directory
    from rlog_model.journal.memory import MemoryStore

    with contextlib.ExitStack() as opened:
        root = temporary_directory(opened, scratch())
        return execute_in(root, opened.enter_context(MemoryStore()), scenario)


def _in_files(scenario: Scenario) -> Trace:
    from rlog_model.conformance.bundled import execute

    return execute(scenario)


# They import what a mutant changes when they are called: a mutant is installed before.
EXECUTORS: Final[dict[str, Callable[[Scenario], Trace]]] = {
    "model": _of_model,
    "memory": _in_memory,
    "files": _in_files,
}
"""Who can execute a scenario."""


def dumps(all_recorded: list[Recorded]) -> str:
    """Traces as text."""
    return json.dumps([to_json(recorded) for recorded in all_recorded])
