"""A store as it will be once fragments are deleted, to be played before they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

from rlog_model.cli.dry_play import Readable, ReadableStore
from rlog_model.journal.fragment import FragmentFile, choose_spans
from rlog_model.journal.protocol import Chunk
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
    """A journal without some ranges: a read jumps over them."""

    def __init__(self, journal: Readable, gone: tuple[Range, ...]) -> None:
        self._journal = journal
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
        head = self.write_head()
        if offset < at >= head:
            return Chunk(head, b"")
        chunk = self._journal.read(at, limit=limit)
        return chunk if self._shown(chunk.offset) else self.read(chunk.offset, limit=limit)

    def _shown(self, offset: int) -> bool:
        return not any(one.begin <= offset < one.end for one in self._gone)

    def write_head(self) -> int:
        """See ``Journal.write_head``."""
        return self._journal.write_head()

    def first_offset(self) -> int:
        """See ``Journal.first_offset``."""
        first = self._journal.first_offset()
        for one in self._gone:
            if one.begin <= first < one.end:
                first = one.end
        return first


@final
class PrunedStore:
    """A store of such journals."""

    def __init__(self, store: ReadableStore, gone: Mapping[str, tuple[Range, ...]]) -> None:
        self._store = store
        self._gone = gone

    def open(self, name: str) -> PrunedJournal:
        """See ``JournalStore.open``."""
        return PrunedJournal(self._store.open(name), self._gone.get(name, ()))
