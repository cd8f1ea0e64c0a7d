"""Worlds: the states of ``World.tla``, and those that the model's own world comes to.

The model makes each move by the steps of a scenario; which moves there are within the bounds is
said here as ``World.tla`` says it. Whether a recorder or a player gives hints, whether a check
passes, and what becomes of a player are the model's to tell.

The projection: a state is ``(log, register, recorders, players, drawn, copies)``, where

* an author is the number of authors that were drawn when it was, 0 is none; a checksum is the
  history of the branch that has it, as the operations that were made tell; an offset is the number
  of operations before it. ``None`` stands for what is no such thing, and for nothing;
* an operation is ``(seq_no, checksum, author, kind, path, fnode)``;
* a segment is ``(author, first_seq_no, first_offset, first_checksum, last_seq_no, last_offset)``;
* an FSM is ``(next_seq_no, next_checksum, live, links, segments, fnodes, arrival, beginning)``;
* a recorder is ``(player that it goes on from, author, checks, status, fsm, head, queue, landed)``;
* a player is ``(files of its hints, branch of its hints, fsm, content, offset, head, goal, heir,
  finish, injected, handoff, status, used)``; of the content of a file it has who made its last
  write.

Left out is what only the checks of the specification need: ``misled`` and ``led``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final, TypeVar

import attrs
from attrs import frozen

from rlog_model.hints import InvalidHints
from rlog_model.operation import Create
from rlog_model.play_messages import Append
from rlog_model.scenario import GiveHints, Play
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.exploration_maker import Maker, world_of
from rlog_model.simulation.exploration_moves import Kind, Move, player_name, steps_of
from rlog_model.simulation.pieces import (
    PATHS,
    LogPiece,
    PlayerPiece,
    RecorderPiece,
    State,
    operations_of,
    player_piece,
)
from rlog_model.simulation.world import execute
from rlog_model.wire import encode_hints
from spec.equality.equality import Constants, Equality, Plain, Reached, Way
from spec.equality.world_of_model import Projection
from spec.equality.world_of_spec import project

P = TypeVar("P", LogPiece, RecorderPiece, PlayerPiece)


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
            ValueError: it is one that the model is not explored by.
        """
        if constants["Steps"] != "all" or constants["FreshAuthors"] is not True:
            raise ValueError('the model is explored with Steps = "all" and FreshAuthors = TRUE')
        paths, checks = constants["Paths"], constants["Checks"]
        assert isinstance(paths, frozenset)
        assert isinstance(checks, frozenset)

        def number(name: str) -> int:
            value = constants[name]
            assert isinstance(value, int)
            return value

        return cls(
            tuple(place for place, path in enumerate(PATHS) if path in paths),
            number("Recorders"),
            number("Starts"),
            number("Players"),
            number("Files"),
            number("Operations"),
            number("QueueLength"),
            number("Copies"),
            tuple(check is True for check in checks),
            constants["Tails"] is True,
            constants["Barrier"] is True,
            constants["OnlyHeirs"] is True,
        )


class _Maker(Maker):
    """Makes moves, and takes no two pieces for one: that some of what they hold can't matter any
    more is for the exploration to say, and not for what it is compared with."""

    def _keep(self, digest: bytes, piece: P) -> P:
        return piece

    def play_unwaited(self, state: State, actor: int) -> State | None:
        """Play hints of a recorder that were taken while it had something in its queue: the step
        of scenarios waits for that."""
        recording = state.recorders[actor].recorder.recording
        try:
            hints = recording.build_hints()
        except (InvalidHints, InvalidSegment, SegmentConflict):
            return None
        name = player_name(len(state.players))
        world, _ = execute(world_of(state), GiveHints(name, encode_hints(hints)))
        world, _ = execute(world, Play(name, name))
        player = world.players[name]
        at = recording.fsm.next_seq_no, recording.fsm.next_checksum
        made = player_piece(attrs.evolve(player, taken=attrs.evolve(player.taken, at=at)))
        return attrs.evolve(state, players=(*state.players, made))


@frozen(eq=False)
class _Node:
    """A state, and what it does not tell of how it was reached."""

    state: State
    begun: tuple[int, ...] = ()
    """The player that each recorder goes on from, from 1; 0 if it started in an empty directory."""

    copies: int = 0


@frozen(eq=False)
class _Moves:
    """Moves that are made together, in words."""

    state: State
    moves: tuple[Move, ...]

    def __str__(self) -> str:
        steps = [str(step) for step in steps_of(self.state, self.moves[0])]
        unchecked = [" without checks"] if len(self.moves) > 1 else []
        return ", then ".join(steps) + "".join(unchecked)


def states_of_model(constants: Constants) -> Iterator[Reached]:
    """Every state that the model comes to, by the fewest moves.

    Raises:
        MoveBroke: the model breaks.
    """
    bounds, maker, projection = Bounds.of(constants), _Maker(), Projection()
    first = _Node(maker.root())
    initial = Reached(projection.state(first.state, (), 0), None)
    yield initial
    seen = {initial.state}
    to_explore: deque[tuple[_Node, Way | None]] = deque([(first, None)])
    while to_explore:
        node, way = to_explore.popleft()
        for moves in moves_within(node, bounds):
            after = _made(maker, node, moves)
            if after is None or after.state.operations > bounds.operations:
                continue
            reached = projection.state(after.state, after.begun, after.copies)
            if reached not in seen:
                seen.add(reached)
                there = Way(way, _Moves(node.state, moves))
                yield Reached(reached, there)
                to_explore.append((after, there))


def _made(maker: _Maker, node: _Node, moves: tuple[Move, ...]) -> _Node | None:
    state: State | None = node.state
    kind, actor, _, _ = moves[0]
    if kind is Kind.PLAY and node.state.recorders[actor].queued:
        state, moves = maker.play_unwaited(node.state, actor), ()
    for move in moves:
        assert state is not None, "who has started can turn out not to check"
        state = maker.make(state, move)
    if state is None:
        return None
    again = kind in (Kind.AGAIN, Kind.LAND_AGAIN)
    if again and state.log is node.state.log:
        # Its check failed.
        return None
    begun = {Kind.START: (0,), Kind.RESUME: (actor + 1,)}.get(kind, ())
    return _Node(state, (*node.begun, *begun), node.copies + again)


def moves_within(node: _Node, bounds: Bounds) -> Iterator[tuple[Move, ...]]:
    """``Next`` of ``World.tla``: the moves that the bounds allow, possible or not."""
    state = node.state
    if len(state.recorders) < bounds.recorders and node.begun.count(0) < bounds.starts:
        yield from _starting(state, Move(Kind.START, 0, len(state.log.landed)), bounds)
    if len(state.players) < bounds.players:
        yield (Move(Kind.PLAY_LOG),)
    for actor, recorder in enumerate(state.recorders):
        for move in _of_recorder(node, actor, recorder, bounds):
            yield (move,)
    for actor in range(len(state.players)):
        yield from _of_player(node, actor, bounds)


def _starting(state: State, move: Move, bounds: Bounds) -> Iterator[tuple[Move, ...]]:
    """``Start`` and ``Resume``, with register checks and without."""
    for checks in bounds.checks:
        yield (move,) if checks else (move, Move(Kind.UNCHECKED, len(state.recorders)))


def _of_recorder(
    node: _Node, actor: int, recorder: RecorderPiece, bounds: Bounds
) -> Iterator[Move]:
    """``OfRecorder``."""
    state = node.state
    room = state.operations < bounds.operations
    queued = len(recorder.recorder.queue) if recorder.active else 0
    if recorder.active and room and queued < bounds.queue_length:
        yield from _events(state, actor, recorder, bounds)
    if queued:
        yield Move(Kind.COMMIT, actor)
        yield Move(Kind.DIE, actor)
    may_play = recorder.active and not (queued and bounds.barrier)
    if may_play and len(state.players) < bounds.players:
        yield Move(Kind.PLAY, actor)
    if room and node.copies < bounds.copies:
        for back in range(len(recorder.recorder.landed)):
            yield Move(Kind.AGAIN, actor, back)


def _events(state: State, actor: int, recorder: RecorderPiece, bounds: Bounds) -> Iterator[Move]:
    """``Event``."""
    links = recorder.recorder.recording.fsm.links
    taken = [place for place in bounds.paths if PATHS[place] in links]
    free = [place for place in bounds.paths if PATHS[place] not in links]
    if _may_create(state, recorder, bounds):
        yield from (Move(Kind.CREATE, actor, path) for path in free)
    for path in taken:
        yield Move(Kind.UNLINK, actor, path)
        yield Move(Kind.WRITE, actor, path)
        yield from (Move(Kind.LINK, actor, path, target) for target in free)


def _may_create(state: State, recorder: RecorderPiece, bounds: Bounds) -> bool:
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
    return len(creates) <= bounds.files


def _of_player(node: _Node, actor: int, bounds: Bounds) -> Iterator[tuple[Move, ...]]:
    """``OfPlayer``."""
    state = node.state
    player = state.players[actor]
    playback = player.player.progress.playback
    may_resume = player.complete and not player.used and (player.heir or not bounds.only_heirs)
    if may_resume and len(state.recorders) < bounds.recorders:
        yield from _starting(state, Move(Kind.RESUME, actor), bounds)
    if playback.goal is None and not player.done:
        yield (Move(Kind.FINISH, actor),)
        yield (Move(Kind.HAND_OFF, actor),)
        if bounds.tails:
            yield (Move(Kind.TAIL, actor),)
    if isinstance(player.player.progress.request, Append):
        yield (Move(Kind.LAND, actor),)
    if node.copies < bounds.copies and state.operations < bounds.operations:
        yield (Move(Kind.LAND_AGAIN, actor),)
    if len(state.players) < bounds.players:
        yield (Move(Kind.PLAY_PLAYER, actor),)


def show(state: Plain) -> str:
    """A state in words."""
    assert isinstance(state, tuple)
    log, register, recorders, players, drawn, copies = state
    lines = [f"log {_row(log)}; register {register}; {drawn} drawn, {copies} copies"]
    for name, group in (("recorder", recorders), ("player", players)):
        assert isinstance(group, tuple)
        lines += [f"{name} {number}: {one}" for number, one in enumerate(group, 1)]
    return "\n    ".join(lines)


def _row(operations: Plain) -> str:
    assert isinstance(operations, tuple)
    words: list[str] = []
    for operation in operations:
        assert isinstance(operation, tuple)
        seq_no, _, author, kind, path, fnode = operation
        words.append(f"{seq_no} by {author}: {kind} {path or fnode or ''}".rstrip())
    return f"[{', '.join(words)}]"


EQUALITY: Final = Equality("world", states_of_model, project, show, keeps_apart=False)
