"""A process that is killed while it appends loses nothing that it acknowledged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from rlog_model.journal.codec import Codec
from rlog_model.journal.file import FileStore
from rlog_model.journal.open_content import is_content
from rlog_model.journal.protocol import Journal
from rlog_model.journal.spool import SPOOL_NAME
from tests.crash.journal_child import NAME, content_of, registers_of

RUNS = 20
ROOT = Path(__file__).parents[2]


def killed(
    store: Path, run: int, codec: Codec, speed: str, seconds: float
) -> list[tuple[int, int]]:
    """Let a process append, kill it so long after its first append; what did it acknowledge?"""
    arguments = [str(store), str(run), codec.name, speed]
    command = [sys.executable, "-m", "tests.crash.journal_child", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        lines = (first + child.stdout.read()).splitlines(keepends=True)
    # A line is whole, or the process died while it printed it.
    pairs = [line.split() for line in lines if line.endswith(b"\n")]
    return [(int(begin), int(end)) for begin, end in pairs]


def appends_from(journal: Journal, offset: int) -> list[tuple[int, int]]:
    """Run and number of each append from ``offset`` to the head. Each must be there as a whole."""
    content = bytearray()
    position, head = offset, journal.write_head()
    while position < head:
        chunk = journal.read(position)
        assert chunk.offset == position
        content += chunk.content
        position = chunk.end
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(content):
        run, number, _ = content[at : content.index(b"\n", at)].split()
        expected = content_of(int(run), int(number))
        assert content[at : at + len(expected)] == expected
        found.append((int(run), int(number)))
        at += len(expected)
    return found


def open_sizes(journal: Path) -> dict[str, int]:
    """Bytes in each file of the open fragment."""
    names = [path.name for path in journal.iterdir()]
    of_it = [name for name in names if name == SPOOL_NAME or is_content(name)]
    return {name: (journal / name).stat().st_size for name in of_it}


def test_kill(tmp_path: Path) -> None:
    """However often a writer is killed: all that it acknowledged is there, where it said, and at
    most one more append, whole; registers are those of the last append; the next one goes on.
    """
    draw = random.Random(1)
    store_path = tmp_path / "store"
    head = 0
    torn = 0
    for run in range(RUNS):
        codec = list(Codec)[run % len(Codec)]
        speed = "slow" if run % 2 else "fast"
        acknowledged = killed(store_path, run, codec, speed, draw.random() * 0.06)
        sizes = open_sizes(store_path / NAME)
        with FileStore(store_path) as store, store.open(NAME) as journal:
            found = appends_from(journal, head)
            assert journal.registers() == registers_of(*found[-1])
            new_head = journal.write_head()
        torn += open_sizes(store_path / NAME) != sizes
        assert found == [(run, number) for number in range(len(found))]
        assert len(found) - len(acknowledged) in (0, 1)
        assert acknowledged[0][0] == head
        position = head
        for (begin, end), (_, number) in zip(acknowledged, found, strict=False):
            assert begin == position
            assert end == position + len(content_of(run, number))
            position = end
        head = new_head
    # The whole log once more, out of all its fragments.
    with FileStore(store_path) as store, store.open(NAME) as journal:
        journal.roll()
        assert len({run for run, _ in appends_from(journal, 0)}) == RUNS
        assert len(open_sizes(store_path / NAME)) == 2, "the files of dead writers are left"
    assert torn, "no run died during a write: the test shows less than it should"
