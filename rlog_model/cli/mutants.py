"""``rlog mutants``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.table import Table

from rlog_model import scenario as scenarios
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.progress import progress_bar
from rlog_model.conformance.assay import CHECKS, Row, Subject, subjects
from rlog_model.conformance.matrix import cell_text, markdown, matrix, row_to_json, summary


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Mutants, or layers; else all.", show_default=False)
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=1e6, help="Bound of the checks of each mutant.")
    ] = 60.0,
    jobs: Annotated[int, typer.Option(min=1, help="Mutants at a time.")] = os.cpu_count() or 1,
    seed: Annotated[int, typer.Option(help="The first seed of the random scenarios.")] = 1,
    full: Annotated[
        bool,
        typer.Option("--full", help="Give every check all the time, also when one has killed."),
    ] = False,
    listing: Annotated[
        bool, typer.Option("--list", help="Only list the mutants, and what is wrong with each.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder for matrix.md, matrix.json, and in scenarios/ the smallest that kill.",
            file_okay=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """Show that the checks bite: put defects into the implementation, and see what finds them.

    A *mutant* is the bundled implementation, and the model in it, with one small defect that a
    port could have. A *hostile* implementation hangs, crashes, or answers nonsense. Each runs in a
    process of its own, and random scenarios are tried on it until it fails one: then it is
    *killed*. The scenario is made as small as it can be.

    The matrix has a row for each, and a column for each check: **codec**, **segments** and **fsm**
    are scenarios of parts, **events** of one recorder, **plays** of one player, **worlds** of
    several, **files** the last three over journals in files. In all these each step is compared
    with the model; **model** has the defective model itself judged, by the truth.
    A cell tells the seconds to the kill, or `> 1.0` where there was none in that time.
    """
    chosen = _chosen(names or [])
    if listing:
        _list(chosen)
        return
    console = Console(stderr=True)
    try:
        with progress_bar(
            console,
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            quiet=as_json,
        ) as bar:
            task = bar.add_task("mutants", total=len(chosen))

            def progress(row: Row) -> None:
                bar.update(task, advance=1, description=f"{row.subject.name:40}")

            rows = matrix(chosen, seconds, jobs=jobs, first_seed=seed, full=full, progress=progress)
    except BrokenProcessPool as broken:
        console.print(f"a process of this run died: {broken}", style="red", markup=False)
        raise typer.Exit(ExitCode.NO_VERDICT) from broken
    if output is not None:
        _write(rows, output)
    if as_json:
        typer.echo(json.dumps([row_to_json(row) for row in rows]))
    else:
        _print(rows)
    survived = any(row.killed_by is None for row in rows)
    raise typer.Exit(ExitCode.DIFFERS if survived else ExitCode.CONFORMS)


def _chosen(names: Sequence[str]) -> tuple[Subject, ...]:
    everything = subjects()
    known = {s.name for s in everything} | {s.layer for s in everything}
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"no mutant or layer is called {name!r}: see --list")
    return tuple(s for s in everything if not names or s.name in names or s.layer in names)


def _list(chosen: Sequence[Subject]) -> None:
    table = Table("name", "layer", "rules", "defect", box=None, pad_edge=False)
    for subject in chosen:
        table.add_row(subject.name, subject.layer, ", ".join(subject.rules), subject.defect)
    Console().print(table, markup=False)


def _write(rows: Sequence[Row], output: Path) -> None:
    kills = output / "scenarios"
    kills.mkdir(parents=True, exist_ok=True)
    (output / "matrix.md").write_text(
        "# The matrix\n\n" + "\n".join(markdown(rows)) + "\n", encoding="utf-8"
    )
    text = json.dumps([row_to_json(row) for row in rows], indent=1)
    (output / "matrix.json").write_text(text + "\n", encoding="utf-8")
    for row in rows:
        if row.smallest is not None:
            file = kills / f"{row.subject.name}.json"
            file.write_text(scenarios.dumps(row.smallest.scenario), encoding="utf-8")


def _print(rows: Sequence[Row]) -> None:
    table = Table("mutant", "layer", *CHECKS, "steps", box=None, pad_edge=False)
    for row in rows:
        survived = row.smallest is None
        steps = "survived" if row.smallest is None else str(len(row.smallest.scenario.steps))
        cells = [cell_text(row, check) for check in CHECKS]
        style = "red" if survived else None
        table.add_row(row.subject.name, row.subject.layer, *cells, steps, style=style)
    console = Console()
    console.print(table)
    console.print(summary(rows), markup=False, highlight=False)
