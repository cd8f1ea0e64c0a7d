"""What came of fuzzing."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

import attrs

from rlog_model.conformance import corpus as corpora
from rlog_model.conformance.corpus import Corpus
from rlog_model.conformance.features import Features
from rlog_model.conformance.fuzz_messages import Found
from rlog_model.scenario import Scenario

SLUG: Final = 60
"""Characters of a signature that a file's name shows, at most."""


@attrs.define
class Failure:
    """All failures of one signature."""

    signature: str
    file: Path
    scenario: Scenario
    """The smallest that was found."""

    reason: str
    machine: str
    """Which found that one; ``corpus`` for a file that was replayed."""

    times_seen: int


@attrs.define
class Lost:
    """What was not executed to its end."""

    machine: str
    """Or the file that was replayed."""

    seed: int | None
    """Of the first time."""

    what: str
    times: int = 1

    def __str__(self) -> str:
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.machine}{seed}: {self.what} ({self.times} times)"


@attrs.define
class Report:
    """What came of a run so far."""

    corpus: Corpus
    directory: Path
    """Where the scenarios of failures are."""

    scenarios: int = 0
    steps: int = 0
    failures: dict[str, Failure] = attrs.field(factory=dict)
    """By their signatures."""

    fixed: list[Path] = attrs.field(factory=list)
    """Files of failures that fail no more. They are left where they are."""

    lost: list[Lost] = attrs.field(factory=list)
    ignored: dict[Path, str] = attrs.field(factory=dict)
    """Files that can't be read as scenarios, each with why."""

    database_lost: str | None = None
    """Why the example database could not be used to the end."""

    interrupted: bool = False
    seconds: float = 0.0

    def found(self, found: Found) -> None:
        """A failure was told: keep its scenario, if it is the smallest."""
        known = self.failures.get(found.signature)
        if known is not None:
            known.times_seen += found.times
            if len(found.scenario.steps) >= len(known.scenario.steps):
                return
            known.scenario, known.reason, known.machine = (
                found.scenario,
                found.reason,
                found.machine,
            )
        else:
            file = self.directory / f"{slug(found.signature)}.json"
            known = Failure(
                found.signature, file, found.scenario, found.reason, found.machine, found.times
            )
            self.failures[found.signature] = known
        corpora.write(known.file, attrs.evolve(found.scenario, title=found.how))

    def lost_at(self, machine: str, seed: int | None, what: str) -> None:
        """Something was not executed to its end. What it said last tells it from others."""
        for lost in self.lost:
            if lost.machine == machine and _last_line(lost.what) == _last_line(what):
                lost.times += 1
                return
        self.lost.append(Lost(machine, seed, what))

    def replayed(
        self, file: Path, replay: tuple[tuple[str, Scenario], ...], features: Features | None
    ) -> None:
        """A file was replayed; it failed where there are no features."""
        if features is None:
            return
        if file.parent == self.directory:
            self.fixed.append(file)
        else:
            self.corpus.replayed(file, dict(replay)[str(file)], features)


def slug(signature: str) -> str:
    """A signature as the name of a file: readable, and its own."""
    words = re.sub(r"[^a-z0-9]+", "-", signature.lower()).strip("-")[:SLUG].rstrip("-")
    return f"{words}-{hashlib.sha256(signature.encode()).hexdigest()[:8]}"


def _last_line(what: str) -> str:
    return what.strip().rpartition("\n")[2]


def title(machine: str, how: str) -> str:
    """The title of a scenario that a machine found: ``how`` tells more."""
    return f"found by {machine}, {how}"


def finder(title: str) -> str:
    """The machine that a title names; empty if it names none."""
    found = re.match(r"found by ([^ ,]+), ", title)
    return found[1] if found else ""
