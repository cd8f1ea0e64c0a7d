"""What ``spec/segments.md`` says, as formulas.

They are written from the text, and use nothing of ``rlog_model.segment`` but the fields of a
segment and the names of the rules. They hold of segments of numbers and of stand-ins alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from rlog_model.segment import PairRule, Segment, SegmentRule
from spec.proofs.symbolic import all_of, any_of, implies, none_of

NO_LOG_NAMES: Final = ("", "abc", "/abc", "a b c")
"""Names that no log has (LOG-1): empty, too short, with a ``/`` before, with spaces."""


def broken_rules(s: Segment, log_is_valid: bool) -> dict[SegmentRule, bool]:
    """SEG-1: the rules of one segment in their order, and whether each is broken."""
    return {
        SegmentRule.AUTHOR: s.author == 0,
        SegmentRule.FIRST_SEQ_NO: s.first_seq_no < 1,
        SegmentRule.FIRST_OFFSET: s.first_offset < 0,
        SegmentRule.LAST_SEQ_NO: s.last_seq_no < s.first_seq_no,
        SegmentRule.LAST_OFFSET: all_of(s.last_offset != 0, s.last_offset <= s.first_offset),
        SegmentRule.LOG: not log_is_valid,
    }


def valid(s: Segment) -> bool:
    """SEG-1, of a segment whose log is a log name."""
    return none_of(*broken_rules(s, log_is_valid=True).values())


def in_order(a: Segment, b: Segment) -> bool:
    """SEG-2: whether ``a``, which was there first, is the earlier one."""
    return any_of(
        a.first_seq_no < b.first_seq_no,
        all_of(a.first_seq_no == b.first_seq_no, a.last_seq_no >= b.last_seq_no),
    )


def contradictions(a: Segment, b: Segment) -> dict[PairRule, bool]:
    """SEG-3: the rules of two segments in their order, and whether each is true; a is earlier."""
    return {
        PairRule.FIRST_OFFSETS_FALL: all_of(
            a.log == b.log, a.first_seq_no < b.first_seq_no, a.first_offset > b.first_offset
        ),
        PairRule.KNOWN_AFTER_UNKNOWN: all_of(
            a.first_seq_no < b.first_seq_no, a.last_offset == 0, b.last_offset != 0
        ),
        PairRule.OTHER_LOG_AFTER_UNKNOWN: all_of(a.last_offset == 0, a.log != b.log),
        PairRule.LAST_OFFSETS_DISAGREE: all_of(
            a.log == b.log,
            a.last_offset != 0,
            b.last_offset != 0,
            any_of(
                all_of(a.last_seq_no <= b.last_seq_no, a.last_offset > b.last_offset),
                all_of(a.last_seq_no >= b.last_seq_no, a.last_offset < b.last_offset),
            ),
        ),
        PairRule.FIRST_CHECKSUMS_DIFFER: all_of(
            a.first_seq_no == b.first_seq_no, a.first_checksum != b.first_checksum
        ),
        PairRule.AUTHORS_DIFFER: all_of(a.last_seq_no >= b.first_seq_no, a.author != b.author),
        PairRule.LOGS_DIFFER: all_of(a.last_seq_no >= b.first_seq_no, a.log != b.log),
    }


def compatible(a: Segment, b: Segment) -> bool:
    """SEG-3: no rule is true; a is earlier."""
    return none_of(*contradictions(a, b).values())


def joined(a: Segment, b: Segment) -> bool:
    """SEG-4: whether two that don't contradict each other reduce to one; a is earlier."""
    return all_of(a.last_seq_no + 1 >= b.first_seq_no, a.author == b.author, a.log == b.log)


def is_the_one(one: Segment, a: Segment, b: Segment) -> bool:
    """SEG-4: whether ``one`` is what the two reduce to; a is earlier."""
    together = a.first_seq_no == b.first_seq_no
    greater_first = _is_greater(one.first_offset, a.first_offset, b.first_offset)
    return all_of(
        one.author == a.author,
        one.first_seq_no == a.first_seq_no,
        one.first_checksum == a.first_checksum,
        one.log == a.log,
        implies(none_of(together), one.first_offset == a.first_offset),
        implies(together, greater_first),
        _is_greater(one.last_seq_no, a.last_seq_no, b.last_seq_no),
        implies(a.last_seq_no > b.last_seq_no, one.last_offset == a.last_offset),
        implies(a.last_seq_no < b.last_seq_no, one.last_offset == b.last_offset),
        implies(
            a.last_seq_no == b.last_seq_no,
            _is_greater(one.last_offset, a.last_offset, b.last_offset),
        ),
    )


def _is_greater(number: int, one: int, other: int) -> bool:
    return all_of(number >= one, number >= other, any_of(number == one, number == other))


def same(a: Segment, b: Segment) -> bool:
    """Whether two segments agree in each field."""
    return all_of(
        a.author == b.author,
        a.first_seq_no == b.first_seq_no,
        a.first_offset == b.first_offset,
        a.first_checksum == b.first_checksum,
        a.last_seq_no == b.last_seq_no,
        a.last_offset == b.last_offset,
        a.log == b.log,
    )


def all_same(some: Sequence[Segment], others: Sequence[Segment]) -> bool:
    """Whether these are the same segments in the same order."""
    return len(some) == len(others) and all_of(*map(same, some, others))


def is_set(segments: Sequence[Segment]) -> bool:
    """SEG-6: rising, no two overlap, and no neighbours reduce to one."""
    return all_of(
        *(s.first_seq_no <= s.last_seq_no for s in segments),
        *(
            all_of(
                a.first_seq_no < b.first_seq_no,
                a.last_seq_no < b.first_seq_no,
                none_of(all_of(compatible(a, b), joined(a, b))),
            )
            for a, b in pairwise(segments)
        ),
    )


@frozen
class Refused:
    """An add that was refused."""

    rule: SegmentRule | PairRule
    compared: tuple[Segment, ...] = ()
    """The earlier and the later of the two that contradict each other."""


def add(there: Sequence[Segment], s: Segment) -> Sequence[Segment] | Refused:
    """SEG-7, step by step."""
    for rule, broken in broken_rules(s, log_is_valid=True).items():
        if broken:
            return Refused(rule)
    p = 0
    while p < len(there) and there[p].first_seq_no < s.first_seq_no:
        p += 1
    before, behind, w = list(there[:p]), list(there[p:]), s
    if before:
        answer = _compare(before[-1], w)
        if isinstance(answer, Refused):
            return answer
        if isinstance(answer, Segment):
            before.pop()
            w = answer
    while behind:
        answer = _compare(behind[0], w)
        if isinstance(answer, Refused):
            return answer
        if answer is None:
            break
        behind.pop(0)
        w = answer
    return [*before, w, *behind]


def _compare(there: Segment, w: Segment) -> Segment | Refused | None:
    """What two segments reduce to, or the rule by which they contradict each other, or neither."""
    a, b = (there, w) if in_order(there, w) else (w, there)
    for rule, broken in contradictions(a, b).items():
        if broken:
            return Refused(rule, (a, b))
    if not joined(a, b):
        return None
    first_offset = a.first_offset
    if a.first_seq_no == b.first_seq_no and b.first_offset > first_offset:
        first_offset = b.first_offset
    last = b if b.last_seq_no > a.last_seq_no else a
    last_offset = last.last_offset
    if a.last_seq_no == b.last_seq_no and b.last_offset > last_offset:
        last_offset = b.last_offset
    return evolve(
        a, first_offset=first_offset, last_seq_no=last.last_seq_no, last_offset=last_offset
    )


def intersects(s: Segment, log: str, first: int, last: int) -> bool:
    """SEG-10: whether a segment is in the intersection."""
    return all_of(
        s.log == log,
        s.first_offset < last,
        any_of(s.last_offset == 0, s.last_offset > first),
    )
