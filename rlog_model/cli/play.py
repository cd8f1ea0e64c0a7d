"""``rlog play``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen
from rich.console import Console
from rich.text import Text

from rlog_model.cli import wishes
from rlog_model.cli.failing import INVALID_HINTS, Unplayable, UsageMistake, failures
from rlog_model.cli.given import AsJson, Hints, Store, read_hints, require_logs
from rlog_model.cli.progress import play_bar
from rlog_model.cli.words import if_empty
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.journal.file import FileStore
from rlog_model.player import Player


@frozen
class NoParent(UsageMistake):
    """The directory to play into would lie in one that is not there."""

    parent: str

    def __str__(self) -> str:
        return f"{self.parent} is no directory: make it first"


@frozen
class NoAuthor(UsageMistake):
    """What was given as an author is none."""

    reason: str

    def __str__(self) -> str:
        return self.reason


Target = Annotated[Path, typer.Argument(help="The directory to make. It must be new, or empty.")]


def command(
    target: Target,
    store: Store,
    hints: Hints,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on behind the write head until Ctrl-C or SIGTERM.")
    ] = False,
    handoff: Annotated[
        bool, typer.Option("--handoff", help="End with a handoff: other recorders are fenced off.")
    ] = False,
    to_author: Annotated[
        int | None,
        typer.Option("--author", help="With --handoff: to this author instead of to a random one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play logs into a new directory, up to their write head.

    The hints name the logs. TARGET appears when the play is complete, and not before; if the play
    fails, nothing is left. A play that follows is complete at the head that the log has when it is
    interrupted; a second interrupt cancels it.
    """
    with failures(as_json):
        try:
            author = wishes.handoff_author(handoff, to_author)
        except ValueError as error:
            raise NoAuthor(str(error)) from error

        def play(player: Player) -> FSM:
            return wishes.play_until(player, follow, author)

        fsm = play_into(target, store, read_hints(hints), hints, quiet=as_json, play=play)
    if as_json:
        typer.echo(json.dumps(played_json(target, fsm) | {"author": author}))
        return
    text = played_text(target, fsm)
    if author is None and not fsm.links:
        with FileStore(store) as journals:
            text.append(if_empty(journals.open(fsm.log).write_head()))
    if author is not None:
        text.append(f", handed off to author {author:d} (fence {author.fence()})")
    Console().print(text, soft_wrap=True)


def to_the_head(player: Player) -> FSM:
    """Play up to the write head."""
    player.finish_at_write_head()
    return player.play()


def play_into(
    target: Path,
    store: Path,
    hints: FSMHints,
    file: Path,
    *,
    quiet: bool,
    play: Callable[[Player], FSM] = to_the_head,
) -> FSM:
    """Play the hints of a file into a new directory, with a bar of progress.

    Raises:
        UsageMistake, TargetNotEmpty: the store hasn't their logs; the target can't be made there.
        Unplayable, PlayError, CorruptFragment: the log doesn't lead to the files.
        StagingFailed, PlayCancelled, OSError: the directory, or a journal, broke; or who waited
            for the play ended it.
    """
    require_logs(store, hints.logs())
    parent = target.absolute().parent
    if not parent.is_dir():
        raise NoParent(str(parent))
    with FileStore(store) as journals, play_bar("playing", quiet=quiet) as watch:
        try:
            return play(Player(hints, target, journals, watch=watch))
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
