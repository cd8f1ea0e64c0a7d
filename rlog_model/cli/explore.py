"""``rlog explore``."""

from __future__ import annotations

import json
import os
import shlex
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import SpinnerColumn, TextColumn
from rich.table import Table

from rlog_model import scenario as scenarios
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.progress import progress_bar
from rlog_model.conformance.explore import Found, Report, Tally, explore
from rlog_model.simulation.exploration_moves import Bounds, BoundsTooWide

_WORLD = "The world"
_MORE = "What else can happen"


def command(
    recorders: Annotated[
        int, typer.Option(min=0, help="Recorders that start.", rich_help_panel=_WORLD)
    ] = 2,
    players: Annotated[
        int, typer.Option(min=0, help="Players that are made.", rich_help_panel=_WORLD)
    ] = 1,
    files: Annotated[
        int, typer.Option(min=0, help="Files that are created.", rich_help_panel=_WORLD)
    ] = 2,
    paths: Annotated[
        int, typer.Option(min=0, help="Paths that files can have.", rich_help_panel=_WORLD)
    ] = 2,
    log: Annotated[
        int,
        typer.Option(min=0, help="Operations in the log and in queues.", rich_help_panel=_WORLD),
    ] = 6,
    queue: Annotated[
        int,
        typer.Option(
            min=1,
            help="Appends that wait in the queue of a recorder. With 1, none ever dies with one.",
            rich_help_panel=_MORE,
        ),
    ] = 1,
    copies: Annotated[
        int,
        typer.Option(
            min=0,
            help="Appends that land again, at once or late, as a retry does.",
            rich_help_panel=_MORE,
        ),
    ] = 1,
    garbage: Annotated[
        int,
        typer.Option(
            min=0,
            help="How often bytes land that are no operation.",
            rich_help_panel=_MORE,
        ),
    ] = 0,
    tail: Annotated[
        bool,
        typer.Option(
            "--tail", help="Let players read on and on, and end later.", rich_help_panel=_MORE
        ),
    ] = False,
    states: Annotated[
        int | None, typer.Option(min=1, help="Stop when so many distinct states were found.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes at a time.")] = os.cpu_count() or 1,
    output: Annotated[
        Path, typer.Option(help="Folder for counterexamples.", file_okay=False)
    ] = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Go through all states of a small world, and look whether anything is wrong in one.

    The world is the model's: a log, recorders that start, see their files change, append, lose
    the log or take it over, and players that play their hints at once or when they are old. From
    every state each thing that can happen next is tried, the shortest ways first. States that
    differ only by names are one.

    In every state the invariants are checked: hints of every recorder lead to the files that it
    saw, hinted play equals unhinted play of the same branch, and so on. What breaks one is
    written to a file, by one of its shortest ways. `rlog replay FILE` shows it.

    Bounds are "at most". Each operation more in the log makes eight times as many states.
    """
    try:
        bounds = Bounds(recorders, players, files, paths, log, queue, copies, garbage, tail)
    except BoundsTooWide as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.USAGE) from error
    output.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    try:
        with progress_bar(
            console,
            SpinnerColumn(),
            TextColumn("{task.fields[told]}"),
            quiet=as_json,
        ) as bar:
            task = bar.add_task("explore", total=None, told="starting")

            def progress(tally: Tally) -> None:
                seconds = bar.tasks[0].elapsed or 0.0
                bar.update(task, told=_told(tally, seconds))

            report = explore(bounds, jobs=jobs, most_states=states, progress=progress)
    except BrokenProcessPool as broken:
        console.print(f"a process died: {broken}", style="red", markup=False)
        raise typer.Exit(ExitCode.NO_VERDICT) from broken

    written = [_write(found, output) for found in report.found]
    if as_json:
        typer.echo(json.dumps(_as_json(report, written)))
    else:
        _print(report, written)
    raise typer.Exit(ExitCode.DIFFERS if report.found else ExitCode.CONFORMS)


def _told(tally: Tally, seconds: float) -> str:
    rate = tally.states / seconds if seconds else 0.0
    return (
        f"{tally.states:,} states, {tally.waiting:,} of them waiting, at depth {tally.depth};"
        f" {rate:,.0f} a second"
    )


def _write(found: Found, output: Path) -> Path:
    file = output / f"rlog-explore-{found.invariant}.json"
    file.write_text(scenarios.dumps(found.scenario), encoding="utf-8")
    return file


def _as_json(report: Report, written: list[Path]) -> dict[str, object]:
    tally = report.tally
    return {
        "states": tally.states,
        "transitions": tally.transitions,
        "depth": tally.depth,
        "exhausted": report.exhausted,
        "violations": len(report.found),
        "found": [
            {"file": str(file), "invariant": found.invariant, "reason": found.reason}
            for file, found in zip(written, report.found, strict=True)
        ],
        "seconds": round(report.seconds, 3),
        "bounds": attrs.asdict(report.bounds),
    }


def _print(report: Report, written: list[Path]) -> None:
    console = Console()
    tally = report.tally
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(f"{tally.states:,}", "distinct states: those that differ only by names are one")
    table.add_row(f"{tally.transitions:,}", "moves from one to another")
    table.add_row(f"{tally.depth:,}", "moves to the farthest")
    table.add_row(f"{report.seconds:.1f}", "seconds")
    console.print(table)
    for file, found in zip(written, report.found, strict=True):
        console.print(f"\n[red bold]violated[/] {escape(found.invariant)}")
        console.print(found.reason, markup=False, highlight=False)
        told = f"{len(found.scenario.steps)} steps, written to {file}; to see them:"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
        console.print(f"  rlog replay {shlex.quote(str(file))}", markup=False, soft_wrap=True)
    if report.exhausted:
        console.print("[green bold]exhausted[/]: every state within the bounds is as it should be")
    elif not report.found:
        console.print("[bold]stopped[/]: these states are as they should be; there are more")
