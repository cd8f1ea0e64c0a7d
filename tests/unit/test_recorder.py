"""Recorders of real directories, and the queues that their appends wait in."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from rlog_model import append_queue
from rlog_model.append_queue import Landing, ManualAppendQueue, QueueDropped, ThreadedAppendQueue
from rlog_model.file_tree import FileTree
from rlog_model.framing import Frame, Framer
from rlog_model.fsm import FSM
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import Appended, Journal, RegisterMismatch
from rlog_model.namespace import OpenFlags
from rlog_model.operation import Create, Property, RecordedOp, Unlink
from rlog_model.player import Player
from rlog_model.recorder import (
    FileRecorder,
    NotRecorded,
    Recorder,
    RecorderClosed,
    RecorderFenced,
    open_flags,
    random_author,
)
from rlog_model.recording_refused import Reason, RecordingRefused
from rlog_model.wire import decode_op, encode_op

LOG = "logs/one"
MINE = Author(7)
FENCE = LabelSet.of(FENCE_REGISTER, MINE.fence())
THEIRS = LabelSet.of(FENCE_REGISTER, Author(8).fence())


class Watched:
    """A journal that shows its appends, and may be made to wait, or to fail."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.appends: list[tuple[bytes, LabelSelector | None, LabelSet]] = []
        self.go = threading.Event()
        self.go.set()
        self.entered = threading.Event()
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    def append(
        self,
        content: bytes,
        *,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
        subtract: LabelSet = EMPTY,
    ) -> Appended:
        self.entered.set()
        assert self.go.wait(10)
        if self.error is not None:
            raise self.error
        self.appends.append((content, check, union))
        return self._journal.append(content, check=check, union=union, subtract=subtract)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def watched(store: MemoryStore) -> Watched:
    return Watched(store.open(LOG))


@pytest.fixture
def journal(watched: Watched) -> Journal:
    return watched  # type: ignore[return-value]  # all that is not in it is the journal's


@pytest.fixture
def queue(journal: Journal) -> ManualAppendQueue:
    return ManualAppendQueue(journal)


@pytest.fixture
def recorder(tmp_path: Path, journal: Journal, queue: ManualAppendQueue) -> Recorder:
    return Recorder(LOG, FSM(LOG), MINE, tmp_path, journal, queue=queue)


def content_of(journal: Journal) -> bytes:
    content = b""
    while len(content) < journal.write_head():
        content += journal.read(len(content)).content
    return content


def operations(journal: Journal) -> list[RecordedOp]:
    framer = Framer.at(0).feed(content_of(journal))
    found: list[RecordedOp] = []
    while True:
        framer, frame = framer.next()
        if frame is None:
            return found
        if isinstance(frame, Frame):
            op = decode_op(frame.payload)
            found.append(op)
            framer = framer.expect_raw(op.raw_length) if op.raw_length else framer


# Queues


@pytest.fixture(params=[ThreadedAppendQueue, ManualAppendQueue])
def any_queue(request: pytest.FixtureRequest, journal: Journal) -> object:
    return request.param(journal)


@pytest.mark.clause("REC-15")
def test_appends_land_in_order_each_whole(any_queue: ManualAppendQueue, journal: Journal) -> None:
    parts = [str(n).encode() * n for n in range(1, 50)]
    futures = [any_queue.submit(part).future for part in parts]
    any_queue.close()
    assert content_of(journal) == b"".join(parts)
    end = 0
    for part, future in zip(parts, futures, strict=True):
        assert future.result(10) == Appended(end, end + len(part))
        end += len(part)


def test_what_comes_after_closing_is_dropped(any_queue: ManualAppendQueue) -> None:
    any_queue.close()
    any_queue.close()
    with pytest.raises(QueueDropped, match="did not land"):
        any_queue.submit(b"x").future.result(10)


@pytest.mark.clause("REC-15")
def test_nothing_lands_behind_a_gap(watched: Watched, any_queue: ManualAppendQueue) -> None:
    watched.error = OSError("disk full")
    futures = [any_queue.submit(content).future for content in (b"1", b"2")]
    if isinstance(any_queue, ManualAppendQueue):
        any_queue.commit(1)
    assert [future.exception(10) for future in futures] == [watched.error] * 2
    first, watched.error = watched.error, None
    any_queue.drop()
    assert any_queue.submit(b"3").future.exception(10) is first
    any_queue.close()
    assert watched.appends == []


def test_append_cannot_be_cancelled(any_queue: ManualAppendQueue, journal: Journal) -> None:
    future = any_queue.submit(b"1").future
    future.cancel()
    any_queue.close()
    assert future.result(10) == Appended(0, 1)


def test_what_follows_is_called_in_order_before_the_future(any_queue: ManualAppendQueue) -> None:
    told: list[tuple[str, Appended]] = []
    for content in (b"1", b"", b"23"):
        landing = any_queue.submit(content, then=lambda landed: told.append(("then", landed)))
        landing.future.add_done_callback(lambda done: told.append(("future", done.result())))
    any_queue.close()
    ends = [Appended(0, 1), Appended(1, 1), Appended(1, 3)]
    for kind in ("then", "future"):
        assert [end for what, end in told if what == kind] == ends
    assert all(told.index(("then", end)) < told.index(("future", end)) for end in ends)


def test_what_follows_a_row_is_called_once(watched: Watched, journal: Journal) -> None:
    watched.go.clear()
    queue = ThreadedAppendQueue(journal)
    queue.submit(b"first")
    assert watched.entered.wait(10)
    told: list[Appended] = []
    others: list[Appended] = []
    for content, then in ((b"1", told), (b"22", told), (b"3", others), (b"4", told)):
        queue.submit(content, then=then.append)
    watched.go.set()
    queue.close()
    assert told == [Appended(5, 8), Appended(9, 10)]
    assert others == [Appended(8, 9)]


def test_a_failure_is_told_as_who_queued_tells_it(
    watched: Watched, any_queue: ManualAppendQueue
) -> None:
    watched.error = OSError("disk full")
    mine = KeyError("mine")
    sent = any_queue.submit(b"1", fails=lambda error: mine if error is watched.error else error)
    any_queue.close()
    late = any_queue.submit(b"2", fails=lambda error: mine if error is watched.error else error)
    assert [sent.future.exception(10), late.future.exception(10)] == [mine, mine]


def test_a_future_is_one_whenever_it_is_asked_for(any_queue: ManualAppendQueue) -> None:
    early, late = any_queue.submit(b"1"), any_queue.submit(b"2")
    future = early.future
    any_queue.close()
    assert future is early.future
    assert future.result(10) == Appended(0, 1)
    assert late.future is late.future
    assert late.future.result(10) == Appended(1, 2)


def test_what_waits_together_shares_an_append(watched: Watched, journal: Journal) -> None:
    watched.go.clear()
    queue = ThreadedAppendQueue(journal)
    check = LabelSelector(include=FENCE)
    queue.submit(b"first")
    assert watched.entered.wait(10)
    for content, asked, union in (
        (b"a", None, EMPTY),
        (b"b", None, EMPTY),
        (b"", None, EMPTY),
        (b"c", check, EMPTY),
        (b"d", check, EMPTY),
        (b"e", check, FENCE),
    ):
        queue.submit(content, asked, union)
    watched.go.set()
    queue.close()
    assert watched.appends == [
        (b"first", None, EMPTY),
        (b"ab", None, EMPTY),
        (b"cd", check, EMPTY),
        (b"e", check, FENCE),
    ]


def test_batch_is_bounded(
    watched: Watched, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(append_queue, "MAX_BATCH", 4)
    watched.go.clear()
    queue = ThreadedAppendQueue(journal)
    queue.submit(b"1")
    assert watched.entered.wait(10)
    for content in (b"22", b"22", b"3", b"55555", b"4"):
        queue.submit(content)
    watched.go.set()
    queue.close()
    assert [content for content, _, _ in watched.appends] == [b"1", b"2222", b"3", b"55555", b"4"]


def test_queue_starts_no_thread_before_it_is_used(journal: Journal) -> None:
    threads = threading.active_count()
    queue = ThreadedAppendQueue(journal)
    assert threading.active_count() == threads
    queue.close()
    queue = ThreadedAppendQueue(journal)
    queue.submit(b"x").future.result(10)
    (thread,) = (t for t in threading.enumerate() if t.name == f"append to {LOG}")
    assert thread.daemon
    queue.close()
    assert not thread.is_alive()


def test_dropped_queue_lands_what_was_sent_and_fails_the_rest(
    watched: Watched, journal: Journal
) -> None:
    watched.go.clear()
    queue = ThreadedAppendQueue(journal)
    sent = queue.submit(b"1").future
    assert watched.entered.wait(10)
    waiting = queue.submit(b"2").future
    queue.drop()
    assert isinstance(waiting.exception(10), QueueDropped)
    watched.go.set()
    assert sent.result(10) == Appended(0, 1)
    queue.close()
    assert content_of(journal) == b"1"


@pytest.mark.parametrize("ends", ["landed", "failed"])
def test_who_records_waits_for_room(
    tmp_path: Path,
    watched: Watched,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    ends: str,
) -> None:
    """Else a program that writes faster than its journal fills the memory."""
    monkeypatch.setattr(append_queue, "MOST_WAITING", 100)
    with Recorder(LOG, FSM(LOG), MINE, tmp_path, journal) as recorder:
        fnode = recorder.record_create(tmp_path / "a").fnode
        assert fnode is not None
        recorder.barrier().result(10)
        watched.go.clear()
        watched.entered.clear()
        recorder.record_write_at(fnode, b"1", 0)
        assert watched.entered.wait(10)
        recorder.record_write_at(fnode, bytes(200), 1)
        written: list[object] = []

        def write() -> None:
            with contextlib.suppress(OSError):
                written.append(recorder.record_write_at(fnode, b"2", 201))

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert written == []
        # Others are not kept from the recorder.
        assert recorder.recording.pending > 200
        if ends == "failed":
            watched.error = OSError("disk full")
        watched.go.set()
        thread.join(10)
        assert not thread.is_alive()
        assert len(written) == (ends == "landed")


def test_manual_queue_commits_when_it_is_told(watched: Watched, queue: ManualAppendQueue) -> None:
    for content in (b"1", b"2", b"3", b"4"):
        queue.submit(content)
    queue.commit(0)
    assert [waiting.content for waiting in queue.waiting] == [b"1", b"2", b"3", b"4"]
    queue.commit(2)
    assert [waiting.content for waiting in queue.waiting] == [b"3", b"4"]
    assert [content for content, _, _ in watched.appends] == [b"1", b"2"]
    queue.commit(99)
    assert queue.waiting == ()


# Recorders


def test_events_become_operations_of_the_log(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, journal: Journal
) -> None:
    event = recorder.record_create(tmp_path / "a")
    assert event.fnode == 1
    assert not event.landed.done()
    fnode = recorder.record_open_file(tmp_path / "a", os.O_WRONLY | os.O_TRUNC).fnode
    assert fnode == 3
    recorder.record_write_at(Fnode(3), b"data", 0)
    recorder.record_link(tmp_path / "a", tmp_path / "d" / "b")
    recorder.record_remove(tmp_path / "a")
    recorder.record_rename(tmp_path / "d", tmp_path / "e")
    assert len(queue.waiting) == 6
    queue.commit()
    assert event.landed.result(0).begin == 0
    tree = FileTree()
    for op in operations(journal):
        tree = tree.apply(op, b"data" if op.raw_length else b"")
    assert tree.snapshot().files == (("/e/b", b"data"),)
    assert recorder.recording.head == journal.write_head()
    assert recorder.recording.pending == 0


def test_event_without_a_trace_lands_with_what_was_before(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue
) -> None:
    created = recorder.record_create(tmp_path / "a")
    opened = recorder.record_open_file(tmp_path / "a", os.O_RDONLY)
    assert opened.fnode == created.fnode
    assert opened.landed is created.landed
    queue.commit()


def test_event_of_a_fresh_recorder_without_a_trace_has_landed(
    tmp_path: Path, journal: Journal, queue: ManualAppendQueue
) -> None:
    journal.append(b"others'")
    (tmp_path / "a").touch()
    fsm = FSM(LOG)
    op = RecordedOp(1, 0, Author(3), Create("/a"), 0, 7, LOG)
    recorder = Recorder(LOG, fsm.apply(op, b"").fsm, MINE, tmp_path, journal, queue=queue)
    event = recorder.record_open_file(tmp_path / "a", os.O_RDONLY)
    assert event.landed.result(0) == Appended(7, 7)
    assert recorder.recording.head == 7


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (os.O_RDONLY, OpenFlags.READ),
        (os.O_WRONLY | os.O_CLOEXEC, OpenFlags.WRITE),
        (os.O_RDWR | os.O_CREAT | os.O_EXCL, ~(OpenFlags.TRUNCATE | OpenFlags.APPEND)),
        (
            os.O_WRONLY | os.O_TRUNC | os.O_APPEND,
            OpenFlags.WRITE | OpenFlags.TRUNCATE | OpenFlags.APPEND,
        ),
        (os.O_WRONLY | os.O_RDWR, OpenFlags(0)),
    ],
)
def test_flags_of_open(flags: int, expected: OpenFlags) -> None:
    assert open_flags(flags) == expected


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="Linux has files without a path")
def test_file_without_a_path_is_refused(tmp_path: Path, recorder: Recorder) -> None:
    assert open_flags(os.O_RDONLY | os.O_DIRECTORY) == OpenFlags.READ
    with pytest.raises(RecordingRefused) as raised:
        recorder.record_open_file(tmp_path / "a", os.O_TMPFILE | os.O_RDWR)
    assert raised.value.reason is Reason.FLAGS


def test_property_is_read_from_the_directory(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, journal: Journal
) -> None:
    recorder.record_create(tmp_path / "tmp")
    recorder.record_write_at(Fnode(1), b"id", 0)
    (tmp_path / "IDENTITY").write_bytes(b"id")
    recorder.record_rename(tmp_path / "tmp", tmp_path / "IDENTITY")
    queue.commit()
    assert [op.change for op in operations(journal)][2:] == [
        Property("/IDENTITY", b"id"),
        Unlink(Fnode(1), "/tmp"),
    ]


def test_directory_renamed_onto_a_property_path_is_refused(
    tmp_path: Path, recorder: Recorder
) -> None:
    recorder.record_create(tmp_path / "d" / "a")
    (tmp_path / "IDENTITY").mkdir()
    recorder.record_rename(tmp_path / "d", tmp_path / "IDENTITY")
    with pytest.raises(RecordingRefused):
        recorder.record_rename(tmp_path / "new", tmp_path / "IDENTITY")


def test_truncation_reads_the_file_only_if_it_must(tmp_path: Path, recorder: Recorder) -> None:
    recorder.record_create(tmp_path / "a")
    recorder.record_write_at(Fnode(1), b"12345", 0)
    read: list[int] = []

    def content(size: int) -> Callable[[], bytes]:
        def reading() -> bytes:
            read.append(size)
            return b"12345"[:size]

        return reading

    assert recorder.record_truncate(Fnode(1), 8, content(8)).fnode == 1
    assert recorder.record_truncate(Fnode(1), 8, content(8)).fnode == 1
    assert recorder.record_truncate(Fnode(1), 3, content(3)).fnode == 5
    assert recorder.record_truncate(Fnode(1), 0, content(0)).fnode == 8
    assert read == [3]


def test_paths_lie_below_the_directory(
    tmp_path: Path, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path, tmp_path.parent / "a", Path(f"{tmp_path}x"), tmp_path / ".." / "a"):
        with pytest.raises(NotRecorded, match="is not below"):
            recorder.record_create(path)
    monkeypatch.chdir(tmp_path)
    recorder.record_create("d/../a//")
    assert list(recorder.recording.fsm.links) == ["/a"]


def test_root_can_be_recorded(journal: Journal, queue: ManualAppendQueue) -> None:
    recorder = Recorder(LOG, FSM(LOG), MINE, "/", journal, queue=queue)
    recorder.record_create("/a")
    assert list(recorder.recording.fsm.links) == ["/a"]


def test_refused_event_leaves_all_as_it_was(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue
) -> None:
    recorder.record_create(tmp_path / "a")
    recording = recorder.recording
    with pytest.raises(RecordingRefused):
        recorder.record_link(tmp_path / "a", tmp_path / "a")
    assert recorder.recording == recording
    assert len(queue.waiting) == 1


def test_file_recorder_goes_on_where_it_was(tmp_path: Path, recorder: Recorder) -> None:
    fnode = recorder.record_create(tmp_path / "a").fnode
    assert fnode is not None
    file = FileRecorder(recorder, fnode)
    file.record_write(b"123")
    file.record_write_at(b"x", 7)
    file.record_write(b"45")
    assert file.offset == 5
    assert recorder.recording.books.sizes[fnode] == 8
    assert FileRecorder(recorder, fnode, 8).offset == 8


@pytest.mark.clause("AUT-4")
def test_every_append_has_the_check(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, watched: Watched
) -> None:
    recorder.record_create(tmp_path / "a")
    recorder.barrier()
    queue.commit()
    assert [asked[1:] for asked in watched.appends] == [(LabelSelector(include=FENCE), EMPTY)] * 2


def test_recorder_without_checks(tmp_path: Path, watched: Watched, journal: Journal) -> None:
    with Recorder(LOG, FSM(LOG), MINE, tmp_path, journal, check_registers=False) as recorder:
        recorder.record_create(tmp_path / "a")
    assert [asked[1:] for asked in watched.appends] == [(None, EMPTY)]


@pytest.mark.clause("LOG-2", "REC-11")
def test_recorder_that_moves_fences_the_log(tmp_path: Path, store: MemoryStore) -> None:
    there = store.open("logs/two")
    there.append(b"x", union=THEIRS)
    recorder = Recorder("logs/two", FSM(LOG), MINE, tmp_path, there)
    recorder.record_create(tmp_path / "a").landed.result(10)
    assert there.registers() == FENCE
    recorder.close()


@pytest.mark.clause("REC-15", "BAR-5")
def test_barrier_is_the_head_behind_what_was_recorded(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, journal: Journal
) -> None:
    recorder.record_create(tmp_path / "a")
    barrier = recorder.barrier()
    other = journal.append(b"others'")
    assert not barrier.done()
    queue.commit()
    head = journal.write_head()
    assert barrier.result(0) == Appended(head, head)
    assert head > other.end
    assert recorder.recording.head == head


@pytest.mark.clause("BAR-7")
def test_barrier_waits_for_others(recorder: Recorder, queue: ManualAppendQueue) -> None:
    others: list[Future[Appended]] = [Future(), Future()]
    barriers = [recorder.barrier(iter(others)), recorder.barrier(reversed(others))]
    for other in others:
        assert queue.waiting == ()
        other.set_result(Appended(0, 0))
    queue.commit()
    assert all(barrier.done() for barrier in barriers)


@pytest.mark.clause("BAR-7")
def test_barrier_fails_with_what_it_waits_for(recorder: Recorder, queue: ManualAppendQueue) -> None:
    others: list[Future[Appended]] = [Future(), Future()]
    barrier = recorder.barrier(others)
    error = OSError("elsewhere")
    for other in reversed(others):
        other.set_exception(error)
    assert barrier.exception(0) is error
    assert queue.waiting == ()
    recorder.barrier()


def test_barrier_fails_with_what_was_cancelled(
    recorder: Recorder, queue: ManualAppendQueue
) -> None:
    other: Future[Appended] = Future()
    barrier = recorder.barrier([other])
    other.cancel()
    assert barrier.exception(0) is not None
    assert queue.waiting == ()


@pytest.mark.clause("AUT-4")
def test_recorder_that_lost_its_log_learns_it(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, journal: Journal
) -> None:
    landed = recorder.record_create(tmp_path / "a").landed
    queue.commit()
    journal.append(b"handoff", union=THEIRS)
    lost = recorder.record_create(tmp_path / "b").landed
    also = recorder.record_write_at(Fnode(1), b"x", 0).landed
    assert not recorder.fenced
    queue.commit()
    assert landed.exception(0) is None
    fenced = recorder.fenced
    assert lost.exception(0) is fenced
    assert also.exception(0) is fenced
    assert isinstance(fenced, RecorderFenced)
    assert (fenced.log, fenced.author, fenced.registers) == (LOG, MINE, THEIRS)
    assert str(fenced) == (
        "author 7 has lost logs/one: its registers are now author=8. What was recorded and did not "
        "land is lost; stop, and recover anew"
    )
    for call in (
        lambda: recorder.record_create(tmp_path / "c"),
        lambda: recorder.record_write_at(Fnode(1), b"x", 0),
        recorder.barrier,
        recorder.build_hints,
    ):
        with pytest.raises(RecorderFenced):
            call()
    assert content_of(journal).endswith(b"handoff")


@pytest.mark.clause("AUT-4", "BAR-4")
def test_recorder_learns_by_a_barrier(
    recorder: Recorder, queue: ManualAppendQueue, journal: Journal
) -> None:
    journal.append(b"handoff", union=THEIRS)
    barrier = recorder.barrier()
    queue.commit()
    assert isinstance(barrier.exception(0), RecorderFenced)
    assert recorder.fenced is not None


@pytest.mark.clause("REC-15")
def test_recorder_ends_with_the_first_failure(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, watched: Watched
) -> None:
    watched.error = OSError("disk full")
    lost = recorder.record_create(tmp_path / "a").landed
    queue.commit()
    assert lost.exception(0) is watched.error
    assert recorder.fenced is None
    for call in (lambda: recorder.record_create(tmp_path / "b"), recorder.build_hints):
        with pytest.raises(OSError, match="disk full"):
            call()


def test_dropped_queue_fails_what_was_recorded(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue
) -> None:
    lost = recorder.record_create(tmp_path / "a").landed
    queue.drop()
    assert isinstance(lost.exception(0), QueueDropped)
    with pytest.raises(QueueDropped):
        recorder.build_hints()


@pytest.mark.clause("REC-14")
def test_hints_wait_for_what_they_rest_on(
    tmp_path: Path, recorder: Recorder, queue: ManualAppendQueue, journal: Journal
) -> None:
    assert recorder.build_hints().live_nodes == ()
    recorder.record_create(tmp_path / "a")
    with pytest.raises(TimeoutError):
        recorder.build_hints(timeout=0)
    queue.commit()
    recorder.record_write_at(Fnode(1), b"x", 0)
    queue.commit()
    hints = recorder.build_hints(timeout=0)
    assert hints.live_nodes[0].segments[0].last_seq_no == 2


def test_hints_are_of_the_moment_at_which_they_were_asked_for(
    tmp_path: Path, watched: Watched, journal: Journal
) -> None:
    with Recorder(LOG, FSM(LOG), MINE, tmp_path, journal) as recorder:
        watched.go.clear()
        recorder.record_create(tmp_path / "a")
        asked: list[int] = []
        thread = threading.Thread(
            target=lambda: asked.append(len(recorder.build_hints().live_nodes))
        )
        thread.start()
        while not recorder.recording.fsm.links or not thread.is_alive():
            pass
        thread.join(0.2)
        assert asked == []
        recorder.record_create(tmp_path / "b")
        watched.go.set()
        thread.join(10)
    assert asked == [1]


class AtOnce(ManualAppendQueue):
    """Every append has landed, or failed, before ``submit`` returns."""

    def submit(self, *args: object, **kwargs: object) -> Landing:
        landed = super().submit(*args, **kwargs)  # type: ignore[arg-type]
        self.commit()
        return landed


def test_queue_may_answer_at_once(tmp_path: Path, journal: Journal) -> None:
    """The thread of a queue can be that fast."""
    recorder = Recorder(LOG, FSM(LOG), MINE, tmp_path, journal, queue=AtOnce(journal))
    assert recorder.record_create(tmp_path / "a").landed.done()
    assert recorder.recording.pending == 0
    assert recorder.barrier().done()
    journal.append(b"handoff", union=THEIRS)
    assert isinstance(recorder.record_create(tmp_path / "b").landed.exception(0), RecorderFenced)


def test_events_of_several_threads_are_one_branch(tmp_path: Path, journal: Journal) -> None:
    interval = sys.getswitchinterval()
    go = threading.Event()
    with Recorder(LOG, FSM(LOG), MINE, tmp_path, journal) as recorder:
        recorder.barrier().result(10)

        def work(name: str) -> None:
            go.wait(10)
            fnode = recorder.record_create(tmp_path / name).fnode
            assert fnode is not None
            for offset in range(100):
                event = recorder.record_write_at(fnode, b"x", offset)
                if offset % 10 == 0:
                    event.landed.result(10)

        threads = [threading.Thread(target=work, args=(f"f{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        # All threads are there by now: coverage can't begin to trace two of them at once.
        sys.setswitchinterval(1e-6)
        try:
            go.set()
            for thread in threads:
                thread.join(60)
        finally:
            sys.setswitchinterval(interval)
    fsm = FSM(LOG)
    assert [op.seq_no for op in operations(journal)] == list(range(1, 405))
    assert recorder.recording.fsm.next_seq_no == 405
    assert (recorder.recording.head, recorder.recording.pending) == (journal.write_head(), 0)
    for op in operations(journal):
        assert op.seq_no == fsm.next_seq_no
        fsm = fsm.apply(op, encode_op(op)).fsm
    assert fsm.next_checksum == recorder.recording.fsm.next_checksum


@pytest.mark.clause("THM-1")
def test_hints_lead_a_player_to_the_directory(tmp_path: Path, store: MemoryStore) -> None:
    directory = tmp_path / "recorded"
    directory.mkdir()
    with Recorder(LOG, FSM(LOG), MINE, directory, store.open(LOG)) as recorder:
        for name, content in (("a", b"1"), ("tmp", b"id")):
            (directory / name).write_bytes(content)
            fnode = recorder.record_create(directory / name).fnode
            assert fnode is not None
            recorder.record_write_at(fnode, content, 0)
        os.link(directory / "a", directory / "b")
        recorder.record_link(directory / "a", directory / "b")
        os.rename(directory / "tmp", directory / "IDENTITY")
        recorder.record_rename(directory / "tmp", directory / "IDENTITY")
        hints = recorder.build_hints(10)
    player = Player(hints, tmp_path / "played", store)
    player.finish_at_write_head()
    player.play()
    names = {path.name: path.read_bytes() for path in (tmp_path / "played").iterdir()}
    assert names == {"a": b"1", "b": b"1", "IDENTITY": b"id"}
    assert os.path.samefile(tmp_path / "played" / "a", tmp_path / "played" / "b")


@pytest.mark.clause("AUT-1")
def test_authors_are_drawn() -> None:
    authors = {random_author() for _ in range(10)}
    assert len(authors) == 10
    assert 0 not in authors
    assert max(authors) > 1 << 16


def test_mismatch_is_of_the_register(journal: Journal) -> None:
    journal.append(b"x", union=THEIRS)
    with pytest.raises(RegisterMismatch):
        journal.append(b"y", check=LabelSelector(include=FENCE))


def test_a_barrier_waits_for_many_appends_that_have_landed_already(
    tmp_path: Path, store: MemoryStore
) -> None:
    """However many they are: it is not a call within a call for each."""
    with Recorder(LOG, FSM(LOG), MINE, tmp_path, store.open(LOG)) as recorder:
        landed = [recorder.record_create(tmp_path / f"f{n}").landed for n in range(3000)]
        recorder.build_hints(timeout=60)
        assert recorder.barrier(landed).result(10).begin == store.open(LOG).write_head()


def test_a_closed_recorder_records_nothing_and_still_gives_hints(
    tmp_path: Path, store: MemoryStore
) -> None:
    recorder = Recorder(LOG, FSM(LOG), MINE, tmp_path, store.open(LOG))
    recorder.record_create(tmp_path / "a")
    recorder.close()
    before = recorder.recording
    with pytest.raises(RecorderClosed, match="was not recorded"):
        recorder.record_create(tmp_path / "b")
    with pytest.raises(RecorderClosed):
        recorder.barrier()
    assert recorder.recording == before
    assert [node.fnode for node in recorder.build_hints(timeout=0).live_nodes] == [1]


def test_an_interrupt_in_the_queue_leaves_nobody_waiting(
    tmp_path: Path, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends the thread of the appends, be it no Exception, fails them."""
    journal = store.open(LOG)
    recorder = Recorder(LOG, FSM(LOG), MINE, tmp_path, journal, queue=ManualAppendQueue(journal))

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    landed = recorder.record_create(tmp_path / "a").landed
    queue = recorder._queue
    assert isinstance(queue, ManualAppendQueue)
    monkeypatch.setattr(type(journal), "append", interrupted)
    with pytest.raises(KeyboardInterrupt):
        queue.commit()
    with pytest.raises(OSError, match="may have landed or not"):
        landed.result(0)


def test_sizes_of_a_played_directory_are_known(tmp_path: Path, store: MemoryStore) -> None:
    """So a file that is extended is not written anew."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    with Recorder(LOG, FSM(LOG), MINE, first, store.open(LOG)) as recorder:
        fnode = recorder.record_create(first / "a").fnode
        assert fnode is not None
        recorder.record_write_at(fnode, bytes(1000), 0)
        hints = recorder.build_hints(timeout=10)
    player = Player(hints, second, store)
    player.finish_at_write_head()
    fsm = player.play()
    with Recorder(LOG, fsm, Author(8), second, store.open(LOG), check_registers=False) as recorder:
        head = store.open(LOG).write_head()
        event = recorder.record_truncate(fnode, 2000, lambda: bytes(2000))
        assert event.fnode == fnode
        assert event.landed.result(10).end - head < 100
