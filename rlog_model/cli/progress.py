"""Progress of long work, on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from rlog_model import playback


def progress_bar(console: Console, *columns: str | ProgressColumn, quiet: bool) -> Progress:
    """A bar of ``columns`` and the time elapsed, which goes when the work ends. None is shown if
    it is ``quiet``, or where ``console`` is no terminal."""
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )


def bytes_done(what: str) -> tuple[ProgressColumn, ...]:
    """Columns for work that goes through bytes."""
    return TextColumn(what), BarColumn(), DownloadColumn()


@contextmanager
def play_bar(what: str, *, quiet: bool) -> Iterator[Callable[[playback.Progress], None]]:
    """A bar of how far a play has come in the log that it reads: what is given is shown all
    progress."""
    with progress_bar(Console(stderr=True), *bytes_done(what), quiet=quiet) as bar:
        task = bar.add_task(what, total=None)

        def watch(progress: playback.Progress) -> None:
            play = progress.playback
            bar.update(task, total=play.heads.get(play.log), completed=play.framer.end)

        yield watch
