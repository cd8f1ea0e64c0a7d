"""``rlog play``."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from attrs import frozen
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn
from rich.text import Text

from rlog_model import wire
from rlog_model.cli import wishes
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.progress import progress_bar
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_json import hints_from_json
from rlog_model.identity import InvalidLogName
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.play_error import PlayError
from rlog_model.playback import Progress
from rlog_model.player import PlayCancelled, Player
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.staging import StagingFailed, TargetNotEmpty


@frozen
class NoSuchLog(Exception):
    """A log that hints name, and the store doesn't have."""

    log: str
    folder: str

    def __str__(self) -> str:
        return (
            f"the hints name the log {self.log}, and there is no folder {self.folder}:"
            " --store is the directory which holds journals in folders named like them"
        )


def command(
    target: Annotated[
        Path, typer.Argument(help="The directory to make. It must be new, or empty.")
    ],
    store: Annotated[
        Path,
        typer.Option(
            help="Where the journals are: fragments, in folders named like their journals.",
            exists=True,
            file_okay=False,
        ),
    ],
    hints: Annotated[
        Path,
        typer.Option(help="Hints, as JSON or as protobuf bytes.", exists=True, dir_okay=False),
    ],
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on behind the write head until Ctrl-C or SIGTERM.")
    ] = False,
    handoff: Annotated[
        bool, typer.Option("--handoff", help="End with a handoff: other recorders are fenced off.")
    ] = False,
    to_author: Annotated[
        int | None,
        typer.Option("--author", help="Hand off to this author instead of to a random one."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Play logs into a new directory, up to their write head.

    The hints name the logs. TARGET appears when the play is complete, and not before; if the play
    fails, nothing is left. A play that follows is complete at the head that the log has when it is
    interrupted; a second interrupt cancels it.
    """
    console = Console(stderr=True)
    try:
        author = wishes.handoff_author(handoff, to_author)
    except ValueError as error:
        _fail(str(error), ExitCode.USAGE, as_json, error)
    try:
        parsed = _read_hints(hints)
    except ValueError as error:
        _fail(f"{hints}: {error}", ExitCode.USAGE, as_json, error)
    for log in parsed.logs():
        folder = store / log
        if log and not folder.is_dir():
            missing = NoSuchLog(log, str(folder))
            _fail(str(missing), ExitCode.USAGE, as_json, missing)
    parent = target.absolute().parent
    if not parent.is_dir():
        absent = NotADirectoryError(f"{parent} is no directory: make it first")
        _fail(str(absent), ExitCode.USAGE, as_json, absent)
    journals = FileStore(store)
    columns = TextColumn("playing"), BarColumn(), DownloadColumn()
    with progress_bar(console, *columns, quiet=as_json) as bar:
        task = bar.add_task("play", total=None)

        def watch(progress: Progress) -> None:
            playback = progress.playback
            bar.update(
                task,
                total=playback.heads.get(playback.log),
                completed=playback.framer.end,
            )

        player = Player(parsed, target, journals, watch=watch)
        try:
            fsm = wishes.play_until(player, follow, author)
        except (InvalidHints, InvalidSegment, SegmentConflict, InvalidLogName) as error:
            _fail(
                f"{hints}: these hints can't be played: {error}", ExitCode.DIFFERS, as_json, error
            )
        except (PlayError, CorruptFragment) as error:
            _fail(str(error), ExitCode.DIFFERS, as_json, error)
        except TargetNotEmpty as error:
            _fail(str(error), ExitCode.USAGE, as_json, error)
        except (StagingFailed, PlayCancelled, OSError) as error:
            _fail(str(error), ExitCode.NO_VERDICT, as_json, error)
        finally:
            journals.close()

    if as_json:
        result = {
            "target": str(target),
            "log": fsm.log,
            "files": len(fsm.links),
            "properties": len(fsm.properties),
            "next_seq_no": str(fsm.next_seq_no),
            "next_checksum": str(fsm.next_checksum),
            "author": author,
        }
        typer.echo(json.dumps(result))
    else:
        played = (
            f" {fsm.log} into {target}: {len(fsm.links):,} files,"
            f" {len(fsm.properties):,} properties, up to operation {fsm.next_seq_no - 1:,}"
        )
        if author is not None:
            played += f", handed off to author {author:d} (fence {author.fence()})"
        Console().print(Text.assemble(("played", "green bold"), played), soft_wrap=True)


def _read_hints(file: Path) -> FSMHints:
    content = file.read_bytes().removeprefix(codecs.BOM_UTF8)
    if content.lstrip()[:1] in (b"{", b"["):
        try:
            return hints_from_json(json.loads(content))
        except RecursionError as error:
            raise ValueError("this JSON is nested too deeply for hints") from error
    try:
        return wire.decode_hints(content)
    except wire.MalformedHints as error:
        form = "hints are JSON, which begins with {, or protobuf bytes; hex is to be decoded first"
        raise ValueError(f"{error}; {form}") from error


def _fail(message: str, code: ExitCode, as_json: bool, error: BaseException) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": type(error).__name__, "message": message}))
    else:
        told = Text.assemble(("failed", "red bold"), f" {message}")
        Console(stderr=True).print(told, soft_wrap=True)
    raise typer.Exit(code) from error
