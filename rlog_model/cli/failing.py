"""How a command says that it can't go on: one line, or one JSON object; and an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from attrs import frozen
from rich.console import Console
from rich.text import Text

from rlog_model.cli.exit_code import ExitCode
from rlog_model.hints import InvalidHints
from rlog_model.identity import InvalidLogName
from rlog_model.journal.fragment import FragmentFile
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.play_error import PlayError
from rlog_model.player import PlayCancelled
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.staging import StagingFailed, TargetNotEmpty


class UsageMistake(Exception):
    """The command was given what it can't work with."""


@frozen
class Unplayable(Exception):
    """Hints which no log can be played from."""

    hints: str
    reason: str

    def __str__(self) -> str:
        return f"{self.hints}: these hints can't be played: {self.reason}"


INVALID_HINTS = InvalidHints, InvalidSegment, SegmentConflict, InvalidLogName
"""What hints are refused with."""

EXIT_CODES: tuple[tuple[tuple[type[Exception], ...], ExitCode], ...] = (
    ((Unplayable, PlayError, CorruptFragment, *INVALID_HINTS), ExitCode.DIFFERS),
    ((UsageMistake, TargetNotEmpty), ExitCode.USAGE),
    ((StagingFailed, PlayCancelled, OSError), ExitCode.NO_VERDICT),
)
"""Which errors a command expects, and how it ends."""


@contextmanager
def failures(as_json: bool) -> Iterator[None]:
    """Tell an error that a command expects, and end it. A pipe that was closed is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except Exception as error:
        for types, code in EXIT_CODES:
            if isinstance(error, types):
                fail(error, code, as_json)
        raise


def fail(error: Exception, code: ExitCode, as_json: bool) -> NoReturn:
    """Tell an error, and end the command."""
    if as_json:
        typer.echo(json.dumps(error_json(error)))
    else:
        told = Text.assemble(("failed", "red bold"), f" {error}{rule_of(error)}")
        for advice in damage_advice(error):
            told.append(f"\n  - {advice}")
        Console(stderr=True).print(told, soft_wrap=True, highlight=False)
    raise typer.Exit(code) from error


def damage_advice(error: Exception) -> tuple[str, ...]:
    """Where a damaged fragment is in its log, and what could be done; of other errors nothing."""
    if not isinstance(error, CorruptFragment):
        return ()
    told = (
        "Newer hints may not need it, and older ones may lead to a branch that does not.",
        "rlog recover tries all hints that you kept.",
    )
    file = FragmentFile.parse(Path(error.file).name)
    if file is None:  # the open one
        return told
    where = f"It has the bytes {file.begin} to {file.end} of {error.journal}."
    return where, *told


def error_json(error: Exception) -> dict[str, Any]:
    """An error as JSON: its type, its rule if it has one, what it says, and advice if there is."""
    rule = {"rule": error.rule} if isinstance(error, PlayError) else {}
    told: dict[str, Any] = {"error": type(error).__name__, **rule, "message": str(error)}
    if advice := damage_advice(error):
        told["advice"] = list(advice)
    return told


def rule_of(error: Exception) -> str:
    """The rule by which a play failed, as it stands behind a message."""
    return f" ({error.rule})" if isinstance(error, PlayError) else ""
