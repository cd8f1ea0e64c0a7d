"""``rlog report``."""

from __future__ import annotations

import enum
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.failing import UsageMistake, failures
from rlog_model.cli.words import wide_console
from rlog_model.conformance.suite import record as records
from rlog_model.conformance.suite.record import Record
from rlog_model.conformance.suite.reports import badge, html, junit, markdown, summary, terminal
from rlog_model.conformance.suite.reports.failures import failed, file_name
from rlog_model.conformance.suite.reports.html_failures import Links


class Format(enum.StrEnum):
    """What a report is written as."""

    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    BADGE = "badge"


def command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="RECORD...", help="Records of runs.", exists=True, dir_okay=False),
    ],
    format: Annotated[
        Format, typer.Option(help="What is written: html is one page of all records, side by side.")
    ] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(help="File to write; else standard output.", dir_okay=False)
    ] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write the scenarios of failures into, so that the commands that the"
            " report shows can be run.",
            file_okay=False,
        ),
    ] = None,
    specification: Annotated[
        str | None,
        typer.Option(
            metavar="LINK",
            help="Where html links clauses to: {file} and {id} stand for a text of the"
            " specification and a clause, as in ../spec/{file}.md.",
        ),
    ] = None,
) -> None:
    """Tell what came of runs of an adapter, from their records.

    A record is lines of JSON: what was run, one line a vector, and a footer. One without a footer
    is of a run that was cut off: it is *incomplete*, and never passes. What an implementation does
    not claim is *untested*, and never passed.

    Exit code 0 says that all records pass, 1 that one does not, 3 that one is incomplete or has
    tested nothing.

    Example: `rlog report run.jsonl --format html --output report.html`
    """
    with failures(as_json=False):
        runs = [_read(file) for file in files]
        if scenarios is not None:
            _write_scenarios(runs, scenarios)
        folder = "" if scenarios is None else str(scenarios)
        if output is None and format is Format.TEXT:
            for run in runs:
                terminal.render(run, wide_console(), scenarios=folder)
        elif output is None:
            # As bytes: a report is UTF-8, whatever standard output is.
            typer.echo(_report(runs, format, folder, specification).encode(), nl=False)
        else:
            output.write_text(_report(runs, format, folder, specification), encoding="utf-8")
    raise typer.Exit(verdict(runs))


def verdict(runs: Sequence[Record]) -> ExitCode:
    """How the command ends. Nothing is known of runs of which one is incomplete, or has tested
    nothing."""
    verdicts = {summary.verdict(run) for run in runs}
    if "incomplete" in verdicts:
        return ExitCode.NO_VERDICT
    if "fails" in verdicts:
        return ExitCode.DIFFERS
    return ExitCode.NO_VERDICT if "untested" in verdicts else ExitCode.CONFORMS


def _read(file: Path) -> Record:
    try:
        return records.read(file)
    except records.MalformedRecord as error:
        raise UsageMistake(f"{file}: {error}") from error


def _report(runs: Sequence[Record], format: Format, folder: str, specification: str | None) -> str:
    match format:
        case Format.HTML:
            return html.render(runs, links=Links(specification, folder))
        case Format.MARKDOWN:
            return markdown.render(runs, scenarios=folder)
        case Format.JUNIT:
            return junit.render(runs, scenarios=folder)
        case Format.BADGE:
            return badge.render(runs)
        case Format.TEXT:
            text = io.StringIO()
            for run in runs:
                terminal.render(run, Console(file=text, width=120), scenarios=folder)
            return text.getvalue()


def _write_scenarios(runs: Sequence[Record], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for run in runs:
        for result in failed(run):
            if result.scenario is not None:
                content = json.dumps(result.scenario, indent=1) + "\n"
                (folder / file_name(result)).write_text(content, encoding="utf-8")
