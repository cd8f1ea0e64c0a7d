"""What an ``explanation`` tells of a play: notes, and the rules of outcomes in a few words."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from rlog_model.framing import Skipped
from rlog_model.identity import Author
from rlog_model.operation import RecordedOp
from rlog_model.outcome import ChecksumMismatch, Outcome, WrongSeqNo
from rlog_model.play_messages import Offered
from rlog_model.segment import Segment

REASONS: Final = {
    "FSM-0": "applied",
    "FSM-1": "another author than the one that the hints name next",
    "FSM-2": "not the next sequence number",
    "FSM-3": "the next sequence number, with the checksum of another branch",
    "FSM-4": "the hints have a create at this sequence number, and it is none",
    "FSM-5": "a file is linked at its path already",
    "FSM-6": "its path is a property",
    "FSM-7": "next of the branch, on a file that is not tracked: the hints do not lead to it",
    "FSM-8": "its file is not linked at its path",
}
"""What each rule says, in a few words."""


@frozen
class Tally:
    """Operations of one author, with one outcome."""

    rule: str
    author: Author
    count: int
    first_seq_no: int
    last_seq_no: int
    """Of the first and the last of them in the log."""


@frozen
class Stretch:
    """Operations with nothing between them that must be seen."""

    log: str
    first_offset: int
    last_offset: int
    tallies: tuple[Tally, ...]
    content_bytes: int
    """Bytes of writes that were rejected."""

    seeks: int = 0
    """Seeks within the stretch."""

    seek_bytes: int = 0
    """Bytes that those passed over."""


@frozen
class Seek:
    """The player goes on further along the log: what is between is not read."""

    log: str
    first_offset: int
    last_offset: int
    segment: Segment | None
    """The hinted segment that is next."""


@frozen
class Move:
    """The player goes on in another log."""

    former: str
    log: str
    offset: int
    segment: Segment | None


@frozen
class Hole:
    """Bytes that the log doesn't have any more."""

    log: str
    first_offset: int
    last_offset: int


@frozen
class NoOperation:
    """Bytes which are no operation, nor the content of one."""

    log: str
    first_offset: int
    last_offset: int


@frozen
class Surprise:
    """An operation which must be seen, and why it was rejected."""

    op: RecordedOp
    outcome: Outcome


@frozen
class HintsRead:
    """The last operation that the hints name was read. The branch goes on behind it."""

    op: RecordedOp


Note = Stretch | Seek | Move | Hole | NoOperation | Surprise | HintsRead | Offered | Skipped


def told_outcome(outcome: Outcome) -> str:
    """Why an operation had its outcome, with what was expected."""
    reason = REASONS[outcome.rule]
    if isinstance(outcome, WrongSeqNo | ChecksumMismatch):
        return f"{reason}: expected {outcome.expected}"
    return reason
