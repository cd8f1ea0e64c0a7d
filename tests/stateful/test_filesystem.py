"""Random operations through a recording filesystem, through a plain directory, and played."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from rlog_model.filesystem import RecordingFileSystem
from rlog_model.fsm import FSM
from rlog_model.journal.memory import MemoryStore
from rlog_model.player import Player
from rlog_model.recorded_file import AnyFile
from rlog_model.recorder import Recorder, random_author
from rlog_model.recording_refused import RecordingRefused

LOG = "a/log"
PATHS = st.sampled_from(
    ["/a", "/b", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/\udcff", "/IDENTITY", "/IDENTITY/a"]
)
MODES = st.sampled_from(["rb", "r+b", "wb", "w+b", "ab", "a+b", "xb", "x+b"])
CONTENTS = st.binary(max_size=20) | st.builds(lambda n: bytes([n]) * 9000, st.integers(1, 5))
OFFSETS = st.integers(0, 30)


def tree_of(root: Path, directories: bool) -> dict[str, object]:
    """What a directory holds: files as their content and all their paths."""
    nodes: dict[int, list[str]] = {}
    found: dict[str, object] = {}
    for above, _, names in os.walk(root):
        if directories:
            found[os.path.relpath(above, root)] = None
        for name in names:
            path = os.path.join(above, name)
            nodes.setdefault(os.stat(path).st_ino, []).append(os.path.relpath(path, root))
    for paths in nodes.values():
        content = (root / paths[0]).read_bytes()
        found.update((path, (content, sorted(paths))) for path in paths)
    return found


def seen(call: Callable[[], object]) -> object:
    """What a call gave, or its error."""
    try:
        return call()
    except OSError as error:
        return error


@frozen(eq=False)
class Handle:
    """One file, open in both directories."""

    recorded: AnyFile
    plain: Any


class FilesystemMachine(RuleBasedStateMachine):
    """Whatever a program does: both directories have it, and so has the log."""

    handles = Bundle("handles")

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        for name in ("recorded", "plain"):
            (self.root / name).mkdir()
        self.store = MemoryStore()
        self.recorder = Recorder(
            LOG, FSM(LOG), random_author(), self.root / "recorded", self.store.open(LOG)
        )
        self.fs = RecordingFileSystem(self.recorder)
        self.open: list[Handle] = []

    def plain(self, path: str) -> str:
        return str(self.root / "plain") + path

    def both(self, recorded: Callable[[], object], plain: Callable[[], object]) -> bool:
        """Do it twice. Whether it was done; one that is refused is not done in the plain one."""
        try:
            actual = seen(recorded)
        except RecordingRefused:
            return False
        expected = seen(plain)
        if isinstance(actual, OSError) and isinstance(expected, OSError):
            # The recording knows nothing of empty directories: it finds other reasons for the same.
            empty = any(not below and not files for _, below, files in os.walk(self.plain("")))
            assert empty or actual.errno == expected.errno
        else:
            assert actual == expected
        return True

    def on(self, handle: Handle, call: Callable[[Any], object]) -> None:
        if not self.both(lambda: call(handle.recorded), lambda: call(handle.plain)):
            # It is a property now. What is in the buffer can never be written.
            self.drop(handle)

    def drop(self, handle: Handle) -> None:
        self.open.remove(handle)
        with contextlib.suppress(RecordingRefused):
            handle.recorded.close()
        getattr(handle.plain, "raw", handle.plain).close()

    @rule(target=handles, path=PATHS, mode=MODES, buffered=st.booleans())
    def opens(self, path: str, mode: str, buffered: bool) -> Handle | None:
        opened: list[Any] = []

        def recorded() -> None:
            opened.append(self.fs.open(path, mode, block_size=None if buffered else 0))

        def plain() -> None:
            # It stays open, like the recorded one.
            opened.append(open(self.plain(path), mode, -1 if buffered else 0))  # noqa: SIM115

        self.both(recorded, plain)
        if not opened:
            return None
        handle = Handle(*opened)
        self.open.append(handle)
        return handle

    @rule(handle=handles, content=CONTENTS)
    def writes(self, handle: Handle | None, content: bytes) -> None:
        if handle in self.open:
            assert handle is not None
            self.on(handle, lambda file: file.write(content))

    @rule(handle=handles, offset=OFFSETS, size=OFFSETS)
    def seeks_and_reads(self, handle: Handle | None, offset: int, size: int) -> None:
        if handle in self.open:
            assert handle is not None
            self.on(handle, lambda file: (file.seek(offset), file.read(size), file.tell()))

    @rule(handle=handles, size=st.none() | OFFSETS)
    def truncates(self, handle: Handle | None, size: int | None) -> None:
        if handle in self.open:
            assert handle is not None
            self.on(handle, lambda file: file.truncate(size))

    @rule(handle=handles)
    def flushes(self, handle: Handle | None) -> None:
        if handle in self.open:
            assert handle is not None
            self.on(handle, lambda file: file.flush())

    @rule(handle=consumes(handles))
    def closes(self, handle: Handle | None) -> None:
        if handle in self.open:
            assert handle is not None
            self.on(handle, lambda file: file.flush())
            if handle in self.open:
                self.drop(handle)

    @rule(old=PATHS, new=PATHS)
    def renames(self, old: str, new: str) -> None:
        self.both(
            lambda: self.fs.mv(old, new),
            lambda: os.rename(self.plain(old), self.plain(new)),
        )

    @rule(old=PATHS, new=PATHS)
    def links(self, old: str, new: str) -> None:
        self.both(
            lambda: self.fs.link(old, new),
            lambda: os.link(self.plain(old), self.plain(new)),
        )

    @rule(path=PATHS)
    def unlinks(self, path: str) -> None:
        self.both(lambda: self.fs.rm_file(path), lambda: os.unlink(self.plain(path)))

    @rule(path=PATHS)
    def makes_a_directory(self, path: str) -> None:
        self.both(
            lambda: self.fs.mkdir(path, create_parents=False), lambda: os.mkdir(self.plain(path))
        )

    @rule(path=PATHS)
    def removes_a_directory(self, path: str) -> None:
        self.both(lambda: self.fs.rmdir(path), lambda: os.rmdir(self.plain(path)))

    @rule(path=PATHS)
    def touches(self, path: str) -> None:
        self.both(
            lambda: self.fs.touch(path, truncate=False),
            lambda: Path(self.plain(path)).touch(),
        )

    @rule(old=PATHS, new=PATHS)
    def copies(self, old: str, new: str) -> None:
        if self.fs.isfile(old) and not self.fs.isdir(new):
            if self.fs.isfile(new) and os.path.samefile(self.plain(old), self.plain(new)):
                return
            self.both(
                lambda: self.fs.cp_file(old, new),
                lambda: shutil.copyfile(self.plain(old), self.plain(new)) and None,
            )

    def teardown(self) -> None:
        for handle in list(self.open):
            self.on(handle, lambda file: file.flush())
        recorded, plain = self.root / "recorded", self.root / "plain"
        assert tree_of(recorded, True) == tree_of(plain, True)
        hints = self.fs.build_hints(10)
        self.fs.sync(10)
        for handle in list(self.open):
            self.drop(handle)
        self.recorder.close()
        player = Player(hints, self.root / "played", self.store, durable=False)
        player.finish_at_write_head()
        player.play()
        assert tree_of(self.root / "played", False) == tree_of(plain, False)
        shutil.rmtree(self.root)


TestFilesystem = FilesystemMachine.TestCase
