"""Bytes to frames: what is a frame, what is skipped, and what only the consumer knows."""

from __future__ import annotations

import time

import pytest

from rlog_model.framing import (
    HEADER,
    MAGIC,
    MAX_PAYLOAD,
    Frame,
    FrameEvent,
    Framer,
    PayloadTooLong,
    Raw,
    Skipped,
    frame,
)

HUGE = MAGIC + (MAX_PAYLOAD + 1).to_bytes(4, "little")


def events(framer: Framer) -> tuple[Framer, list[FrameEvent]]:
    """All events that the bytes at hand give."""
    found: list[FrameEvent] = []
    while True:
        framer, event = framer.next()
        if event is None:
            return framer, found
        found.append(event)


def read(content: bytes, offset: int = 0) -> list[FrameEvent]:
    return events(Framer.at(offset).feed(content))[1]


# Frames


@pytest.mark.clause("FRM-1")
def test_frame_is_magic_length_and_payload() -> None:
    assert frame(b"abc") == bytes.fromhex("66339336 03000000") + b"abc"


@pytest.mark.clause("FRM-2")
def test_frame_longer_than_readers_take_is_refused() -> None:
    assert len(frame(bytes(MAX_PAYLOAD))) == HEADER + MAX_PAYLOAD
    with pytest.raises(PayloadTooLong, match=f"operation of {MAX_PAYLOAD + 1} bytes") as refused:
        frame(bytes(MAX_PAYLOAD + 1))
    assert refused.value.length == MAX_PAYLOAD + 1


def test_frames_follow_each_other() -> None:
    assert read(frame(b"abc") + frame(b"") + frame(b"d"), 100) == [
        Frame(100, 111, b"abc"),
        Frame(111, 119, b""),
        Frame(119, 128, b"d"),
    ]


@pytest.mark.clause("FRM-4")
@pytest.mark.parametrize("length", range(1, HEADER + 3))
def test_torn_frame_waits_for_the_rest(length: int) -> None:
    content = frame(b"abc")
    framer, found = events(Framer.at(7).feed(content[:length]))
    assert found == []
    assert framer.unfinished
    assert (framer.offset, framer.end) == (7, 7 + length)
    assert framer.skipping is None

    framer, found = events(framer.feed(content[length:]))
    assert found == [Frame(7, 18, b"abc")]
    assert not framer.unfinished
    assert (framer.offset, framer.end) == (18, 18)


def test_new_framer_waits_and_has_nothing_unfinished() -> None:
    framer, event = Framer.at(5).next()
    assert event is None
    assert not framer.unfinished
    assert not framer.in_raw
    assert (framer.offset, framer.end) == (5, 5)


@pytest.mark.clause("FRM-2")
def test_longest_payload_is_a_frame() -> None:
    (found,) = read(frame(bytes(MAX_PAYLOAD)))
    assert isinstance(found, Frame)
    assert len(found.payload) == MAX_PAYLOAD


# Out of sync


@pytest.mark.clause("FRM-3")
def test_bytes_that_are_no_frame_are_reported_as_one_before_the_next() -> None:
    assert read(b"garbage" + frame(b"a"), 10) == [Skipped(10, 17), Frame(17, 26, b"a")]


def test_bytes_that_are_skipped_at_the_end_are_known() -> None:
    framer, found = events(Framer.at(10).feed(frame(b"") + b"garbage"))
    assert found == [Frame(10, 18, b"")]
    assert framer.skipping == Skipped(18, 25)
    assert not framer.unfinished
    assert framer.offset == 25


@pytest.mark.clause("FRM-4")
@pytest.mark.parametrize("length", [1, 2, 3])
def test_torn_magic_at_the_end_is_not_skipped_yet(length: int) -> None:
    framer, found = events(Framer.at(0).feed(b"xy" + MAGIC[:length]))
    assert found == []
    assert framer.skipping == Skipped(0, 2)
    assert framer.unfinished
    assert framer.offset == 2

    rest = MAGIC[length:] + bytes(4)
    assert events(framer.feed(rest))[1] == [Skipped(0, 2), Frame(2, 10, b"")]
    framer, found = events(framer.feed(b"zzzzzz"))
    assert found == []
    assert framer.skipping == Skipped(0, 8 + length)


def test_torn_magic_at_the_beginning_that_is_none() -> None:
    framer, _ = events(Framer.at(0).feed(MAGIC[:3]))
    assert framer.skipping is None
    assert events(framer.feed(frame(b"a")))[1] == [Skipped(0, 3), Frame(3, 12, b"a")]


@pytest.mark.clause("FRM-2")
def test_length_over_the_bound_is_no_frame() -> None:
    content = HUGE + frame(b"a")
    assert read(content) == [Skipped(0, 8), Frame(8, 17, b"a")]
    framer, found = events(Framer.at(0).feed(MAGIC + b"\xff\xff\xff\xff"))
    assert found == []
    assert framer.skipping == Skipped(0, 8)
    assert not framer.unfinished


def test_length_over_the_bound_right_behind_another() -> None:
    assert read(HUGE + b"x" + HUGE + frame(b"")) == [Skipped(0, 17), Frame(17, 25, b"")]


def test_length_over_the_bound_after_what_is_unfinished() -> None:
    framer, found = events(Framer.at(0).feed(HUGE[:7]))
    assert found == []
    assert framer.unfinished
    assert events(framer.feed(HUGE[7:] + frame(b"")))[1] == [Skipped(0, 8), Frame(8, 16, b"")]


@pytest.mark.clause("FRM-3")
def test_magic_is_looked_for_from_one_byte_further_on() -> None:
    assert read(MAGIC[:1] + frame(b"")) == [Skipped(0, 1), Frame(1, 9, b"")]


# Rejected frames


@pytest.mark.clause("FRM-6")
def test_rejected_frame_is_searched_for_frames() -> None:
    torn = MAGIC + (20).to_bytes(4, "little") + b"xx"
    content = torn + frame(b"inner") + bytes(5) + frame(b"next")
    framer, first = Framer.at(50).feed(content).next()
    assert first == Frame(50, 78, content[8:28])
    assert events(framer.reject())[1] == [
        Skipped(50, 60),
        Frame(60, 73, b"inner"),
        Skipped(73, 78),
        Frame(78, 90, b"next"),
    ]


@pytest.mark.clause("FRM-6")
def test_rejected_frames_are_skipped_as_one() -> None:
    framer, _ = Framer.at(0).feed(frame(b"a") + frame(b"b") + frame(b"c")).next()
    framer, second = framer.reject().next()
    assert second == Skipped(0, 9)
    framer, second = framer.next()
    assert second == Frame(9, 18, b"b")
    assert events(framer.reject())[1] == [Skipped(9, 18), Frame(18, 27, b"c")]


@pytest.mark.clause("FRM-6")
def test_reject_of_what_is_unfinished() -> None:
    content = MAGIC + (90).to_bytes(4, "little") + frame(b"inner")
    framer, found = events(Framer.at(0).feed(content))
    assert found == []
    framer, found = events(framer.reject())
    assert found == [Skipped(0, 8), Frame(8, 21, b"inner")]


def test_reject_of_what_is_unfinished_behind_skipped_bytes() -> None:
    framer, _ = events(Framer.at(0).feed(b"xx" + MAGIC))
    framer, found = events(framer.reject())
    assert found == []
    assert framer.skipping == Skipped(0, 6)


def test_frame_cannot_be_rejected_once_its_raw_bytes_are_expected() -> None:
    framer, _ = Framer.at(0).feed(frame(b"a")).next()
    with pytest.raises(ValueError, match="no frame to be rejected at offset 9"):
        framer.expect_raw(0).reject()
    with pytest.raises(ValueError, match="no frame"):
        framer.expect_raw(3).feed(b"xx").reject()
    with pytest.raises(ValueError, match="no frame"):
        framer.seek(20).reject()
    with pytest.raises(ValueError, match="no frame"):
        framer.feed(b"").reject()


# Doubted frames


def doubt_all(content: bytes, offset: int = 0) -> list[FrameEvent]:
    """All events, where each frame is doubted."""
    framer, found = Framer.at(offset).feed(content), list[FrameEvent]()
    while True:
        framer, event = framer.next()
        if event is None:
            return found
        found.append(event)
        if isinstance(event, Frame):
            framer = framer.doubt()


@pytest.mark.clause("FRM-7")
def test_doubted_frame_may_have_swallowed_another() -> None:
    outer = MAGIC + (20).to_bytes(4, "little") + b"xx" + frame(b"inner")
    content = outer + bytes(5) + frame(b"next")
    assert doubt_all(content, 50) == [
        Frame(50, 78, content[8:28]),
        Frame(60, 73, b"inner"),
        Frame(78, 90, b"next"),
    ]


@pytest.mark.clause("FRM-7")
def test_what_follows_a_doubted_frame_is_skipped_as_ever() -> None:
    assert doubt_all(frame(b"abc") + b"garbage" + frame(b"d")) == [
        Frame(0, 11, b"abc"),
        Skipped(11, 18),
        Frame(18, 27, b"d"),
    ]


@pytest.mark.clause("FRM-7")
def test_doubted_frames_within_each_other_are_told_once() -> None:
    innermost = frame(b"i")
    inner = frame(b"x" + innermost + b"y")
    outer = frame(inner + b"behind the inner one")
    assert doubt_all(outer + b"z" + frame(b"")) == [
        Frame(0, len(outer), outer[8:]),
        Frame(8, 8 + len(inner), inner[8:]),
        Frame(17, 17 + len(innermost), b"i"),
        Skipped(len(outer), len(outer) + 1),
        Frame(len(outer) + 1, len(outer) + 9, b""),
    ]


def test_frame_that_reaches_over_the_end_of_a_doubted_one() -> None:
    outer = frame(MAGIC + (6).to_bytes(4, "little") + b"in")
    content = outer + b"side" + b"garbage" + frame(b"")
    assert doubt_all(content) == [
        Frame(0, 18, outer[8:]),
        Frame(8, 22, b"inside"),
        Skipped(22, 29),
        Frame(29, 37, b""),
    ]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_torn_magic_at_the_end_of_a_doubted_frame(length: int) -> None:
    outer = frame(b"abc" + MAGIC[:length])
    framer, event = Framer.at(0).feed(outer).next()
    assert isinstance(event, Frame)
    framer = framer.doubt()
    assert framer.unfinished
    assert framer.offset == 11

    inner = MAGIC[length:] + bytes(4)
    assert events(framer.feed(inner))[1] == [Frame(11, 19, b"")]
    assert events(framer.feed(frame(b"")))[1] == [Frame(11 + length, 19 + length, b"")]
    framer, found = events(framer.feed(b"zz" + frame(b"")))
    assert found == [Skipped(11 + length, 13 + length), Frame(13 + length, 21 + length, b"")]


def test_rejected_frame_within_a_doubted_one_is_told_already() -> None:
    outer = frame(b"x" + frame(b"inner") + b"y")
    framer, _ = Framer.at(0).feed(outer + b"z" + frame(b"")).next()
    framer, event = framer.doubt().next()
    assert event == Frame(9, 22, b"inner")
    assert events(framer.reject())[1] == [Skipped(23, 24), Frame(24, 32, b"")]


def test_only_the_frame_that_was_given_last_can_be_doubted() -> None:
    framer = Framer.at(4).feed(frame(b"a") + MAGIC)
    with pytest.raises(ValueError, match="no frame to be doubted at offset 4"):
        framer.doubt()
    framer, _ = events(framer)
    assert framer.doubt().offset == 13
    with pytest.raises(ValueError, match="no frame"):
        framer.doubt().doubt()
    with pytest.raises(ValueError, match="no frame"):
        framer.expect_raw(0).doubt()


# Raw bytes


@pytest.mark.clause("FRM-5")
def test_raw_bytes_come_as_they_are_fed() -> None:
    framer, _ = Framer.at(0).feed(frame(b"w") + b"1234").next()
    framer = framer.expect_raw(6)
    assert framer.in_raw
    assert not framer.unfinished
    framer, event = framer.next()
    assert event == Raw(9, b"1234")
    assert framer.in_raw
    assert framer.next() == (framer, None)

    framer, event = framer.feed(b"56" + frame(b"x")).next()
    assert event == Raw(13, b"56")
    assert not framer.in_raw
    assert events(framer)[1] == [Frame(15, 24, b"x")]


@pytest.mark.clause("FRM-5")
def test_raw_bytes_that_look_like_a_frame_are_raw() -> None:
    inner = frame(b"inner")
    framer, _ = Framer.at(0).feed(frame(b"w") + inner + frame(b"x")).next()
    assert events(framer.expect_raw(len(inner)))[1] == [Raw(9, inner), Frame(22, 31, b"x")]


@pytest.mark.clause("FRM-5")
@pytest.mark.parametrize("length", [0, -1, -(1 << 63)])
def test_no_raw_bytes(length: int) -> None:
    framer, _ = Framer.at(0).feed(frame(b"w") + frame(b"x")).next()
    framer = framer.expect_raw(length)
    assert not framer.in_raw
    assert events(framer)[1] == [Frame(9, 18, b"x")]


# Jumps


@pytest.mark.clause("FRM-8")
def test_seek_within_the_bytes_at_hand() -> None:
    framer, _ = Framer.at(100).feed(frame(b"w") + b"raw" + frame(b"x")).next()
    framer = framer.seek(112)
    assert (framer.offset, framer.end) == (112, 121)
    assert events(framer)[1] == [Frame(112, 121, b"x")]


def test_seek_beyond_the_bytes_at_hand() -> None:
    framer, _ = Framer.at(100).feed(frame(b"w") + b"raw").next()
    framer = framer.seek(1000)
    assert (framer.offset, framer.end) == (1000, 1000)
    assert not framer.unfinished
    framer, found = events(framer)
    assert found == []
    assert events(framer.feed(frame(b"x")))[1] == [Frame(1000, 1009, b"x")]


@pytest.mark.clause("FRM-8")
def test_seek_drops_raw_bytes_and_what_is_skipped() -> None:
    framer, _ = Framer.at(0).feed(frame(b"w")).next()
    assert not framer.expect_raw(5).seek(14).in_raw
    framer, _ = events(Framer.at(0).feed(b"garbage"))
    framer = framer.seek(9)
    assert framer.skipping is None
    assert events(framer.feed(frame(b"")))[1] == [Frame(9, 17, b"")]


@pytest.mark.clause("FRM-8")
def test_seek_never_goes_back() -> None:
    framer, _ = Framer.at(0).feed(frame(b"w")).next()
    assert framer.seek(9).offset == 9
    with pytest.raises(ValueError, match="offset 8 is before 9"):
        framer.seek(8)


# Cost


@pytest.mark.parametrize("chunk", [1 << 20, 1000])
def test_time_is_linear(chunk: int) -> None:
    """A quadratic framer would take minutes for this; a linear one, a second."""
    content = frame(bytes(92)) * 80_000
    began = time.perf_counter()
    framer, count = Framer.at(0), 0
    for begin in range(0, len(content), chunk):
        framer, found = events(framer.feed(content[begin : begin + chunk]))
        count += len(found)
    assert count == 80_000
    assert time.perf_counter() - began < 60


def test_lengths_over_the_bound_cost_no_more_than_their_bytes() -> None:
    assert read(HUGE * 100_000 + frame(b"a"))[0] == Skipped(0, 800_000)
