"""``rlog hints``: show, lint and diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen
from rich.text import Text

from rlog_model.cli.dry_play import DryPlay, dry_play
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.explain_text import diagnosis_json, diagnosis_text
from rlog_model.cli.failing import INVALID_HINTS, Unplayable, damage_advice, error_json, failures
from rlog_model.cli.given import AsJson, read_hints, require_logs
from rlog_model.cli.hints_text import (
    Extent,
    difference_json,
    difference_text,
    finding_json,
    finding_text,
    show_json,
    show_text,
)
from rlog_model.cli.progress import play_bar
from rlog_model.cli.words import if_empty, wide_console
from rlog_model.hints import FSMHints
from rlog_model.hints_lint import Finding, Level, difference, lint
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.needs import Needs

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help=("Look at hints: what of a log they need, whether they can be played, how two differ."),
)

File = Annotated[
    Path,
    typer.Argument(help="Hints, as JSON or as protobuf bytes.", exists=True, dir_okay=False),
]
MaybeStore = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help="Where the journals are: fragments, in folders named like their journals.",
        exists=True,
        file_okay=False,
    ),
]


@app.command("show")
def show(hints: File, store: MaybeStore = None, as_json: AsJson = False) -> None:
    """What the hints need of each log, what is dead for them, their files and properties.

    A segment is a run of operations of one author. Hints of a recorder say where a segment may
    begin, and not where it ends: then all that is behind may have to be read. With --store, it
    says how much of the log that is.
    """
    with failures(as_json):
        parsed = read_hints(hints)
        try:
            needs = Needs.of(parsed)
        except INVALID_HINTS as error:
            raise Unplayable(str(hints), str(error)) from error
        extents = {} if store is None else _extents(store, parsed)
    if as_json:
        typer.echo(json.dumps(show_json(parsed, needs, extents)))
    else:
        wide_console().print(show_text(str(hints), parsed, needs, extents))


def _extents(store: Path, hints: FSMHints) -> dict[str, Extent]:
    require_logs(store, hints.logs())
    found: dict[str, Extent] = {}
    with FileStore(store) as journals:
        for log in filter(None, hints.logs()):
            with journals.open(log) as journal:
                found[log] = Extent(journal.first_offset(), journal.write_head())
    return found


@frozen
class _Played:
    """What came of playing the hints."""

    play: DryPlay | None
    error: Exception | None
    """Why it broke, where no diagnosis says so."""

    @property
    def fails(self) -> bool:
        return self.play is None or self.play.diagnosis is not None


@app.command("lint")
def lint_command(hints: File, store: MaybeStore = None, as_json: AsJson = False) -> None:
    """Whether the hints can be played; and if not, the first operation that is missing, and why.

    Without --store only what the hints say themselves is looked at. With it they are played, as
    by `rlog play`, but no file is made. Operations can be beyond the head, pruned, in a hole, of
    another branch, of an author who is not there. `rlog explain` tells the whole play.

    Exit code 0 says that they play, or, without --store, that nothing speaks against it; 1 that
    they don't.
    """
    with failures(as_json):
        parsed = read_hints(hints)
        findings = lint(parsed)
        bad = any(finding.level is Level.ERROR for finding in findings)
        played = None
        if store is not None and not bad:
            require_logs(store, parsed.logs())
            played = _play(store, parsed, quiet=as_json)
    fails = bad or (played is not None and played.fails)
    if as_json:
        typer.echo(json.dumps(_lint_json(findings, played, fails)))
    else:
        console = wide_console()
        for finding in findings:
            console.print(finding_text(finding))
        console.print(_lint_text(played, fails))
    raise typer.Exit(ExitCode.DIFFERS if fails else ExitCode.CONFORMS)


def _play(store: Path, hints: FSMHints, *, quiet: bool) -> _Played:
    with FileStore(store) as journals, play_bar("playing", quiet=quiet) as watch:
        try:
            return _Played(dry_play(hints, journals, watch=watch), None)
        except (CorruptFragment, *INVALID_HINTS) as error:
            return _Played(None, error)


def _lint_text(played: _Played | None, fails: bool) -> Text:
    if played is not None and played.error is not None:
        text = Text.assemble(("it breaks", "red bold"), f": {played.error}")
        for advice in damage_advice(played.error):
            text.append(f"\n  - {advice}")
        return text
    if played is not None and played.play is not None:
        if played.play.diagnosis is not None:
            return diagnosis_text(played.play.diagnosis)
        fsm = played.play.fsm
        empty = if_empty(played.play.heads[fsm.log])
        told = f", up to operation {fsm.next_seq_no - 1}{empty}"
        return Text.assemble(("it plays", "green bold"), told)
    if fails:
        return Text("no player takes these hints", "red bold")
    told = ": whether the log still has what they need, --store tells"
    return Text.assemble(("nothing speaks against them", "green bold"), told)


def _lint_json(
    findings: tuple[Finding, ...], played: _Played | None, fails: bool
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "findings": [finding_json(finding) for finding in findings],
        "played": played is not None,
        "fails": fails,
        "diagnosis": None,
    }
    if played is not None and played.error is not None:
        told["diagnosis"] = error_json(played.error)
    elif played is not None and played.play is not None and played.play.diagnosis is not None:
        told["diagnosis"] = diagnosis_json(played.play.diagnosis)
    return told


@app.command("diff")
def diff(old: File, new: File, as_json: AsJson = False) -> None:
    """How two sets of hints differ: files that are gone, new or grown, properties that changed.

    Hints know files by number, not by path: a file has the number of the operation that created
    it. Hints of one log can be of two branches, on which one number can be two files.

    Exit code 0 says that they are the same, 1 that they differ.
    """
    with failures(as_json):
        found = difference(read_hints(old), read_hints(new))
    if as_json:
        typer.echo(json.dumps(difference_json(found)))
    else:
        wide_console().print(difference_text(found))
    raise typer.Exit(ExitCode.CONFORMS if found.is_none else ExitCode.DIFFERS)
