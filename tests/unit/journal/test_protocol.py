"""What both kinds of journal promise: jumps, waiting, closing, threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from rlog_model.identity import InvalidLogName
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import (
    HEAD,
    Appended,
    Chunk,
    CorruptFragment,
    EmptyRegisterChange,
    FragmentRange,
    Journal,
    JournalClosed,
    JournalStore,
    OffsetNotYetAvailable,
    RegisterMismatch,
)

NAME = "some/log"


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JournalStore]:
    with MemoryStore() if request.param == "memory" else FileStore(tmp_path / "store") as store:
        yield store


@pytest.fixture
def journal(store: JournalStore) -> Journal:
    return store.open(NAME)


def in_thread(call: Callable[[], object]) -> Callable[[], object]:
    """Start ``call`` in a thread, and let it get going; the answer waits for what it answers."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    time.sleep(0.05)
    assert not future.done()
    return lambda: future.result(5)


@pytest.mark.clause("JRN-3", "JRN-5")
def test_fences(journal: Journal) -> None:
    """The fence of a recorder: each takes the journal over, and the one before is told."""
    first, second = LabelSet.of("author", "1"), LabelSet.of("author", "2")
    journal.append(b"one", check=LabelSelector(first), union=first)
    journal.append(b"two", check=LabelSelector(first))
    journal.append(b"three", union=second)
    with pytest.raises(RegisterMismatch) as mismatch:
        journal.append(b"four", check=LabelSelector(first))
    assert mismatch.value.selector == LabelSelector(first)
    assert mismatch.value.registers == second == journal.registers()
    with pytest.raises(RegisterMismatch):
        journal.append(b"", check=LabelSelector(first))
    assert journal.read(0).content == b"onetwothree"


@pytest.mark.clause("JRN-3")
@pytest.mark.parametrize(
    ("union", "subtract"), [(LabelSet.of("a", "1"), EMPTY), (EMPTY, LabelSet.of("a", "1"))]
)
def test_a_barrier_cannot_change_registers(
    journal: Journal, union: LabelSet, subtract: LabelSet
) -> None:
    journal.append(b"x", union=LabelSet.of("a", "1"))
    with pytest.raises(EmptyRegisterChange):
        journal.append(b"", union=union, subtract=subtract)
    assert journal.registers() == LabelSet.of("a", "1")


@pytest.mark.clause("JRN-3")
def test_a_journal_that_nobody_appended_to_is_empty(journal: Journal) -> None:
    assert journal.append(b"") == Appended(0, 0)
    assert (journal.write_head(), journal.first_offset(), journal.registers()) == (0, 0, EMPTY)
    journal.roll()
    assert journal.prune(1) == ()


@pytest.mark.clause("JRN-7", "JRN-8")
def test_jumps(journal: Journal) -> None:
    """A read of what was deleted says where it goes on; where nothing is left, at the head."""
    for content in (b"zero", b"one", b"two"):
        journal.append(content)
        journal.roll()
    assert journal.prune(6) == (FragmentRange(0, 4),)
    assert journal.read(1) == Chunk(4, b"one")
    assert journal.first_offset() == 4
    assert journal.prune(100) == (FragmentRange(4, 7), FragmentRange(7, 10))
    assert journal.read(1) == Chunk(10, b"")
    assert journal.first_offset() == journal.write_head() == 10
    journal.append(b"three")
    assert journal.read(1) == Chunk(10, b"three")
    assert journal.prune(100) == ()  # the open fragment stays


@pytest.mark.parametrize(("offset", "limit"), [(-2, 1), (0, 0), (0, -1)])
def test_reads_that_make_no_sense(journal: Journal, offset: int, limit: int) -> None:
    with pytest.raises(ValueError, match=NAME):
        journal.read(offset, limit=limit)


@pytest.mark.clause("JRN-6")
@pytest.mark.parametrize("offset", [HEAD, 3, 5])
def test_nothing_at_the_head(journal: Journal, offset: int) -> None:
    """A read at the head, or beyond, ends at once, or when its time is over."""
    journal.append(b"abc")
    for timeout in (0.0, 0.05):
        start = time.monotonic()
        with pytest.raises(OffsetNotYetAvailable) as error:
            journal.read(offset, timeout=timeout)
        assert timeout <= time.monotonic() - start < timeout + 1
        assert (error.value.offset, error.value.head) == (3 if offset == HEAD else offset, 3)


@pytest.mark.clause("JRN-6")
@pytest.mark.parametrize("timeout", [None, 20.0])
def test_a_waiting_read_gets_what_comes(
    store: JournalStore, journal: Journal, timeout: float | None
) -> None:
    """A read at the head waits for the next append, through whichever object it comes."""
    journal.append(b"abc")
    answer = in_thread(lambda: journal.read(HEAD, timeout=timeout))
    beyond = in_thread(lambda: journal.read(5, timeout=timeout))
    with store.open(NAME) as other:
        other.append(b"de")
        assert answer() == Chunk(3, b"de")
        other.append(b"fg")
        assert beyond() == Chunk(5, b"fg")


@pytest.mark.parametrize("whole_store", [False, True])
def test_close_ends_a_waiting_read(
    store: JournalStore, journal: Journal, whole_store: bool
) -> None:
    answer = in_thread(lambda: journal.read(0, timeout=None))
    (store if whole_store else journal).close()
    with pytest.raises(JournalClosed):
        answer()


def test_closed(store: JournalStore) -> None:
    """Nothing can be done with a closed journal; others of the same name are not concerned."""
    with store.open(NAME) as journal, store.open(NAME) as other:
        journal.close()
        journal.close()
        calls: list[Callable[[], object]] = [
            lambda: journal.append(b"x"),
            lambda: journal.read(0),
            journal.registers,
            journal.write_head,
            journal.first_offset,
            journal.roll,
            lambda: journal.prune(0),
        ]
        for call in calls:
            with pytest.raises(JournalClosed):
                call()
        other.append(b"x")
    with store.open(NAME) as again:
        assert again.read(0).content == b"x"
    store.close()
    store.close()
    with pytest.raises(JournalClosed):
        store.open(NAME)


@pytest.mark.parametrize("name", ["", "abc", "/abcd", "abc/../../d", "ab//cd", "a#bcd"])
def test_names(store: JournalStore, name: str) -> None:
    """No name leads out of a store, or to a file of ours."""
    with pytest.raises(InvalidLogName):
        store.open(name)


@pytest.mark.parametrize("name", ["../abcd", "../../abcd", "abcd;../../../x", "abcd;a/../.."])
def test_names_that_lead_out(name: str, tmp_path: Path) -> None:
    """A log can have a name that no directory of the store may have."""
    with FileStore(tmp_path / "store") as store, pytest.raises(InvalidLogName):
        store.open(name)


def test_journals_are_apart(store: JournalStore) -> None:
    """A journal may have a name that goes on from another's, or a fragment's."""
    names = [
        "some",
        "some/log",
        "some/log;x",
        f"some/{0:016x}-{1:016x}-{'0' * 40}.raw",
        "some/.partial-1",
    ]
    for name in names:
        with store.open(name) as journal:
            journal.append(name.encode())
            journal.roll()
            journal.append(b"!")
    for name in names:
        with store.open(name) as journal:
            assert journal.read(0).content == name.encode()
            assert journal.write_head() == len(name) + 1


@pytest.mark.clause("JRN-1")
def test_threads(store: JournalStore) -> None:
    """Appends of many threads, while others read, roll and prune: each is there once, whole, where
    it was said to be, in the order of its thread; each check saw the registers of its moment.
    """
    threads, count = 6, 60
    acknowledged: list[list[tuple[Appended, bytes]]] = [[] for _ in range(threads)]
    start = threading.Barrier(threads + 2)
    taken: list[int] = []

    def write(which: int) -> None:
        with store.open(NAME) as journal:
            start.wait()
            for number in range(count):
                content = f"<{which}:{number}>".encode() * (number % 7 + 1)
                acknowledged[which].append((journal.append(content), content))
                # Registers: of the threads that want a number, one gets it.
                try:
                    now, nxt = LabelSet.of("n", str(number)), LabelSet.of("n", str(number + 1))
                    if number or not journal.registers():
                        check = (
                            LabelSelector(now)
                            if number
                            else LabelSelector(exclude=LabelSet.of("n"))
                        )
                        journal.append(b"!", check=check, union=nxt)
                        taken.append(number)
                except RegisterMismatch:
                    pass

    def roll() -> None:
        with store.open(NAME) as journal:
            start.wait()
            for _ in range(20):
                time.sleep(0.002)
                journal.roll()

    def read() -> bytes:
        content = b""
        with store.open(NAME) as journal:
            start.wait()
            while not content.endswith(b"end"):
                chunk = journal.read(len(content), timeout=10, limit=100)
                assert chunk.offset == len(content)
                content += chunk.content
        return content

    with ThreadPoolExecutor(threads + 2) as pool:
        reader = pool.submit(read)
        others = [pool.submit(write, which) for which in range(threads)] + [pool.submit(roll)]
        for other in others:
            other.result(60)
        with store.open(NAME) as journal:
            journal.append(b"end")
        log = reader.result(60)
    assert len(taken) == len(set(taken))
    everything = sorted((a.begin, a.end, c) for thread in acknowledged for a, c in thread)
    for begin, end, content in everything:
        assert log[begin:end] == content
    assert all(one[1] <= two[0] for one, two in pairwise(everything))
    assert len(log) == sum(len(c) for *_, c in everything) + len(taken) + len(b"end")
    for thread in acknowledged:
        assert thread == sorted(thread, key=lambda pair: pair[0].begin)


def test_errors_say_what_to_do() -> None:
    errors: list[tuple[Exception, str]] = [
        (EmptyRegisterChange(NAME, LabelSet.of("a", "1"), EMPTY), "append content"),
        (RegisterMismatch(NAME, LabelSelector(), LabelSet.of("a", "1")), "a=1"),
        (OffsetNotYetAvailable(NAME, 5, 3), "the head is 3"),
        (JournalClosed(NAME), "open it again"),
        (CorruptFragment(NAME, "some/file", "it is short"), "some/file"),
    ]
    for error, part in errors:
        assert part in str(error)
        assert NAME in str(error)
