"""Commits rows to a SQLite database until it is killed. Prints each row that was committed.

Arguments: the directory of the store, the directory to record, that of the hints, the number of the
run, and SQLite's journal mode.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import apsw

from rlog_model.hints_files import HintsFiles, HintsKeeper
from rlog_model.journal.file import FileStore
from rlog_model.recorded_start import start_recording
from rlog_model.sqlite_vfs import RecordedVFS

LOG = "some/database"
FRAGMENT_SIZE = 500_000


def value_of(row: int) -> bytes:
    """What a row holds, some of more than a page."""
    return bytes([row % 251]) * (10, 300, 9000)[row % 3]


def main(store_path: Path, root: Path, hints_path: Path, run: int, mode: str) -> None:
    hints = HintsFiles(hints_path)
    draw = random.Random(run)
    with FileStore(store_path, fragment_size=FRAGMENT_SIZE) as store:
        found = hints.newest()
        directory = start_recording(store, LOG, root, found[1] if found else None)
        vfs = RecordedVFS(directory)
        database = apsw.Connection(str(root / "database"), vfs=vfs.name)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        assert database.execute(f"PRAGMA journal_mode = {mode}").get == mode
        database.execute("CREATE TABLE IF NOT EXISTS rows (row INTEGER PRIMARY KEY, value BLOB)")
        row = database.execute("SELECT coalesce(max(row), 0) FROM rows").get
        print("begun", flush=True)
        HintsKeeper(hints, directory.recorder.build_hints, 0.05, print)
        while True:
            rows = draw.choice([1, 1, 1, 2, 30])
            with database:
                for new in range(row + 1, row + rows + 1):
                    database.execute("INSERT INTO rows VALUES (?, ?)", (new, value_of(new)))
                # Old pages are written again, and not only new ones.
                database.execute(
                    "UPDATE rows SET value = value WHERE row = ?", (draw.randrange(row + 1),)
                )
            row += rows
            print(row, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
