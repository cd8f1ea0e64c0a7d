"""A process that writes to SQLite is killed: the database is recovered elsewhere, from the log.

What recovers reads it with Python's own driver, which knows nothing of logs.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rlog_model.hints_files import HintsFiles
from tests.crash import sqlite_child
from tests.crash.killing import KILLS, killed, moments
from tests.crash.test_recording_kill import play

pytestmark = pytest.mark.timeout(30 + 15 * KILLS)


@pytest.mark.parametrize("mode", ["delete", "wal", "truncate", "persist"])
def test_kill_sqlite(tmp_path: Path, mode: str) -> None:
    draw = moments(3)
    store, hints_path = tmp_path / "store", tmp_path / "hints"
    committed = kills = beyond = 0
    for run in range(-(-KILLS // 4)):
        root, played = tmp_path / f"root{run}", tmp_path / f"played{run}"
        lines = killed(
            "sqlite_child", [store, root, hints_path, run, mode], draw.random() * 0.3, "begun"
        )
        committed = max((int(line) for line in lines if line.isdigit()), default=committed)
        newest = HintsFiles(hints_path).newest()
        play(store, newest[1] if newest else None, played, log=sqlite_child.LOG)
        with closing(sqlite3.connect(played / "database")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = database.execute("SELECT row, value FROM rows ORDER BY row").fetchall()
        assert [row for row, _ in rows] == list(range(1, len(rows) + 1))
        assert all(value == sqlite_child.value_of(row) for row, value in rows)
        assert len(rows) >= committed
        kills += 1
        beyond += len(rows) > committed
        committed = len(rows)
        shutil.rmtree(root)
        shutil.rmtree(played)
    print(f"{kills} kills with journal_mode={mode}: {committed} rows, {beyond} times with more")
    assert committed
