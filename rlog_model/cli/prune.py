"""``rlog prune``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen
from rich.text import Text

from rlog_model.cli.dry_play import DryPlay, ReadableStore, Watch, dry_play
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.failing import INVALID_HINTS, Unplayable, fail, failures
from rlog_model.cli.given import AsJson, Store, hint_files, read_hints, require_logs
from rlog_model.cli.progress import play_bar
from rlog_model.cli.pruned_view import PrunedStore, hidden
from rlog_model.cli.words import count, percent, wide_console
from rlog_model.hints import FSMHints, HintRule, InvalidHints
from rlog_model.journal.file import FileStore
from rlog_model.journal.fragment import FragmentFile, Listing
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.needs import Needs


@frozen
class PruneRefused(Exception):
    """Fragments which it is not safe to delete."""

    hints: str
    reason: str

    def __str__(self) -> str:
        return f"nothing was deleted: {self.hints}: {self.reason}"


@frozen
class LogFragments:
    """The closed fragments of a log: those that some hints need, and those that none does."""

    log: str
    kept: tuple[FragmentFile, ...]
    doomed: tuple[FragmentFile, ...]


def command(
    store: Store,
    hints: Annotated[
        list[Path],
        typer.Option(
            "--hints",
            help=(
                "Hints that must play afterwards: a file, or a directory of nothing but hints. Give"
                " it again for each: **all** that anyone may still recover from."
            ),
            exists=True,
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deleted, and delete nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete the fragments that nothing needs any more, given **all** the hints.

    A fragment is needed if a segment of any hints may have a byte in it, or if it is behind the
    last segment of any, where the branch goes on. Only logs that the hints name are looked at,
    and only closed fragments are deleted.

    Before anything is deleted, all hints are played over what will be left, without making a
    file: each must lead to the same files as before. Hints without a live file are refused: they
    need all of the log.

    Example: `rlog prune --store DIR --hints a.json --hints b.json --dry-run`
    """
    with failures(as_json), FileStore(store) as journals:
        try:
            given = {str(file): read_hints(file) for file in hint_files(hints)}
            found = [_divided(store, log, needs) for log, needs in _needs(store, given).items()]
            _check(journals, given, found, quiet=as_json)
        except PruneRefused as error:
            fail(error, ExitCode.DIFFERS, as_json)
        console = wide_console()
        if not as_json:
            for one in found:
                console.print(_log_text(one))
            console.print(_verdict(found, len(given), dry_run))
        if not dry_run:
            for one in found:
                _delete(journals, one)
            if not as_json and any(one.doomed for one in found):
                console.print(Text("deleted", "green bold"))
    if as_json:
        typer.echo(json.dumps(_json(found, dry_run)))


def _needs(store: Path, given: Mapping[str, FSMHints]) -> dict[str, list[Needs]]:
    """What all hints need, for each log that they name."""
    logs: list[str] = []
    everything: list[Needs] = []
    for file, hints in given.items():
        require_logs(store, hints.logs())
        try:
            if not hints.log:
                raise InvalidHints(HintRule.NO_LOG)
            needs = Needs.of(hints)
        except INVALID_HINTS as error:
            raise Unplayable(file, str(error)) from error
        if not needs.segments:
            raise PruneRefused(file, "no file is live in them, so they need all of the log")
        logs += hints.logs()
        everything.append(needs)
    return dict.fromkeys(logs, everything)


def _divided(store: Path, log: str, everything: list[Needs]) -> LogFragments:
    files = Listing.scan(store / log).files
    kept: list[FragmentFile] = []
    doomed: list[FragmentFile] = []
    for file in files:
        needed = any(needs.need(log, file.begin, file.end) for needs in everything)
        (kept if needed else doomed).append(file)
    return LogFragments(log, tuple(kept), tuple(doomed))


def _check(
    journals: FileStore, given: Mapping[str, FSMHints], found: list[LogFragments], *, quiet: bool
) -> None:
    """Accept a deletion behind which all hints lead to what they lead to now.

    Raises:
        PruneRefused: hints do not play, now or then, or lead to something else.
    """
    # A log that is being recorded grows between two plays: both end at one head.
    heads = {one.log: journals.open(one.log).write_head() for one in found}
    before = PrunedStore(journals, heads, {})
    gone = {one.log: hidden(one.kept, one.doomed) for one in found}
    after = PrunedStore(journals, heads, gone)
    with play_bar("checking", quiet=quiet) as watch:
        for file, hints in given.items():
            now = _played(file, hints, before, "as the log is now, they can't be played", watch)
            then = _played(file, hints, after, "they could not be played any more", watch)
            if now.fsm != then.fsm:
                raise PruneRefused(file, "they would lead to other files")


def _played(
    file: str,
    hints: FSMHints,
    store: ReadableStore,
    reason: str,
    watch: Watch,
) -> DryPlay:
    try:
        played = dry_play(hints, store, watch=watch)
    except (CorruptFragment, *INVALID_HINTS) as error:
        raise PruneRefused(file, f"{reason}: {error}") from error
    if played.diagnosis is not None:
        raise PruneRefused(file, f"{reason}: {played.diagnosis}")
    return played


def _delete(journals: FileStore, one: LogFragments) -> None:
    with journals.open(one.log) as journal:
        for file in one.doomed:
            journal.prune(file.end, file.begin)


def _log_text(one: LogFragments) -> Text:
    doomed = sum(file.end - file.begin for file in one.doomed)
    size = doomed + sum(file.end - file.begin for file in one.kept)
    total = len(one.kept) + len(one.doomed)
    text = Text.assemble(
        (one.log, "bold"),
        f": no hints need {len(one.doomed)} of {count(total, 'fragment')},"
        f" {doomed:,} of {count(size, 'byte')} ({percent(doomed, size)})",
    )
    for file in one.doomed:
        text.append(f"\n  {file.begin:>12} to {file.end}, {file.name}", "dim")
    return text


def _verdict(found: list[LogFragments], hints: int, dry_run: bool) -> Text:
    doomed = sum(len(one.doomed) for one in found)
    if not doomed:
        return Text("nothing is to be deleted")
    told = Text("checked: without them, the hints lead to the same files as now")
    if dry_run:
        return told.append("\ndry run: nothing was deleted")
    return told.append(f"\ndeleting {count(doomed, 'fragment')}")


def _json(found: list[LogFragments], dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "deleted": 0 if dry_run else sum(len(one.doomed) for one in found),
        "logs": [
            {
                "log": one.log,
                "fragments": len(one.kept) + len(one.doomed),
                "unneeded": [
                    {"begin": str(f.begin), "end": str(f.end), "file": f.name} for f in one.doomed
                ],
            }
            for one in found
        ],
    }
