"""Fragment files of every codec: names, content, damage, and bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import io
from itertools import pairwise, repeat
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.journal import fragment_reader
from rlog_model.journal.codec import BLOCK, CODEC_OF_SUFFIX, Codec, decode, encode
from rlog_model.journal.file import FileStore
from rlog_model.journal.fragment import FragmentFile, choose_spans
from rlog_model.journal.protocol import Chunk, CorruptFragment

NAME = "some/log"
SUFFIXES = sorted(CODEC_OF_SUFFIX)
every_suffix = pytest.mark.parametrize("suffix", SUFFIXES)


def encoded(codec: Codec, content: bytes) -> bytes:
    file = io.BytesIO()
    encode(codec, [content[: len(content) // 3], content[len(content) // 3 :]], file)
    return file.getvalue()


def put(store: Path, begin: int, content: bytes, suffix: str, stored: bytes | None = None) -> Path:
    """A fragment of ``content``, its file holding ``stored`` or what its codec makes of it."""
    sha1 = hashlib.sha1(content).hexdigest()
    file = FragmentFile(begin, begin + len(content), sha1, suffix)
    path = store / NAME / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(file.codec, content) if stored is None else stored)
    return path


def read(store: Path, offset: int, limit: int = 1 << 30) -> Chunk:
    with FileStore(store) as opened, opened.open(NAME) as journal:
        return journal.read(offset, limit=limit)


def read_all(store: Path, limit: int = 1 << 18) -> bytes:
    pieces: list[bytes] = []
    with FileStore(store) as opened, opened.open(NAME) as journal:
        offset, head = 0, journal.write_head()
        while offset < head:
            chunk = journal.read(offset, limit=limit)
            assert chunk.offset == offset
            pieces.append(chunk.content)
            offset = chunk.end
    return b"".join(pieces)


@given(st.sampled_from(Codec), st.lists(st.binary(max_size=200_000), max_size=3))
def test_what_is_encoded_is_decoded(codec: Codec, pieces: list[bytes]) -> None:
    file = io.BytesIO()
    encode(codec, pieces, file)
    file.seek(0)
    decoded = list(decode(codec, file))
    assert b"".join(decoded) == b"".join(pieces)


@pytest.mark.parametrize("codec", Codec)
def test_pieces_are_bounded(codec: Codec) -> None:
    """However much a file expands to, no piece is larger than a block."""
    stored = encoded(codec, bytes(5 * BLOCK + 7))
    sizes = [len(piece) for piece in decode(codec, io.BytesIO(stored))]
    assert max(sizes) <= BLOCK
    assert sum(sizes) == 5 * BLOCK + 7


@pytest.mark.clause("JRN-9")
@given(
    st.builds(
        FragmentFile,
        st.integers(0, 1 << 60),
        st.integers((1 << 60) + 1, (1 << 63) - 1),
        st.binary(min_size=20, max_size=20).map(bytes.hex),
        st.sampled_from(SUFFIXES),
    )
)
def test_names_are_read_as_written(file: FragmentFile) -> None:
    assert FragmentFile.parse(file.name) == file


SHA1 = "0" * 40


@pytest.mark.clause("JRN-9")
@pytest.mark.parametrize(
    "name",
    [
        "",
        ".test",
        f".partial-{0:016x}-{1:016x}-{SHA1}.raw",
        f"{0:016x}-{1:016x}-{SHA1}.txt",
        f"{0:016x}-{1:016x}-{SHA1}.gz.tmp",
        f"{0:016x}-{1:016x}-{SHA1}.",
        f"{0:016x}-{1:016x}-{SHA1}.raw\n",
        f"{0:016x}-{1:016x}-{SHA1[1:]}.raw",
        f"{0:016x}-{0xA:016X}-{SHA1}.raw",
        f"{0:016x}-{0:016x}-{SHA1}.raw",
        f"{2:016x}-{1:016x}-{SHA1}.raw",
        f"{0:016x}-{1 << 63:016x}-{SHA1}.raw",
        f"{0:015x}-{1:016x}-{SHA1}.raw",
    ],
)
def test_other_names_are_no_fragments(name: str, tmp_path: Path) -> None:
    assert FragmentFile.parse(name) is None
    put(tmp_path, 0, b"content", ".raw")
    if name:
        (tmp_path / NAME / name).mkdir()
    assert read_all(tmp_path) == b"content"


def file_of(begin: int, end: int, suffix: str = ".gz") -> FragmentFile:
    return FragmentFile(begin, end, SHA1, suffix)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(SUFFIXES))))
def test_spans_cover_exactly_what_files_cover(drawn: list[tuple[int, int, str]]) -> None:
    """Spans rise, do not overlap, lie in their files, and have all offsets that any file has."""
    files = [file_of(begin, begin + length, suffix) for begin, length, suffix in drawn]
    spans = choose_spans(files)
    assert all(s.file.begin <= s.begin < s.end == s.file.end for s in spans)
    assert all(one.end <= two.begin for one, two in pairwise(spans))
    covered = {offset for span in spans for offset in range(span.begin, span.end)}
    assert covered == {offset for file in files for offset in range(file.begin, file.end)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([file_of(0, 5), file_of(0, 5, ".raw")], [(0, 5, file_of(0, 5, ".raw"))]),
        ([file_of(0, 5, ".raw"), file_of(0, 9)], [(0, 9, file_of(0, 9))]),
        ([file_of(0, 5), file_of(3, 9)], [(0, 5, file_of(0, 5)), (5, 9, file_of(3, 9))]),
        ([file_of(0, 9), file_of(3, 6)], [(0, 9, file_of(0, 9))]),
        ([file_of(2, 4), file_of(6, 8)], [(2, 4, file_of(2, 4)), (6, 8, file_of(6, 8))]),
    ],
)
def test_which_files_are_used(
    files: list[FragmentFile], expected: list[tuple[int, int, FragmentFile]]
) -> None:
    assert [(s.begin, s.end, s.file) for s in choose_spans(files)] == expected
    assert choose_spans(files) == choose_spans(reversed(files))


def test_overlaps_duplicates_and_holes(tmp_path: Path) -> None:
    """Overlapping files read as one; a redundant one is not even opened; a hole is a jump."""
    log = bytes(range(100))
    put(tmp_path, 10, log[10:40], ".raw")
    put(tmp_path, 10, log[10:40], ".sz", stored=b"never looked at")
    put(tmp_path, 30, log[30:60], ".gz")
    put(tmp_path, 12, log[12:20], ".raw", stored=b"nor this")
    put(tmp_path, 70, log[70:100], "")
    assert read(tmp_path, 0) == Chunk(10, log[10:40])
    assert read(tmp_path, 40) == Chunk(40, log[40:60])
    assert read(tmp_path, 60) == read(tmp_path, 69) == Chunk(70, log[70:])
    with FileStore(tmp_path) as store, store.open(NAME) as journal:
        assert [(r.begin, r.end) for r in journal.prune(40)] == [(10, 40), (10, 40), (12, 20)]
        assert journal.read(10) == Chunk(30, log[30:60])


def test_fragments_that_come_and_go_under_a_reader(tmp_path: Path) -> None:
    """What a broker, or another process, does to the directory is seen by the next read."""
    first = put(tmp_path, 0, b"abc", ".gz")
    with FileStore(tmp_path) as store, store.open(NAME) as journal:
        assert journal.read(0).content == b"abc"
        put(tmp_path, 3, b"def", ".raw")
        assert journal.read(3).content == b"def"
        assert journal.write_head() == 6
        first.unlink()
        assert journal.read(0) == Chunk(3, b"def")
        put(tmp_path, 0, b"abc", ".zst")
        assert journal.read(0) == Chunk(0, b"abc")


@every_suffix
@pytest.mark.parametrize("kept", [fragment_reader.KEPT, 0])
def test_large_fragments(
    suffix: str, kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads anywhere in a fragment, forwards and backwards, whether it is kept in memory or not."""
    monkeypatch.setattr(fragment_reader, "KEPT", kept)
    log = b"".join(i.to_bytes(4, "big") for i in range(700_000))
    put(tmp_path, 0, log, suffix)
    assert read_all(tmp_path) == log
    with FileStore(tmp_path) as store, store.open(NAME) as journal:
        for offset in (2_000_000, 5, 2_700_000, 2_700_001, len(log) - 1, 0):
            content = journal.read(offset, limit=1000).content
            assert content
            assert log.startswith(content, offset)


@every_suffix
def test_members_and_frames(suffix: str, tmp_path: Path) -> None:
    """A file may be several streams, one after the other."""
    parts = [b"abc" * 1000, b"", b"def" * 1000]
    codec = CODEC_OF_SUFFIX[suffix]
    stored = b"".join(encoded(codec, part) for part in parts)
    put(tmp_path, 0, b"".join(parts), suffix, stored=stored)
    assert read_all(tmp_path) == b"".join(parts)


def test_streamed_frames_have_no_content_size(tmp_path: Path) -> None:
    """What this module writes is what Gazette writes: a zstd frame without a content size."""
    assert zstandard.get_frame_parameters(encoded(Codec.ZSTANDARD, b"abc")).content_size in (
        zstandard.CONTENTSIZE_UNKNOWN,
    )
    assert encoded(Codec.GZIP, b"abc") == encoded(Codec.GZIP, b"abc")
    assert gzip.decompress(encoded(Codec.GZIP_OFFLOAD, b"abc")) == b"abc"


def test_a_file_is_not_decoded_beyond_what_it_should_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file can claim content without end: reading stops when it is too much."""
    put(tmp_path, 0, b"content", ".zst")
    monkeypatch.setattr(fragment_reader, "decode", lambda *_: repeat(bytes(BLOCK)))
    with pytest.raises(CorruptFragment, match="more"):
        read(tmp_path, 0)


@every_suffix
@pytest.mark.parametrize(
    "damage", ["cut", "cut short", "empty", "flipped", "other", "longer", "bomb"]
)
def test_damage_is_told(suffix: str, damage: str, tmp_path: Path) -> None:
    """No byte is given of a fragment that is not what its name says; the error names the file."""
    content = b"".join(i.to_bytes(4, "big") for i in range(50_000))
    codec = CODEC_OF_SUFFIX[suffix]
    stored = bytearray(encoded(codec, content))
    match damage:
        case "cut":
            del stored[-1:]
        case "cut short":
            del stored[len(stored) // 2 :]
        case "empty":
            stored.clear()
        case "flipped":
            stored[len(stored) // 2] ^= 1
        case "other":
            stored = bytearray(encoded(codec, content[::-1]))
        case "longer":
            stored = bytearray(encoded(codec, content + b"!"))
        case "bomb":
            stored = bytearray(encoded(codec, bytes(64 << 20)))
    path = put(tmp_path, 0, content, suffix, stored=bytes(stored))
    with FileStore(tmp_path) as store, store.open(NAME) as journal:
        for offset in (0, 100, len(content) - 1):
            with pytest.raises(CorruptFragment) as error:
                journal.read(offset)
            assert (error.value.journal, error.value.file) == (NAME, str(path))
            assert error.value.reason
        path.write_bytes(encoded(codec, content))
        assert journal.read(0, limit=len(content)).content == content[: len(content)]
