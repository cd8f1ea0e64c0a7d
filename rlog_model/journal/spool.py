"""The spool: the file of a journal's open fragment, with the registers.

Rules
-----
* A spool comes into being whole: it is written under another name, made durable, and renamed. So a
  header that does not hold is damage. A spool that is done is replaced in the same way, never cut.
* Records are added at the end by whoever holds the journal's lock, and are acknowledged when they
  are durable. What a dead writer left is a number of whole records, and then a *torn tail*: bytes
  that are no whole record. A tail is cut off before anything else is written.
* A tail is torn only if nothing durable can lie in it. It is damage, and is left as it is, if a
  record in it says that the tail's first byte was settled, or if the *mark* does (see ``mark``).

``record`` has the format.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import frozen

from .durable import NOT_WRITABLE, names, read_at, sync_data, write_at
from .labels import LabelSet
from .protocol import CorruptFragment
from .record import (
    BLOCK,
    RECORD_MAGIC,
    Record,
    Window,
    content_at,
    decode_header,
    encode_header,
    encode_record,
    record_at,
)

_STRIDE: Final = 16 << 10  # bytes of content between two entries of the index


@frozen
class SpoolAppend:
    """One append to be written."""

    content: bytes
    """Not empty."""

    registers: LabelSet | None
    """The registers from this append on; None when it does not change them."""


class Spool:
    """An open spool, and what of it is known: whole records, checked, up to ``position``.

    Not to be used from several threads at once.
    """

    def __init__(self, journal: str, path: Path, fd: int) -> None:
        """Takes over ``fd``. Knows of no record yet.

        Raises:
            CorruptFragment: the header does not hold.
        """
        self._journal: Final = journal
        self._path: Final = path
        self.fd: Final = fd
        header = decode_header(Window(fd))
        if header is None:
            raise self._corrupt("its header does not hold")
        self._header: Final = header
        self.begin: Final = header.begin
        self.nonce: Final = header.nonce
        self.end = header.begin
        """Offset after the last byte of the last known record."""
        self.position = header.size
        """Position in the file after the last known record."""
        self.registers = header.registers
        """The registers after the last known record."""
        self._index_offsets = array("Q")  # of some records, ``_STRIDE`` or more apart
        self._index_positions = array("Q")

    @classmethod
    def open(cls, journal: str, path: Path) -> Spool | None:
        """Open the spool at ``path``, for writing if that is allowed; None, if there is none."""
        try:
            try:
                fd = os.open(path, os.O_RDWR)
            except OSError as error:
                if error.errno not in NOT_WRITABLE:
                    raise
                fd = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            return cls(journal, path, fd)
        except BaseException:
            os.close(fd)
            raise

    @classmethod
    def create(
        cls,
        journal: str,
        path: Path,
        begin: int,
        registers: LabelSet,
        appends: Iterable[SpoolAppend] = (),
    ) -> Spool:
        """Put a new spool in the place of the one at ``path``, whole and durable.

        Its name is durable once the caller has synced the directory.
        """
        new = path.with_name(path.name + ".new")
        fd = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            write_at(fd, encode_header(begin, os.urandom(8), registers), 0)
            spool = cls(journal, path, fd)
            spool.accept(spool.write(appends))
            os.rename(new, path)
        except BaseException:
            os.close(fd)
            raise
        return spool

    def close(self) -> None:
        """Close the file."""
        os.close(self.fd)

    def replaced(self) -> bool:
        """Whether another spool has taken the place of this one."""
        return not names(self._path, self.fd)

    def size(self) -> int:
        """Bytes in the file: more than ``position`` where there is more than the known records."""
        return os.fstat(self.fd).st_size

    def write(self, appends: Iterable[SpoolAppend]) -> list[Record]:
        """Write records at the end and make them durable. They are known once accepted.

        If this fails the records are taken back as far as possible, and what is known may not hold:
        the spool is to be opened anew.
        """
        pieces: list[bytes] = []
        records: list[Record] = []
        position, offset = self.position, self.end
        for append in appends:
            record, head = encode_record(
                self._header.seed,
                position,
                offset,
                self.position,
                append.registers,
                append.content,
            )
            pieces += (head, append.content)
            records.append(record)
            position, offset = record.end, offset + len(append.content)
        try:
            write_at(self.fd, b"".join(pieces), self.position)
            sync_data(self.fd)
        except BaseException:
            # A system that failed to write data may hold it in memory as if it were written, and
            # say so the next time it is asked. Nobody has seen these records: no mark covers them.
            with suppress(OSError):
                os.ftruncate(self.fd, self.position)
            raise
        return records

    def accept(self, records: Iterable[Record]) -> None:
        """Take whole records as known. They are those which follow what is known."""
        for record in records:
            if not self._index_offsets or record.offset - self._index_offsets[-1] >= _STRIDE:
                self._index_offsets.append(record.offset)
                self._index_positions.append(record.position)
            if record.registers is not None:
                self.registers = record.registers
            self.end = record.offset + record.end - record.content
            self.position = record.end

    def advance(self, stop: int | None = None) -> None:
        """Learn the whole records that follow, up to the position ``stop``, or as far as they go.

        Raises:
            CorruptFragment: there are no whole records up to ``stop``.
        """
        window, size = Window(self.fd), self.size()
        while self.position < (size if stop is None else stop):
            record = record_at(window, self.position, self._header.seed, size)
            if record is None or record.offset != self.end:
                if stop is not None:
                    raise self._damaged(self.position)
                return
            self.accept((record,))

    def cut_tail(self, marked: int) -> None:
        """Cut off what follows the known records. To be called when all whole ones are known.

        ``marked`` is a position up to which all was durable once.

        Raises:
            CorruptFragment: something durable may lie there.
        """
        if marked > self.position:
            raise self._corrupt(
                f"its whole records end at position {self.position}, and the lock file beside it "
                f"says that they were durable up to {marked}"
            )
        if self._settled_in_tail():
            raise self._corrupt(
                f"the record at position {self.position} does not hold, and later ones do"
            )
        os.ftruncate(self.fd, self.position)

    def _settled_in_tail(self) -> bool:
        window = Window(self.fd)
        position, size = self.position, self.size()
        while position < size:
            block = bytes(window.take(position, BLOCK))
            at = block.find(RECORD_MAGIC)
            if at < 0:
                position += max(1, len(block) - len(RECORD_MAGIC) + 1)
                continue
            record = record_at(window, position + at, self._header.seed, size)
            if record is not None and record.settled > self.position:
                return True
            position += at + 1
        return False

    def read(self, offset: int, limit: int) -> bytes:
        """Content from ``offset`` on, which lies in a known record, ``limit`` bytes at most."""
        window = Window(self.fd, min(BLOCK, _STRIDE + 2 * limit))
        at = bisect_right(self._index_offsets, offset) - 1
        position, reached = self._index_positions[at], self._index_offsets[at]
        pieces: list[memoryview] = []
        while reached < self.end and limit:
            content, length = content_at(window, position)
            skip = offset - reached
            if skip < length:
                piece = window.take(content + skip, min(length - skip, limit))
                pieces.append(piece)
                offset += len(piece)
                limit -= len(piece)
            position, reached = content + length, reached + length
        return b"".join(pieces)

    def contents(self) -> Iterator[bytes]:
        """All content of the known records, in pieces, checked once more.

        Raises:
            CorruptFragment: a record does not hold any more.
        """
        window = Window(self.fd)
        position = self._header.size
        while position < self.position:
            record = record_at(window, position, self._header.seed, self.position)
            if record is None:
                raise self._damaged(position)
            for start in range(record.content, record.end, BLOCK):
                yield read_at(self.fd, min(BLOCK, record.end - start), start)
            position = record.end

    def _damaged(self, position: int) -> CorruptFragment:
        return self._corrupt(f"the record at position {position} does not hold")

    def _corrupt(self, reason: str) -> CorruptFragment:
        return CorruptFragment(self._journal, str(self._path), reason)
