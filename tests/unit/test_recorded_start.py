"""How a recording begins: with what the log has, or with what the directory has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rlog_model.disk_and_log import CannotBeRecorded
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import Author
from rlog_model.journal.memory import MemoryStore
from rlog_model.namespace import OpenFlags
from rlog_model.player import Player
from rlog_model.recorded_start import IMPORTING, ImportInterrupted, start_recording
from rlog_model.recorded_tree import unlike
from rlog_model.recorder import RecordedEvent, Recorder, RecorderFenced
from rlog_model.staging import TargetNotEmpty

LOG = "logs/one"
WRITE = OpenFlags.WRITE | OpenFlags.CREATE


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A directory with all that can be recorded."""
    full = tmp_path / "full"
    (full / "d" / "empty").mkdir(parents=True)
    (full / "a").write_bytes(b"one")
    (full / "d" / "big").write_bytes(os.urandom(3 << 20))
    (full / "d" / "linked").hardlink_to(full / "a")
    (full / "IDENTITY").write_bytes(b"me")
    (full / os.fsdecode(b"\xff")).write_bytes(b"")
    return full


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def played(store: MemoryStore, target: Path) -> FSM:
    player = Player(FSMHints(LOG), target, store, durable=False)
    player.finish_at_write_head()
    return player.play()


def test_files_that_are_there_are_recorded_first(
    store: MemoryStore, full: Path, tmp_path: Path
) -> None:
    recorded = start_recording(store, LOG, full)
    with recorded.open("/later", WRITE) as file:
        file.write(b"two")
    with recorded.open("/a", OpenFlags.WRITE) as file:
        file.write(b"ONE")
    assert unlike(full, recorded.recorder.recording) == []
    recorded.recorder.close()
    fsm = played(store, tmp_path / "played")
    assert snapshot(tmp_path / "played") == snapshot(full)
    assert fsm.links["/a"] == fsm.links["/d/linked"]
    assert list(fsm.properties) == ["/IDENTITY"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_log_that_has_a_part_of_a_directory_is_not_gone_on_from(
    store: MemoryStore, full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far the import came. The log and the directory stay as they are."""
    before = snapshot(full)
    real, last = Recorder.record_create, "/" + os.fsdecode(b"\xff")

    def interrupted(self: Recorder, path: str) -> RecordedEvent:
        if path.endswith(last):
            raise KeyboardInterrupt
        return real(self, path)

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "record_create", interrupted)
        with pytest.raises(KeyboardInterrupt):
            start_recording(store, LOG, full)
    with store.open(LOG) as journal:
        head = journal.write_head()
        with pytest.raises(ImportInterrupted, match="begin again with another log"):
            start_recording(store, LOG, tmp_path / "new")
        assert journal.write_head() == head
    assert not (tmp_path / "new").exists()
    assert IMPORTING in played(store, tmp_path / "played").links
    assert snapshot(full) == before
    again = start_recording(store, "logs/two", full)
    assert unlike(full, again.recorder.recording) == []
    again.recorder.close()
    start_recording(store, "logs/two", tmp_path / "new").recorder.close()
    assert snapshot(tmp_path / "new") == before
    (full / IMPORTING[1:]).touch()
    with pytest.raises(CannotBeRecorded):
        start_recording(store, "logs/three", full)


def test_a_recording_goes_on_where_the_log_ends_and_fences_the_one_before(
    store: MemoryStore, tmp_path: Path
) -> None:
    first = start_recording(store, LOG, tmp_path / "first", author=Author(1))
    with first.open("/a", WRITE) as file:
        file.write(b"one")
    hints = first.recorder.build_hints()
    (tmp_path / "second").mkdir()
    second = start_recording(store, LOG, tmp_path / "second", hints)
    assert snapshot(tmp_path / "second") == {"a": b"one"}
    second.rename("/a", "/b")
    second.sync()
    first.rename("/a", "/c")
    with pytest.raises(RecorderFenced):
        first.sync()
    second.recorder.close()
    played(store, tmp_path / "played")
    assert snapshot(tmp_path / "played") == {"b": b"one"}


def test_files_and_a_log_that_has_some_are_refused(
    store: MemoryStore, full: Path, tmp_path: Path
) -> None:
    start_recording(store, LOG, tmp_path / "first").recorder.close()
    with store.open(LOG) as journal:
        head = journal.write_head()
        with pytest.raises(TargetNotEmpty):
            start_recording(store, LOG, full)
        assert journal.write_head() == head


@pytest.mark.parametrize("what", ["symlink", "fifo", "link outside", "second link of a property"])
def test_what_cannot_be_recorded_is_refused_before_anything(
    store: MemoryStore, full: Path, tmp_path: Path, what: str
) -> None:
    if what == "symlink":
        (full / "d" / "s").symlink_to("a")
    elif what == "fifo":
        os.mkfifo(full / "d" / "p")
    elif what == "link outside":
        (tmp_path / "outside").hardlink_to(full / "a")
    else:
        (full / "again").hardlink_to(full / "IDENTITY")
    with pytest.raises(CannotBeRecorded, match="can't be recorded"):
        start_recording(store, LOG, full)
    with store.open(LOG) as journal:
        assert journal.write_head() == 0


def test_what_came_past_the_recorder_is_told(store: MemoryStore, full: Path) -> None:
    recorded = start_recording(store, LOG, full)
    (full / "strange").write_bytes(b"")
    (full / "d" / "big").unlink()
    with (full / "a").open("ab") as file:
        file.write(b"longer")
    (full / "IDENTITY").write_bytes(b"other length")
    recorded.recorder.close()
    told = ["/IDENTITY", "/a", "/d/big", "/d/linked", "/strange"]
    assert unlike(full, recorded.recorder.recording) == told
