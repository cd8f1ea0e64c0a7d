"""Steps, executed by the model."""

from __future__ import annotations

from rlog_model.revision import CURRENT
from rlog_model.scenario import Step
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import Observation


def executed(*steps: Step, world: World | None = None) -> tuple[World, list[Observation]]:
    """The world behind the steps, and what was seen at each."""
    world, seen = world or World(CURRENT), []
    for step in steps:
        world, observation = execute(world, step)
        seen.append(observation)
    return world, seen
