"""Operations of a recovery log.

Rules
-----
* An operation has a sequence number, the checksum of its branch before it, and an author.
* It carries at most one *change*: create, link, unlink, write or property. With none it is a
  *no-op*. The five members are no oneof on the wire: where a log holds several, the first in the
  order create, link, unlink, write, property is the change and the others are ignored, but the
  raw bytes of a write that is present follow the frame all the same.
* ``first_offset``, ``last_offset`` and ``log`` are never written to a log: who reads an operation
  or records it attaches them.

Paths are absolute below the recorded directory: ``/a/b``. A path is text; bytes that are no UTF-8
are held as surrogate escapes, as the ``os`` module does.
"""

from __future__ import annotations

from attrs import frozen

from rlog_model.identity import Author, Fnode


@frozen
class Create:
    """A new file, linked at ``path``. Its fnode is the operation's sequence number.

    Proto: ``RecordedOp.Create``.
    """

    path: str


@frozen
class Link:
    """One more path of a file. Proto: ``RecordedOp.Link``, member ``link``."""

    fnode: Fnode
    path: str


@frozen
class Unlink:
    """One path less of a file, which is gone with its last. Proto: ``RecordedOp.Link``, member
    ``unlink``."""

    fnode: Fnode
    path: str


@frozen
class Write:
    """Bytes of a file. Proto: ``RecordedOp.Write``.

    ``offset`` is the first byte of the file that is written, ``length`` the number of bytes; as
    many raw bytes follow the operation's frame in the log.
    """

    fnode: Fnode
    offset: int
    length: int


@frozen
class Property:
    """A small file at a well-known path, with its whole content. Proto: ``Property``.

    It has no fnode: it is created and replaced by a rename onto its path, and in no other way.
    """

    path: str
    content: bytes


Change = Create | Link | Unlink | Write | Property


@frozen
class RecordedOp:
    """One operation. Proto: ``RecordedOp``. Spec: ENC-3."""

    seq_no: int
    """Place in its branch, from 1: one more than that of the operation before."""

    checksum: int
    """Checksum of the branch before this operation (uint32)."""

    author: Author
    """The recorder, or the player handing off, that wrote it."""

    change: Change | None = None
    """What it does: the first member that is set. ``None`` is a no-op."""

    first_offset: int = 0
    """Byte of the log at which the frame begins: exact if a player read it, else a lower bound."""

    last_offset: int = 0
    """Byte of the log behind the frame and its raw bytes (exclusive). 0 is not known."""

    log: str = ""
    """The log that holds it. Empty where there is just one and it has no name."""

    ignored: tuple[Change, ...] = ()
    """Members that are set behind the one that counts, in the order of their tags."""

    @property
    def raw_length(self) -> int:
        """Bytes of content that follow the frame, as the operation claims: may be negative.

        They follow a write that is ignored too.

        Spec: ENC-5.
        """
        if isinstance(self.change, Write):
            return self.change.length
        return sum(member.length for member in self.ignored if isinstance(member, Write))
