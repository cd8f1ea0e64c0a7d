"""``rlog check``."""

from __future__ import annotations

import json
import os
import random
import shlex
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn
from rich.table import Table

from rlog_model import scenario as scenarios
from rlog_model.cli.check_adapter import Asked, check_adapter
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.progress import progress_bar
from rlog_model.conformance.adapter import CASE_SECONDS
from rlog_model.conformance.check import Failure, Report, Tally, WorkerDied, check

_ADAPTER = "Another implementation"


def command(
    adapter: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- COMMAND...]",
            help="An adapter's command and its arguments: another implementation is checked by the"
            " vectors, and then by random scenarios. Without it, the bundled one is.",
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1e9,
            help="How long to execute random scenarios. Default: 30, and 10 for an adapter.",
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes at a time.")] = os.cpu_count() or 1,
    seed: Annotated[
        int | None, typer.Option(help="The first seed of the random scenarios; else a random one.")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder for the scenarios that fail.", file_okay=False)
    ] = Path(),
    known: Annotated[
        Path | None,
        typer.Option(
            help="File of known divergences, which still run, and must fail as listed.",
            exists=True,
            dir_okay=False,
            rich_help_panel=_ADAPTER,
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            help="Write the record here (JSON lines): rlog report makes reports of it.",
            dir_okay=False,
            rich_help_panel=_ADAPTER,
        ),
    ] = None,
    smoke: Annotated[
        bool,
        typer.Option(
            "--smoke",
            help="Only the few vectors which together catch every known kind of defect.",
            rich_help_panel=_ADAPTER,
        ),
    ] = False,
    only: Annotated[
        str,
        typer.Option(
            metavar="PATTERN",
            help="Only vectors whose id matches, as in 'gazette/fsm-*'.",
            rich_help_panel=_ADAPTER,
        ),
    ] = "*",
    vectors: Annotated[
        Path | None,
        typer.Option(
            help="Folder of vectors (*.jsonl.gz). Default: those that come with rlog-model.",
            exists=True,
            file_okay=False,
            rich_help_panel=_ADAPTER,
        ),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.1,
            max=3600,
            help="Seconds in which the adapter must answer.",
            rich_help_panel=_ADAPTER,
        ),
    ] = CASE_SECONDS,
    repeat: Annotated[
        int,
        typer.Option(min=1, help="Run each vector so often, to measure.", rich_help_panel=_ADAPTER),
    ] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Check an implementation against the model: the bundled one, or another by its adapter.

    `rlog check` checks the bundled one, on real files and journals.

    Written scenarios come first, then random ones: several recorders and players, handoffs,
    zombies, forks, deleted fragments, bytes that are no operation. The model and the
    implementation execute each; every step is compared, and every tree that a player rebuilds
    with the directory that it should be.

    A scenario that fails is shrunk and written to a file. `rlog replay FILE` shows it.

    `rlog check -- COMMAND` checks another one, in any language: COMMAND runs an adapter, a small
    program that speaks the protocol of spec/adapter. The vectors are run through it, then random
    scenarios of what it claims to have. Nothing that it does not claim is counted as passed.
    """
    output.mkdir(parents=True, exist_ok=True)
    first_seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    if adapter:
        check_adapter(
            Asked(
                tuple(adapter),
                vectors,
                smoke,
                only,
                repeat,
                known,
                record,
                timeout,
                10.0 if seconds is None else seconds,
                jobs,
                first_seed,
                output,
                as_json,
            )
        )
    for_adapters = known, record, smoke, only != "*", vectors, repeat != 1
    if any(for_adapters):
        typer.echo("these options need an adapter: rlog check [OPTIONS] -- COMMAND", err=True)
        raise typer.Exit(ExitCode.USAGE)
    seconds = 30.0 if seconds is None else seconds
    console = Console(stderr=True)
    try:
        with progress_bar(
            console,
            TextColumn("checking"),
            BarColumn(),
            TextColumn("{task.fields[scenarios]} scenarios, {task.fields[steps]} steps"),
            quiet=as_json,
        ) as bar:
            task = bar.add_task("check", total=seconds or 1, scenarios=0, steps=0)

            def progress(tally: Tally) -> None:
                elapsed = bar.tasks[0].elapsed or 0
                bar.update(task, completed=elapsed, scenarios=tally.scenarios, steps=tally.steps)

            report = check(seconds, jobs=jobs, first_seed=first_seed, progress=progress)
    except WorkerDied as died:
        console.print(str(died), style="red", markup=False)
        raise typer.Exit(ExitCode.NO_VERDICT) from died

    files = [_write(failure, output, i) for i, failure in enumerate(report.failures)]
    if as_json:
        typer.echo(json.dumps(_as_json(report, files, first_seed)))
    else:
        _print(report, files, first_seed)
    raise typer.Exit(ExitCode.DIFFERS if report.failures else ExitCode.CONFORMS)


def _write(failure: Failure, output: Path, number: int) -> Path:
    file = output / f"rlog-failure-{number + 1}.json"
    titled = attrs.evolve(failure.scenario, title=f"shrunk from {failure.found_as}")
    file.write_text(scenarios.dumps(titled), encoding="utf-8")
    return file


def _as_json(report: Report, files: list[Path], first_seed: int) -> dict[str, object]:
    return {
        **attrs.asdict(report.tally),
        "random_scenarios": report.random_scenarios,
        "failures": len(report.failures),
        "failed": [
            {"file": str(file), "reason": failure.reason, "found_as": failure.found_as}
            for file, failure in zip(files, report.failures, strict=True)
        ],
        "seconds": round(report.seconds, 3),
        "seed": first_seed,
    }


def _print(report: Report, files: list[Path], first_seed: int) -> None:
    console = Console()
    tally = report.tally
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(f"{tally.scenarios:,}", f"scenarios, {report.random_scenarios:,} of them random")
    table.add_row(f"{tally.steps:,}", "steps, each executed by the model and the implementation")
    table.add_row(_share(tally.with_two_recorders, tally), "with two concurrent recorders or more")
    table.add_row(_share(tally.with_handoff, tally), "with a handoff that completed")
    table.add_row(f"{report.seconds:.1f}", f"seconds (seed {first_seed})")
    console.print(table)
    for file, failure in zip(files, report.failures, strict=True):
        console.print("\n[red bold]failed[/]", f"({escape(failure.found_as)})")
        console.print(failure.reason, markup=False, highlight=False)
        written = f"{len(failure.scenario.steps)} steps, written to {file}; to see them:"
        console.print(written, markup=False, highlight=False, soft_wrap=True)
        console.print(f"  rlog replay {shlex.quote(str(file))}", markup=False, soft_wrap=True)
    if not report.failures:
        console.print("[green bold]conforms[/]: model, implementation and directories agree")


def _share(count: int, tally: Tally) -> str:
    return f"{count:,} ({count / tally.scenarios:.0%})" if tally.scenarios else "0"
