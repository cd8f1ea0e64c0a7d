"""Recording writes, by the real recorder, until they have landed: durable, if it is in files."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.conftest import Rate
from benchmarks.made import AUTHOR, LARGE, LOG, PLAYED_FILES, SMALL, recording
from rlog_model.fsm import FSM
from rlog_model.identity import Fnode
from rlog_model.journal.file import FileStore
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import Journal
from rlog_model.recorder import Recorder

WRITES = {SMALL: 50_000, LARGE: 1_000}


@pytest.fixture(params=["memory", "files"])
def kind(request: pytest.FixtureRequest) -> str:
    """Where the journal is."""
    where: str = request.param
    return where


@pytest.fixture
def journal(kind: str, tmp_path: Path) -> Iterator[Journal]:
    """A journal of that kind."""
    store = MemoryStore() if kind == "memory" else FileStore(tmp_path / "store")
    with store, store.open(LOG) as opened:
        yield opened


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_record(rate: Rate, journal: Journal, kind: str, size: int, tmp_path: Path) -> None:
    content = bytes(size)

    def begin() -> tuple[tuple[Recorder, list[Fnode]], dict[str, object]]:
        return recording(journal, tmp_path), {}

    def record(recorder: Recorder, fnodes: list[Fnode]) -> None:
        for i in range(WRITES[size]):
            recorder.record_write_at(fnodes[i % PLAYED_FILES], content, i // PLAYED_FILES * size)
        recorder.close()

    what = f"record writes of {size:,} bytes, in {kind}"
    rate(what, record, WRITES[size], "writes", size=size, setup=begin)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_record_one_by_one(rate: Rate, size: int, tmp_path: Path) -> None:
    """Each write waits until it has landed: what one sync costs."""
    content, writes = bytes(size), 200
    offsets = itertools.count(step=size)
    with (
        FileStore(tmp_path / "store") as store,
        store.open(LOG) as journal,
        Recorder(LOG, FSM(LOG), AUTHOR, tmp_path, journal) as recorder,
    ):
        fnode = recorder.record_create(tmp_path / "file").fnode
        assert fnode is not None

        def record() -> None:
            for _ in range(writes):
                recorder.record_write_at(fnode, content, next(offsets)).landed.result()

        what = f"record writes of {size:,} bytes one by one, in files"
        rate(what, record, writes, "writes", size=size)
