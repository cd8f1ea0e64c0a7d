"""The scenario language: what happens to logs, recorders and players, step by step.

A scenario is data. Whatever makes one - a random machine, an enumeration, a person - writes the
same JSON, and whatever executes one - the model, the implementation, an adapter - reads it.

Rules
-----
* Recorders, players, hints and open files have names, given by the step that makes them. Logs are
  there as soon as they are named.
* A recorder's appends queue up, and land when a step commits them: so every interleaving of
  several recorders is a scenario.
* ``file`` is a path (it begins with ``/``), or the name of an open file, which it keeps when the
  file is renamed or unlinked.
* A step that can't be executed - it names what isn't there, or makes what is there already - is
  *impossible*: it does nothing, and execution goes on. So any sub-list of steps is a scenario.
* Bytes are written as hex. ``times`` repeats them.
* What the members may hold is said in ``scenario_fields``.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from rlog_model.revision import CURRENT, REVISIONS
from rlog_model.scenario_fields import (
    Choice,
    Json,
    Text,
    members_of,
)
from rlog_model.scenario_fields import MalformedScenario as MalformedScenario
from rlog_model.scenario_steps import OPEN_FLAGS as OPEN_FLAGS
from rlog_model.scenario_steps import UNTIL as UNTIL
from rlog_model.scenario_steps import Advance as Advance
from rlog_model.scenario_steps import AppendAgain as AppendAgain
from rlog_model.scenario_steps import AppendRaw as AppendRaw
from rlog_model.scenario_steps import AppendTorn as AppendTorn
from rlog_model.scenario_steps import Commit as Commit
from rlog_model.scenario_steps import Create as Create
from rlog_model.scenario_steps import Die as Die
from rlog_model.scenario_steps import FinishAtWriteHead as FinishAtWriteHead
from rlog_model.scenario_steps import GiveHints as GiveHints
from rlog_model.scenario_steps import HandoffAgain as HandoffAgain
from rlog_model.scenario_steps import InjectHandoff as InjectHandoff
from rlog_model.scenario_steps import Link as Link
from rlog_model.scenario_steps import Open as Open
from rlog_model.scenario_steps import Play as Play
from rlog_model.scenario_steps import Prune as Prune
from rlog_model.scenario_steps import ReadLog as ReadLog
from rlog_model.scenario_steps import Rename as Rename
from rlog_model.scenario_steps import Roll as Roll
from rlog_model.scenario_steps import StartRecorder as StartRecorder
from rlog_model.scenario_steps import Step as Step
from rlog_model.scenario_steps import TakeHints as TakeHints
from rlog_model.scenario_steps import TakePlayerHints as TakePlayerHints
from rlog_model.scenario_steps import Truncate as Truncate
from rlog_model.scenario_steps import Unlink as Unlink
from rlog_model.scenario_steps import Write as Write

SCENARIO_VERSION: Final = 1
"""The version of the language that this module reads and writes."""

STEPS: Final[dict[str, type[Step]]] = {kind.do: kind for kind in typing.get_args(Step)}
"""Every kind of step, by its name in JSON."""

MEMBERS: Final = {name: members_of(kind) for name, kind in STEPS.items()}
"""The members of every kind of step, but ``do``, by its name in JSON."""


@frozen
class Scenario:
    """Steps, and what they are for."""

    steps: tuple[Step, ...]
    title: str = ""
    revision: str = CURRENT.name
    """Name of the revision of the protocol."""


def to_json(scenario: Scenario, *, digits: bool = False) -> dict[str, Json]:
    """The scenario as JSON values. Members that have their default are left out. With ``digits``,
    numbers are strings of decimal digits."""
    return {
        "rlog_scenario": SCENARIO_VERSION,
        "title": scenario.title,
        "revision": scenario.revision,
        "steps": [step_to_json(step, digits=digits) for step in scenario.steps],
    }


def dumps(scenario: Scenario) -> str:
    """The scenario as text: one line a step."""
    head = {k: v for k, v in to_json(scenario).items() if k != "steps"}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    steps = ",\n".join(f"  {json.dumps(step_to_json(step))}" for step in scenario.steps)
    return "\n".join(["{", *lines, ' "steps": [', *([steps] if steps else []), " ]", "}", ""])


def loads(text: str | bytes) -> Scenario:
    """The scenario that ``text`` holds.

    Raises:
        MalformedScenario: it holds none, or one of another version.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedScenario("text", f"no JSON: {error}") from error
    return from_json(data)


def from_json(data: object) -> Scenario:
    """The scenario that JSON values hold.

    Raises:
        MalformedScenario: they hold none, or one of another version.
    """
    given = _object(data, "scenario")
    if unknown := given.keys() - {"rlog_scenario", "title", "revision", "steps"}:
        raise MalformedScenario("scenario", f"no member {min(unknown)!r} is known")
    version = given.get("rlog_scenario")
    if version != SCENARIO_VERSION or isinstance(version, bool):
        raise MalformedScenario("rlog_scenario", f"version {version!r}, not {SCENARIO_VERSION}")
    steps = given.get("steps")
    if not isinstance(steps, list):
        raise MalformedScenario("steps", "no list")
    return Scenario(
        tuple(_step_from_json(step, f"step {i}") for i, step in enumerate(steps)),
        Text().read(given.get("title", ""), "title"),
        Choice(tuple(REVISIONS)).read(given.get("revision", CURRENT.name), "revision"),
    )


def step_to_json(step: Step, *, digits: bool = False) -> dict[str, Json]:
    """The step as JSON values. Members that have their default are left out. With ``digits``,
    numbers are strings of decimal digits, which no reader makes doubles of."""
    given: dict[str, Json] = {"do": step.do}
    for member in MEMBERS[step.do]:
        match getattr(step, member.name):
            case value if value == member.default:
                pass
            case bytes() as content:
                given[member.name] = content.hex()
            case tuple() as items:
                given[member.name] = list(items)
            case int() as number if digits and not isinstance(number, bool):
                given[member.name] = str(int(number))
            case value:
                given[member.name] = value
    return given


def _step_from_json(data: object, where: str) -> Step:
    given = _object(data, where)
    kind = STEPS.get(str(given.pop("do", None)))
    if kind is None:
        raise MalformedScenario(where, f"member 'do' is none of {', '.join(sorted(STEPS))}")
    values: dict[str, Any] = {}
    for member in MEMBERS[kind.do]:
        if member.name in given:
            value = given.pop(member.name)
            values[member.name] = member.rule.read(value, f"{where}, {member.name}")
        elif member.default is attrs.NOTHING:
            raise MalformedScenario(where, f"{kind.do} needs the member {member.name!r}")
    if given:
        raise MalformedScenario(where, f"{kind.do} has no member {min(given)!r}")
    return kind(**values)


def _object(data: object, where: str) -> dict[str, object]:
    if not isinstance(data, Mapping):
        raise MalformedScenario(where, "no object")
    return {str(name): value for name, value in data.items()}
