"""Vectors: scenarios with what an implementation must show of them.

A vector is JSON: ``vector.schema.json`` says how it looks, ``spec/vectors/README.md`` how to use
it. Here it is kept as the JSON that it is: what is expected is compared with what an adapter
answers, member by member, and a scenario is sent as it stands.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model import trace as traces
from rlog_model.conformance.suite.capabilities import requires
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Scenario
from rlog_model.scenario_fields import Json
from rlog_model.simulation.snapshot import snapshot
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import Observation

VECTOR_VERSION: Final = 1
"""The version of the format that this module reads and writes."""

LEVELS: Final = ("must", "should", "may")
"""What a vector's failure means: a *must* breaks the protocol, a *should* is advice."""

_HIDDEN: Final = ("queued", "tree")
"""What only adapters of whole worlds show: ADP-33."""


@frozen
class Expectation:
    """What an implementation must show."""

    observations: list[Any]
    """One a step, as JSON."""

    snapshot: dict[str, Any]


@attrs.define(frozen=True, slots=False)
class Vector:
    """One vector."""

    id: str
    """Permanent: never given to another vector."""

    title: str
    clauses: tuple[str, ...]
    """What it is about, of spec/."""

    level: str
    """One of ``LEVELS``."""

    provenance: dict[str, Any]
    """Where it comes from: ``made_by``, and ``source``."""

    requires: tuple[str, ...]
    """The capabilities that it needs."""

    scenario: dict[str, Any]
    """The scenario as adapters are sent it."""

    expect: Expectation

    @property
    def revision(self) -> str:
        """The revision of the protocol that it is of."""
        revision: str = self.scenario["revision"]
        return revision

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return len(self.scenario["steps"])

    @cached_property
    def applies(self) -> int:
        """How many operations FSMs are offered in it."""
        return sum(step["do"] == "apply" for step in self.scenario["steps"])

    @cached_property
    def request(self) -> bytes:
        """The scenario as text: it is the same in each run."""
        return json.dumps(self.scenario, separators=(",", ":")).encode()

    def to_json(self) -> dict[str, Any]:
        """The vector as JSON values."""
        return {
            "rlog_vector": VECTOR_VERSION,
            "id": self.id,
            "title": self.title,
            "clauses": list(self.clauses),
            "level": self.level,
            "provenance": self.provenance,
            "requires": list(self.requires),
            "scenario": self.scenario,
            "expect": attrs.asdict(self.expect, recurse=False),
        }


@frozen
class MalformedVector(ValueError):
    """Data that is no vector."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"this is no vector: {self.where}: {self.reason}"


def from_json(data: Any) -> Vector:
    """The vector that JSON values hold.

    Raises:
        MalformedVector: they hold none, or one of another version.
    """
    if not isinstance(data, dict) or data.get("rlog_vector") != VECTOR_VERSION:
        raise MalformedVector("rlog_vector", f"it is not {VECTOR_VERSION}")
    try:
        return Vector(
            data["id"],
            data["title"],
            tuple(data["clauses"]),
            data["level"],
            data["provenance"],
            tuple(data["requires"]),
            data["scenario"],
            Expectation(data["expect"]["observations"], data["expect"]["snapshot"]),
        )
    except (KeyError, TypeError) as error:
        raise MalformedVector(str(data.get("id")), f"a member is missing: {error}") from error


def expectation(scenario: Scenario) -> Expectation:
    """What the model shows of a scenario."""
    shown = "worlds" in requires(scenario)
    world, seen = World(REVISIONS[scenario.revision]), list[Observation]()
    for step in scenario.steps:
        world, observation = execute(world, step)
        seen.append(observation)
    return Expectation([observed(one, worlds=shown) for one in seen], snapshot(world))


def observed(seen: Observation, *, worlds: bool) -> dict[str, Json]:
    """An observation as an adapter shows it. Spec: ADP-8, ADP-9."""
    shown = traces.observation_to_json(seen)
    if not worlds:
        for member in _HIDDEN:
            shown.pop(member, None)
    return shown


def made(
    scenario: Scenario,
    id: str,
    *,
    clauses: Iterable[str],
    provenance: dict[str, Any],
    level: str = "must",
) -> Vector:
    """The vector of a scenario, of which the model says what is expected."""
    return Vector(
        id,
        scenario.title,
        tuple(clauses),
        level,
        provenance,
        requires(scenario),
        scenarios.to_json(scenario, digits=True),
        expectation(scenario),
    )


def dump(vectors: Iterable[Vector], file: Path) -> None:
    """Write vectors to a file, one a line, compressed; the same ones give the same bytes."""
    with open(file, "wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as out:
        for vector in vectors:
            out.write(json.dumps(vector.to_json(), separators=(",", ":")).encode() + b"\n")


def load(folder: Path | Traversable | None = None) -> Iterator[Vector]:
    """The vectors of a folder; else those that come with this package, or with its sources.

    Raises:
        MalformedVector: a line holds none.
        FileNotFoundError: there are none.
    """
    files = [file for file in (folder or shipped()).iterdir() if file.name.endswith(".jsonl.gz")]
    if not files:
        raise FileNotFoundError(f"no vectors (*.jsonl.gz) are in {folder or shipped()}")
    for file in sorted(files, key=lambda file: file.name):
        yield from load_file(file)


def load_file(file: Path | Traversable) -> Iterator[Vector]:
    """The vectors of a file.

    Raises:
        MalformedVector: a line holds none.
    """
    try:
        lines = gzip.decompress(file.read_bytes()).splitlines()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise MalformedVector(file.name, f"it is no whole gzip file: {error}") from error
    for number, line in enumerate(lines, start=1):
        try:
            data = json.loads(line)
        except ValueError as error:
            raise MalformedVector(f"{file.name}, line {number}", f"no JSON: {error}") from error
        yield from_json(data)


def shipped() -> Traversable:
    """The folder of the vectors that come with this package."""
    package = resources.files("rlog_model")
    installed = package / "conformance" / "vectors"
    return installed if installed.is_dir() else Path(str(package)).parent / "spec" / "vectors"


def smoke(folder: Path | Traversable | None = None) -> frozenset[str]:
    """The ids of the few vectors which together kill every mutant.

    Raises:
        FileNotFoundError: the folder has no list of them.
    """
    return frozenset(json.loads(((folder or shipped()) / "smoke.json").read_bytes())["vectors"])
