"""Operations and hints as bytes: the only user of the generated protobuf code.

Rules
-----
* An operation that is encoded is, byte for byte, what Gazette writes: fields in the order of their
  tags, zero left out, members that are present but empty kept. Offsets and log are not written to
  a log (``with_meta`` is for other uses).
* Text that is no UTF-8 is held as surrogate escapes, and comes out as the bytes that came in.
* Unknown fields are read over. What is not protobuf at all is malformed.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen
from google.protobuf.message import DecodeError

from rlog_model._proto import recoverylog_pb2 as pb
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import Segment

_CODING: Final = ("utf-8", "surrogateescape")


@frozen
class MalformedOp(ValueError):
    """Bytes that are no RecordedOp."""

    payload: bytes

    def __str__(self) -> str:
        return f"{len(self.payload)} bytes are no RecordedOp: {self.payload[:32].hex()}"


@frozen
class MalformedHints(ValueError):
    """Bytes, or JSON, that are no FSMHints."""

    reason: str

    def __str__(self) -> str:
        return f"these are no hints: {self.reason}"


def encode_op(op: RecordedOp, *, with_meta: bool = False) -> bytes:
    """The payload of an operation; ``with_meta`` adds its offsets and its log."""
    message = pb.RecordedOp(seq_no=op.seq_no, checksum=op.checksum, author=op.author)
    for change in (op.change, *op.ignored):
        match change:
            case Create(path):
                message.create.SetInParent()
                message.create.path = path.encode(*_CODING)
            case Link(fnode, path):
                message.link.SetInParent()
                message.link.fnode, message.link.path = fnode, path.encode(*_CODING)
            case Unlink(fnode, path):
                message.unlink.SetInParent()
                message.unlink.fnode, message.unlink.path = fnode, path.encode(*_CODING)
            case Write(fnode, offset, length):
                message.write.SetInParent()
                message.write.fnode, message.write.offset = fnode, offset
                message.write.length = length
            case Property(path, content):
                message.property.SetInParent()
                message.property.path, message.property.content = path.encode(*_CODING), content
    if with_meta:
        message.first_offset, message.last_offset = op.first_offset, op.last_offset
        message.log = op.log.encode(*_CODING)
    return message.SerializeToString(deterministic=True)


def decode_op(
    payload: bytes,
    *,
    first_offset: int | None = None,
    last_offset: int | None = None,
    log: str | None = None,
) -> RecordedOp:
    """The operation of a payload. What is given of offsets and log is attached to it.

    Raises:
        MalformedOp: the payload is no RecordedOp.
    """
    try:
        message = pb.RecordedOp.FromString(payload)
    except DecodeError as error:
        raise MalformedOp(payload) from error
    change, ignored = _changes(message)
    return RecordedOp(
        message.seq_no,
        message.checksum,
        Author(message.author),
        change,
        message.first_offset if first_offset is None else first_offset,
        message.last_offset if last_offset is None else last_offset,
        _text(message.log) if log is None else log,
        ignored,
    )


def _changes(message: pb.RecordedOp) -> tuple[Change | None, tuple[Change, ...]]:
    members: list[Change] = []
    if message.HasField("create"):
        members.append(Create(_text(message.create.path)))
    if message.HasField("link"):
        members.append(Link(Fnode(message.link.fnode), _text(message.link.path)))
    if message.HasField("unlink"):
        members.append(Unlink(Fnode(message.unlink.fnode), _text(message.unlink.path)))
    if message.HasField("write"):
        write = message.write
        members.append(Write(Fnode(write.fnode), write.offset, write.length))
    if message.HasField("property"):
        members.append(Property(_text(message.property.path), message.property.content))
    return (members[0], tuple(members[1:])) if members else (None, ())


def encode_hints(hints: FSMHints) -> bytes:
    """Hints as protobuf bytes."""
    message = pb.FSMHints(log=hints.log.encode(*_CODING))
    for node in hints.live_nodes:
        live = message.live_nodes.add(fnode=node.fnode)
        for s in node.segments:
            live.segments.add(
                author=s.author,
                first_seq_no=s.first_seq_no,
                first_offset=s.first_offset,
                first_checksum=s.first_checksum,
                last_seq_no=s.last_seq_no,
                last_offset=s.last_offset,
                log=s.log.encode(*_CODING),
            )
    for p in hints.properties:
        message.properties.add(path=p.path.encode(*_CODING), content=p.content)
    return message.SerializeToString(deterministic=True)


def decode_hints(content: bytes) -> FSMHints:
    """Hints from protobuf bytes.

    Raises:
        MalformedHints: the bytes are no FSMHints.
    """
    try:
        message = pb.FSMHints.FromString(content)
    except DecodeError as error:
        raise MalformedHints("no FSMHints message") from error
    return FSMHints(
        _text(message.log),
        tuple(
            FnodeSegments(
                Fnode(node.fnode),
                tuple(
                    Segment(
                        Author(s.author),
                        s.first_seq_no,
                        s.first_offset,
                        s.first_checksum,
                        s.last_seq_no,
                        s.last_offset,
                        _text(s.log),
                    )
                    for s in node.segments
                ),
            )
            for node in message.live_nodes
        ),
        tuple(Property(_text(p.path), p.content) for p in message.properties),
    )


def _text(content: bytes) -> str:
    return content.decode(*_CODING)
