"""Operations and hints as protobuf bytes, beyond the recorded cases."""

from __future__ import annotations

import pytest

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import Segment
from rlog_model.wire import (
    MalformedHints,
    MalformedOp,
    decode_hints,
    decode_op,
    encode_hints,
    encode_op,
)

A = Author(0x01020304)
NO_OP = bytes.fromhex("0807 1505000000 1d04030201")
CREATE = Create("/a")
LINK = Link(Fnode(2), "/b")
UNLINK = Unlink(Fnode(3), "/c")
WRITE = Write(Fnode(4), 5, 6)
PROPERTY = Property("/p", b"\xff")

MEMBERS: list[tuple[Change, str]] = [
    (CREATE, "2204 0a022f61"),
    (LINK, "2a06 0802 12022f62"),
    (UNLINK, "3206 0803 12022f63"),
    (WRITE, "3a06 0804 1005 1806"),
    (PROPERTY, "4207 0a022f70 1201ff"),
]


@pytest.mark.clause("ENC-3", "ENC-8")
@pytest.mark.parametrize(("change", "encoded"), MEMBERS)
def test_member(change: Change, encoded: str) -> None:
    op = RecordedOp(7, 5, A, change)
    payload = NO_OP + bytes.fromhex(encoded)
    assert encode_op(op) == payload
    assert decode_op(payload) == op


@pytest.mark.clause("ENC-3", "ENC-9")
def test_no_op() -> None:
    assert encode_op(RecordedOp(7, 5, A)) == NO_OP
    assert decode_op(NO_OP) == RecordedOp(7, 5, A)
    assert decode_op(b"") == RecordedOp(0, 0, Author(0))


@pytest.mark.clause("ENC-4", "ENC-8")
@pytest.mark.parametrize(
    ("change", "encoded"),
    [
        (Create(""), "2200"),
        (Link(Fnode(0), ""), "2a00"),
        (Unlink(Fnode(0), ""), "3200"),
        (Write(Fnode(0), 0, 0), "3a00"),
        (Property("", b""), "4200"),
    ],
)
def test_member_that_is_present_but_empty(change: Change, encoded: str) -> None:
    op = RecordedOp(0, 0, Author(0), change)
    assert encode_op(op) == bytes.fromhex(encoded)
    assert decode_op(bytes.fromhex(encoded)) == op


@pytest.mark.clause("ENC-4", "ENC-5")
def test_first_member_in_the_order_of_tags_is_the_change() -> None:
    backwards = NO_OP + b"".join(bytes.fromhex(encoded) for _, encoded in reversed(MEMBERS))
    op = decode_op(backwards)
    assert op.change == CREATE
    assert op.ignored == (LINK, UNLINK, WRITE, PROPERTY)
    assert op.raw_length == 6
    forwards = NO_OP + b"".join(bytes.fromhex(encoded) for _, encoded in MEMBERS)
    assert encode_op(op) == forwards
    for first in range(5):
        rest = NO_OP + b"".join(bytes.fromhex(encoded) for _, encoded in MEMBERS[first:])
        changes = [change for change, _ in MEMBERS[first:]]
        assert decode_op(rest).change == changes[0]
        assert decode_op(rest).ignored == tuple(changes[1:])


META = bytes.fromhex("480a 5014 5a05612f6c6f67")


@pytest.mark.clause("ENC-6")
def test_meta_fields_are_written_only_if_asked_for() -> None:
    op = RecordedOp(7, 5, A, None, 10, 20, "a/log")
    assert encode_op(op) == NO_OP
    assert encode_op(op, with_meta=True) == NO_OP + META


@pytest.mark.clause("ENC-6")
def test_meta_fields_are_those_that_the_reader_knows() -> None:
    payload = NO_OP + META
    assert decode_op(payload) == RecordedOp(7, 5, A, None, 10, 20, "a/log")
    op = decode_op(payload, first_offset=0, last_offset=0, log="")
    assert op == RecordedOp(7, 5, A)
    op = decode_op(payload, first_offset=1, last_offset=2, log="b/log")
    assert op == RecordedOp(7, 5, A, None, 1, 2, "b/log")


@pytest.mark.clause("ENC-10")
@pytest.mark.parametrize(
    "payload",
    ["08", "15 0000", "22 05 61", "22 01", "00", "0c", "ff" * 20, "08 01 00", "22 03 0a05 61"],
)
def test_payload_that_is_no_operation(payload: str) -> None:
    content = bytes.fromhex(payload)
    with pytest.raises(MalformedOp, match=f"payload of {len(content)} bytes is no op") as malformed:
        decode_op(content)
    assert malformed.value.payload == content
    assert malformed.value.reason


@pytest.mark.clause("ENC-9")
def test_unknown_fields_are_passed_over() -> None:
    unknown = bytes.fromhex("6001 6a03616263 9d0101020304")
    assert decode_op(NO_OP + unknown) == RecordedOp(7, 5, A)


RAW = b"/\xff\x80\xed\xa0\x80\xc3"


@pytest.mark.clause("ENC-2")
@pytest.mark.parametrize(
    "payload",
    [
        b"\x22\x09\x0a\x07" + RAW,
        b"\x2a\x09\x12\x07" + RAW,
        b"\x32\x09\x12\x07" + RAW,
        b"\x42\x0c\x0a\x07" + RAW + b"\x12\x01\xfe",
    ],
)
def test_path_that_is_no_utf8_comes_out_as_it_went_in(payload: bytes) -> None:
    op = decode_op(payload)
    assert isinstance(op.change, Create | Link | Unlink | Property)
    assert op.change.path.encode("utf-8", "surrogateescape") == RAW
    assert encode_op(op) == payload


def test_text_that_stands_for_no_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        encode_op(RecordedOp(1, 0, A, Create("/\ud800")))


@pytest.mark.clause("ENC-1")
@pytest.mark.parametrize(
    "op",
    [
        RecordedOp(1 << 63, 0, A),
        RecordedOp(1, 1 << 32, A),
        RecordedOp(1, 0, A, Write(Fnode(1), 1 << 63, 0)),
    ],
)
def test_number_out_of_its_range_is_refused(op: RecordedOp) -> None:
    with pytest.raises(ValueError, match="out of range"):
        encode_op(op)


@pytest.mark.clause("ENC-11")
def test_negative_numbers() -> None:
    op = RecordedOp(-1, 0, A, Write(Fnode(-(1 << 63)), -2, -3))
    assert decode_op(encode_op(op)) == op
    assert op.raw_length == -3


SEGMENT = Segment(A, 2, 3, 4, 5, 6, "b/log")
HINTS = FSMHints(
    "a/log",
    (FnodeSegments(Fnode(2), (SEGMENT,)), FnodeSegments(Fnode(9), ())),
    (Property("/p", b"\xff"),),
)
HINTS_BYTES = bytes.fromhex(
    "0a05612f6c6f67"
    "121d 0802 1219 0d04030201 1002 1803 2504000000 2805 3006 3a05622f6c6f67"
    "1202 0809"
    "1a07 0a022f70 1201ff"
)


@pytest.mark.clause("ENC-7", "ENC-8")
def test_hints() -> None:
    assert encode_hints(HINTS) == HINTS_BYTES
    assert decode_hints(HINTS_BYTES) == HINTS


def test_empty_hints() -> None:
    assert encode_hints(FSMHints()) == b""
    assert decode_hints(b"") == FSMHints()


@pytest.mark.clause("ENC-2")
def test_names_in_hints_that_are_no_utf8() -> None:
    content = b"\x0a\x07" + RAW + b"\x12\x0d\x12\x0b\x3a\x09" + RAW + b"ab\x1a\x09\x0a\x07" + RAW
    hints = decode_hints(content)
    assert hints.log.encode("utf-8", "surrogateescape") == RAW
    assert hints.live_nodes[0].segments[0].log.encode("utf-8", "surrogateescape") == RAW + b"ab"
    assert encode_hints(hints) == content


@pytest.mark.clause("ENC-10")
def test_bytes_that_are_no_hints() -> None:
    with pytest.raises(MalformedHints, match="these are no hints: hints: ") as malformed:
        decode_hints(b"\x0a\x07abc")
    assert malformed.value.where == "hints"
