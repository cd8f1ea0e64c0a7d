"""Machines of worlds: recorders, players and logs, each move of a story a rule of its own."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from rlog_model import scenario as s
from rlog_model.conformance.executor import Maker, over_memory
from rlog_model.conformance.machine import Machine
from rlog_model.conformance.processes import in_processes
from rlog_model.scenario import Step
from rlog_model.simulation.moves import LOGS, Actor, Story
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import Observation

MOST_RECORDERS: Final = 6
"""Recorders that begin in one run, before no more do beside one that lives."""

UNHINTED: Final = "unhinted"
"""The player that plays a log without hints, to see whether it finds the same."""

_LOTS = st.data()


Asks = Callable[["WorldMachine"], object]
"""Looks at a machine. What is true says yes."""


def _somebody_lives(machine: WorldMachine) -> object:
    return machine.story.alive


def _somebody_plays(machine: WorldMachine) -> object:
    return machine.story.playing


def _move(
    move: Callable[[Story, Actor], None], *, begins: int = 0, if_: Asks = _somebody_lives
) -> Callable[[Machine], None]:
    """A rule that makes a move of a story, in which up to so many recorders begin. It is made only
    if the machine, asked by ``if_``, says something true."""

    def make(self: WorldMachine, data: st.DataObject) -> None:
        self.tell(data, move)

    make.__name__ = move.__name__
    make.__doc__ = move.__doc__
    made = precondition(lambda self: bool(if_(self)))(rule(data=_LOTS)(make))
    return precondition(lambda self: self.has_room_for(begins))(made) if begins else made


class WorldMachine(Machine):
    """A story that is executed as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self._data: st.DataObject | None = None
        self.story = Story(typing.cast(st.DrawFn, self._draw), self._tell)

    def _draw(self, strategy: st.SearchStrategy[object]) -> object:
        assert self._data is not None, "a rule draws"
        return self._data.draw(strategy)

    def _tell(self, step: Step) -> None:
        self.do(step)
        for actor in self.story.recorders:
            recorder = self.world.recorders.get(actor.name)
            if recorder is None:
                actor.dead = True
                continue
            actor.dead = recorder.dead or recorder.fenced
            actor.files = sorted(recorder.tree.links)
            actor.handles = sorted(recorder.files)
            actor.waiting, actor.landed = len(recorder.queue), len(recorder.landed)

    def tell(self, data: st.DataObject, move: Callable[[Story, Actor], None]) -> None:
        """Make a move of the story, of some recorder."""
        self._data = data
        move(self.story, self.story.someone())

    def has_room_for(self, recorders: int) -> bool:
        """Whether so many more recorders may begin: always, where nobody lives to do anything."""
        return not self.story.alive or len(self.story.recorders) + recorders <= MOST_RECORDERS

    @initialize(data=_LOTS, check=st.booleans())
    def begin(self, data: st.DataObject, check: bool) -> None:
        """The first recorder."""
        self._data = data
        self.story.start(LOGS[0], self.story.author(), None, check)

    # Filesystem events
    create = _move(Story.create)
    open = _move(Story.open)
    write = _move(Story.write)
    write_more = _move(Story.write)
    truncate = _move(Story.truncate)
    link = _move(Story.link)
    unlink = _move(Story.unlink)
    rename = _move(Story.rename)
    set_property = _move(Story.set_property)

    # Appends
    commit = _move(Story.commit)
    append_again = _move(Story.append_again)
    append_torn = _move(Story.append_torn)
    land_of_the_dead = _move(Story.commit_of_the_dead, if_=lambda self: self.story.in_flight)
    garbage = _move(Story.garbage_lands)
    roll = _move(Story.roll)
    prune = _move(Story.prune)

    # Recorders
    die = _move(Story.die)
    come_back = _move(Story.come_back, begins=1)
    fork = _move(Story.fork, begins=1)
    move = _move(Story.move, begins=1)
    stranger = _move(Story.stranger, begins=1, if_=lambda self: True)
    hand_off = _move(Story.hand_off, begins=1)
    race = _move(Story.race, begins=2)
    handoff_again = _move(Story.handoff_again, if_=lambda self: self.story.handing_off)
    begin_of_old_hints = _move(
        Story.begin_of_old_hints, begins=1, if_=lambda self: self.story.hints
    )

    # Players
    play_hints = _move(Story.play_hints)
    begin_to_play = _move(Story.begin_to_play)
    tail = _move(Story.tail, if_=_somebody_plays)
    finish = _move(Story.finish, if_=_somebody_plays)
    play_old_hints = _move(Story.play_old_hints, if_=lambda self: self.story.hints)
    play_a_players_hints = _move(Story.play_a_players_hints, if_=lambda self: self.story.players)

    def look(self, before: World, step: Step, seen: Observation) -> Iterator[str]:
        """Playing without hints builds the same, where it finds the same branch."""
        if not isinstance(step, s.Advance) or seen.tree is None:
            return
        truth = self.world.truth(step.player)
        if truth.misled or truth.misleads:
            return
        more = (
            s.Play(UNHINTED, log=self.world.players[step.player].taken.hints.log),
            s.FinishAtWriteHead(UNHINTED),
            s.Advance(UNHINTED),
        )
        world, other = self.world, seen
        for other_step in more:
            world, other = execute(world, other_step)
        same = (seen.next_seq_no, seen.next_checksum) == (other.next_seq_no, other.next_checksum)
        if same and other.tree not in (None, seen.tree):
            self.trial.steps += more
            yield (
                f"step {len(self.trial.steps) - 1}: without hints another tree is built:\n"
                f"  expected      {seen.tree}\n"
                f"  actually got  {other.tree}"
            )


class MemoryMachine(WorldMachine):
    """The bundled implementation, over journals in memory."""

    called: ClassVar = "memory"
    executors: ClassVar[Mapping[str, Maker]] = {"the implementation": over_memory}


class ProcessMachine(WorldMachine):
    """The bundled implementation, each recorder and player in a process of its own."""

    called: ClassVar = "processes"
    executors: ClassVar[Mapping[str, Maker]] = {"the implementation": in_processes}
