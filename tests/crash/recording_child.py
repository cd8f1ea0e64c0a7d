"""Records a directory until it is killed. Prints each event whose future has resolved.

Arguments: the directory of the store, the directory to record, that of the hints, and the number of
the run. What it does is drawn from that number: files are made, written, cut, linked, renamed and
unlinked, and a property is renewed, mostly without waiting in between.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from attrs import frozen

from rlog_model.hints_files import HintsFiles, HintsKeeper
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import Appended
from rlog_model.namespace import OpenFlags
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_start import start_recording

LOG = "some/log"
FRAGMENT_SIZE = 200_000
PATHS = tuple(f"/{directory}f{number}" for directory in ("", "d/", "d/e/") for number in range(4))
WRITE = OpenFlags.WRITE | OpenFlags.CREATE


@frozen
class Do:
    """One event that a child does."""

    call: str
    path: str
    other: str = ""
    content: bytes = b""
    offset: int = 0


def events(run: int) -> Iterator[Do]:
    """What the child of a run does, in order: each event that is possible in turn."""
    draw = random.Random(run)
    while True:
        path, other = draw.choice(PATHS), draw.choice(PATHS)
        call = draw.choice(
            ["write"] * 6 + ["append"] * 3 + ["cut", "new", "rename", "link", "unlink", "seal"]
        )
        content = bytes([draw.randrange(256)]) * draw.choice([1, 10, 100, 5000, 40_000])
        yield Do(call, path, other, content, draw.choice([0, 1, 50, 3000]))


def do(directory: RecordedDirectory, event: Do) -> None:
    """Do an event. One that POSIX refuses now has not happened."""
    with contextlib.suppress(OSError):
        _do(directory, event)


def _do(directory: RecordedDirectory, event: Do) -> None:
    flags = WRITE | (OpenFlags.TRUNCATE if event.call == "new" else OpenFlags(0))
    match event.call:
        case "write" | "new":
            with directory.open(event.path, flags) as file:
                file.write_at(event.content, event.offset)
        case "append":
            with directory.open(event.path, WRITE | OpenFlags.APPEND) as file:
                file.write(event.content)
        case "cut":
            directory.truncate(event.path, event.offset)
        case "rename":
            directory.rename(event.path, event.other)
        case "link":
            directory.link(event.path, event.other)
        case "unlink":
            directory.unlink(event.path)
        case "seal":
            with directory.open("/new", flags | OpenFlags.TRUNCATE) as file:
                file.write(event.content)
            directory.rename("/new", "/IDENTITY")


def main(store_path: Path, root: Path, hints_path: Path, run: int) -> None:
    hints = HintsFiles(hints_path)
    with FileStore(store_path, fragment_size=FRAGMENT_SIZE) as store:
        found = hints.newest()
        directory = start_recording(store, LOG, root, found[1] if found else None)
        for path in ("/d", "/d/e"):
            if not (root / path[1:]).is_dir():
                directory.mkdir(path)

        def landed(number: int, future: Future[Appended]) -> None:
            if future.exception() is None:
                print(number, flush=True)

        HintsKeeper(hints, directory.recorder.build_hints, 0.05, print)
        print("begun", directory.recorder.author, flush=True)
        for number, event in enumerate(events(run)):
            do(directory, event)
            future = directory.recorder.barrier()
            future.add_done_callback(partial(landed, number))
            if number % 20 == 19:
                future.result()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
