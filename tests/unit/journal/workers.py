"""What other processes do in the tests of journals. Content says who wrote it, and what is next."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier
from pathlib import Path

from rlog_model.journal.codec import Codec
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import LabelSelector, LabelSet
from rlog_model.journal.protocol import RegisterMismatch

NAME = "some/log"
FRAGMENT_SIZE = 700
END = b"<end>"


def content_of(who: int, number: int) -> bytes:
    """An append: it can be told from others, and from a part of itself."""
    return f"<{who}:{number}:".encode() + bytes([65 + who]) * (number * 7 % 90) + b">"


def write(root: Path, who: int, count: int, start: Barrier) -> list[tuple[int, int]]:
    """Append ``count`` times; now and then close the fragment, or fence the journal.

    Returns where each append landed.
    """
    landed: list[tuple[int, int]] = []
    codec = list(Codec)[who % len(Codec)]
    fence = LabelSet.of("author", str(who))
    with FileStore(root, fragment_size=FRAGMENT_SIZE, codec=codec) as store:
        start.wait()
        for number in range(count):
            with store.open(NAME) as journal:
                content = content_of(who, number)
                union = fence if number % 10 == 0 else LabelSet()
                appended = journal.append(content, union=union)
                landed.append((appended.begin, appended.end))
                if number % 25 == 0:
                    journal.roll()
    return landed


def fenced(root: Path, count: int, start: Barrier) -> list[tuple[int, int]]:
    """Count a register up: whoever's check holds goes on. Returns what was counted, and where."""
    counted: list[tuple[int, int]] = []
    with FileStore(root) as store, store.open(NAME) as journal:
        start.wait()
        for _ in range(count):
            now = int((journal.registers().values("count") or ("0",))[0])
            before, after = (LabelSet.of("count", str(n)) for n in (now, now + 1))
            none = LabelSelector(exclude=LabelSet.of("count", ""))
            check = LabelSelector(include=before) if now else none
            try:
                end = journal.append(b"%d\n" % now, check=check, union=after).end
            except RegisterMismatch:
                continue
            counted.append((now, end))
    return counted


def tail(root: Path, start: Barrier) -> bytes:
    """Read from the first byte on, waiting at the head, until ``END``."""
    content = b""
    with FileStore(root) as store, store.open(NAME) as journal:
        start.wait()
        while not content.endswith(END):
            chunk = journal.read(len(content), limit=200, timeout=30)
            assert chunk.offset == len(content)
            content += chunk.content
    return content
