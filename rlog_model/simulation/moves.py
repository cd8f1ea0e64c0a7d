"""What can happen in a scenario: filesystem events, and each move of the adversary.

A *story* is a scenario in the making: it draws what happens next, and gives each step to whoever
tells it - a strategy, which keeps the steps, or a stateful machine, which executes them at once.
It knows only names, and what probably is there; so it may tell impossible steps, which do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from hypothesis import strategies as st

from rlog_model import framing, wire
from rlog_model import scenario as s
from rlog_model.identity import Author
from rlog_model.operation import Create, RecordedOp, Write
from rlog_model.simulation.events import LOGS as LOGS
from rlog_model.simulation.events import Actor as Actor
from rlog_model.simulation.events import Events

_OFFSETS_OF_LOG: Final = (40, 100, 250, 1 << 40)


@attrs.define
class Story(Events):
    """A scenario in the making."""

    def author(self) -> int:
        """An author that no other recorder or player of the story has."""
        self.authors += 1
        return 0x1000 + self.authors

    def start(self, log: str, author: int, player: str | None, check: bool) -> Actor:
        """A recorder starts."""
        files = list(self.files_of.get(player or "", ()))
        recorder = Actor(f"r{len(self.recorders) + 1}", log, files)
        self.recorders.append(recorder)
        self.add(s.StartRecorder(recorder.name, log, author, player, check))
        return recorder

    def take_hints(self, recorder: Actor) -> str:
        """Take hints of a recorder."""
        name = f"h{len(self.hints) + 1}"
        self.hints.append(name)
        self.files_of[name] = list(recorder.files)
        self.add(s.TakeHints(recorder.name, name))
        return name

    def take_player_hints(self, player: str) -> str:
        """Take hints of a player."""
        name = f"h{len(self.hints) + 1}"
        self.hints.append(name)
        self.files_of[name] = self.files_of.get(player, [])
        self.add(s.TakePlayerHints(player, name))
        return name

    def some_player(self) -> str:
        """A player that was made."""
        return f"p{self.draw(st.integers(1, self.players))}"

    def play(self, hints: str) -> str:
        """A player begins."""
        self.players += 1
        player = f"p{self.players}"
        self.files_of[player] = self.files_of.get(hints, [])
        self.add(s.Play(player, hints))
        return player

    def play_to_head(self, hints: str) -> str:
        """A player begins, and plays all that there is."""
        player = self.play(hints)
        self.add(s.FinishAtWriteHead(player))
        self.add(s.Advance(player))
        return player

    # Fillings

    def fill(self, most: int) -> None:
        """Up to ``most`` events, of any recorder."""
        for _ in range(self.draw(st.integers(0, most))):
            move = self.draw(st.integers(0, 19))
            if move < 11:
                self.event(self.someone())
            elif move < 15:
                self.commit(self.someone())
            else:
                self.disturb()

    # Moves of the adversary

    def disturb(self) -> None:
        """A move of the adversary."""
        move = MOVES[self.pick(MOVES)]
        move(self, self.someone())

    def append_again(self, recorder: Actor) -> None:
        """A retry of an append that had landed."""
        if not recorder.landed:
            self.event(recorder)
            self.add(s.Commit(recorder.name))
        self.add(
            s.AppendAgain(recorder.name, self.draw(st.integers(0, 2)) % (recorder.landed or 1))
        )

    def append_torn(self, recorder: Actor) -> None:
        """The beginning of an append, and not the rest."""
        if not recorder.waiting:
            self.event(recorder)
        self.add(s.AppendTorn(recorder.name, self.draw(st.integers(1, 40))))

    def commit(self, recorder: Actor) -> None:
        """Some appends land, or all."""
        count = self.draw(st.integers(0, 3))
        self.add(s.Commit(recorder.name, count or None))

    @property
    def in_flight(self) -> list[Actor]:
        """The dead, of whom something probably can still land."""
        return [recorder for recorder in self.recorders if recorder.dead and recorder.waiting]

    def commit_of_the_dead(self, recorder: Actor) -> None:
        """What a dead recorder had sent lands."""
        if self.in_flight:
            self.commit(self.in_flight[self.pick(self.in_flight)])

    def die(self, recorder: Actor) -> None:
        """A death. What was in flight can still land."""
        self.add(s.Die(recorder.name, self.draw(st.integers(0, 2))))

    def come_back(self, recorder: Actor) -> None:
        """A recorder dies, and goes on from its hints as another author, with no handoff."""
        hints = self.take_hints(recorder)
        self.add(s.Die(recorder.name))
        player = self.play_to_head(hints)
        self.start(recorder.log, self.author(), player, self.chance(2))

    def hand_off(self, recorder: Actor) -> None:
        """Someone takes over by a handoff, while the recorder goes on."""
        player = self.play(self.take_hints(recorder))
        author = self.author()
        self.add(s.InjectHandoff(player, author))
        if self.chance(2):
            self.add(s.Advance(player, "append"))
            self.commit(recorder)
        self.add(s.Advance(player))
        self.start(recorder.log, author, player, self.chance(2))

    def race(self, recorder: Actor) -> None:
        """Two want to take over. The second one finds the handoff of the first."""
        hints = self.take_hints(recorder)
        players = [self.play(hints), self.play(hints)]
        authors = [self.author(), self.author()]
        for player, author in zip(players, authors, strict=True):
            self.add(s.InjectHandoff(player, author))
            self.add(s.Advance(player, "append"))
        for player, author in zip(players, authors, strict=True):
            self.add(s.Advance(player))
            self.start(recorder.log, author, player, self.chance(2))

    def fork(self, recorder: Actor) -> None:
        """Another recorder goes on from this one's hints, and so does this one."""
        player = self.play_to_head(self.take_hints(recorder))
        self.start(recorder.log, self.author(), player, False)

    def move(self, recorder: Actor) -> None:
        """Another recorder goes on from this one's hints, in another log."""
        player = self.play_to_head(self.take_hints(recorder))
        self.start(LOGS[recorder.log == LOGS[0]], self.author(), player, self.chance(2))

    def stranger(self, recorder: Actor) -> None:
        """A recorder of another directory begins in the log."""
        self.start(recorder.log, self.author(), None, False)

    def begin_to_play(self, recorder: Actor) -> None:
        """A player begins, and is not asked to end."""
        self.play(self.take_hints(recorder))

    def play_hints(self, recorder: Actor) -> None:
        """Hints are taken, and played."""
        self.play_to_head(self.take_hints(recorder))

    def handoff_again(self, recorder: Actor) -> None:
        """A retry of a handoff's append."""
        if self.handing_off:
            self.add(s.HandoffAgain(self.handing_off[self.pick(self.handing_off)]))

    def tail(self, recorder: Actor) -> None:
        """A player plays what there is."""
        if self.playing:
            self.add(s.Advance(self.playing[self.pick(self.playing)], "head"))

    def finish(self, recorder: Actor) -> None:
        """A player that has not ended plays to the write head."""
        if self.playing:
            player = self.playing[self.pick(self.playing)]
            self.add(s.FinishAtWriteHead(player))
            self.add(s.Advance(player))

    def play_old_hints(self, recorder: Actor) -> None:
        """Hints that were taken some time ago are played."""
        if self.hints:
            self.play_to_head(self.hints[self.pick(self.hints)])

    def begin_of_old_hints(self, recorder: Actor) -> None:
        """A recorder goes on from hints that were taken some time ago."""
        if self.hints:
            player = self.play_to_head(self.hints[self.pick(self.hints)])
            self.start(recorder.log, self.author(), player, self.chance(2))

    def play_a_players_hints(self, recorder: Actor) -> None:
        """Hints are taken of a player, and played."""
        if self.players:
            self.play_to_head(self.take_player_hints(self.some_player()))

    def garbage_lands(self, recorder: Actor) -> None:
        """Bytes that are no operation."""
        self.add(s.AppendRaw(recorder.log, self.garbage()))

    def roll(self, recorder: Actor) -> None:
        """A fragment is closed."""
        self.add(s.Roll(recorder.log))

    def prune(self, recorder: Actor) -> None:
        """The beginning of the log is deleted, or there is a hole in it."""
        before = _OFFSETS_OF_LOG[self.pick(_OFFSETS_OF_LOG)]
        begin = self.draw(st.integers(1, 200)) if self.chance(3) else 0
        self.add(s.Roll(recorder.log))
        self.add(s.Prune(recorder.log, before, begin))

    def garbage(self) -> bytes:
        """Bytes that are no operation of any branch of the story."""
        stranger = Author(0xFFFF0000 + self.draw(st.integers(0, 3)))
        far = RecordedOp(1 << 40, 7, stranger, Create("/stranger"))
        lie = RecordedOp(1, 0, stranger, Write(1, 0, 1 << 40))  # type: ignore[arg-type]  # as read
        honest = RecordedOp(2, 9, stranger, Write(1, 0, 5))  # type: ignore[arg-type]  # as read
        frames = [framing.frame(wire.encode_op(op)) for op in (far, lie, honest)]
        forms = (
            b"\x0a",
            framing.MAGIC[:3],
            framing.MAGIC,
            bytes(100),
            framing.MAGIC + (1 << 31).to_bytes(4, "little"),
            framing.MAGIC + (90).to_bytes(4, "little"),
            framing.MAGIC + bytes(4),
            frames[0],
            frames[1],
            frames[2] + b"12345",
            frames[0][:-3],
        )
        return forms[self.pick(forms)]


MOVES: Final[tuple[Callable[[Story, Actor], None], ...]] = (
    Story.tail,
    Story.append_again,
    Story.handoff_again,
    Story.roll,
    Story.die,
    Story.prune,
    Story.garbage_lands,
    Story.append_torn,
    Story.play_old_hints,
    Story.play_a_players_hints,
)
"""The moves of the adversary with which scenarios are filled."""
