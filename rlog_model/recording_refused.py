"""Why an event is refused before anything is appended."""

from __future__ import annotations

import enum
from typing import Final

from attrs import frozen

from rlog_model.namespace import PosixError
from rlog_model.operation import RecordedOp
from rlog_model.outcome import Outcome


class Reason(enum.Enum):
    """What an event breaks. The value says what to do."""

    NO_PATH = "it is no clean path below the directory: use the form /a/b"
    NOT_FOUND = "no such file is recorded"
    EXISTS = "it exists, and must not"
    IS_DIRECTORY = "it is a directory"
    NOT_DIRECTORY = "a file is where a directory should be"
    NOT_EMPTY = "the directory is not empty"
    INTO_ITSELF = "a directory can't be moved into itself"
    NEGATIVE = "no offset or size is negative, or beyond 2^63 - 1"
    FLAGS = (
        "POSIX doesn't say what these flags do: open to read, to write or both; truncate only with"
        " write, exclusive only with create"
    )
    PROPERTY = (
        "it is a property: a small file which is only made or replaced by a rename onto its path"
    )
    SEVERAL_LINKS = "a file with other links can't become a property: unlink those first"
    PROPERTY_FIXED = "in this revision a property can't be given other content"
    TOO_LONG = "one operation can't hold it: a property is a small file"
    CONTENT = (
        "the content that it has behind the event is needed, and what was given has another length:"
        " record the events of a file in the order in which they happen"
    )
    CANNOT_MOVE = "in this revision a recorder stays in the log that it was recovered from"
    UNKNOWN_END = (
        "where its operations end in the log that is left is not known, so no hints could lead on:"
        " play the log first, and record from what the player gives"
    )
    HINTS_REMAIN = "the FSM still waits for hinted operations: only a complete play can be recorded"


@frozen
class RecordingRefused(Exception):
    """An event that can't be recorded. Nothing was appended."""

    reason: Reason
    path: str
    other: str = ""

    def __str__(self) -> str:
        where = f"{self.path!r} to {self.other!r}" if self.other else repr(self.path)
        return f"{where} can't be recorded: {self.reason.value}"

    @classmethod
    def of(cls, error: PosixError) -> RecordingRefused:
        """The refusal of an event that POSIX refuses, and which therefore never happened."""
        return cls(_REASONS[error.errno_name], error.path)


@frozen
class OperationNotApplied(Exception):
    """The FSM refuses an operation that a recording made: a defect of this package. Nothing was
    appended."""

    op: RecordedOp
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.op} is refused by its own FSM: {self.outcome}. Please report this"


_REASONS: Final = {
    "ENOENT": Reason.NOT_FOUND,
    "EEXIST": Reason.EXISTS,
    "EISDIR": Reason.IS_DIRECTORY,
    "EPERM": Reason.IS_DIRECTORY,
    "ENOTDIR": Reason.NOT_DIRECTORY,
    "ENOTEMPTY": Reason.NOT_EMPTY,
    "EINVAL": Reason.INTO_ITSELF,
}
"""Why an event is refused that POSIX refuses with an error. The other causes of EINVAL are refused
before POSIX is asked."""
