"""Appends that land and nobody waits for: a retry's, or those of a recorder that is dead."""

from __future__ import annotations

from typing import Protocol, TypeVar

from rlog_model.journal.labels import LabelSelector, LabelSet
from rlog_model.journal.protocol import Journal, RegisterMismatch
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation


class Sent(Protocol):
    """An append that somebody had sent."""

    @property
    def content(self) -> bytes:
        """What is appended."""

    @property
    def check(self) -> LabelSelector | None:
        """What the registers are asked for."""

    @property
    def union(self) -> LabelSet:
        """What is set in the registers."""


AnySent = TypeVar("AnySent", bound=Sent)


def land(journal: Journal, append: Sent) -> Observation:
    """Append once more what was sent, and say what could be seen."""
    try:
        landed = journal.append(append.content, check=append.check, union=append.union)
    except RegisterMismatch:
        return Observation(FENCED)
    return Observation(DONE, head=landed.end)


def land_in_flight(
    journal: Journal, in_flight: list[AnySent], landed: list[AnySent], appends: int | None
) -> Observation:
    """The next ``appends`` of a dead recorder's that are in flight land, or all: those that do go
    over to ``landed``. Once one is refused, none is left."""
    if not in_flight:
        return Observation(IMPOSSIBLE)
    seen = Observation(DONE, head=journal.write_head())
    count = len(in_flight) if appends is None else max(appends, 0)
    for append in in_flight[:count]:
        seen = land(journal, append)
        if seen.outcome == FENCED:
            in_flight.clear()
            break
        landed.append(in_flight.pop(0))
    return seen


def content_from(journal: Journal, offset: int) -> bytes:
    """All bytes of a journal from ``offset`` on; holes are left out."""
    pieces: list[bytes] = []
    at, head = max(offset, 0), journal.write_head()
    while at < head:
        chunk = journal.read(at)
        pieces.append(chunk.content)
        at = chunk.end
    return b"".join(pieces)
