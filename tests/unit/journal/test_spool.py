"""The open fragment in its files: torn tails, damage, and a crash between any two steps."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import frozen

from rlog_model.journal import directory, durable, open_content, spool
from rlog_model.journal.codec import Codec
from rlog_model.journal.directory import LOCK_NAME
from rlog_model.journal.file import FileStore
from rlog_model.journal.fragment import FragmentFile
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.open_content import OpenContent, is_content
from rlog_model.journal.protocol import Appended, Chunk, CorruptFragment, Journal, RegisterMismatch
from rlog_model.journal.spool import SPOOL_NAME

NAME = "some/log"
Change = Callable[[Journal], object]
ONE, TWO = LabelSet.of("author", "1"), LabelSet.of("author", "2")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


def spool_of(root: Path) -> Path:
    return root / NAME / SPOOL_NAME


def contents_in(root: Path) -> list[Path]:
    return [path for path in (root / NAME).iterdir() if is_content(path.name)]


def content_of(root: Path) -> Path:
    """The file with the content of the open fragment, where no dead writer has left others."""
    (path,) = contents_in(root)
    return path


FILES = {"spool": spool_of, "content": content_of}


@frozen
class State:
    """All that can be told of a journal that nothing was pruned from."""

    content: bytes
    registers: LabelSet


def read_all(journal: Journal) -> bytes:
    content, head = b"", journal.write_head()
    while len(content) < head:
        chunk = journal.read(len(content))
        assert chunk.offset == len(content)
        content += chunk.content
    return content


def state_of(root: Path) -> State:
    with FileStore(root) as store, store.open(NAME) as journal:
        return State(read_all(journal), journal.registers())


def append(root: Path, content: bytes, union: LabelSet = EMPTY, fragment_size: int = 1000) -> None:
    with FileStore(root, fragment_size=fragment_size) as store, store.open(NAME) as journal:
        journal.append(content, union=union)


LAST = b"the last append, with a record's magic rlr2 in it"


@pytest.fixture(scope="module")
def torn_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A store whose open fragment ends with ``LAST``, and where that begins in each file."""
    root = tmp_path_factory.mktemp("torn") / "store"
    append(root, b"first", ONE)
    begins = {name: path(root).stat().st_size for name, path in FILES.items()}
    append(root, LAST, TWO)
    return root, begins


LAST_SIZES = {"spool": 56 + len(b'[["author","2"]]'), "content": len(LAST)}


def test_last_size(torn_store: tuple[Path, dict[str, int]]) -> None:
    """The tests below go through every byte of the last append."""
    root, begins = torn_store
    for name, path in FILES.items():
        assert path(root).stat().st_size - begins[name] == LAST_SIZES[name]


@pytest.mark.clause("JRN-1")
@pytest.mark.parametrize(
    ("torn", "kept"), [(name, kept) for name, size in LAST_SIZES.items() for kept in range(size)]
)
@pytest.mark.parametrize("tail", ["cut", "zeros", "noise"])
def test_torn_tail(
    torn_store: tuple[Path, dict[str, int]], tmp_path: Path, torn: str, kept: int, tail: str
) -> None:
    """Of an append that was not acknowledged, and of which ``kept`` bytes are in one file, and all
    in the other, nothing is there, registers included; and the next lands where it would have.
    """
    whole, begins = torn_store
    root = tmp_path / "store"
    shutil.copytree(whole, root)
    (root / NAME / LOCK_NAME).unlink()  # the mark, which says that it was acknowledged
    path = FILES[torn](root)
    data = bytearray(path.read_bytes())
    if tail == "cut":
        del data[begins[torn] + kept :]
    else:
        for at in range(begins[torn] + kept, len(data)):
            data[at] = 0 if tail == "zeros" else data[at] ^ 0x55
    path.write_bytes(data)
    assert state_of(root) == State(b"first", ONE)
    append(root, b"next")
    assert state_of(root) == State(b"firstnext", ONE)
    append(root, LAST, TWO)
    assert state_of(root) == State(b"firstnext" + LAST, TWO)
    with FileStore(root) as store, store.open(NAME) as journal:
        journal.roll()
        assert read_all(journal) == b"firstnext" + LAST


@pytest.mark.clause("JRN-2")
def test_one_whole_append_without_acknowledgement_stays(
    torn_store: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    """What was written whole by a process that died before it said so is there."""
    root = tmp_path / "store"
    shutil.copytree(torn_store[0], root)
    (root / NAME / LOCK_NAME).write_bytes(b"")
    assert state_of(root) == State(b"first" + LAST, TWO)


USES: list[Change] = [lambda j: j.read(0), lambda j: j.append(b"x"), lambda j: j.write_head()]


@pytest.mark.parametrize("torn", FILES)
def test_no_part_of_a_torn_batch_comes_back(root: Path, torn: str) -> None:
    """Of two appends that a dying system wrote at once, and of which only the second is whole, the
    second does not come back behind one that takes the place of the first.
    """
    append(root, b"first", ONE)
    batch = spool.Spool.open(NAME, root / NAME, durable.SecondThread())
    assert batch is not None
    batch.advance()
    batch.write([spool.SpoolAppend(b"second", ONE), spool.SpoolAppend(b"third", TWO)])
    batch.close()
    path = FILES[torn](root)
    data = bytearray(path.read_bytes())
    if torn == "spool":
        data[data.rindex(b"rlr2") - 1] ^= 1
    else:
        data[len(b"first")] ^= 1
    path.write_bytes(data)
    append(root, b"SECOND")
    assert state_of(root) == State(b"firstSECOND", ONE)


@pytest.mark.parametrize("damaged", FILES)
@pytest.mark.parametrize("with_mark", [False, True])
def test_damage_is_no_torn_tail(root: Path, with_mark: bool, damaged: str) -> None:
    """A byte that changes anywhere in what was acknowledged is told, and nothing is cut off.

    Without the mark this holds for all but the last record, and its content.
    """
    for content in (b"first", b"second", b"third"):
        append(root, content, ONE)
    path = FILES[damaged](root)
    whole = path.read_bytes()
    third = whole.rindex(b"rlr2" if damaged == "spool" else b"third")
    if not with_mark:
        (root / NAME / LOCK_NAME).write_bytes(b"")
    for at in range(len(whole) if with_mark else third):
        data = bytearray(whole)
        data[at] ^= 1
        path.write_bytes(data)
        for use in USES:
            with FileStore(root) as store, store.open(NAME) as journal:
                with pytest.raises(CorruptFragment) as error:
                    use(journal)
                assert error.value.file == str(path)
        assert path.read_bytes() == data
    path.write_bytes(whole)
    assert state_of(root) == State(b"firstsecondthird", ONE)


@pytest.mark.parametrize("left", [None, 0, 5, 10])
def test_content_that_is_missing_is_told(root: Path, left: int | None) -> None:
    """Where the content has become shorter than the records say, or is gone, that is damage."""
    append(root, b"first", ONE)
    append(root, b"second", TWO)
    path = content_of(root)
    if left is None:
        path.unlink()
    else:
        os.truncate(path, left)
    for use in USES:
        with FileStore(root) as store, store.open(NAME) as journal:
            with pytest.raises(CorruptFragment) as error:
                use(journal)
            assert error.value.file == str(path)
    path.write_bytes(b"firstsecond")
    assert state_of(root) == State(b"firstsecond", TWO)


@pytest.mark.parametrize("use", [lambda j: j.read(4), lambda j: j.roll(), lambda j: j.append(b"x")])
def test_content_that_becomes_shorter_is_told(root: Path, use: Change) -> None:
    """Also by a process that has it open."""
    with FileStore(root) as store, store.open(NAME) as journal:
        journal.append(b"first")
        os.truncate(content_of(root), 4)
        with pytest.raises(CorruptFragment) as error:
            use(journal)
        assert error.value.file == str(content_of(root))
        content_of(root).write_bytes(b"first")
        assert read_all(journal) == b"first"


def test_content_that_is_longer_is_cut(root: Path) -> None:
    """What is behind that which the records say gets into no fragment."""
    append(root, b"first")
    with open(content_of(root), "ab") as file:
        file.write(b"and what a dead writer had not recorded")
    with FileStore(root) as store, store.open(NAME) as journal:
        journal.roll()
        assert read_all(journal) == b"first"


@pytest.mark.parametrize(("magic", "reason"), [(b"rlogopn1", "rlogopn1"), (b"whatever", "header")])
def test_a_spool_of_another_version(root: Path, magic: bytes, reason: str) -> None:
    append(root, b"first")
    spool_of(root).write_bytes(spool_of(root).read_bytes().replace(b"rlogopn2", magic))
    with FileStore(root) as store, store.open(NAME) as journal:
        with pytest.raises(CorruptFragment, match=reason):
            journal.read(0)
        with pytest.raises(CorruptFragment, match=reason):
            journal.append(b"second")


@pytest.mark.parametrize("codec", [Codec.RAW, Codec.GZIP])
def test_damage_before_closing_is_not_sealed(root: Path, codec: Codec) -> None:
    """Content that went bad does not get into a fragment, with a SHA-1 that holds."""
    with FileStore(root, codec=codec) as store, store.open(NAME) as journal:
        journal.append(b"precious")
        path = content_of(root)
        with open(path, "r+b") as file:
            file.write(b"previous")
        if codec is Codec.RAW:
            # It is not read when it is renamed, and by the first read that comes.
            journal.roll()
            (path,) = (root / NAME).glob("*.raw")
            with pytest.raises(CorruptFragment):
                journal.read(0)
        else:
            with pytest.raises(CorruptFragment):
                journal.roll()
        with open(path, "r+b") as file:
            file.write(b"precious")
        journal.roll()
        assert journal.read(0).content == b"precious"
    assert len(list((root / NAME).glob("0*"))) == 1


@pytest.mark.parametrize("first_is_closed", [False, True])
def test_leftovers_are_nobodys_content(root: Path, first_is_closed: bool) -> None:
    """What a dead writer was about to use is never read; the next writer deletes it."""
    if first_is_closed:
        append(root, b"first")
    (root / NAME).mkdir(parents=True, exist_ok=True)
    leftover = root / NAME / f"{SPOOL_NAME}{8:016x}"
    leftover.write_bytes(b"never acknowledged")
    before = State(b"first" if first_is_closed else b"", EMPTY)
    assert state_of(root) == before
    assert leftover.exists()
    append(root, b"next")
    assert not leftover.exists()
    assert state_of(root) == State(before.content + b"next", EMPTY)


@pytest.mark.parametrize("codec", [Codec.RAW, Codec.GZIP])
@pytest.mark.parametrize("more", [b"", b"more"])
def test_a_copy_of_a_journal_that_is_closed_meanwhile(
    root: Path, tmp_path: Path, codec: Codec, more: bytes
) -> None:
    """Who takes the spool first, and finds its content gone, finds it in a fragment."""
    copy = tmp_path / "copy"
    (copy / NAME).mkdir(parents=True)
    with FileStore(root, codec=codec) as store, store.open(NAME) as journal:
        journal.append(b"first", union=ONE)
        shutil.copy(spool_of(root), spool_of(copy))
        if more:
            journal.append(more)
        journal.roll()
        journal.append(b"second", union=TWO)
        for path in (root / NAME).glob("0*"):
            shutil.copy(path, copy / NAME)
    assert state_of(copy) == State(b"first" + more, ONE)
    append(copy, b"!")
    assert state_of(copy) == State(b"first" + more + b"!", ONE)


def test_a_spool_that_is_replaced_while_it_is_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a reader that holds no lock, and finds its content neither there nor in a fragment."""
    append(root, b"first")
    (root / NAME / LOCK_NAME).unlink()
    system_open = OpenContent.open

    def overtaken(journal: str, path: Path) -> OpenContent | None:
        monkeypatch.setattr(OpenContent, "open", system_open)
        with FileStore(root) as store, store.open(NAME) as other:
            other.append(b"second")
            other.roll()
            other.append(b"third")
            other.prune(len(b"firstsecond"))
        return system_open(journal, path)

    monkeypatch.setattr(OpenContent, "open", overtaken)
    with FileStore(root) as store, store.open(NAME) as reader:
        assert reader.read(0) == Chunk(11, b"third")


def test_a_copy_of_an_empty_spool(root: Path, tmp_path: Path) -> None:
    """One without records has no content that could be missing."""
    with FileStore(root) as store, store.open(NAME) as journal:
        journal.append(b"first", union=ONE)
        journal.roll()
    content_of(root).unlink()
    assert state_of(root) == State(b"first", ONE)
    append(root, b"second")
    assert state_of(root) == State(b"firstsecond", ONE)


def roll(journal: Journal) -> None:
    journal.roll()


def append_roll_append(journal: Journal) -> None:
    journal.append(b"x", union=TWO)
    journal.roll()
    journal.append(b"y")


CHANGES: dict[str, tuple[State, Change]] = {
    "append": (State(b"firstsecondx", TWO), lambda j: j.append(b"x", union=TWO)),
    "roll": (State(b"firstsecond", ONE), roll),
    "both": (State(b"firstsecondxy", TWO), append_roll_append),
}


@frozen
class Step:
    """A moment in which a process can die: before a call, with the files as they were."""

    call: str
    files: Path


@contextmanager
def recorded(root: Path) -> Iterator[list[Step]]:
    """Copies of the store before each call that changes or syncs something."""
    taken: list[Step] = []
    taking = threading.Lock()  # two files are synced at once
    calls = [
        (open_content, "write_at"),
        (open_content, "sync_data"),
        (spool, "write_at"),
        (spool, "sync_data"),
        (directory, "sync_data"),
        (directory, "sync_directory"),
        (directory, "write_mark"),
        (os, "ftruncate"),
        (os, "rename"),
        (os, "unlink"),
    ]

    def copying(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def copy_and_call(*args: Any, **kwargs: Any) -> Any:
            with taking:
                copy = root.with_name(f"step{len(taken)}")
                if root.exists():
                    shutil.copytree(root, copy)
                taken.append(Step(name, copy))
            return call(*args, **kwargs)

        return copy_and_call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in calls:
            patch.setattr(owner, name, copying(name, getattr(owner, name)))
        yield taken


def look_at(steps: list[Step], before: State, after: State, between: State | None = None) -> None:
    """At each step: all is there as before or as after, and appends go on after it."""
    assert {"write_at", "sync_data", "write_mark"} <= {step.call for step in steps}
    reached = [before, *([between] if between else []), after]
    for step in steps:
        found = state_of(step.files)
        assert found in reached, step
        del reached[: reached.index(found)]  # and never goes back
        without_lock = step.files.with_name(f"{step.files.name}-without-lock")
        shutil.copytree(step.files, without_lock, ignore=shutil.ignore_patterns(LOCK_NAME))
        assert state_of(without_lock) == found, step
        append(step.files, b"more", fragment_size=3)
        assert state_of(step.files) == State(found.content + b"more", found.registers), step
        names = [FragmentFile.parse(path.name) for path in (step.files / NAME).iterdir()]
        ends = [file.end for file in names if file is not None]
        assert len(ends) == len(set(ends))
        assert content_of(step.files).exists()  # and no other
    assert reached[-1] == after


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("codec", [Codec.RAW, Codec.GZIP])
def test_death_at_any_step(root: Path, change: str, codec: Codec) -> None:
    """A process that dies between any two calls leaves the state before, or that after."""
    after, run = CHANGES[change]
    between = State(b"firstsecondx", TWO) if change == "both" else None
    with FileStore(root, codec=codec) as store, store.open(NAME) as journal:
        journal.append(b"first", union=ONE)
        journal.roll()
        journal.append(b"second")
        with recorded(root) as steps:
            run(journal)
    look_at(steps, State(b"firstsecond", ONE), after, between)


def test_names_that_a_dead_writer_left_are_made_durable(root: Path) -> None:
    """Who finds a name that was not synced syncs it: that of a fragment before the spool which has
    its content is replaced, that of a spool before an append in it is acknowledged.
    """
    with FileStore(root) as store, store.open(NAME) as journal:
        journal.append(b"first")
        with recorded(root) as steps:
            journal.roll()
    rename = os.rename
    fragment, begun = [step.files for step in steps if step.call == "sync_directory"]
    for files, expected in ((fragment, ["names", "rename", "names"]), (begun, ["names"] * 4)):
        events: list[str] = []

        def traced_rename(source: Path, target: Path, events: list[str] = events) -> None:
            rename(source, target)
            events.append("rename")

        def traced_sync(path: Path, events: list[str] = events) -> None:
            durable.sync_directory(path)
            events.append("names")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "rename", traced_rename)
            patch.setattr(directory, "sync_directory", traced_sync)
            append(files, b"second")
        assert events == expected


def test_death_at_the_first_append(root: Path) -> None:
    with recorded(root) as steps:
        append(root, b"first", ONE)
    for step in steps:
        if step.files.exists():
            assert state_of(step.files) in (State(b"", EMPTY), State(b"first", ONE))
            append(step.files, b"more", TWO)
            assert state_of(step.files) in (State(b"more", TWO), State(b"firstmore", TWO))


def test_death_while_pruning(root: Path) -> None:
    """A process that dies in the midst of pruning has pruned from the begin on; the head stays."""
    with FileStore(root) as store, store.open(NAME) as journal:
        for content in (b"zero", b"one", b"two"):
            journal.append(content, union=ONE)
            journal.roll()
        (root / NAME / SPOOL_NAME).unlink()  # as if a broker had written all this
    with recorded(root) as steps, FileStore(root) as store, store.open(NAME) as journal:
        journal.prune(10)
    assert "unlink" in {step.call for step in steps}
    for step in steps:
        with FileStore(step.files) as store, store.open(NAME) as journal:
            assert journal.write_head() == 10
            first = journal.first_offset()
            assert first in (0, 4, 7, 10)
            assert journal.read(0).offset == first
            assert journal.append(b"x") == Appended(10, 11)


@pytest.mark.clause("JRN-2")
def test_what_is_acknowledged_is_durable(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before an append, or a roll, returns: what it wrote was synced after it was written, what it
    renamed was synced before, and the directory of each new name was synced after.
    """
    unsynced: set[int] = set()  # inodes
    unsynced_names: set[Path] = set()
    syncs: list[str] = []
    write_at, sync_data, rename = durable.write_at, durable.sync_data, os.rename
    make = OpenContent.make

    def traced_write(fd: int, content: bytes, position: int) -> None:
        unsynced.add(os.fstat(fd).st_ino)
        write_at(fd, content, position)

    def traced_sync(fd: int) -> None:
        sync_data(fd)
        syncs.append("data")
        unsynced.discard(os.fstat(fd).st_ino)

    def traced_make(path: Path) -> None:
        make(path)
        unsynced_names.add(path.parent)

    def traced_rename(source: Path, target: Path) -> None:
        inode = os.stat(source).st_ino
        assert inode not in unsynced
        if target.name == SPOOL_NAME:
            # Those of its content, and of the fragment that has what the former one had.
            assert not unsynced_names
        rename(source, target)
        unsynced_names.add(target.parent)

    def traced_sync_directory(path: Path) -> None:
        durable.sync_directory(path)
        syncs.append("names")
        unsynced_names.discard(path)

    for module in (spool, open_content):
        monkeypatch.setattr(module, "write_at", traced_write)
    for module in (spool, open_content, directory):
        monkeypatch.setattr(module, "sync_data", traced_sync)
    monkeypatch.setattr(OpenContent, "make", traced_make)
    monkeypatch.setattr(directory, "sync_directory", traced_sync_directory)
    monkeypatch.setattr(os, "rename", traced_rename)

    def settled() -> list[str]:
        assert not unsynced
        assert not unsynced_names
        found = syncs.copy()
        syncs.clear()
        return found

    with FileStore(root) as store, store.open(NAME) as journal:
        unsynced_names.update((root.parent, root, root / "some"))  # where directories are made
        journal.append(b"first")
        assert settled() == ["data"] * 2 + ["names"] * 5
        journal.append(b"second", union=ONE)
        assert settled() == ["data"] * 2
        journal.roll()
        assert settled() == ["data"] * 3 + ["names"] * 2
        with pytest.raises(RegisterMismatch):
            journal.append(b"third", check=LabelSelector(TWO))
        journal.append(b"")
        assert settled() == []
        journal.prune(5)
        journal.prune(11)
        assert settled() == ["names"]


@pytest.mark.parametrize("failing", ["write_at", "sync_data"])
@pytest.mark.parametrize("module", [spool, open_content])
def test_a_failed_write_takes_nothing_along(
    root: Path, module: ModuleType, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full, or fails, the append says so; the journal goes on as if it had not
    been, once the disk does.
    """
    call = getattr(module, failing)
    events: list[str] = []

    def fail(fd: int, content: bytes = b"", position: int = 0) -> None:
        if failing == "write_at":
            call(fd, content[: len(content) // 2], position)
        raise OSError(28, "No space left on device")

    def traced(name: str) -> Callable[..., None]:
        def trace_and_call(*args: Any) -> None:
            events.append(name)
            getattr(durable, name)(*args)

        return trace_and_call

    with FileStore(root) as store, store.open(NAME) as journal:
        journal.append(b"first", union=ONE)
        with monkeypatch.context() as patch:
            patch.setattr(module, failing, fail)
            with pytest.raises(OSError, match="No space"):
                journal.append(b"second", union=TWO)
            for owner in (spool, open_content):
                for name in ("write_at", "sync_data"):
                    patch.setattr(owner, name, traced(name))
            assert journal.read(0) == Chunk(0, b"first")
            assert journal.append(b"third", check=LabelSelector(ONE)) == Appended(5, 10)
            # That there is nothing of the second is durable before the third is written.
            assert events[:2] == ["sync_data"] * 2
            assert sorted(events[2:]) == ["sync_data"] * 2 + ["write_at"] * 2
    assert state_of(root) == State(b"firstthird", ONE)


@pytest.mark.parametrize("codec", [Codec.RAW, Codec.GZIP])
def test_closing_fails_with_the_next_append(
    root: Path, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An append is not failed by the closing of the fragment that it filled."""
    store = FileStore(root, fragment_size=3, codec=codec)
    with store, store.open(NAME) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", lambda *_: os.stat("/there/is/no/such/file"))
            with pytest.raises(OSError, match="such"):
                journal.append(b"zero")
            patch.undo()
            journal.append(b"first")
            patch.setattr(os, "rename", lambda *_: os.stat("/there/is/no/such/file"))
            with pytest.raises(OSError, match="such"):
                journal.append(b"second")
        assert journal.append(b"third") == Appended(5, 10)
        assert content_of(root).exists()  # and no other
    assert state_of(root).content == b"firstthird"


@pytest.mark.parametrize("close", [lambda j: j.roll(), lambda j: j.append(b"never")])
@pytest.mark.parametrize("same", [False, True])
def test_nothing_is_written_into_a_fragment(
    root: Path, close: Change, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the content was renamed and no new spool has taken the place of its own: who has it
    open, and goes on, does so in the next fragment.
    """
    with FileStore(root, fragment_size=3) as store, FileStore(root) as other_store:
        journal, other = store.open(NAME), other_store.open(NAME)
        journal.append(b"first", union=ONE)
        assert other.read(0).content == b"first"

        def die(_: object) -> None:
            # A reader that has it open reads on.
            assert other.read(0).content == b"first"
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(spool.Spool, "take_place", die)
            with pytest.raises(OSError, match="No space"):
                close(journal)
        (fragment,) = (root / NAME).glob("*.raw")
        user = journal if same else other
        assert user.read(0).content == b"first"
        assert user.append(b"second", check=LabelSelector(ONE)) == Appended(5, 11)
        assert fragment.read_bytes() == b"first"
        assert journal.read(5).content == other.read(5).content == b"second"
    assert state_of(root) == State(b"firstsecond", ONE)


def test_an_append_at_the_very_end(root: Path) -> None:
    """Of a process, when the interpreter starts no threads any more."""
    script = f"""
import atexit
from rlog_model.journal.file import FileStore
journal = FileStore({str(root)!r}).open({NAME!r})
atexit.register(lambda: journal.append(b"first"))
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3])
    assert state_of(root) == State(b"first", EMPTY)


def test_threads_share_syncs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Appends that come while a sync is under way share the next one."""
    syncs: list[int] = []

    def slow_sync(fd: int) -> None:
        syncs.append(fd)
        time.sleep(0.01)
        durable.sync_data(fd)

    with FileStore(root) as store, store.open(NAME) as journal:
        journal.append(b"first")
        monkeypatch.setattr(spool, "sync_data", slow_sync)
        threads = [
            threading.Thread(target=lambda: [journal.append(b"x") for _ in range(10)])
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert journal.write_head() == 5 + 80
        assert len(syncs) <= 30


def test_batches_do_not_move_the_borders_of_fragments(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where fragments end does not depend on which appends were committed together."""

    def slow_sync(fd: int) -> None:
        time.sleep(0.01)
        durable.sync_data(fd)

    with FileStore(root, fragment_size=3) as store, store.open(NAME) as journal:
        journal.append(b"x")
        monkeypatch.setattr(spool, "sync_data", slow_sync)
        threads = [threading.Thread(target=lambda: journal.append(b"x")) for _ in range(17)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        journal.roll()
        assert [(r.begin, r.end) for r in journal.prune(18)] == [
            (begin, begin + 3) for begin in range(0, 18, 3)
        ]


def test_a_fragment_that_another_process_pruned_is_gone(root: Path) -> None:
    """A reader that has the fragment open does not give what was deleted."""
    with FileStore(root) as store, store.open(NAME) as journal, FileStore(root) as other:
        journal.append(b"first")
        journal.roll()
        journal.append(b"second")
        assert journal.read(0) == Chunk(0, b"first")
        with other.open(NAME) as second:
            second.prune(5)
        assert journal.read(0) == Chunk(5, b"second")


def test_a_directory_that_is_replaced(root: Path) -> None:
    """A journal of which the directory was deleted begins anew, for whoever has it open, too."""
    with FileStore(root) as store, store.open(NAME) as journal, FileStore(root) as other:
        journal.append(b"first", union=ONE)
        shutil.rmtree(root / NAME)
        assert journal.write_head() == 0
        with other.open(NAME) as second:
            second.append(b"anew")
            assert journal.read(0).content == b"anew"
            second.append(b"!")
            assert journal.read(4).content == b"!"
        assert journal.registers() == EMPTY


def test_a_backup_made_of_links(root: Path, tmp_path: Path) -> None:
    """Another name of the spool's file does not hide that it was replaced."""
    with FileStore(root) as store, store.open(NAME) as journal, FileStore(root) as other:
        journal.append(b"first")
        os.link(spool_of(root), tmp_path / "backup")
        with other.open(NAME) as second:
            second.roll()
            second.append(b"second")
        journal.append(b"third")
    assert state_of(root).content == b"firstsecondthird"


@pytest.mark.parametrize("put", [(0, 8), (0, 20), (3, 8), (3, 20), (8, 20), (10, 20)])
def test_fragments_put_beside_a_spool(root: Path, put: tuple[int, int]) -> None:
    """When fragments are put into the directory that end at or beyond the spool's end, appends go
    on at their end; what the spool held is kept, and a hole is a jump.
    """
    log = b"firstsecondthirdfour"
    append(root, b"firs")
    append(root, b"tsec", ONE)
    begin, end = put
    name = FragmentFile(begin, end, hashlib.sha1(log[begin:end]).hexdigest(), ".raw").name
    (root / NAME / name).write_bytes(log[begin:end])
    append(root, b"!")
    with FileStore(root) as store, store.open(NAME) as journal:
        assert journal.write_head() == end + 1
        assert journal.registers() == ONE
        offset, found = 0, bytearray(b"." * (end + 1))
        while offset <= end:
            chunk = journal.read(offset)
            found[chunk.offset : chunk.end] = chunk.content
            offset = chunk.end
    expected = bytearray(log[:end] + b"!")
    expected[8 : max(8, begin)] = b"." * max(0, begin - 8)
    assert found == expected


def test_a_copy_without_a_lock_is_read_by_its_mark_once_someone_writes_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then there is no mark; from then on what isn't durable yet isn't seen."""
    with FileStore(tmp_path) as store, store.open("a/log") as journal:
        journal.append(b"first")
    (tmp_path / "a/log" / LOCK_NAME).unlink()
    with FileStore(tmp_path) as readers, readers.open("a/log") as reader:
        assert reader.read(0).content == b"first"
        with FileStore(tmp_path) as store, store.open("a/log") as writer:
            seen: list[int] = []
            real = durable.sync_data

            def watched(descriptor: int) -> None:
                seen.append(reader.read(0).end)
                real(descriptor)

            writer.append(b"second")
            for module in (spool, open_content, directory):
                monkeypatch.setattr(module, "sync_data", watched)
            writer.append(b"third")
            assert seen
            assert set(seen) == {len(b"firstsecond")}
            assert reader.read(0).content == b"firstsecondthird"
