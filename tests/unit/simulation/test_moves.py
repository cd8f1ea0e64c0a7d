"""Each move tells what it says, of what probably is there."""

from __future__ import annotations

import typing
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model.revision import CURRENT
from rlog_model.simulation.moves import LOGS, MOVES, Actor, Story
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute

Move = Callable[[Story, Actor], None]

NEEDS_OTHERS: tuple[Move, ...] = (
    Story.tail,
    Story.finish,
    Story.handoff_again,
    Story.play_old_hints,
    Story.begin_of_old_hints,
    Story.play_a_players_hints,
    Story.commit_of_the_dead,
)
"""Moves of players, hints or the dead, that need not be there."""

ALL: tuple[Move, ...] = (
    *dict.fromkeys((*MOVES, *NEEDS_OTHERS)),
    Story.begin_to_play,
    Story.come_back,
    Story.commit,
    Story.event,
    Story.fork,
    Story.hand_off,
    Story.move,
    Story.play_hints,
    Story.race,
    Story.stranger,
)


class Told:
    """A story that is executed as it is told."""

    def __init__(self, data: st.DataObject) -> None:
        self.world = World(CURRENT)
        self.steps: list[s.Step] = []
        self.outcomes: list[str] = []
        self.story = Story(typing.cast(st.DrawFn, data.draw), self.do)

    def do(self, step: s.Step) -> None:
        self.world, seen = execute(self.world, step)
        self.steps.append(step)
        self.outcomes.append(seen.outcome)


@given(st.data())
@pytest.mark.parametrize("move", ALL)
def test_a_move_behind_a_beginning_is_possible_or_does_nothing(
    move: Move, data: st.DataObject
) -> None:
    """And never breaks the model."""
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.create(recorder)
    told.story.commit(recorder)
    told.story.take_hints(recorder)
    for _ in range(2):
        move(told.story, recorder)
    assert "impossible" not in told.outcomes[:4]


@given(st.data())
def test_someone_comes_back_as_another(data: st.DataObject) -> None:
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.create(recorder)
    told.story.come_back(recorder)
    first, second = told.world.recorders["r1"], told.world.recorders["r2"]
    assert first.dead
    assert not second.dead
    assert first.recording.author != second.recording.author
    assert first.tree.snapshot() == second.tree.snapshot()
    assert recorder.dead
    assert recorder.landed == 1
    assert told.outcomes == ["done"] * len(told.steps)


@given(st.data())
def test_a_handoff_is_of_a_recorder_that_goes_on(data: st.DataObject) -> None:
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.hand_off(recorder)
    told.story.handoff_again(recorder)
    assert told.world.players["p1"].handoff is not None
    assert told.world.players["p1"].recorder == "r2"
    assert told.steps[-1] == s.HandoffAgain("p1")
    assert told.outcomes == ["done"] * len(told.steps)
    assert told.story.playing == []


@given(st.data())
def test_nothing_is_told_of_who_is_not_there(data: st.DataObject) -> None:
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    for move in NEEDS_OTHERS:
        move(told.story, recorder)
    assert told.steps == [s.StartRecorder("r1", LOGS[0], 0x1001, None, True)]


@given(st.data())
def test_the_dead_are_seldom_chosen(data: st.DataObject) -> None:
    told = Told(data)
    dead = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.add(s.Die(dead.name))
    assert told.story.someone() is dead
    alive = told.story.start(LOGS[0], told.story.author(), None, True)
    assert told.story.someone() in (dead, alive)


@given(st.data())
def test_what_the_dead_had_sent_lands(data: st.DataObject) -> None:
    told = Told(data)
    dead = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.create(dead)
    told.story.add(s.Die(dead.name, 1))
    assert told.story.in_flight == [dead]
    for _ in range(20):
        told.story.commit_of_the_dead(dead)
    assert dead.landed == 1
    assert told.story.in_flight == []
    assert told.world.log(LOGS[0]).head > 0


@given(st.data())
def test_of_two_who_want_to_take_over_the_second_finds_the_first(data: st.DataObject) -> None:
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.create(recorder)
    told.story.race(recorder)
    first, second = (told.world.players[name].progress.playback for name in ("p1", "p2"))
    assert second.fsm.next_seq_no == first.fsm.next_seq_no + 1
    assert set(told.world.recorders) == {"r1", "r2", "r3"}


@given(st.data())
def test_a_recorder_that_goes_on_probably_has_the_files_that_were_hinted(
    data: st.DataObject,
) -> None:
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.create(recorder)
    told.story.fork(recorder)
    told.story.play_a_players_hints(recorder)
    told.story.begin_of_old_hints(recorder)
    assert [actor.files for actor in told.story.recorders] == [recorder.files] * 3


@given(st.data())
def test_a_player_that_tails_is_finished_later(data: st.DataObject) -> None:
    told = Told(data)
    recorder = told.story.start(LOGS[0], told.story.author(), None, True)
    told.story.create(recorder)
    told.story.begin_to_play(recorder)
    told.story.tail(recorder)
    assert told.story.playing == ["p1"]
    told.story.finish(recorder)
    assert told.story.playing == []
    assert told.outcomes == ["done"] * len(told.steps)
    assert told.world.players["p1"].progress.playback.done
