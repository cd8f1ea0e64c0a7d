"""``rlog check -- COMMAND``: vectors and random scenarios through an adapter."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, TextIO

import attrs
import typer
from attrs import frozen
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from rlog_model import scenario as scenarios
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.progress import progress_bar
from rlog_model.cli.report import verdict
from rlog_model.conformance.adapter import AdapterFailed
from rlog_model.conformance.suite import divergences, record, vector
from rlog_model.conformance.suite.random_runs import Tried, try_random
from rlog_model.conformance.suite.record import Record, Result
from rlog_model.conformance.suite.reports import terminal
from rlog_model.conformance.suite.run import NoAdapter, Options, run
from rlog_model.conformance.suite.vector import Vector


@frozen
class Asked:
    """What the user asked for."""

    command: tuple[str, ...]
    folder: Path | None
    smoke: bool
    only: str
    repeat: int
    known: Path | None
    record: Path | None
    timeout: float
    seconds: float
    jobs: int
    seed: int
    output: Path
    as_json: bool


def check_adapter(asked: Asked) -> NoReturn:
    """Run all that was asked for, and end with the verdict."""
    options, chosen = _options(asked), _chosen(asked)
    try:
        done, tried = _run(chosen, options, asked)
    except (NoAdapter, AdapterFailed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.NO_VERDICT) from error
    failure = _written(tried, asked.output)
    if asked.as_json:
        typer.echo(json.dumps(_as_json(done, chosen, tried, failure, asked)))
    else:
        _print(done, tried, failure, asked)
    raise typer.Exit(verdict([done]))


def _options(asked: Asked) -> Options:
    known = divergences.NONE_KNOWN
    if asked.known is not None:
        try:
            known = divergences.load(asked.known)
        except (divergences.MalformedKnown, OSError) as error:
            _usage(str(error))
    if asked.only != "*" or asked.smoke:
        # An entry about a vector that was not chosen is not stale.
        ids = [chosen.id for chosen in _chosen(asked)]
        met = [entry for entry in known.entries if any(map(entry.names, ids))]
        known = attrs.evolve(known, entries=tuple(met))
    return Options(asked.command, asked.timeout, asked.jobs, known)


def _chosen(asked: Asked) -> list[Vector]:
    try:
        chosen = [v for v in vector.load(asked.folder) if divergences.matches(v.id, asked.only)]
        if asked.smoke:
            smoke = vector.smoke(asked.folder)
            chosen = [v for v in chosen if v.id in smoke]
    except (vector.MalformedVector, OSError) as error:
        _usage(str(error))
    if not chosen:
        _usage(f"no vector matches {asked.only!r}")
    return chosen * asked.repeat


def _usage(problem: str) -> NoReturn:
    typer.echo(problem, err=True)
    raise typer.Exit(ExitCode.USAGE)


def _run(chosen: list[Vector], options: Options, asked: Asked) -> tuple[Record, Tried | None]:
    """Run the vectors, then random scenarios; and write the record of both as they go."""
    with contextlib.ExitStack() as opened:
        to: TextIO | None = None
        if asked.record is not None:
            try:
                to = opened.enter_context(open(asked.record, "w", encoding="utf-8"))
            except OSError as error:
                _usage(str(error))

        def write(line: str) -> None:
            if to is not None:
                to.write(line)
                to.flush()

        done = _vectors(chosen, options, asked, write)
        tried = _random(options, asked) if asked.seconds and done.complete else None
        if tried is not None and tried.found is not None:
            told = f"random scenario (seed {asked.seed}): {tried.found.failure.detail}"
            done = attrs.evolve(done, broken=(*done.broken, told))
        if done.complete:
            write(record.footer_line(done))
        return done, tried


def _vectors(
    chosen: list[Vector], options: Options, asked: Asked, write: Callable[[str], None]
) -> Record:
    told = TextColumn("{task.fields[told]}")
    columns = TextColumn("vectors"), BarColumn(), MofNCompleteColumn(), told
    with progress_bar(Console(stderr=True), *columns, quiet=asked.as_json) as bar:
        task = bar.add_task("vectors", total=len(chosen), told="")
        failed = 0

        def result(one: Result) -> None:
            nonlocal failed
            failed += one.failed
            bar.update(task, advance=1, told=f"{failed} failed" if failed else "")
            write(record.line_of(one.to_json()))

        return run(
            chosen, options, started=lambda head: write(record.head_line(head)), result=result
        )


def _random(options: Options, asked: Asked) -> Tried:
    columns = TextColumn("random scenarios"), BarColumn(), TextColumn("{task.fields[scenarios]}")
    with progress_bar(Console(stderr=True), *columns, quiet=asked.as_json) as bar:
        task = bar.add_task("random", total=asked.seconds, scenarios=0)

        def progress(count: int) -> None:
            bar.update(task, completed=bar.tasks[0].elapsed or 0, scenarios=count)

        return try_random(options, asked.seconds, asked.seed, progress=progress)


def _written(tried: Tried | None, output: Path) -> Path | None:
    if tried is None or tried.found is None:
        return None
    file = output / "rlog-failure-1.json"
    output.mkdir(parents=True, exist_ok=True)
    file.write_text(scenarios.dumps(tried.found.scenario), encoding="utf-8")
    return file


def _as_json(
    done: Record, chosen: Iterable[Vector], tried: Tried | None, file: Path | None, asked: Asked
) -> dict[str, Any]:
    of_id = {one.id: one for one in chosen}
    judged = [of_id[r.id] for r in done.results if r.status != record.UNTESTED]
    random = None
    if tried is not None:
        random = {
            "scenarios": tried.scenarios,
            "operations": tried.applies,
            "seconds": round(tried.seconds, 3),
            "known": tried.known,
            "seed": asked.seed,
            "failure": None if tried.found is None else tried.found.failure.detail,
            "file": None if file is None else str(file),
        }
    return {
        "implementation": done.head.implementation,
        "version": done.head.version,
        "complete": done.complete,
        "passes": done.passes,
        "cases": len(judged),
        "steps": sum(one.steps for one in judged),
        "operations": sum(one.applies for one in judged),
        "seconds": None if done.seconds is None else round(done.seconds, 3),
        **{status: done.counts[status] for status in record.STATUSES},
        "broken": list(done.broken),
        "failures": [
            {"id": r.id, "level": r.level, **attrs.asdict(r.failure)}
            for r in done.results
            if r.failure is not None
        ],
        "random": random,
    }


def _print(done: Record, tried: Tried | None, file: Path | None, asked: Asked) -> None:
    console = Console()
    terminal.render(done, console)
    if tried is None:
        return
    told = f"{tried.scenarios:,} random scenarios in {tried.seconds:.1f} s (seed {asked.seed})"
    if tried.known:
        told += f", {tried.known:,} of which failed as known"
    console.print(told)
    if tried.found is None or file is None:
        return
    console.print("\n[red bold]failed[/] at a random scenario")
    console.print(tried.found.failure.detail, markup=False, highlight=False)
    found = tried.found.failure.difference
    if found is not None:
        console.print(f"  expected      {found.expected}", markup=False, highlight=False)
        console.print(f"  actually got  {found.actual}", markup=False, highlight=False)
    replay = f"rlog replay {shlex.quote(str(file))} -- {shlex.join(asked.command)}"
    console.print(f"  {replay}", markup=False, highlight=False, soft_wrap=True)
