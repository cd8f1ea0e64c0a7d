"""Theorems of one segment, and of two."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from attrs import evolve

from rlog_model.segment import Segment, SegmentRule, order, reduce
from spec.proofs import text
from spec.proofs.symbolic import all_of, any_of, implies, none_of
from spec.proofs.theorem import Answer, Assumption, Case, Refused, Theorem, answer

VALID: Final = Assumption(
    "valid", "each segment is valid (SEG-1)", lambda case: _each(case, text.valid)
)
RUNS: Final = Assumption(
    "runs",
    "no segment ends before its first operation",
    lambda case: _each(case, lambda s: s.first_seq_no <= s.last_seq_no),
)
ONE_LOG_ON_A_TIE: Final = Assumption(
    "one log on a tie",
    "two which begin and end at the same operations are in one log",
    lambda case: all_of(
        *(
            implies(
                all_of(
                    case[a].first_seq_no == case[b].first_seq_no,
                    case[a].last_seq_no == case[b].last_seq_no,
                ),
                case[a].log == case[b].log,
            )
            for a, b in case.pairs()
        )
    ),
)
BEGINS_BEFORE_ENDS: Final = Assumption(
    "begins before ends",
    "of two which begin at one operation, neither first offset is at or behind the other's known"
    " end",
    lambda case: all_of(
        *(
            implies(
                all_of(case[a].first_seq_no == case[b].first_seq_no, case[b].last_offset != 0),
                case[a].first_offset < case[b].last_offset,
            )
            for a, b in case.pairs()
        )
    ),
)


def _each(case: Case, holds: Callable[[Segment], bool]) -> bool:
    return all_of(*(holds(s) for s in case.segments.values()))


def _reduced(case: Case) -> Answer:
    return answer(lambda: reduce(case["a"], case["b"]))


def _validity(case: Case) -> bool:
    s = case["a"]
    told = [_refused_by_text(s, log_is_valid=True)]
    told += [_refused_by_text(evolve(s, log=name), False) for name in text.NO_LOG_NAMES]
    return all(told)


def _refused_by_text(s: Segment, log_is_valid: bool) -> bool:
    def validated() -> tuple[Segment, ...]:
        s.validate()
        return ()

    got = answer(validated)
    rule: SegmentRule | None = None
    for each, broken in text.broken_rules(s, log_is_valid).items():
        if broken:
            rule = each
            break
    return got == (Refused(rule) if rule else ())


def _order(case: Case) -> bool:
    a, b = case["a"], case["b"]
    earlier, later = order(a, b)
    in_order = text.in_order(a, b)
    return all_of(
        implies(in_order, all_of(text.same(earlier, a), text.same(later, b))),
        implies(none_of(in_order), all_of(text.same(earlier, b), text.same(later, a))),
    )


def _as_ordered(case: Case) -> tuple[Segment, Segment]:
    a, b = case["a"], case["b"]
    return (a, b) if text.in_order(a, b) else (b, a)


def _contradiction(case: Case) -> bool:
    got = _reduced(case)
    a, b = _as_ordered(case)
    rules = text.contradictions(a, b)
    if not isinstance(got, Refused):
        return none_of(*rules.values())
    before: list[bool] = []
    for rule, broken in rules.items():
        if rule is got.rule:
            return all_of(broken, none_of(*before), text.all_same(got.compared, (a, b)))
        before.append(broken)
    return False


def _reduction(case: Case) -> bool:
    got = _reduced(case)
    if isinstance(got, Refused):
        return True
    a, b = _as_ordered(case)
    if len(got) == 1:
        return all_of(text.joined(a, b), text.is_the_one(got[0], a, b))
    return all_of(none_of(text.joined(a, b)), text.all_same(got, (a, b)))


def _idempotent(case: Case) -> bool:
    s = case["a"]
    got = answer(lambda: reduce(s, s))
    return not isinstance(got, Refused) and text.all_same(got, (s,))


def _commutative(case: Case) -> bool:
    one, other = _both_ways(case)
    if isinstance(one, Refused) or isinstance(other, Refused):
        return isinstance(one, Refused) and isinstance(other, Refused)
    return text.all_same(one, other)


def _commutative_rule(case: Case) -> bool:
    one, other = _both_ways(case)
    return not (isinstance(one, Refused) and isinstance(other, Refused)) or one.rule is other.rule


def _both_ways(case: Case) -> tuple[Answer, Answer]:
    return _reduced(case), answer(lambda: reduce(case["b"], case["a"]))


def _runs(case: Case) -> bool:
    got = _reduced(case)
    if isinstance(got, Refused):
        return True
    return all_of(
        *(s.first_seq_no <= s.last_seq_no for s in got),
        *(a.last_seq_no < b.first_seq_no for a, b in pairwise(got)),
    )


def _valid(case: Case) -> bool:
    got = _reduced(case)
    return isinstance(got, Refused) or all_of(*map(text.valid, got))


def _coverage(case: Case) -> bool:
    got = _reduced(case)
    if isinstance(got, Refused):
        return True
    n = case.numbers["n"]
    given = (case["a"], case["b"])
    return all_of(
        *(implies(covers(s, n), any_of(*(covers_as(r, n, s) for r in got))) for s in given),
        *(implies(covers(r, n), any_of(*(covers_as(s, n, r) for s in given))) for r in got),
    )


def covers(s: Segment, n: int) -> bool:
    """Whether operation ``n`` is in a segment."""
    return all_of(s.first_seq_no <= n, n <= s.last_seq_no)


def covers_as(s: Segment, n: int, other: Segment) -> bool:
    """Whether operation ``n`` is in ``s``, by the author and in the log of ``other``."""
    return all_of(covers(s, n), s.author == other.author, s.log == other.log)


THEOREMS: Final = (
    Theorem(
        name="validity",
        says="a segment is refused by the first rule of SEG-1 that it breaks, and by no other",
        clauses=("SEG-1",),
        worlds=(("a",),),
        claims=(_validity,),
    ),
    Theorem(
        name="order",
        says="two are ordered as SEG-2 says",
        clauses=("SEG-2",),
        claims=(_order,),
    ),
    Theorem(
        name="contradiction",
        says="two are refused by the first rule of SEG-3 which is true, and by no other; the error"
        " names the earlier and the later",
        clauses=("SEG-2", "SEG-3"),
        claims=(_contradiction,),
    ),
    Theorem(
        name="reduction",
        says="any other two reduce to the one of SEG-4 where they touch or overlap in one author"
        " and log, and else stay as they are (SEG-5)",
        clauses=("SEG-4", "SEG-5"),
        claims=(_reduction,),
    ),
    Theorem(
        name="idempotence",
        says="a segment and itself reduce to itself",
        clauses=("SEG-4",),
        worlds=(("a",),),
        assumptions=(RUNS,),
        claims=(_idempotent,),
    ),
    Theorem(
        name="commutativity",
        says="which of two was there first bears neither on what they reduce to nor on whether"
        " they are refused",
        clauses=("SEG-2", "SEG-3", "SEG-4"),
        assumptions=(RUNS,),
        claims=(_commutative,),
    ),
    Theorem(
        name="commutativity-of-the-rule",
        says="nor on which rule they are refused by",
        clauses=("SEG-2", "SEG-3"),
        assumptions=(ONE_LOG_ON_A_TIE,),
        claims=(_commutative_rule,),
    ),
    Theorem(
        name="runs-apart",
        says="what two reduce to is in order, does not overlap, and none ends before it begins",
        clauses=("SEG-4", "SEG-5", "SEG-6"),
        assumptions=(RUNS,),
        claims=(_runs,),
    ),
    Theorem(
        name="validity-kept",
        says="what valid segments reduce to is valid",
        clauses=("SEG-1", "SEG-4"),
        assumptions=(VALID, BEGINS_BEFORE_ENDS),
        claims=(_valid,),
    ),
    Theorem(
        name="coverage",
        says="what two reduce to covers the operations that they cover and no other, each by its"
        " author and in its log",
        clauses=("SEG-4", "SEG-5"),
        numbers=("n",),
        claims=(_coverage,),
    ),
)
"""Those of pairs, in the order of the clauses."""
