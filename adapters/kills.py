"""Which vectors kill which mutants: those of every implementation, and the hostile programs.

python -m adapters.kills                  # each is killed by the smoke vectors, or by all
python -m adapters.kills --make-smoke     # finds the smoke vectors anew
python -m adapters.kills --only go rust
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from adapters.implementations import IMPLEMENTATIONS, BuildFailed, broken
from rlog_model.conformance import hostile, serve
from rlog_model.conformance.mutants.catalog import MUTANTS
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.cover import cover
from rlog_model.conformance.suite.record import FAILED
from rlog_model.conformance.suite.run import NoAdapter, Options, run
from rlog_model.conformance.suite.vector import Vector
from rlog_model.revision import REVISIONS

SECONDS: Final = 2.0
"""Seconds in which a mutant must answer: it is killed if it does not."""

OF_PYTHON: Final = "python"
OF_HOSTILE: Final = "hostile"

SMOKE: Final = Path(__file__).parent.parent / "spec" / "vectors" / "smoke.json"


@frozen
class Subject:
    """What is to be killed."""

    language: str
    name: str
    commands: tuple[tuple[str, ...], ...]
    """Its adapter; for each revision of the protocol that it has, one."""


def subjects(only: Sequence[str]) -> Iterator[Subject]:
    """Every mutant and hostile program of those languages, built when its turn has come.

    Raises:
        BuildFailed: a mutant does not build.
    """
    if not only or OF_PYTHON in only:
        for mutant in MUTANTS:
            served = (sys.executable, "-m", serve.__name__, "--mutant", mutant.name, "--revision")
            commands = tuple((*served, revision) for revision in REVISIONS)
            yield Subject(OF_PYTHON, mutant.name, commands)
    if not only or OF_HOSTILE in only:
        for name in hostile.HOSTILES:
            yield Subject(OF_HOSTILE, name, ((sys.executable, "-m", hostile.__name__, name),))
    for implementation in IMPLEMENTATIONS:
        if (only and implementation.name not in only) or implementation.lacking:
            continue
        of_it = implementation.mutants()
        if not of_it:
            continue
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / implementation.name
            shutil.copytree(implementation.folder, copy)
            for one in of_it:
                command = broken(implementation, one, copy)
                yield Subject(implementation.name, one.name, (command,))


def killers(subject: Subject, chosen: Sequence[Vector]) -> set[str]:
    """The ids of the vectors that kill a subject."""
    found: set[str] = set()
    for command in subject.commands:
        try:
            done = run(chosen, Options(command, seconds=SECONDS, looks_into=0, restarts=3))
        except NoAdapter:
            return {vector.id for vector in chosen}
        found |= {result.id for result in done.results if result.status == FAILED}
        if found and len(subject.commands) > 1:
            break
    return found


def main() -> int:
    """Kill all, and say what was left alive."""
    parser = argparse.ArgumentParser(prog="python -m adapters.kills")
    parser.add_argument("--make-smoke", action="store_true", help="find the smoke vectors anew")
    parser.add_argument("--only", nargs="*", default=[], help="languages; default: all")
    parser.add_argument("--json", type=Path, help="where to write which vector kills what")
    asked = parser.parse_args()
    every = list(vectors.load())
    first = _pool(every) if asked.make_smoke else [v for v in every if v.id in vectors.smoke()]
    kills: dict[str, set[str]] = {}
    alive: list[str] = []
    try:
        for subject in subjects(asked.only):
            by = killers(subject, first) or killers(subject, every)
            kills[f"{subject.language}/{subject.name}"] = by
            if not by:
                alive.append(f"{subject.language}/{subject.name}")
            told = min(by, default="ALIVE")
            print(f"{subject.language:9} {subject.name:45} {told}", flush=True)
    except BuildFailed as failed:
        print(failed, file=sys.stderr)
        return 2
    print(f"{len(kills) - len(alive)} of {len(kills)} killed")
    if asked.json is not None:
        told_all = {subject: sorted(by) for subject, by in kills.items()}
        asked.json.write_text(json.dumps(told_all, indent=1) + "\n", encoding="utf-8")
    if asked.make_smoke:
        smoke = {"vectors": list(cover(kills))}
        SMOKE.write_text(json.dumps(smoke, indent=1) + "\n", encoding="utf-8")
        print(f"{len(smoke['vectors'])} smoke vectors")
    return 1 if alive else 0


def _pool(every: Sequence[Vector]) -> list[Vector]:
    """Those that smoke vectors are chosen from: all but most of Gazette's, which are many alike."""
    of_gazette = [v for v in every if v.id.startswith("gazette/")]
    others = [v for v in every if not v.id.startswith("gazette/")]
    return [*others, *of_gazette[::8]]


if __name__ == "__main__":
    sys.exit(main())
