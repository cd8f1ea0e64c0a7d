"""All mutants, and the way from a name to one."""

from __future__ import annotations

import difflib
from typing import Final

from attrs import frozen

from rlog_model.conformance.mutants import (
    codec,
    files,
    fsm,
    hints,
    journal,
    playback,
    recording,
    segments,
)
from rlog_model.conformance.mutants.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    *segments.MUTANTS,
    *hints.MUTANTS,
    *fsm.MUTANTS,
    *files.MUTANTS,
    *codec.MUTANTS,
    *recording.MUTANTS,
    *playback.MUTANTS,
    *journal.MUTANTS,
)
"""Every mutant, from the segments up to the journals."""

_BY_NAME: Final = {mutant.name: mutant for mutant in MUTANTS}


@frozen
class UnknownMutant(LookupError):
    """No mutant has this name."""

    name: str
    near: tuple[str, ...]
    """Names that are like it, the nearest first."""

    def __str__(self) -> str:
        like = f": is it {' or '.join(self.near)}?" if self.near else ""
        return f"no mutant is named {self.name!r}{like}"


def mutant_named(name: str) -> Mutant:
    """The mutant of that name.

    Raises:
        UnknownMutant: there is none.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise UnknownMutant(name, tuple(difflib.get_close_matches(name, _BY_NAME)))
    return found
