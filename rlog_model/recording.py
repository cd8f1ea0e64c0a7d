"""From a filesystem event to the operations that record it.

Rules
-----
One event is one append, of one operation or more. What the operations rebuild is the tree that
POSIX has after the event; an event that they can't express, or that POSIX refuses, is refused
before anything is appended.

REC-1   A path is clean. What POSIX refuses (see ``namespace``) can't have happened: it is refused.
REC-2   A new file: Create. Opening one that is there, without truncating it: nothing.
REC-3   A write: Write, also of no bytes, which extends no file. To a file without links: nothing,
        no tree shows it.
REC-4   A file truncated to nothing, also by opening it: Unlink of each link in order of the paths,
        Create of a new fnode at the first, Link of it at the others. Who has the file open goes on
        with the new fnode. A file without links: nothing.
REC-5   To another size. Where the file's size is known and less: Write of a zero as the last byte;
        where it is the same: nothing. Else as REC-4, with a Write of what was kept.
REC-6   A link: Link. An unlink: Unlink.
REC-7   A rename of a file: Unlink of what the target named, Link, Unlink of the source. Where both
        paths are one file POSIX does nothing, and nothing is recorded.
REC-8   A rename of a directory: Link and Unlink for each file below. The target must be free.
REC-9   A rename of a file onto a property path: Unlink of a file there, Property with the whole
        content, Unlink of the source. The source has no other link, for a property is no file.
REC-10  A property is not created, opened for writing, linked, unlinked, truncated or renamed, nor
        moved with its directory. No link or move of a directory leads to a property path. A file
        that was created at one is a file like any other. Who has the file open that became a
        property may not write it; once another file has replaced it, that leaves no trace.
REC-11  A recorder whose log is not the one that its FSM comes from moves: a no-op comes first.
REC-12  The first offset of an operation is a lower bound: see ``Recording.committed``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, Final, ParamSpec

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import MAX_INT64, Author, Fnode
from rlog_model.namespace import (
    Directories,
    OpenFlags,
    PosixError,
    check_file,
    check_link,
    check_open,
    moves,
)
from rlog_model.operation import RecordedOp
from rlog_model.paths import is_clean
from rlog_model.recording_draft import Books, Draft
from rlog_model.recording_refused import Reason, RecordingRefused
from rlog_model.segment import UNKNOWN_OFFSET

PROPERTY_PATHS: Final = frozenset({"/IDENTITY"})
"""The property paths that Gazette knows."""

_LONE_SURROGATE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""What is in no path: only the other surrogates stand for bytes."""


@frozen
class Recorded:
    """An event that was recorded."""

    recording: Recording
    """The recording behind the event."""

    operations: tuple[RecordedOp, ...]
    append: bytes
    """What is to be appended, at once; empty if the event leaves no trace in the log."""

    fnode: Fnode | None = None
    """The file that was created, opened, written or truncated; none for a property."""


_P = ParamSpec("_P")


def _event(
    method: Callable[Concatenate[Recording, _P], Recorded],
) -> Callable[Concatenate[Recording, _P], Recorded]:
    """An event that POSIX refuses is refused."""

    @wraps(method)
    def recorded(self: Recording, /, *args: _P.args, **kwargs: _P.kwargs) -> Recorded:
        try:
            return method(self, *args, **kwargs)
        except PosixError as error:
            raise RecordingRefused.of(error) from error

    return recorded


@frozen
class Recording:
    """State of a recorder. Immutable: each event gives the next.

    All events raise ``RecordingRefused``, and ``OperationNotApplied`` where this module is wrong.
    """

    fsm: FSM
    author: Author
    log: str
    property_paths: frozenset[str] = PROPERTY_PATHS
    head: int = 0
    """The newest write head of the log that is known: a lower bound of the present one."""

    pending: int = 0
    """Bytes of own appends that were not committed yet."""

    books: Books = attrs.field(factory=Books)
    """What is known of the files beside what the FSM knows."""

    @classmethod
    def start(
        cls,
        fsm: FSM,
        author: Author,
        log: str,
        *,
        property_paths: frozenset[str] = PROPERTY_PATHS,
        head: int = 0,
        sizes: Mapping[Fnode, int] | None = None,
    ) -> Recorded:
        """A recording which goes on from ``fsm``, in ``log``, whose write head is ``head`` or
        more. What a move appends goes with a union of the author's fence.

        ``sizes`` are those of files that the FSM tracks, as far as they are known.

        Raises:
            RecordingRefused: the FSM waits for hinted operations; or it comes from another log,
                and its revision has one, or where it left that log is not known.
            ValueError: the author is the absent one.

        Spec: REC-11, REC-13, LOG-2, LOG-3, LOG-6, HOF-6.
        """
        author.fence()
        if fsm.remaining.segment is not None:
            raise RecordingRefused(Reason.HINTS_REMAIN, fsm.log)
        recording = cls(
            fsm,
            author,
            log,
            property_paths,
            max(head, _known_head(fsm, log)),
            books=Books(
                HashTrieMap({f: n for f, n in (sizes or {}).items() if f in fsm.live_nodes}),
                directories=Directories.of([*fsm.links, *fsm.properties]),
            ),
        )
        draft = recording._draft()
        if fsm.log != log:
            _check_move(fsm, log)
            draft.op(None)
        return recording._recorded(draft)

    @property
    def directories(self) -> Directories:
        """The directories above all files and properties."""
        return self.books.directories

    def committed(self, length: int, end: int) -> Recording:
        """The recording once the oldest ``length`` bytes that pend have landed, up to ``end``; a
        barrier is of length 0.

        Why ``head`` and the bytes that pend are a lower bound of where the next append begins:
        the journal only grows, own appends land in order, each is sent when the one before it was
        answered, and ``end`` is where the answered copy ends. So whatever pends when ``end`` is
        known, copies of it included, lands behind ``end``, one behind the other. An append that
        lands again, at once or late, only moves later ones back: a player takes the first copy,
        and none lands before its turn. Bytes of others move them back too; alone it is exact. The
        bound never falls, since ``end`` is at least ``head`` and ``length``.

        Spec: REC-12, BAR-5.
        """
        return attrs.evolve(self, head=max(self.head, end), pending=self.pending - length)

    def build_hints(self) -> FSMHints:
        """Hints which lead to this state, once all of it has landed.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: as ``FSM.build_lasting_hints``.

        Spec: REC-14, HNT-11.
        """
        return self.fsm.build_lasting_hints()

    def file_at(self, path: str) -> Fnode | str | None:
        """What is at a path: a file, a property as its own path, or nothing."""
        fnode = self.fsm.links.get(path)
        return path if fnode is None and path in self.fsm.properties else fnode

    def becomes_property(self, path: str) -> bool:
        """Whether a file which is renamed onto ``path`` becomes a property. Spec: REC-9."""
        return path in self.property_paths or path in self.fsm.properties

    def create(self, path: str) -> Recorded:
        """A file is created, or truncated if there is one. API: ``RecordCreate``."""
        return self.open(path, OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE)

    @_event
    def open(self, path: str, flags: OpenFlags) -> Recorded:
        """A file is opened. API: ``RecordOpenFile``. Spec: REC-2, REC-4, REC-10."""
        _check_paths(path)
        if not flags.defined:
            raise RecordingRefused(Reason.FLAGS, path)
        check_open(self, path, flags)
        draft = self._draft()
        if path in self.fsm.properties:
            if OpenFlags.WRITE in flags:
                raise RecordingRefused(Reason.PROPERTY, path)
            return self._recorded(draft)
        file = self.fsm.links.get(path)
        if file is None:
            return self._recorded(draft, draft.create(path))
        return self._recorded(draft, draft.replace(file) if OpenFlags.TRUNCATE in flags else file)

    def write_at(self, fnode: Fnode, content: bytes, offset: int) -> Recorded:
        """Bytes are written to an open file. API: ``RecordWriteAt``. Spec: REC-3."""
        if not 0 <= offset <= MAX_INT64 - len(content):
            raise RecordingRefused(Reason.NEGATIVE, f"fnode {fnode}", str(offset))
        fnode = self.resolve(fnode)
        draft = self._draft()
        if fnode in self.fsm.live_nodes:
            draft.write(fnode, offset, content)
        return self._recorded(draft, fnode)

    @_event
    def truncate(self, file: Fnode | str, size: int, content: bytes = b"") -> Recorded:
        """A file, open or at a path, is cut or extended by zeros to ``size`` bytes.

        ``content`` is all that it holds then: see ``needs_content``.

        Spec: REC-4, REC-5.
        """
        if not 0 <= size <= MAX_INT64:
            raise RecordingRefused(Reason.NEGATIVE, str(file), str(size))
        fnode = self._file(file) if isinstance(file, str) else self.resolve(file)
        draft = self._draft()
        known = self.books.sizes.get(fnode)
        if fnode not in self.fsm.live_nodes or (known == size and size > 0):
            return self._recorded(draft, fnode)
        if known is not None and known < size:
            draft.write(fnode, size - 1, b"\0")
            return self._recorded(draft, fnode)
        if len(content) != size:
            raise RecordingRefused(Reason.CONTENT, str(file))
        return self._recorded(draft, draft.replace(fnode, content))

    def needs_content(self, fnode: Fnode, size: int) -> bool:
        """Whether a truncation of a file to ``size`` is recorded by what it holds then."""
        known = self.books.sizes.get(fnode)
        return fnode in self.fsm.live_nodes and size > 0 and (known is None or size < known)

    @_event
    def link(self, source: str, target: str) -> Recorded:
        """A file is linked at one more path. API: ``RecordLink``. Spec: REC-6, REC-10."""
        _check_paths(source, target)
        check_link(self, source, target)
        if source in self.fsm.properties:
            raise RecordingRefused(Reason.PROPERTY, source)
        if target in self.property_paths:
            raise RecordingRefused(Reason.PROPERTY, target)
        draft = self._draft()
        draft.link(self.fsm.links[source], target)
        return self._recorded(draft)

    @_event
    def unlink(self, path: str) -> Recorded:
        """A file loses a link. API: ``RecordRemove``. Spec: REC-6."""
        draft = self._draft()
        draft.unlink(self._file(path), path)
        return self._recorded(draft)

    @_event
    def rename(self, source: str, target: str, content: bytes = b"") -> Recorded:
        """A file or directory is renamed. API: ``RecordRename``.

        ``content`` is that of a file which becomes a property: see ``becomes_property``.

        Spec: REC-7, REC-8, REC-9, REC-10.
        """
        _check_paths(source, target)
        from_directory = source in self.directories
        draft = self._draft()
        for path, moved in moves(self, source, target):
            fnode = self._file(path)
            if moved in self.fsm.links:
                draft.unlink(self.fsm.links[moved], moved)
            if not self.becomes_property(moved):
                draft.link(fnode, moved)
            elif from_directory:
                raise RecordingRefused(Reason.PROPERTY, moved)
            else:
                self._check_property(fnode, moved, content)
                draft.seal(fnode, moved, content)
            draft.unlink(fnode, path)
        return self._recorded(draft)

    def resolve(self, fnode: Fnode) -> Fnode:
        """The fnode that a file has now, which once had ``fnode``.

        Raises:
            RecordingRefused: there never was such a file, or it is a property now.

        Spec: REC-10, REC-17.
        """
        if not 0 < fnode < self.fsm.next_seq_no:
            raise RecordingRefused(Reason.NOT_FOUND, f"fnode {fnode}")
        while (successor := self.books.successors.get(fnode)) is not None:
            fnode = successor
        for path, sealed in self.books.sealed.items():
            if sealed == fnode:
                raise RecordingRefused(Reason.PROPERTY, path)
        return fnode

    def _file(self, path: str) -> Fnode:
        """The file at a path, which is no property."""
        _check_paths(path)
        check_file(self, path)
        if path in self.fsm.properties:
            raise RecordingRefused(Reason.PROPERTY, path)
        return self.fsm.links[path]

    def _draft(self) -> Draft:
        return Draft(self.fsm, self.author, self.log, self.head + self.pending, self.books)

    def _recorded(self, draft: Draft, fnode: Fnode | None = None) -> Recorded:
        append = draft.append
        recording = Recording(
            draft.fsm,
            self.author,
            self.log,
            self.property_paths,
            self.head,
            self.pending + len(append),
            draft.books,
        )
        return Recorded(recording, tuple(draft.operations), append, fnode)

    def _check_property(self, fnode: Fnode, path: str, content: bytes) -> None:
        """Spec: REC-9."""
        if len(self.fsm.live_nodes[fnode].links) > 1:
            raise RecordingRefused(Reason.SEVERAL_LINKS, path)
        if len(content) != self.books.sizes.get(fnode, len(content)):
            raise RecordingRefused(Reason.CONTENT, path)
        former = self.fsm.properties.get(path, content)
        if former != content and not self.fsm.revision.property_may_change:
            raise RecordingRefused(Reason.PROPERTY_FIXED, path)


def _check_paths(*paths: str) -> None:
    """Spec: REC-1."""
    for path in paths:
        if not is_clean(path) or _LONE_SURROGATE.search(path):
            raise RecordingRefused(Reason.NO_PATH, path)


def _check_move(fsm: FSM, log: str) -> None:
    """Spec: REC-11, LOG-3, RVN-1."""
    if not fsm.revision.several_logs:
        raise RecordingRefused(Reason.CANNOT_MOVE, fsm.log, log)
    if any(s.segments[-1].last_offset == UNKNOWN_OFFSET for s in fsm.live_nodes.values()):
        raise RecordingRefused(Reason.UNKNOWN_END, fsm.log, log)


def _known_head(fsm: FSM, log: str) -> int:
    """Up to where in ``log`` the FSM shows that there is something. Spec: REC-12."""
    segments = [s for state in fsm.live_nodes.values() for s in state.segments]
    segments += [fsm.arrival] if fsm.arrival else []
    return max((max(s.first_offset, s.last_offset) for s in segments if s.log == log), default=0)
