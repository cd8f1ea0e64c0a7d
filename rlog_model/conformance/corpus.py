"""The corpus: a directory of scenarios that together reach all of the protocol that was reached.

Rules
-----
* A scenario is kept if it has features that none of the corpus has, while there is room for it.
* It is a scenario file, named by the digest of its steps. Whoever finds the directory can replay
  each of its files.
* The smallest subset that covers all features is found greedily: again and again the scenario with
  the most features that none before it has; of two, the one of fewer steps.
* A file that can't be read as a scenario is told, and left as it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model.conformance.features import Features, features_of
from rlog_model.scenario import MalformedScenario, Scenario

MOST: Final = 1000
"""Scenarios that a corpus holds at most."""


def digest(scenario: Scenario) -> str:
    """The name of a scenario: of its steps and its revision, whatever its title."""
    text = scenarios.dumps(attrs.evolve(scenario, title=""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write(file: Path, scenario: Scenario) -> None:
    """Write a scenario file: whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(scenarios.dumps(scenario), encoding="utf-8")
    unfinished.replace(file)


def read(directory: Path) -> tuple[dict[Path, Scenario], dict[Path, str]]:
    """The scenarios of a directory, and the files that hold none, each with why."""
    found: dict[Path, Scenario] = {}
    ignored: dict[Path, str] = {}
    for file in sorted(directory.glob("*.json")):
        try:
            found[file] = scenarios.loads(file.read_bytes())
        except (MalformedScenario, OSError) as error:
            ignored[file] = str(error)
    return found, ignored


@frozen
class Kept:
    """A scenario of a corpus."""

    scenario: Scenario
    features: Features


def cover(kept: Mapping[Path, Kept]) -> list[Path]:
    """A small subset that has all features: see the rules."""
    left = dict(kept)
    missing = set[str]().union(*(one.features for one in left.values()))
    chosen: list[Path] = []

    def rank(file: Path) -> tuple[int, int, Path]:
        one = left[file]
        return -len(one.features & missing), len(one.scenario.steps), file

    while missing:
        best = min(left, key=rank)
        chosen.append(best)
        missing -= left.pop(best).features
    return chosen


@attrs.define
class Corpus:
    """The scenarios of a directory, and what they reach."""

    directory: Path
    most: int = MOST
    covered: set[str] = attrs.field(factory=set)
    """Every feature that some scenario had, also one that there was no room for."""

    _kept: dict[Path, Kept] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return len(self._kept)

    def replayed(self, file: Path, scenario: Scenario, features: Features) -> None:
        """Count a scenario that is in the directory."""
        self._kept[file] = Kept(scenario, features)
        self.covered |= features

    def keep(self, scenario: Scenario, features: Features, title: str) -> Features:
        """Write a scenario, if it has features that none has. Returns these."""
        new = features - self.covered
        self.covered |= features
        if new and len(self._kept) < self.most:
            self._write(attrs.evolve(scenario, title=title), features)
        return new

    def minimise(self, smaller: Callable[[Scenario, Features], Scenario]) -> int:
        """Remove what the others cover, and make the rest ``smaller``; how many were removed.

        ``smaller`` is given a scenario and the features that it must have.
        """
        former, self._kept = self._kept, {}
        covered = set[str]()
        for file in cover(former):
            kept = former[file]
            small = smaller(kept.scenario, kept.features - covered)
            features = features_of(small)
            covered |= features
            if small == kept.scenario:
                self._kept[file] = kept
            else:
                self._write(small, features)
        for file in former.keys() - self._kept.keys():
            file.unlink(missing_ok=True)
        return len(former) - len(self._kept)

    def _write(self, scenario: Scenario, features: Features) -> None:
        file = self.directory / f"{digest(scenario)}.json"
        write(file, scenario)
        self._kept[file] = Kept(scenario, features)
