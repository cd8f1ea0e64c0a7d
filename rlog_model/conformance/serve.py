"""Programs that speak the protocol of ``adapter``: the bundled implementation, and its mutants.

    python -m rlog_model.conformance.serve [--mutant NAME]

A request to run a scenario may say ``"journals": "memory"``: then journals are not in files.

Beside what the protocol asks for, ``{"id": 7, "judge": SCENARIO}`` has the model of this process
executed, and judged by the rules of ``judge`` in this process: the answer's ``failure`` says why
it failed, or is null. So a mutant of the model meets the model's own checks.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import TextIO

from rlog_model.conformance.mutants import catalog, loading


def main() -> None:
    """Serve until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m rlog_model.conformance.serve")
    parser.add_argument("--mutant", help="the defect to have; else none")
    given = parser.parse_args()
    if given.mutant is not None:
        # Before anything that it may change is imported.
        loading.install(catalog.mutant_named(given.mutant))
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(sys.stdin, answers)


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer each line of ``requests``."""
    for line in requests:
        request = json.loads(line)
        answer = {"id": request["id"], **_answer(request)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(request: dict[str, object]) -> dict[str, object]:
    from rlog_model import scenario as scenarios
    from rlog_model import trace as traces
    from rlog_model.conformance.bundled import execute_in, execute_in_files
    from rlog_model.conformance.judge import Judge
    from rlog_model.journal.memory import MemoryStore
    from rlog_model.simulation import world

    if "hello" in request:
        return {}
    if "judge" in request:
        judge = Judge()
        try:
            world.run(scenarios.from_json(request["judge"]), judge)
        except Exception as error:
            return {"failure": "".join(traceback.format_exception(error))}
        return {"failure": judge.failure}
    work = Path(str(request["work"]))
    scenario = scenarios.from_json(request["run"])
    try:
        if request.get("journals") == "memory":
            with MemoryStore() as store:
                trace = execute_in(work, store, scenario)
        else:
            trace = execute_in_files(work, scenario)
    except Exception as error:
        return {"broke": "".join(traceback.format_exception(error))}
    return {"observations": traces.to_json(trace)}


if __name__ == "__main__":
    main()
