"""SQLite on a recorded directory: what it does is in the log, and its errors are told."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from rlog_model.append_queue import ManualAppendQueue
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author
from rlog_model.journal.labels import LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.player import Player
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_start import start_recording
from rlog_model.recorded_tree import unlike
from rlog_model.recorder import Recorder, RecorderFenced
from rlog_model.sqlite_vfs import RecordedVFS

LOG = "logs/one"
MODES = ["delete", "truncate", "persist", "memory", "wal"]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def directory(tmp_path: Path, store: MemoryStore) -> Iterator[RecordedDirectory]:
    directory = start_recording(store, LOG, tmp_path / "recorded")
    yield directory
    directory.recorder.close()


@pytest.fixture
def vfs(directory: RecordedDirectory) -> RecordedVFS:
    return RecordedVFS(directory)


def connect(vfs: RecordedVFS, mode: str = "delete") -> apsw.Connection:
    database = apsw.Connection(vfs.directory.full("/database"), vfs=vfs.name)
    if mode == "wal":
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
    assert database.execute(f"PRAGMA journal_mode = {mode}").get == mode
    return database


def fill(database: apsw.Connection) -> None:
    database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y)")
    for x in range(50):
        database.execute("INSERT INTO t VALUES (?, ?)", (x, bytes(x * 20)))
    database.execute("DELETE FROM t WHERE x % 3 = 0")
    database.execute("VACUUM")


@pytest.mark.parametrize("mode", MODES)
def test_a_database_is_in_the_log_at_each_commit(
    vfs: RecordedVFS, store: MemoryStore, tmp_path: Path, mode: str
) -> None:
    """Played while it is open, without hints, it has all that was committed."""
    with closing(connect(vfs, mode)) as database:
        fill(database)
        player = Player(FSMHints(LOG), tmp_path / "played", store, durable=False)
        player.finish_at_write_head()
        player.play()
    with closing(sqlite3.connect(tmp_path / "played" / "database")) as played:
        assert played.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert played.execute("SELECT count(*), sum(length(y)) FROM t").fetchone() == (33, 16340)
    recorded = vfs.directory
    assert unlike(recorded.full(""), recorded.recorder.recording) == []


def test_a_rollback_is_one(vfs: RecordedVFS) -> None:
    with closing(connect(vfs)) as database:
        fill(database)
        database.execute("BEGIN; DELETE FROM t; ROLLBACK")
        assert database.execute("SELECT count(*) FROM t").get == 33
        assert not os.path.exists(vfs.directory.full("/database-journal"))


def test_a_commit_waits_until_it_is_in_the_log(tmp_path: Path, store: MemoryStore) -> None:
    """With an append queue that never appends, a commit never returns."""
    journal = store.open(LOG)
    queue = ManualAppendQueue(journal)
    (tmp_path / "recorded").mkdir()
    recorder = Recorder(LOG, FSM(LOG), Author(7), tmp_path / "recorded", journal, queue=queue)
    directory = RecordedDirectory(recorder)
    synced: list[int] = []

    def sync(timeout: float | None = None) -> object:
        synced.append(len(queue.waiting))
        queue.commit()
        return recorder.barrier()

    vars(directory)["sync"] = sync
    with closing(connect(RecordedVFS(directory))) as database:
        database.execute("CREATE TABLE t (x)")
        assert synced
        before = len(synced)
        database.execute("INSERT INTO t VALUES (1)")
        # The last thing that a commit does: the journal went, and that has landed.
        assert len(synced) > before
        assert [queued for queued in queue.waiting if queued.content] == []
    queue.commit()


def test_connections_of_one_process_lock_each_other_out(vfs: RecordedVFS) -> None:
    with closing(connect(vfs)) as one, closing(connect(vfs)) as other:
        fill(one)
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(apsw.BusyError):
            other.execute("BEGIN IMMEDIATE")
        one.execute("INSERT INTO t VALUES (1000, 1)")
        reading = other.execute("SELECT * FROM t")
        next(reading)
        with pytest.raises(apsw.BusyError):
            one.execute("COMMIT")
        with pytest.raises(apsw.BusyError), closing(connect(vfs)) as third:
            third.execute("SELECT * FROM t").get  # noqa: B018  # one waits to be alone
        reading.close()
        one.execute("COMMIT")
        assert other.execute("SELECT count(*) FROM t").get == 34


def test_databases_elsewhere_are_as_ever(vfs: RecordedVFS, tmp_path: Path) -> None:
    before = vfs.directory.recorder.recording.fsm.next_seq_no
    with closing(apsw.Connection(str(tmp_path / "other"), vfs=vfs.name)) as database:
        fill(database)
        database.execute("PRAGMA temp_store = FILE")
        database.execute("CREATE TEMP TABLE u AS SELECT * FROM t")
    assert (tmp_path / "other").stat().st_size > 4096
    assert vfs.directory.recorder.recording.fsm.next_seq_no == before


def test_a_database_that_is_only_read(vfs: RecordedVFS) -> None:
    with closing(connect(vfs)) as database:
        fill(database)
    full = vfs.directory.full("/database")
    with closing(apsw.Connection(full, apsw.SQLITE_OPEN_READONLY, vfs=vfs.name)) as database:
        assert database.execute("SELECT count(*) FROM t").get == 33
        with pytest.raises(apsw.ReadOnlyError):
            database.execute("DELETE FROM t")
    with pytest.raises(apsw.CantOpenError):
        apsw.Connection(full + ".none", apsw.SQLITE_OPEN_READONLY, vfs=vfs.name)


def test_a_fenced_database_changes_no_more(vfs: RecordedVFS, store: MemoryStore) -> None:
    with closing(connect(vfs)) as database:
        fill(database)
        store.open(LOG).append(b"x", union=LabelSet.of(FENCE_REGISTER, Author(8).fence()))
        with pytest.raises(RecorderFenced):
            database.execute("INSERT INTO t VALUES (1000, 1)")
        with pytest.raises((RecorderFenced, apsw.Error)):
            database.execute("INSERT INTO t VALUES (1001, 1)")


def test_a_full_disk_is_told_as_one(vfs: RecordedVFS, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, content: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with closing(connect(vfs)) as database:
        fill(database)
        with monkeypatch.context() as patched:
            patched.setattr(os, "pwrite", full)
            with pytest.raises(apsw.FullError):
                database.execute("INSERT INTO t VALUES (1000, zeroblob(100000))")
        database.execute("INSERT INTO t VALUES (1000, 1)")
        assert database.execute("PRAGMA integrity_check").get == "ok"
    assert unlike(vfs.directory.full(""), vfs.directory.recorder.recording) == []
