"""What an operation does, in words that can be printed."""

from __future__ import annotations

from rlog_model.operation import Create, Link, RecordedOp, Unlink, Write
from rlog_model.paths import shown


def told_change(op: RecordedOp, path: str | None = None) -> str:
    """What an operation does, in a few words. ``path`` is one of the file's, if it is known."""
    match op.change:
        case Create(at):
            return f"create {shown(at)} (file {op.seq_no})"
        case Link(fnode, at):
            return f"link {shown(at)} to file {fnode}"
        case Unlink(fnode, at):
            return f"unlink {shown(at)} of file {fnode}"
        case Write(fnode, offset, length):
            named = f" {shown(path)}" if path else ""
            return f"write{named} (file {fnode}): {length} bytes at {offset}"
        case None:
            return "no-op"
        case change:
            return f"property {shown(change.path)}: {len(change.content)} bytes"


def path_of(op: RecordedOp, path: str | None = None) -> str | None:
    """The path that an operation is about: its own, or that of its file, if it is known."""
    if op.change is None or isinstance(op.change, Write):
        return path
    return op.change.path
