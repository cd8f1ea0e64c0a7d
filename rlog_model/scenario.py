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
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

import attrs
from attrs import frozen

SCENARIO_VERSION: Final = 1
"""The version of the language that this module reads and writes."""


class StepBase:
    """One thing that happens."""

    do: ClassVar[str]
    """Its name in JSON, member ``do``."""


@frozen
class StartRecorder(StepBase):
    """A recorder starts on ``log``: on an empty directory, or on what ``player`` rebuilt."""

    do: ClassVar[str] = "start_recorder"
    recorder: str
    log: str
    author: int
    player: str | None = None
    check_registers: bool = True


@frozen
class Create(StepBase):
    """A file is created at ``path``, or truncated if there is one."""

    do: ClassVar[str] = "create"
    recorder: str
    path: str
    name: str | None = None


@frozen
class Open(StepBase):
    """A file is opened. ``flags``: read, write, create, exclusive, truncate, append."""

    do: ClassVar[str] = "open"
    recorder: str
    path: str
    flags: tuple[str, ...]
    name: str | None = None


@frozen
class Write(StepBase):
    """Bytes are written to a file at ``offset``."""

    do: ClassVar[str] = "write"
    recorder: str
    file: str
    offset: int
    data: bytes
    times: int = 1


@frozen
class Truncate(StepBase):
    """A file is cut, or extended with zeros, to ``size`` bytes."""

    do: ClassVar[str] = "truncate"
    recorder: str
    file: str
    size: int


@frozen
class Link(StepBase):
    """The file at ``source`` is linked at ``target`` too."""

    do: ClassVar[str] = "link"
    recorder: str
    source: str
    target: str


@frozen
class Unlink(StepBase):
    """The file at ``path`` loses that link."""

    do: ClassVar[str] = "unlink"
    recorder: str
    path: str


@frozen
class Rename(StepBase):
    """The file or directory at ``source`` is renamed to ``target``."""

    do: ClassVar[str] = "rename"
    recorder: str
    source: str
    target: str


@frozen
class Commit(StepBase):
    """The next ``appends`` of the recorder's queue land, or all."""

    do: ClassVar[str] = "commit"
    recorder: str
    appends: int | None = None


@frozen
class AppendAgain(StepBase):
    """A committed append of the recorder lands once more, as a retry does; 0 is the newest."""

    do: ClassVar[str] = "append_again"
    recorder: str
    back: int = 0


@frozen
class Die(StepBase):
    """The recorder's process dies, with what is left in its queue."""

    do: ClassVar[str] = "die"
    recorder: str


@frozen
class TakeHints(StepBase):
    """The recorder's queue is committed, and then its hints are taken."""

    do: ClassVar[str] = "take_hints"
    recorder: str
    hints: str


@frozen
class AppendRaw(StepBase):
    """Another client appends bytes, with no register check."""

    do: ClassVar[str] = "append_raw"
    log: str
    data: bytes
    times: int = 1


@frozen
class Roll(StepBase):
    """The open fragment of the log is closed."""

    do: ClassVar[str] = "roll"
    log: str


@frozen
class Prune(StepBase):
    """Closed fragments of the log which end at or before offset ``before`` are deleted."""

    do: ClassVar[str] = "prune"
    log: str
    before: int


@frozen
class Play(StepBase):
    """A player is made of ``hints``, or of hints that name only ``log``."""

    do: ClassVar[str] = "play"
    player: str
    hints: str | None = None
    log: str | None = None


@frozen
class FinishAtWriteHead(StepBase):
    """The player is asked to finish at the write head."""

    do: ClassVar[str] = "finish_at_write_head"
    player: str


@frozen
class InjectHandoff(StepBase):
    """The player is asked to hand off to ``author``."""

    do: ClassVar[str] = "inject_handoff"
    player: str
    author: int


@frozen
class Advance(StepBase):
    """The player plays until it has ended, or earlier: ``head`` stops it as soon as it tails,
    ``append`` when the next thing it would do is the append of its handoff."""

    do: ClassVar[str] = "advance"
    player: str
    until: str = "end"


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
)

STEPS: Final[dict[str, type[Step]]] = {kind.do: kind for kind in typing.get_args(Step)}
"""Every kind of step, by its name in JSON."""

UNTIL: Final = ("head", "append", "end")
"""Where ``Advance`` can stop."""

OPEN_FLAGS: Final = ("read", "write", "create", "exclusive", "truncate", "append")
"""The flags of ``Open``."""


@frozen
class Scenario:
    """Steps, and what they are for."""

    steps: tuple[Step, ...]
    title: str = ""
    revision: str = "2023-12"
    """Name of the revision of the protocol."""


@frozen
class MalformedScenario(ValueError):
    """Data that is no scenario."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"this is no scenario: {self.where}: {self.reason}"


def to_json(scenario: Scenario) -> dict[str, Any]:
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
    steps = [f"  {json.dumps(step_to_json(step))}" for step in scenario.steps]
    return "\n".join(["{", *lines, ' "steps": [', ",\n".join(steps), " ]", "}", ""])


def loads(text: str | bytes) -> Scenario:
    """The scenario that ``text`` holds.

    Raises:
        MalformedScenario: it holds none, or one of another version.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise MalformedScenario("text", f"no JSON: {error}") from error
    return from_json(data)


def from_json(data: object) -> Scenario:
    """The scenario that JSON values hold.

    Raises:
        MalformedScenario: they hold none, or one of another version.
    """
    members = _members(data, "scenario", {"rlog_scenario", "title", "revision", "steps"})
    if (version := members.get("rlog_scenario")) != SCENARIO_VERSION:
        raise MalformedScenario("rlog_scenario", f"version {version!r}, not {SCENARIO_VERSION}")
    steps = members.get("steps")
    if not isinstance(steps, list):
        raise MalformedScenario("steps", "no list")
    return Scenario(
        tuple(_step_from_json(step, f"step {i}") for i, step in enumerate(steps)),
        _value(members.get("title", ""), str, "title"),
        _value(members.get("revision", "2023-12"), str, "revision"),
    )


def step_to_json(step: Step) -> dict[str, Any]:
    members: dict[str, Any] = {"do": step.do}
    for field in attrs.fields(type(step)):
        value = getattr(step, field.name)
        if value == field.default:
            continue
        members[field.name] = value.hex() if isinstance(value, bytes) else value
    return members


def _step_from_json(data: object, where: str) -> Step:
    members = _members(data, where, None)
    kind = STEPS.get(str(members.pop("do", None)))
    if kind is None:
        raise MalformedScenario(where, f"member 'do' is none of {', '.join(sorted(STEPS))}")
    hints = field_types(kind)
    if unknown := sorted(members.keys() - hints.keys()):
        raise MalformedScenario(where, f"{kind.do} has no member {unknown[0]!r}")
    required = {f.name for f in attrs.fields(kind) if f.default is attrs.NOTHING}
    if missing := sorted(required - members.keys()):
        raise MalformedScenario(where, f"{kind.do} needs the member {missing[0]!r}")
    values = {k: _value(v, hints[k], f"{where}, {k}") for k, v in members.items()}
    return kind(**values)


def field_types(kind: type[Step]) -> dict[str, Any]:
    """The members of a kind of step, with their types."""
    types_of = typing.get_type_hints(kind)
    return {field.name: types_of[field.name] for field in attrs.fields(kind)}


def _value(value: object, kind: Any, where: str) -> Any:
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        (kind,) = (k for k in typing.get_args(kind) if k is not types.NoneType)
    if kind is bytes and isinstance(value, str):
        try:
            return bytes.fromhex(value)
        except ValueError as error:
            raise MalformedScenario(where, "no hex") from error
    if typing.get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_value(v, str, where) for v in value)
    if kind in (str, int, bool) and type(value) is kind:
        return value
    raise MalformedScenario(where, f"{value!r} is no {getattr(kind, '__name__', kind)}")


def _members(data: object, where: str, known: Iterable[str] | None) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise MalformedScenario(where, "no object")
    if known is not None and (unknown := sorted(set(data) - set(known))):
        raise MalformedScenario(where, f"no member {unknown[0]!r} is known")
    return dict(data)
