"""What can happen in a scenario: filesystem events, and each move of the adversary.

A *story* is a scenario in the making: it draws what happens next, and gives each step to whoever
tells it - a strategy, which keeps the steps, or a stateful machine, which executes them at once.
It knows only names, and what probably is there; so it may tell impossible steps, which do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs
from hypothesis import strategies as st

from rlog_model import framing, wire
from rlog_model import scenario as s
from rlog_model.identity import Author
from rlog_model.operation import Create, RecordedOp, Write

LOGS: Final = ("logs/one", "logs/two")
PATHS: Final = ("/a", "/b", "/d/x", "/d/y", "/d/e/z", "/IDENTITY")
TEMPORARY: Final = "/IDENTITY.tmp"

_FLAGS: Final = (
    ("read",),
    ("write",),
    ("write", "create"),
    ("write", "create", "truncate"),
    ("write", "create", "exclusive"),
    ("read", "write", "truncate"),
    ("write", "append"),
)
_SIZES: Final = (1, 3, 10, 0, 40, 700)
_OFFSETS: Final = (0, 1, 5, 30)
_OFFSETS_OF_LOG: Final = (40, 100, 250, 1 << 40)


@attrs.define
class Actor:
    """A recorder of a story."""

    name: str
    log: str
    files: list[str] = attrs.field(factory=list)
    """Paths at which there probably is a file."""

    handles: list[str] = attrs.field(factory=list)
    waiting: int = 0
    """Appends that probably are in its queue, or in flight."""

    landed: int = 0
    """Its appends that probably have landed."""

    dead: bool = False

    def note(self, step: s.Step) -> None:
        """Note what a step of this recorder probably does."""
        match step:
            case s.Commit(_, appends):
                self._land(self.waiting if appends is None else min(appends, self.waiting))
            case s.TakeHints():
                self._land(self.waiting)
            case s.Die(_, in_flight):
                self.dead = True
                self.waiting = min(in_flight, self.waiting)
            case s.Create() | s.Open() | s.Write() | s.Truncate() | s.Link() | s.Unlink():
                self.waiting += 1
            case s.Rename():
                self.waiting += 1

    def _land(self, count: int) -> None:
        self.waiting -= count
        self.landed += count


@attrs.define
class Story:
    """A scenario in the making."""

    draw: st.DrawFn
    tell: Callable[[s.Step], None]
    """What is done with each step."""

    recorders: list[Actor] = attrs.field(factory=list)
    hints: list[str] = attrs.field(factory=list)
    paths: Sequence[str] = PATHS
    players: int = 0
    playing: list[str] = attrs.field(factory=list)
    """Players that probably have not ended."""

    asked: list[str] = attrs.field(factory=list)
    """Players that were asked to finish, or to hand off."""

    handing_off: list[str] = attrs.field(factory=list)
    """Players that were asked to hand off."""

    authors: int = 0
    writes: int = 0
    files_of: dict[str, list[str]] = attrs.field(factory=dict)
    """Paths at which hints, and the players of them, probably have a file."""

    def add(self, step: s.Step) -> None:
        """The next step."""
        for recorder in self.recorders:
            if getattr(step, "recorder", None) == recorder.name:
                recorder.note(step)
        match step:
            case s.Play(player):
                self.playing.append(player)
            case s.FinishAtWriteHead(player):
                self.asked.append(player)
            case s.InjectHandoff(player):
                self.asked.append(player)
                self.handing_off.append(player)
            case s.Advance(player, "end") if player in self.asked and player in self.playing:
                self.playing.remove(player)
        self.tell(step)

    def pick(self, values: Sequence[object]) -> int:
        """An index of ``values``."""
        return self.draw(st.integers(0, len(values) - 1))

    def chance(self, one_in: int) -> bool:
        """True, once in so many times."""
        return self.draw(st.integers(0, one_in - 1)) == one_in - 1

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

    @property
    def alive(self) -> list[Actor]:
        """The recorders that probably are alive, and can record."""
        return [recorder for recorder in self.recorders if not recorder.dead]

    def someone(self) -> Actor:
        """A recorder, most of the time one that is alive."""
        alive = self.alive
        actors = alive if alive and not self.chance(8) else self.recorders
        return actors[self.pick(actors)]

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

    def path(self) -> str:
        """Any path."""
        return self.paths[self.pick(self.paths)]

    def known(self, recorder: Actor) -> str:
        """A path that probably names a file."""
        if recorder.files and not self.chance(8):
            return recorder.files[self.pick(recorder.files)]
        return self.path()

    def event(self, recorder: Actor) -> None:
        """A filesystem event of ``recorder``."""
        kinds: tuple[Callable[[Actor], None], ...] = (
            self.write,
            self.write,
            self.create,
            self.create,
            self.unlink,
            self.rename,
            self.link,
            self.truncate,
            self.open,
            self.set_property,
        )
        kind = 2 if not recorder.files and not self.chance(4) else self.pick(kinds)
        kinds[kind](recorder)

    def create(self, recorder: Actor) -> None:
        """A file is created, or truncated."""
        path = self.path()
        name = self._named(recorder)
        self.add(s.Create(recorder.name, path, name))
        self._there(recorder, path)

    def open(self, recorder: Actor) -> None:
        """A file is opened."""
        path, flags = self.path(), _FLAGS[self.pick(_FLAGS)]
        self.add(s.Open(recorder.name, path, flags, self._named(recorder)))
        if "create" in flags:
            self._there(recorder, path)

    def _named(self, recorder: Actor) -> str | None:
        if not self.chance(3):
            return None
        name = f"f{len(recorder.handles) + 1}"
        recorder.handles.append(name)
        return name

    def write(self, recorder: Actor) -> None:
        """Bytes are written."""
        file = self.known(recorder)
        if recorder.handles and self.chance(3):
            file = recorder.handles[self.pick(recorder.handles)]
        self.writes += 1
        offset, size = _OFFSETS[self.pick(_OFFSETS)], _SIZES[self.pick(_SIZES)]
        data = bytes([0x41 + self.writes % 26]) if size else b""
        self.add(s.Write(recorder.name, file, offset, data, size or 1))

    def unlink(self, recorder: Actor) -> None:
        """A link is removed."""
        path = self.known(recorder)
        self.add(s.Unlink(recorder.name, path))
        self._gone(recorder, path)

    def rename(self, recorder: Actor) -> None:
        """A file or directory is renamed."""
        source = "/d" if self.chance(8) else self.known(recorder)
        target = self.path()
        self.add(s.Rename(recorder.name, source, target))
        self._gone(recorder, source)
        self._there(recorder, target)

    def link(self, recorder: Actor) -> None:
        """A file is linked once more."""
        source, target = self.known(recorder), self.path()
        self.add(s.Link(recorder.name, source, target))
        self._there(recorder, target)

    def truncate(self, recorder: Actor) -> None:
        """A file is cut or extended."""
        sizes = (0, 2, 50)
        file = self.known(recorder)
        if recorder.handles and self.chance(3):
            file = recorder.handles[self.pick(recorder.handles)]
        self.add(s.Truncate(recorder.name, file, sizes[self.pick(sizes)]))

    def set_property(self, recorder: Actor) -> None:
        """A file is renamed to a property's path."""
        self.writes += 1
        self.add(s.Create(recorder.name, TEMPORARY))
        self.add(s.Write(recorder.name, TEMPORARY, 0, bytes([0x41 + self.writes % 26]), 4))
        self.add(s.Rename(recorder.name, TEMPORARY, "/IDENTITY"))

    def _there(self, recorder: Actor, path: str) -> None:
        if path not in recorder.files:
            recorder.files.append(path)

    def _gone(self, recorder: Actor, path: str) -> None:
        if path in recorder.files:
            recorder.files.remove(path)

    def clear(self, recorder: Actor) -> None:
        """All links are removed, as far as they are known."""
        for path in list(recorder.files):
            self.add(s.Unlink(recorder.name, path))
            self._gone(recorder, path)

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
