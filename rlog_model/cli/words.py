"""Numbers in words, and text that is as wide as it needs to be."""

from __future__ import annotations

from typing import Final

from rich.console import Console

WIDE: Final = 1000
"""Columns of what is no terminal."""


def count(number: int, one: str, many: str | None = None) -> str:
    """A number of things: ``1 branch``, ``2 branches``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def numbered(first: int, last: int) -> str:
    """Operations by their numbers: ``operation 7``, ``operations 7 to 9``."""
    return f"operation {first}" if first == last else f"operations {first} to {last}"


def percent(part: int, whole: int) -> str:
    """A part of a whole, in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def wide_console() -> Console:
    """Standard output: as wide as the terminal; in a file or a pipe, lines stay whole."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def if_empty(head: int | None) -> str:
    """What is said behind a play of a log, of one that is empty: it has played nothing."""
    return ": the log is empty (head 0)" if head == 0 else ""
