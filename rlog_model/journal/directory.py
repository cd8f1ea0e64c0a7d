"""One journal's directory, and what this process knows of it. ``file`` says why it is safe.

Who calls what: a method that says *locked* is called within ``exclusive``, by one thread at a time.
One that says *guarded* is called while ``changed`` is held. What is known changes only while
``changed`` is held, and the spool is written only by who is locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition
from typing import Final

from .codec import Codec, encode
from .durable import NOT_WRITABLE, SecondThread, locked, names, sync_data, sync_directory
from .fragment import FragmentFile, Listing, Span
from .labels import EMPTY, LabelSet
from .mark import Mark, read_mark, write_mark
from .open_content import OpenContent, is_content
from .protocol import HEAD, Chunk, CorruptFragment, JournalClosed
from .spool import SPOOL_NAME, Spool, SpoolAppend

# No journal's name has a "#": these can be neither fragments nor the directories of other journals.
LOCK_NAME: Final = ".lock#"
_NEW_FRAGMENT_NAME: Final = ".fragment#.new"


class JournalDirectory:
    """The files of one journal."""

    def __init__(self, journal: str, root: Path, codec: Codec) -> None:
        """``root``: of the store. ``codec``: of fragments that are closed here."""
        self.changed: Final = Condition()
        """Guards what is known. Notified when that grew."""
        self.path: Final = root / journal
        self._journal: Final = journal
        self._root: Final = root
        self._codec: Final = codec
        self._second: Final = SecondThread()
        self._spool: Spool | None = None
        self._listing = Listing()
        self._attached = False  # whether the above are known at all
        self._may_have_leftovers = True
        self._marks: int | None = None  # the lock file, for looks at the mark
        self._lock: int | None = None  # the lock file, while its lock is held
        self._closed = False

    @property
    def head(self) -> int:
        """The head, as known. Guarded."""
        return max(self._spool.end if self._spool else 0, self._listing.end)

    @property
    def first_offset(self) -> int:
        """The least offset that exists, as known; else the head. Guarded."""
        spans = self._listing.spans
        return spans[0].begin if spans else self._spool.begin if self._spool else 0

    @property
    def registers(self) -> LabelSet:
        """The registers, as known. Guarded, or locked."""
        return self._spool.registers if self._spool else EMPTY

    @property
    def open_size(self) -> int:
        """Bytes of content in the open fragment. Locked."""
        return self._spool.size if self._spool else 0

    @property
    def files(self) -> tuple[FragmentFile, ...]:
        """The closed fragments, as known. Guarded, or locked."""
        return self._listing.files

    @contextmanager
    def exclusive(self, *, create: bool) -> Iterator[None]:
        """Hold the journal's lock, and know all that is there. ``create``: in order to write.

        Without ``create``, where there is no lock file yet, or this process may not write, there is
        nothing to hold, and what is known is what a look at the files gives.
        """
        fd = self._open_lock(create)
        if fd is None:
            self._attach(None)
            yield
            return
        try:
            with locked(fd):
                self._lock = fd
                self._attach(fd)
                if create:
                    self._finish_closing()
                    self._remove_leftovers()
                yield
        finally:
            self._lock = None
            os.close(fd)

    def _open_lock(self, create: bool) -> int | None:
        path = self.path / LOCK_NAME
        try:
            return os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o666)
        except FileNotFoundError:
            if not create:
                return None
        except OSError as error:
            if create or error.errno not in NOT_WRITABLE:
                raise
            return None
        self._root.mkdir(exist_ok=True)
        self.path.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)

    def _attach(self, lock: int | None) -> None:
        with self.changed:
            if self._closed:
                raise JournalClosed(self._journal)
            spool = self._spool
            if spool is None or spool.replaced() or (lock is not None and spool.closed_since()):
                self.forget()
                self._open_files()
            if self._spool is not None:
                self._spool.advance()
            if lock is not None:
                self._open_marks()
                if self._spool is not None:
                    self._recover(self._spool, lock)
            self._attached = True
            self.changed.notify_all()

    def _open_files(self) -> None:
        """Open the spool, with its content, and list the fragments. Guarded.

        Raises:
            CorruptFragment: the content of the spool is in neither.
        """
        self._may_have_leftovers = True
        while True:
            # In this order: content moves from the spool into a fragment, never back.
            self._spool = spool = Spool.open(self._journal, self.path, self._second)
            self._listing = Listing.scan(self.path)
            if spool is None or spool.content is not None:
                return
            spool.advance()
            if not spool.size or self._listing.covers(spool.begin, spool.end):
                return
            replaced = spool.replaced()
            self.forget()
            if not replaced:
                reason = "it is missing, and no fragment has all that was in it"
                raise CorruptFragment(self._journal, str(spool.content_path), reason)

    def _open_marks(self) -> None:
        path = self.path / LOCK_NAME
        if self._marks is not None and not names(path, self._marks):
            os.close(self._marks)
            self._marks = None
        if self._marks is None:
            self._marks = os.open(path, os.O_RDONLY)

    def _recover(self, spool: Spool, lock: int) -> None:
        """Cut what a dead writer left unfinished, and make the rest durable. Guarded, locked.

        Spec: JRN-1.
        """
        mark = read_mark(lock)
        if mark is None or mark.nonce != spool.nonce:
            # Whoever began the spool died before it set a mark, and may not have come to this.
            self._sync_names(above=True)
            mark = Mark(spool.nonce, 0)
        has_tail = spool.has_tail()
        if mark.position == spool.position and not has_tail:
            return
        if mark.position > spool.position or has_tail:
            spool.cut_tail(mark.position)
        spool.sync()
        write_mark(lock, Mark(spool.nonce, spool.position))

    def _finish_closing(self) -> None:
        """Go on where a writer died between closing a fragment and beginning the next. Locked.

        So too where fragments were put into the directory that go on beyond the spool.
        """
        spool, end = self._spool, self._listing.end
        if spool is None:
            return
        if spool.content is not None:
            if end < spool.end or end == spool.begin:
                return
            if spool.size and not self._listing.covers(spool.begin, spool.end):
                self.close_open()
        begun, end = self._spool, max(end, spool.end)
        if begun is spool or begun is None or begun.begin != end:
            self._begin_spool(end, spool.registers, ())

    def _remove_leftovers(self) -> None:
        """Remove the content of spools that dead writers did not come to begin. Locked."""
        if not self._may_have_leftovers:
            return
        used = self._spool.content_path.name if self._spool else None
        with os.scandir(self.path) as entries:
            found = [entry.name for entry in entries if is_content(entry.name)]
        for name in found:
            if name != used:
                os.unlink(self.path / name)
        self._may_have_leftovers = False

    def append(self, appends: Sequence[SpoolAppend]) -> None:
        """Write appends, which are not empty, and make them durable. Locked. Spec: JRN-2."""
        spool = self._spool
        if spool is None:
            self._begin_spool(self._listing.end, EMPTY, appends)
            return
        try:
            written = spool.write(appends)
        except BaseException:
            # Without a mark, whoever comes next makes durable what this left, before it goes on:
            # else a part of a failed batch could come back behind what is appended next.
            with suppress(OSError):
                os.truncate(self.path / LOCK_NAME, 0)
            raise
        self._publish(spool.nonce, written.records[-1].end)
        with self.changed:
            spool.accept(written)
            self.changed.notify_all()

    def close_open(self) -> None:
        """Close the open fragment, if it holds anything. Locked."""
        spool = self._spool
        if spool is None or not spool.size:
            return
        content = spool.content
        assert content is not None
        sha1 = content.digest.hexdigest()
        fragment = FragmentFile(spool.begin, spool.end, sha1, self._codec.suffix)
        content.sync()
        made = content.path if self._codec is Codec.RAW else self._encode(content)
        os.rename(made, self.path / fragment.name)
        self._begin_spool(spool.end, spool.registers, ())

    def _encode(self, content: OpenContent) -> Path:
        new = self.path / _NEW_FRAGMENT_NAME
        with open(new, "wb") as file:
            encode(self._codec, content.checked(), file)
            file.flush()
            sync_data(file.fileno())
        return new

    def delete(self, files: Iterable[FragmentFile]) -> None:
        """Delete closed fragments. Locked."""
        if self._spool is None:
            # The names of the fragments are all that says where the head is.
            self._begin_spool(self._listing.end, EMPTY, ())
        for file in files:
            (self.path / file.name).unlink(missing_ok=True)
        sync_directory(self.path)
        self.rescan()

    def _begin_spool(self, begin: int, registers: LabelSet, appends: Sequence[SpoolAppend]) -> None:
        former = self._spool
        spool = Spool.create(self._journal, self.path, self._second, begin, registers, appends)
        try:
            # The names of its content, and of a fragment that was closed, before its own.
            self._sync_names(above=former is None)
            spool.take_place()
            sync_directory(self.path)
            self._publish(spool.nonce, spool.position)
        except BaseException:
            spool.close()
            raise
        with self.changed:
            self._spool = spool
            self.changed.notify_all()
            if former is not None:
                former.close()
        if former is not None:
            # It is in a fragment, unless it was renamed to be one.
            former.content_path.unlink(missing_ok=True)

    def _sync_names(self, *, above: bool) -> None:
        """Make the names in this directory durable; and those of it, and of directories above.

        Any of these may have been made a moment ago, by this process or by another.
        """
        sync_directory(self.path)
        if above:
            higher = self.path.parent
            while higher != self._root.parent:
                sync_directory(higher)
                higher = higher.parent
            sync_directory(higher)

    def _publish(self, nonce: bytes, position: int) -> None:
        if self._lock is not None:
            write_mark(self._lock, Mark(nonce, position))

    def rescan(self) -> None:
        """Look at the fragments anew."""
        with self.changed:
            self._listing = Listing.scan(self.path)

    def look(self) -> bool:
        """Learn, without the lock, what others acknowledged. Guarded.

        Returns False where that cannot be told so: then ``exclusive`` can.
        """
        if self._closed:
            raise JournalClosed(self._journal)
        spool = self._spool
        if not self._attached:
            return False
        if spool is None:
            if os.path.lexists(self.path / SPOOL_NAME):
                return False
            if not self._listing.is_current(self.path):
                self.rescan()
            return True
        if spool.replaced():
            return False
        if self._marks is None:
            # A store that was copied has no lock, until someone writes to it.
            with suppress(FileNotFoundError):
                self._open_marks()
        if self._marks is None:
            spool.advance()
            return True
        mark = read_mark(self._marks)
        if mark is not None and mark.nonce == spool.nonce and mark.position > spool.position:
            spool.advance(mark.position)
        return True

    def locate(self, offset: int, limit: int) -> Chunk | Span | int:
        """What is at ``offset``, or after it, as known. Guarded.

        Returns content, the span that has it, or the head when nothing is there yet.
        """
        if offset == HEAD or offset >= self.head:
            return self.head
        spool = self._spool
        if spool is not None and spool.content is None:
            spool = None  # a fragment has it all
        if spool is not None and spool.begin <= offset < spool.end:
            return Chunk(offset, spool.read(offset, limit))
        span = self._listing.at_or_after(offset)
        if (span is None or offset < span.begin) and not self._listing.is_current(self.path):
            self.rescan()
            span = self._listing.at_or_after(offset)
        jumps_to_spool = spool is not None and offset < spool.begin < spool.end
        if spool is not None and jumps_to_spool and (span is None or span.begin >= spool.begin):
            return Chunk(spool.begin, spool.read(spool.begin, limit))
        return Chunk(self.head, b"") if span is None else span

    def forget(self) -> None:
        """Know nothing any more: the next use looks anew."""
        with self.changed:
            self._attached = False
            if self._spool is not None:
                self._spool.close()
                self._spool = None

    def close(self) -> None:
        """Close all files, for good."""
        with self.changed:
            self._closed = True
            self.forget()
            self._second.close()
            if self._marks is not None:
                os.close(self._marks)
                self._marks = None
            self.changed.notify_all()
