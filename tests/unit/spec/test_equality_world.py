"""The comparison of worlds, without TLC: with states that it reached before.

``printed/world-unwaited.dump`` has some of the states of that configuration: one of each
combination of statuses and goals.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rlog_model import crc32c
from spec.equality.equality import Constants, Plain
from spec.equality.world import EQUALITY, states_of_model
from spec.equality.world_moves import Bounds, CannotExplore
from spec.equality.world_of_model import OneChecksum
from spec.tlc import cfg, manifest
from spec.tlc.manifest import Holds
from spec.tlc.run import TLA
from spec.tlc.states import states_of_dump
from spec.tlc.values import Value

STEPS = [
    *("StartRecorder", "Create", "Write", "Link", "Unlink", "Commit", "AppendAgain", "Die"),
    *("TakeHints", "TakePlayerHints", "Play", "Advance"),
    *("FinishAtWriteHead", "InjectHandoff", "HandoffAgain"),
]
PRINTED = Path(__file__).parent / "printed"


def constants(name: str) -> Constants:
    configuration = next(c for c in manifest.read() if c.name == name)
    return cfg.constants(TLA / configuration.module, TLA / configuration.cfg)


def stored() -> frozenset[Plain]:
    return frozenset(map(EQUALITY.project, states_of_dump(PRINTED / "world-unwaited.dump")))


def explored(given: Constants) -> frozenset[Plain]:
    return frozenset(reached.state for reached in states_of_model(given))


def test_the_model_reaches_states_of_tlc_of_each_sort() -> None:
    assert len(stored()) > 30
    assert stored() <= explored(constants("world-unwaited"))


def test_a_model_that_waits_does_not() -> None:
    assert not stored() <= explored({**constants("world-unwaited"), "Barrier": True})


@pytest.mark.parametrize("name", ["world-unwaited", "world-race"])
def test_as_many_states_as_the_manifest_says(name: str) -> None:
    expected = next(c.expect for c in manifest.read() if c.name == name)
    assert isinstance(expected, Holds)
    assert len(explored(constants(name))) == expected.distinct


def test_each_move_is_made() -> None:
    """Each action of ``World.tla`` is a step of scenarios, or a few."""
    paths: Value = frozenset({"/a", "/b"})
    links: Constants = {"Paths": paths, "Players": 0}
    players: Constants = {"Operations": 2, "Players": 2, "Recorders": 1, "Tails": True}
    steps = {
        words.split("(")[0].strip()
        for bounds in (links, players)
        for reached in states_of_model({**constants("world"), **bounds})
        if reached.way is not None
        for words in str(reached.way.step).split(", then ")
    }
    assert steps == set(STEPS)


def test_every_state_is_told_in_words() -> None:
    for state in stored():
        assert EQUALITY.show(state).startswith("log [")


def test_what_the_model_has_no_moves_for_is_not_explored() -> None:
    with pytest.raises(CannotExplore, match='Steps = "one"'):
        Bounds.of(constants("world-steps"))


def test_checksums_that_tell_no_branches_apart_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crc32c, "update", lambda checksum, payload: 7)
    with pytest.raises(OneChecksum):
        explored(constants("world-race"))
