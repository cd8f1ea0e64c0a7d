"""Theorems of sets, and of adding one segment to a set.

How many segments a set has is bounded here, by ``SIZES``; what numbers they have is not.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from rlog_model.segment import Segment
from rlog_model.segment_set import SegmentSet
from spec.proofs import text
from spec.proofs.pairs import VALID, covers, covers_as
from spec.proofs.symbolic import all_of, any_of, implies, none_of
from spec.proofs.theorem import Answer, Assumption, Case, Refused, Theorem, answer

SIZES: Final = (0, 1, 2)
"""How many segments there are in the sets that the theorems speak of."""


def _sets(*others: str) -> tuple[tuple[str, ...], ...]:
    return tuple((*others, *(f"S{i}" for i in range(size))) for size in SIZES)


IS_SET: Final = Assumption(
    "is a set",
    "S is a set: rising, no two overlap, and no neighbours reduce to one (SEG-6)",
    lambda case: text.is_set(case.there),
)
RISING: Final = Assumption(
    "rising",
    "the first sequence numbers of S rise",
    lambda case: all_of(*(a.first_seq_no < b.first_seq_no for a, b in pairwise(case.there))),
)
NEIGHBOURS_AGREE: Final = Assumption(
    "neighbours agree",
    "no neighbours in S contradict each other",
    lambda case: _neighbours_agree(case.there),
)
KNOWN: Final = Assumption(
    "known end",
    "no end is unknown",
    lambda case: all_of(*(s.last_offset != 0 for s in case.segments.values())),
)
SOME_BYTE: Final = Assumption(
    "some byte",
    "the range has a byte: first < last",
    lambda case: case.numbers["first"] < case.numbers["last"],
)


def _neighbours_agree(there: tuple[Segment, ...]) -> bool:
    return all_of(*(text.compatible(a, b) for a, b in pairwise(there)))


def _added(case: Case) -> Answer:
    return answer(lambda: SegmentSet(case.there).add(case["s"]))


def _as_the_text(case: Case) -> bool:
    got, expected = _added(case), text.add(case.there, case["s"])
    if isinstance(got, Refused) or isinstance(expected, text.Refused):
        return (
            isinstance(got, Refused)
            and isinstance(expected, text.Refused)
            and got.rule is expected.rule
            and text.all_same(got.compared, expected.compared)
        )
    return text.all_same(got, expected)


def _stays_a_set(case: Case) -> bool:
    got = _added(case)
    return isinstance(got, Refused) or text.is_set(got)


def _neighbours_go_on_to_agree(case: Case) -> bool:
    got = _added(case)
    return isinstance(got, Refused) or _neighbours_agree(got)


def _coverage(case: Case) -> bool:
    got = _added(case)
    if isinstance(got, Refused):
        return True
    n = case.numbers["n"]
    given = (*case.there, case["s"])
    return all_of(
        *(implies(covers(s, n), any_of(*(covers_as(r, n, s) for r in got))) for s in given),
        *(implies(covers(r, n), any_of(*(covers_as(s, n, r) for s in given))) for r in got),
    )


def _held_already(case: Case) -> bool:
    return all(_adds_nothing(case.there, s) for s in case.there)


def _adds_nothing(there: tuple[Segment, ...], s: Segment) -> bool:
    got = answer(lambda: SegmentSet(there).add(s))
    return not isinstance(got, Refused) and bool(text.all_same(got, there))


def _twice(case: Case) -> bool:
    got = _added(case)
    if isinstance(got, Refused):
        return True
    again = answer(lambda: SegmentSet(got).add(case["s"]))
    return not isinstance(again, Refused) and text.all_same(again, got)


def _unchanged(case: Case) -> bool:
    there = case.there
    a_set = SegmentSet(there)
    answer(lambda: a_set.add(case["s"]))
    return len(a_set) == len(there) and all(a is b for a, b in zip(a_set, there, strict=True))


def _intersection(case: Case) -> Answer | None:
    """What ``intersect`` gives; None where the range is invalid."""
    first, last = case.numbers["first"], case.numbers["last"]
    try:
        return tuple(SegmentSet(case.there).intersect(case.log, first, last))
    except ValueError:
        return None


def _intersects_as_the_text(case: Case) -> bool:
    got = _intersection(case)
    first, last = case.numbers["first"], case.numbers["last"]
    if got is None:
        return first > last
    assert not isinstance(got, Refused), "an intersection refuses no segment"
    return all_of(
        first <= last,
        *(
            text.intersects(s, case.log, first, last)
            if any(s is one for one in got)
            else none_of(text.intersects(s, case.log, first, last))
            for s in case.there
        ),
        _in_their_order(got, case.there),
    )


def _in_their_order(some: tuple[Segment, ...], all_there: tuple[Segment, ...]) -> bool:
    places = [i for one in some for i, s in enumerate(all_there) if s is one]
    return len(places) == len(some) and places == sorted(places)


def _may_have_a_byte(case: Case) -> bool:
    got = _intersection(case)
    if got is None or isinstance(got, Refused):
        return False
    log, n = case.log, case.numbers["n"]
    first, last = case.numbers["first"], case.numbers["last"]
    claims = []
    for s in case.there:
        if any(s is one for one in got):
            # The greater of both beginnings is such a byte.
            byte = s.first_offset if s.first_offset > first else first
            claims.append(all_of(s.log == log, _may_have(s, byte), first <= byte, byte < last))
        else:
            claims.append(none_of(all_of(s.log == log, _may_have(s, n), first <= n, n < last)))
    return all_of(*claims)


def _may_have(s: Segment, byte: int) -> bool:
    return all_of(s.first_offset <= byte, any_of(s.last_offset == 0, byte < s.last_offset))


THEOREMS: Final = (
    Theorem(
        name="intersection",
        says="an intersection has, in their order and whole, the segments of SEG-10, and a range"
        " that ends before it begins is refused",
        clauses=("SEG-10",),
        worlds=_sets(),
        numbers=("log", "first", "last"),
        claims=(_intersects_as_the_text,),
    ),
    Theorem(
        name="intersection-has-the-bytes",
        says="these are those which may have a byte of the range",
        clauses=("SEG-10",),
        worlds=_sets(),
        numbers=("log", "first", "last", "n"),
        assumptions=(VALID, SOME_BYTE),
        claims=(_may_have_a_byte,),
    ),
    Theorem(
        name="add",
        says="an add gives, or refuses with, what the steps of SEG-7 do, and names the two that"
        " contradict each other",
        clauses=("SEG-7",),
        worlds=_sets("s"),
        assumptions=(RISING,),
        claims=(_as_the_text,),
    ),
    Theorem(
        name="add-keeps-a-set",
        says="what an add gives is a set",
        clauses=("SEG-6", "SEG-7"),
        worlds=_sets("s"),
        assumptions=(IS_SET, NEIGHBOURS_AGREE),
        claims=(_stays_a_set,),
    ),
    Theorem(
        name="add-keeps-neighbours-agreeing",
        says="no neighbours in what an add gives contradict each other; so it is in every set that"
        " was built by adds",
        clauses=("SEG-3", "SEG-7"),
        worlds=_sets("s"),
        assumptions=(IS_SET, NEIGHBOURS_AGREE),
        claims=(_neighbours_go_on_to_agree,),
    ),
    Theorem(
        name="add-coverage",
        says="what an add gives covers the operations of the set and of the segment and no other,"
        " each by its author and in its log",
        clauses=("SEG-7",),
        worlds=_sets("s"),
        numbers=("n",),
        claims=(_coverage,),
    ),
    Theorem(
        name="adding-what-is-there",
        says="adding a segment that a set holds leaves the set as it is",
        clauses=("SEG-9",),
        worlds=_sets(),
        assumptions=(IS_SET, NEIGHBOURS_AGREE, VALID),
        claims=(_held_already,),
    ),
    Theorem(
        name="adding-twice",
        says="adding a segment a second time changes nothing, also where it was joined with others",
        clauses=("SEG-7", "SEG-9"),
        worlds=_sets("s"),
        assumptions=(KNOWN,),
        claims=(_twice,),
    ),
    Theorem(
        name="add-changes-no-set",
        says="an add, refused or not, leaves the set that it was asked of as it was",
        clauses=("SEG-8",),
        worlds=_sets("s")[:2],
        claims=(_unchanged,),
    ),
)
"""Those of sets, the quick ones first."""
