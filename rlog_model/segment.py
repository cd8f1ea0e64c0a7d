"""Segments: runs of a branch that one author wrote to one log.

Rules
-----
A segment is valid when all of ``SEGMENT_RULES`` hold. Two valid segments of one set are ordered
by first sequence number; on a tie the one which ends later is the earlier of the two, and where
both ends are the same the one that was there first. In that order, ``PAIR_RULES`` say which pairs
contradict each other: one history holds no two such runs.

Two segments which touch or overlap, of one author and log, are one run, and *reduce* to it::

    earlier  |-----------|                  |-----------|        |-----------|
    later            |---------|                |----|                       |-----|
    reduced  |-----------------|            |-----------|        |-----------------|

* the first offset is the earlier one's, and the greater of both where both begin at one sequence
  number, since both are lower bounds;
* the last offset is that of the one which ends later, and the known one where they end together.

Any other two which do not contradict each other stay two.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

import attrs
from attrs import frozen

from rlog_model.identity import Author, InvalidLogName, validate_log_name

UNKNOWN_OFFSET: Final = 0
"""``Segment.last_offset`` of a recorder, which cannot know where its appends land."""


@frozen
class Segment:
    """A run of operations of one author in one log. Proto: ``Segment``. Spec: ENC-7, SEG-1."""

    author: Author
    """Who wrote the operations."""

    first_seq_no: int
    """Sequence number of the first operation (inclusive)."""

    first_offset: int
    """Byte of the log where the first operation begins: exact from a player, from a recorder a
    lower bound."""

    first_checksum: int
    """Checksum that the first operation carries: that of the branch before it."""

    last_seq_no: int
    """Sequence number of the last operation (inclusive)."""

    last_offset: int
    """Byte of the log behind the last operation (exclusive). 0 is not known."""

    log: str
    """The log that holds it. Within hints, empty means the hints' own log."""

    @property
    def least_head(self) -> int:
        """The least head that its log must have: a bound, as far as the offsets are known.

        Spec: PLAY-2.
        """
        return max(self.first_offset + 1, self.last_offset)

    def validate(self) -> None:
        """Accept a segment which is consistent in itself.

        Raises:
            InvalidSegment: the first of ``SEGMENT_RULES`` that it breaks.

        Spec: SEG-1, LOG-1.
        """
        for rule, holds in SEGMENT_RULES:
            if not holds(self):
                raise InvalidSegment(rule, self)
        try:
            validate_log_name(self.log)
        except InvalidLogName as invalid:
            raise InvalidSegment(SegmentRule.LOG, self) from invalid


class SegmentRule(enum.Enum):
    """What a segment owes. The value is how Gazette's error begins. Spec: SEG-1."""

    AUTHOR = "Author is zero"
    FIRST_SEQ_NO = "FirstSeqNo <= 0"
    FIRST_OFFSET = "FirstOffset < 0"
    LAST_SEQ_NO = "LastSeqNo < segment.FirstSeqNo"
    LAST_OFFSET = "LastOffset <= segment.FirstOffset"
    LOG = "Log"


SEGMENT_RULES: Final[tuple[tuple[SegmentRule, Callable[[Segment], bool]], ...]] = (
    (SegmentRule.AUTHOR, lambda s: s.author != 0),
    (SegmentRule.FIRST_SEQ_NO, lambda s: s.first_seq_no > 0),
    (SegmentRule.FIRST_OFFSET, lambda s: s.first_offset >= 0),
    (SegmentRule.LAST_SEQ_NO, lambda s: s.last_seq_no >= s.first_seq_no),
    (
        SegmentRule.LAST_OFFSET,
        lambda s: s.last_offset == UNKNOWN_OFFSET or s.last_offset > s.first_offset,
    ),
)
"""The rules of one segment, in the order in which they are checked; its log's name comes last."""


class PairRule(enum.Enum):
    """How two segments contradict each other. The value is how Gazette's error begins.

    Spec: SEG-3.
    """

    FIRST_OFFSETS_FALL = "expected monotonic FirstOffset"
    KNOWN_AFTER_UNKNOWN = "expected preceding Segment to also include LastOffset"
    OTHER_LOG_AFTER_UNKNOWN = (
        "Segment cannot use a different log where preceding Segment.LastOffset is zero"
    )
    LAST_OFFSETS_DISAGREE = "expected monotonic LastOffset"
    FIRST_CHECKSUMS_DIFFER = "expected FirstChecksum equality"
    AUTHORS_DIFFER = "expected Segment Author equality"
    LOGS_DIFFER = "expected Segment Log equality"


def overlap(earlier: Segment, later: Segment) -> bool:
    """Whether some sequence number lies in both."""
    return earlier.last_seq_no >= later.first_seq_no


def _last_offsets_disagree(earlier: Segment, later: Segment) -> bool:
    if earlier.log != later.log or UNKNOWN_OFFSET in (earlier.last_offset, later.last_offset):
        return False
    if earlier.last_seq_no <= later.last_seq_no and earlier.last_offset > later.last_offset:
        return True
    return earlier.last_seq_no >= later.last_seq_no and earlier.last_offset < later.last_offset


PAIR_RULES: Final[tuple[tuple[PairRule, Callable[[Segment, Segment], bool]], ...]] = (
    (
        PairRule.FIRST_OFFSETS_FALL,
        lambda a, b: (
            a.log == b.log and a.first_seq_no < b.first_seq_no and a.first_offset > b.first_offset
        ),
    ),
    (
        PairRule.KNOWN_AFTER_UNKNOWN,
        lambda a, b: (
            a.first_seq_no < b.first_seq_no and a.last_offset == UNKNOWN_OFFSET != b.last_offset
        ),
    ),
    (
        PairRule.OTHER_LOG_AFTER_UNKNOWN,
        lambda a, b: a.last_offset == UNKNOWN_OFFSET and a.log != b.log,
    ),
    (PairRule.LAST_OFFSETS_DISAGREE, _last_offsets_disagree),
    (
        PairRule.FIRST_CHECKSUMS_DIFFER,
        lambda a, b: a.first_seq_no == b.first_seq_no and a.first_checksum != b.first_checksum,
    ),
    (PairRule.AUTHORS_DIFFER, lambda a, b: overlap(a, b) and a.author != b.author),
    (PairRule.LOGS_DIFFER, lambda a, b: overlap(a, b) and a.log != b.log),
)
"""Which pairs, the earlier one first, contradict each other, in the order of the checks."""


@frozen
class InvalidSegment(ValueError):
    """A segment that is inconsistent in itself."""

    rule: SegmentRule
    segment: Segment

    def __str__(self) -> str:
        detail = f": {self.__cause__}" if self.__cause__ else ""
        return f"{self.rule.value}{detail}: {self.segment}"


@frozen
class SegmentConflict(ValueError):
    """Two segments that no one history holds."""

    rule: PairRule
    earlier: Segment
    later: Segment

    def __str__(self) -> str:
        return f"{self.rule.value}: {self.earlier} vs {self.later}"


def order(one: Segment, other: Segment) -> tuple[Segment, Segment]:
    """The two, the earlier first; ``one`` is the one that was there first. Spec: SEG-2."""
    if (other.first_seq_no, -other.last_seq_no) < (one.first_seq_no, -one.last_seq_no):
        return other, one
    return one, other


def reduce(one: Segment, other: Segment) -> tuple[Segment, ...]:
    """The one run that two segments make, or both of them, the earlier first.

    Raises:
        SegmentConflict: the first of ``PAIR_RULES`` by which they contradict each other.

    Spec: SEG-3, SEG-4, SEG-5.
    """
    earlier, later = order(one, other)
    for rule, contradicts in PAIR_RULES:
        if contradicts(earlier, later):
            raise SegmentConflict(rule, earlier, later)

    touch = earlier.last_seq_no + 1 >= later.first_seq_no
    if not touch or earlier.author != later.author or earlier.log != later.log:
        return earlier, later

    first_offset = earlier.first_offset
    if earlier.first_seq_no == later.first_seq_no:
        first_offset = max(first_offset, later.first_offset)

    last = max(earlier, later, key=lambda s: (s.last_seq_no, s.last_offset))
    return (
        attrs.evolve(
            earlier,
            first_offset=first_offset,
            last_seq_no=last.last_seq_no,
            last_offset=last.last_offset,
        ),
    )
