"""The bounds of an exploration, and its moves: what each is in the scenario language.

Rules
-----
* A *move* is one step of a scenario, or a few that are always made together; so a *path* of moves
  is a scenario.
* Moves that would only add states are left out. A recorder's hints are taken when its queue is
  empty, since its commits are moves of their own; and they are played at once, since a player that
  does not advance keeps them. Who dies has something in its queue.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

from attrs import frozen

from rlog_model import scenario as s
from rlog_model.framing import MAGIC
from rlog_model.scenario import Step
from rlog_model.simulation.pieces import (
    LOG,
    MOST_AUTHORS,
    MOST_OPERATIONS,
    PATHS,
    State,
    author_of,
    byte_of,
)

GARBAGE: Final = MAGIC + (90).to_bytes(4, "little")
"""Bytes that are no operation: the beginning of a frame, which claims what lands behind it."""


@frozen
class BoundsTooWide(ValueError):
    """Bounds that an exploration has not the names for."""

    member: str
    value: int
    most: int

    def __str__(self) -> str:
        return f"{self.member} can be 0 to {self.most}, and is {self.value}"


@frozen
class Bounds:
    """How large a world is explored.

    Raises:
        BoundsTooWide: there are not so many names.
    """

    recorders: int = 2
    """Recorders that start, at most."""

    players: int = 1
    """Players that are made, at most."""

    files: int = 2
    """Files that are created, at most: by all recorders together."""

    paths: int = 2
    """Paths that files can have."""

    log: int = 6
    """Operations in the log and in the queues, at most."""

    queue: int = 1
    """Appends in the queue of a recorder, at most."""

    copies: int = 1
    """Appends that land again, at most."""

    garbage: int = 0
    """How often bytes land that are no operation, at most."""

    tail: bool = False
    """Whether players read what there is before they are asked to finish."""

    def __attrs_post_init__(self) -> None:
        most = {
            "recorders": MOST_AUTHORS,
            "players": MOST_AUTHORS - self.recorders,
            "files": MOST_OPERATIONS,
            "paths": len(PATHS),
            "log": MOST_OPERATIONS,
            "queue": MOST_OPERATIONS,
            "copies": MOST_OPERATIONS,
            "garbage": MOST_OPERATIONS,
        }
        for member, bound in most.items():
            value: int = getattr(self, member)
            if not 0 <= value <= bound:
                raise BoundsTooWide(member, value, bound)


class Kind(enum.IntEnum):
    """What is done in a move."""

    START = 0
    """A recorder starts in an empty directory: when only ``first`` of what is in the log was there.
    It has done nothing since."""

    RESUME = 1
    """A recorder starts from what player ``actor`` built: as the author that was handed off to, if
    one was."""

    CREATE = 2
    """Recorder ``actor`` creates a file at path ``first``."""

    WRITE = 3
    """It writes one byte at the beginning of the file at path ``first``."""

    LINK = 4
    """It links the file at path ``first`` at path ``second``."""

    UNLINK = 5
    """It unlinks path ``first``."""

    RENAME = 6
    """It renames path ``first`` to path ``second``."""

    COMMIT = 7
    """The next append of its queue lands, or its check fails."""

    AGAIN = 8
    """An append of recorder ``actor`` lands again, behind which ``first`` others of it landed."""

    DIE = 9
    """Recorder ``actor`` dies with its queue."""

    PLAY = 10
    """Hints are taken of recorder ``actor``, and a player is made of them."""

    PLAY_LOG = 11
    """A player is made of no hints."""

    PLAY_PLAYER = 12
    """Hints are taken of player ``actor``, and another one is made of them."""

    TAIL = 13
    """Player ``actor`` reads all there is."""

    FINISH = 14
    """It is asked to finish at the write head, and does."""

    HAND_OFF = 15
    """It is asked to hand off, and plays until it would append its no-op."""

    LAND = 16
    """Its no-op lands, and it plays on to the end."""

    LAND_AGAIN = 17
    """Its no-op lands again."""

    GARBAGE = 18
    """Bytes land that are no operation."""

    UNCHECKED = 19
    """It turns out that recorder ``actor`` does not check registers: now that it matters. No step
    of a scenario: it began like that."""


EVENTS: Final = frozenset((Kind.CREATE, Kind.WRITE, Kind.LINK, Kind.UNLINK, Kind.RENAME))
"""Moves that happen in the directory of a recorder."""

ON_RECORDERS: Final = EVENTS | {Kind.COMMIT, Kind.AGAIN, Kind.DIE, Kind.PLAY, Kind.UNCHECKED}
"""Moves whose actor is a recorder."""

ON_PLAYERS: Final = frozenset(
    (
        Kind.RESUME,
        Kind.PLAY_PLAYER,
        Kind.TAIL,
        Kind.FINISH,
        Kind.HAND_OFF,
        Kind.LAND,
        Kind.LAND_AGAIN,
    )
)
"""Moves whose actor is a player."""

STARTING: Final = frozenset((Kind.START, Kind.RESUME))
"""Moves by which there is one more recorder."""

PLAYING: Final = frozenset((Kind.PLAY, Kind.PLAY_LOG, Kind.PLAY_PLAYER))
"""Moves by which there is one more player."""

DRAWING: Final = frozenset((Kind.START, Kind.RESUME, Kind.HAND_OFF))
"""Moves in which an author may be drawn."""


class Move(NamedTuple):
    """What happens next."""

    kind: Kind
    actor: int = 0
    """Which recorder or player, from 0 in the order in which they came."""

    first: int = 0
    second: int = 0


MOVE_SIZE: Final = 4
"""Bytes of a move in a path."""


def moves_of(path: bytes) -> tuple[Move, ...]:
    """The moves of a path, which is the bytes of one behind those of the other."""
    codes = (path[at : at + MOVE_SIZE] for at in range(0, len(path), MOVE_SIZE))
    return tuple(Move(Kind(kind), actor, first, second) for kind, actor, first, second in codes)


def recorder_name(index: int) -> str:
    """The name of the recorder that started behind ``index`` others."""
    return f"r{index + 1}"


def player_name(index: int) -> str:
    """The name of the player that was made behind ``index`` others."""
    return f"p{index + 1}"


def steps_of(state: State, move: Move) -> tuple[Step, ...]:
    """The steps of a move that is made in a state. Who starts checks registers."""
    kind, actor, first, second = move
    recorder, player = recorder_name(actor), player_name(actor)
    started, made = recorder_name(len(state.recorders)), player_name(len(state.players))
    hints, drawn = f"h{len(state.players) + 1}", author_of(state.authors)
    match kind:
        case Kind.START:
            return (s.StartRecorder(started, LOG, drawn),)
        case Kind.RESUME:
            author = state.players[actor].heir or drawn
            return (s.StartRecorder(started, LOG, author, player),)
        case Kind.CREATE:
            return (s.Create(recorder, PATHS[first]),)
        case Kind.WRITE:
            piece = state.recorders[actor]
            byte = byte_of(piece.author, piece.recorder.recording.fsm.next_seq_no)
            return (s.Write(recorder, PATHS[first], 0, byte),)
        case Kind.LINK:
            return (s.Link(recorder, PATHS[first], PATHS[second]),)
        case Kind.UNLINK:
            return (s.Unlink(recorder, PATHS[first]),)
        case Kind.RENAME:
            return (s.Rename(recorder, PATHS[first], PATHS[second]),)
        case Kind.COMMIT:
            return (s.Commit(recorder, 1),)
        case Kind.AGAIN:
            return (s.AppendAgain(recorder, first),)
        case Kind.DIE:
            return (s.Die(recorder),)
        case Kind.PLAY:
            return s.TakeHints(recorder, hints), s.Play(made, hints)
        case Kind.PLAY_LOG:
            return (s.Play(made, None, LOG),)
        case Kind.PLAY_PLAYER:
            return s.TakePlayerHints(player, hints), s.Play(made, hints)
        case Kind.TAIL:
            return (s.Advance(player, "head"),)
        case Kind.FINISH:
            return s.FinishAtWriteHead(player), s.Advance(player)
        case Kind.HAND_OFF:
            return s.InjectHandoff(player, drawn), s.Advance(player, "append")
        case Kind.LAND:
            return (s.Advance(player),)
        case Kind.LAND_AGAIN:
            return (s.HandoffAgain(player),)
        case Kind.GARBAGE:
            return (s.AppendRaw(LOG, GARBAGE),)
        case _:
            assert kind is Kind.UNCHECKED, "the last kind of move"
            return ()
