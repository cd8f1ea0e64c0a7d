"""The last states of traces, which pictures are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.tlc import last_states, manifest
from spec.tlc.last_states import FOLDER
from spec.tlc.manifest import Violates
from spec.tlc.states import State, StateReader
from spec.tlc.values import NoValue


def kept(name: str) -> State:
    return StateReader().state((FOLDER / f"{name}.txt").read_text("utf-8"))


def test_each_world_that_is_violated_has_one() -> None:
    names = {
        c.name
        for c in manifest.read()
        if c.module == "MCWorld.tla" and isinstance(c.expect, Violates)
    }
    assert {file.stem for file in FOLDER.iterdir()} == names


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    state = kept("world-lost-race")
    assert last_states.is_kept("world-lost-race", state)
    assert not last_states.is_kept("world-lost-race", state, tmp_path)
    last_states.keep("world-lost-race", state, tmp_path)
    assert last_states.is_kept("world-lost-race", state, tmp_path)
    assert not last_states.is_kept("world-lost-race", {**state, "drawn": 9}, tmp_path)


def test_the_lost_race_is_in_its_log() -> None:
    state = last_states.read("world-lost-race")
    no_ops = [one for one in state.log if one.kind == "none"]
    assert len(no_ops) > 1
    assert no_ops[-1].behind == state.branch
    assert no_ops[0].behind not in [one.before for one in state.log]


def test_states_of_segments_are_not_kept(tmp_path: Path) -> None:
    last_states.keep("segments", {"set": ()}, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert last_states.is_kept("segments", {"set": ()}, tmp_path)


def test_a_state_without_a_player_has_no_branch(tmp_path: Path) -> None:
    last_states.keep("none", {**kept("world-lost-race"), "players": ()}, tmp_path)
    with pytest.raises(NoValue, match="without a player"):
        last_states.read("none", tmp_path)
