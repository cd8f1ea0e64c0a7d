"""The spool: what is in a journal's open fragment, and the registers. And the file of its content.

Rules
-----
* A spool comes into being whole: it is written under another name, made durable, and renamed. So a
  header that does not hold is damage. A spool that is done is replaced in the same way, never cut.
* Its content is in a file of its own, which has the spool's nonce in its name: nobody takes it for
  that of another spool. That name is durable before the spool has its own. When the fragment is
  closed the file is renamed, or deleted: a spool without it is *closed*, and must not be added to.
* Appends are added at the end of both by whoever holds the journal's lock, and are acknowledged
  when both are durable. A record is *whole* if its own checksum holds, and its digest that of the
  content. What a dead writer left is a number of whole records, and then a *torn tail*: whatever
  else is in either file. A tail is cut off before anything else is written.
* A tail is torn only if nothing durable can lie in it. It is damage, and is left as it is, if a
  record in it says that the tail's first byte was settled, or if the *mark* does (see ``mark``).

``record`` has the format.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import frozen

from .durable import SecondThread, names, open_existing, sync_data, write_at
from .labels import LabelSet
from .open_content import OpenContent, content_name
from .protocol import CorruptFragment
from .record import (
    BLOCK,
    RECORD_MAGIC,
    Record,
    Window,
    decode_header,
    encode_header,
    encode_record,
    other_version,
    record_at,
)

# No journal's name has a "#": this can be neither a fragment nor the directory of another journal.
SPOOL_NAME: Final = ".open#"


@frozen
class SpoolAppend:
    """One append to be written."""

    content: bytes
    """Not empty."""

    registers: LabelSet | None
    """The registers from this append on; None when it does not change them."""


@frozen
class Written:
    """Appends that are durable, and not known yet."""

    records: tuple[Record, ...]
    digest: hashlib._Hash
    """Of all content, theirs included."""


class Spool:
    """An open spool, and what of it is known: whole records, checked, up to ``position``.

    Not to be used from several threads at once.
    """

    def __init__(self, journal: str, directory: Path, second: SecondThread, fd: int) -> None:
        """Takes over ``fd``. Knows of no record yet. ``second`` helps to write.

        Raises:
            CorruptFragment: the header does not hold.
        """
        self._journal: Final = journal
        self._path: Final = directory / SPOOL_NAME
        self._second: Final = second
        self._fd: Final = fd
        window = Window(fd)
        header = decode_header(window)
        if header is None:
            version = other_version(window)
            raise self._corrupt(
                f"it begins with {version}, as what another version of this package wrote"
                if version
                else "its header does not hold"
            )
        self._header: Final = header
        self.begin: Final = header.begin
        self.nonce: Final = header.nonce
        self.end = header.begin
        """Offset after the last byte of the last known record."""
        self.position = header.size
        """Position in the file after the last known record."""
        self.registers = header.registers
        """The registers after the last known record."""
        self.content_path: Final = directory / content_name(header.nonce)
        self.content: Final = OpenContent.open(journal, self.content_path)
        """None where the fragment is closed."""

    @classmethod
    def open(cls, journal: str, directory: Path, second: SecondThread) -> Spool | None:
        """Open the spool of a directory, for writing if that is allowed; None, if there is none."""
        fd = open_existing(directory / SPOOL_NAME)
        return None if fd is None else cls._of(journal, directory, second, fd)

    @classmethod
    def create(
        cls,
        journal: str,
        directory: Path,
        second: SecondThread,
        begin: int,
        registers: LabelSet,
        appends: Sequence[SpoolAppend] = (),
    ) -> Spool:
        """A new spool, whole and durable, which ``take_place`` gives its name."""
        nonce = os.urandom(8)
        OpenContent.make(directory / content_name(nonce))
        fd = os.open(_new_path(directory), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            write_at(fd, encode_header(begin, nonce, registers), 0)
        except BaseException:
            os.close(fd)
            raise
        spool = cls._of(journal, directory, second, fd)
        try:
            spool.accept(spool.write(appends))
        except BaseException:
            spool.close()
            raise
        return spool

    @classmethod
    def _of(cls, journal: str, directory: Path, second: SecondThread, fd: int) -> Spool:
        try:
            return cls(journal, directory, second, fd)
        except BaseException:
            os.close(fd)
            raise

    def take_place(self) -> None:
        """Put this new spool in the place of the one that is there.

        The name of its content is to be durable before. Its own is, once the caller has synced the
        directory.
        """
        os.rename(_new_path(self._path.parent), self._path)

    def close(self) -> None:
        """Close the files."""
        os.close(self._fd)
        if self.content is not None:
            self.content.close()

    @property
    def size(self) -> int:
        """Bytes of known content."""
        return self.end - self.begin

    def replaced(self) -> bool:
        """Whether another spool has taken the place of this one."""
        return not names(self._path, self._fd)

    def closed_since(self) -> bool:
        """Whether the fragment may have been closed since this was opened."""
        return self.content is not None and self.content.renamed()

    def has_tail(self) -> bool:
        """Whether the files are not as long as the known records say."""
        return os.fstat(self._fd).st_size != self.position or (
            self.content is not None and self.content.has_tail()
        )

    def sync(self) -> None:
        """Make both files durable."""
        if self.content is not None:
            self.content.sync()
        sync_data(self._fd)

    def write(self, appends: Sequence[SpoolAppend]) -> Written:
        """Add appends at the end and make them durable. They are known once accepted.

        If this fails they are taken back as far as possible, and what is known may not hold: the
        spool is to be opened anew.
        """
        file = self.content
        assert file is not None
        content = b"".join([append.content for append in appends])
        try:
            # Neither needs the other to have reached the disk: a record counts with its content.
            with self._second.meanwhile(lambda: file.write(content)):
                written, encoded = self._encode(appends, file.digest.copy())
                write_at(self._fd, encoded, self.position)
                sync_data(self._fd)
        except BaseException:
            # A system that failed to write data may hold it in memory as if it were written, and
            # say so the next time it is asked. Nobody has seen these records: no mark covers them.
            # Without them their content is a tail.
            with suppress(OSError):
                os.ftruncate(self._fd, self.position)
            raise
        return written

    def _encode(
        self, appends: Sequence[SpoolAppend], digest: hashlib._Hash
    ) -> tuple[Written, bytes]:
        """The records of appends, and their bytes. ``digest`` is taken over."""
        pieces: list[bytes] = []
        records: list[Record] = []
        position, offset = self.position, self.end
        for append in appends:
            digest.update(append.content)
            record, piece = encode_record(
                self._header.seed,
                position,
                offset,
                len(append.content),
                self.position,
                digest.digest(),
                append.registers,
            )
            pieces.append(piece)
            records.append(record)
            position, offset = record.end, offset + len(append.content)
        return Written(tuple(records), digest), b"".join(pieces)

    def accept(self, written: Written) -> None:
        """Take whole records as known. They are those which follow what is known, or known."""
        assert self.content is not None
        for record in written.records:
            self._accept(record)
        self.content.accept(self.size - self.content.size, written.digest)

    def _accept(self, record: Record) -> None:
        if record.registers is not None:
            self.registers = record.registers
        self.end = record.offset + record.length
        self.position = record.end

    def advance(self, stop: int | None = None) -> None:
        """Learn the whole records that follow, up to the position ``stop``, or as far as they go.

        Where the fragment is closed, those of which the checksum holds.

        Raises:
            CorruptFragment: there are no whole records up to ``stop``.
        """
        window, size = Window(self._fd), os.fstat(self._fd).st_size
        while self.position < (size if stop is None else stop):
            record = self._next(window, size)
            if record is None or (
                self.content is not None and not self.content.advance(record.length, record.sha1)
            ):
                break
            self._accept(record)
        if stop is not None and self.position < stop:
            raise self._damaged(f"and all was durable up to position {stop}")

    def _next(self, window: Window, size: int) -> Record | None:
        """The record behind the known ones, if its checksum holds."""
        record = record_at(window, self.position, self._header.seed, size)
        return record if record is not None and record.offset == self.end else None

    def cut_tail(self, marked: int) -> None:
        """Cut off what follows the known records. To be called when all whole ones are known.

        ``marked`` is a position up to which all was durable once.

        Raises:
            CorruptFragment: something durable may lie there, or is missing.
        """
        if marked > self.position:
            raise self._damaged(f"and the lock file says that all was durable up to {marked}")
        if self._settled_in_tail():
            raise self._damaged("and later ones do")
        os.ftruncate(self._fd, self.position)
        if self.content is not None:
            self.content.cut_tail()

    def _settled_in_tail(self) -> bool:
        window = Window(self._fd)
        position, size = self.position, os.fstat(self._fd).st_size
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
        """Known content from ``offset`` on, ``limit`` bytes at most."""
        assert self.content is not None
        return self.content.read(offset - self.begin, limit)

    def _damaged(self, why: str) -> CorruptFragment:
        """What is wrong with the record that follows the known ones."""
        record = self._next(Window(self._fd), os.fstat(self._fd).st_size)
        where = f"the record at position {self.position}"
        if record is None or self.content is None:
            return self._corrupt(f"{where} does not hold, {why}")
        return self.content.corrupt(
            f"its {record.length} bytes at position {self.size} are not those of {where} of the "
            f"spool, {why}"
        )

    def _corrupt(self, reason: str) -> CorruptFragment:
        return CorruptFragment(self._journal, str(self._path), reason)


def _new_path(directory: Path) -> Path:
    return directory / f"{SPOOL_NAME}.new"
