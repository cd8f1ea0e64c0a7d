"""What a state of the exploration is made of: one log, its recorders and its players.

Rules
-----
* A piece is a value of ``state``, with what is asked of it again and again. It is compared by
  identity: who makes pieces makes each value once (see ``exploration``).
* Authors are drawn in turn, and named by how many were drawn before. All have one length when
  encoded, and so have paths: no offset depends on a name.
* Each byte that is written to a file names its author and operation, so that no two are alike.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

import attrs
from attrs import frozen

from rlog_model.framing import HEADER, MAGIC
from rlog_model.identity import Author
from rlog_model.operation import Create, Link, RecordedOp, Unlink
from rlog_model.play_messages import Complete, Failed, InjectHandoff
from rlog_model.simulation.log import Log
from rlog_model.simulation.state import SimPlayer, SimRecorder
from rlog_model.simulation.truth import Deed, Key
from rlog_model.wire import decode_op

LOG: Final = "a/log"
"""The log of every exploration."""

PATHS: Final = ("/a", "/b", "/c", "/d")
"""All paths that there can be."""

MOST_AUTHORS: Final = 15
MOST_OPERATIONS: Final = 15
"""What a byte can name: see ``byte_of``."""

_FIRST_AUTHOR: Final = 0x1000


def author_of(index: int) -> Author:
    """The author that is drawn behind ``index`` others."""
    return Author(_FIRST_AUTHOR + index)


def byte_of(author: Author, seq_no: int) -> bytes:
    """The byte which the operation ``seq_no`` of an author writes."""
    return bytes(((author - _FIRST_AUTHOR) << 4 | seq_no,))


def who_wrote(byte: int) -> tuple[Author, int]:
    """The author and the operation that wrote a byte."""
    return author_of(byte >> 4), byte & 15


@frozen(eq=False)
class Naming:
    """A number for each author and each path, by which they are told apart."""

    authors: Mapping[int, int]
    paths: Mapping[str, int]


@frozen
class Landed:
    """An operation in the log, or bytes that are none."""

    begin: int
    """Offset of its first byte."""

    end: int
    """Offset behind its last byte, raw bytes included."""

    op: RecordedOp | None = None
    deed: Deed | None = None
    """What it did. Neither is there for bytes that are no operation."""

    again: bool = False
    """Whether the log had it before."""


@frozen(eq=False)
class LogPiece:
    """The log, read."""

    log: Log
    landed: tuple[Landed, ...]
    deeds: tuple[Deed, ...]
    """Those of ``landed``."""

    creates: int
    """Files that were created in it."""

    copies: int
    """Appends that it has again."""

    garbage: int
    """How often bytes landed that are no operation."""

    authors: tuple[int, ...]
    """Authors of its operations, by their first one."""

    paths: tuple[str, ...]
    """Paths that its operations name, by the first that does."""

    heirs: frozenset[int]
    """Authors that were handed off to."""

    pauses: tuple[int, ...]
    """How much of ``landed`` there was whenever an append, or a handoff with all its attempts, had
    landed; first none."""

    ends: dict[Naming, dict[Key, bytes]] = attrs.field(factory=dict, repr=False)
    """The digest of each end of a branch, under each naming: see ``canonical``."""

    digest: dict[Naming, bytes] = attrs.field(factory=dict, repr=False)
    """That of all of it."""


@frozen(eq=False)
class RecorderPiece:
    """A recorder."""

    recorder: SimRecorder
    author: Author
    active: bool
    """Whether it is neither dead nor fenced."""

    queued: int
    """Operations in its queue; of one that is not active none is left."""

    creates: int
    """Files that are created in its queue."""

    digest: dict[tuple[Naming, object], bytes] = attrs.field(factory=dict, repr=False)


@frozen(eq=False)
class PlayerPiece:
    """A player."""

    player: SimPlayer
    complete: bool
    failed: bool
    used: bool
    """Whether a recorder went on from it."""

    end: int
    """Offset in the log up to which it has read."""

    heir: Author | None
    """To whom it hands off, or has; none if it does not."""

    digest: dict[Naming, bytes] = attrs.field(factory=dict, repr=False)

    @property
    def done(self) -> bool:
        """Whether its play has ended."""
        return self.complete or self.failed


@frozen(eq=False)
class State:
    """A state of the exploration: a world, by its pieces."""

    log: LogPiece
    recorders: tuple[RecorderPiece, ...] = ()
    """In the order in which they started: ``r1``, ``r2``."""

    players: tuple[PlayerPiece, ...] = ()
    """In the order in which they were made: ``p1``, ``p2``."""

    authors: int = 0
    """Authors that were drawn."""

    @property
    def operations(self) -> int:
        """Operations in the log, and in the queues."""
        return len(self.log.deeds) + sum([r.queued for r in self.recorders])

    @property
    def files(self) -> int:
        """Files that were created, in the log and in the queues."""
        return self.log.creates + sum([r.creates for r in self.recorders])


@functools.lru_cache(maxsize=1 << 16)
def operations_of(append: bytes) -> tuple[tuple[RecordedOp, int], ...]:
    """The operations of appends, each with its length in bytes: of its frame and its raw bytes."""
    found: list[tuple[RecordedOp, int]] = []
    at = 0
    while at < len(append):
        behind = at + HEADER + int.from_bytes(append[at + len(MAGIC) : at + HEADER], "little")
        op = decode_op(append[at + HEADER : behind])
        found.append((op, behind - at + op.raw_length))
        at = behind + op.raw_length
    return tuple(found)


def grown(former: LogPiece, log: Log, deeds: tuple[Deed, ...]) -> LogPiece:
    """The log once it has grown by appends which did ``deeds``; none, by bytes that are no
    operation."""
    landed = list(former.landed)
    begin = former.log.head
    if not deeds:
        landed.append(Landed(begin, log.head))
        return log_piece(log, tuple(landed))
    there = {deed.behind for deed in former.deeds}
    last = log.fragments[-1]
    appended = operations_of(last.content[begin - last.begin :])
    for (op, size), deed in zip(appended, deeds, strict=True):
        landed.append(Landed(begin, begin + size, op, deed, deed.behind in there))
        there.add(deed.behind)
        begin += size
    return log_piece(log, tuple(landed))


def log_piece(log: Log, landed: tuple[Landed, ...] = ()) -> LogPiece:
    """A log which holds ``landed``."""
    ops = [one.op for one in landed if one.op is not None]
    changes = [op.change for op in ops]
    return LogPiece(
        log,
        landed,
        tuple([one.deed for one in landed if one.deed is not None]),
        sum([isinstance(o.op.change, Create) for o in landed if o.op and not o.again]),
        sum([one.again and _ends_append(one) for one in landed]),
        len(landed) - len(ops),
        tuple(dict.fromkeys([op.author for op in ops])),
        tuple(dict.fromkeys([c.path for c in changes if isinstance(c, Create | Link | Unlink)])),
        frozenset([op.author for op in ops if op.change is None]),
        (0, *[i + 1 for i in range(len(landed)) if _pause(landed[i : i + 2])]),
    )


def _pause(landed: tuple[Landed, ...]) -> bool:
    """Whether something else can happen behind the first of two that landed."""
    one, *following = landed
    if one.op is None or one.op.change is not None:
        return one.op is None or _ends_append(one)
    # Of the no-ops of one handoff all but the last have failed.
    return not any(
        o.op and not o.op.change and o.op.author == one.op.author and not o.again for o in following
    )


def _ends_append(one: Landed) -> bool:
    """Whether an operation is the last one of its append: it shows a tree, or is a no-op."""
    assert one.deed is not None, "only operations are there again"
    assert one.op is not None, "only operations are there again"
    return one.deed.tree is not None or one.op.change is None


def recorder_piece(recorder: SimRecorder) -> RecorderPiece:
    """The piece of a recorder."""
    active = not (recorder.dead or recorder.fenced)
    queued = [op for append in recorder.queue for op, _ in operations_of(append.content)]
    ops = queued if active else []
    creates = sum([isinstance(op.change, Create) for op in ops])
    return RecorderPiece(recorder, recorder.recording.author, active, len(ops), creates)


def player_piece(player: SimPlayer) -> PlayerPiece:
    """The piece of a player."""
    request, playback = player.progress.request, player.progress.playback
    goal = playback.goal
    return PlayerPiece(
        player,
        isinstance(request, Complete),
        isinstance(request, Failed),
        player.recorder is not None,
        playback.framer.offset,
        goal.author if isinstance(goal, InjectHandoff) else None,
    )
