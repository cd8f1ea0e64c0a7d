"""Which branch a checksum is of.

Rules
-----
* In ``Branch.tla`` the checksum of a branch is its *history*: of each operation author, kind, path,
  fnode and content. The model has the CRC-32C of what a log holds of these operations.
* ``Histories`` digests every operation that is offered, by itself, and notes of which history its
  checksum is. A number that was never digested is the checksum of no history.
* One number of two histories ends the comparison: then it would take two states for one.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from rlog_model import crc32c
from rlog_model.identity import Author
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.wire import encode_op
from spec.equality.equality import Plain

NOTHING: Final = "none"
"""A path, content or kind that an operation does not have."""

Summary = tuple[int, str, str, int, str]
"""Author, kind, path, fnode and content of an operation."""

History = tuple[Summary, ...]

FOREIGN: Final = 9
"""The author of those branches of no-ops which hints may name."""

WRONG: Final = 8
"""The author of the branch that no hints name, either."""


@frozen
class OneOfTwo(Exception):
    """Two histories have one checksum."""

    checksum: int
    histories: tuple[History, History]

    def __str__(self) -> str:
        return f"{self.checksum:#010x} is the checksum of two histories: {self.histories}"


def summary(op: RecordedOp) -> Summary:
    """What a history says of an operation."""
    author = int(op.author)
    match op.change:
        case Create(path):
            return (author, "create", path, 0, NOTHING)
        case Link(fnode, path):
            return (author, "link", path, fnode, NOTHING)
        case Unlink(fnode, path):
            return (author, "unlink", path, fnode, NOTHING)
        case Write(fnode, _, _):
            return (author, "write", NOTHING, fnode, NOTHING)
        case Property(path, content):
            return (author, "property", path, 0, content.decode())
        case None:
            return (author, NOTHING, NOTHING, 0, NOTHING)


class Histories:
    """The histories whose checksums are known."""

    def __init__(self) -> None:
        self._of: dict[int, History] = {crc32c.INITIAL: ()}
        self.wrong: Final = self._no_op(crc32c.INITIAL, 1, WRONG)
        self._foreign = [crc32c.INITIAL]

    def of(self, checksum: int) -> Plain:
        """The history of a checksum."""
        return self._of.get(checksum, ("of no history", checksum))

    def foreign(self, length: int) -> int:
        """The checksum behind so many no-ops; below none there is nothing, too."""
        while len(self._foreign) <= length:
            before = len(self._foreign)
            self._foreign.append(self._no_op(self._foreign[-1], before, FOREIGN))
        return self._foreign[max(length, 0)]

    def offered(self, op: RecordedOp) -> bytes:
        """Note the history that ends with an operation; gives the operation's payload.

        Raises:
            OneOfTwo: its checksum is another history's.
        """
        payload = encode_op(op)
        before = self._of.get(op.checksum)
        if before is not None:
            history = (*before, summary(op))
            checksum = crc32c.update(op.checksum, payload)
            there = self._of.setdefault(checksum, history)
            if there != history:
                raise OneOfTwo(checksum, (there, history))
        return payload

    def _no_op(self, checksum: int, seq_no: int, author: int) -> int:
        op = RecordedOp(seq_no, checksum, Author(author))
        return crc32c.update(checksum, self.offered(op))
