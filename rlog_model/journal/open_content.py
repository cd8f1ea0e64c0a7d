"""The file with the content of an open fragment: what was appended, and nothing else.

What of it is *known* is for the spool to say, whose records have a digest of it (see ``spool``).
Behind that can be a tail, of what a dead writer had not written whole.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .durable import names, open_existing, read_at, sync_data, write_at
from .protocol import CorruptFragment

_NAME: Final = re.compile(r"\.open#[0-9a-f]{16}")
_BLOCK: Final = 256 << 10  # bytes of one look into the file


def content_name(nonce: bytes) -> str:
    """The name of the file that has the content of a spool."""
    return f".open#{nonce.hex()}"


def is_content(name: str) -> bool:
    """Whether a file of this name has the content of a spool."""
    return _NAME.fullmatch(name) is not None


class OpenContent:
    """The open file, and how much of it is known, with the SHA-1 of that."""

    def __init__(self, journal: str, path: Path, fd: int) -> None:
        """Takes over ``fd``. Knows of no content yet."""
        self._journal: Final = journal
        self._fd: Final = fd
        self.path: Final = path
        self.size = 0
        """Bytes that are known."""
        self.digest = hashlib.sha1(usedforsecurity=False)
        """Of what is known. Not to be updated: ``copy`` it."""

    @classmethod
    def open(cls, journal: str, path: Path) -> OpenContent | None:
        """Open the file at ``path``, for writing if that is allowed; None, if there is none."""
        fd = open_existing(path)
        return None if fd is None else cls(journal, path, fd)

    @staticmethod
    def make(path: Path) -> None:
        """Make the file, empty.

        Raises:
            FileExistsError: it is there.
        """
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def renamed(self) -> bool:
        """Whether the file has lost its name: it may be a fragment now, which never changes."""
        return not names(self.path, self._fd)

    def has_tail(self) -> bool:
        """Whether the file is not as long as what is known."""
        return os.fstat(self._fd).st_size != self.size

    def sync(self) -> None:
        """Make it durable."""
        sync_data(self._fd)

    def write(self, content: bytes) -> None:
        """Write behind what is known, and make it durable. It is known once accepted."""
        write_at(self._fd, content, self.size)
        self.sync()

    def accept(self, length: int, digest: hashlib._Hash) -> None:
        """Take the next ``length`` bytes as known, with which all have that digest."""
        self.size += length
        self.digest = digest

    def advance(self, length: int, sha1: bytes) -> bool:
        """Learn the next ``length`` bytes, if with these all have that SHA-1."""
        digest = self.digest.copy()
        for piece in self._pieces(self.size, length):
            digest.update(piece)
        if digest.digest() != sha1:
            return False
        self.accept(length, digest)
        return True

    def cut_tail(self) -> None:
        """Cut off what follows the known content.

        Raises:
            CorruptFragment: some of that is missing.
        """
        size = os.fstat(self._fd).st_size
        if size < self.size:
            raise self.corrupt(f"it has {size} bytes, and had {self.size} that were durable")
        if size > self.size:
            os.ftruncate(self._fd, self.size)

    def read(self, position: int, limit: int) -> bytes:
        """Known content from ``position`` on: one byte at least, ``limit`` at most.

        Raises:
            CorruptFragment: it is missing.
        """
        content = read_at(self._fd, min(limit, self.size - position), position)
        if not content:
            raise self.corrupt("it became shorter while it was read")
        return content

    def checked(self) -> Iterator[bytes]:
        """All known content, in pieces.

        Raises:
            CorruptFragment: behind the last piece, if it is not what was known.
        """
        digest = hashlib.sha1(usedforsecurity=False)
        for piece in self._pieces(0, self.size):
            digest.update(piece)
            yield piece
        if digest.digest() != self.digest.digest():
            raise self.corrupt("it is not what was appended")

    def corrupt(self, reason: str) -> CorruptFragment:
        """That the file is not what it should be."""
        return CorruptFragment(self._journal, str(self.path), reason)

    def _pieces(self, position: int, length: int) -> Iterator[bytes]:
        end = position + length
        while position < end and (
            piece := read_at(self._fd, min(_BLOCK, end - position), position)
        ):
            yield piece
            position += len(piece)
