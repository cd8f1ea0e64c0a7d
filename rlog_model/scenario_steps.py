"""The steps of worlds: what happens to logs, recorders and players.

Rules: those of ``scenario``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from attrs import frozen

from rlog_model.scenario_fields import AuthorNumber, Choice, LogName, Name
from rlog_model.scenario_parts import Part, StepBase

UNTIL: Final = ("head", "append", "end")
"""Where ``Advance`` can stop."""

OPEN_FLAGS: Final = ("read", "write", "create", "exclusive", "truncate", "append")
"""The flags of ``Open``."""

OpenFlag = Annotated[str, Choice(OPEN_FLAGS)]
Until = Annotated[str, Choice(UNTIL)]


@frozen
class StartRecorder(StepBase):
    """A recorder starts on ``log``: on an empty directory, or on what ``player`` rebuilt."""

    do: ClassVar[str] = "start_recorder"
    recorder: Name
    log: LogName
    author: AuthorNumber
    player: Name | None = None
    check_registers: bool = True


@frozen
class Create(StepBase):
    """A file is created at ``path``, or truncated if there is one."""

    do: ClassVar[str] = "create"
    recorder: Name
    path: str
    name: Name | None = None


@frozen
class Open(StepBase):
    """A file is opened. ``flags``: ``read`` or ``write`` or both; and, of ``create``,
    ``exclusive`` (with ``create``), ``truncate`` (with ``write``) and ``append``, any."""

    do: ClassVar[str] = "open"
    recorder: Name
    path: str
    flags: tuple[OpenFlag, ...]
    name: Name | None = None


@frozen
class Write(StepBase):
    """Bytes are written to a file at ``offset``."""

    do: ClassVar[str] = "write"
    recorder: Name
    file: str
    offset: int
    data: bytes
    times: int = 1


@frozen
class Truncate(StepBase):
    """A file is cut, or extended with zeros, to ``size`` bytes."""

    do: ClassVar[str] = "truncate"
    recorder: Name
    file: str
    size: int


@frozen
class Link(StepBase):
    """The file at ``source`` is linked at ``target`` too."""

    do: ClassVar[str] = "link"
    recorder: Name
    source: str
    target: str


@frozen
class Unlink(StepBase):
    """The file at ``path`` loses that link."""

    do: ClassVar[str] = "unlink"
    recorder: Name
    path: str


@frozen
class Rename(StepBase):
    """The file or directory at ``source`` is renamed to ``target``."""

    do: ClassVar[str] = "rename"
    recorder: Name
    source: str
    target: str


@frozen
class Commit(StepBase):
    """The next ``appends`` of the recorder's queue land, or all. If its process is dead: of those
    that were in flight."""

    do: ClassVar[str] = "commit"
    recorder: Name
    appends: int | None = None


@frozen
class AppendAgain(StepBase):
    """A committed append of the recorder, dead or alive, lands once more, as a retry does; 0 is the
    newest."""

    do: ClassVar[str] = "append_again"
    recorder: Name
    back: int = 0


@frozen
class AppendTorn(StepBase):
    """The first ``size`` bytes of the recorder's next append land, and stay; the append waits on.
    They are fewer than its first operation has: what no journal does that keeps its word, unless
    someone copied it while it was written."""

    do: ClassVar[str] = "append_torn"
    recorder: Name
    size: int


@frozen
class Die(StepBase):
    """The recorder's process dies, with its queue but for the first ``in_flight`` appends: they
    have been sent, and can still land."""

    do: ClassVar[str] = "die"
    recorder: Name
    in_flight: int = 0


@frozen
class TakeHints(StepBase):
    """The recorder's queue is committed, and then its hints are taken."""

    do: ClassVar[str] = "take_hints"
    recorder: Name
    hints: Name


@frozen
class TakePlayerHints(StepBase):
    """Hints are taken of a player that tails or is complete."""

    do: ClassVar[str] = "take_player_hints"
    player: Name
    hints: Name


@frozen
class AppendRaw(StepBase):
    """Another client appends bytes, with no register check."""

    do: ClassVar[str] = "append_raw"
    log: LogName
    data: bytes
    times: int = 1


@frozen
class ReadLog(StepBase):
    """All bytes of the log from ``offset`` on are read; holes are left out."""

    do: ClassVar[str] = "read_log"
    log: LogName
    offset: int = 0


@frozen
class GiveHints(StepBase):
    """Encoded hints, from wherever, get a name."""

    do: ClassVar[str] = "give_hints"
    hints: Name
    encoded: bytes


@frozen
class Roll(StepBase):
    """The open fragment of the log is closed."""

    do: ClassVar[str] = "roll"
    log: LogName


@frozen
class Prune(StepBase):
    """Closed fragments of the log are deleted which begin at or after offset ``begin``, and end at
    or before offset ``before``."""

    do: ClassVar[str] = "prune"
    log: LogName
    before: int
    begin: int = 0


@frozen
class Play(StepBase):
    """A player is made of ``hints``, or of hints that name only ``log``."""

    do: ClassVar[str] = "play"
    player: Name
    hints: Name | None = None
    log: LogName | None = None


@frozen
class FinishAtWriteHead(StepBase):
    """The player is asked to finish at the write head."""

    do: ClassVar[str] = "finish_at_write_head"
    player: Name


@frozen
class InjectHandoff(StepBase):
    """The player is asked to hand off to ``author``."""

    do: ClassVar[str] = "inject_handoff"
    player: Name
    author: AuthorNumber


@frozen
class HandoffAgain(StepBase):
    """What the player has appended to hand off lands once more, as a retry does."""

    do: ClassVar[str] = "handoff_again"
    player: Name


@frozen
class Advance(StepBase):
    """The player plays until it has ended, or earlier: ``head`` stops it when it tails and has
    read all there is, ``append`` when the next thing it would do is the append of its handoff."""

    do: ClassVar[str] = "advance"
    player: Name
    until: Until = "end"


Step = (
    StartRecorder
    | Create
    | Open
    | Write
    | Truncate
    | Link
    | Unlink
    | Rename
    | Commit
    | AppendAgain
    | AppendTorn
    | Die
    | TakeHints
    | TakePlayerHints
    | AppendRaw
    | ReadLog
    | GiveHints
    | Roll
    | Prune
    | Play
    | FinishAtWriteHead
    | InjectHandoff
    | HandoffAgain
    | Advance
    | Part
)
"""Every step: of worlds, and of parts (see ``scenario_parts``)."""
