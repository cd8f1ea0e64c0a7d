"""The failures of a run: in groups, and in words.

Rules
-----
* Failures are *grouped* by what they have in common: their kind, and of a difference its level, its
  member and the kind of its step. Names and indices in the path of a member don't tell groups
  apart.
* A failure is told as *state was*, *expected*, *actually got*.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from typing import Any, Final

from attrs import frozen

from rlog_model.conformance.suite.record import FAILED, Record, Result
from rlog_model.conformance.suite.reports import steps, text


@frozen
class Group:
    """Failures that have something in common."""

    kind: str
    level: str
    """Of comparison; empty where there is no difference."""

    field: str
    do: str
    """The kind of the step, or ``snapshot``; empty where there is no difference."""

    results: tuple[Result, ...]

    @property
    def title(self) -> str:
        """What they have in common, in words."""
        if not self.level:
            return _KINDS.get(self.kind, text.value(self.kind))
        where = f"of {self.do}" if self.do != steps.SNAPSHOT else "of the snapshot"
        told = f"{self.level} differs: {text.value(self.field)} {where}"
        return told if self.kind == "differs" else f"{text.value(self.kind)}: {told}"


@frozen
class Told:
    """A failure in words."""

    state_was: str
    expected: str
    got: str


_KINDS: Final = {
    "differs": "the answer differs",
    "hang": "no answer came in time",
    "died": "the adapter died",
    "garbage": "the answer was garbage",
    "broke": "the adapter met an error of its own",
    "unsupported": "unsupported, though its capability is claimed",
    "stale": "a known divergence is not as it is listed",
    "directory": "what is on disk is not what it should be",
}


_EXPECTED: Final = {
    "stale": "what the list of known divergences says",
    "directory": "the tree of files that was recorded",
}


def failed(record: Record) -> tuple[Result, ...]:
    """The results that failed, allowed ones too."""
    return tuple(result for result in record.results if result.status == FAILED)


def groups(record: Record) -> tuple[Group, ...]:
    """The failures in groups: first those that fail the run, then the larger ones."""
    found: dict[tuple[str, str, str, str], list[Result]] = defaultdict(list)
    for result in failed(record):
        found[_in_common(result)].append(result)
    made = [Group(*key, tuple(results)) for key, results in found.items()]
    return tuple(
        sorted(made, key=lambda g: (not any(r.failed for r in g.results), -len(g.results)))
    )


def in_words(result: Result) -> Told:
    """A failure as *state was*, *expected*, *actually got*."""
    failure = result.failure
    if failure is None:
        return Told("not told", "not told", "not told")
    if failure.difference is None:
        expected = _EXPECTED.get(failure.kind, "an answer")
        return Told("not known: no step is named", expected, text.clean(failure.detail))
    differing = failure.difference
    one, other = text.values(differing.expected, differing.actual)
    member = text.value(differing.field)
    was = steps.state_before(steps_of(result), result.expected or [], differing.step)
    return Told(was, f"{member}: {one}", f"{member}: {other}")


def failing_step(result: Result) -> int | None:
    """Index of the step at which a failure shows; none in the snapshot, or if it is not known."""
    failure = result.failure
    return failure.difference.step if failure and failure.difference else None


def in_snapshot(result: Result) -> bool:
    """Whether a failure shows in the snapshot."""
    failure = result.failure
    return bool(failure and failure.difference and failure.difference.step is None)


def file_name(result: Result) -> str:
    """The name of a file for the scenario of a vector: nothing in it is a path, or needs quotes."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", result.id) + ".json"


def replay(record: Record, result: Result, folder: str = "") -> str:
    """The command that executes a vector's scenario again.

    Args:
        record: the run, which knows the command of the adapter.
        result: one of its failures.
        folder: where the file of the scenario is; else the vector is named by its id.
    """
    file = f"{folder.rstrip('/')}/{file_name(result)}" if folder else text.clean(result.id)
    command = " ".join(text.clean(shlex.quote(word)) for word in record.head.command)
    return f"rlog replay {shlex.quote(file)} -- {command}"


def steps_of(result: Result) -> list[Any]:
    """The steps of a failure's scenario, if it has any."""
    listed = (result.scenario or {}).get("steps", [])
    return listed if isinstance(listed, list) else []


def where(result: Result) -> str:
    """At which step a failure shows: ``step 3: apply create /a``; empty if it is not known."""
    index, listed = failing_step(result), steps_of(result)
    if index is None:
        return "the snapshot, behind all steps" if in_snapshot(result) else ""
    return f"step {index}: {steps.words(listed[index])}" if index < len(listed) else f"step {index}"


def _in_common(result: Result) -> tuple[str, str, str, str]:
    failure = result.failure
    if failure is None or failure.difference is None:
        return (failure.kind if failure else "", "", "", "")
    differing = failure.difference
    if differing.step is None:  # fsms.f.links[0].path: of any FSM, and of any link
        field = re.sub(r"^(\w+)\.[\w-]+", r"\1.*", differing.field)
    else:
        field = differing.field
    field = re.sub(r"\[\d+\]", "[]", field)
    return failure.kind, differing.level, field, steps.kind(result.scenario, differing.step)
