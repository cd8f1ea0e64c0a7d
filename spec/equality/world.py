"""Worlds: the states of ``World.tla``, and those that the model's own world comes to.

The model makes each move by the steps of a scenario: see ``world_moves`` for which there are.

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
from rlog_model.scenario import GiveHints, Play
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.exploration_maker import Maker, world_of
from rlog_model.simulation.exploration_moves import Kind, Move, player_name, steps_of
from rlog_model.simulation.pieces import (
    LogPiece,
    PlayerPiece,
    RecorderPiece,
    State,
    player_piece,
)
from rlog_model.simulation.world import execute
from rlog_model.wire import encode_hints
from spec.equality.equality import Constants, Equality, Plain, Reached, Way
from spec.equality.world_moves import Bounds, Node, moves_within
from spec.equality.world_of_model import Projection
from spec.equality.world_of_spec import project

P = TypeVar("P", LogPiece, RecorderPiece, PlayerPiece)


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
    first = Node(maker.root())
    initial = Reached(projection.state(first.state, (), 0), None)
    yield initial
    seen = {initial.state}
    to_explore: deque[tuple[Node, Way | None]] = deque([(first, None)])
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


def _made(maker: _Maker, node: Node, moves: tuple[Move, ...]) -> Node | None:
    state: State | None = node.state
    kind, actor, _, _ = moves[0]
    if kind is Kind.PLAY and node.state.recorders[actor].queued:
        state, moves = maker.play_unwaited(node.state, actor), ()
    for move in moves:
        state = state and maker.make(state, move)
    if state is None:
        return None
    again = kind in (Kind.AGAIN, Kind.LAND_AGAIN)
    if again and state.log is node.state.log:
        # Its check failed.
        return None
    begun = {Kind.START: (0,), Kind.RESUME: (actor + 1,)}.get(kind, ())
    return Node(state, (*node.begun, *begun), node.copies + again)


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
