"""Reading closed fragments: verified before the first byte is given, with bounded memory.

The first read of a fragment goes once through the whole file, and compares its length and SHA-1
with those in its name. What then serves reads is the file itself, if raw; the content kept in
memory, if it is small; else the file decoded anew, from where the last read ended if possible.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from .codec import Codec, UndecodableContent, decode
from .durable import names, read_at
from .fragment import FragmentFile
from .protocol import CorruptFragment

KEPT: Final = 16 << 20
"""Bytes of content up to which a compressed fragment is kept in memory."""

OPEN_FRAGMENTS: Final = 2
"""Fragments of one journal that are open at a time."""


class FragmentReader:
    """Reads the closed fragments of one journal. Can be used from several threads at once."""

    def __init__(self, journal: str, directory: Path) -> None:
        self._journal: Final = journal
        self._directory: Final = directory
        self._lock: Final = Lock()
        self._open: dict[FragmentFile, _OpenFragment] = {}  # the last one was used last

    def read(self, file: FragmentFile, offset: int, limit: int) -> bytes:
        """Content of ``file`` from ``offset`` on, ``limit`` bytes at most, one at least.

        ``offset`` is one of the journal, within the range of the file.

        Raises:
            CorruptFragment: the file does not hold what its name says.
            FileNotFoundError: the file is gone.
        """
        with self._lock:
            fragment = self._open.pop(file, None)
            if fragment is not None and fragment.replaced():
                fragment.close()
                fragment = None
            if fragment is None:
                fragment = _OpenFragment(self._journal, self._directory / file.name, file)
            self._open[file] = fragment
            if len(self._open) > OPEN_FRAGMENTS:
                self._open.pop(next(iter(self._open))).close()
            return fragment.read(offset - file.begin, limit)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()


class _OpenFragment:
    """One verified fragment. Positions count from its first byte."""

    def __init__(self, journal: str, path: Path, file: FragmentFile) -> None:
        self._journal: Final = journal
        self._path: Final = path
        self._codec: Final = file.codec
        self._length: Final = file.end - file.begin
        self._file: Final[BinaryIO] = open(path, "rb")  # noqa: SIM115 - closed by close()
        self._kept: bytes | None = None
        self._pieces = self._decode()  # what comes after ``_piece``
        self._piece = b""
        self._position = 0  # of the first byte of ``_piece``
        try:
            self._verify(file.sha1)
        except BaseException:
            self._file.close()
            raise

    def _verify(self, sha1: str) -> None:
        keep = self._codec is not Codec.RAW and self._length <= KEPT
        kept: list[bytes] = []
        digest = hashlib.sha1(usedforsecurity=False)
        length = 0
        for piece in self._decode():
            digest.update(piece)
            length += len(piece)
            if length > self._length:
                break  # a small file can claim any amount of content
            if keep:
                kept.append(piece)
        if length > self._length:
            raise self._corrupt(f"it holds more than the {self._length} bytes that its name says")
        if length != self._length:
            raise self._corrupt(f"it holds {length} bytes, and its name says {self._length}")
        if digest.hexdigest() != sha1:
            raise self._corrupt(
                f"its content has SHA-1 {digest.hexdigest()}, and its name says {sha1}"
            )
        if keep:
            self._kept = b"".join(kept)

    def read(self, position: int, limit: int) -> bytes:
        """Content from ``position`` on: one byte at least, ``limit`` at most."""
        if self._kept is not None:
            return self._kept[position : position + limit]
        if self._codec is Codec.RAW:
            content = read_at(self._file.fileno(), min(limit, self._length - position), position)
        else:
            content = self._read_decoded(position, limit)
        if not content:
            raise self._corrupt("it became shorter while it was read")
        return content

    def _read_decoded(self, position: int, limit: int) -> bytes:
        if position < self._position:
            self._pieces = self._decode()
            self._piece, self._position = b"", 0
        while position >= self._position + len(self._piece):
            self._position += len(self._piece)
            self._piece = b""
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._piece = piece
        start = position - self._position
        return self._piece[start : start + limit]

    def _decode(self) -> Iterator[bytes]:
        self._file.seek(0)
        try:
            yield from decode(self._codec, self._file)
        except UndecodableContent as error:
            raise self._corrupt(str(error)) from error

    def replaced(self) -> bool:
        """Whether the file lost its name since it was opened."""
        return not names(self._path, self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _corrupt(self, reason: str) -> CorruptFragment:
        return CorruptFragment(self._journal, str(self._path), reason)
