"""Hypothesis strategies for scenarios, for this project's checks and for users' own tests.

``scenarios()`` tells a *plot* - a lone recorder, a takeover by handoff, a race for one, a fork,
a move to another log, a zombie - and fills it with filesystem events, commits and adversary's
moves at random. Each story ends by taking hints of every recorder and playing them all.

    from hypothesis import given
    from rlog_model.simulation.strategies import scenarios

    @given(scenarios())
    def test_my_implementation(scenario): ...
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
class _Recorder:
    name: str
    log: str
    files: list[str] = attrs.field(factory=list)
    """Paths at which there probably is a file."""

    handles: list[str] = attrs.field(factory=list)


@attrs.define
class _Story:
    """A scenario in the making."""

    draw: st.DrawFn
    steps: list[s.Step] = attrs.field(factory=list)
    recorders: list[_Recorder] = attrs.field(factory=list)
    hints: list[str] = attrs.field(factory=list)
    players: int = 0
    authors: int = 0
    writes: int = 0

    def pick(self, values: Sequence[object]) -> int:
        return self.draw(st.integers(0, len(values) - 1))

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(0, one_in - 1)) == one_in - 1

    def add(self, step: s.Step) -> None:
        self.steps.append(step)

    def author(self) -> int:
        """An author that no other recorder or player of the story has."""
        self.authors += 1
        return 0x1000 + self.authors

    def start(self, log: str, author: int, player: str | None, check: bool) -> _Recorder:
        recorder = _Recorder(f"r{len(self.recorders) + 1}", log)
        self.recorders.append(recorder)
        self.add(s.StartRecorder(recorder.name, log, author, player, check))
        return recorder

    def take_hints(self, recorder: _Recorder) -> str:
        name = f"h{len(self.hints) + 1}"
        self.hints.append(name)
        self.add(s.TakeHints(recorder.name, name))
        return name

    def play(self, hints: str) -> str:
        self.players += 1
        self.add(s.Play(f"p{self.players}", hints))
        return f"p{self.players}"

    def play_to_head(self, hints: str) -> str:
        player = self.play(hints)
        self.add(s.FinishAtWriteHead(player))
        self.add(s.Advance(player))
        return player

    # Fillings

    def fill(self, most: int) -> None:
        """Up to ``most`` events, of any recorder."""
        for _ in range(self.draw(st.integers(0, most))):
            move = self.draw(st.integers(0, 19))
            if move < 13:
                self.event(self.recorders[self.pick(self.recorders)])
            elif move < 17:
                recorder = self.recorders[self.pick(self.recorders)]
                count = self.draw(st.integers(0, 3))
                self.add(s.Commit(recorder.name, count or None))
            else:
                self.disturb()

    def path(self) -> str:
        return PATHS[self.pick(PATHS)]

    def known(self, recorder: _Recorder) -> str:
        """A path that probably names a file."""
        if recorder.files and not self.chance(8):
            return recorder.files[self.pick(recorder.files)]
        return self.path()

    def event(self, recorder: _Recorder) -> None:
        """A filesystem event of ``recorder``."""
        kinds: tuple[Callable[[_Recorder], None], ...] = (
            self._write,
            self._write,
            self._create,
            self._create,
            self._unlink,
            self._rename,
            self._link,
            self._truncate,
            self._open,
            self._set_property,
        )
        kind = 2 if not recorder.files and not self.chance(4) else self.pick(kinds)
        kinds[kind](recorder)

    def _create(self, recorder: _Recorder) -> None:
        path = self.path()
        name = self._named(recorder)
        self.add(s.Create(recorder.name, path, name))
        self._there(recorder, path)

    def _open(self, recorder: _Recorder) -> None:
        path, flags = self.path(), _FLAGS[self.pick(_FLAGS)]
        self.add(s.Open(recorder.name, path, flags, self._named(recorder)))
        if "create" in flags:
            self._there(recorder, path)

    def _named(self, recorder: _Recorder) -> str | None:
        if not self.chance(3):
            return None
        name = f"f{len(recorder.handles) + 1}"
        recorder.handles.append(name)
        return name

    def _write(self, recorder: _Recorder) -> None:
        file = self.known(recorder)
        if recorder.handles and self.chance(3):
            file = recorder.handles[self.pick(recorder.handles)]
        self.writes += 1
        offset, size = _OFFSETS[self.pick(_OFFSETS)], _SIZES[self.pick(_SIZES)]
        data = bytes([0x41 + self.writes % 26]) if size else b""
        self.add(s.Write(recorder.name, file, offset, data, size or 1))

    def _unlink(self, recorder: _Recorder) -> None:
        path = self.known(recorder)
        self.add(s.Unlink(recorder.name, path))
        self._gone(recorder, path)

    def _rename(self, recorder: _Recorder) -> None:
        source = "/d" if self.chance(8) else self.known(recorder)
        target = self.path()
        self.add(s.Rename(recorder.name, source, target))
        self._gone(recorder, source)
        self._there(recorder, target)

    def _link(self, recorder: _Recorder) -> None:
        source, target = self.known(recorder), self.path()
        self.add(s.Link(recorder.name, source, target))
        self._there(recorder, target)

    def _truncate(self, recorder: _Recorder) -> None:
        sizes = (0, 2, 50)
        self.add(s.Truncate(recorder.name, self.known(recorder), sizes[self.pick(sizes)]))

    def _set_property(self, recorder: _Recorder) -> None:
        self.writes += 1
        self.add(s.Create(recorder.name, TEMPORARY))
        self.add(s.Write(recorder.name, TEMPORARY, 0, bytes([0x41 + self.writes % 26]), 4))
        self.add(s.Rename(recorder.name, TEMPORARY, "/IDENTITY"))

    def _there(self, recorder: _Recorder, path: str) -> None:
        if path not in recorder.files:
            recorder.files.append(path)

    def _gone(self, recorder: _Recorder, path: str) -> None:
        if path in recorder.files:
            recorder.files.remove(path)

    def disturb(self) -> None:
        """A move of the adversary."""
        recorder = self.recorders[self.pick(self.recorders)]
        move = self.draw(st.integers(0, 7))
        if move == 7 and self.players:
            self.add(s.Advance(f"p{self.draw(st.integers(1, self.players))}", "head"))
        elif move == 0:
            self.add(s.AppendAgain(recorder.name, self.draw(st.integers(0, 2))))
        elif move == 1:
            self.add(s.Roll(recorder.log))
        elif move == 2:
            self.add(s.Die(recorder.name))
        elif move == 3:
            self.take_hints(recorder)
        elif move == 4:
            self.add(s.Roll(recorder.log))
            self.add(s.Prune(recorder.log, _OFFSETS_OF_LOG[self.pick(_OFFSETS_OF_LOG)]))
        else:
            self.add(s.AppendRaw(recorder.log, self.garbage()))

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


def _lone(story: _Story) -> None:
    recorder = story.start(LOGS[0], story.author(), None, story.chance(2))
    story.fill(8)
    if story.chance(2):
        story.take_hints(recorder)
        story.fill(6)


def _takeover(story: _Story) -> None:
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
        story.fill(5)


def _fork(story: _Story) -> None:
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


def _strangers(story: _Story) -> None:
    """Recorders of different directories, which share a log from its beginning."""
    for _ in range(2):
        recorder = story.start(LOGS[0], story.author(), None, False)
        story.event(recorder)
        story.add(s.Commit(recorder.name))
    story.fill(12)


def _move(story: _Story) -> None:
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


def _zombie(story: _Story) -> None:
    """A recorder that has lost its log without knowing gives hints, and one goes on from them."""
    loser = story.start(LOGS[0], story.author(), None, False)
    story.event(loser)
    story.event(loser)
    player = story.play_to_head(story.take_hints(loser))
    winner = story.start(LOGS[0], story.author(), player, False)
    story.event(winner)
    story.add(s.Commit(winner.name))
    kinds = (story._unlink, story._unlink, story._set_property, story._rename, story._write)
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
    story = _Story(draw)
    plot = _PLOTS[story.pick(_PLOTS)]
    plot(story)
    for recorder in list(story.recorders):
        if story.chance(3):
            story.add(s.Die(recorder.name))
        else:
            story.take_hints(recorder)
    for hints in list(story.hints):
        story.play_to_head(hints)
    return s.Scenario(tuple(story.steps), plot.__name__.strip("_"))
