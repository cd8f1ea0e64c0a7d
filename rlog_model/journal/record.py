"""The format of the spool: the file that says what is in a journal's open fragment.

Layout
------
Integers are little-endian and unsigned. The file is a header, then records, one an append. Content
is not in it, but in a file of its own: the bytes that were appended, one behind the other, the
first of them at position 0.

======== ==== ===========================================================================
header   size
======== ==== ===========================================================================
magic       8 ``rlogopn2``
crc         4 CRC-32 of all that follows in the header, ``registers`` included
size        4 of ``registers``
begin       8 offset of the first byte of the open fragment
nonce       8 random, new for each spool: it is in the name of the file that has the content
registers     the registers when the spool began, as JSON: ``[["name", "value"], ...]``
======== ==== ===========================================================================

======== ==== ===========================================================================
record   size
======== ==== ===========================================================================
magic       4 ``rlr2``
crc         4 CRC-32 of all that follows in the record, continued from the header's ``crc``
size        4 of ``registers``
length      8 of the bytes that were appended, not 0
offset      8 of the first of them: the end of the record before, or ``begin``
settled     8 the position in this file up to which all had been made durable before this record
              was written
sha1       20 SHA-1 of the content from ``begin`` to the end of this append
registers     the registers from this append on; of size 0 when they are those of before
======== ==== ===========================================================================
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from struct import Struct
from typing import Final

from attrs import frozen

from .durable import read_at
from .labels import LabelSet

BLOCK: Final = 256 << 10
"""Bytes of one look into the file."""

HEADER_SIZE: Final = 32
"""Size of a header without its registers."""

RECORD_MAGIC: Final = b"rlr2"
"""How a record begins."""

_HEADER_MAGIC: Final = b"rlogopn2"
_VERSION: Final = -1  # where the magic of a header has the version of its format
_HEADER: Final = Struct("<8sIIQ8s")
_RECORD: Final = Struct("<4sIIQQQ20s")
_HEADER_CHECKED: Final = 12  # where the part of a header that its crc covers begins
_RECORD_CHECKED: Final = 8  # likewise of a record


@frozen
class Header:
    """The header of a spool."""

    begin: int
    """Offset of the first byte of the open fragment."""

    nonce: bytes
    """Eight random bytes: which spool it is."""

    registers: LabelSet
    """The registers when the spool began."""

    seed: int
    """The header's CRC: where the CRC of each record starts from."""

    size: int
    """Bytes of the header: the position of the first record."""


@frozen
class Record:
    """A record. Positions are those in its file, offsets the journal's."""

    position: int
    """Position of its first byte."""

    offset: int
    """Offset of the first byte that was appended."""

    length: int
    """How many were."""

    registers: LabelSet | None
    """The registers from it on; None where it does not change them."""

    end: int
    """Position after its last byte."""

    settled: int
    """Position up to which all had been durable before it was written."""

    sha1: bytes
    """SHA-1 of all content of the spool up to the end of what was appended."""


def encode_header(begin: int, nonce: bytes, registers: LabelSet) -> bytes:
    """The header of a new spool."""
    encoded = _encode_registers(registers)
    header = _HEADER.pack(_HEADER_MAGIC, 0, len(encoded), begin, nonce) + encoded
    crc = zlib.crc32(header[_HEADER_CHECKED:])
    return _HEADER_MAGIC + crc.to_bytes(4, "little") + header[_HEADER_CHECKED:]


def decode_header(window: Window) -> Header | None:
    """The header at the begin of a file; None, if it does not hold."""
    fixed = window.take(0, HEADER_SIZE)
    if len(fixed) < HEADER_SIZE:
        return None
    magic, crc, size, begin, nonce = _HEADER.unpack(fixed)
    found = window.crc(HEADER_SIZE, size, zlib.crc32(fixed[_HEADER_CHECKED:]))
    if magic != _HEADER_MAGIC or found != crc:
        return None
    registers = _decode_registers(bytes(window.take(HEADER_SIZE, size)))
    return Header(begin, nonce, registers, crc, HEADER_SIZE + size)


def other_version(window: Window) -> str | None:
    """The magic of a header that another version of this module wrote; None, if it is none."""
    magic = bytes(window.take(0, len(_HEADER_MAGIC)))
    same = magic[:_VERSION] == _HEADER_MAGIC[:_VERSION]
    return repr(magic)[2:-1] if same and magic != _HEADER_MAGIC else None


def encode_record(
    seed: int,
    position: int,
    offset: int,
    length: int,
    settled: int,
    sha1: bytes,
    registers: LabelSet | None,
) -> tuple[Record, bytes]:
    """A record, and its bytes."""
    encoded = b"" if registers is None else _encode_registers(registers)
    fixed = _RECORD.pack(RECORD_MAGIC, 0, len(encoded), length, offset, settled, sha1)
    checked = fixed[_RECORD_CHECKED:] + encoded
    crc = zlib.crc32(checked, seed)
    end = position + _RECORD.size + len(encoded)
    record = Record(position, offset, length, registers, end, settled, sha1)
    return record, RECORD_MAGIC + crc.to_bytes(4, "little") + checked


def record_at(window: Window, position: int, seed: int, size: int) -> Record | None:
    """The whole record at ``position`` of a file of ``size`` bytes, if there is one.

    That says nothing of its content yet.
    """
    fixed = window.take(position, _RECORD.size)
    if len(fixed) < _RECORD.size:
        return None
    magic, crc, registers, length, offset, settled, sha1 = _RECORD.unpack(fixed)
    labels = position + _RECORD.size
    end = labels + registers
    if magic != RECORD_MAGIC or not length or end > size:
        return None
    if window.crc(labels, registers, zlib.crc32(fixed[_RECORD_CHECKED:], seed)) != crc:
        return None
    changed = _decode_registers(bytes(window.take(labels, registers))) if registers else None
    return Record(position, offset, length, changed, end, settled, sha1)


class Window:
    """A block of a file, which moves to where it is needed."""

    def __init__(self, fd: int, block: int = BLOCK) -> None:
        """``block``: bytes that one look into the file takes at least."""
        self._fd: Final = fd
        self._least: Final = block
        self._start = 0
        self._block = memoryview(b"")

    def take(self, position: int, size: int) -> memoryview:
        """``size`` bytes from ``position`` on; fewer where the file ends."""
        skip = position - self._start
        if skip < 0 or skip + size > len(self._block):
            self._block = memoryview(read_at(self._fd, max(size, self._least), position))
            self._start, skip = position, 0
        return self._block[skip : skip + size]

    def pieces(self, position: int, size: int) -> Iterator[memoryview]:
        """A range, in pieces of ``BLOCK`` bytes at most; less of it where the file ends."""
        end = position + size
        while position < end and (piece := self.take(position, min(end - position, BLOCK))):
            yield piece
            position += len(piece)

    def crc(self, position: int, size: int, value: int) -> int:
        """CRC-32 of a range, continued from ``value``; wrong where the file ends within it."""
        for piece in self.pieces(position, size):
            value = zlib.crc32(piece, value)
            size -= len(piece)
        return -1 if size else value


def _encode_registers(registers: LabelSet) -> bytes:
    return json.dumps(registers.labels, separators=(",", ":")).encode()


def _decode_registers(encoded: bytes) -> LabelSet:
    return LabelSet((str(name), str(value)) for name, value in json.loads(encoded))
