"""Hypothesis strategies for scenarios, for this project's checks and for users' own tests.

``scenarios()`` tells a *plot* - a lone recorder, a takeover by handoff, a race for one, a fork,
a move to another log, a zombie - and fills it with filesystem events, commits and adversary's
moves at random. Each story ends by taking hints of every recorder and playing them all.

    from hypothesis import given
    from rlog_model.simulation.strategies import scenarios

    @given(scenarios())
    def test_my_implementation(scenario): ...

The moves themselves are ``moves.Story``'s. Scenarios of parts are in ``part_strategies``.
"""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model.simulation.moves import LOGS, Story


def _lone(story: Story) -> None:
    recorder = story.start(LOGS[0], story.author(), None, story.chance(2))
    story.fill(8)
    if story.chance(2):
        story.take_hints(recorder)
        story.fill(6)


def _takeover(story: Story) -> None:
    """A recorder, and the next one, by a handoff which the former may race, or not notice."""
    check = story.chance(2)
    former = story.start(LOGS[0], story.author(), None, check)
    for _ in range(1 + story.draw(st.integers(0, 1))):
        story.fill(5)
        hints = story.take_hints(former)
        story.fill(3)
        player = story.play(hints)
        if story.chance(2):
            story.add(s.Advance(player, "head"))
            story.fill(3)
        author = story.author()
        story.add(s.InjectHandoff(player, author))
        if story.chance(2):
            story.add(s.Advance(player, "append"))
            story.event(former)
            story.add(s.Commit(former.name))
        story.add(s.Advance(player))
        former = story.start(LOGS[0], author, player, story.chance(2) or check)
        story.event(former)
        story.add(s.Commit(former.name))
        if story.chance(5):
            story.handoff_again(former)
        story.fill(5)


def _fork(story: Story) -> None:
    """Recorders which begin on one branch without a handoff, and all go on."""
    first = story.start(LOGS[0], story.author(), None, False)
    for _ in range(1 + story.draw(st.integers(0, 1))):
        story.event(first)
        story.fill(4)
        player = story.play_to_head(story.take_hints(first))
        story.fill(2)
        other = story.start(LOGS[0], story.author(), player, False)
        story.event(other)
        story.add(s.Commit(other.name))
        story.event(first)
        story.add(s.Commit(first.name))
        story.fill(5)
        first = other if story.chance(2) else first


def _strangers(story: Story) -> None:
    """Recorders of different directories, which share a log from its beginning."""
    for _ in range(2):
        recorder = story.start(LOGS[0], story.author(), None, False)
        story.event(recorder)
        story.add(s.Commit(recorder.name))
    story.fill(12)


def _move(story: Story) -> None:
    """A recorder that moves to another log, where there may be another one already."""
    first = story.start(LOGS[0], story.author(), None, False)
    story.event(first)
    if story.chance(2):
        story.start(LOGS[1], story.author(), None, False)
    story.fill(6)
    player = story.play_to_head(story.take_hints(first))
    moved = story.start(LOGS[1], story.author(), player, story.chance(2))
    if story.chance(2):
        story.event(moved)
    story.add(s.Commit(moved.name))
    story.fill(6)
    if story.chance(2):
        player = story.play(story.take_hints(moved))
        author = story.author()
        story.add(s.InjectHandoff(player, author))
        story.add(s.Advance(player))
        story.start(LOGS[1], author, player, True)
        story.fill(4)


def _zombie(story: Story) -> None:
    """A recorder that has lost its log without knowing gives hints, and one goes on from them."""
    loser = story.start(LOGS[0], story.author(), None, False)
    story.event(loser)
    story.event(loser)
    player = story.play_to_head(story.take_hints(loser))
    winner = story.start(LOGS[0], story.author(), player, False)
    story.event(winner)
    story.add(s.Commit(winner.name))
    if story.chance(4):
        # No directory holds it beside the property that the other may set.
        story.add(s.Create(winner.name, ("/IDENTITY", "/IDENTITY/x")[story.pick(range(2))]))
        story.add(s.Commit(winner.name))
        story.set_property(loser)
    kinds = (story.unlink, story.unlink, story.set_property, story.rename, story.write)
    kinds[story.pick(kinds)](loser)
    story.fill(2)
    player = story.play_to_head(story.take_hints(loser))
    if story.chance(2):
        misled = story.start(LOGS[0], story.author(), player, False)
        story.event(misled)
        story.add(s.Commit(misled.name))
    story.fill(4)


_PLOTS: Final = (_lone, _takeover, _takeover, _takeover, _fork, _strangers, _move, _zombie)


@st.composite
def scenarios(draw: st.DrawFn) -> s.Scenario:
    """Random scenarios of several recorders, players and logs."""
    steps: list[s.Step] = []
    story = Story(draw, steps.append)
    plot = _PLOTS[story.pick(_PLOTS)]
    plot(story)
    for recorder in list(story.recorders):
        if story.chance(3):
            story.add(s.Die(recorder.name))
        else:
            story.take_hints(recorder)
    for hints in list(story.hints):
        story.play_to_head(hints)
    return s.Scenario(tuple(steps), plot.__name__.strip("_"))
