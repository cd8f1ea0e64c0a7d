"""Progress of long work, on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)


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
