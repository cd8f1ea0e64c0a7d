"""Logs written by hand: branches that are continued and forked op by op."""

from __future__ import annotations

from attrs import evolve, frozen

from rlog_model import crc32c
from rlog_model.framing import frame
from rlog_model.identity import Author
from rlog_model.operation import Change, RecordedOp
from rlog_model.wire import encode_op


@frozen
class Branch:
    """The end of a branch: what its next operation must say."""

    author: Author
    next_seq_no: int = 1
    next_checksum: int = crc32c.INITIAL

    def by(self, author: int) -> Branch:
        """The same end, continued by another author."""
        return evolve(self, author=Author(author))

    def op(self, change: Change | None = None, raw: bytes = b"") -> tuple[Branch, bytes]:
        """The branch behind one more operation, and the bytes of it."""
        payload = encode_op(RecordedOp(self.next_seq_no, self.next_checksum, self.author, change))
        behind = evolve(
            self,
            next_seq_no=self.next_seq_no + 1,
            next_checksum=crc32c.update(self.next_checksum, payload),
        )
        return behind, frame(payload) + raw

    def ops(self, *changes: Change | tuple[Change, bytes] | None) -> tuple[Branch, bytes]:
        """The branch behind several operations, and the bytes of all."""
        branch, content = self, b""
        for change in changes:
            raw = b""
            if isinstance(change, tuple):
                change, raw = change
            branch, more = branch.op(change, raw)
            content += more
        return branch, content


def start(author: int = 1) -> Branch:
    """The beginning of a log."""
    return Branch(Author(author))
