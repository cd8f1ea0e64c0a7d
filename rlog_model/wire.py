"""Operations and hints as protobuf bytes.

Rules
-----
* The bytes are those that Gazette writes: fields by rising tag, none that has its default, and
  members of an operation wherever they are set, empty or not.
* Paths and log names are text. Bytes of theirs that are no UTF-8 are surrogate escapes, and come
  out as they went in. The content of a property is bytes.
* Of an operation's members the first in the order of the tags is its change. The others are kept
  in ``RecordedOp.ignored``: a log can hold them, and the raw bytes of a write among them.
* ``first_offset``, ``last_offset`` and ``log`` of an operation are written only if asked for: no
  log holds them.
* Unknown fields are passed over: a later release may have written them.

This is the only module that uses generated protobuf code.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen
from google.protobuf.message import DecodeError

from rlog_model._proto import recoverylog_pb2 as pb
from rlog_model.framing import Frame
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import Segment


@frozen
class MalformedOp(ValueError):
    """A payload that is no ``RecordedOp``. Spec: ENC-10."""

    payload: bytes | memoryview
    reason: str

    def __str__(self) -> str:
        return f"a payload of {len(self.payload)} bytes is no operation: {self.reason}"


@frozen
class MalformedHints(ValueError):
    """Data that is no ``FSMHints``. Spec: ENC-10, HNT-17."""

    where: str
    """The member of JSON that is wrong: ``live_nodes[0].segments[2].author``; else ``hints``."""

    reason: str

    def __str__(self) -> str:
        return f"these are no hints: {self.where}: {self.reason}"


def encode_op(op: RecordedOp, *, with_meta: bool = False) -> bytes:
    """The payload of an operation's frame.

    ``with_meta`` adds the offsets and the log, which belong in no log.

    Raises:
        ValueError: a number is out of the range of its field, or a path is neither text nor bytes
            held as surrogate escapes.

    Spec: ENC-1, ENC-3, ENC-6, ENC-8.
    """
    message = pb.RecordedOp(seq_no=op.seq_no, checksum=op.checksum, author=op.author)
    if op.change is not None:
        for change in (op.change, *op.ignored):
            _set_member(message, change)
    if with_meta:
        message.first_offset = op.first_offset
        message.last_offset = op.last_offset
        message.log = _bytes(op.log)
    return message.SerializeToString()


def decode_op(
    payload: bytes | memoryview,
    *,
    first_offset: int | None = None,
    last_offset: int | None = None,
    log: str | None = None,
) -> RecordedOp:
    """The operation that a payload holds, with the offsets and the log that its reader knows.

    Each of those which is not given is what the payload itself says: nothing, if it is from a log.

    Raises:
        MalformedOp: the payload is no operation.

    Spec: ENC-3, ENC-6, ENC-9, ENC-11.
    """
    try:
        message = pb.RecordedOp.FromString(payload)  # type: ignore[arg-type]  # any buffer
    except DecodeError as error:
        raise MalformedOp(payload, str(error)) from error
    members = _members(message)
    return RecordedOp(
        message.seq_no,
        message.checksum,
        Author(message.author),
        members[0] if members else None,
        message.first_offset if first_offset is None else first_offset,
        message.last_offset if last_offset is None else last_offset,
        _text(message.log) if log is None else log,
        members[1:],
    )


def decode_frame(frame: Frame, log: str) -> RecordedOp:
    """The operation of a frame of ``log``, with exact offsets: its raw bytes are counted as its
    own, whether or not they are there.

    Raises:
        MalformedOp: the payload is no operation.

    Spec: ENC-5, ENC-6, PLAY-10.
    """
    op = decode_op(
        frame.view, log=log, first_offset=frame.first_offset, last_offset=frame.last_offset
    )
    raw = op.raw_length
    if raw <= 0:
        return op
    behind = op.last_offset + raw
    return RecordedOp(
        op.seq_no, op.checksum, op.author, op.change, op.first_offset, behind, log, op.ignored
    )


def encode_hints(hints: FSMHints) -> bytes:
    """The protobuf bytes of hints.

    Raises:
        ValueError: as ``encode_op``.

    Spec: ENC-7, ENC-8.
    """
    message = pb.FSMHints(
        log=_bytes(hints.log),
        live_nodes=[
            pb.FnodeSegments(
                fnode=node.fnode,
                segments=[_segment_message(segment) for segment in node.segments],
            )
            for node in hints.live_nodes
        ],
        properties=[
            pb.Property(path=_bytes(property.path), content=property.content)
            for property in hints.properties
        ],
    )
    return message.SerializeToString()


def decode_hints(content: bytes) -> FSMHints:
    """The hints that protobuf bytes hold.

    Raises:
        MalformedHints: they hold none.

    Spec: ENC-7, ENC-9, ENC-10.
    """
    try:
        message = pb.FSMHints.FromString(content)
    except DecodeError as error:
        raise MalformedHints("hints", str(error)) from error
    return FSMHints(
        _text(message.log),
        tuple(
            FnodeSegments(Fnode(node.fnode), tuple(map(_segment, node.segments)))
            for node in message.live_nodes
        ),
        tuple(Property(_text(p.path), p.content) for p in message.properties),
    )


def _set_member(message: pb.RecordedOp, change: Change) -> None:
    if isinstance(change, Create):
        message.create.SetInParent()
        message.create.path = _bytes(change.path)
    elif isinstance(change, Link):
        message.link.SetInParent()
        message.link.fnode, message.link.path = change.fnode, _bytes(change.path)
    elif isinstance(change, Unlink):
        message.unlink.SetInParent()
        message.unlink.fnode, message.unlink.path = change.fnode, _bytes(change.path)
    elif isinstance(change, Write):
        write = message.write
        write.SetInParent()
        write.fnode, write.offset, write.length = change.fnode, change.offset, change.length
    else:
        message.property.SetInParent()
        message.property.path, message.property.content = _bytes(change.path), change.content


def _members(message: pb.RecordedOp) -> tuple[Change, ...]:
    """The members that are set, in the order of their tags. Spec: ENC-4."""
    has = message.HasField
    members: list[Change] = []
    if has("create"):
        members.append(Create(_text(message.create.path)))
    if has("link"):
        members.append(Link(Fnode(message.link.fnode), _text(message.link.path)))
    if has("unlink"):
        members.append(Unlink(Fnode(message.unlink.fnode), _text(message.unlink.path)))
    if has("write"):
        write = message.write
        members.append(Write(Fnode(write.fnode), write.offset, write.length))
    if has("property"):
        members.append(Property(_text(message.property.path), message.property.content))
    return tuple(members)


def _segment_message(segment: Segment) -> pb.Segment:
    return pb.Segment(
        author=segment.author,
        first_seq_no=segment.first_seq_no,
        first_offset=segment.first_offset,
        first_checksum=segment.first_checksum,
        last_seq_no=segment.last_seq_no,
        last_offset=segment.last_offset,
        log=_bytes(segment.log),
    )


def _segment(message: pb.Segment) -> Segment:
    return Segment(
        Author(message.author),
        message.first_seq_no,
        message.first_offset,
        message.first_checksum,
        message.last_seq_no,
        message.last_offset,
        _text(message.log),
    )


_ESCAPE: Final = "surrogateescape"


def _text(content: bytes) -> str:
    """Spec: ENC-2."""
    return content.decode("utf-8", _ESCAPE)


def _bytes(text: str) -> bytes:
    """Spec: ENC-2."""
    return text.encode("utf-8", _ESCAPE)
