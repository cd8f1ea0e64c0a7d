"""The record of a run: lines of JSON, from which every report is made.

Rules
-----
* The first line is the *head*: ``{"rlog_record": 1, ...}``: what was run, and on what.
* Then there is one line for each vector, as soon as it is judged: a *result*.
* The last line is the *footer*: ``{"footer": {...}}``. A record without one is of a run that did
  not come to its end: it is *incomplete*, and never passes.
* A last line without a line feed was cut off as it was written. It is passed over.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import field, frozen

from rlog_model.conformance.suite.difference import Difference

RECORD_VERSION: Final = 1
"""The version of the format that this module reads and writes."""

PASSED: Final = "passed"
FAILED: Final = "failed"
KNOWN: Final = "known"
"""It fails as its known divergence says."""

UNTESTED: Final = "untested"
"""It needs a capability that the implementation does not claim, or another revision."""

STATUSES: Final = (PASSED, FAILED, KNOWN, UNTESTED)
"""What can become of a vector."""


@frozen
class Failure:
    """Why a vector failed."""

    kind: str
    """``differs``, ``hang``, ``died``, ``garbage``, ``broke``, ``unsupported``; or ``stale`` where
    a known divergence was not met as it was listed, and ``directory`` where what an adapter left
    on disk is not what it should be."""

    detail: str
    """What happened, for people."""

    difference: Difference | None = None
    """Where the answer differs, if it does."""

    alone: str = ""
    """What the same vector did in a process of its own: ``fails alike``, ``leaked state`` (it fails
    only behind others), ``flake`` (it fails now and then); empty if it was not tried."""


@frozen
class Result:
    """What became of a vector."""

    id: str
    title: str
    clauses: tuple[str, ...]
    level: str
    requires: tuple[str, ...]
    steps: int
    status: str
    """One of ``STATUSES``."""

    seconds: float = 0.0
    why: str = ""
    """Of an untested one: what is lacking. Of a known one: the reason that its entry gives."""

    failure: Failure | None = None
    scenario: dict[str, Any] | None = None
    """Of one that failed, the scenario; none for others."""

    expected: list[Any] | None = None
    """Of one that failed, the observations that were expected; none for others."""

    answered: list[Any] | None = None
    """Of one that failed, the observations that were answered, if any."""

    @property
    def failed(self) -> bool:
        """Whether the run fails by it: a *may* never does."""
        return self.status == FAILED and self.level != "may"

    def to_json(self) -> dict[str, Any]:
        """The result as JSON values. Members that have their default are left out."""
        shown = attrs.asdict(self, recurse=True)
        default = {member.name: member.default for member in attrs.fields(Result)}
        return {name: value for name, value in shown.items() if value != default[name]}


@frozen
class Head:
    """What was run, and on what."""

    command: tuple[str, ...]
    """The adapter's command."""

    implementation: str
    version: str
    language: str
    revision: str
    capabilities: tuple[str, ...]
    vectors: int
    """How many there are in the run."""

    suite: str
    """The name and version of the harness."""


@frozen
class Record:
    """A run, as far as it came."""

    head: Head
    results: tuple[Result, ...]
    seconds: float | None
    """How long it took; none if it is incomplete."""

    broken: tuple[str, ...] = ()
    """What went wrong beside vectors: an adapter that does not end at its bye, an entry of the
    known divergences that matches nothing."""

    counts: Counter[str] = field(init=False, repr=False, eq=False)
    """How many results there are of each status."""

    @counts.default
    def _count(self) -> Counter[str]:
        return Counter(result.status for result in self.results)

    @property
    def complete(self) -> bool:
        """Whether it has come to its end."""
        return self.seconds is not None

    @property
    def passes(self) -> bool:
        """Whether it is complete, each vector has a result, something was tested, and nothing is
        wrong."""
        all_told = len(self.results) >= self.head.vectors
        right = not self.broken and not any(result.failed for result in self.results)
        tested = any(result.status != UNTESTED for result in self.results)
        return self.complete and all_told and tested and right


def line_of(data: dict[str, Any]) -> str:
    """A line of a record."""
    return json.dumps(data, separators=(",", ":")) + "\n"


def head_line(head: Head) -> str:
    """The first line."""
    return line_of({"rlog_record": RECORD_VERSION, **attrs.asdict(head)})


def footer_line(record: Record) -> str:
    """The last line."""
    footer = {
        "seconds": record.seconds,
        "passes": record.passes,
        "broken": list(record.broken),
        **{status: record.counts[status] for status in STATUSES},
    }
    return line_of({"footer": footer})


@frozen
class MalformedRecord(ValueError):
    """A file that is no record."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"this is no record: {self.where}: {self.reason}"


def read(file: Path) -> Record:
    """The record in a file.

    Raises:
        MalformedRecord: it holds none, or one of another version.
        OSError: it can't be read.
    """
    try:
        lines = list(_values(file.read_text(encoding="utf-8").split("\n")))
    except UnicodeDecodeError as error:
        raise MalformedRecord(str(file), f"no UTF-8: {error}") from error
    if not lines or lines[0].pop("rlog_record", None) != RECORD_VERSION:
        raise MalformedRecord("line 1", f"no head of version {RECORD_VERSION}")
    footer = lines.pop().get("footer") if len(lines) > 1 and "footer" in lines[-1] else None
    with _line(1):
        lists = {name: tuple(lines[0][name]) for name in ("command", "capabilities")}
        head = Head(**{**lines[0], **lists})
    results: list[Result] = []
    for number, line in enumerate(lines[1:], start=2):
        with _line(number):
            results.append(_result(line))
    if footer is None:
        return Record(head, tuple(results), None)
    with _line(len(lines) + 1):
        return Record(head, tuple(results), footer["seconds"], tuple(footer["broken"]))


@contextmanager
def _line(number: int) -> Iterator[None]:
    """Say in which line it is that something is wrong."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        reason = f"a member is missing or not known: {error}"
        raise MalformedRecord(f"line {number}", reason) from error


def _values(lines: list[str]) -> Iterator[dict[str, Any]]:
    # A line that no line feed ends is the last one, of a run that was killed as it wrote it.
    for number, line in enumerate(lines[:-1], start=1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise MalformedRecord(f"line {number}", f"no JSON: {error}") from error
        if not isinstance(value, dict):
            raise MalformedRecord(f"line {number}", "no object")
        yield value


def _result(data: dict[str, Any]) -> Result:
    failure = data.get("failure")
    if failure is not None:
        difference = failure.get("difference")
        told = Difference(**difference) if difference is not None else None
        failure = Failure(**{**failure, "difference": told})
    if data["status"] not in STATUSES:
        raise TypeError(f"no status {data['status']!r}")
    lists = {name: tuple(data[name]) for name in ("clauses", "requires")}
    return Result(**{**data, **lists, "failure": failure})
