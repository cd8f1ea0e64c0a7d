"""``rlog replay FILE -- COMMAND``: one scenario or vector through an adapter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console

from rlog_model import scenario as scenarios
from rlog_model.cli.exit_code import ExitCode
from rlog_model.conformance.adapter import Adapter, AdapterFailed
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.random_runs import random_vector
from rlog_model.conformance.suite.run import Judged, judge
from rlog_model.conformance.suite.vector import Vector


def replay_adapter(named: str, command: tuple[str, ...], *, as_json: bool) -> NoReturn:
    """Show what an adapter does at each step, beside what is expected, and end with the verdict."""
    vector = _vector(named)
    try:
        with Adapter(command) as adapter:
            hello = adapter.hello
            judged = judge(adapter, vector)
    except AdapterFailed as error:
        typer.echo(f"the adapter does not start: {error}", err=True)
        raise typer.Exit(ExitCode.NO_VERDICT) from error
    lacking = [needed for needed in vector.requires if needed not in hello.capabilities]
    if as_json:
        typer.echo(json.dumps(_as_json(vector, judged, lacking)))
    else:
        _print(vector, judged, lacking)
    raise typer.Exit(ExitCode.CONFORMS if judged.failure is None else ExitCode.DIFFERS)


def _vector(named: str) -> Vector:
    """The vector of an id, or of a scenario in a file."""
    try:
        if Path(named).exists():
            return random_vector(scenarios.loads(Path(named).read_bytes()))
        found = [vector for vector in vectors.load() if vector.id == named]
    except (scenarios.MalformedScenario, vectors.MalformedVector, OSError) as error:
        typer.echo(f"{named}: {error}", err=True)
        raise typer.Exit(ExitCode.USAGE) from error
    if not found:
        typer.echo(f"{named}: no file has this name, and no vector this id", err=True)
        raise typer.Exit(ExitCode.USAGE)
    return found[0]


def _as_json(vector: Vector, judged: Judged, lacking: list[str]) -> dict[str, Any]:
    failure = judged.failure
    found = None if failure is None else failure.difference
    return {
        "conforms": failure is None,
        "failure": None if failure is None else f"{failure.kind}: {failure.detail}",
        "difference": None if found is None else found.to_json(),
        "not_claimed": lacking,
        "steps": vector.steps,
        "expected": vector.expect.observations,
        "answered": judged.answered,
    }


def _print(vector: Vector, judged: Judged, lacking: list[str]) -> None:
    console = Console(highlight=False)
    console.print(vector.title, style="bold", markup=False)
    if lacking:
        console.print(f"it needs what the adapter does not claim: {', '.join(lacking)}")
    failure = judged.failure
    found = None if failure is None else failure.difference
    answered = judged.answered or []
    for number, step in enumerate(vector.scenario["steps"]):
        told = " ".join(f"{k}={_short(v)}" for k, v in step.items() if k != "do")
        console.print(f"{number:>3}  [cyan]{step['do']}[/] ", end="")
        console.print(told, markup=False)
        if number < len(answered):
            console.print(f"     {_seen(answered[number])}", style="dim", markup=False)
        if found is not None and found.step == number:
            break
    if failure is None:
        console.print("[green bold]conforms[/]")
        return
    console.print("\n[red bold]failed[/]")
    console.print(f"{failure.kind}: {failure.detail}", markup=False)
    if found is not None:
        console.print(f"  expected      {_short(found.expected, 2000)}", markup=False)
        console.print(f"  actually got  {_short(found.actual, 2000)}", markup=False)
    if vector.clauses:
        console.print(f"  about         {', '.join(vector.clauses)}", markup=False)


def _seen(observation: Any) -> str:
    if not isinstance(observation, dict):
        return _short(observation)
    return " ".join(f"{name}={_short(value)}" for name, value in observation.items())


def _short(value: Any, length: int = 120) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= length else f"{text[: length - 3]}..."
