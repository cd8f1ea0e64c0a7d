"""``rlog replay``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.console import Console

from rlog_model import scenario as scenarios
from rlog_model import trace
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.replay_adapter import replay_adapter
from rlog_model.conformance.judge import Verdict, judge
from rlog_model.scenario_parts import Part
from rlog_model.trace import Observation


def command(
    file: Annotated[
        str, typer.Argument(help="A scenario, as JSON; or, for an adapter, the id of a vector.")
    ],
    adapter: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- COMMAND...]",
            help="An adapter's command and its arguments: another implementation, in place of the"
            " bundled one.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: the verdict and both traces.")
    ] = False,
) -> None:
    """Execute one scenario, and tell step by step what was seen.

    The model and the bundled implementation execute it. Where they differ, or a played tree is
    not the one it should be, it says what was expected and what was actually got.
    """
    if adapter:
        replay_adapter(file, tuple(adapter), as_json=as_json)
    try:
        scenario = scenarios.loads(Path(file).read_bytes())
    except (scenarios.MalformedScenario, OSError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(ExitCode.USAGE) from error
    verdict = judge(scenario)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "conforms": verdict.failure is None,
                    "failure": verdict.failure,
                    "steps": len(scenario.steps),
                    "model": trace.to_json(verdict.model),
                    "implementation": trace.to_json(verdict.implementation),
                }
            )
        )
    else:
        _print(verdict)
    raise typer.Exit(ExitCode.DIFFERS if verdict.failure else ExitCode.CONFORMS)


def _print(verdict: Verdict) -> None:
    console = Console(highlight=False)
    if verdict.scenario.title:
        console.print(verdict.scenario.title, style="bold", markup=False)
    pairs = zip(verdict.scenario.steps, verdict.implementation.observations, strict=False)
    for number, (step, seen) in enumerate(pairs):
        members = scenarios.step_to_json(step)
        told = " ".join(f"{k}={_short(v)}" for k, v in members.items() if k != "do")
        console.print(f"{number:>3}  [cyan]{step.do}[/] ", end="")
        console.print(told, markup=False)
        console.print(f"     {_seen(seen)}", style="dim", markup=False)
    if any(isinstance(step, Part) for step in verdict.scenario.steps):
        console.print("steps of parts are the model's own: there was nothing to compare them with")
    if verdict.failure:
        console.print("\n[red bold]failed[/]")
        console.print(verdict.failure, markup=False)
    else:
        console.print("[green bold]conforms[/]")


def _seen(seen: Observation) -> str:
    members = attrs.asdict(seen, recurse=False)
    return " ".join(f"{k}={_short(v)}" for k, v in members.items() if v is not None)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
