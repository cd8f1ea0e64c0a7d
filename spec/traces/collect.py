"""`python -m spec.traces.collect`: a process of its own executes scenarios, perhaps with a mutant.

It reads JSON: a list of names and scenarios. It writes the recorded traces, and, where a scenario
broke the executor, what it raised.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from rlog_model.conformance.mutants import catalog, loading
from spec.tlc.fetch import SPEC

_SECONDS: Final = 120.0


@frozen
class Broke:
    """An executor broke at a scenario, or did not end."""

    name: str
    how: str


def in_process(
    named: Iterable[tuple[str, object]], executor: str, mutant: str | None
) -> tuple[list[object], list[Broke]]:
    """Execute scenarios, given as JSON, in a process of its own: recorded traces as JSON."""
    command = [sys.executable, "-m", "spec.traces.collect", executor]
    if mutant is not None:
        command += ["--mutant", mutant]
    given = list(named)
    try:
        ran = subprocess.run(
            command,
            cwd=SPEC.parent,
            env=os.environ | {"PYTHONPATH": str(SPEC.parent)},
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [], [Broke(given[0][0], f"it did not end within {_SECONDS:g} s")]
    if ran.returncode:
        last = ran.stderr.strip().splitlines() or [""]
        return [], [Broke(given[0][0] if given else "", last[-1])]
    answer = json.loads(ran.stdout)
    return answer["recorded"], [Broke(*broke) for broke in answer["broke"]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute what stands at the standard input."""
    parser = argparse.ArgumentParser(prog="python -m spec.traces.collect")
    parser.add_argument("executor")
    parser.add_argument("--mutant")
    asked = parser.parse_args(arguments)
    if asked.mutant:
        loading.install(catalog.mutant_named(asked.mutant))
    # They import the model: only behind the mutant.
    from rlog_model import scenario as scenarios
    from spec.traces import recorded

    execute = recorded.EXECUTORS[asked.executor]
    done, broke = [], []
    for name, data in json.load(sys.stdin):
        scenario = scenarios.from_json(data)
        try:
            trace = execute(scenario)
        except Exception as error:  # a model with a defect may break in any way
            broke.append((name, f"{type(error).__name__}: {error}"))
        else:
            done.append(recorded.to_json(recorded.Recorded(name, scenario, trace)))
    json.dump({"recorded": done, "broke": broke}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
