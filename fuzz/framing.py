"""Target: bytes of a log to frames.

Properties
----------
* However the bytes are split, the framer gives the same events, and stands at the same byte.
* A frame that is framed again is the bytes that it was read from.
* Events account for every byte up to where the framer stands, each once and in order.

The reader of the log behaves like a player's: it expects the raw bytes of writes, and rejects what
is no operation. Every second operation it takes for one of another branch, and doubts its frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import attrs

from rlog_model.framing import Frame, FrameEvent, Framer, Raw, Skipped, frame
from rlog_model.operation import RecordedOp, Write
from rlog_model.wire import MalformedOp, decode_op
from tests.cases import load
from tests.samples import SAMPLES

START: Final = 1000
"""Offset in the log of the first byte."""

SEED_BYTES: Final = 4096
"""Bytes of a recorded log in a seed."""


def check(data: bytes) -> None:
    """The first byte says at how many places the bytes are split; the next ones, at which."""
    count = data[0] % 8 if data else 0
    places, content = data[1 : 1 + count], data[1 + count :]
    cuts = sorted(place * len(content) // 256 for place in places)
    whole, behind_whole = read(content, [])
    split, behind_split = read(content, cuts)
    assert split == whole, (split, whole)
    assert behind_split.offset == behind_whole.offset
    assert behind_split.skipping == behind_whole.skipping
    account(content, whole, behind_whole)


def read(content: bytes, cuts: Sequence[int]) -> tuple[list[FrameEvent], Framer]:
    """All events of bytes that are fed in pieces, with raw bytes that follow each other as one."""
    framer, events = Framer.at(START), list[FrameEvent]()
    for begin, end in pairwise([0, *cuts, len(content)]):
        framer = framer.feed(content[begin:end])
        while True:
            framer, event = framer.next()
            match event:
                case None:
                    break
                case Raw() if events and isinstance(last := events[-1], Raw):
                    events[-1] = attrs.evolve(last, content=last.content + event.content)
                case Frame():
                    framer = answered(framer, event)
                    events.append(event)
                case _:
                    events.append(event)
    return events, framer


def answered(framer: Framer, event: Frame) -> Framer:
    """What the reader does with a frame."""
    op = operation(event)
    if op is None:
        return framer.reject()
    if op.seq_no % 2:
        return framer.doubt()
    return framer.expect_raw(op.change.length) if isinstance(op.change, Write) else framer


def operation(event: Frame) -> RecordedOp | None:
    try:
        return decode_op(event.view)
    except MalformedOp:
        return None


def account(content: bytes, events: Sequence[FrameEvent], behind: Framer) -> None:
    """Hold that every byte is told: in a frame that was not rejected, as raw, or as skipped."""
    told, skipped = set[int](), list[int]()
    for event in events:
        match event:
            case Frame(first, last):
                assert frame(event.payload) == content[first - START : last - START], event
                if operation(event) is not None:
                    told.update(range(first, last))
            case Raw(first, raw):
                assert raw == content[first - START : first - START + len(raw)], event
                told.update(range(first, first + len(raw)))
            case Skipped(first, last):
                skipped.extend(range(first, last))
    if behind.skipping is not None:
        skipped.extend(range(behind.skipping.first_offset, behind.skipping.last_offset))
    assert len(set(skipped)) == len(skipped), "bytes are told as skipped twice"
    assert told.isdisjoint(skipped), "bytes are told as skipped, and not"
    end = START + len(content)
    assert behind.end == end
    assert told | {*skipped, *range(behind.offset, end)} == {*range(START, end)}


def seeds() -> Iterator[bytes]:
    """Frames of Gazette's cases, and the beginnings of logs that Gazette recorded."""
    frames = [bytes.fromhex(case["frame"]) for case in load("codec")]
    for begin in range(0, len(frames), 10):
        yield b"\x03\x20\x60\xc0" + b"".join(frames[begin : begin + 10])
    for fragment in sorted(SAMPLES.rglob("*.raw")):
        content = fragment.read_bytes()
        yield b"\x02\x40\x80" + content[:SEED_BYTES]
        # From the middle of an operation on.
        yield b"\x02\x40\x80" + content[SEED_BYTES : 2 * SEED_BYTES]
