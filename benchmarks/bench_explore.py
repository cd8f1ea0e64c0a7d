"""Exploration: states a second, in one process."""

from __future__ import annotations

import pytest

from benchmarks.conftest import Rate
from rlog_model.conformance.explore import explore
from rlog_model.simulation.exploration import Explorer
from rlog_model.simulation.exploration_moves import Bounds

SMALLER = Bounds(log=4)
TWO_HANDOFFS = Bounds(players=2, files=1, paths=1, log=4)


@pytest.mark.parametrize(
    ("what", "bounds", "states"),
    [
        ("explore two recorders and a handoff", SMALLER, 10_899),
        ("explore two recorders and two handoffs", TWO_HANDOFFS, 9_100),
    ],
)
def test_explore(rate: Rate, what: str, bounds: Bounds, states: int) -> None:
    """All of it: moves, keys, and a look at every state."""
    assert explore(bounds, jobs=1).tally.states == states
    rate(what, lambda: explore(bounds, jobs=1), states, "states", rounds=1)


def test_find(rate: Rate) -> None:
    """Only moves and keys: what is left are the plays by which states are looked at."""

    def find() -> int:
        explorer = Explorer(SMALLER)
        root = explorer.root()
        seen, level = {explorer.key(root)}, [root]
        while level:
            state = level.pop()
            for _, behind in explorer.successors(state):
                key = explorer.key(behind)
                if key not in seen:
                    seen.add(key)
                    level.append(behind)
        return len(seen)

    assert find() == 10_899
    rate("find the states of the first", find, 10_899, "states", rounds=1)
