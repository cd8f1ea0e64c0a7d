"""The proofs of spec/proofs: that they hold, need what they assume, and notice a defect.

What takes z3 long is left to ``nox -s spec``, which proves all and tries every mutant.
"""

from __future__ import annotations

import json
from itertools import product

import pytest
from attrs import evolve

from rlog_model.identity import Author
from rlog_model.segment import PairRule, Segment, SegmentConflict, reduce
from rlog_model.segment_set import SegmentSet
from spec.clauses import clauses
from spec.proofs import algebra, mutants, text
from spec.proofs.__main__ import main
from spec.proofs.algebra import THEOREMS, UnknownTheorem, theorem_named
from spec.proofs.symbolic import Paths, Undecided, holds_at, integer, log_name, term_of
from spec.proofs.theorem import (
    FIELDS,
    Answer,
    Assumption,
    Refused,
    Theorem,
    answer,
    concrete,
    prove,
    symbolic,
)

LONG = {"accepted-orders-agree", "add", "add-coverage", "adding-twice", "three-in-any-order"}
QUICK = [theorem for theorem in THEOREMS if theorem.name not in LONG]
NEEDS = [(theorem, assumption) for theorem in QUICK for assumption in theorem.assumptions]


@pytest.mark.clause(
    "SEG-1", "SEG-2", "SEG-3", "SEG-4", "SEG-5", "SEG-6", "SEG-7", "SEG-8", "SEG-9", "SEG-10"
)
@pytest.mark.parametrize("theorem", QUICK, ids=lambda theorem: theorem.name)
def test_theorem_is_proved(theorem: Theorem) -> None:
    verdict = prove(theorem)
    assert verdict.proved, verdict.counterexample or verdict.undecided
    assert verdict.paths > 1


@pytest.mark.parametrize(
    ("theorem", "assumption"), NEEDS, ids=[f"{t.name}-{a.name}" for t, a in NEEDS]
)
def test_assumption_is_needed(theorem: Theorem, assumption: Assumption) -> None:
    """The counterexample is replayed on the model, as plain numbers."""
    found = prove(theorem.without(assumption)).counterexample
    assert found is not None
    assert not theorem.holds_for(found.values), str(found)
    case = concrete(found.values)
    assert [a.name for a in theorem.assumptions if not a.holds(case)] == [assumption.name]


def test_theorems_name_clauses_that_there_are() -> None:
    there = {place.id for place in clauses()}
    assert {clause for theorem in THEOREMS for clause in theorem.clauses} <= there
    names = {theorem.name for theorem in THEOREMS}
    assert len(names) == len(THEOREMS)
    assert names >= LONG


def test_unknown_theorem() -> None:
    with pytest.raises(UnknownTheorem, match="no theorem is named 'x'"):
        theorem_named("x")


# What the proofs found: each is an answer that one would not expect


def run(first: int, last: int, first_offset: int, last_offset: int, log: str = "a/log") -> Segment:
    return Segment(Author(1), first, first_offset, 0, last, last_offset, log)


@pytest.mark.clause("SEG-4")
def test_valid_segments_may_reduce_to_one_that_is_not() -> None:
    a, b = run(10, 20, 100, 200), run(10, 20, 250, 0)
    (one,) = SegmentSet.of([a, b])
    assert text.valid(a)
    assert text.valid(b)
    assert one == run(10, 20, 250, 200)
    assert not text.valid(one)


@pytest.mark.clause("SEG-7")
def test_order_bears_on_what_is_refused_where_ends_are_unknown() -> None:
    a, b, c = run(1, 1, 0, 1), run(2, 2, 1, 2), run(2, 2, 1, 0)
    assert SegmentSet.of([a, b, c]).segments == (run(1, 2, 0, 2),)
    with pytest.raises(SegmentConflict) as refused:
        SegmentSet.of([a, c, b])
    assert refused.value.rule is PairRule.KNOWN_AFTER_UNKNOWN


@pytest.mark.clause("SEG-7")
def test_what_was_added_may_be_refused_the_second_time() -> None:
    both = SegmentSet.of([run(20, 30, 20, 0), run(10, 19, 10, 20)])
    assert both.segments == (run(10, 30, 10, 0),)
    below = both.add(run(5, 9, 0, 10))
    with pytest.raises(SegmentConflict) as refused:
        below.add(run(10, 19, 10, 20))
    assert refused.value.rule is PairRule.KNOWN_AFTER_UNKNOWN


@pytest.mark.clause("SEG-3")
def test_order_bears_on_which_rule_is_named() -> None:
    a, b = run(1, 1, 0, 0, "a/log"), run(1, 1, 0, 1, "b/log")
    rules = []
    for one, other in ((a, b), (b, a)):
        with pytest.raises(SegmentConflict) as refused:
            reduce(one, other)
        rules.append(refused.value.rule)
    assert rules == [PairRule.OTHER_LOG_AFTER_UNKNOWN, PairRule.LOGS_DIFFER]


@pytest.mark.clause("SEG-3")
@pytest.mark.parametrize(
    ("a", "b", "rule"),
    [
        (run(1, 2, 1, 3), run(2, 2, 0, 3), PairRule.FIRST_OFFSETS_FALL),
        (run(1, 1, 0, 0), run(2, 2, 0, 2), PairRule.KNOWN_AFTER_UNKNOWN),
        (run(1, 1, 0, 0), run(3, 3, 0, 0, "b/log"), PairRule.OTHER_LOG_AFTER_UNKNOWN),
    ],
)
def test_two_of_one_history_may_be_refused(a: Segment, b: Segment, rule: PairRule) -> None:
    with pytest.raises(SegmentConflict) as refused:
        reduce(a, b)
    assert refused.value.rule is rule


# The explorer: what it says of all numbers is what the code does with each


def test_each_pair_is_on_one_path_which_gives_what_the_code_gives() -> None:
    paths = Paths()
    case, _ = symbolic(("a", "b"), (), paths)
    walked = [
        (path.conditions, path.result)
        for path in paths.each(lambda: answer(lambda: reduce(case["a"], case["b"])))
    ]
    count = 0
    for values in _grid():
        on = [result for conditions, result in walked if holds_at(conditions, values)]
        assert len(on) == 1, values
        plain = concrete(values)
        expected = answer(lambda plain=plain: reduce(plain["a"], plain["b"]))  # type: ignore[misc]
        assert _is(on[0], expected, values), values
        count += 1
    assert count == 64
    assert len(walked) > 100


def _grid() -> list[dict[str, int]]:
    """All pairs of some segments, which differ in each field."""
    of_one = [
        dict(zip(FIELDS, (1 + (first == 3), first, begin, first, last, end, log), strict=True))
        for first, last, begin, end, log in product((1, 2, 3), (2, 3), (0, 2), (0, 2, 3), (0, 1))
        if last >= first and not (end == 3 and last == 2 and log)
    ][::2][:8]
    return [
        {f"a.{f}": v for f, v in a.items()} | {f"b.{f}": v for f, v in b.items()}
        for a, b in product(of_one, of_one)
    ]


def _is(got: Answer, expected: Answer, values: dict[str, int]) -> bool:
    """Whether what was found for stand-ins is, of these values, what was found for numbers."""
    if isinstance(got, Refused) or isinstance(expected, Refused):
        rules = {it.rule for it in (got, expected) if isinstance(it, Refused)}
        return isinstance(got, Refused) and isinstance(expected, Refused) and len(rules) == 1
    for one, other in zip(got, expected, strict=True):
        index = int(other.log.removeprefix("log/"))
        if not holds_at((term_of(text.same(one, evolve(other, log=log_name(index)))),), values):
            return False
    return True


def test_stand_ins_refuse_what_they_can_not_do() -> None:
    paths = Paths()
    n = integer("n", paths)
    with pytest.raises(TypeError):
        hash(n)
    with pytest.raises(TypeError):
        range(n)
    with pytest.raises(TypeError):
        bool(n < "1")  # type: ignore[operator]
    with pytest.raises(TypeError):
        bool(log_name(n) == "a/log")


def test_what_z3_does_not_decide_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(self: Paths, *formulas: object) -> bool:
        raise Undecided("a question")

    monkeypatch.setattr(Paths, "_can_be", no_answer)
    verdict = prove(theorem_named("order"))
    assert not verdict.proved
    assert verdict.undecided.endswith("ms: a question")


# Mutants


@pytest.mark.parametrize(
    "name",
    [
        "known-end-dropped",
        "last-by-its-offset",
        "lesser-of-two-lower-bounds",
        "runs-in-two-logs-joined",
    ],
)
def test_mutant_is_rejected(name: str) -> None:
    assert mutants.rejected_by(name, first=True)


# The command


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--theorem", "validity-kept", "--needed"]) == 0
    told = capsys.readouterr().out
    assert "proved  validity-kept (SEG-1, SEG-4)" in told
    assert "    not begins before ends: a = [" in told


def test_command_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--theorem", "idempotence", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["proved"]
    assert told["assumptions"] == {"runs": "no segment ends before its first operation"}


@pytest.mark.parametrize("asked", [["--theorem", "x"], ["--mutant", "x"]])
def test_command_with_an_unknown_name(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked) == 2
    assert "is named 'x'" in capsys.readouterr().err


def test_command_tells_what_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    theorem = theorem_named("idempotence")
    false = theorem.without(theorem.assumptions[0])
    monkeypatch.setattr(algebra, "theorem_named", lambda name: false)
    assert main(["--theorem", "idempotence"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("NOT PROVED  idempotence")
    assert "    but: a = [" in told
