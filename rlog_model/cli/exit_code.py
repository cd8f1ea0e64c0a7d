"""How ``rlog`` ends."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """Exit codes of every command."""

    CONFORMS = 0
    """All was as it should be."""

    DIFFERS = 1
    """Something was not: an implementation doesn't conform, a log can't be played."""

    USAGE = 2
    """The command was not understood, or was given a file that it can't read."""

    NO_VERDICT = 3
    """The command could not find out: it was interrupted, or something it needs broke."""
