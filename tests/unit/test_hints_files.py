"""Files of hints: which are kept, in which order, and what is left of one that was not finished."""

from __future__ import annotations

import datetime
import errno
import os
import threading
from pathlib import Path

import pytest

from rlog_model.hints import FSMHints
from rlog_model.hints_files import HintsDamaged, HintsFiles, HintsKeeper


def test_the_newest_few_are_kept(tmp_path: Path) -> None:
    files = HintsFiles(tmp_path / "new" / "hints", keep=2)
    assert files.newest() is None
    written = [files.write(FSMHints(f"log/{number}")) for number in range(4)]
    assert files.files() == sorted(written)[2:]
    assert files.newest() == (written[-1], FSMHints("log/3"))


def test_names_sort_by_age_though_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = HintsFiles(tmp_path)
    first = files.write(FSMHints("log/1"))

    class Back(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Back:
            return cls(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr("rlog_model.hints_files.datetime.datetime", Back)
    second = files.write(FSMHints("log/2"))
    assert [first, second] == files.files()


def test_what_is_no_file_of_hints_is_left_alone(tmp_path: Path) -> None:
    for name in ("notes.json", "20260101T000000.000000Z.txt", ".x.json.rlog-new"):
        (tmp_path / name).write_text("mine")
    files = HintsFiles(tmp_path, keep=1)
    file = files.write(FSMHints("log/1"))
    assert files.files() == [file]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted(["notes.json", "20260101T000000.000000Z.txt", file.name])


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    files = HintsFiles(tmp_path)
    files.write(FSMHints("log/1"))
    damaged = files.write(FSMHints("log/2"))
    damaged.write_bytes(content)
    with pytest.raises(HintsDamaged) as raised:
        files.newest()
    assert raised.value.file == str(damaged)
    assert damaged.name in str(raised.value)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = HintsFiles(tmp_path, keep=1)
    former = files.write(FSMHints("log/1"))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(FSMHints("log/2"))
    assert list(tmp_path.iterdir()) == [former]


def test_none_to_keep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        HintsFiles(tmp_path, keep=0)


def test_a_keeper_writes_what_is_new_and_goes_on_after_a_failure(tmp_path: Path) -> None:
    files = HintsFiles(tmp_path, keep=100)
    built: list[int] = []
    failed: list[Exception] = []
    enough = threading.Event()

    def build() -> FSMHints:
        built.append(len(built))
        if len(built) >= 6:
            enough.set()
        if len(built) == 2:
            raise TimeoutError("not landed yet")
        return FSMHints("log/a" if len(built) < 5 else "log/b")

    with HintsKeeper(files, build, 0.001, failed.append) as keeper:
        assert enough.wait(10)
        keeper.close()
    assert [str(error) for error in failed] == ["not landed yet"]
    assert [files.newest()] == [(files.files()[-1], FSMHints("log/b"))]
    assert len(files.files()) == 2
