"""What a theorem is, how it is proved, and what a counterexample is.

Rules
-----
* A theorem is data: segments and numbers, assumptions, and a *claim*. The claim runs the model's
  own functions, and says whether what they gave is as it should be.
* It is *proved* when no path of the claim, under the assumptions, has values for which the claim is
  false. What z3 can't decide in its time is not proved.
* An assumption is *needed* when without it, with all others kept, there is a counterexample. That
  is a table of numbers: ``Theorem.holds_for`` runs the claim on them, as plain Python without z3.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from attrs import evolve, field, frozen

from rlog_model.identity import MAX_UINT32, Author
from rlog_model.segment import InvalidSegment, PairRule, Segment, SegmentConflict, SegmentRule
from spec.proofs.symbolic import Paths, Undecided, all_of, integer, log_name, value_of

FIELDS: Final = (
    "author",
    "first_seq_no",
    "first_offset",
    "first_checksum",
    "last_seq_no",
    "last_offset",
    "log",
)
"""The fields of a segment. ``log`` is a number in a table of values: which log it is."""

NICE: Final = 40
"""A counterexample has no greater number, and none below 0, if it can."""


@frozen
class Case:
    """Segments and numbers that a claim speaks of: plain ones, or stand-ins for all there are."""

    segments: dict[str, Segment]

    numbers: dict[str, int]
    """Where a history is spoken of, for each segment ``a`` what is true in it, in bytes of its log:
    ``begin a`` where its first operation begins, and ``end a`` behind its last one."""

    name_log: Callable[[int], str]
    """The log that a number stands for."""

    def __getitem__(self, name: str) -> Segment:
        return self.segments[name]

    @property
    def there(self) -> tuple[Segment, ...]:
        """Those of a set, ``S0``, ``S1``, ..., which is added to."""
        return tuple(s for name, s in self.segments.items() if name.startswith("S"))

    @property
    def log(self) -> str:
        """The log that the number ``log`` says."""
        return self.name_log(self.numbers["log"])

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The names of every two segments, both ways round."""
        for one in self.segments:
            for other in self.segments:
                if one != other:
                    yield one, other


@frozen
class Assumption:
    """What a theorem needs."""

    name: str
    says: str
    holds: Callable[[Case], bool]


@frozen(kw_only=True)
class Theorem:
    """What holds of segments, for all integers."""

    name: str
    """Words in lower case, with hyphens between them. Unique."""

    says: str

    clauses: tuple[str, ...]
    """The clauses that it serves."""

    worlds: tuple[tuple[str, ...], ...] = (("a", "b"),)
    """Names of segments: it is proved for each of these."""

    numbers: tuple[str, ...] = ()
    """Names of further integers which it speaks of."""

    assumptions: tuple[Assumption, ...] = ()

    history: bool = False
    """Whether it speaks of the truth in the history of its segments, too: see ``Case.numbers``."""

    claims: tuple[Callable[[Case], bool], ...]
    """What holds: each of them."""

    def without(self, assumption: Assumption) -> Theorem:
        """The theorem less one of its assumptions."""
        return evolve(self, assumptions=tuple(a for a in self.assumptions if a is not assumption))

    def holds_for(self, values: dict[str, int]) -> bool:
        """Whether the claim holds for these numbers: it is run on plain segments of them."""
        case = concrete(values)
        return all(claim(case) for claim in self.claims)


@frozen
class Counterexample:
    """Numbers for which a claim is false."""

    values: dict[str, int]
    """``a.first_seq_no`` and the like, and further numbers by their names."""

    def __str__(self) -> str:
        case = concrete(self.values)
        told = [f"{name} = {_told(segment)}" for name, segment in case.segments.items()]
        told += [f"{name} = {number}" for name, number in case.numbers.items()]
        return "; ".join(told)


@frozen
class Verdict:
    """What came of an attempt to prove a theorem."""

    theorem: str
    paths: int
    seconds: float
    counterexample: Counterexample | None = None
    undecided: str = field(default="")
    """What z3 did not decide in its time. Empty: there is no such question."""

    @property
    def proved(self) -> bool:
        """Whether it holds for all integers."""
        return self.counterexample is None and not self.undecided


def prove(theorem: Theorem) -> Verdict:
    """Prove a theorem, or find the first counterexample."""
    began = time.monotonic()
    count = 0
    found = None
    undecided = ""
    try:
        for names, claim in itertools.product(theorem.worlds, theorem.claims):
            found, walked = _first_counterexample(theorem, names, claim)
            count += walked
            if found is not None:
                break
    except Undecided as no_answer:
        undecided = str(no_answer)
    return Verdict(theorem.name, count, time.monotonic() - began, found, undecided)


def _first_counterexample(
    theorem: Theorem, names: tuple[str, ...], claim: Callable[[Case], bool]
) -> tuple[Counterexample | None, int]:
    paths = Paths()
    case, nice = symbolic(names, theorem.numbers, paths, history=theorem.history)
    for assumption in theorem.assumptions:
        paths.assume(assumption.holds(case))
    count = 0
    for path in paths.each(lambda: claim(case)):
        count += 1
        model = paths.refute(path.result, nice)
        if model is not None:
            values = {name: value_of(it, model) for name, it in stand_ins(case, paths).items()}
            return Counterexample(values), count
    return None, count


def symbolic(
    names: Iterable[str], numbers: Iterable[str], paths: Paths, *, history: bool = False
) -> tuple[Case, tuple[bool, ...]]:
    """A case of all segments with these names, and what makes the numbers of one nice to read.

    ``paths`` is told what the types say: an author is a uint32. There is a log more than there are
    segments, so each can have its own, and a range can be of another one.
    """
    names = tuple(names)
    segments = {}
    for name in names:
        of = {f: integer(f"{name}.{f}", paths) for f in FIELDS}
        paths.assume(all_of(of["author"] >= 0, of["author"] <= MAX_UINT32))
        paths.assume(all_of(of["log"] >= 0, of["log"] <= len(names)))
        segments[name] = Segment(**of | {"log": log_name(of["log"])})  # type: ignore[arg-type]
    truth = [f"{which} {name}" for name in names for which in ("begin", "end") if history]
    case = Case(segments, {name: integer(name, paths) for name in (*numbers, *truth)}, log_name)
    if "log" in case.numbers:
        paths.assume(all_of(case.numbers["log"] >= 0, case.numbers["log"] <= len(names)))
    nice = tuple(all_of(n >= 0, n <= NICE) for n in stand_ins(case, paths).values())
    return case, nice


def stand_ins(case: Case, paths: Paths) -> dict[str, int]:
    """Every integer that a symbolic case has, by its name."""
    names = [f"{name}.{f}" for name in case.segments for f in FIELDS]
    return {name: integer(name, paths) for name in (*names, *case.numbers)}


def concrete(values: dict[str, int]) -> Case:
    """The case of these numbers."""
    segments: dict[str, Segment] = {}
    numbers = {name: value for name, value in values.items() if "." not in name}
    for name in dict.fromkeys(key.partition(".")[0] for key in values if "." in key):
        of = {f: values[f"{name}.{f}"] for f in FIELDS}
        segments[name] = Segment(
            Author(of["author"]),
            of["first_seq_no"],
            of["first_offset"],
            of["first_checksum"],
            of["last_seq_no"],
            of["last_offset"],
            log_of(of["log"]),
        )
    return Case(segments, numbers, log_of)


def log_of(index: int) -> str:
    """The name of a log in a concrete case."""
    return f"log/{index}"


@frozen
class Refused:
    """What was answered in the place of segments."""

    rule: SegmentRule | PairRule
    compared: tuple[Segment, ...] = ()
    """The earlier and the later of the two that contradict each other."""


Answer = tuple[Segment, ...] | Refused
"""What a function of the model gave."""


def answer(code: Callable[[], Iterable[Segment]]) -> Answer:
    """What some code gives, or the rule by which it refuses."""
    try:
        return tuple(code())
    except InvalidSegment as invalid:
        return Refused(invalid.rule)
    except SegmentConflict as conflict:
        return Refused(conflict.rule, (conflict.earlier, conflict.later))


def _told(s: Segment) -> str:
    end = s.last_offset or "?"
    return (
        f"[{s.first_seq_no}, {s.last_seq_no}] at [{s.first_offset}, {end}) of author {s.author}"
        f" in {s.log}, checksum {s.first_checksum}"
    )
