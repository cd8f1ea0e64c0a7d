"""A store as it will be once fragments are deleted, to be played before they are.

Each log has one head for as long as it is looked at: what is recorded meanwhile must not make two
plays differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

from rlog_model.cli.dry_play import Readable, ReadableStore
from rlog_model.journal.fragment import FragmentFile, choose_spans
from rlog_model.journal.protocol import Chunk, OffsetNotYetAvailable
from rlog_model.needs import Range, merged, outside


def hidden(kept: Sequence[FragmentFile], doomed: Sequence[FragmentFile]) -> tuple[Range, ...]:
    """The ranges that no fragment has any more, once ``doomed`` are deleted."""
    covered = merged(Range(span.begin, span.end) for span in choose_spans(kept))
    gone: list[Range] = []
    for file in doomed:
        gone += outside(covered, file.begin, file.end)
    return merged(gone)


@final
class PrunedJournal:
    """A journal up to a head, without some ranges: a read jumps over them."""

    def __init__(self, name: str, journal: Readable, head: int, gone: tuple[Range, ...]) -> None:
        self._name = name
        self._journal = journal
        self._head = head
        self._gone = gone

    def read(self, offset: int, *, limit: int) -> Chunk:
        """See ``Journal.read``."""
        at = offset
        for one in self._gone:
            if one.begin <= at < one.end:
                at = one.end
            elif at < one.begin:
                limit = min(limit, one.begin - at)
                break
        if at >= self._head:
            if offset >= self._head:
                raise OffsetNotYetAvailable(self._name, offset, self._head)
            return Chunk(self._head, b"")
        chunk = self._journal.read(at, limit=min(limit, self._head - at))
        if chunk.offset >= self._head:
            return Chunk(self._head, b"")
        chunk = Chunk(
            chunk.offset, chunk.content[: self._head - chunk.offset]
        )  # it may have jumped
        return chunk if self._shown(chunk.offset) else self.read(chunk.offset, limit=limit)

    def _shown(self, offset: int) -> bool:
        return not any(one.begin <= offset < one.end for one in self._gone)

    def write_head(self) -> int:
        """See ``Journal.write_head``."""
        return self._head

    def first_offset(self) -> int:
        """See ``Journal.first_offset``."""
        first = self._journal.first_offset()
        for one in self._gone:
            if one.begin <= first < one.end:
                first = one.end
        return min(first, self._head)


@final
class PrunedStore:
    """A store of such journals."""

    def __init__(
        self,
        store: ReadableStore,
        heads: Mapping[str, int],
        gone: Mapping[str, tuple[Range, ...]],
    ) -> None:
        self._store = store
        self._heads = heads
        self._gone = gone

    def open(self, name: str) -> PrunedJournal:
        """See ``JournalStore.open``."""
        journal, gone = self._store.open(name), self._gone.get(name, ())
        return PrunedJournal(name, journal, self._heads[name], gone)
