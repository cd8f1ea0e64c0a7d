"""What hints need of their logs, and so what of a log nothing needs any more.

Rules
-----
NEED-1  A range of a log is needed by hints if one of their segments may have a byte in it
        (``SegmentSet.intersect``): a segment whose end isn't known may go on to the head.
NEED-2  So is all of the hints' own log behind the beginning of the last segment, or behind its end
        if that is known: there the branch goes on.
NEED-3  Hints without a segment need their log from its first byte on.

A log that hints do not name is none of their business: nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from rlog_model.hints import FSMHints
from rlog_model.segment import UNKNOWN_OFFSET
from rlog_model.segment_set import SegmentSet

MAX_OFFSET: Final = (1 << 63) - 1


@frozen
class Range:
    """Bytes of a log, at ``[begin, end)``."""

    begin: int
    end: int

    @property
    def size(self) -> int:
        """How many they are."""
        return self.end - self.begin


@frozen
class Needs:
    """What one set of hints needs. Spec: LOG-9."""

    log: str
    """The log in which the branch goes on behind the hints."""

    segments: SegmentSet
    goes_on_at: int
    """The offset of ``log`` from which on all is needed."""

    @classmethod
    def of(cls, hints: FSMHints) -> Needs:
        """What the hints need.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: the hints do not flatten.
        """
        _, segments = hints.live_log_segments()
        if not segments:
            return cls(hints.log, segments, 0)
        last = segments[-1]
        known = last.last_offset != UNKNOWN_OFFSET
        return cls(hints.log, segments, last.last_offset if known else last.first_offset)

    def need(self, log: str, begin: int, end: int) -> bool:
        """Whether the hints need a byte of a range."""
        if log == self.log and end > self.goes_on_at:
            return True
        return len(self.segments.intersect(log, begin, end)) > 0

    def ranges(self, log: str, head: int) -> tuple[Range, ...]:
        """What a player reads of a log, at most, by rising offset; none overlaps another."""
        found: list[Range] = []
        for segment in self.segments:
            if segment.log == log and segment.first_offset < head:
                unknown = segment.last_offset == UNKNOWN_OFFSET
                end = head if unknown else min(segment.last_offset, head)
                found.append(Range(segment.first_offset, end))
        if log == self.log and self.goes_on_at < head:
            found.append(Range(self.goes_on_at, head))
        return merged(found)


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Ranges by rising offset, those that touch or overlap as one."""
    found: list[Range] = []
    for one in sorted(ranges, key=lambda r: (r.begin, r.end)):
        if found and one.begin <= found[-1].end:
            found[-1] = Range(found[-1].begin, max(found[-1].end, one.end))
        else:
            found.append(one)
    return tuple(found)


def outside(ranges: tuple[Range, ...], begin: int, end: int) -> tuple[Range, ...]:
    """What of ``[begin, end)`` none of some ranges has. They are as ``merged`` gives them."""
    found: list[Range] = []
    for one in (*ranges, Range(end, MAX_OFFSET)):
        if begin < min(one.begin, end):
            found.append(Range(begin, min(one.begin, end)))
        begin = max(begin, one.end)
    return tuple(found)
