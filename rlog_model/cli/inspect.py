"""``rlog inspect``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from attrs import frozen
from rich.console import Console
from rich.text import Text

from rlog_model.branch import Origin
from rlog_model.change_words import path_of
from rlog_model.cli.dry_play import dry_play
from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.failing import INVALID_HINTS, UsageMistake, failures
from rlog_model.cli.given import Store, read_hints, require_logs, the_log
from rlog_model.cli.inspect_text import HEADER, Alive, branches_json, line, sight_json, tree
from rlog_model.cli.log_reading import survey_log
from rlog_model.cli.progress import bytes_done, progress_bar
from rlog_model.cli.words import wide_console
from rlog_model.hints import FSMHints
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.paths import shown
from rlog_model.survey import Gap, Seen, Sight, Survey

_WHICH = "Which operations"


@frozen
class Filter:
    """Which sights are told."""

    author: int | None
    first: int
    last: int | None
    path: str | None

    def lets(self, sight: Sight) -> bool:
        """Whether a sight is told. Gaps have neither author nor path."""
        found = sight if isinstance(sight, Gap) else sight.op
        if found.last_offset <= self.first:
            return False
        if self.last is not None and found.first_offset >= self.last:
            return False
        if isinstance(sight, Gap):
            return self.author is None and self.path is None
        if self.author is not None and sight.op.author != self.author:
            return False
        return self.path is None or path_of(sight.op, sight.path) == self.path


@frozen
class EmptyRange(UsageMistake):
    """A range that ends before it begins."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"--from {self.first} is behind --to {self.last}"


def command(
    store: Store,
    log: Annotated[
        str | None,
        typer.Option(help="The log to look at. Not needed where the store has just one."),
    ] = None,
    hints: Annotated[
        Path | None,
        typer.Option(
            help="Hints: the branch that they lead to is the one that is alive.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    author: Annotated[
        int | None, typer.Option(help="Only operations of this author.", rich_help_panel=_WHICH)
    ] = None,
    first: Annotated[
        int,
        typer.Option("--from", min=0, help="From this offset on.", rich_help_panel=_WHICH),
    ] = 0,
    last: Annotated[
        int | None,
        typer.Option("--to", min=0, help="Before this offset.", rich_help_panel=_WHICH),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(help="Only operations on this path, as /a/b.", rich_help_panel=_WHICH),
    ] = None,
    only_tree: Annotated[bool, typer.Option("--tree", help="Only draw the branches.")] = False,
    only_operations: Annotated[
        bool, typer.Option("--operations", help="Only list operations.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print JSON: one object a line, of which the last has the branches."
        ),
    ] = False,
) -> None:
    """Look at a log: every operation, what was skipped and why, and the branches, as a tree.

    An operation is on a branch when it has the sequence number and the checksum with which the
    branch goes on. The first to land goes on with it, another one forks. An append that landed
    twice is told as a copy.

    One branch is **alive**: the one that the --hints lead to; without them, the one that a player
    follows which reads the log from its first byte; and if no branch begins in the log, the one of
    the last operation. All others are dead: nobody who plays it that way sees their operations.

    The log is only read. What can't be read is told, and passed over. The exit code is then 1, but
    for a beginning that is gone: logs are pruned.

    Example: `rlog inspect --store DIR --log a/log --hints FILE --tree`
    """
    with failures(as_json), FileStore(store) as journals:
        if last is not None and last < first:
            raise EmptyRange(first, last)
        journal = journals.open(the_log(store, log))
        parsed = None if hints is None else read_hints(hints)
        if parsed is not None:
            require_logs(store, parsed.logs())
        survey = Survey(journal.name, journal.write_head())
        which = Filter(author, first, last, path)
        listed = only_operations or not only_tree
        drawn = only_tree or not only_operations
        console = Console()
        colours = console.is_terminal and not console.no_color
        if listed and not as_json:
            typer.echo(HEADER)
        matched = False
        quiet = as_json or (listed and sys.stdout.isatty())
        with progress_bar(Console(stderr=True), *bytes_done("reading"), quiet=quiet) as bar:
            task = bar.add_task("read", total=survey.head)
            for sights in survey_log(
                journal, survey, lambda offset: bar.update(task, completed=offset)
            ):
                told = [sight for sight in sights if listed and which.lets(sight)]
                matched = matched or any(isinstance(sight, Seen) for sight in told)
                if told and as_json:
                    typer.echo("\n".join(json.dumps(sight_json(sight)) for sight in told))
                elif told:
                    typer.echo("\n".join(line(sight, colours) for sight in told))
        if listed and not (matched or as_json) and which != Filter(None, 0, None, None):
            typer.echo("no operation matches")
        alive, failure = None, None
        if drawn:
            alive, failure = find_alive(survey, hints, parsed, journals)
        if as_json:
            typer.echo(json.dumps(branches_json(survey, alive, failure)))
        elif drawn:
            _print_tree(survey, alive, failure, listed)
    if survey.missing_bytes or failure:
        raise typer.Exit(ExitCode.DIFFERS)


def find_alive(
    survey: Survey, file: Path | None, hints: FSMHints | None, journals: FileStore
) -> tuple[Alive | None, str | None]:
    """The branch that is alive, or why hints don't lead to one."""
    if hints is None:
        branch = survey.followed
        if branch is None:
            return None, None
        cut = survey.pruned or branch.origin is not Origin.START
        if cut and len(survey.branches) > 1:
            return None, None  # any may be a zombie's, or begin with a late copy
        why = "the last operation is on it, and no branch begins in this log"
        if branch.origin is Origin.START:
            why = "a player that reads the log from its first byte follows it"
            if survey.missing_bytes:
                why = f"{why}; what goes on behind the bytes that are missing, hints tell"
        return Alive(branch, branch.next_seq_no, why), None
    if survey.log not in hints.logs() and hints.log:
        return None, f"{file} names another log, {shown(hints.log)}"
    try:
        played = dry_play(hints, journals)
    except (CorruptFragment, *INVALID_HINTS) as error:
        return None, f"{file} can't be played: {error}"
    if played.diagnosis is not None:
        return None, f"{file} can't be played: {played.diagnosis}"
    if played.fsm.log != survey.log:
        return None, f"{file} leads to the log {played.fsm.log}"
    end = played.fsm.next_seq_no, played.fsm.next_checksum
    there = [branch for branch in survey.branches if branch.stands_at(*end)]
    if not there:
        return None, f"{file} leads to operation {end[0]}, which no branch that is kept has"
    before: dict[int, int] = {}
    for segment in hints.live_log_segments()[1]:
        for branch in survey.branches:
            first = segment.first_seq_no, segment.first_checksum
            if branch.origin is Origin.UNKNOWN and branch.stands_at(*first):
                before[branch.number] = segment.last_seq_no + 1
    return Alive(there[0], end[0], f"{file} leads to it", before), None


def _print_tree(survey: Survey, alive: Alive | None, failure: str | None, listed: bool) -> None:
    console = wide_console()
    if listed:
        console.print()
    console.print(tree(survey, alive))
    if alive is not None:
        told = f"branch {alive.branch.number} is alive: {alive.why}"
        console.print(Text(told), soft_wrap=True)
    elif failure is None and survey.branches:
        told = (
            "the log has lost its beginning, and has several branches: any may be a zombie's. Which"
            " one is alive, --hints tells"
        )
        console.print(Text(told, "yellow"), soft_wrap=True)
    elif failure:
        console.print(Text(f"no branch is known to be alive: {failure}", "red"), soft_wrap=True)
