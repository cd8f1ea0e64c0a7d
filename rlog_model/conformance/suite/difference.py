"""How an answer differs from what is expected: ADP-32 of ``spec/adapter``.

Rules
-----
* The first step that differs is told; in it the first of the levels *accepted*, *reason*, *state*,
  *bytes* at which it does. The snapshot comes behind all steps, as *state*.
* A member that is missing differs, and so does one that was not expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

LEVELS: Final = ("accepted", "reason", "state", "bytes")
"""The levels of comparison, from the least on."""

MISSING: Final = "(missing)"
"""Stands for a member that is not there."""

_OF_BYTES: Final = ("encoded",)


@frozen
class Difference:
    """The first place at which an answer is not what is expected."""

    level: str
    """One of ``LEVELS``."""

    step: int | None
    """Index of the step, from 0; none in the snapshot."""

    field: str
    """The member; in a snapshot with where it is: ``fsms.x.links[0].path``."""

    expected: Any
    actual: Any

    def to_json(self) -> dict[str, Any]:
        """The difference as JSON values."""
        return {
            "level": self.level,
            "step": self.step,
            "field": self.field,
            "expected": self.expected,
            "actual": self.actual,
        }


def difference(
    observations: list[Any],
    snapshot: dict[str, Any],
    answered: list[Any],
    answered_snapshot: Any,
) -> Difference | None:
    """Where an answer first differs from the ``observations`` and the ``snapshot`` that are
    expected; none if it does not.

    Spec: ADP-32.
    """
    if observations == answered and snapshot == answered_snapshot:
        return None
    for step, (expected, actual) in enumerate(zip(observations, answered, strict=False)):
        if expected != actual:
            return _in_observation(step, expected, actual)
    lengths = len(observations), len(answered)
    if lengths[0] != lengths[1]:
        return Difference("accepted", min(lengths), "length", *lengths)
    place, expected, actual = next(_places("", snapshot, answered_snapshot))
    return Difference("state", None, place, expected, actual)


def _in_observation(step: int, expected: dict[str, Any], actual: Any) -> Difference:
    if not isinstance(actual, dict):
        return Difference("accepted", step, "observation", expected, actual)
    one, other = expected["outcome"], actual.get("outcome", MISSING)
    if one != other:
        same = str(one).split(":")[0] == str(other).split(":")[0]
        return Difference("reason" if same else "accepted", step, "outcome", one, other)
    members = [name for name in (*expected, *actual) if name not in _OF_BYTES]
    for level, names in (("state", members), ("bytes", _OF_BYTES)):
        for name in names:
            values = expected.get(name, MISSING), actual.get(name, MISSING)
            if values[0] != values[1]:
                place, *differing = next(_places(name, *values))
                return Difference(level, step, place, *differing)
    raise AssertionError("observations that differ do so in a member")


def _places(place: str, expected: Any, actual: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, from the outside to the inside, and how."""
    if expected == actual:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in (*expected, *(name for name in actual if name not in expected)):
            inner = f"{place}.{name}" if place else name
            yield from _places(inner, expected.get(name, MISSING), actual.get(name, MISSING))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _places(f"{place}[{index}]", *pair)
    else:
        yield place, expected, actual
