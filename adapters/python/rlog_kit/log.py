"""Logs in memory, with fragments and holes: ADP-20 and ADP-21."""

from __future__ import annotations

import hashlib
from typing import Final


class _Fragment:
    """Bytes that are deleted together."""

    def __init__(self, begin: int) -> None:
        self.begin: Final = begin
        self.content: Final = bytearray()

    @property
    def end(self) -> int:
        """Offset behind the last byte."""
        return self.begin + len(self.content)


class Log:
    """A log: fragments in rising order, of which the last one is open."""

    def __init__(self) -> None:
        self._fragments = [_Fragment(0)]

    @property
    def head(self) -> int:
        """Offset behind the last byte."""
        return self._fragments[-1].end

    def append(self, content: bytes) -> None:
        """Append to the open fragment."""
        self._fragments[-1].content.extend(content)

    def roll(self) -> None:
        """Close the open fragment, if it holds anything."""
        if self._fragments[-1].content:
            self._fragments.append(_Fragment(self.head))

    def prune(self, before: int, begin: int) -> None:
        """Delete the closed fragments that begin at or after ``begin``, and end at or before
        ``before``."""
        *closed, last = self._fragments
        self._fragments = [f for f in closed if f.begin < begin or f.end > before] + [last]

    def read(self, offset: int) -> tuple[int, bytes] | None:
        """Bytes at ``offset``, and where they begin: later than asked, if there is a hole. None at
        the head."""
        for fragment in self._fragments:
            if offset < fragment.end:
                begin = max(offset, fragment.begin)
                return begin, bytes(fragment.content[begin - fragment.begin :])
        return None

    def from_offset(self, offset: int) -> bytes:
        """All bytes that there are from an offset on; holes are left out."""
        return b"".join(f.content[max(offset - f.begin, 0) :] for f in self._fragments)

    def digest(self) -> str:
        """The SHA-256 of all bytes that there are, as hex."""
        return hashlib.sha256(self.from_offset(0)).hexdigest()
