"""What Gazette's brokers wrote is read as it is, byte for byte, and left as it is."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import LabelSet
from rlog_model.journal.protocol import Appended, Journal, OffsetNotYetAvailable
from tests.unit.journal.samples import SampleJournal, sample_journals

JOURNALS = sample_journals()
per_journal = pytest.mark.parametrize("sample", JOURNALS, ids=lambda s: f"{s.sample}:{s.name}")


def read_ranges(journal: Journal, limit: int) -> list[tuple[int, bytes]]:
    """All that exists, as stretches without a hole between their pieces."""
    stretches: list[tuple[int, bytearray]] = []
    offset, head = 0, journal.write_head()
    while offset < head:
        chunk = journal.read(offset, limit=limit)
        if not stretches or chunk.offset != offset:
            stretches.append((chunk.offset, bytearray()))
        stretches[-1][1].extend(chunk.content)
        offset = chunk.end
    return [(begin, bytes(content)) for begin, content in stretches]


def files_below(path: Path) -> dict[Path, tuple[int, int]]:
    return {f: (f.stat().st_size, f.stat().st_mtime_ns) for f in path.rglob("*")}


def test_every_codec_is_among_the_samples() -> None:
    """Else the tests below would say less than they seem to."""
    assert {journal.codec for journal in JOURNALS} == {
        "NONE",
        "GZIP",
        "GZIP_OFFLOAD_DECOMPRESSION",
        "ZSTANDARD",
        "SNAPPY",
    }
    assert len({journal.sample for journal in JOURNALS}) == 17


@per_journal
@pytest.mark.parametrize("limit", [1 << 18, 1000])
def test_contents(sample: SampleJournal, limit: int) -> None:
    """Every fragment of the log is read, with the SHA-1 that the broker had for it, up to the
    write head; what was pruned is jumped over, and nothing else is.
    """
    with FileStore(sample.store) as store, store.open(sample.name) as journal:
        assert journal.write_head() == sample.write_head
        assert journal.first_offset() == sample.fragments[0][0]
        stretches = read_ranges(journal, limit)
        with pytest.raises(OffsetNotYetAvailable) as at_head:
            journal.read(-1)
        assert at_head.value.offset == at_head.value.head == sample.write_head
    expected: list[tuple[int, int]] = []
    for begin, end, sha1 in sample.fragments:
        (content,) = (
            content[begin - start : end - start]
            for start, content in stretches
            if start <= begin < start + len(content)
        )
        assert hashlib.sha1(content).hexdigest() == sha1
        if expected and expected[-1][1] == begin:
            expected[-1] = expected[-1][0], end
        else:
            expected.append((begin, end))
    assert [(begin, begin + len(content)) for begin, content in stretches] == expected


def test_reading_leaves_no_trace() -> None:
    """A store that is only read is not changed, nor is anything added: it may be read-only."""
    before = files_below(JOURNALS[0].store.parents[1])
    for sample in JOURNALS:
        with FileStore(sample.store) as store, store.open(sample.name) as journal:
            journal.read(0)
            journal.registers()
            journal.write_head()
            journal.roll()
            assert journal.prune(0) == ()
    assert files_below(JOURNALS[0].store.parents[1]) == before


def test_reading_without_permission_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a log can be read, registers too, where this process may open nothing for writing."""
    sample = JOURNALS[0]
    shutil.copytree(sample.store, tmp_path / "store")
    registers = LabelSet([("author", "1v")])
    with FileStore(tmp_path / "store") as store, store.open(sample.name) as journal:
        journal.append(b"more", union=registers)
    system_open = os.open

    def open_to_read(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return system_open(path, flags, mode)

    with FileStore(tmp_path / "store") as store, store.open(sample.name) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, "open", open_to_read)
            assert read_ranges(journal, 1000)[-1][1].endswith(b"more")
            assert journal.write_head() == sample.write_head + 4
            assert journal.registers() == registers
            for change in (
                lambda: journal.append(b"x"),
                journal.roll,
                lambda: journal.prune(1 << 40),
            ):
                with pytest.raises(PermissionError):
                    change()
        # What another process appends meanwhile is seen.
        with FileStore(tmp_path / "store") as second, second.open(sample.name) as writer:
            writer.append(b"and more")
        assert journal.read(sample.write_head + 4).content == b"and more"


@per_journal
def test_appending_goes_on_at_the_head(sample: SampleJournal, tmp_path: Path) -> None:
    """The first append to a log that a broker wrote lands at its write head."""
    shutil.copytree(sample.store, tmp_path / "store")
    with FileStore(tmp_path / "store") as store, store.open(sample.name) as journal:
        head = sample.write_head
        before = read_ranges(journal, 1 << 18)
        assert journal.append(b"more") == Appended(head, head + 4)
        journal.roll()
        *others, (begin, content) = read_ranges(journal, 1 << 18)
        assert [*others, (begin, content[:-4])] == before
        assert content[-4:] == b"more"
    with FileStore(tmp_path / "store") as store, store.open(sample.name) as journal:
        assert journal.read(head).content == b"more"
