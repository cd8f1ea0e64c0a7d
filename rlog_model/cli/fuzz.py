"""``rlog fuzz``."""

from __future__ import annotations

import json
import os
import random
import shlex
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.table import Table

from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.progress import progress_bar
from rlog_model.conformance.example_database import DatabaseUnusable, open_database, shown
from rlog_model.conformance.fuzz import Plan, fuzz, minimise_corpus
from rlog_model.conformance.fuzz_report import Report
from rlog_model.conformance.fuzz_sources import NAMES, NoSuchSource, source


def command(
    minutes: Annotated[
        float, typer.Option(min=0, max=1e7, help="How long to look for failures.")
    ] = 1.0,
    jobs: Annotated[int, typer.Option(min=1, help="Processes at a time.")] = os.cpu_count() or 1,
    database: Annotated[
        str | None,
        typer.Option(
            help="Where failing examples are shared: redis://HOST:PORT/DB, a directory, or none."
            " Default: the directory `examples` in --corpus."
        ),
    ] = None,
    corpus: Annotated[
        Path,
        typer.Option(
            help="The directory of `corpus/`, scenarios that pass, and `failures/`. It is made.",
            file_okay=False,
        ),
    ] = Path("rlog-fuzz"),
    machine: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Machine to run: {', '.join(NAMES)}, or module:Class of your own. Repeatable."
            " Default: all that ship."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The first seed; else a random one.")] = None,
    minimise: Annotated[
        bool,
        typer.Option(
            "--minimise",
            help="Don't fuzz: reduce the corpus to the fewest scenarios that reach as much.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Look for failures on several processes, as long as you like, and keep what is found.

    The corpus and earlier failures are replayed first. Then state machines and random plots run,
    batch after batch with fresh seeds. Each failure is reported once, made small, and written to
    `failures/`; `rlog replay FILE` shows it. Scenarios that reach something new of the protocol are
    written to `corpus/`: keep the directory from run to run.
    """
    where = str(corpus / "examples") if database is None else database
    machines = tuple(machine or NAMES)
    if minimise:
        _minimise(corpus, minutes * 60, as_json)
    try:
        if any(":" in name for name in machines):
            # As `python -m` does: the user's own module is here.
            sys.path.insert(0, os.getcwd())
        for name in machines:
            source(name)
        corpus.mkdir(parents=True, exist_ok=True)
        if where != "none":
            open_database(where, lambda reason: None)
    except (NoSuchSource, DatabaseUnusable, OSError) as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(ExitCode.USAGE) from error
    plan = Plan(
        minutes * 60,
        jobs,
        machines,
        random.SystemRandom().randrange(1 << 32) if seed is None else seed,
        corpus,
        None if where == "none" else where,
    )
    report = _run(plan, as_json)
    if as_json:
        typer.echo(json.dumps(_as_json(plan, report)))
    else:
        _print(plan, report)
    raise typer.Exit(_exit_code(report))


def _run(plan: Plan, as_json: bool) -> Report:
    console = Console(stderr=True)
    with progress_bar(
        console,
        TextColumn("fuzzing"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        quiet=as_json,
    ) as bar:
        task = bar.add_task("fuzz", total=plan.seconds or 1, told="")

        def progress(report: Report) -> None:
            rate = report.scenarios / report.seconds if report.seconds else 0.0
            told = (
                f"{report.scenarios:,} scenarios ({rate:.0f}/s), {report.steps:,} steps,"
                f" {len(report.corpus.covered)} features, {len(report.corpus)} in the corpus,"
                f" {len(report.failures)} failures"
            )
            bar.update(task, completed=report.seconds, told=told)

        return fuzz(plan, progress)


def _exit_code(report: Report) -> ExitCode:
    if report.failures:
        return ExitCode.DIFFERS
    return ExitCode.NO_VERDICT if report.lost or report.interrupted else ExitCode.CONFORMS


def _as_json(plan: Plan, report: Report) -> dict[str, object]:
    return {
        "minutes": round(report.seconds / 60, 3),
        "jobs": plan.jobs,
        "machines": list(plan.machines),
        "scenarios": report.scenarios,
        "steps": report.steps,
        "features": len(report.corpus.covered),
        "corpus": len(report.corpus),
        "failures": [
            {
                "signature": failure.signature,
                "file": str(failure.file),
                "reason": failure.reason,
                "machine": failure.machine,
                "steps": len(failure.scenario.steps),
                "times_seen": failure.times_seen,
            }
            for failure in report.failures.values()
        ],
        "fixed": [str(file) for file in report.fixed],
        "lost": [
            {
                "machine": lost.machine,
                "seed": lost.seed,
                "what": lost.what,
                "times": lost.times,
            }
            for lost in report.lost
        ],
        "ignored": {str(file): why for file, why in report.ignored.items()},
        "database": plan.database and shown(plan.database),
        "database_lost": report.database_lost,
        "interrupted": report.interrupted,
        "seed": plan.first_seed,
    }


def _print(plan: Plan, report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(f"{report.scenarios:,}", f"scenarios of {', '.join(plan.machines)}")
    table.add_row(f"{report.steps:,}", "steps")
    table.add_row(f"{len(report.corpus.covered):,}", "features of the protocol reached")
    table.add_row(f"{len(report.corpus):,}", f"scenarios in {report.corpus.directory}")
    table.add_row(f"{report.seconds:.1f}", f"seconds (seed {plan.first_seed})")
    console.print(table)
    for file, why in report.ignored.items():
        console.print(f"ignored: {file}: {why}", markup=False)
    if report.database_lost is not None:
        told = f"the example database went away, and the run went on: {report.database_lost}"
        console.print(told, markup=False)
    for file in report.fixed:
        console.print(f"fails no more, and can be removed: {file}", markup=False)
    for failure in report.failures.values():
        console.print(f"\n[red bold]failed[/] {failure.times_seen} times,", end=" ")
        console.print(failure.signature, markup=False)
        console.print(failure.reason, markup=False)
        steps = len(failure.scenario.steps)
        console.print(f"{steps} steps, found by {failure.machine}; to see them:", markup=False)
        console.print(f"  rlog replay {shlex.quote(str(failure.file))}", markup=False)
    for lost in report.lost:
        console.print("\n[red bold]not executed to the end[/]", end=" ")
        console.print(str(lost), markup=False)
        if lost.seed is not None:
            again = f"--machine {shlex.quote(lost.machine)} --seed {lost.seed} --jobs 1"
            console.print(f"  rlog fuzz {again}", markup=False)
    if report.interrupted:
        console.print("interrupted: this is the report so far")
    if _exit_code(report) is ExitCode.CONFORMS:
        console.print("[green bold]nothing found[/]")


def _minimise(corpus: Path, seconds: float, as_json: bool) -> NoReturn:
    kept, removed, ignored = minimise_corpus(corpus, seconds)
    if as_json:
        told = {
            "corpus": len(kept),
            "removed": removed,
            "features": len(kept.covered),
            "ignored": {str(file): why for file, why in ignored.items()},
        }
        typer.echo(json.dumps(told))
    else:
        for file, why in ignored.items():
            typer.echo(f"ignored: {file}: {why}")
        features = len(kept.covered)
        typer.echo(f"{len(kept)} scenarios reach all {features} features; {removed} were removed")
    raise typer.Exit(ExitCode.CONFORMS)
