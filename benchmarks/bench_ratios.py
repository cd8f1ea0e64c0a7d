"""What recording and playing cost, beside what does less: ratios, each within one run."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.conftest import Ratio
from benchmarks.made import (
    AUTHOR,
    HINTS,
    LARGE,
    LOG,
    PLAYED_FILES,
    SMALL,
    log_of,
    path_of,
    recording,
)
from rlog_model.fsm import FSM
from rlog_model.identity import Author
from rlog_model.journal.file import FileStore
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import Chunk, Journal
from rlog_model.player import Player
from rlog_model.recorder import Recorder

ROUNDS = 5
WRITES = 2_000


def best(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds that it takes, at best."""
    taken = []
    for _ in range(rounds):
        os.sync()
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return min(taken)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_play_beside_cp(ratio: Ratio, size: int, tmp_path: Path) -> None:
    """Play a log in files into a directory, and copy the directory by ``cp -r``."""
    numbers = itertools.count()
    made = log_of(size, WRITES if size == LARGE else 50 * WRITES)
    with FileStore(tmp_path / "store") as store:
        made.put(store)

        def play() -> None:
            player = Player(HINTS, tmp_path / f"played-{next(numbers)}", store)
            player.finish_at_write_head()
            player.play()

        played = best(play)
    source = tmp_path / "played-0"

    def copy() -> None:
        target = tmp_path / f"copied-{next(numbers)}"
        subprocess.run(["cp", "-r", source, target], check=True)

    ratio(f"play writes of {size:,} bytes, beside cp -r of the tree", best(copy) / played)


def test_record_beside_plain_writes(ratio: Ratio, tmp_path: Path) -> None:
    """Record writes of 64 KiB to files, and write the same to files with one fsync each."""
    numbers = itertools.count()
    content = random.Random(1).randbytes(LARGE)

    def plain() -> None:
        folder = tmp_path / f"plain-{next(numbers)}"
        folder.mkdir()
        files = [os.open(folder / f"{n}", os.O_CREAT | os.O_WRONLY) for n in range(PLAYED_FILES)]
        for i in range(WRITES):
            os.write(files[i % PLAYED_FILES], content)
        for file in files:
            os.fsync(file)
            os.close(file)
        shutil.rmtree(folder)

    def record() -> None:
        folder = tmp_path / f"store-{next(numbers)}"
        with FileStore(folder) as store, store.open(LOG) as journal:
            recorder, fnodes = recording(journal, tmp_path)
            for i in range(WRITES):
                offset = i // PLAYED_FILES * LARGE
                recorder.record_write_at(fnodes[i % PLAYED_FILES], content, offset)
            recorder.barrier().result()
            recorder.close()
        shutil.rmtree(folder)

    ratio(
        "record writes of 65,536 bytes, beside plain writes with one fsync a file",
        best(plain) / best(record),
    )


def test_hinted_play_reads_what_hints_name(
    ratio: Ratio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that compacts: files are written, and most are soon deleted."""
    store = MemoryStore()
    content = random.Random(1).randbytes(LARGE)
    journal = store.open(LOG)
    recorder = Recorder(LOG, FSM(LOG), AUTHOR, tmp_path, journal)
    for number in range(400):
        path = f"{tmp_path}{path_of(number)}"
        fnode = recorder.record_create(path).fnode
        assert fnode is not None
        for i in range(32):
            recorder.record_write_at(fnode, content, i * LARGE)
        if number % 40:
            recorder.record_remove(path)
        recorder.barrier().result()
    first = Player(recorder.build_hints(), tmp_path / "first", store)
    first.inject_handoff(Author(7))
    hints = first.play().build_hints()
    recorder.close()

    bytes_read = 0
    kind = type(journal)
    read = kind.read

    def counted(self: Journal, offset: int, **options: float | None) -> Chunk:
        nonlocal bytes_read
        chunk = read(self, offset, **options)  # type: ignore[arg-type]  # passed on as they came
        bytes_read += len(chunk.content)
        return chunk

    monkeypatch.setattr(kind, "read", counted)
    second = Player(hints, tmp_path / "second", store)
    second.finish_at_write_head()
    second.play()
    _, segments = hints.live_log_segments()
    named = sum(s.last_offset - s.first_offset for s in segments)
    # Behind the last hinted segment a player reads to the head, and no hints can save that.
    behind = journal.write_head() - segments[-1].last_offset
    what = "hinted play reads, beside the bytes that the hints name"
    ratio(what, (bytes_read - behind) / named)
