"""Frames: how operations lie in a log.

Rules
-----
* A frame is the magic ``66 33 93 36``, the length of the payload (uint32, little-endian), and the
  payload. Raw bytes, which belong to no frame, may follow: only who reads the payload knows how
  many.
* Where a frame should begin and the magic is not, the reader is out of sync. It looks for the next
  magic from one byte further on, and reports as one what it skipped.
* A payload is ``MAX_PAYLOAD`` bytes at most. What claims more is no frame: a length from anywhere
  must not make a reader wait, or fill its memory.

A ``Framer`` is fed bytes and gives events. However the bytes are split, the frames and what was
skipped are the same.
"""

from __future__ import annotations

from typing import Final

import attrs
from attrs import frozen

MAGIC: Final = bytes.fromhex("66339336")
HEADER: Final = 8
"""Bytes of a frame before its payload."""

MAX_PAYLOAD: Final = 1 << 20
"""The longest payload that is read, in bytes. It bounds the content of a property, which is a small
file; and, with that, what a hostile log can cost: each frame in it may be tried as a payload."""


def frame(payload: bytes) -> bytes:
    """The frame of a payload.

    Raises:
        PayloadTooLong: no reader would take it for a frame.

    Spec: FRM-1, FRM-2.
    """
    if len(payload) > MAX_PAYLOAD:
        raise PayloadTooLong(len(payload))
    return MAGIC + len(payload).to_bytes(4, "little") + payload


@frozen
class PayloadTooLong(ValueError):
    """An operation that is too long for a frame. Spec: FRM-2."""

    length: int

    def __str__(self) -> str:
        return f"an operation of {self.length} bytes is longer than the {MAX_PAYLOAD} of a frame"


@frozen
class Frame:
    """A whole frame, at ``[first_offset, last_offset)`` of the log."""

    first_offset: int
    last_offset: int
    view: memoryview = attrs.field(converter=memoryview, repr=lambda view: repr(bytes(view)))
    """The payload, where it lies: nothing is copied for a frame that turns out to be none, of
    which a hostile log can hold one in every eight bytes, each of the greatest length."""

    @property
    def payload(self) -> bytes:
        """The payload: a copy."""
        return bytes(self.view)


@frozen
class Skipped:
    """Bytes that are no frame, at ``[first_offset, last_offset)`` of the log. Spec: FRM-3."""

    first_offset: int
    last_offset: int


@frozen
class Raw:
    """Some of the raw bytes that were asked for; ``offset`` is that of the first in the log."""

    offset: int
    content: bytes


FrameEvent = Frame | Skipped | Raw


@frozen
class Framer:
    """Bytes of a log that are at hand, and how far they are read."""

    begin: int
    """Offset in the log of the first byte of ``buffer``."""

    buffer: bytes = b""
    position: int = 0
    """Index in ``buffer`` of the next byte to be read."""

    skipping_from: int | None = None
    """Offset of the first byte that was skipped and not reported."""

    raw_left: int = 0
    """Raw bytes that were asked for and have not come."""

    frame_began: int | None = None
    """Index in ``buffer`` of the frame that was given last, as long as it can be doubted."""

    told_to: int = 0
    """Offset up to which all bytes were told as frames, even where they are read again."""

    @classmethod
    def at(cls, offset: int) -> Framer:
        """A framer that begins at an offset of the log, with no bytes."""
        return cls(offset)

    @property
    def offset(self) -> int:
        """Offset of the next byte that is not read: where an unfinished frame begins, if any."""
        return self.begin + self.position

    @property
    def end(self) -> int:
        """Offset of the byte that must be fed next."""
        return self.begin + max(len(self.buffer), self.position)

    @property
    def in_raw(self) -> bool:
        """Whether raw bytes are still to come."""
        return self.raw_left > 0

    @property
    def skipping(self) -> Skipped | None:
        """What was skipped and isn't reported yet: it is once a frame follows it."""
        if self.skipping_from is None:
            return None
        return Skipped(self.skipping_from, self.offset)

    @property
    def unfinished(self) -> bool:
        """Whether bytes are at hand that may be the beginning of a frame. Spec: FRM-4."""
        return not self.in_raw and self.position < len(self.buffer)

    def feed(self, content: bytes) -> Framer:
        """The framer with the bytes that follow those it has. Spec: FRM-4."""
        rest = self.buffer[self.position :]
        return attrs.evolve(
            self, begin=self.offset, buffer=rest + content, position=0, frame_began=None
        )

    def next(self) -> tuple[Framer, FrameEvent | None]:
        """The next event, and the framer behind it. None: it needs more bytes.

        Spec: FRM-1, FRM-3, FRM-4.
        """
        if self.in_raw:
            return self._next_raw()
        at, length = self._find_frame()
        if at > self.position:
            return attrs.evolve(self, position=at, skipping_from=self._skipping(at)).next()
        if length is None or len(self.buffer) < at + HEADER + length:
            return self, None
        if self.skipping_from is not None:
            return attrs.evolve(self, skipping_from=None), self.skipping
        last = at + HEADER + length
        payload = memoryview(self.buffer)[at + HEADER : last]
        found = Frame(self.offset, self.begin + last, payload)
        return self._on_at(last, frame_began=at), found

    def expect_raw(self, length: int) -> Framer:
        """The framer that gives the next ``length`` bytes raw; none if that is negative.

        Spec: FRM-5.
        """
        return self._on_at(self.position, self.skipping_from, raw_left=max(length, 0))

    def reject(self) -> Framer:
        """The framer for which the frame that was given last, or the unfinished one, is none.

        What lies in it is searched for frames: a torn frame swallows nothing. A frame that was
        given can be rejected until the framer is fed, or told what to do with the bytes behind it.

        Raises:
            ValueError: there is no such frame.

        Spec: FRM-6.
        """
        if self.frame_began is None and not self.unfinished:
            raise ValueError(f"there is no frame to be rejected at offset {self.offset}")
        began = self.position if self.frame_began is None else self.frame_began
        back = self._on_at(began, self.skipping_from)
        return back._on_at(began + 1, back._skipping(began + 1))

    def doubt(self) -> Framer:
        """The framer that goes on at the next magic, even within the frame that was given last.

        For a frame that counts as read, and yet may have swallowed another one.

        Raises:
            ValueError: there is no such frame.

        Spec: FRM-7.
        """
        if self.frame_began is None:
            raise ValueError(f"there is no frame to be doubted at offset {self.offset}")
        at = min(self._find_magic(self.frame_began + 1), self.position)
        told_to = max(self.told_to, self.offset)
        return attrs.evolve(self, position=at, frame_began=None, told_to=told_to)

    def seek(self, offset: int) -> Framer:
        """The framer at a later offset of the log. What lies between is not read, nor reported.

        So is what it was ``skipping``.

        Raises:
            ValueError: the offset is one that was read already.

        Spec: FRM-8.
        """
        if offset < self.offset:
            raise ValueError(f"offset {offset} is before {self.offset}, and was read")
        return self._on_at(offset - self.begin)

    def _on_at(
        self,
        position: int,
        skipping_from: int | None = None,
        raw_left: int = 0,
        frame_began: int | None = None,
    ) -> Framer:
        """The framer with the same bytes, which goes on at an index among them."""
        return Framer(
            self.begin,
            self.buffer,
            position,
            skipping_from,
            raw_left,
            frame_began,
            self.told_to,
        )

    def _next_raw(self) -> tuple[Framer, FrameEvent | None]:
        content = self.buffer[self.position : self.position + self.raw_left]
        if not content:
            return self, None
        behind = self._on_at(
            self.position + len(content), self.skipping_from, self.raw_left - len(content)
        )
        return behind, Raw(self.offset, content)

    def _skipping(self, at: int) -> int | None:
        """Offset of the first byte that is skipped, if reading goes on at index ``at``."""
        if self.skipping_from is not None:
            return self.skipping_from
        since = max(self.offset, self.told_to)
        return since if since < self.begin + at else None

    def _find_frame(self) -> tuple[int, int | None]:
        """Index of the first byte, from the position on, at which a frame can begin.

        And the length of its payload, if that is at hand.

        Spec: FRM-2, FRM-3.
        """
        at = self._find_magic(self.position)
        length = self._payload_length(at)
        while length is not None and length > MAX_PAYLOAD:
            at = self._find_magic(at + 1)
            length = self._payload_length(at)
        return at, length

    def _find_magic(self, start: int) -> int:
        """Index of the first magic, from ``start`` on, or of its beginning where the bytes end;
        else the end."""
        found = self.buffer.find(MAGIC, start)
        if found >= 0:
            return found
        end = len(self.buffer)
        for begin in range(max(start, end - len(MAGIC) + 1), end):
            if MAGIC.startswith(self.buffer[begin:]):
                return begin
        return max(start, end)

    def _payload_length(self, at: int) -> int | None:
        header = self.buffer[at : at + HEADER]
        return int.from_bytes(header[4:], "little") if len(header) == HEADER else None
