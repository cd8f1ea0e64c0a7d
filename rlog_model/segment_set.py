"""Sets of segments.

Rules
-----
* The segments of a set are in rising order and overlap nowhere, so one author wrote each sequence
  number that the set covers.
* An added segment is reduced with its neighbours and with all that it overlaps. An add that
  contradicts any of them is refused, and changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import overload

from attrs import frozen

from rlog_model.segment import UNKNOWN_OFFSET, Segment, reduce


@frozen
class SegmentSet:
    """Segments of one history, in rising order, reduced. API: ``SegmentSet``. Spec: SEG-6."""

    segments: tuple[Segment, ...] = ()

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> SegmentSet:
        """The set that holds all of ``segments``, added in turn.

        Raises:
            InvalidSegment, SegmentConflict: as ``add``.

        Spec: SEG-9.
        """
        ordered: list[Segment] = []
        for segment in segments:
            _insert(ordered, segment)
        return cls(tuple(ordered))

    def add(self, segment: Segment) -> SegmentSet:
        """The set with ``segment``.

        Raises:
            InvalidSegment: the segment is inconsistent in itself.
            SegmentConflict: it contradicts one that the set holds.

        Spec: SEG-7, SEG-8.
        """
        ordered = list(self.segments)
        _insert(ordered, segment)
        return SegmentSet(tuple(ordered))

    def intersect(self, log: str, first_offset: int, last_offset: int) -> SegmentSet:
        """The segments of ``log`` which may have a byte in ``[first_offset, last_offset)``.

        Raises:
            ValueError: the range ends before it begins.

        Spec: SEG-10.
        """
        if first_offset > last_offset:
            raise ValueError(f"the range [{first_offset}, {last_offset}) ends before it begins")
        return SegmentSet(
            tuple(
                s
                for s in self.segments
                if s.log == log
                and s.first_offset < last_offset
                and (s.last_offset == UNKNOWN_OFFSET or s.last_offset > first_offset)
            )
        )

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self.segments)

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Segment, ...]: ...
    def __getitem__(self, index: int | slice) -> Segment | tuple[Segment, ...]:
        return self.segments[index]


def _insert(ordered: list[Segment], segment: Segment) -> None:
    """Add ``segment`` to a list that is a set in the making; on an error the list is as it was.

    Spec: SEG-7, SEG-8.
    """
    segment.validate()
    place = bisect_left(ordered, segment.first_seq_no, key=lambda s: s.first_seq_no)
    first = last = max(place - 1, 0)

    result = [segment]
    if place > 0:
        result = list(reduce(ordered[first], segment))
        last = place
    while last < len(ordered):
        reduced = reduce(ordered[last], result[-1])
        result[-1:] = reduced
        last += 1
        if len(reduced) == 2:
            break
    ordered[first:last] = result
