"""An event in the making: the operations that record it, each offered to the FSM as it is made.

See ``recording`` for the rules.
"""

from __future__ import annotations

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.framing import PayloadTooLong, frame
from rlog_model.fsm import FSM
from rlog_model.identity import Author, Fnode
from rlog_model.namespace import Directories
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import APPLIED
from rlog_model.paths import by_bytes
from rlog_model.recording_refused import OperationNotApplied, Reason, RecordingRefused
from rlog_model.wire import encode_op


@frozen
class Books:
    """What a recording knows of files beside what its FSM knows."""

    sizes: HashTrieMap[Fnode, int] = attrs.field(factory=HashTrieMap)
    """Sizes of live files, where they are known: exact."""

    successors: HashTrieMap[Fnode, Fnode] = attrs.field(factory=HashTrieMap)
    """Fnodes that a truncation replaced, and by which. They are kept for good, as nothing tells
    when the last one who has such a file open closes it."""

    sealed: HashTrieMap[str, Fnode] = attrs.field(factory=HashTrieMap)
    """Which file a property was, if it became one in this recording."""

    directories: Directories = attrs.field(factory=Directories)
    """The directories above all files and properties."""


class Draft:
    """The operations of one event so far, and the state behind them."""

    def __init__(self, fsm: FSM, author: Author, log: str, first_offset: int, books: Books) -> None:
        """``first_offset``: a lower bound of where the event's append begins."""
        self.fsm = fsm
        self.operations: list[RecordedOp] = []
        self.length = 0
        """Bytes of the append so far."""
        self._parts: list[bytes] = []
        self._author = author
        self._log = log
        self._first_offset = first_offset
        self._sizes = books.sizes
        self._successors = books.successors
        self._sealed = books.sealed
        self._directories = books.directories

    @property
    def append(self) -> bytes:
        """What is to be appended: frames, each with the raw bytes that follow it."""
        return b"".join(self._parts)

    @property
    def books(self) -> Books:
        """What is known of the files behind the operations so far."""
        return Books(self._sizes, self._successors, self._sealed, self._directories)

    def op(self, change: Change | None, raw: bytes = b"") -> Fnode:
        """One more operation. The fnode is that of the file it creates, if it creates one.

        Raises:
            RecordingRefused: the operation is too long.
            OperationNotApplied: the FSM refuses it.

        Spec: LOG-6.
        """
        op = RecordedOp(
            self.fsm.next_seq_no,
            self.fsm.next_checksum,
            self._author,
            change,
            first_offset=self._first_offset + self.length,
            log=self._log,
        )
        payload = encode_op(op)
        try:
            framed = frame(payload)
        except PayloadTooLong as error:
            raise RecordingRefused(Reason.TOO_LONG, getattr(change, "path", "")) from error
        step = self.fsm.apply(op, payload)
        if step.outcome is not APPLIED:
            raise OperationNotApplied(op, step.outcome)
        self.fsm = step.fsm
        self.operations.append(op)
        self._parts += (framed, raw)
        self.length += len(framed) + len(raw)
        return Fnode(op.seq_no)

    def create(self, path: str) -> Fnode:
        """A new file."""
        fnode = self.op(Create(path))
        self._directories = self._directories.add(path)
        self._sizes = self._sizes.insert(fnode, 0)
        return fnode

    def link(self, fnode: Fnode, path: str) -> None:
        """One more link."""
        self.op(Link(fnode, path))
        self._directories = self._directories.add(path)

    def unlink(self, fnode: Fnode, path: str) -> None:
        """One link less."""
        self.op(Unlink(fnode, path))
        self._directories = self._directories.remove(path)
        if fnode not in self.fsm.live_nodes:
            self._sizes = self._sizes.discard(fnode)

    def write(self, fnode: Fnode, offset: int, content: bytes) -> None:
        """Bytes of a file."""
        self.op(Write(fnode, offset, len(content)), content)
        known = self._sizes.get(fnode)
        if known is not None and content and known < offset + len(content):
            self._sizes = self._sizes.insert(fnode, offset + len(content))

    def replace(self, fnode: Fnode, content: bytes = b"") -> Fnode:
        """Another fnode for a file, at all its paths, with other content. Spec: REC-4."""
        first, *others = sorted(self.fsm.live_nodes[fnode].links, key=by_bytes)
        for path in (first, *others):
            self.unlink(fnode, path)
        successor = self.create(first)
        for path in others:
            self.link(successor, path)
        if content:
            self.write(successor, 0, content)
        self._successors = self._successors.insert(fnode, successor)
        return successor

    def seal(self, fnode: Fnode, path: str, content: bytes) -> None:
        """A file becomes a property. Spec: REC-9."""
        if path not in self.fsm.properties:
            self._directories = self._directories.add(path)
        self.op(Property(path, content))
        self._sealed = self._sealed.insert(path, fnode)
