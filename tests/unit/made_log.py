"""Logs made by hand, an operation at a time, on any branch."""

from __future__ import annotations

from typing import Final

import attrs

from rlog_model import crc32c
from rlog_model.framing import frame
from rlog_model.identity import Author
from rlog_model.operation import Change, RecordedOp, Write
from rlog_model.wire import encode_op

Point = tuple[int, int]
"""Where a branch goes on: the sequence number and the checksum of its next operation."""

START: Final = (1, 0)
A, B, C = Author(0xA), Author(0xB), Author(0xC)


@attrs.define
class MadeLog:
    """The bytes of a log, as far as they were appended."""

    content: bytearray = attrs.field(factory=bytearray)

    @property
    def head(self) -> int:
        return len(self.content)

    def append(self, at: Point, change: Change | None = None, author: Author = A) -> Point:
        """Append an operation at a point, with the raw bytes of a write. The point behind it."""
        payload = encode_op(RecordedOp(*at, author, change))
        raw = b"." * change.length if isinstance(change, Write) else b""
        self.content += frame(payload) + raw
        return at[0] + 1, crc32c.update(at[1], payload)

    def append_all(self, at: Point, *changes: Change | None, author: Author = A) -> Point:
        """Append operations in a row."""
        for change in changes:
            at = self.append(at, change, author)
        return at

    def raw(self, content: bytes) -> None:
        """Append bytes as they are."""
        self.content += content
