"""The exploration, breadth first, on several processes.

Rules
-----
* A state is kept as the path that led to it first. Who expands it follows the path, with what it
  remembers of the one before; so any process can expand any state, and none has to have states.
* Only keys and moves cross between processes. One process decides which keys are new, in the order
  of the states they come from. So what is found, and all counts, are the same however many
  processes there are.
* Every state is looked at, by ``exploration_invariants``. An exploration that finds something wrong
  ends with the level at which it did: there is no shorter path to it.
"""

from __future__ import annotations

import gc
import itertools
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from typing import Final

import attrs
from attrs import frozen

from rlog_model.conformance.workers import pool
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.exploration import Explorer
from rlog_model.simulation.exploration_invariants import Violation, Watch
from rlog_model.simulation.exploration_maker import MoveBroke
from rlog_model.simulation.exploration_moves import MOVE_SIZE, Bounds, moves_of
from rlog_model.simulation.pieces import State

BATCH: Final = 256
"""States that a process expands at a time, at most."""

FEW: Final = 500
"""States that are not worth a process of their own."""

MOST_REMEMBERED: Final = 300_000
"""Moves that a process remembers, at most: then it forgets all, for they take its memory."""

BROKE: Final = "model-breaks"
"""What stands in the place of an invariant where a move broke the model."""


@attrs.define
class Tally:
    """How far an exploration is."""

    states: int = 0
    """Distinct states that were found."""

    transitions: int = 0
    """Moves between states, each from every state in which it can be made."""

    depth: int = 0
    """Moves to the states that were found last."""

    waiting: int = 0
    """States that are not expanded yet."""


@frozen
class Found:
    """Something that is wrong, by the shortest path to it."""

    invariant: str
    """Its id; ``BROKE`` for a move."""

    reason: str
    scenario: Scenario


@frozen
class Report:
    """What an exploration came to."""

    bounds: Bounds
    tally: Tally
    exhausted: bool
    """Whether all states within the bounds were found."""

    found: tuple[Found, ...]
    """What is wrong: once for each invariant."""

    seconds: float


@frozen
class _Expanded:
    """What came of a batch of states."""

    successors: list[list[tuple[bytes, bytes]]]
    """Of each state: the moves to those behind it, and their keys. Without those that the same
    batch had before."""

    transitions: int
    violations: list[tuple[bytes, Violation]]
    """What is wrong, and the path there."""


class Expander:
    """Expands states, and looks at them."""

    def __init__(self, bounds: Bounds) -> None:
        self._explorer = Explorer(bounds)
        self._watch = Watch(self._explorer)
        self._path = b""
        self._states = [self._explorer.root()]
        """Those along ``_path``."""

    def root_key(self) -> bytes:
        """The key of the state in which nothing has happened."""
        return self._explorer.key(self._explorer.root())

    def expand(self, paths: Iterable[bytes], further: bool) -> _Expanded:
        """Look at the states at the ends of ``paths``; ``further``, find those behind them."""
        if self._explorer.remembered > MOST_REMEMBERED:
            self._explorer.forget()
            self._watch.forget()
            self._path, self._states = b"", [self._explorer.root()]
            gc.collect()
        there: set[bytes] = set()
        expanded = _Expanded([], 0, [])
        transitions = 0
        for path in paths:
            state = self._follow(path)
            wrong = [(path, violation) for violation in self._watch.violations(state)]
            successors: list[tuple[bytes, bytes]] = []
            try:
                for moves, behind in self._explorer.successors(state) if further else ():
                    transitions += 1
                    key = self._explorer.key(behind)
                    if key not in there:
                        there.add(key)
                        successors.append((b"".join(map(bytes, moves)), key))
            except MoveBroke as broke:
                reason = "".join(traceback.format_exception(broke.__cause__))
                violation = Violation(BROKE, f"the model broke:\n{reason}")
                wrong.append((path + b"".join(map(bytes, broke.moves)), violation))
            expanded.successors.append(successors)
            expanded.violations.extend(wrong)
        return attrs.evolve(expanded, transitions=transitions)

    def steps(self, path: bytes) -> tuple[Step, ...]:
        """The scenario of a path."""
        return self._explorer.steps(path)

    def _follow(self, path: bytes) -> State:
        """The state at the end of a path: from where it leaves the one before."""
        states, former = self._states, self._path
        shared = 0
        while path[shared : shared + MOVE_SIZE] == former[shared : shared + MOVE_SIZE] != b"":
            shared += MOVE_SIZE
        del states[shared // MOVE_SIZE + 1 :]
        for move in moves_of(path[shared:]):
            behind = self._explorer.make(states[-1], move)
            assert behind is not None, "a move that was made once can be made again"
            states.append(behind)
        self._path = path
        return states[-1]


Expand = Callable[[list[bytes], bool], Iterator[_Expanded]]
"""Expands paths, in batches and in their order."""


def explore(
    bounds: Bounds,
    *,
    jobs: int,
    most_states: int | None = None,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Report:
    """Find all states within ``bounds``, or the first ``most_states``, in ``jobs`` processes.

    Raises:
        BrokenProcessPool: a process died.
    """
    began = time.monotonic()
    local = Expander(bounds)
    with ExitStack() as stack:
        processes: ProcessPoolExecutor | None = None

        def expand(paths: list[bytes], further: bool) -> Iterator[_Expanded]:
            nonlocal processes
            size = max(1, min(BATCH, len(paths) // (4 * jobs)))
            batches = [(paths[i : i + size], further) for i in range(0, len(paths), size)]
            if jobs == 1 or (processes is None and len(paths) < FEW):
                return (local.expand(*batch) for batch in batches)
            if processes is None:
                processes = pool(jobs, _start, bounds)
                stack.callback(processes.shutdown, cancel_futures=True)
            return processes.map(_work, batches)

        search = _Search(local, expand, most_states, progress)
        search.run()
    found = tuple(_found(local, path, wrong) for path, wrong in search.wrong.values())
    exhausted = not search.cut and not found
    return Report(bounds, search.tally, exhausted, found, time.monotonic() - began)


class _Search:
    """A breadth-first search."""

    def __init__(
        self,
        local: Expander,
        expand: Expand,
        most_states: int | None,
        progress: Callable[[Tally], None],
    ) -> None:
        self.tally = Tally(states=1, waiting=1)
        self.wrong: dict[str, tuple[bytes, Violation]] = {}
        """What is wrong by the fewest moves and steps for each invariant, and the path there."""
        self.cut = False
        """Whether there were more states than were wanted."""

        self._local = local
        self._expand = expand
        self._most = most_states
        self._progress = progress
        self._seen = {local.root_key()}

    def run(self) -> None:
        """Search, level by level, until something is found or nothing is left."""
        level = [b""]
        while level and not self.wrong:
            level = self._level(level)

    def _level(self, level: list[bytes]) -> list[bytes]:
        """The states behind those of a level."""
        behind: list[bytes] = []
        left, done = iter(level), 0
        for expanded in self._expand(level, not self.cut):
            paths = list(itertools.islice(left, len(expanded.successors)))
            for path, violation in expanded.violations:
                self._keep(path, violation)
            self.tally.transitions += expanded.transitions
            for path, successors in zip(paths, expanded.successors, strict=True):
                for moves, key in successors:
                    if key not in self._seen and not self._full():
                        self._seen.add(key)
                        behind.append(path + moves)
            self.tally.states = len(self._seen)
            done += len(paths)
            self.tally.waiting = len(level) - done + len(behind)
            self._progress(self.tally)
        if behind:
            self.tally.depth += 1
        return behind

    def _full(self) -> bool:
        """Whether there are as many states as are wanted."""
        self.cut = self.cut or len(self._seen) == self._most
        return self.cut

    def _keep(self, path: bytes, violation: Violation) -> None:
        former = self.wrong.get(violation.invariant)
        if former is None or _length(path, violation) < _length(*former):
            self.wrong[violation.invariant] = path, violation


def _length(path: bytes, violation: Violation) -> int:
    return len(path) // MOVE_SIZE + len(violation.shown_by)


def _found(expander: Expander, path: bytes, violation: Violation) -> Found:
    steps = (*expander.steps(path), *violation.shown_by)
    title = f"against {violation.invariant}"
    return Found(violation.invariant, violation.reason, Scenario(steps, title))


_expander: Expander | None = None
"""That of a process of the pool."""


def _start(bounds: Bounds) -> None:
    global _expander
    # What is remembered is no garbage, and there is much of it to be looked at.
    gc.disable()
    _expander = Expander(bounds)


def _work(batch: tuple[list[bytes], bool]) -> _Expanded:
    assert _expander is not None, "a process of the pool was started"
    return _expander.expand(*batch)
