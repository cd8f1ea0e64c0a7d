"""An implementation's answer to a scenario beside the model's, and beside the real directories.

Rules
-----
* Each observation is the model's.
* At the end of the scenario, the directory of each recorder and player holds what was last seen of
  it: told by the directory itself, not by the implementation.
"""

from __future__ import annotations

from pathlib import Path

from rlog_model import scenario as s
from rlog_model.conformance.adapter import Adapter, AdapterFailed
from rlog_model.conformance.directory import snapshot_of
from rlog_model.scenario import Scenario
from rlog_model.simulation.players import PlayerStep
from rlog_model.trace import DONE, Trace, Tree, first_divergence, tree_of


def failure_of(adapter: Adapter, scenario: Scenario, expected: Trace, **also: object) -> str | None:
    """Why the implementation fails the scenario; none if it does not. It is told ``also`` more."""
    with adapter.work() as work:
        try:
            actual = adapter.execute(scenario, work, **also)
        except AdapterFailed as failed:
            return str(failed)
        if divergence := first_divergence(expected, actual):
            return str(divergence)
        return wrong_directory(scenario, expected, work)


def wrong_directory(scenario: Scenario, expected: Trace, work: Path) -> str | None:
    """The first directory below ``work`` that is not as it should be at the end, and how."""
    for name, tree in _last_trees(scenario, expected).items():
        try:
            actual = tree_of(snapshot_of(work / name))
        except OSError as error:
            return f"directory {name} can't be read: {error}"
        if actual != tree:
            return f"directory {name}:\n  expected      {tree}\n  actually got  {actual}"
    return None


def _last_trees(scenario: Scenario, trace: Trace) -> dict[str, Tree]:
    """What each directory holds at the end of a scenario."""
    directories: dict[str, str] = {}
    trees: dict[str, Tree] = {}
    for step, seen in zip(scenario.steps, trace.observations, strict=True):
        match step:
            case s.StartRecorder(recorder) if seen.outcome == DONE:
                own = f"recorder-{recorder}" if step.player is None else f"player-{step.player}"
                directories[recorder] = own
        if seen.tree is None:
            continue
        shown: str | None = getattr(step, "recorder", None)
        if shown is not None:
            trees[directories[shown]] = seen.tree
        else:
            assert isinstance(step, PlayerStep), "only recorders and players show trees"
            trees[f"player-{step.player}"] = seen.tree
    return trees
