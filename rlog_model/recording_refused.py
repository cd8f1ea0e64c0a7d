"""Why an event is refused before anything is appended."""

from __future__ import annotations

import enum

from attrs import frozen


class Reason(enum.Enum):
    """What an event breaks. The value says what to do."""

    NO_PATH = "it is no clean path below the directory: use the form /a/b"
    NOT_FOUND = "no such file is recorded"
    EXISTS = "it exists, and must not"
    IS_DIRECTORY = "it is a directory"
    NOT_DIRECTORY = "a file is where a directory should be"
    NOT_EMPTY = "the directory is not empty"
    INTO_ITSELF = "a directory can't be moved into itself"
    NEGATIVE = "no offset or size is negative"
    TRUNCATE_UNWRITABLE = "a file is truncated by opening it only for writing"
    PROPERTY = (
        "it is a property: a small file which is only made or replaced by a rename onto its path"
    )
    SEVERAL_LINKS = "a file with other links can't become a property: unlink those first"
    PROPERTY_FIXED = "in this revision a property can't be given other content"
    CANNOT_MOVE = "in this revision a recorder stays in the log that it was recovered from"
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
