"""The mark: how far the open fragment is durable, for readers that hold no lock.

It is the content of the lock file: the nonce of the spool, the position in it up to which all is
durable (8 bytes, little-endian), with what its records up to there say of the content, and the
CRC-32 of both. Whoever holds the lock writes it after the data was made durable, and never makes it
durable itself: after a crash it may be older than the truth, or gone, but not newer. Who holds the
lock therefore looks at the spool, not at the mark.
"""

from __future__ import annotations

import zlib
from struct import Struct
from typing import Final

from attrs import frozen

from .durable import read_at, write_at

_LAYOUT: Final = Struct("<8sQI")
_CHECKED: Final = 16


@frozen
class Mark:
    """How far a spool is durable."""

    nonce: bytes
    """Which spool."""

    position: int
    """All before this position in its file is durable, and the content that belongs to it."""


def read_mark(fd: int) -> Mark | None:
    """The mark in a lock file; None where there is none, or it is just being written."""
    found = read_at(fd, _LAYOUT.size, 0)
    if len(found) < _LAYOUT.size:
        return None
    nonce, position, crc = _LAYOUT.unpack(found)
    return Mark(nonce, position) if zlib.crc32(found[:_CHECKED]) == crc else None


def write_mark(fd: int, mark: Mark) -> None:
    """Put the mark into a lock file."""
    checked = _LAYOUT.pack(mark.nonce, mark.position, 0)[:_CHECKED]
    write_at(fd, checked + zlib.crc32(checked).to_bytes(4, "little"), 0)
