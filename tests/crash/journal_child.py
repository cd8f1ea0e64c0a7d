"""Appends to a journal until it is killed. Prints each append that was acknowledged.

Arguments: the directory of the store, the number of this run, the name of a codec, and ``slow`` or
``fast``. Slow is with a disk that takes its time over each page, so that death comes during writes.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from rlog_model.journal import open_content, spool
from rlog_model.journal.codec import Codec
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import LabelSet

NAME = "some/log"
FRAGMENT_SIZE = 300_000


def content_of(run: int, number: int) -> bytes:
    """An append: a line that says who wrote it and how long it is, and that many bytes."""
    size = (3, 100_000, 17, 400, 250_000)[number % 5]
    return b"%d %d %d\n" % (run, number, size) + bytes([number % 251]) * size


def registers_of(run: int, number: int) -> LabelSet:
    """The registers that go with it."""
    return LabelSet.of("author", f"{run}-{number}")


def write_slowly(fd: int, content: bytes, position: int) -> None:
    """As ``write_at``, a page at a time."""
    for start in range(0, len(content), 4096):
        os.pwrite(fd, content[start : start + 4096], position + start)
        time.sleep(0.0002)


def main(root: Path, run: int, codec: Codec) -> None:
    with FileStore(root, fragment_size=FRAGMENT_SIZE, codec=codec) as store:
        journal = store.open(NAME)
        number = 0
        while True:
            appended = journal.append(content_of(run, number), union=registers_of(run, number))
            print(appended.begin, appended.end, flush=True)
            number += 1


if __name__ == "__main__":
    if sys.argv[4] == "slow":
        for module in (spool, open_content):
            vars(module)["write_at"] = write_slowly
    main(Path(sys.argv[1]), int(sys.argv[2]), Codec[sys.argv[3]])
