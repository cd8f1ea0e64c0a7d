"""Why a recorder records no more, or not this."""

from __future__ import annotations

from attrs import frozen

from rlog_model.identity import Author
from rlog_model.journal.labels import LabelSet


@frozen
class RecorderFenced(Exception):
    """Another author has taken over the log: this recorder may not append to it any more."""

    log: str
    author: Author
    registers: LabelSet
    """The registers of the log when it was noticed."""

    def __str__(self) -> str:
        return (
            f"author {self.author.fence()} has lost {self.log}: its registers are now"
            f" {self.registers}. What was recorded and did not land is lost; stop, and recover anew"
        )


@frozen
class RecorderClosed(Exception):
    """The recorder was closed: what happens in the directory now is not recorded."""

    log: str

    def __str__(self) -> str:
        return f"the recorder of {self.log} is closed, and this event was not recorded"


@frozen
class NotRecorded(ValueError):
    """A path that is not below the recorded directory."""

    path: str
    directory: str

    def __str__(self) -> str:
        return f"{self.path} is not below {self.directory}, which is what is recorded"
