"""Filesystem events, as a story tells them.

Whoever tells knows only names, and what probably is there; so it may tell impossible steps, which
do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs
from hypothesis import strategies as st

from rlog_model import scenario as s

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
class Events:
    """A scenario in the making, of filesystem events."""

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

    @property
    def alive(self) -> list[Actor]:
        """The recorders that probably are alive, and can record."""
        return [recorder for recorder in self.recorders if not recorder.dead]

    def someone(self) -> Actor:
        """A recorder, most of the time one that is alive."""
        alive = self.alive
        actors = alive if alive and not self.chance(8) else self.recorders
        return actors[self.pick(actors)]

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
