"""Which moves the bounds of ``World.tla`` allow in a state of the model: its action ``Next``.

Rules
-----
* What a move needs that only the model can tell is asked by making it: whether a check passes,
  whether hints can be built, whether there is anything to read.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from rlog_model.operation import Create
from rlog_model.play_messages import Append
from rlog_model.simulation.exploration_moves import Kind, Move
from rlog_model.simulation.pieces import PATHS, RecorderPiece, State, operations_of
from spec.equality import bounds
from spec.equality.equality import Constants


@frozen
class CannotExplore(ValueError):
    """A configuration by which the model is not explored."""

    constant: str

    def __str__(self) -> str:
        return f"the model has no moves for {self.constant}"


@frozen
class Bounds:
    """The constants of ``World.tla`` that bound what happens."""

    paths: tuple[int, ...]
    """By their places in ``PATHS``."""

    recorders: int
    starts: int
    players: int
    files: int
    operations: int
    queue_length: int
    copies: int
    checks: tuple[bool, ...]
    tails: bool
    barrier: bool
    only_heirs: bool

    @classmethod
    def of(cls, constants: Constants) -> Bounds:
        """Those of a configuration.

        Raises:
            CannotExplore: the model has no such moves.
        """
        if constants["Steps"] != "all":
            raise CannotExplore(f'Steps = "{constants["Steps"]}"')
        if constants["FreshAuthors"] is not True:
            raise CannotExplore("FreshAuthors = FALSE")
        paths = bounds.texts(constants, "Paths")
        return cls(
            tuple(place for place, path in enumerate(PATHS) if path in paths),
            bounds.number(constants, "Recorders"),
            bounds.number(constants, "Starts"),
            bounds.number(constants, "Players"),
            bounds.number(constants, "Files"),
            bounds.number(constants, "Operations"),
            bounds.number(constants, "QueueLength"),
            bounds.number(constants, "Copies"),
            tuple(bounds.truths(constants, "Checks")),
            constants["Tails"] is True,
            constants["Barrier"] is True,
            constants["OnlyHeirs"] is True,
        )


@frozen(eq=False)
class Node:
    """A state, and what it does not tell of how it was reached."""

    state: State
    begun: tuple[int, ...] = ()
    """The player that each recorder goes on from, from 1; 0 if it started in an empty directory."""

    copies: int = 0


def moves_within(node: Node, within: Bounds) -> Iterator[tuple[Move, ...]]:
    """``Next`` of ``World.tla``: the moves that the bounds allow, possible or not."""
    state = node.state
    if len(state.recorders) < within.recorders and node.begun.count(0) < within.starts:
        yield from _starting(state, Move(Kind.START, 0, len(state.log.landed)), within)
    if len(state.players) < within.players:
        yield (Move(Kind.PLAY_LOG),)
    for actor, recorder in enumerate(state.recorders):
        for move in _of_recorder(node, actor, recorder, within):
            yield (move,)
    for actor in range(len(state.players)):
        yield from _of_player(node, actor, within)


def _starting(state: State, move: Move, within: Bounds) -> Iterator[tuple[Move, ...]]:
    """``Start`` and ``Resume``, with register checks and without."""
    for checks in within.checks:
        yield (move,) if checks else (move, Move(Kind.UNCHECKED, len(state.recorders)))


def _of_recorder(node: Node, actor: int, recorder: RecorderPiece, within: Bounds) -> Iterator[Move]:
    """What a recorder can do."""
    state = node.state
    room = state.operations < within.operations
    queued = len(recorder.recorder.queue) if recorder.active else 0
    if recorder.active and room and queued < within.queue_length:
        yield from _events(state, actor, recorder, within)
    if queued:
        yield Move(Kind.COMMIT, actor)
        yield Move(Kind.DIE, actor)
    may_play = recorder.active and not (queued and within.barrier)
    if may_play and len(state.players) < within.players:
        yield Move(Kind.PLAY, actor)
    if room and node.copies < within.copies:
        for back in range(len(recorder.recorder.landed)):
            yield Move(Kind.AGAIN, actor, back)


def _events(state: State, actor: int, recorder: RecorderPiece, within: Bounds) -> Iterator[Move]:
    """``Happens``."""
    links = recorder.recorder.recording.fsm.links
    taken = [place for place in within.paths if PATHS[place] in links]
    free = [place for place in within.paths if PATHS[place] not in links]
    if _may_create(state, recorder, within):
        yield from (Move(Kind.CREATE, actor, path) for path in free)
    for path in taken:
        yield Move(Kind.UNLINK, actor, path)
        yield Move(Kind.WRITE, actor, path)
        yield from (Move(Kind.LINK, actor, path, target) for target in free)


def _may_create(state: State, recorder: RecorderPiece, within: Bounds) -> bool:
    """Whether one more file can be created; one that was created before, on the same branch by the
    same author, is none more."""
    queues = [
        op
        for other in state.recorders
        if other.active
        for append in other.recorder.queue
        for op, _ in operations_of(append.content)
    ]
    landed = [one.op for one in state.log.landed if one.op]
    creates = {
        (op.seq_no, op.checksum, op.author)
        for op in (*landed, *queues)
        if isinstance(op.change, Create)
    }
    fsm = recorder.recorder.recording.fsm
    creates.add((fsm.next_seq_no, fsm.next_checksum, recorder.author))
    return len(creates) <= within.files


def _of_player(node: Node, actor: int, within: Bounds) -> Iterator[tuple[Move, ...]]:
    """What a player can do."""
    state = node.state
    player = state.players[actor]
    playback = player.player.progress.playback
    may_resume = player.complete and not player.used and (player.heir or not within.only_heirs)
    if may_resume and len(state.recorders) < within.recorders:
        yield from _starting(state, Move(Kind.RESUME, actor), within)
    if playback.goal is None and not player.done:
        yield (Move(Kind.FINISH, actor),)
        yield (Move(Kind.HAND_OFF, actor),)
        if within.tails:
            yield (Move(Kind.TAIL, actor),)
    if isinstance(player.player.progress.request, Append):
        yield (Move(Kind.LAND, actor),)
    if node.copies < within.copies and state.operations < within.operations:
        yield (Move(Kind.LAND_AGAIN, actor),)
    if len(state.players) < within.players:
        yield (Move(Kind.PLAY_PLAYER, actor),)
