"""What an execution of a scenario observed, step by step, and how two of them differ."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Any, Final, TypedDict

import attrs
from attrs import frozen

from rlog_model.file_tree import Snapshot
from rlog_model.scenario_fields import Json


class Tree(TypedDict):
    """A directory."""

    files: dict[str, str]
    """Path -> content as hex."""

    same_file: list[list[str]]
    """Groups of two paths or more which are hard links of one file, sorted."""


DONE: Final = "done"
IMPOSSIBLE: Final = "impossible"
FENCED: Final = "fenced"


def refused(error: object) -> str:
    """The outcome of a step that an error refused: its type, and its reason or rule if any."""
    reason = getattr(error, "reason", None) or getattr(error, "rule", None)
    name = f" {reason.name}" if isinstance(reason, enum.Enum) else ""
    return f"refused: {type(error).__name__}{name}"


def tree_of(snapshot: Snapshot) -> Tree:
    """A directory as an observation has it."""
    return {
        "files": {path: content.hex() for path, content in snapshot.files},
        "same_file": [list(group) for group in snapshot.same_file],
    }


@frozen
class Observation:
    """What could be seen when a step had been executed. Spec: ADP-8, ADP-10."""

    outcome: str
    """``done``, ``impossible``, ``fenced``, or how it was refused: see ``refused``."""

    next_seq_no: int | None = None
    """The next sequence number of the recorder or player that the step is about."""

    next_checksum: int | None = None
    """Its next checksum."""

    queued: int | None = None
    """Appends in the recorder's queue."""

    head: int | None = None
    """The write head of the log that the step appended to."""

    hints: Mapping[str, Json] | None = None
    """Hints that were taken."""

    status: str | None = None
    """Of a player: ``reading``, ``tailing``, ``appending``, ``complete``, ``failed``."""

    encoded: str | None = None
    """Encoded operation or hints, or the bytes of a log, as hex."""

    frames: Json = None
    """The frames of a log, and the ranges that were skipped, in that order."""

    segments: Json = None
    """The segments of a set, or those that were asked for."""

    tree: Tree | None = None
    """The directory of the recorder, or of the player that is complete."""


@frozen
class Trace:
    """The observations of a scenario, one for each step."""

    observations: tuple[Observation, ...] = ()


@frozen
class Divergence:
    """The first place where two executions differ."""

    step: int
    """Index of the step, from 0."""

    field: str
    expected: object
    actual: object

    def __str__(self) -> str:
        return (
            f"step {self.step}, {self.field}:\n"
            f"  expected      {_short(self.expected)}\n"
            f"  actually got  {_short(self.actual)}"
        )


def first_divergence(expected: Trace, actual: Trace) -> Divergence | None:
    """The first field of the first step in which two traces differ; none if they agree."""
    pairs = zip(expected.observations, actual.observations, strict=False)
    for step, (one, other) in enumerate(pairs):
        for field in attrs.fields(Observation):
            a, b = getattr(one, field.name), getattr(other, field.name)
            if a != b:
                return Divergence(step, field.name, a, b)
    lengths = len(expected.observations), len(actual.observations)
    return Divergence(min(lengths), "length", *lengths) if lengths[0] != lengths[1] else None


def to_json(trace: Trace) -> list[dict[str, Json]]:
    """The trace as JSON values: what a step doesn't show is left out, and numbers are strings of
    decimal digits (ADP-8)."""
    return [observation_to_json(seen) for seen in trace.observations]


def observation_to_json(seen: Observation) -> dict[str, Json]:
    """An observation as JSON values: see ``to_json``."""
    shown: dict[str, Json] = {"outcome": seen.outcome}
    for name in _MEMBERS:
        value = getattr(seen, name)
        if value is not None:
            shown[name] = str(value) if isinstance(value, int) else value
    return shown


@frozen
class MalformedTrace(ValueError):
    """Data that is no trace."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"these are no observations: {self.where}: {self.reason}"


def from_json(data: object) -> Trace:
    """The trace that JSON values hold.

    Raises:
        MalformedTrace: they hold none.
    """
    if not isinstance(data, list):
        raise MalformedTrace("all", "no list")
    return Trace(tuple(_observation(seen, f"observation {i}") for i, seen in enumerate(data)))


def _observation(data: object, where: str) -> Observation:
    if not isinstance(data, dict):
        raise MalformedTrace(where, "no object")
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in _KINDS:
            raise MalformedTrace(where, f"no member {name!r} is known")
        if not isinstance(value, _KINDS[name]):
            raise MalformedTrace(where, f"{name} is {_short(value)}")
        if name in _NUMBERS and not _DIGITS.fullmatch(str(value)):
            raise MalformedTrace(where, f"{name} is {_short(value)}, not a string of digits")
        values[name] = int(str(value)) if name in _NUMBERS else value
    if "outcome" not in values:
        raise MalformedTrace(where, "the member 'outcome' is missing")
    return Observation(**values)


_DIGITS: Final = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_MEMBERS: Final = tuple(f.name for f in attrs.fields(Observation) if f.name != "outcome")
_NUMBERS: Final = ("next_seq_no", "next_checksum", "queued", "head")
"""The members which are strings of decimal digits in JSON."""

_KINDS: Final[dict[str, type]] = {
    "outcome": str,
    **dict.fromkeys(_NUMBERS, str),
    "hints": dict,
    "status": str,
    "encoded": str,
    "frames": list,
    "segments": list,
    "tree": dict,
}
"""What the members of an observation are in JSON; what is in the last ones is only compared."""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 2000 else f"{text[:2000]}... ({len(text)} characters)"
