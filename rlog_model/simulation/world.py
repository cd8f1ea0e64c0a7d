"""A world of logs, recorders and players, as a value: the model executes a scenario.

Rules: those of ``scenario``. A world is immutable; ``execute`` gives the next one, and what could
be seen.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from rlog_model import scenario as s
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Scenario, Step
from rlog_model.scenario_parts import Part
from rlog_model.simulation.parts import Parts, execute_part
from rlog_model.simulation.players import PlayerStep, give_hints, player_step
from rlog_model.simulation.recorders import recorder_step, start_recorder
from rlog_model.simulation.state import Executed, World
from rlog_model.trace import DONE, Observation, Trace


def execute(world: World, step: Step) -> Executed:
    """The world behind a step, and what could be seen. Spec: ADP-10, ADP-21."""
    if isinstance(step, Part):
        parts, seen = execute_part(world.parts or Parts(world.revision), step)
        return attrs.evolve(world, parts=parts), seen
    match step:
        case s.StartRecorder():
            return start_recorder(world, step)
        case s.AppendRaw(log, data, times):
            grown = world.log(log).append(data * times)
            assert grown is not None, "an append without a check lands"
            return world.with_log(log, grown), Observation(DONE, head=grown.head)
        case s.ReadLog(log, offset):
            at = world.log(log)
            return world, Observation(DONE, head=at.head, encoded=at.from_offset(offset).hex())
        case s.GiveHints():
            return give_hints(world, step)
        case s.Roll(log):
            return world.with_log(log, world.log(log).roll()), Observation(DONE)
        case s.Prune(log, before, begin):
            return world.with_log(log, world.log(log).prune(before, begin)), Observation(DONE)
        case _ if isinstance(step, PlayerStep):
            return player_step(world, step)
        case _:
            return recorder_step(world, step)


def run(scenario: Scenario, watch: Callable[[World, Step, Observation], None]) -> Trace:
    """Execute a scenario; ``watch`` is shown the world behind each step."""
    world = World(REVISIONS[scenario.revision])
    observations: list[Observation] = []
    for step in scenario.steps:
        world, seen = execute(world, step)
        observations.append(seen)
        watch(world, step, seen)
    return Trace(tuple(observations))
