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
from typing import Annotated, Any, ClassVar, Final

import attrs
from attrs import frozen

from rlog_model.revision import CURRENT, REVISIONS
from rlog_model.scenario_fields import (
    AuthorNumber,
    Choice,
    Json,
    LogName,
    Name,
    Text,
    members_of,
)
from rlog_model.scenario_fields import MalformedScenario as MalformedScenario
from rlog_model.scenario_parts import Part, StepBase

SCENARIO_VERSION: Final = 1
"""The version of the language that this module reads and writes."""

UNTIL: Final = ("head", "append", "end")
"""Where ``Advance`` can stop."""

OPEN_FLAGS: Final = ("read", "write", "create", "exclusive", "truncate", "append")
"""The flags of ``Open``."""

OpenFlag = Annotated[str, Choice(OPEN_FLAGS)]
Until = Annotated[str, Choice(UNTIL)]


@frozen
class StartRecorder(StepBase):
    """A recorder starts on ``log``: on an empty directory, or on what ``player`` rebuilt."""

    do: ClassVar[str] = "start_recorder"
    recorder: Name
    log: LogName
    author: AuthorNumber
    player: Name | None = None
    check_registers: bool = True


@frozen
class Create(StepBase):
    """A file is created at ``path``, or truncated if there is one."""

    do: ClassVar[str] = "create"
    recorder: Name
    path: str
    name: Name | None = None


@frozen
class Open(StepBase):
    """A file is opened. ``flags``: ``read`` or ``write`` or both; and, of ``create``,
    ``exclusive`` (with ``create``), ``truncate`` (with ``write``) and ``append``, any."""

    do: ClassVar[str] = "open"
    recorder: Name
    path: str
    flags: tuple[OpenFlag, ...]
    name: Name | None = None


@frozen
class Write(StepBase):
    """Bytes are written to a file at ``offset``."""

    do: ClassVar[str] = "write"
    recorder: Name
    file: str
    offset: int
    data: bytes
    times: int = 1


@frozen
class Truncate(StepBase):
    """A file is cut, or extended with zeros, to ``size`` bytes."""

    do: ClassVar[str] = "truncate"
    recorder: Name
    file: str
    size: int


@frozen
class Link(StepBase):
    """The file at ``source`` is linked at ``target`` too."""

    do: ClassVar[str] = "link"
    recorder: Name
    source: str
    target: str


@frozen
class Unlink(StepBase):
    """The file at ``path`` loses that link."""

    do: ClassVar[str] = "unlink"
    recorder: Name
    path: str


@frozen
class Rename(StepBase):
    """The file or directory at ``source`` is renamed to ``target``."""

    do: ClassVar[str] = "rename"
    recorder: Name
    source: str
    target: str


@frozen
class Commit(StepBase):
    """The next ``appends`` of the recorder's queue land, or all."""

    do: ClassVar[str] = "commit"
    recorder: Name
    appends: int | None = None


@frozen
class AppendAgain(StepBase):
    """A committed append of the recorder lands once more, as a retry does; 0 is the newest."""

    do: ClassVar[str] = "append_again"
    recorder: Name
    back: int = 0


@frozen
class Die(StepBase):
    """The recorder's process dies, with what is left in its queue."""

    do: ClassVar[str] = "die"
    recorder: Name


@frozen
class TakeHints(StepBase):
    """The recorder's queue is committed, and then its hints are taken."""

    do: ClassVar[str] = "take_hints"
    recorder: Name
    hints: Name


@frozen
class AppendRaw(StepBase):
    """Another client appends bytes, with no register check."""

    do: ClassVar[str] = "append_raw"
    log: LogName
    data: bytes
    times: int = 1


@frozen
class Roll(StepBase):
    """The open fragment of the log is closed."""

    do: ClassVar[str] = "roll"
    log: LogName


@frozen
class Prune(StepBase):
    """Closed fragments of the log which end at or before offset ``before`` are deleted."""

    do: ClassVar[str] = "prune"
    log: LogName
    before: int


@frozen
class Play(StepBase):
    """A player is made of ``hints``, or of hints that name only ``log``."""

    do: ClassVar[str] = "play"
    player: Name
    hints: Name | None = None
    log: LogName | None = None


@frozen
class FinishAtWriteHead(StepBase):
    """The player is asked to finish at the write head."""

    do: ClassVar[str] = "finish_at_write_head"
    player: Name


@frozen
class InjectHandoff(StepBase):
    """The player is asked to hand off to ``author``."""

    do: ClassVar[str] = "inject_handoff"
    player: Name
    author: AuthorNumber


@frozen
class Advance(StepBase):
    """The player plays until it has ended, or earlier: ``head`` stops it when it tails and has
    read all there is, ``append`` when the next thing it would do is the append of its handoff."""

    do: ClassVar[str] = "advance"
    player: Name
    until: Until = "end"


Step = (
    StartRecorder
    | Create
    | Open
    | Write
    | Truncate
    | Link
    | Unlink
    | Rename
    | Commit
    | AppendAgain
    | Die
    | TakeHints
    | AppendRaw
    | Roll
    | Prune
    | Play
    | FinishAtWriteHead
    | InjectHandoff
    | Advance
    | Part
)
"""Every step: of worlds, and of parts (see ``scenario_parts``)."""

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


def to_json(scenario: Scenario) -> dict[str, Json]:
    """The scenario as JSON values. Members that have their default are left out."""
    return {
        "rlog_scenario": SCENARIO_VERSION,
        "title": scenario.title,
        "revision": scenario.revision,
        "steps": [step_to_json(step) for step in scenario.steps],
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


def step_to_json(step: Step) -> dict[str, Json]:
    """The step as JSON values. Members that have their default are left out."""
    given: dict[str, Json] = {"do": step.do}
    for member in MEMBERS[step.do]:
        match getattr(step, member.name):
            case value if value == member.default:
                pass
            case bytes() as content:
                given[member.name] = content.hex()
            case tuple() as items:
                given[member.name] = list(items)
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
