"""The smallest scenario that still fails.

Rules
-----
* Any sub-list of steps is a scenario: so steps are left out, many at once at first, then one by
  one, as long as what is left still fails. What is left then needs every step of it.
* Then each member of a step that has a default is given it, and counts are made less, where that
  still fails.
* What "fails" means is the caller's: mostly, that the same thing goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from rlog_model.scenario import MEMBERS, Scenario, Step

Fails = Callable[[Scenario], bool]


def minimise(scenario: Scenario, fails: Fails, more: Callable[[], bool]) -> Scenario:
    """The smallest scenario found that ``fails``, as ``scenario`` does, while there is ``more``
    time."""
    while more():
        smaller = _simplified(_shortened(scenario, fails, more), fails, more)
        if smaller == scenario:
            break
        scenario = smaller
    return scenario


def _shortened(scenario: Scenario, fails: Fails, more: Callable[[], bool]) -> Scenario:
    size = len(scenario.steps)
    while size > 0:
        # From the end: later steps rest on earlier ones.
        end = len(scenario.steps)
        while end > 0 and more():
            begin = max(end - size, 0)
            shorter = attrs.evolve(scenario, steps=scenario.steps[:begin] + scenario.steps[end:])
            if fails(shorter):
                scenario = shorter
            end = begin
        size //= 2
    return scenario


def _simplified(scenario: Scenario, fails: Fails, more: Callable[[], bool]) -> Scenario:
    for i in range(len(scenario.steps)):
        for step in _simpler(scenario.steps[i]):
            steps = (*scenario.steps[:i], step, *scenario.steps[i + 1 :])
            simpler = attrs.evolve(scenario, steps=steps)
            if more() and fails(simpler):
                scenario = simpler
                break
    return scenario


def _simpler(step: Step) -> Iterator[Step]:
    """The step with one member less or simpler."""
    for member in MEMBERS[step.do]:
        value = getattr(step, member.name)
        if member.default is not attrs.NOTHING and value != member.default:
            yield _with(step, member.name, member.default)
        if isinstance(value, bytes) and len(value) > 1 and step.do in ("write", "append_raw"):
            yield _with(step, member.name, value[: len(value) // 2])


def _with(step: Step, name: str, value: object) -> Step:
    given = {member.name: getattr(step, member.name) for member in MEMBERS[step.do]}
    return type(step)(**{**given, name: value})
