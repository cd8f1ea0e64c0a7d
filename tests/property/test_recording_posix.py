"""What is recorded is what POSIX has: checked against the kernel, event by event.

Random events are done to a real directory, to a ``FileTree`` and to a ``Recording``. After each

* the kernel and the tree agree: on the error and its name, or on what is there;
* the recording refused before anything was appended, or its bytes, decoded and applied by another
  FSM, give the same tree again;
* what the recording refuses is what POSIX refuses, or has to do with properties.

The kernel is Linux's: elsewhere some errors have other names.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import attrs
import pytest
from attrs import define, frozen
from hypothesis import event, given
from hypothesis import strategies as st

from rlog_model.file_tree import FileTree, Snapshot, difference
from rlog_model.framing import Frame, Framer, Raw
from rlog_model.fsm import FSM
from rlog_model.identity import Author, Fnode
from rlog_model.namespace import Directories, OpenFlags, PosixError
from rlog_model.operation import RecordedOp
from rlog_model.outcome import APPLIED
from rlog_model.recording import Recorded, Recording
from rlog_model.recording_refused import Reason, RecordingRefused
from rlog_model.wire import decode_op

PATHS = ("/a", "/b", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/IDENTITY", "/d/IDENTITY", "/a/b")
PROPERTY_PATHS = frozenset({"/IDENTITY", "/d/IDENTITY"})
LOGS = ("logs/one", "logs/two")
R, W, C, X, T, A = OpenFlags
FLAGS = (R, W, R | W, W | C, R | C, W | C | T, W | C | X, R | W | T, W | A, W | C | A, R | C | X)

PROPERTY_REASONS = {Reason.PROPERTY, Reason.SEVERAL_LINKS}
ERRNO_OF = {
    Reason.NOT_FOUND: {"ENOENT"},
    Reason.EXISTS: {"EEXIST"},
    Reason.IS_DIRECTORY: {"EISDIR", "EPERM"},
    Reason.NOT_DIRECTORY: {"ENOTDIR"},
    Reason.NOT_EMPTY: {"ENOTEMPTY"},
    Reason.INTO_ITSELF: {"EINVAL"},
    Reason.NEGATIVE: {"EINVAL"},
}


Value = TypeVar("Value")
Refusal = TypeVar("Refusal", bound=Exception)

# Events. ``file`` is a path, or an index into the files that are open.


@frozen
class Known:
    """An index into the names that are there: so that most events find something."""

    index: int


Path = str | Known


@frozen
class Open:
    path: Path
    flags: OpenFlags


@frozen
class Close:
    file: int


@frozen
class Write:
    file: Path | int
    data: bytes
    offset: int


@frozen
class Truncate:
    file: Path | int
    size: int


@frozen
class Link:
    source: Path
    target: Path


@frozen
class Unlink:
    path: Path


@frozen
class Rename:
    source: Path
    target: Path


@frozen
class Restart:
    """Another recorder goes on from what a player made of the log."""

    log: str
    with_sizes: bool


Event = Open | Close | Write | Truncate | Link | Unlink | Rename | Restart

paths = st.sampled_from(PATHS)
known = st.builds(Known, st.integers(0, 9))
mostly_known = st.one_of(known, known, paths)
files = st.one_of(mostly_known, st.integers(0, 3))
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Open, st.one_of(paths, known), st.sampled_from(FLAGS)),
    st.builds(Open, paths, st.just(W | C | T)),
    st.builds(Write, files, st.binary(max_size=5), st.sampled_from((0, 1, 4, 9, -1))),
    st.builds(Write, files, st.binary(min_size=1, max_size=5), st.sampled_from((0, 3))),
    st.builds(Truncate, files, st.sampled_from((0, 1, 2, 4, 8, 20, -1))),
    st.builds(Link, mostly_known, paths),
    st.builds(Unlink, mostly_known),
    st.builds(Rename, mostly_known, paths),
    st.builds(Rename, mostly_known, st.one_of(paths, known)),
    st.builds(Close, st.integers(0, 3)),
    st.builds(Restart, st.sampled_from(LOGS), st.booleans()),
)


class Kernel:
    """A real directory. Calls raise OSError."""

    def __init__(self, root: str) -> None:
        self.root = root

    def real(self, path: str) -> str:
        return self.root + path

    def make_parents(self, path: str) -> None:
        """As whoever makes a file does; what can't be made, the call itself complains about."""
        with suppress(OSError):
            os.makedirs(os.path.dirname(self.real(path)), exist_ok=True)

    def open(self, path: str, flags: OpenFlags) -> int:
        bits = {W: os.O_WRONLY, R | W: os.O_RDWR}.get(flags & (R | W), os.O_RDONLY)
        for flag, bit in ((C, os.O_CREAT), (X, os.O_EXCL), (T, os.O_TRUNC), (A, os.O_APPEND)):
            bits |= bit if flag in flags else 0
        if C in flags:
            self.make_parents(path)
        fd = os.open(self.real(path), bits, 0o600)
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(errno.EISDIR, "a directory is opened to be read: no file of a tree")
        return fd

    def link(self, source: str, target: str) -> None:
        if os.path.lexists(self.real(source)):
            self.make_parents(target)
        os.link(self.real(source), self.real(target))

    def rename(self, source: str, target: str) -> None:
        if os.path.lexists(self.real(source)):
            self.make_parents(target)
        os.rename(self.real(source), self.real(target))

    def prune(self) -> None:
        """Take the empty directories away."""
        for directory, _, _ in os.walk(self.root, topdown=False):
            if directory != self.root:
                with suppress(OSError):
                    os.rmdir(directory)

    def snapshot(self) -> Snapshot:
        found: list[tuple[str, bytes]] = []
        groups: dict[int, list[str]] = {}
        for directory, _, names in os.walk(self.root):
            for name in names:
                real = os.path.join(directory, name)
                with open(real, "rb") as file:
                    found.append((real[len(self.root) :], file.read()))
                groups.setdefault(os.stat(real).st_ino, []).append(real[len(self.root) :])
        return Snapshot.of(found, groups.values())


def outcome(
    attempt: Callable[[], Value], kind: type[Refusal]
) -> tuple[Value | None, Refusal | None]:
    """What an attempt gives, or how it is refused."""
    try:
        return attempt(), None
    except kind as error:
        return None, error


@define
class OpenFile:
    fd: int
    number: int
    fnode: Fnode | None


@contextmanager
def errno_name_of(call: str) -> Iterator[None]:
    """Errors of the kernel as those of a tree."""
    try:
        yield
    except OSError as error:
        raise PosixError(errno.errorcode[error.errno or 0], call) from error


def read(append: bytes, log: str, offset: int) -> Iterator[tuple[RecordedOp, bytes, bytes]]:
    """The operations of an append, each with its payload and raw bytes, at exact offsets."""
    framer = Framer.at(offset).feed(append)
    while True:
        framer, found = framer.next()
        if found is None:
            break
        assert isinstance(found, Frame), found
        op = decode_op(found.payload, log=log, first_offset=found.first_offset)
        raw = b""
        end = found.last_offset + op.raw_length
        if op.raw_length:
            framer = framer.expect_raw(op.raw_length)
            framer, bytes_behind = framer.next()
            assert isinstance(bytes_behind, Raw)
            raw = bytes_behind.content
        yield attrs.evolve(op, last_offset=end), found.payload, raw
    assert framer.offset == offset + len(append)


@define
class World:
    kernel: Kernel
    tree: FileTree = attrs.field(factory=FileTree)
    played: FileTree = attrs.field(factory=FileTree)
    fsm: FSM = attrs.field(factory=lambda: FSM(LOGS[0]))
    recording: Recording = Recording.start(
        FSM(LOGS[0]), Author(1), LOGS[0], property_paths=PROPERTY_PATHS
    ).recording
    heads: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys(LOGS, 0))
    opened: list[OpenFile] = attrs.field(factory=list)
    restarts: int = 1

    def name(self, path: Path) -> str:
        """A path, or one of the names that are there."""
        if isinstance(path, str):
            return path
        names = sorted({*self.tree.links, *self.tree.directories.entries} - {""})
        return names[path.index % len(names)] if names else PATHS[path.index]

    def file(self, file: Path | int) -> str | int:
        return file if isinstance(file, int) else self.name(file)

    def do(self, happened: Event) -> None:
        match happened:
            case Restart(log, with_sizes):
                self.restart(log, with_sizes)
            case Close(index):
                if self.opened:
                    self.close(self.opened.pop(index % len(self.opened)))
            case Open(path, flags):
                self.open(self.name(path), flags)
            case Write(file, data, offset):
                self.write(self.file(file), data, offset)
            case Truncate(file, size):
                self.truncate(self.file(file), size)
            case Link(source, target):
                self.link(self.name(source), self.name(target))
            case Unlink(path):
                self.unlink(self.name(path))
            case Rename(source, target):
                self.rename(self.name(source), self.name(target))

    def link(self, source: str, target: str) -> None:
        self.attempt(
            lambda: self.kernel.link(source, target),
            lambda: self.tree.link(source, target),
            lambda: self.recording.link(source, target),
        )

    def unlink(self, path: str) -> None:
        self.attempt(
            lambda: os.unlink(self.kernel.real(path)),
            lambda: self.tree.unlink(path),
            lambda: self.recording.unlink(path),
        )

    def rename(self, source: str, target: str) -> None:
        content = self.tree.content(source) if source in self.tree.links else b""
        self.attempt(
            lambda: self.kernel.rename(source, target),
            lambda: self.tree.rename(source, target),
            lambda: self.recording.rename(source, target, content),
        )

    def open(self, path: str, flags: OpenFlags) -> None:
        fds: list[int] = []
        numbers: list[int] = []

        def on_tree() -> FileTree:
            tree, number = self.tree.open(path, flags)
            numbers.append(number)
            return tree

        recorded = self.attempt(
            lambda: fds.append(self.kernel.open(path, flags)),
            on_tree,
            lambda: self.recording.open(path, flags),
        )
        if fds:
            assert recorded is not None
            if flags & W:
                assert recorded.fnode == self.recording.fsm.links[path]
            self.opened.append(OpenFile(fds[0], numbers[0], recorded.fnode))

    def close(self, file: OpenFile) -> None:
        os.close(file.fd)
        self.tree = self.tree.close(file.number)

    def write(self, file: str | int, data: bytes, offset: int) -> None:
        if isinstance(file, str):
            # Opened, written to and closed.
            before = len(self.opened)
            self.open(file, W)
            if len(self.opened) > before:
                self.write(before, data, offset)
                self.close(self.opened.pop())
            return
        if not self.opened:
            return
        open_file = self.opened[file % len(self.opened)]
        flags = self.tree.open_files[open_file.number].flags
        appends = A in flags and offset >= 0
        at = len(self.tree.content(open_file.number)) if appends else offset
        fnode = open_file.fnode
        self.attempt(
            lambda: os.pwrite(open_file.fd, data, offset),
            lambda: self.tree.write_at(open_file.number, data, offset),
            # What was not opened to be written is no event of a recorder.
            (lambda: self.recording.write_at(fnode, data, at)) if W in flags and fnode else None,
        )

    def truncate(self, file: str | int, size: int) -> None:
        if isinstance(file, str):
            there = self.tree.content(file) if file in self.tree.links else b""
            self.attempt(
                lambda: os.truncate(self.kernel.real(file), size),
                lambda: self.tree.truncate(file, size),
                lambda: self.recording.truncate(file, size, cut(there, size)),
            )
        elif self.opened:
            open_file = self.opened[file % len(self.opened)]
            content = cut(self.tree.content(open_file.number), size)
            fnode = open_file.fnode
            writes = W in self.tree.open_files[open_file.number].flags
            self.attempt(
                lambda: os.ftruncate(open_file.fd, size),
                lambda: self.tree.truncate(open_file.number, size),
                (lambda: self.recording.truncate(fnode, size, content))
                if writes and fnode
                else None,
            )

    def attempt(
        self,
        on_kernel: Callable[[], object],
        on_tree: Callable[[], FileTree],
        on_recording: Callable[[], Recorded] | None,
    ) -> Recorded | None:
        """Do an event to all three. What can't be recorded, but be done, is not done."""
        tree, refused = outcome(on_tree, PosixError)
        recorded, unrecorded = outcome(on_recording or (lambda: None), RecordingRefused)
        if unrecorded is not None:
            event(f"refused: {unrecorded.reason.name}")
            if refused is None:
                assert unrecorded.reason in PROPERTY_REASONS, unrecorded
                return None
            assert refused.errno_name in ERRNO_OF[unrecorded.reason], (refused, unrecorded)
        else:
            assert recorded is None or refused is None, refused

        if refused is not None:
            with pytest.raises(PosixError) as raised, errno_name_of(refused.path):
                on_kernel()
            assert raised.value.errno_name == refused.errno_name, refused.path
        else:
            on_kernel()
            assert tree is not None
            assert recorded is not None
            self.tree = tree
            self.apply(recorded)
        self.kernel.prune()
        return recorded

    def apply(self, recorded: Recorded) -> None:
        """Play what was recorded."""
        log = recorded.recording.log
        head = self.heads[log]
        made = iter(recorded.operations)
        for op, payload, raw in read(recorded.append, log, head):
            assert next(made) == attrs.evolve(op, last_offset=0)  # a lone recorder's are exact
            step = self.fsm.apply(op, payload)
            assert step.outcome is APPLIED
            self.fsm = step.fsm
            self.played = self.played.apply(op, raw)
        assert next(made, None) is None
        self.heads[log] = head + len(recorded.append)
        self.recording = recorded.recording
        if len(recorded.append) % 2:
            self.recording = self.recording.committed(self.recording.pending, self.heads[log])

    def restart(self, log: str, with_sizes: bool) -> None:
        while self.opened:
            self.close(self.opened.pop())
        self.restarts += 1
        sizes = {Fnode(f): len(node.content) for f, node in self.played.inodes.items()}
        self.apply(
            Recording.start(
                self.fsm,
                Author(self.restarts),
                log,
                property_paths=PROPERTY_PATHS,
                head=self.heads[log],
                sizes=sizes if with_sizes else None,
            )
        )

    def check(self) -> None:
        actual = self.kernel.snapshot()
        assert difference(actual, self.tree.snapshot()) == ""
        assert difference(actual, self.played.snapshot()) == ""
        assert actual == self.tree.snapshot() == self.played.snapshot()
        assert self.played.conflict() is None
        fsm, books = self.recording.fsm, self.recording.books
        assert books.directories == Directories.of([*fsm.links, *fsm.properties])
        assert self.tree.directories == Directories.of(self.tree.links)
        assert fsm.files == attrs.evolve(self.fsm.files, live_nodes=fsm.live_nodes)
        for fnode, size in books.sizes.items():
            assert size == len(self.played.inodes[fnode].content)


def cut(content: bytes, size: int) -> bytes:
    return content[: max(size, 0)].ljust(max(size, 0), b"\0")


@given(st.lists(events, min_size=5, max_size=40))
def test_recorded_operations_rebuild_what_the_kernel_has(happened: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as root:
        world = World(Kernel(root))
        try:
            for one in happened:
                world.do(one)
                world.check()
        finally:
            for file in world.opened:
                os.close(file.fd)
