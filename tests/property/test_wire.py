"""What is encoded is what is decoded, and what is decoded can be encoded."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.hints_json import hints_from_json, hints_to_json
from rlog_model.identity import MAX_INT64, MAX_UINT32, Author, Fnode
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import Segment
from rlog_model.wire import (
    MalformedHints,
    MalformedOp,
    decode_hints,
    decode_op,
    encode_hints,
    encode_op,
)

int64s = st.integers(-MAX_INT64 - 1, MAX_INT64)
uint32s = st.integers(0, MAX_UINT32)
authors = uint32s.map(Author)
fnodes = int64s.map(Fnode)
texts = st.one_of(
    st.text(), st.binary().map(lambda content: content.decode("utf-8", "surrogateescape"))
).filter(lambda text: not any("\ud800" <= c < "\udc80" or "\udcff" < c <= "\udfff" for c in text))
# Escapes which together are UTF-8 stand for another text: no decoder gives them.
texts = texts.map(lambda t: t.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"))

members = st.tuples(
    st.none() | st.builds(Create, texts),
    st.none() | st.builds(Link, fnodes, texts),
    st.none() | st.builds(Unlink, fnodes, texts),
    st.none() | st.builds(Write, fnodes, int64s, int64s),
    st.none() | st.builds(Property, texts, st.binary()),
).map(lambda drawn: tuple(member for member in drawn if member is not None))
ops = st.builds(
    lambda seq_no, checksum, author, changes, first, last, log: RecordedOp(
        seq_no, checksum, author, changes[0] if changes else None, first, last, log, changes[1:]
    ),
    int64s,
    uint32s,
    authors,
    members,
    int64s,
    int64s,
    texts,
)
segments = st.builds(Segment, authors, int64s, int64s, uint32s, int64s, int64s, texts)
nodes = st.builds(FnodeSegments, fnodes, st.lists(segments, max_size=3).map(tuple))
properties = st.builds(Property, texts, st.binary())
hints = st.builds(
    FSMHints,
    texts,
    st.lists(nodes, max_size=3).map(tuple),
    st.lists(properties, max_size=3).map(tuple),
)


@given(ops)
def test_operation(op: RecordedOp) -> None:
    assert decode_op(encode_op(op, with_meta=True)) == op
    first, last, log = op.first_offset, op.last_offset, op.log
    payload = encode_op(op)
    assert decode_op(payload, first_offset=first, last_offset=last, log=log) == op
    assert encode_op(op, with_meta=True).startswith(payload)


@given(hints)
def test_hints(drawn: FSMHints) -> None:
    assert decode_hints(encode_hints(drawn)) == drawn


@pytest.mark.clause("HNT-13", "HNT-14")
@given(hints)
def test_hints_as_json(drawn: FSMHints) -> None:
    text = json.dumps(hints_to_json(drawn))
    assert hints_from_json(json.loads(text)) == drawn
    text.encode("ascii")


@pytest.mark.clause("ENC-10")
@given(st.binary(max_size=60))
def test_any_bytes_are_an_operation_or_malformed(content: bytes) -> None:
    try:
        op = decode_op(content)
    except MalformedOp:
        return
    assert decode_op(encode_op(op, with_meta=True)) == op


@given(ops, st.integers(0, 400), st.integers(0, 255))
def test_spoiled_operation_is_an_operation_or_malformed(
    op: RecordedOp, index: int, byte: int
) -> None:
    payload = bytearray(encode_op(op, with_meta=True))
    assume(index < len(payload))
    payload[index] = byte
    try:
        spoiled = decode_op(bytes(payload))
    except MalformedOp:
        return
    assert decode_op(encode_op(spoiled, with_meta=True)) == spoiled


@given(st.binary(max_size=60))
def test_any_bytes_are_hints_or_malformed(content: bytes) -> None:
    try:
        drawn = decode_hints(content)
    except MalformedHints:
        return
    assert decode_hints(encode_hints(drawn)) == drawn


_NAMES = (
    "log",
    "log_hex",
    "live_nodes",
    "liveNodes",
    "properties",
    "fnode",
    "segments",
    "path",
    "content",
    "author",
    "firstSeqNo",
    "last_offset",
    "x",
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.clause("HNT-16")
@given(_json)
def test_any_json_is_hints_or_malformed(data: object) -> None:
    try:
        drawn = hints_from_json(data)
    except MalformedHints:
        return
    assert hints_from_json(hints_to_json(drawn)) == drawn
