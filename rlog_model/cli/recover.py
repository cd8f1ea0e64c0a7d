"""``rlog recover``."""

from __future__ import annotations

import enum
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen
from rich.console import Console
from rich.text import Text

from rlog_model.cli.dry_play import dry_play
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.failing import (
    INVALID_HINTS,
    Unplayable,
    damage_advice,
    error_json,
    failures,
    rule_of,
)
from rlog_model.cli.given import (
    AsJson,
    NoHints,
    NoSuchLog,
    Store,
    hint_files,
    read_hints,
    require_logs,
)
from rlog_model.cli.play import Target, play_into, played_json, played_text
from rlog_model.cli.words import count
from rlog_model.diagnosis import Diagnosis
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.play_error import PlayError


@frozen
class OnlyNothing(Exception):
    """What plays leads to no file, and what leads to files does not play."""

    file: Path

    def __str__(self) -> str:
        return (
            f"only hints without any file play ({self.file}), and the log at hand lacks what other"
            " hints name: is it the log that they were taken from?"
        )


class Order(enum.Enum):
    """Which hints are tried first."""

    TIME = "time"
    SEQUENCE = "sequence"


@frozen
class Kept:
    """A file of hints."""

    file: Path
    hints: FSMHints
    written: float
    """When the file was modified, in seconds since 1970."""

    @property
    def last_seq_no(self) -> int:
        """The last operation that they name; 0 if none."""
        return max((s.last_seq_no for n in self.hints.live_nodes for s in n.segments), default=0)

    @property
    def when(self) -> str:
        """When the file was modified."""
        return f"{datetime.fromtimestamp(self.written, UTC):%Y-%m-%d %H:%M:%S} UTC"


@frozen
class Failure:
    """Hints that were tried, and what they lacked."""

    file: Path
    error: Exception
    diagnosis: Diagnosis | None

    def __str__(self) -> str:
        if self.diagnosis is not None:
            return f"{self.diagnosis} ({self.diagnosis.error.rule})"
        return f"{self.error}{rule_of(self.error)}"


def command(
    target: Target,
    store: Store,
    hints: Annotated[
        list[Path],
        typer.Option(
            "--hints",
            help="Hints that were kept: a file, or a directory of them. Give it again for more.",
            exists=True,
        ),
    ],
    order: Annotated[
        Order,
        typer.Option(
            "--newest-by",
            help=(
                "What makes hints newer: the time at which the file was modified, or the sequence"
                " number of the last operation that they name."
            ),
        ),
    ] = Order.TIME,
    as_json: AsJson = False,
) -> None:
    """Try hints that were kept, from the newest on, until some play; and say what each lacked.

    Hints are tried by the time at which their file was modified, newest first; of two with one
    time, the ones that name the later operation. Where times mean nothing, as in a copy or a
    checkout, say --newest-by sequence: but sequence numbers of two branches don't compare, and
    those of a zombie can be the greatest.

    Each is played as by `rlog play`, up to the write head, and the first that plays is what you
    get. Older hints lead to the same files if they are of the same branch: they only make a
    player read more.

    Hints without a live file that lead to no file are taken last, and only if all that other
    hints name is in the log: what is left of a lost log must not pass for a recovery.

    Exit code 1 says that none of them plays; 2, that the store has none of their logs.

    Example: `rlog recover NEW --store DIR --hints KEPT`
    """
    console = Console(stderr=True)
    failed: list[Failure] = []
    nothing: Kept | None = None
    played: tuple[Kept, FSM] | None = None
    with failures(as_json):
        for one in _kept(hints, order, failed):
            if not as_json:
                told = f"trying {one.file} of {one.when}, up to operation {one.last_seq_no}"
                console.print(Text(told), soft_wrap=True)
            try:
                if _leads_to_nothing(one.hints, store):
                    nothing = nothing or one
                    if not as_json:
                        console.print("  leads to no file: taken last")
                    continue
                fsm = play_into(target, store, one.hints, one.file, quiet=as_json)
            except (Unplayable, PlayError, CorruptFragment, NoSuchLog) as error:
                failed.append(_failure(one, store, error))
                if not as_json:
                    verb = "lacks" if failed[-1].diagnosis else "does not play:"
                    lacked = Text.assemble((f"  {verb}", "yellow bold"), f" {failed[-1]}")
                    console.print(lacked, soft_wrap=True)
            else:
                played = one, fsm
                break
        if nothing is not None and played is None:
            if any(isinstance(f.error, PlayError) for f in failed):
                failed.append(Failure(nothing.file, OnlyNothing(nothing.file), None))
            else:
                fsm = play_into(target, store, nothing.hints, nothing.file, quiet=as_json)
                played = nothing, fsm
    if as_json:
        typer.echo(json.dumps(_json(target, failed, played)))
    else:
        _print(target, failed, played)
    if played:
        raise typer.Exit(ExitCode.CONFORMS)
    tried = [f.error for f in failed if not isinstance(f.error, NoHints | OSError)]
    no_log = all(isinstance(error, NoSuchLog) for error in tried)
    raise typer.Exit(ExitCode.USAGE if no_log else ExitCode.DIFFERS)


def _kept(given: list[Path], order: Order, failed: list[Failure]) -> list[Kept]:
    """The hints in all files, in the order in which they are tried; the other files are failures.

    A file may well have no hints, or be unreadable: it is named, where it was among others.
    """
    found: list[Kept] = []
    for file in hint_files(given):
        try:
            found.append(Kept(file, read_hints(file), file.stat().st_mtime))
        except (NoHints, OSError) as error:
            failed.append(Failure(file, error, None))
    if not found and failed:
        raise failed[0].error

    def newness(one: Kept) -> tuple[float, ...]:
        if order is Order.TIME:
            return one.written, one.last_seq_no
        return one.last_seq_no, one.written

    return sorted(found, key=newness, reverse=True)


def _leads_to_nothing(hints: FSMHints, store: Path) -> bool:
    """Whether hints without a live file play, and lead to none: as any log that is empty has it."""
    if hints.live_nodes:
        return False
    require_logs(store, hints.logs())
    with FileStore(store) as journals:
        try:
            played = dry_play(hints, journals)
        except INVALID_HINTS:
            return False
    return played.diagnosis is None and not played.fsm.links


def _failure(one: Kept, store: Path, error: Exception) -> Failure:
    """What hints lacked: they are played once more, with all that is told of a play."""
    if not isinstance(error, PlayError):
        return Failure(one.file, error, None)
    try:
        with FileStore(store) as journals:
            return Failure(one.file, error, dry_play(one.hints, journals).diagnosis)
    except (CorruptFragment, *INVALID_HINTS):
        return Failure(one.file, error, None)


def _print(target: Path, failed: list[Failure], played: tuple[Kept, FSM] | None) -> None:
    console = Console(highlight=False)
    tried = [f for f in failed if not isinstance(f.error, NoHints | OSError)]
    for broken in (f for f in failed if isinstance(f.error, OSError)):
        told = Text.assemble(("can't be read", "yellow bold"), f": {broken.error}")
        Console(stderr=True).print(told, soft_wrap=True, highlight=False)
    if none := [f.file.name for f in failed if isinstance(f.error, NoHints)]:
        told = Text(f"passed over, as they are no hints: {', '.join(none)}", "dim")
        Console(stderr=True).print(told, soft_wrap=True, highlight=False)
    if played is None:
        only = [f for f in failed if isinstance(f.error, OnlyNothing)]
        why = str(only[0]) if only else "none of the hints can be played"
        told = Text.assemble(("failed", "red bold"), f" {why}")
        for advice in _advice(tried):
            told.append(f"\n  - {advice}")
        Console(stderr=True).print(told, soft_wrap=True, highlight=False)
        return
    one, fsm = played
    console.print(played_text(target, fsm), soft_wrap=True)
    console.print(Text(f"by the hints {one.file} of {one.when}"), soft_wrap=True)
    if tried:
        told = Text(
            f"{count(len(tried), 'newer file')} of hints did not play: what only they lead to is"
            " not in it",
            "yellow",
        )
        console.print(told, soft_wrap=True)


def _advice(failed: list[Failure]) -> list[str]:
    """What could be done about any of them, each once."""
    found = [f.diagnosis.advice if f.diagnosis else damage_advice(f.error) for f in failed]
    lines = dict.fromkeys(line for lines in found for line in lines)
    return [line for line in lines if "rlog recover" not in line]


def _json(target: Path, failed: list[Failure], played: tuple[Kept, FSM] | None) -> dict[str, Any]:
    return {
        "failed": [{"hints": str(f.file), **error_json(f.error), "lacks": str(f)} for f in failed],
        "hints": None if played is None else str(played[0].file),
        "played": None if played is None else played_json(target, played[1]),
    }
