"""Theorems of segments that are of one history.

A history says of each operation who wrote it, to which log, from which byte to which, and which
checksum it carries. Of three segments only the operations at their ends matter, so a history is
here what it says of these, and what must hold between them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rlog_model.segment import Segment, reduce
from rlog_model.segment_set import SegmentSet
from spec.proofs import text
from spec.proofs.pairs import RUNS, VALID
from spec.proofs.symbolic import all_of, any_of, implies
from spec.proofs.theorem import Answer, Assumption, Case, Refused, Theorem, answer

_THREE: Final = (("a", "b", "c"),)


def _one_history(case: Case) -> bool:
    return all_of(
        *(
            case.numbers[f"end {a}"] - case.numbers[f"begin {a}"] > s.last_seq_no - s.first_seq_no
            for a, s in case.segments.items()
        ),
        *(_fit(case, a, b) for a, b in case.pairs()),
    )


def _fit(case: Case, one: str, other: str) -> bool:
    """What one history asks of two segments, where ``other`` does not begin before ``one``.

    An operation has one byte at least. Those between the beginnings of two which overlap are all in
    their log.
    """
    a, b = case[one], case[other]
    begin_a, begin_b = case.numbers[f"begin {one}"], case.numbers[f"begin {other}"]
    end_a, end_b = case.numbers[f"end {one}"], case.numbers[f"end {other}"]
    overlap = all_of(a.first_seq_no <= b.first_seq_no, b.first_seq_no <= a.last_seq_no)
    return all_of(
        implies(overlap, all_of(a.author == b.author, a.log == b.log)),
        implies(overlap, begin_b - begin_a >= b.first_seq_no - a.first_seq_no),
        implies(overlap, end_a - begin_b > a.last_seq_no - b.first_seq_no),
        implies(
            all_of(overlap, a.last_seq_no <= b.last_seq_no),
            end_b - end_a >= b.last_seq_no - a.last_seq_no,
        ),
        implies(
            all_of(overlap, a.last_seq_no >= b.last_seq_no),
            end_a - end_b >= a.last_seq_no - b.last_seq_no,
        ),
        implies(all_of(a.log == b.log, a.last_seq_no < b.first_seq_no), end_a <= begin_b),
        implies(
            a.first_seq_no == b.first_seq_no,
            all_of(a.first_checksum == b.first_checksum, begin_a == begin_b),
        ),
    )


def _pairwise(holds: Callable[[Segment, Segment], bool]) -> Callable[[Case], bool]:
    """That something holds of every two, both ways round."""
    return lambda case: all_of(*(holds(case[a], case[b]) for a, b in case.pairs()))


ONE_HISTORY: Final = Assumption(
    "one history",
    "all are runs of one history: an operation has one author, log, place and checksum, and in a"
    " log the places rise",
    _one_history,
)
LOWER_BOUNDS: Final = Assumption(
    "lower bounds",
    "a first offset is no greater than where its first operation begins",
    lambda case: all_of(
        *(s.first_offset <= case.numbers[f"begin {a}"] for a, s in case.segments.items())
    ),
)
TRUE_ENDS: Final = Assumption(
    "true ends",
    "a known last offset is where its last operation ends",
    lambda case: all_of(
        *(
            any_of(s.last_offset == 0, s.last_offset == case.numbers[f"end {a}"])
            for a, s in case.segments.items()
        )
    ),
)
BOUNDS_RISE: Final = Assumption(
    "bounds rise",
    "in a log, a segment that begins at a later operation has no lesser first offset",
    _pairwise(
        lambda a, b: implies(
            all_of(a.log == b.log, a.first_seq_no < b.first_seq_no),
            a.first_offset <= b.first_offset,
        )
    ),
)
UNKNOWN_LAST: Final = Assumption(
    "unknown last",
    "no segment with a known end begins at a later operation than one without",
    _pairwise(
        lambda a, b: implies(
            all_of(a.last_offset == 0, a.first_seq_no < b.first_seq_no), b.last_offset == 0
        )
    ),
)
ENDS_ALIKE: Final = Assumption(
    "ends alike",
    "all ends are known, or none is",
    _pairwise(lambda a, b: implies(a.last_offset == 0, b.last_offset == 0)),
)
NO_MOVE: Final = Assumption(
    "no move",
    "no segment of another log begins at a later operation than one without a known end",
    _pairwise(
        lambda a, b: implies(
            all_of(a.last_offset == 0, a.first_seq_no < b.first_seq_no), a.log == b.log
        )
    ),
)


def _pair_is_accepted(case: Case) -> bool:
    return not isinstance(answer(lambda: reduce(case["a"], case["b"])), Refused)


def _bounds_stay_true(case: Case) -> bool:
    got = answer(lambda: reduce(case["a"], case["b"]))
    if isinstance(got, Refused):
        return True
    return all_of(*(_is_true(case, s) for s in got))


def _is_true(case: Case, result: Segment) -> bool:
    claims = []
    for name, s in case.segments.items():
        begin, end = case.numbers[f"begin {name}"], case.numbers[f"end {name}"]
        claims += [
            implies(result.first_seq_no == s.first_seq_no, result.first_offset <= begin),
            implies(
                result.last_seq_no == s.last_seq_no,
                any_of(result.last_offset == 0, result.last_offset == end),
            ),
        ]
    return all_of(*claims)


def _set_of(case: Case, names: str) -> Answer:
    return answer(lambda: SegmentSet.of(case[name] for name in names))


def _two_in_any_order(case: Case) -> bool:
    one, other = _set_of(case, "ab"), _set_of(case, "ba")
    if isinstance(one, Refused) or isinstance(other, Refused):
        return isinstance(one, Refused) and isinstance(other, Refused)
    return text.all_same(one, other)


def _three_in_any_order(case: Case) -> bool:
    if _other_way_round(case):
        return True
    one, other = _set_of(case, "abc"), _set_of(case, "acb")
    return (
        not isinstance(one, Refused)
        and not isinstance(other, Refused)
        and text.all_same(one, other)
    )


def _accepted_orders_agree(case: Case) -> bool:
    if _other_way_round(case):
        return True
    one = _set_of(case, "abc")
    if isinstance(one, Refused):
        return True
    other = _set_of(case, "acb")
    return isinstance(other, Refused) or text.all_same(one, other)


def _other_way_round(case: Case) -> bool:
    """Whether this is a case of which another one, with b and c swapped, says the same."""
    return case["b"].first_seq_no > case["c"].first_seq_no


THEOREMS: Final = (
    Theorem(
        name="bounds-stay-true",
        says="first offsets stay lower bounds, and known ends stay true, in what two reduce to",
        clauses=("SEG-4",),
        history=True,
        assumptions=(RUNS, ONE_HISTORY, LOWER_BOUNDS, TRUE_ENDS),
        claims=(_bounds_stay_true,),
    ),
    Theorem(
        name="one-history-is-accepted",
        says="two of one history do not contradict each other",
        clauses=("SEG-3",),
        history=True,
        assumptions=(VALID, ONE_HISTORY, TRUE_ENDS, BOUNDS_RISE, UNKNOWN_LAST, NO_MOVE),
        claims=(_pair_is_accepted,),
    ),
    Theorem(
        name="two-in-any-order",
        says="two give one set, or both orders are refused",
        clauses=("SEG-7",),
        claims=(_two_in_any_order,),
    ),
    Theorem(
        name="three-in-any-order",
        says="three of one history fit in one set, and give the same one in each of the six orders:"
        " swapping the last two changes nothing; by two-in-any-order, nor does swapping the first"
        " two, and these swaps lead to every order",
        clauses=("SEG-7",),
        worlds=_THREE,
        history=True,
        assumptions=(VALID, ONE_HISTORY, TRUE_ENDS, BOUNDS_RISE, ENDS_ALIKE, NO_MOVE),
        claims=(_three_in_any_order,),
    ),
    Theorem(
        name="accepted-orders-agree",
        says="where three, of whatever history, are accepted before and after such a swap, they"
        " give one set: the order bears on what is refused, and on nothing else",
        clauses=("SEG-7",),
        worlds=_THREE,
        claims=(_accepted_orders_agree,),
    ),
)
"""Those of one history, of two segments and then of three."""
