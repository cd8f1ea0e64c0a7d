"""The recording filesystem: what is recorded, what is refused, and how it ends."""

from __future__ import annotations

import contextlib
import errno
import io
import mmap
import os
import pickle
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rlog_model.append_queue import ManualAppendQueue
from rlog_model.disk_and_log import (
    AppendsFailed,
    CannotBeRecorded,
    DiskAndLogDiffer,
    ForkedRecorder,
    NotInLog,
)
from rlog_model.filesystem import RecordingFileSystem
from rlog_model.fsm import FSM
from rlog_model.identity import FENCE_REGISTER, Author
from rlog_model.journal.labels import LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.player import Player
from rlog_model.recorded_file import flags_of
from rlog_model.recorder import Recorder, RecorderClosed, RecorderFenced
from rlog_model.recording_refused import Reason, RecordingRefused

LOG = "logs/one"
MINE = Author(7)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "recorded"
    root.mkdir()
    return root


@pytest.fixture
def queue(store: MemoryStore) -> ManualAppendQueue:
    return ManualAppendQueue(store.open(LOG))


@pytest.fixture
def fs(root: Path, store: MemoryStore, queue: ManualAppendQueue) -> Iterator[RecordingFileSystem]:
    recorder = Recorder(LOG, FSM(LOG), MINE, root, store.open(LOG), queue=queue)
    yield RecordingFileSystem(recorder)
    recorder.close()


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def played(fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore) -> Path:
    """The log, played beside the directory."""
    queue.commit()
    target = Path(fs.directory.full("")).parent / "played"
    player = Player(fs.build_hints(0), target, store, durable=False)
    player.finish_at_write_head()
    player.play()
    return target


def holds_the_same(
    fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore, root: Path
) -> bool:
    return snapshot(played(fs, queue, store)) == snapshot(root)


def everything(fs: RecordingFileSystem) -> None:
    """One call of each kind, that a program can make."""
    with fs.open("/a", "w", newline="") as text:
        text.write("one\ntwo\n")
    with fs.open("a", "ab") as more:
        more.write(b"three")
    with fs.open("/a", "r+b") as there:
        there.seek(4)
        there.write(b"TWO")
        there.truncate(7)
    with fs.open("new", "xb", block_size=0) as new:
        new.write(b"x" * 100)
    fs.makedirs("/d/e")
    fs.cp_file("/a", "/d/e/copy")
    fs.link("/a", "/d/linked")
    fs.touch("/d/touched")
    fs.touch("/d/touched", truncate=False)
    fs.mv("/d", "/moved")
    fs.copy("/moved", "/again", recursive=True)
    fs.rm("/again/e", recursive=True)
    fs.pipe_file("/IDENTITY.new", b"me")
    fs.mv("/IDENTITY.new", "/IDENTITY")
    fs.rm("/new")
    fs.directory.truncate("/moved/e/copy", 2)


def test_what_a_program_does_is_in_the_log(
    fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore, root: Path
) -> None:
    everything(fs)
    assert snapshot(root) == {
        "IDENTITY": b"me",
        "a": b"one\nTWO",
        "again/linked": b"one\nTWO",
        "again/touched": b"",
        "moved/e/copy": b"on",
        "moved/linked": b"one\nTWO",
        "moved/touched": b"",
    }
    assert holds_the_same(fs, queue, store, root)
    assert fs.cat_file("/moved/e/copy") == b"on"
    assert fs.ls("/", detail=False) == ["/IDENTITY", "/a", "/again", "/moved"]
    assert fs.ls("/a") == [fs.info("/a")]
    assert fs.info("/a")["nlink"] == 2
    assert fs.find("/moved") == ["/moved/e/copy", "/moved/linked", "/moved/touched"]
    assert fs.modified("/a") == fs.modified("moved/linked")
    assert fs.created("/a").tzinfo
    assert fs.lexists("/a")


def test_a_file_shows_a_descriptor_that_nobody_can_write_to(fs: RecordingFileSystem) -> None:
    """A child process, a library in C and a memory map are refused, and lose nothing silently."""
    with fs.open("/a", "w+b") as file:
        file.write(b"recorded")
        file.flush()
        os.fsync(file.fileno())
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(file.fileno(), b"not recorded")
        with pytest.raises(OSError, match="Permission denied"):
            mmap.mmap(file.fileno(), 8)
        with mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ) as view:
            assert view[:] == b"recorded"


def test_a_file_does_what_it_was_opened_for(fs: RecordingFileSystem) -> None:
    with fs.open("/a", "wb", block_size=0) as file:
        assert (file.mode, file.seekable(), file.isatty()) == ("wb", True, False)
        assert file.write_at(b"later", 3) == 5
        assert file.tell() == 0
        with pytest.raises(io.UnsupportedOperation, match="not opened to read"):
            file.read(1)
    with pytest.raises(ValueError, match="closed"):
        file.write(b"")
    with pytest.raises(ValueError, match="closed"):
        file.fileno()
    with fs.open("/a", "rb", block_size=0) as file:
        with pytest.raises(io.UnsupportedOperation, match="not opened to write"):
            file.write(b"")
        with pytest.raises(io.UnsupportedOperation, match="not opened to write"):
            file.truncate(0)
        assert file.read() == b"\0\0\0later"
    for mode, shown in (("a+b", "ab+"), ("r+b", "rb+"), ("ab", "ab"), ("rb", "rb")):
        with fs.open("/a", mode, block_size=0) as file:
            assert file.mode == shown
    for path, mode in (("/x", "xb"), ("/y", "x+b")):
        with fs.open(path, mode, block_size=0) as file:
            assert file.mode == mode.replace("+b", "b+")


@pytest.mark.parametrize("mode", ["", "rw", "rr", "b", "q", "r++"])
def test_a_mode_that_is_none_is_refused(mode: str) -> None:
    with pytest.raises(ValueError, match="invalid mode"):
        flags_of(mode)


def test_threads_are_recorded_in_the_order_of_the_disk(
    fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore, root: Path
) -> None:
    """Appends and writes of several threads to the same files, renames among them."""

    def work(number: int) -> None:
        for turn in range(40):
            with fs.open("/shared", "ab", block_size=0) as file:
                file.write(b"%d %d\n" % (number, turn))
            with fs.open(f"/{turn % 3}", "wb", block_size=0) as file:
                file.write(b"%d" % number * (turn + 1))
            with contextlib.suppress(FileNotFoundError):
                fs.mv(f"/{turn % 3}", "/target")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holds_the_same(fs, queue, store, root)


# Refused, and not done


def test_what_cannot_be_recorded_is_not_done(fs: RecordingFileSystem, root: Path) -> None:
    everything(fs)
    before = snapshot(root)
    with pytest.raises(CannotBeRecorded, match=r"a symbolic link of .* was not done"):
        fs.symlink("/a", "/s")
    for refused in (
        lambda: fs.open("/IDENTITY", "ab"),
        lambda: fs.rm_file("/IDENTITY"),
        lambda: fs.mv("/IDENTITY", "/x"),
        lambda: fs.link("/a", "/IDENTITY2/../a2"),
        lambda: fs.mkdir("/..", create_parents=False),
        lambda: fs.directory.open("/a", flags_of("r") & ~flags_of("r")),
        lambda: fs.mv("/a", "/IDENTITY"),  # it has another link
    ):
        with pytest.raises(RecordingRefused):
            refused()
    with pytest.raises(NotImplementedError, match="no transactions"), fs.transaction:
        fs.open("/t", "wb")
    assert snapshot(root) == before
    assert not (root / "s").is_symlink()


def test_an_empty_directory_does_not_become_a_property(fs: RecordingFileSystem) -> None:
    fs.mkdir("/d/e")
    with pytest.raises(RecordingRefused, match="property"):
        fs.mv("/d", "/IDENTITY")
    fs.mv("/d", "/f")
    assert fs.isdir("/f/e")


def test_posix_refuses_as_it_does(fs: RecordingFileSystem) -> None:
    fs.pipe_file("/file", b"")
    fs.mkdir("/empty")
    fs.pipe_file("/full/file", b"") if fs.exists("/full") else fs.mkdir("/full")
    fs.pipe_file("/full/file", b"")
    for error, call in (
        (FileNotFoundError, lambda: fs.open("/none", "rb")),
        (FileNotFoundError, lambda: fs.open("/none/file", "wb")),
        (FileNotFoundError, lambda: fs.rm("/none")),
        (FileExistsError, lambda: fs.open("/file", "xb")),
        (FileExistsError, lambda: fs.open("/empty", "xb")),
        (FileExistsError, lambda: fs.makedirs("/empty")),
        (FileExistsError, lambda: fs.makedirs("/file", exist_ok=True)),
        (IsADirectoryError, lambda: fs.open("/empty", "rb")),
        (IsADirectoryError, lambda: fs.open("/empty", "wb")),
        (IsADirectoryError, lambda: fs.rm("/full")),
        (IsADirectoryError, lambda: fs.rm_file("/empty")),
        (PermissionError, lambda: fs.link("/empty", "/linked")),
        (NotADirectoryError, lambda: fs.open("/file/file", "wb")),
        (OSError, lambda: fs.rmdir("/full")),
        (OSError, lambda: fs.mv("/empty", "/full")),
        (FileNotFoundError, lambda: fs.mv("/full", "/full/none/full")),
        (NotADirectoryError, lambda: fs.mv("/full", "/file/full")),
    ):
        with pytest.raises(error):
            call()
    fs.rm("/", recursive=True)
    assert fs.ls("/") == []


def test_a_file_that_nobody_recorded_is_left_alone(fs: RecordingFileSystem, root: Path) -> None:
    (root / "stranger").write_bytes(b"kept")
    with pytest.raises(NotInLog, match="on disk and not in the log"):
        fs.open("/stranger", "wb")
    with pytest.raises(FileNotFoundError):
        fs.rm_file("/stranger")
    assert (root / "stranger").read_bytes() == b"kept"


def test_a_path_of_any_bytes_is_recorded(
    fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore, root: Path
) -> None:
    fs.pipe_file(os.fsdecode(b"/\xff\xfe"), b"bytes")
    fs.pipe_file("/\u00e9", b"text")
    # The same bytes, spelled in another way.
    assert fs.cat_file("/\udcc3\udca9") == b"text"
    assert holds_the_same(fs, queue, store, root)
    with pytest.raises(UnicodeEncodeError):
        fs.pipe_file("/\ud800", b"")
    with pytest.raises(RecordingRefused, match="no clean path"):
        fs.pipe_file("/a\0b", b"")
    with pytest.raises(RecordingRefused) as refused:
        fs.directory.mkdir("/\ud800")
    assert refused.value.reason is Reason.NO_PATH
    fs.pipe_file("/still", b"recorded")


def test_it_cannot_be_sent_to_another_process(fs: RecordingFileSystem) -> None:
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(fs)
    child = os.fork()
    if child == 0:
        refused = 0
        for call in (lambda: fs.touch("/a"), fs.sync):
            try:
                call()
            except ForkedRecorder:
                refused += 1
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert not fs.exists("/a")


# The disk fails


def test_a_full_disk_leaves_disk_and_log_alike(
    fs: RecordingFileSystem,
    queue: ManualAppendQueue,
    store: MemoryStore,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A write that is short, one that fails, and one that goes on when there is room again."""
    real = os.pwrite
    room = 5

    def full(descriptor: int, content: bytes, offset: int) -> int:
        nonlocal room
        if room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(descriptor, content[:room], offset)
        room -= written
        return written

    with fs.open("/a", "wb", block_size=0) as file:
        monkeypatch.setattr(os, "pwrite", full)
        assert file.write(b"0123456789") == 5
        with pytest.raises(OSError, match="No space left"):
            file.write(b"56789")
        room = 2
        assert file.write(b"56789") == 2
        assert file.tell() == 7
    monkeypatch.undo()
    assert snapshot(root) == {"a": b"0123456"}
    assert holds_the_same(fs, queue, store, root)


@contextlib.contextmanager
def unprivileged(root: Path) -> Iterator[None]:
    """Nobody may write to ``root``: the superuser becomes someone else for a while."""
    root.chmod(0o500)
    if user := os.geteuid():
        yield
    else:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(user)
    root.chmod(0o700)


def test_a_directory_that_may_not_be_written(
    fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore, root: Path
) -> None:
    fs.pipe_file("/a", b"")
    with unprivileged(root):
        calls: list[Callable[[], object]] = [
            lambda: fs.pipe_file("/b", b""),
            lambda: fs.mkdir("/d", create_parents=False),
            lambda: fs.mv("/a", "/b"),
            lambda: fs.rm_file("/a"),
        ]
        for call in calls:
            with pytest.raises(PermissionError):
                call()
    fs.pipe_file("/c", b"")
    assert snapshot(root) == {"a": b"", "c": b""}
    assert holds_the_same(fs, queue, store, root)


def test_a_file_that_cannot_be_opened_twice_is_not_made(
    fs: RecordingFileSystem,
    queue: ManualAppendQueue,
    store: MemoryStore,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process has no descriptor left for the one that is shown."""
    fs.pipe_file("/there", b"content")
    real = os.open

    def scarce(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return real(path, flags, mode)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", scarce)
        for path in ("/new", "/there"):
            with pytest.raises(OSError, match="Too many open files"):
                fs.open(path, "wb")
    assert snapshot(root) == {"there": b"content"}
    fs.pipe_file("/later", b"")
    assert holds_the_same(fs, queue, store, root)


def test_an_interrupt_between_disk_and_log_ends_the_recording(
    fs: RecordingFileSystem, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def interrupted(source: str, target: str) -> None:
        real(source, target)
        raise KeyboardInterrupt

    fs.pipe_file("/a", b"")
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fs.mv("/a", "/b")
    with pytest.raises(DiskAndLogDiffer, match="interrupted before it was recorded"):
        fs.pipe_file("/c", b"")
    assert snapshot(root) == {"b": b""}


# The recorder fails


def nothing_more_happens(fs: RecordingFileSystem, root: Path, error: type[Exception]) -> None:
    before = snapshot(root)
    for call in (
        lambda: fs.open("/new", "wb"),
        lambda: fs.mkdir("/d"),
        lambda: fs.rmdir("/empty"),
        lambda: fs.mv("/a", "/b"),
        lambda: fs.mv("/empty", "/moved"),
        lambda: fs.link("/a", "/b"),
        lambda: fs.rm("/a"),
        lambda: fs.touch("/a"),
        lambda: fs.directory.truncate("/a", 0),
        lambda: fs.sync(10),
    ):
        with pytest.raises(error):
            call()
    assert fs.cat_file("/a") == b"content"
    assert fs.ls("/", detail=False) == ["/a", "/empty"]
    assert snapshot(root) == before


def test_a_fenced_recorder_leaves_the_disk_alone(
    fs: RecordingFileSystem, queue: ManualAppendQueue, store: MemoryStore, root: Path
) -> None:
    fs.mkdir("/empty")
    fs.pipe_file("/a", b"content")
    file = fs.open("/a", "r+b", block_size=0)
    queue.commit()
    store.open(LOG).append(b"x", union=LabelSet.of(FENCE_REGISTER, Author(8).fence()))
    file.write(b"CONTENT")
    queue.commit()
    with pytest.raises(RecorderFenced):
        file.write(b"more")
    file.close()
    (root / "a").write_bytes(b"content")
    nothing_more_happens(fs, root, RecorderFenced)


def test_a_journal_that_fails_leaves_the_disk_alone(
    fs: RecordingFileSystem,
    queue: ManualAppendQueue,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fs.mkdir("/empty")
    fs.pipe_file("/a", b"content")

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(queue, "_journal", type("Full", (), {"append": full, "name": LOG})())
    queue.commit()
    nothing_more_happens(fs, root, AppendsFailed)
    with pytest.raises(AppendsFailed, match="No space left"):
        fs.touch("/a")


def test_a_closed_recorder_leaves_the_disk_alone(fs: RecordingFileSystem, root: Path) -> None:
    fs.mkdir("/empty")
    fs.pipe_file("/a", b"content")
    fs.recorder.close()
    nothing_more_happens(fs, root, RecorderClosed)


def test_what_has_landed_is_told(fs: RecordingFileSystem, queue: ManualAppendQueue) -> None:
    landed = fs.landed()
    assert not landed.done()
    with pytest.raises(TimeoutError):
        fs.sync(0)
    queue.commit()
    assert landed.done()


@pytest.mark.parametrize("buffering", [0, -1])
def test_who_opens_to_append_is_at_the_end(fs: RecordingFileSystem, buffering: int) -> None:
    fs.pipe_file("/a", b"hello")
    with fs.open("/a", "ab", block_size=buffering) as file:
        assert file.tell() == 5
        assert file.truncate() == 5
    assert fs.cat_file("/a") == b"hello"


def test_a_file_is_not_copied_onto_itself(fs: RecordingFileSystem, root: Path) -> None:
    with fs.open("/a", "wb") as file:
        file.write(b"content")
    fs.link("/a", "/b")
    for target in ("/a", "a", "/b"):
        with pytest.raises(shutil.SameFileError):
            fs.cp_file("/a", target)
    assert (root / "a").read_bytes() == b"content"
    fs.cp_file("/a", "/c")
    assert (root / "c").read_bytes() == b"content"


def test_no_path_leads_out_of_the_directory(fs: RecordingFileSystem, root: Path) -> None:
    outside = root.parent / "outside"
    outside.touch()
    times = outside.stat().st_mtime_ns
    os.utime(outside, ns=(0, 0))
    calls: list[Callable[[str], object]] = [
        fs.exists,
        fs.lexists,
        fs.ls,
        fs.info,
        fs.mkdir,
        lambda path: fs.touch(path, truncate=False),
        lambda path: fs.open(path, "rb"),
    ]
    for call in calls:
        for path in ("/../outside", "d/../../outside"):
            with pytest.raises(RecordingRefused):
                call(path)
    assert outside.stat().st_mtime_ns == 0 != times
