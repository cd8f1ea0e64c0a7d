"""Playing logs, by the real player: from memory and from files, into a directory."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.conftest import Rate
from benchmarks.made import HINTS, LARGE, LOG, SMALL, log_of
from rlog_model.framing import HEADER, MAGIC
from rlog_model.fsm import FSM
from rlog_model.journal.file import FileStore
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import JournalStore
from rlog_model.player import Player

WRITES = {SMALL: 100_000, LARGE: 2_000}


@pytest.fixture(params=["memory", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JournalStore]:
    """A store of each kind."""
    made: JournalStore
    made = MemoryStore() if request.param == "memory" else FileStore(tmp_path / "store")
    with made:
        yield made


def player_of(store: JournalStore, directory: Path) -> Player:
    player = Player(HINTS, directory, store)
    player.finish_at_write_head()
    return player


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_play(rate: Rate, store: JournalStore, size: int, tmp_path: Path) -> None:
    made = log_of(size, WRITES[size])
    made.put(store)
    numbers = itertools.count()

    def play() -> None:
        target = tmp_path / f"played-{next(numbers)}"
        player_of(store, target).play()

    kind = "memory" if isinstance(store, MemoryStore) else "files"
    rate(f"play writes of {size:,} bytes, from {kind}", play, made.writes, "writes", size=size)
    shutil.rmtree(tmp_path / "played-0")


@pytest.mark.parametrize("claim", [64 << 10, 1 << 20], ids=lambda size: f"{size >> 10}K")
def test_play_hostile_headers(rate: Rate, claim: int, tmp_path: Path) -> None:
    """Nothing but headers, each of which claims a payload that has all those behind it."""
    headers = (MAGIC + claim.to_bytes(4, "little")) * ((1 << 20) // HEADER)
    numbers = itertools.count()

    with MemoryStore() as store:
        with store.open(LOG) as journal:
            journal.append(headers + bytes(claim))

        def play() -> FSM:
            return player_of(store, tmp_path / f"played-{next(numbers)}").play()

        what = f"pass by headers that claim {claim >> 10:,} KiB each"
        rate(what, play, len(headers) // HEADER, "headers", rounds=1)
