"""Plain Python over integers, run for all integers at once.

Rules
-----
* ``integer`` and ``log_name`` make stand-ins: a value that can be any, as a term of z3. Arithmetic
  makes terms of terms, and a comparison makes a formula.
* Where the code that runs asks whether a formula holds, as ``if`` does, ``Paths`` decides. It asks
  z3 which answers can be, given what was decided before. Where both can be, the code is run once
  for each. So each run is a *path*: a condition, and what the code does under it.
* The conditions of the paths exclude each other, and together they are the assumptions. So what
  holds at the end of each path holds for all integers.
* The code sees ``int``, ``str`` and ``bool`` in its types. What it may do with a stand-in is what
  is defined here: all else raises ``TypeError`` or ``AttributeError``, and is never a wrong proof.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar, cast

import z3
from attrs import define, frozen

T = TypeVar("T")

TIMEOUT: Final = 10_000
"""Milliseconds that z3 has for one question."""


@frozen
class Undecided(Exception):
    """z3 had no answer in its time: nothing is proved."""

    question: str

    def __str__(self) -> str:
        return f"z3 has no answer in {TIMEOUT} ms: {self.question}"


@define
class _Decision:
    condition: z3.BoolRef
    choice: bool
    other: z3.ModelRef | None
    """Values for which the choice is the other one, which was not taken yet; None: no values, or it
    was taken."""


@frozen
class Path(Generic[T]):
    """One way through the code."""

    conditions: tuple[z3.BoolRef, ...]
    """What was decided on it: all of these hold."""

    result: T
    """What the code gave."""


class Paths:
    """All ways through some code."""

    def __init__(self) -> None:
        self._solver = z3.Solver()
        self._solver.set("timeout", TIMEOUT)
        self._model: z3.ModelRef | None = None
        self._plan: list[_Decision] = []
        self._at = 0

    def assume(self, formula: bool) -> None:
        """From here on, ``formula`` holds. Never within a path."""
        self._solver.add(term_of(formula))
        self._model = None

    def each(self, code: Callable[[], T]) -> Iterator[Path[T]]:
        """Every path of ``code``, which must do the same at each call.

        While the caller has a path, ``refute`` asks about it.

        Raises:
            Undecided: z3 can't tell which paths there are.
        """
        if not self._can_be():
            return
        while True:
            self._at = 0
            result = code()
            yield Path(tuple(_told(d) for d in self._plan), result)
            while self._plan and self._plan[-1].other is None:
                self._plan.pop()
                self._solver.pop()
            if not self._plan:
                return
            last = self._plan[-1]
            last.choice = not last.choice
            self._model, last.other = last.other, None
            self._solver.pop()
            self._solver.push()
            self._solver.add(_told(last))

    def refute(self, claim: bool, nice: tuple[bool, ...] = ()) -> z3.ModelRef | None:
        """Values on this path for which ``claim`` is false, or None if there are none.

        With ``nice``, values for which these hold are preferred.

        Raises:
            Undecided: z3 can't tell.
        """
        if claim is True:
            return None
        opposite = z3.Not(term_of(claim))
        if not self._can_be(opposite):
            return None
        found = self._solver.model()
        if nice and self._solver.check(opposite, *map(term_of, nice)) == z3.sat:
            found = self._solver.model()
        return found

    def decide(self, condition: Callable[[], z3.BoolRef]) -> bool:
        """Whether ``condition`` holds on this path. It is made where it was not decided before.

        Raises:
            Undecided: z3 can't tell whether it can.
        """
        if self._at == len(self._plan):
            self._plan.append(self._choose(condition()))
            self._solver.push()
            self._solver.add(_told(self._plan[-1]))
        self._at += 1
        return self._plan[self._at - 1].choice

    def _choose(self, condition: z3.BoolRef) -> _Decision:
        if self._model is None:
            assert self._can_be(), "a path that was chosen can be"
            self._model = self._solver.model()
        # The model of the path shows one of the two choices to be possible.
        choice = z3.is_true(self._model.eval(condition, model_completion=True))
        other = z3.Not(condition) if choice else condition
        can_be = self._can_be(other)
        return _Decision(condition, choice, self._solver.model() if can_be else None)

    def _can_be(self, *formulas: z3.BoolRef) -> bool:
        answer = self._solver.check(*formulas)
        if answer == z3.unknown:
            raise Undecided(" and ".join(f.sexpr() for f in formulas))
        return answer == z3.sat


def _told(decision: _Decision) -> z3.BoolRef:
    return decision.condition if decision.choice else z3.Not(decision.condition)


@frozen(eq=False)
class _Flag:
    """Stands in for a ``bool``.

    Its formula is made when it is asked for: most are of decisions which an earlier path took, and
    making them would be most of the work.
    """

    make: Callable[[], z3.BoolRef]
    paths: Paths

    def __bool__(self) -> bool:
        return self.paths.decide(self.make)


class _Integer:
    """Stands in for an ``int``."""

    __slots__ = ("paths", "term")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, term: z3.ArithRef, paths: Paths) -> None:
        self.term = term
        self.paths = paths

    def __add__(self, other: _Number) -> _Integer:
        return _Integer(self.term + _number(other), self.paths)

    __radd__ = __add__

    def __sub__(self, other: _Number) -> _Integer:
        return _Integer(self.term - _number(other), self.paths)

    def __neg__(self) -> _Integer:
        return _Integer(-self.term, self.paths)

    def __lt__(self, other: _Number) -> _Flag:
        return self._compared(other, operator.lt)

    def __le__(self, other: _Number) -> _Flag:
        return self._compared(other, operator.le)

    def __gt__(self, other: _Number) -> _Flag:
        return self._compared(other, operator.gt)

    def __ge__(self, other: _Number) -> _Flag:
        return self._compared(other, operator.ge)

    def __eq__(self, other: _Number) -> _Flag:  # type: ignore[override]
        return self._compared(other, operator.eq)

    def __ne__(self, other: _Number) -> _Flag:  # type: ignore[override]
        return self._compared(other, operator.ne)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def _compared(
        self, other: _Number, compare: Callable[[z3.ArithRef, z3.ArithRef | int], z3.BoolRef]
    ) -> _Flag:
        number = _number(other)
        return _Flag(lambda: compare(self.term, number), self.paths)


_Number = _Integer | int


class _LogName(str):
    """Stands in for a log name that is valid: only compared with another such, and validated.

    Its text is one valid name, so that a check of log names accepts it. The text is in no
    comparison: which names are equal says ``which``.
    """

    which: _Integer

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> _Flag:  # type: ignore[override]
        return self.which == _which(other)

    def __ne__(self, other: object) -> _Flag:  # type: ignore[override]
        return self.which != _which(other)


def _which(other: object) -> _Integer:
    if not isinstance(other, _LogName):
        raise TypeError(f"a symbolic log name is compared with {other!r}")
    return other.which


def _number(value: _Number) -> z3.ArithRef | int:
    if isinstance(value, _Integer):
        return value.term
    if not isinstance(value, int):
        raise TypeError(f"a symbolic integer meets {value!r}")
    return int(value)


def term_of(flag: bool) -> z3.BoolRef:
    """The formula of z3 that stands behind a flag."""
    held: object = flag
    return held.make() if isinstance(held, _Flag) else z3.BoolVal(flag)


def integer(name: str, paths: Paths) -> int:
    """Any integer."""
    return cast(int, _Integer(z3.Int(name), paths))


def log_name(index: int) -> str:
    """Any valid log name: two are equal where their indices are."""
    name = _LogName("some/log")
    name.which = cast(_Integer, index)
    return name


def value_of(stand_in: int, model: z3.ModelRef) -> int:
    """The number that ``stand_in`` is in a model of z3."""
    held: object = stand_in
    assert isinstance(held, _Integer), "only stand-ins have a value in a model"
    value = model.eval(held.term, model_completion=True)
    assert isinstance(value, z3.IntNumRef), "a model of integers says each of them"
    return value.as_long()


def holds_at(conditions: tuple[z3.BoolRef, ...], values: dict[str, int]) -> bool:
    """Whether all conditions hold where the stand-ins of these names have these values."""
    pairs = [(z3.Int(name), z3.IntVal(value)) for name, value in values.items()]
    return all(z3.is_true(z3.simplify(z3.substitute(c, *pairs))) for c in conditions)


def all_of(*flags: bool) -> bool:
    """Whether all hold: as ``and``, but no path forks for it."""
    return _joined(z3.And, all, flags)


def any_of(*flags: bool) -> bool:
    """Whether one holds: as ``or``, but no path forks for it."""
    return _joined(z3.Or, any, flags)


def none_of(*flags: bool) -> bool:
    """Whether none holds: as ``not``, but no path forks for it."""
    return _joined(lambda *terms: z3.Not(z3.Or(*terms)), lambda held: not any(held), flags)


def implies(premise: bool, conclusion: bool) -> bool:
    """Whether ``conclusion`` holds where ``premise`` does."""
    return any_of(none_of(premise), conclusion)


def _joined(
    symbolic: Callable[..., z3.BoolRef],
    concrete: Callable[[tuple[bool, ...]], bool],
    flags: tuple[bool, ...],
) -> bool:
    held: tuple[object, ...] = flags
    for flag in held:
        if isinstance(flag, _Flag):
            return cast(bool, _Flag(lambda: symbolic(*map(term_of, flags)), flag.paths))
    return concrete(flags)
