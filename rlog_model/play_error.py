"""Why a play ends without the files.

Each error names its rule in ``playback``, the log, and what to do or to look at.
"""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from rlog_model.segment import Segment


class PlayError(Exception):
    """A play that can't go on. Nothing it has built may be taken for the recorder's files.

    Spec: RCV-1, RCV-3, RCV-4, RCV-7.
    """

    rule: ClassVar[str]


@frozen
class HintsNotPlayed(Exception):
    """Hints were asked of a play that has not come to the end of its own. Spec: PLAY-16, RCV-9."""

    log: str

    def __str__(self) -> str:
        return (
            f"the play of {self.log} still reads what its own hints name: ask for hints once it"
            " tails, or is complete"
        )


@frozen
class HintsBeyondHead(PlayError):
    """Hints name an offset that the log doesn't have: what they rest on was lost."""

    rule: ClassVar[str] = "PLAY-2"

    log: str
    segment: Segment
    head: int

    def __str__(self) -> str:
        return (
            f"data loss in {self.log}: the hints name operations from offset"
            f" {self.segment.first_offset} on ({_span(self.segment)}), and the log ends at"
            f" {self.head}. Is it the log that the hints were taken from?"
        )


@frozen
class HintsRemain(PlayError):
    """The log was read to its head, and operations that the hints name were not in it."""

    rule: ClassVar[str] = "PLAY-6"

    log: str
    segment: Segment
    next_seq_no: int
    next_checksum: int
    head: int

    def __str__(self) -> str:
        author = int(self.segment.author)
        return (
            f"data loss in {self.log}: read to its head at {self.head}, and did not find operation"
            f" {self.next_seq_no} (checksum {self.next_checksum}) of author {author},"
            f" which the hints need ({_span(self.segment)})"
        )


@frozen
class HoleInLog(PlayError):
    """Bytes of the log that the play needs are gone."""

    rule: ClassVar[str] = "PLAY-5"

    log: str
    first_offset: int
    last_offset: int
    next_seq_no: int

    def __str__(self) -> str:
        return (
            f"data loss in {self.log}: bytes {self.first_offset} to {self.last_offset} are gone,"
            f" and operation {self.next_seq_no}, which is needed next, may have been there. Newer"
            " hints may not need them."
        )


@frozen
class LogEndsEarly(PlayError):
    """The log has no bytes up to the head that it named itself."""

    rule: ClassVar[str] = "PLAY-6"

    log: str
    offset: int
    head: int

    def __str__(self) -> str:
        return (
            f"data loss in {self.log}: its head was {self.head}, and it ends at {self.offset} now"
        )


@frozen
class UnplayablePath(PlayError):
    """A live file or property is at a path where no file can be."""

    rule: ClassVar[str] = "PLAY-9"

    log: str
    path: str

    def __str__(self) -> str:
        return f"{self.log} has a file at {self.path!r}, which is no path below a directory"


@frozen
class UnplayableTree(PlayError):
    """Two live files or properties which no directory can hold together."""

    rule: ClassVar[str] = "PLAY-9"

    log: str
    upper: str
    lower: str

    def __str__(self) -> str:
        if self.upper == self.lower:
            return f"{self.log} has both a file and a property at {self.upper!r}"
        return (
            f"{self.log} has a file at {self.upper!r} and one at {self.lower!r}: no directory can"
            " hold both"
        )


@frozen
class BranchFull(PlayError):
    """There is no operation to hand off by: the last sequence number that there is was used."""

    rule: ClassVar[str] = "PLAY-8"

    log: str

    def __str__(self) -> str:
        return (
            f"the branch in {self.log} is full: no operation can follow it. Play it to the head,"
            " without a handoff"
        )


@frozen
class UnplayableWrite(PlayError):
    """A write of the branch begins before the file, or ends beyond the last byte of any."""

    rule: ClassVar[str] = "PLAY-4"

    log: str
    log_offset: int
    fnode: int
    offset: int

    def __str__(self) -> str:
        return (
            f"{self.log} at {self.log_offset}: a write to file {self.fnode} at offset"
            f" {self.offset}, where no file can have it"
        )


def _span(segment: Segment) -> str:
    return f"operations {segment.first_seq_no} to {segment.last_seq_no}"
