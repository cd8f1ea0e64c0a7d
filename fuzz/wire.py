"""Target: protobuf bytes to operations.

Properties
----------
* Bytes are an operation, or ``MalformedOp`` is raised: nothing else.
* What is decoded, encoded and decoded again is the same operation, and then the same bytes.
* Offsets and log that the reader knows take the place of those in the bytes, and change no more.
* The bytes may lie in any buffer.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from rlog_model.framing import HEADER
from rlog_model.wire import MalformedOp, decode_op, encode_op
from tests.cases import load


def check(data: bytes) -> None:
    """``data`` is the payload of a frame."""
    try:
        op = decode_op(data)
    except MalformedOp:
        return
    assert decode_op(memoryview(data)) == op

    encoded = encode_op(op, with_meta=True)
    assert decode_op(encoded) == op
    assert encode_op(decode_op(encoded), with_meta=True) == encoded

    known = decode_op(data, first_offset=7, last_offset=9, log="a/log")
    assert known == attrs.evolve(op, first_offset=7, last_offset=9, log="a/log")
    payload = encode_op(op)
    assert encode_op(known) == payload
    assert decode_op(payload, first_offset=7, last_offset=9, log="a/log") == known


def seeds() -> Iterator[bytes]:
    """The payloads of Gazette's cases."""
    for case in load("codec"):
        yield bytes.fromhex(case["frame"])[HEADER:]
