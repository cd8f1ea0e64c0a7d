"""Which vectors kill which mutants: those of every implementation, and the hostile programs.

python -m adapters.kills                  # each is killed by the smoke vectors, or by all
python -m adapters.kills --make-smoke     # finds the smoke vectors anew
python -m adapters.kills --only go rust
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from attrs import frozen

from adapters.implementations import IMPLEMENTATIONS, Implementation, broken
from rlog_model.conformance import hostile, serve
from rlog_model.conformance.mutants.catalog import MUTANTS
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.cover import cover
from rlog_model.conformance.suite.run import NoAdapter, Options, run
from rlog_model.conformance.suite.vector import Vector
from rlog_model.revision import REVISIONS

SECONDS: Final = 2.0
"""Seconds in which a mutant must answer: it is killed if it does not."""

PYTHON: Final = "python"
"""The language of the mutants and the hostile programs that are in this package."""

SMOKE: Final = Path(__file__).parent.parent / "spec" / "vectors" / "smoke.json"


@frozen
class Subject:
    """What is to be killed."""

    language: str
    name: str
    commands: tuple[tuple[str, ...], ...]
    """Its adapter; for each revision of the protocol that it has, one."""


def of_python() -> Iterator[Subject]:
    """The mutants of the bundled implementation and of the model, and the hostile programs."""
    for mutant in MUTANTS:
        served = (sys.executable, "-m", serve.__name__, "--mutant", mutant.name, "--revision")
        commands = tuple((*served, revision) for revision in REVISIONS)
        yield Subject(PYTHON, mutant.name, commands)
    for name in hostile.HOSTILES:
        yield Subject(PYTHON, f"hostile-{name}", ((sys.executable, "-m", hostile.__name__, name),))


def of_other(implementation: Implementation) -> Iterator[Subject]:
    """The mutants of another implementation, each built when its turn has come.

    Raises:
        BuildFailed: a mutant does not build.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / implementation.name
        shutil.copytree(implementation.folder, copy)
        for mutant in implementation.mutants():
            command = broken(implementation, mutant, copy)
            yield Subject(implementation.name, mutant.name, (command,))


def killers(subject: Subject, chosen: Sequence[Vector]) -> set[str]:
    """The ids of the vectors that kill a subject."""
    found: set[str] = set()
    for command in subject.commands:
        try:
            done = run(chosen, Options(command, seconds=SECONDS, looks_into=0, restarts=3))
        except NoAdapter:
            return set()  # no vector has killed what never worked
        found |= {result.id for result in done.results if result.failed}
        if found:
            break
    return found


def main() -> int:
    """Kill all, and say what was left alive."""
    parser = argparse.ArgumentParser(prog="python -m adapters.kills")
    parser.add_argument("--make-smoke", action="store_true", help="find the smoke vectors anew")
    names = [PYTHON, *(one.name for one in IMPLEMENTATIONS)]
    parser.add_argument("--only", nargs="+", default=[], choices=names, help="default: all")
    parser.add_argument("--json", type=Path, help="where to write which vector kills what")
    asked = parser.parse_args()
    every = list(vectors.load())
    first = _pool(every) if asked.make_smoke else [v for v in every if v.id in vectors.smoke()]
    kills: dict[str, set[str]] = {}

    def kill(subject: Subject) -> None:
        by = killers(subject, first) or killers(subject, every)
        kills[f"{subject.language}/{subject.name}"] = by
        print(f"{subject.language:8} {subject.name:50} {min(by, default='ALIVE')}", flush=True)

    def kill_all(implementation: Implementation) -> None:
        for subject in of_other(implementation):
            kill(subject)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        # Those that are built come first: each language's are built one after the other.
        tasks = [
            threads.submit(kill_all, one)
            for one in IMPLEMENTATIONS
            if (not asked.only or one.name in asked.only) and one.mutants() and not one.lacking
        ]
        if not asked.only or PYTHON in asked.only:
            tasks += [threads.submit(kill, subject) for subject in of_python()]
        for task in tasks:
            task.result()
    alive = sorted(subject for subject, by in kills.items() if not by)
    print(f"{len(kills) - len(alive)} of {len(kills)} killed", *alive)
    if asked.json is not None:
        told = {subject: sorted(by) for subject, by in sorted(kills.items())}
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if asked.make_smoke:
        smoke = {"vectors": list(cover(kills))}
        SMOKE.write_text(json.dumps(smoke, indent=1) + "\n", encoding="utf-8")
        print(f"{len(smoke['vectors'])} smoke vectors")
    return 1 if alive or not kills else 0


def _pool(every: Sequence[Vector]) -> list[Vector]:
    """Those that smoke vectors are chosen from: all but most of Gazette's, which are many alike."""
    of_gazette = [v for v in every if v.id.startswith("gazette/")]
    others = [v for v in every if not v.id.startswith("gazette/")]
    return [*others, *of_gazette[::8]]


if __name__ == "__main__":
    sys.exit(main())
