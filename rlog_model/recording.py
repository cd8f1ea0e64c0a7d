"""From a filesystem event to the operations that record it.

Rules
-----
One event is one append, of one operation or more. What the operations rebuild is the tree that
POSIX has after the event; an event that they can't express, or that POSIX refuses, is refused
before anything is appended.

REC-1   A path is clean. No directory is at the path of a file, no file above a path.
REC-2   A new file: Create.
REC-3   A write: Write. To a file without links: nothing, no tree shows it.
REC-4   A file truncated to nothing, also by opening it: Unlink of each link, Create of a new fnode
        at the first, Link of it at the others. Who has the file open goes on with the new fnode.
REC-5   To another size. Where the file's size is known and not greater: Write of a zero as the last
        byte, or nothing at the same size. Else as REC-4, with a Write of what was kept.
REC-6   A link: Link. An unlink: Unlink.
REC-7   A rename of a file: Unlink of what the target named, Link, Unlink of the source. Where both
        paths are one file POSIX does nothing, and nothing is recorded.
REC-8   A rename of a directory: Link and Unlink for each file below. The target must be free.
REC-9   A rename onto a property path: Unlink of a file there, Property with the whole content,
        Unlink of the source. The source has no other link, for a property is no file.
REC-10  A property is not created, opened for writing, linked, unlinked or renamed, and no link is
        made at a property path. Who still has the file open that it was may not write it.
REC-11  A recorder whose log is not the one that its FSM comes from moves: a no-op comes first.
REC-12  The first offset of an operation is a lower bound: the newest head that own commits have
        told, and the bytes of own appends that lie between. Own appends land in order, each once or
        more and never before its turn, and other bytes only push them back. Alone it is exact.
"""

from __future__ import annotations

from typing import Final

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.framing import frame
from rlog_model.fsm import FSM
from rlog_model.identity import Author, Fnode
from rlog_model.namespace import Directories, OpenFlags
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import APPLIED
from rlog_model.paths import is_clean, parents
from rlog_model.recording_refused import Reason, RecordingRefused
from rlog_model.wire import encode_op

PROPERTY_PATHS: Final = frozenset({"/IDENTITY"})
"""The property paths that Gazette knows."""


@frozen
class Recorded:
    """An event that was recorded."""

    recording: Recording
    """The recording behind the event."""

    operations: tuple[RecordedOp, ...]
    append: bytes
    """What is to be appended, at once; empty if the event leaves no trace in the log."""

    fnode: Fnode | None = None
    """The file that was created or opened; none for a property."""


@frozen
class Recording:
    """State of a recorder. Immutable: each event gives the next."""

    fsm: FSM
    author: Author
    log: str
    property_paths: frozenset[str] = PROPERTY_PATHS
    head: int = 0
    """The newest write head of the log that is known: a lower bound of the present one."""

    pending: int = 0
    """Bytes of own appends that were not committed yet."""

    sizes: HashTrieMap[Fnode, int] = HashTrieMap()
    """Sizes of files, where they are known."""

    successors: HashTrieMap[Fnode, Fnode] = HashTrieMap()
    """Fnodes that a truncation replaced, and by which."""

    sealed: HashTrieMap[Fnode, str] = HashTrieMap()
    """Fnodes that became a property, and at which path."""

    directories: Directories = Directories()
    """The directories above all files and properties."""

    @classmethod
    def start(
        cls,
        fsm: FSM,
        author: Author,
        log: str,
        *,
        property_paths: frozenset[str] = PROPERTY_PATHS,
        head: int = 0,
    ) -> Recorded:
        """A recording which goes on from ``fsm``, in ``log``, whose write head is ``head`` or
        more. What a move appends goes with a union of the author's fence.

        Raises:
            RecordingRefused: the FSM waits for hinted operations; or it comes from another log,
                and its revision has one.
        """
        author.fence()
        if fsm.remaining.segment is not None:
            raise RecordingRefused(Reason.HINTS_REMAIN, fsm.log)
        directories = Directories.of([*fsm.links, *fsm.properties])
        settled = attrs.evolve(fsm, files=attrs.evolve(fsm.files, pending=frozenset()))
        recording = cls(settled, author, log, property_paths, head=head, directories=directories)
        draft = _Draft(recording)
        if fsm.log != log:
            if not fsm.revision.several_logs:
                raise RecordingRefused(Reason.CANNOT_MOVE, fsm.log, log)
            draft.op(None)
        return draft.recorded()

    def committed(self, length: int, end: int) -> Recording:
        """The recording once the oldest ``length`` bytes that pend have landed, up to ``end``."""
        return attrs.evolve(self, head=max(self.head, end), pending=self.pending - length)

    def create(self, path: str) -> Recorded:
        """A file is created, or truncated if there is one. API: ``RecordCreate``."""
        return self.open(path, OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE)

    def open(self, path: str, flags: OpenFlags) -> Recorded:
        """A file is opened. API: ``RecordOpenFile``."""
        self._check_path(path)
        draft = _Draft(self)
        fnode = self.fsm.links.get(path)
        there = fnode is not None or self._is_property(path)
        if there and OpenFlags.CREATE in flags and OpenFlags.EXCLUSIVE in flags:
            raise RecordingRefused(Reason.EXISTS, path)
        if OpenFlags.TRUNCATE in flags and OpenFlags.WRITE not in flags:
            raise RecordingRefused(Reason.TRUNCATE_UNWRITABLE, path)
        if fnode is None:
            if self._is_property(path):
                if OpenFlags.WRITE in flags:
                    raise RecordingRefused(Reason.PROPERTY, path)
                return draft.recorded()
            if OpenFlags.CREATE not in flags:
                raise RecordingRefused(Reason.NOT_FOUND, path)
            return draft.recorded(draft.create(path))
        if OpenFlags.TRUNCATE in flags:
            fnode = draft.replace(fnode, b"")
        return draft.recorded(fnode)

    def write_at(self, fnode: Fnode, content: bytes, offset: int) -> Recorded:
        """Bytes are written. API: ``RecordWriteAt``."""
        fnode = self.resolve(fnode)
        if offset < 0:
            raise RecordingRefused(Reason.NEGATIVE, str(fnode), str(offset))
        draft = _Draft(self)
        if fnode in self.fsm.live_nodes:
            draft.write(fnode, offset, content)
        return draft.recorded(fnode)

    def truncate(self, fnode: Fnode, size: int, content: bytes) -> Recorded:
        """A file is cut, or extended by zeros, to ``size`` bytes, and then holds ``content``."""
        fnode = self.resolve(fnode)
        if size < 0:
            raise RecordingRefused(Reason.NEGATIVE, str(fnode), str(size))
        draft = _Draft(self)
        known = self.sizes.get(fnode)
        if fnode in self.fsm.live_nodes and (known != size or size == 0):
            if known is not None and known < size:
                draft.write(fnode, size - 1, b"\0")
            else:
                fnode = draft.replace(fnode, content)
        return draft.recorded(fnode)

    def link(self, source: str, target: str) -> Recorded:
        """A file is linked at one more path. API: ``RecordLink``."""
        fnode = self._file(source)
        self._check_path(target)
        if target in self.property_paths:
            raise RecordingRefused(Reason.PROPERTY, target)
        if target in self.fsm.links or self._is_property(target):
            raise RecordingRefused(Reason.EXISTS, target)
        draft = _Draft(self)
        draft.link(fnode, target)
        return draft.recorded()

    def unlink(self, path: str) -> Recorded:
        """A file loses a link. API: ``RecordRemove``."""
        draft = _Draft(self)
        draft.unlink(self._file(path), path)
        return draft.recorded()

    def rename(self, source: str, target: str, content: bytes = b"") -> Recorded:
        """A file or directory is renamed. ``content`` is that of a file which becomes a property.

        API: ``RecordRename``.
        """
        if source in self.directories:
            return self._rename_directory(source, target)
        fnode = self._file(source)
        self._check_path(target)
        former = self.fsm.links.get(target)
        draft = _Draft(self)
        if former == fnode:
            return draft.recorded()
        becomes_property = target in self.property_paths or self._is_property(target)
        if becomes_property:
            self._check_property(fnode, target, content)
        if former is not None:
            draft.unlink(former, target)
        if becomes_property:
            draft.seal(fnode, target, content)
        else:
            draft.link(fnode, target)
        draft.unlink(fnode, source)
        return draft.recorded()

    def _rename_directory(self, source: str, target: str) -> Recorded:
        draft = _Draft(self)
        if source == target:
            return draft.recorded()
        if target.startswith(source + "/"):
            raise RecordingRefused(Reason.INTO_ITSELF, source, target)
        if target in self.directories:
            raise RecordingRefused(Reason.NOT_EMPTY, target)
        self._check_path(target)
        if target in self.fsm.links or self._is_property(target):
            raise RecordingRefused(Reason.NOT_DIRECTORY, target)
        below = source + "/"
        moves = {
            p: target + p[len(source) :] for p in sorted(self.fsm.links) if p.startswith(below)
        }
        held = [p for p in self.fsm.properties if p.startswith(below)]
        held += [p for p in moves.values() if p in self.property_paths]
        if held:
            raise RecordingRefused(Reason.PROPERTY, held[0])
        for path, moved in moves.items():
            fnode = self.fsm.links[path]
            draft.link(fnode, moved)
            draft.unlink(fnode, path)
        return draft.recorded()

    def resolve(self, fnode: Fnode) -> Fnode:
        """The fnode that a file has now, which once had ``fnode``.

        Raises:
            RecordingRefused: there never was such a file, or it is a property now.
        """
        while (successor := self.successors.get(fnode)) is not None:
            fnode = successor
        if fnode in self.sealed:
            raise RecordingRefused(Reason.PROPERTY, self.sealed[fnode])
        if not 0 < fnode < self.fsm.next_seq_no:
            raise RecordingRefused(Reason.NOT_FOUND, f"fnode {fnode}")
        return fnode

    def _is_property(self, path: str) -> bool:
        return self.fsm.files.is_property(path)

    def _file(self, path: str) -> Fnode:
        """The file at a path."""
        self._check_path(path)
        if self._is_property(path):
            raise RecordingRefused(Reason.PROPERTY, path)
        fnode = self.fsm.links.get(path)
        if fnode is None:
            raise RecordingRefused(Reason.NOT_FOUND, path)
        return fnode

    def _check_path(self, path: str) -> None:
        if not is_clean(path):
            raise RecordingRefused(Reason.NO_PATH, path)
        if path in self.directories:
            raise RecordingRefused(Reason.IS_DIRECTORY, path)
        for parent in parents(path):
            if parent in self.fsm.links or self._is_property(parent):
                raise RecordingRefused(Reason.NOT_DIRECTORY, path)

    def _check_property(self, fnode: Fnode, path: str, content: bytes) -> None:
        if len(self.fsm.live_nodes[fnode].links) > 1:
            raise RecordingRefused(Reason.SEVERAL_LINKS, path)
        former = self.fsm.properties.get(path, content)
        if former != content and not self.fsm.revision.property_may_change:
            raise RecordingRefused(Reason.PROPERTY_FIXED, path)


class _Draft:
    """An event in the making: its operations so far, and the recording behind them."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._operations: list[RecordedOp] = []
        self._append = bytearray()

    def op(self, change: Change | None, raw: bytes = b"") -> Fnode:
        """One more operation. The fnode is that of the file it creates, if it creates one."""
        recording = self.recording
        op = RecordedOp(
            recording.fsm.next_seq_no,
            recording.fsm.next_checksum,
            recording.author,
            change,
            first_offset=recording.head + recording.pending + len(self._append),
            log=recording.log,
        )
        payload = encode_op(op)
        step = recording.fsm.apply(op, payload)
        assert step.outcome is APPLIED, f"a recorder's own operation is applied: {step.outcome}"
        self._append += frame(payload) + raw
        self._operations.append(op)
        self.recording = attrs.evolve(recording, fsm=step.fsm)
        return Fnode(op.seq_no)

    def create(self, path: str) -> Fnode:
        """A new file."""
        fnode = self.op(Create(path))
        self._enter(path)
        self._size(fnode, 0)
        return fnode

    def link(self, fnode: Fnode, path: str) -> None:
        """One more link."""
        self.op(Link(fnode, path))
        self._enter(path)

    def unlink(self, fnode: Fnode, path: str) -> None:
        """One link less."""
        self.op(Unlink(fnode, path))
        directories = self.recording.directories.remove(path)
        self.recording = attrs.evolve(self.recording, directories=directories)

    def write(self, fnode: Fnode, offset: int, content: bytes) -> None:
        """Bytes of a file."""
        self.op(Write(fnode, offset, len(content)), content)
        known = self.recording.sizes.get(fnode)
        if known is not None and content:
            self._size(fnode, max(known, offset + len(content)))

    def replace(self, fnode: Fnode, content: bytes) -> Fnode:
        """Another fnode for a file, at all its paths, with other content."""
        first, *others = sorted(self.recording.fsm.live_nodes[fnode].links)
        for path in (first, *others):
            self.unlink(fnode, path)
        successor = self.create(first)
        if content:
            self.write(successor, 0, content)
        for path in others:
            self.link(successor, path)
        successors = self.recording.successors.insert(fnode, successor)
        self.recording = attrs.evolve(self.recording, successors=successors)
        return successor

    def seal(self, fnode: Fnode, path: str, content: bytes) -> None:
        """A file becomes a property."""
        if not self.recording.fsm.files.is_property(path):
            self._enter(path)
        self.op(Property(path, content))
        sealed = self.recording.sealed.insert(fnode, path)
        self.recording = attrs.evolve(self.recording, sealed=sealed)

    def recorded(self, fnode: Fnode | None = None) -> Recorded:
        """The event, complete."""
        append = bytes(self._append)
        recording = attrs.evolve(self.recording, pending=self.recording.pending + len(append))
        return Recorded(recording, tuple(self._operations), append, fnode)

    def _enter(self, path: str) -> None:
        directories = self.recording.directories.add(path)
        self.recording = attrs.evolve(self.recording, directories=directories)

    def _size(self, fnode: Fnode, size: int) -> None:
        sizes = self.recording.sizes.insert(fnode, size)
        self.recording = attrs.evolve(self.recording, sizes=sizes)
