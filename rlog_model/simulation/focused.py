"""Hypothesis strategies for short scenarios with a focus: what one recorder records, what one
player reads, how several hand off.

Rules
-----
* ``event_scenarios``: the filesystem events of one recorder, on an empty directory or on one that
  was played. Nothing else happens: what it records shows in its checksum, and in its directory.
* ``play_scenarios``: a log of one recorder, with garbage, copies, torn appends, closed fragments
  and holes in it; and plays of it, with hints, without, tailing.
* ``handoff_scenarios``: two players of one log that hand off at the same time, while its recorder
  goes on, and another recorder that moves to where they are.
* They are short, so that many can be tried, and a failure is one of few steps. What takes several
  recorders is in ``strategies``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model.revision import CURRENT, REVISIONS
from rlog_model.simulation.moves import LOGS, Actor, Story
from rlog_model.simulation.strategies import scenarios

_FEW_PATHS: Final = (
    ("/a",),
    ("/a", "/b"),
    ("/a", "/IDENTITY"),
    ("/d/x", "/d/e/z", "/d/e/y"),
    ("/d/x", "/d", "/IDENTITY/x"),
)

EVENTS: Final = 12
"""Events in a row, at most."""

LANDINGS: Final = 8
"""Times that something lands in the log, at most."""


@st.composite
def event_scenarios(draw: st.DrawFn) -> s.Scenario:
    """What one recorder records."""
    steps: list[s.Step] = []
    story = Story(draw, steps.append)
    if story.chance(2):
        # Few paths, so that much happens to the same files.
        story.paths = _FEW_PATHS[story.pick(_FEW_PATHS)]
    recorder = story.start(LOGS[0], story.author(), None, False)
    if story.chance(3):
        # So that hints begin behind the first operation.
        story.add(s.Create(recorder.name, "/first"))
        story.event(recorder)
        story.add(s.Unlink(recorder.name, "/first"))
    if story.chance(2):
        _held_open(story, recorder)
    else:
        _events(story, recorder, EVENTS)
    if story.chance(3):
        player = story.play_to_head(story.take_hints(recorder))
        files, former = recorder.files, recorder.name
        story.add(s.Die(former))
        log = LOGS[story.draw(st.integers(0, 1))]
        recorder = story.start(log, story.author(), player, False)
        recorder.files.extend(files)
        _events(story, recorder, EVENTS // 2)
        if story.chance(2):
            story.clear(recorder)
    if story.chance(2):
        story.take_hints(recorder)
    revision = list(REVISIONS)[story.pick(list(REVISIONS))] if story.chance(3) else CURRENT.name
    return s.Scenario(tuple(steps), "events", revision)


def _events(story: Story, recorder: Actor, most: int) -> None:
    for _ in range(story.draw(st.integers(1, most))):
        if story.chance(8):
            # A directory, and mostly to where nothing is.
            moves = ("/d", "/moved"), ("/moved", "/d"), ("/d/e", "/moved"), ("/d", "/d/e")
            story.add(s.Rename(recorder.name, *moves[story.pick(moves)]))
        else:
            story.event(recorder)


def _held_open(story: Story, recorder: Actor) -> None:
    """What is done to a file that is open, by its name and by its path."""
    path, name = "/a", recorder.name
    story.add(s.Create(name, path, "held"))
    for _ in range(story.draw(st.integers(1, EVENTS))):
        size = story.draw(st.integers(0, 3))
        events: tuple[s.Step, ...] = (
            s.Write(name, "held", size, b"x"),
            s.Truncate(name, "held", size),
            s.Create(name, path),
            s.Write(name, path, size, b"y"),
            s.Write(name, path, size, b""),
            s.Rename(name, path, "/IDENTITY"),
            s.Link(name, path, "/b"),
            s.Rename(name, "/b", path),
            s.Unlink(name, path),
        )
        story.add(events[story.pick(events)])


@st.composite
def play_scenarios(draw: st.DrawFn) -> s.Scenario:
    """What one player reads."""
    steps: list[s.Step] = []
    story = Story(draw, steps.append)
    recorder = story.start(LOGS[0], story.author(), None, False)
    if story.chance(6):
        return _begins_late(story, recorder, steps)
    story.event(recorder)
    tails = story.chance(2)
    if tails:
        story.play(story.take_hints(recorder))
    landings = _GARBAGE if story.chance(2) else _LANDINGS
    for _ in range(story.draw(st.integers(1, LANDINGS))):
        landing = landings[story.pick(landings)]
        landing(story, recorder)
        if tails:
            story.add(s.Advance("p1", "head"))
    hints = story.take_hints(recorder)
    if tails:
        story.add(s.FinishAtWriteHead("p1"))
        story.add(s.Advance("p1"))
    elif story.chance(4):
        story.players += 1
        player = f"p{story.players}"
        story.add(s.Play(player, log=LOGS[0]))
        story.add(s.FinishAtWriteHead(player))
        story.add(s.Advance(player))
    else:
        _end(story, recorder)
        story.play_to_head(hints)
        if story.chance(3):
            story.play_a_players_hints(recorder)
    return s.Scenario(tuple(steps), "plays")


@st.composite
def handoff_scenarios(draw: st.DrawFn) -> s.Scenario:
    """How several hand off."""
    steps: list[s.Step] = []
    story = Story(draw, steps.append)
    former = story.start(LOGS[0], story.author(), None, False)
    _events(story, former, 2)
    hints = story.take_hints(former)
    authors = [story.author(), story.author()]
    players = [story.play(hints), story.play(hints)]
    for player, author in zip(players, authors, strict=True):
        story.add(s.InjectHandoff(player, author))
    for _ in range(story.draw(st.integers(1, 6))):
        move = story.draw(st.integers(0, 4))
        if move == 0:
            story.event(former)
        elif move == 1:
            story.commit(former)
        elif move == 2:
            story.handoff_again(former)
        else:
            until = s.UNTIL[story.pick(s.UNTIL)]
            story.add(s.Advance(players[move - 3], until))
    successors = []
    for player, author in zip(players, authors, strict=True):
        story.add(s.Advance(player))
        successors.append(story.start(LOGS[0], author, player, story.chance(2)))
    for successor in successors:
        story.event(successor)
    for _ in range(story.draw(st.integers(0, 4))):
        happens = _AFTERWARDS[story.pick(_AFTERWARDS)]
        happens(story, successors[story.pick(successors)])
    if story.chance(2):
        _move_there(story)
    for successor in successors:
        story.take_hints(successor)
    story.play_to_head(story.hints[-1])
    return s.Scenario(tuple(steps), "handoffs")


def mixed_scenarios() -> st.SearchStrategy[s.Scenario]:
    """Scenarios of ``strategies``, half of the time, and those with a focus that can be judged."""
    worlds = scenarios()
    focused = event_scenarios() | play_scenarios() | handoff_scenarios()
    return st.booleans().flatmap(lambda focus: focused if focus else worlds)


def _move_there(story: Story) -> None:
    """A recorder of another log moves to that of the handoffs."""
    stranger = story.start(LOGS[1], story.author(), None, False)
    story.event(stranger)
    player = story.play_to_head(story.take_hints(stranger))
    story.add(s.Commit(story.start(LOGS[0], story.author(), player, story.chance(2)).name))


def _begins_late(story: Story, recorder: Actor, steps: list[s.Step]) -> s.Scenario:
    """The recorder knows nothing of what lands before its first operation, and is then deleted."""
    name, log = recorder.name, recorder.log
    garbage = story.garbage()
    story.add(s.AppendRaw(log, garbage))
    story.add(s.Roll(log))
    for event in (s.Create(name, "/a"), s.Create(name, "/gone"), s.Unlink(name, "/gone")):
        story.add(event)
        if story.chance(2):
            story.add(s.Commit(name))
    story.add(s.Create(name, "/b"))
    hints = story.take_hints(recorder)
    story.add(s.Prune(log, len(garbage)))
    story.play_to_head(hints)
    return s.Scenario(tuple(steps), "begins late")


def _end(story: Story, recorder: Actor) -> None:
    """What the end of the log is like."""
    end = story.draw(st.integers(0, 4))
    if end == 0:
        story.garbage_lands(recorder)
    elif end == 1:
        story.event(recorder)
        story.append_torn(recorder)
    elif end == 2:
        story.prune(recorder)


def _event_lands(story: Story, recorder: Actor) -> None:
    story.event(recorder)
    story.add(s.Commit(recorder.name))


def _take_hints(story: Story, recorder: Actor) -> None:
    story.take_hints(recorder)


_LANDINGS: Final[tuple[Callable[[Story, Actor], None], ...]] = (
    _event_lands,
    _event_lands,
    _event_lands,
    Story.garbage_lands,
    Story.append_again,
    Story.roll,
    Story.prune,
    _take_hints,
)

_AFTERWARDS: Final[tuple[Callable[[Story, Actor], None], ...]] = (
    _event_lands,
    Story.roll,
    Story.append_again,
    Story.handoff_again,
)

_GARBAGE: Final = (_event_lands, Story.garbage_lands)
