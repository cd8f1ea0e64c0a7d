"""A play without a directory: it reads the logs, and makes no file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, final

from attrs import field, frozen

from rlog_model.diagnosis import Diagnosis, diagnose, first_beyond, needed_heads
from rlog_model.explanation import Explanation
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.journal.protocol import Chunk, CorruptFragment, OffsetNotYetAvailable
from rlog_model.play_error import HintsBeyondHead
from rlog_model.play_messages import (
    Append,
    AskHead,
    AtHead,
    Bytes,
    Complete,
    Failed,
    FinishAtWriteHead,
    Head,
)
from rlog_model.play_notes import Note
from rlog_model.playback import Playback, Progress
from rlog_model.player import READ_SIZE


class Readable(Protocol):
    """What a play needs of a journal."""

    def read(self, offset: int, *, limit: int) -> Chunk:
        """See ``Journal.read``."""

    def write_head(self) -> int:
        """See ``Journal.write_head``."""

    def first_offset(self) -> int:
        """See ``Journal.first_offset``."""


class ReadableStore(Protocol):
    """Where such journals are."""

    def open(self, name: str) -> Readable:
        """See ``JournalStore.open``."""


@frozen
class DryPlay:
    """What came of a play."""

    fsm: FSM
    """Where it came to."""

    play: Explanation
    diagnosis: Diagnosis | None
    """Why it failed, if it did."""

    heads: dict[str, int]
    """The head of each log."""

    bytes_read: dict[str, int] = field(factory=dict)


Watch = Callable[[Progress], None]


def dry_play(
    hints: FSMHints,
    store: ReadableStore,
    *,
    note: Callable[[Note], None] = lambda note: None,
    watch: Watch = lambda progress: None,
    every: bool = False,
) -> DryPlay:
    """Play hints up to the write head.

    ``note`` is told what the player does, and with ``every`` each operation; ``watch`` is told all
    progress.

    Raises:
        InvalidHints, InvalidSegment, SegmentConflict: the hints can't be played.
        CorruptFragment, OSError: a journal can't be read.
    """
    progress = Playback.start(hints)
    progress = progress.playback.receive(FinishAtWriteHead())
    explanation = Explanation.of(progress.playback, every=every)
    journals: dict[str, Readable] = {}
    begins: dict[str, int] = {}
    bytes_read: dict[str, int] = {}

    def tell(notes: tuple[Note, ...]) -> None:
        for told in notes:
            note(told)

    def ask_head(log: str) -> Head:
        journals[log] = store.open(log)
        begins[log] = journals[log].first_offset()
        return Head(log, journals[log].write_head())

    def read(log: str, offset: int) -> Bytes | AtHead:
        try:
            chunk = journals[log].read(offset, limit=READ_SIZE)
        except OffsetNotYetAvailable:
            return AtHead()
        except CorruptFragment:  # what was read before it is told all the same
            tell(explanation.end(progress.playback))
            raise
        bytes_read[log] = bytes_read.get(log, 0) + len(chunk.content)
        if chunk.offset > offset:
            tell(explanation.hole(log, offset, chunk.offset))
        return Bytes(chunk.offset, chunk.content)

    while not isinstance(progress.request, Complete | Failed):
        request, log = progress.request, progress.playback.log
        assert not isinstance(request, Append), "who finishes at the write head appends nothing"
        answer = (
            ask_head(request.log) if isinstance(request, AskHead) else read(log, request.offset)
        )
        progress = progress.playback.receive(answer)
        tell(explanation.read(log, progress))
        watch(progress)

    playback, end = progress.playback, progress.request
    tell(explanation.end(playback))
    properties = [p.path for p in hints.properties]
    lost = None
    if isinstance(end, Failed):
        lost = diagnose(end.error, explanation, begins, properties)
    if lost is not None and isinstance(lost.error, HintsBeyondHead):
        lost = _first_beyond(lost, hints, store, watch)
    return DryPlay(playback.fsm, explanation, lost, dict(playback.heads), bytes_read)


@final
class _Longer:
    """A journal that is said to be as long as hints need it."""

    def __init__(self, journal: Readable, least: int) -> None:
        self._journal = journal
        self._least = least

    def read(self, offset: int, *, limit: int) -> Chunk:
        return self._journal.read(offset, limit=limit)

    def write_head(self) -> int:
        return max(self._journal.write_head(), self._least)

    def first_offset(self) -> int:
        return self._journal.first_offset()


@final
class _LongerStore:
    """A store of such journals."""

    def __init__(self, store: ReadableStore, least: Mapping[str, int]) -> None:
        self._store = store
        self._least = least
        self.heads: dict[str, int] = {}
        """Where the logs that were opened end."""

    def open(self, name: str) -> _Longer:
        journal = self._store.open(name)
        self.heads[name] = journal.write_head()
        return _Longer(journal, self._least.get(name, 0))


def _first_beyond(
    beyond: Diagnosis, hints: FSMHints, store: ReadableStore, watch: Watch
) -> Diagnosis:
    """The first operation that is missing: what a play lacks that does not know of the heads."""
    longer = _LongerStore(store, needed_heads(hints))
    try:
        on = dry_play(hints, longer, watch=watch)
    except CorruptFragment:
        return beyond
    if on.play.holes:  # it may have been there
        return beyond
    return first_beyond(beyond, on.diagnosis, longer.heads)
