"""What the player machine asks for and is told, and what it does to files: see ``playback``."""

from __future__ import annotations

from attrs import frozen

from rlog_model.fsm import FSM
from rlog_model.identity import Author, Fnode
from rlog_model.operation import RecordedOp
from rlog_model.outcome import Outcome
from rlog_model.play_error import PlayError

# What the machine asks for


@frozen
class AskHead:
    """The write head of a log, by a barrier. Answer: ``Head``. Spec: PLAY-1, BAR-3."""

    log: str


@frozen
class Read:
    """Bytes of a log from an offset on. Answer: ``Bytes``, or ``AtHead`` if there are none.

    With ``block``, wait for bytes; but what the user asks for may come first.
    """

    log: str
    offset: int
    block: bool
    enough: int | None = None
    """Offset behind the last byte that is of use for now, where hints tell: greater than
    ``offset``. More may be answered."""


@frozen
class Append:
    """A handoff: append ``content`` with a union of the fence of ``author``, and no check.

    Answer: ``Appended``.

    Spec: HOF-2, HOF-10.
    """

    log: str
    content: bytes
    author: Author


@frozen
class Complete:
    """The play is done: the files are those of ``fsm``."""

    fsm: FSM


@frozen
class Failed:
    """The play ended in an error."""

    error: PlayError


Request = AskHead | Read | Append | Complete | Failed

# What it is told


@frozen
class Head:
    """The write head of a log (exclusive)."""

    log: str
    offset: int


@frozen
class Bytes:
    """Bytes of the log that was asked for. ``offset`` beyond the one asked for is a jump."""

    offset: int
    content: bytes


@frozen
class AtHead:
    """The offset that was asked for is the head."""


@frozen
class Appended:
    """The handoff landed, and ends at ``end`` (exclusive). Spec: HOF-4."""

    end: int


@frozen
class FinishAtWriteHead:
    """The user asks to finish at the write head. API: ``Player.FinishAtWriteHead``."""


@frozen
class InjectHandoff:
    """The user asks to finish by a handoff to ``author``. API: ``Player.InjectHandoff``."""

    author: Author


Goal = FinishAtWriteHead | InjectHandoff
Event = Head | Bytes | AtHead | Appended | Goal

# What it does to files


@frozen
class CreateFile:
    """Make the empty file of an fnode."""

    fnode: Fnode


@frozen
class WriteFile:
    """Write bytes of the file of an fnode."""

    fnode: Fnode
    offset: int
    content: bytes


@frozen
class RemoveFile:
    """The last link of an fnode is gone."""

    fnode: Fnode


FileAction = CreateFile | WriteFile | RemoveFile


@frozen
class Offered:
    """An operation of the log, and what the FSM said to it."""

    op: RecordedOp
    outcome: Outcome
