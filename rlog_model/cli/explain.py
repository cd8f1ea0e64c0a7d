"""``rlog explain``."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.text import Text

from rlog_model.cli.dry_play import DryPlay, dry_play
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.explain_text import (
    diagnosis_json,
    diagnosis_text,
    note_json,
    note_text,
)
from rlog_model.cli.failing import INVALID_HINTS, Unplayable, failures
from rlog_model.cli.given import Hints, Store, read_hints, require_logs
from rlog_model.cli.progress import play_bar
from rlog_model.cli.words import count, if_empty, wide_console
from rlog_model.journal.file import FileStore
from rlog_model.paths import shown
from rlog_model.play_notes import Note


def command(
    hints: Hints,
    store: Store,
    every: Annotated[
        bool, typer.Option("--all", help="Tell each operation, not only runs of them.")
    ] = False,
    files: Annotated[
        bool, typer.Option("--files", help="List the files and properties that come out.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON: one object a line, of which the last is the end."),
    ] = False,
) -> None:
    """Play hints without making a file, and tell why each operation was applied or not.

    It says where the player seeks and what it skips, by which rule operations were *applied*,
    *untracked* (next of the branch, on a file that the hints do not lead to) or *rejected*
    (FSM-1 to FSM-8), and at which operation a recovery breaks, with what could be done. Runs of
    operations are summed up by rule and author; what is surprising stands alone.

    Exit code 1 says that the hints can't be played.

    Example: `rlog explain --store DIR --hints FILE`
    """
    with failures(as_json), FileStore(store) as journals:
        parsed = read_hints(hints)
        require_logs(store, parsed.logs())
        console = wide_console()
        quiet = as_json or sys.stdout.isatty()

        def tell(told: Text | dict[str, Any]) -> None:
            if isinstance(told, Text):
                console.print(told)
            else:
                typer.echo(json.dumps(told))

        def note(told: Note) -> None:
            tell(note_json(told) if as_json else note_text(told))

        with play_bar("playing", quiet=quiet) as watch:
            try:
                played = dry_play(parsed, journals, note=note, watch=watch, every=every)
            except INVALID_HINTS as error:
                raise Unplayable(str(hints), str(error)) from error
        tell(_end_json(played, files) if as_json else _end_text(played, files))
    raise typer.Exit(ExitCode.DIFFERS if played.diagnosis else ExitCode.CONFORMS)


def _end_text(played: DryPlay, files: bool) -> Text:
    if played.diagnosis is not None:
        return diagnosis_text(played.diagnosis)
    fsm, last = played.fsm, played.play.last_applied
    at = "" if last is None else f", at offset {last.first_offset} of {last.log}"
    properties = count(len(fsm.properties), "property", "properties")
    text = Text.assemble(
        ("it plays", "green bold"),
        f": {count(len(fsm.links), 'file')}, {properties},"
        f" up to operation {fsm.next_seq_no - 1}{at}{if_empty(played.heads[fsm.log])}",
    )
    if behind := played.play.rejected_since:
        text.append(
            f"\nrejected behind it: {count(behind, 'operation')}, of dead branches, or copies. rlog"
            " inspect draws the branches"
        )
    if files:
        for path, fnode in sorted(fsm.links.items()):
            text.append(f"\n  {shown(path)}  (file {fnode})")
        for path, content in sorted(fsm.properties.items()):
            text.append(f"\n  {shown(path)}  (property, {count(len(content), 'byte')})")
    return text


def _end_json(played: DryPlay, files: bool) -> dict[str, Any]:
    fsm = played.fsm
    end: dict[str, Any] = {
        "plays": played.diagnosis is None,
        "diagnosis": None if played.diagnosis is None else diagnosis_json(played.diagnosis),
        "log": fsm.log,
        "next_seq_no": str(fsm.next_seq_no),
        "next_checksum": str(fsm.next_checksum),
        "files": len(fsm.links),
        "properties": len(fsm.properties),
        "rejected_behind": played.play.rejected_since,
    }
    if files:
        end["paths"] = {path: str(fnode) for path, fnode in sorted(fsm.links.items())}
    return end
