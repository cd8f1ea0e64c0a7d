"""The commands of ``rlog``, and what they have in common."""

from __future__ import annotations

from typing import Annotated

import typer

import rlog_model
from rlog_model.cli import (
    check,
    explain,
    explore,
    fuzz,
    hints,
    inspect,
    mutants,
    play,
    promote,
    prune,
    record,
    recover,
    replay,
    report,
)

EPILOG = (
    "Exit codes: 0 conforms, 1 does not, 2 usage, 3 no verdict. Start with: rlog check --seconds 10"
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    epilog=EPILOG,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rlog {rlog_model.__version__}")
        raise typer.Exit


@app.callback()
def rlog(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Recovery logs: a reference model, and what checks an implementation against it.

    A recovery log makes a local database durable: a recorder appends every file operation to a
    journal, a player rebuilds the directory from it, and hints say which parts still matter.
    """


_LOGS = "A real log"

app.command("check")(check.command)
app.command("fuzz")(fuzz.command)
app.command("explore")(explore.command)
app.command("replay")(replay.command)
app.command("promote")(promote.command)
app.command("report")(report.command)
app.command("mutants")(mutants.command)
app.command("inspect", rich_help_panel=_LOGS)(inspect.command)
app.command("explain", rich_help_panel=_LOGS)(explain.command)
app.add_typer(hints.app, name="hints", rich_help_panel=_LOGS)
app.command("record", rich_help_panel=_LOGS)(record.command)
app.command("play", rich_help_panel=_LOGS)(play.command)
app.command("recover", rich_help_panel=_LOGS)(recover.command)
app.command("prune", rich_help_panel=_LOGS)(prune.command)
