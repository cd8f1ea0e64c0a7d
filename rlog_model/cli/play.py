"""``rlog play``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen
from rich.console import Console
from rich.text import Text

from rlog_model.cli.failing import INVALID_HINTS, Unplayable, UsageMistake, failures
from rlog_model.cli.given import AsJson, Hints, Store, read_hints, require_logs
from rlog_model.cli.progress import bytes_done, progress_bar
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.journal.file import FileStore
from rlog_model.playback import Progress
from rlog_model.player import Player


@frozen
class NoParent(UsageMistake):
    """The directory to play into would lie in one that is not there."""

    parent: str

    def __str__(self) -> str:
        return f"{self.parent} is no directory: make it first"


Target = Annotated[Path, typer.Argument(help="The directory to make. It must be new, or empty.")]


def command(target: Target, store: Store, hints: Hints, as_json: AsJson = False) -> None:
    """Play logs into a new directory, up to their write head.

    The hints name the logs. TARGET appears when the play is complete, and not before; if the play
    fails, nothing is left.
    """
    with failures(as_json):
        fsm = play_into(target, store, read_hints(hints), hints, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(played_json(target, fsm)))
    else:
        Console().print(played_text(target, fsm), soft_wrap=True)


def play_into(target: Path, store: Path, hints: FSMHints, file: Path, *, quiet: bool) -> FSM:
    """Play the hints of a file into a new directory, with a bar of progress.

    Raises:
        UsageMistake, TargetNotEmpty: the store hasn't their logs; the target can't be made there.
        Unplayable, PlayError, CorruptFragment: the log doesn't lead to the files.
        StagingFailed, OSError: the directory, or a journal, broke.
    """
    require_logs(store, hints.logs())
    parent = target.absolute().parent
    if not parent.is_dir():
        raise NoParent(str(parent))
    with (
        FileStore(store) as journals,
        progress_bar(Console(stderr=True), *bytes_done("playing"), quiet=quiet) as bar,
    ):
        task = bar.add_task("play", total=None)

        def watch(progress: Progress) -> None:
            playback = progress.playback
            head = playback.heads.get(playback.log)
            bar.update(task, total=head, completed=playback.framer.end)

        return _play(Player(hints, target, journals, watch=watch), file)


def _play(player: Player, file: Path) -> FSM:
    player.finish_at_write_head()
    try:
        return player.play()
    except INVALID_HINTS as error:
        raise Unplayable(str(file), str(error)) from error


def played_json(target: Path, fsm: FSM) -> dict[str, Any]:
    """What was played, as JSON."""
    return {
        "target": str(target),
        "log": fsm.log,
        "files": len(fsm.links),
        "properties": len(fsm.properties),
        "next_seq_no": str(fsm.next_seq_no),
        "next_checksum": str(fsm.next_checksum),
    }


def played_text(target: Path, fsm: FSM) -> Text:
    """What was played, in a line."""
    played = (
        f" {fsm.log} into {target}: {len(fsm.links):,} files,"
        f" {len(fsm.properties):,} properties, up to operation {fsm.next_seq_no - 1:,}"
    )
    return Text.assemble(("played", "green bold"), played)
