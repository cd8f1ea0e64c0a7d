"""Programs that speak the protocol of ``adapter``: the bundled implementation, and its mutants.

    python -m rlog_model.conformance.serve [--mutant NAME] [--revision NAME]

A request to run a scenario may say ``"journals": "memory"``: then journals are not in files.

Beside what the protocol asks for, ``{"id": 7, "judge": SCENARIO}`` has the model of this process
executed, and judged by the rules of ``judge`` in this process: the answer's ``failure`` says why
it failed, or is null. So a mutant of the model meets the model's own checks.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rlog_model.conformance.mutants import catalog, loading

if TYPE_CHECKING:
    from rlog_model.journal.protocol import JournalStore
    from rlog_model.scenario import Scenario


def main() -> None:
    """Serve until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m rlog_model.conformance.serve")
    parser.add_argument("--mutant", help="the defect to have; else none")
    parser.add_argument("--revision", help="the revision to claim; else the current one")
    given = parser.parse_args()
    if given.mutant is not None:
        # Before anything that it may change is imported.
        loading.install(catalog.mutant_named(given.mutant))
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(sys.stdin, answers, given.revision)


def serve(requests: TextIO, answers: TextIO, revision: str | None = None) -> None:
    """Answer each line of ``requests``, up to the ``bye``. A ``revision`` is what is claimed, if
    that is not the current one: scenarios say themselves which they are of.

    Spec: ADP-1, ADP-2, ADP-6.
    """
    for line in requests:
        request = json.loads(line)
        answer = {"id": request["id"], **_answer(request, revision)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if "bye" in request:
            break


def _answer(request: dict[str, Any], revision: str | None) -> dict[str, object]:
    """Spec: ADP-5."""
    from rlog_model import scenario as scenarios
    from rlog_model.conformance.judge import Judge
    from rlog_model.simulation import world

    if "hello" in request:
        return {"hello": hello(revision)}
    if "bye" in request:
        return {"bye": {}}
    if "judge" in request:
        judge = Judge()
        try:
            world.run(scenarios.from_json(request["judge"]), judge)
        except Exception as error:
            return {"failure": "".join(traceback.format_exception(error))}
        return {"failure": judge.failure}
    try:
        return _run(scenarios.from_json(request["run"]), request.get("work"), request)
    except Exception as error:
        return {"broke": "".join(traceback.format_exception(error))}


def hello(revision: str | None = None) -> dict[str, object]:
    """What this program says of itself. Spec: ADP-3."""
    from rlog_model import __version__
    from rlog_model.conformance.suite.capabilities import CAPABILITIES
    from rlog_model.revision import CURRENT

    return {
        "protocol": 1,
        "implementation": "rlog-model, bundled",
        "version": __version__,
        "language": "python",
        "revision": revision or CURRENT.name,
        "capabilities": list(CAPABILITIES),
    }


def _run(scenario: Scenario, work: str | None, request: dict[str, Any]) -> dict[str, object]:
    """Spec: ADP-4, ADP-33, ADP-34."""
    from rlog_model.conformance.bundled import Bench
    from rlog_model.conformance.directory import scratch, temporary_directory
    from rlog_model.conformance.suite.vector import observed
    from rlog_model.journal.file import FileStore
    from rlog_model.journal.memory import MemoryStore
    from rlog_model.revision import REVISIONS
    from rlog_model.scenario_parts import Part

    def store_in(root: Path) -> JournalStore:
        return MemoryStore() if request.get("journals") == "memory" else FileStore(root / "store")

    with contextlib.ExitStack() as opened:
        if work is not None:
            root = Path(work)
        elif all(isinstance(step, Part) for step in scenario.steps):
            root = Path()  # nothing is made there
        else:
            root = temporary_directory(opened, scratch())
        store = opened.enter_context(store_in(root))
        other = None if isinstance(store, MemoryStore) else lambda: store_in(root)
        bench = Bench(root, store, REVISIONS[scenario.revision], other)
        opened.enter_context(contextlib.closing(bench))
        seen = [observed(bench.execute(step), worlds=work is not None) for step in scenario.steps]
        return {"observations": seen, "snapshot": bench.snapshot()}


if __name__ == "__main__":
    main()
