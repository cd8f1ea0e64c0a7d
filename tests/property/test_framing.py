"""However bytes are split, a framer gives the same events, and accounts for each byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.framing import MAGIC, MAX_PAYLOAD, Frame, FrameEvent, Framer, Raw, Skipped, frame

START = 1000

_payloads = st.binary(max_size=12)
_pieces = st.one_of(
    _payloads.map(frame),
    _payloads.map(frame),
    st.builds(lambda outer, inner: frame(outer + frame(inner)), _payloads, _payloads),
    st.builds(lambda content, end: frame(content)[:end], _payloads, st.integers(0, 20)),
    st.integers(1, 4).map(lambda end: MAGIC[:end]),
    st.sampled_from((MAX_PAYLOAD + 1, 0xFFFFFFFF)).map(lambda n: MAGIC + n.to_bytes(4, "little")),
    st.integers(0, 40).map(lambda length: MAGIC + length.to_bytes(4, "little")),
    st.binary(max_size=9),
)
contents = st.lists(_pieces, max_size=12).map(b"".join)
splits = st.lists(st.integers(0, 200), max_size=12)


def rejects(event: FrameEvent) -> bool:
    """Whether the consumer finds that it is no operation."""
    return isinstance(event, Frame) and event.payload[:1] > b"\x00" and event.payload[0] % 4 == 0


def begin_of(event: FrameEvent) -> int:
    return event.offset if isinstance(event, Raw) else event.first_offset


def end_of(event: FrameEvent) -> int:
    return event.offset + len(event.content) if isinstance(event, Raw) else event.last_offset


def answered(framer: Framer, event: Frame, jumps: bool) -> Framer:
    """What a consumer does with a frame: by its first byte, as if that were an operation."""
    if rejects(event):
        return framer.reject()
    match event.payload[:1]:
        case b"" | b"\x00":
            return framer
        case first if first[0] % 4 == 1:
            return framer.expect_raw(first[0] % 23 - 4)
        case first if first[0] % 4 == 2 and jumps:
            return framer.doubt()
        case first if jumps:
            return framer.seek(event.last_offset + first[0] % 7)
        case _:
            return framer


def read(content: bytes, cuts: list[int], jumps: bool) -> tuple[list[FrameEvent], Framer]:
    """All events of bytes that are fed in pieces, with raw bytes that follow each other as one."""
    framer, events = Framer.at(START), list[FrameEvent]()
    bounds = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    for begin, end in pairwise(bounds):
        skipped_ahead = framer.end - START
        framer = framer.feed(content[max(begin, skipped_ahead) : max(end, skipped_ahead)])
        while True:
            framer, event = framer.next()
            match event:
                case None:
                    break
                case Frame():
                    framer = answered(framer, event, jumps)
                    events.append(event)
                case Raw() if events and isinstance(last := events[-1], Raw):
                    assert begin_of(event) == end_of(last)
                    events[-1] = evolve(last, content=last.content + event.content)
                case _:
                    events.append(event)
    return events, framer


def state_of(framer: Framer) -> object:
    skipping, unfinished = framer.skipping, framer.unfinished
    return framer.offset, framer.end, skipping, unfinished, framer.raw_left


@pytest.mark.clause("FRM-4")
@given(contents, splits, st.booleans())
def test_any_split_gives_the_same_events(content: bytes, cuts: list[int], jumps: bool) -> None:
    events, framer = read(content, cuts, jumps)
    whole, at_once = read(content, [], jumps)
    assert events == whole
    assert state_of(framer) == state_of(at_once)


@given(contents)
def test_byte_by_byte_gives_the_same_events(content: bytes) -> None:
    assert read(content, [*range(len(content))], True)[0] == read(content, [], True)[0]


@pytest.mark.clause("FRM-3")
@given(contents, splits)
def test_each_byte_is_accounted_for_once(content: bytes, cuts: list[int]) -> None:
    """By a frame that was not rejected, as raw, as skipped, or as what is still unfinished."""
    events, framer = read(content, cuts, jumps=False)
    offset = START
    for index, event in enumerate(events):
        assert begin_of(event) == offset
        if not rejects(event):
            offset = end_of(event)
        if isinstance(event, Skipped):
            assert isinstance(events[index + 1], Frame), "it is told right before a frame"
    if framer.skipping is not None:
        assert framer.skipping.first_offset == offset
        offset = framer.skipping.last_offset
    assert framer.offset == offset
    assert framer.end == START + len(content)


@given(st.lists(_payloads))
def test_frames_give_their_payloads(payloads: list[bytes]) -> None:
    framer = Framer.at(0).feed(b"".join(map(frame, payloads)))
    found = []
    while (step := framer.next())[1] is not None:
        framer, event = step
        assert isinstance(event, Frame)
        found.append(event.payload)
    assert found == payloads
    assert framer.skipping is None
    assert not framer.unfinished


@given(contents, splits)
def test_what_is_told_as_a_frame_is_never_skipped_too(content: bytes, cuts: list[int]) -> None:
    """Where every frame is doubted, frames may lie in each other. Each byte is told all the same:
    in frames, as skipped, or as what is still unfinished."""
    framer, in_frames, skipped = Framer.at(0), set[int](), list[int]()
    for begin, end in pairwise([0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]):
        framer = framer.feed(content[begin:end])
        while True:
            framer, event = framer.next()
            if event is None:
                break
            told = range(begin_of(event), end_of(event))
            if isinstance(event, Frame):
                in_frames.update(told)
                framer = framer.doubt()
            else:
                skipped.extend(told)
    if framer.skipping is not None:
        skipped.extend(range(framer.skipping.first_offset, framer.skipping.last_offset))
    assert len(set(skipped)) == len(skipped)
    assert not in_frames & set(skipped)
    assert in_frames | set(skipped) | {*range(framer.offset, framer.end)} == {*range(len(content))}
