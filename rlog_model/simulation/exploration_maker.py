"""Makes the moves of an exploration, and remembers what came of them.

Rules
-----
* A move is made by ``world.execute``, in the part of the world that it touches: the log, one
  recorder, one player. What came of it is remembered by these pieces.
* Each piece is there once: one that is made again is the one that was made first.
"""

from __future__ import annotations

import itertools
from typing import TypeVar

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.revision import CURRENT
from rlog_model.scenario import StartRecorder, Step
from rlog_model.simulation.digests import IDENTITY, log_digest, player_digest, recorder_digest
from rlog_model.simulation.exploration_moves import (
    DRAWING,
    EVENTS,
    ON_PLAYERS,
    ON_RECORDERS,
    PLAYING,
    STARTING,
    Kind,
    Move,
    moves_of,
    player_name,
    recorder_name,
    steps_of,
)
from rlog_model.simulation.log import Fragment, Log
from rlog_model.simulation.pieces import (
    LOG,
    LogPiece,
    PlayerPiece,
    RecorderPiece,
    State,
    grown,
    log_piece,
    player_piece,
    recorder_piece,
)
from rlog_model.simulation.state import SimPlayer, SimRecorder, World
from rlog_model.simulation.world import execute
from rlog_model.trace import DONE, FENCED

_ANYWHERE = EVENTS | {Kind.DIE, Kind.UNCHECKED, Kind.PLAY, Kind.PLAY_LOG}
"""Moves that the log doesn't matter to."""

_P = TypeVar("_P", LogPiece, RecorderPiece, PlayerPiece)


class MoveBroke(Exception):
    """The model broke at the last of ``moves``. Its cause is what it raised."""

    def __init__(self, moves: tuple[Move, ...]) -> None:
        super().__init__(moves)
        self.moves = moves


@frozen(eq=False)
class _Made:
    """The pieces that a move touches, behind it, and those that it makes."""

    log: LogPiece | None
    """None: as it was."""

    recorder: RecorderPiece | None
    player: PlayerPiece | None
    started: RecorderPiece | None
    new_player: PlayerPiece | None
    authors: int
    """Authors that it drew."""

    def state(self, former: State, actor: int) -> State:
        """The state behind the move."""
        recorders, players = former.recorders, former.players
        if self.recorder is not None:
            recorders = (*recorders[:actor], self.recorder, *recorders[actor + 1 :])
        if self.player is not None:
            players = (*players[:actor], self.player, *players[actor + 1 :])
        if self.started is not None:
            recorders = (*recorders, self.started)
        if self.new_player is not None:
            players = (*players, self.new_player)
        return State(self.log or former.log, recorders, players, former.authors + self.authors)


class Maker:
    """Makes moves, and remembers what came of them."""

    def __init__(self) -> None:
        self._kept: dict[bytes, LogPiece | RecorderPiece | PlayerPiece] = {}
        self._made: dict[tuple[object, ...], _Made | None] = {}

    @property
    def remembered(self) -> int:
        """How many moves are remembered."""
        return len(self._made)

    def forget(self) -> None:
        """Remember nothing. Pieces that were made before may be made again then."""
        self._kept.clear()
        self._made.clear()

    def root(self) -> State:
        """The state in which nothing has happened."""
        return State(self._keep_log(log_piece(Log())))

    def follow(self, path: bytes) -> State:
        """The state at the end of a path.

        Raises:
            ValueError: a move of the path can't be made.
            MoveBroke: the model breaks at one.
        """
        state = self.root()
        for move in moves_of(path):
            state = self._make_surely(state, move)
        return state

    def steps(self, path: bytes) -> tuple[Step, ...]:
        """The steps of a scenario that leads to the end of a path. The last move may be one that
        breaks the model.

        Raises:
            ValueError: a move of the path can't be made.
        """
        moves = moves_of(path)
        unchecked = {move.actor for move in moves if move.kind is Kind.UNCHECKED}
        told: list[tuple[int, tuple[Step, ...]]] = []
        state = self.root()
        for move, following in itertools.zip_longest(moves, moves[1:]):
            landed, place = len(state.log.landed), len(told)
            steps = steps_of(state, move)
            if move.kind in STARTING and len(state.recorders) in unchecked:
                starts = [step for step in steps if isinstance(step, StartRecorder)]
                steps = tuple(attrs.evolve(start, check_registers=False) for start in starts)
            if move.kind is Kind.START:
                # It was there before all that landed later.
                landed = move.first
                place = next((i for i, (later, _) in enumerate(told) if later >= landed), place)
            told.insert(place, (landed, steps))
            if following is not None:
                state = self._make_surely(state, move)
        return tuple(step for _, steps in told for step in steps)

    def _make_surely(self, state: State, move: Move) -> State:
        behind = self.make(state, move)
        if behind is None:
            raise ValueError(f"{move} can't be made")
        return behind

    def make(self, state: State, move: Move) -> State | None:
        """The state behind a move, within the bounds or not; none if it does nothing.

        Raises:
            MoveBroke: the model breaks at it.
        """
        kind, actor, first, _ = move
        recorder = state.recorders[actor] if kind in ON_RECORDERS else None
        player = state.players[actor] if kind in ON_PLAYERS else None
        # All that it depends on.
        there: object = state.log
        if kind is Kind.START:
            there = _head_at(state.log, first)
        elif kind in _ANYWHERE:
            there = None
        key = (move, state.authors if kind in DRAWING else 0, there, recorder, player)
        try:
            made = self._made[key]
        except KeyError:
            made = self._made[key] = self._execute(state, move, recorder, player)
        return None if made is None else made.state(state, actor)

    def _execute(
        self,
        state: State,
        move: Move,
        recorder: RecorderPiece | None,
        player: PlayerPiece | None,
    ) -> _Made | None:
        """What comes of a move, by the steps of a scenario; none if nothing does."""
        world = world_of(
            state,
            None if recorder is None else move.actor,
            None if player is None else move.actor,
        )
        if move.kind is Kind.START:
            head = _head_at(state.log, move.first)
            world = world.with_log(LOG, Log((Fragment(0, bytes(head)),)))
        try:
            for step in steps_of(state, move):
                world, seen = execute(world, step)
                if seen.outcome not in (DONE, FENCED):
                    return None
            if recorder is not None and move.kind is Kind.UNCHECKED:
                world = world.with_recorder(recorder_name(move.actor), _unchecked(recorder))
            return self._pieces(state, move, world, recorder, player)
        except Exception as error:
            # Whatever it is, the user is shown the scenario that does it.
            raise MoveBroke((move,)) from error

    def _pieces(
        self,
        state: State,
        move: Move,
        world: World,
        recorder: RecorderPiece | None,
        player: PlayerPiece | None,
    ) -> _Made | None:
        """The pieces of the world behind a move; none if they are those before it."""
        kind, actor, _, _ = move
        log = state.log
        if world.log(LOG) is not log.log and kind is not Kind.START:
            deeds = world.landed[LOG][len(log.deeds) :]
            log = self._keep_log(grown(log, world.log(LOG), deeds))
        started, new = recorder_name(len(state.recorders)), player_name(len(state.players))
        made = _Made(
            None if log is state.log else log,
            self._keep_recorder(world.recorders[recorder_name(actor)], log) if recorder else None,
            self._keep_player(world.players[player_name(actor)], log) if player else None,
            self._keep_recorder(world.recorders[started], log) if kind in STARTING else None,
            self._keep_player(world.players[new], log) if kind in PLAYING else None,
            int(kind in DRAWING and (player is None or player.heir is None)),
        )
        same = made.log is None and made.recorder is recorder and made.player is player
        return None if same and not made.started and not made.new_player else made

    def _keep_log(self, piece: LogPiece) -> LogPiece:
        return self._keep(b"log" + log_digest(piece, IDENTITY), piece)

    def _keep_recorder(self, recorder: SimRecorder, log: LogPiece) -> RecorderPiece:
        piece = recorder_piece(recorder)
        if piece.queued:
            # It is gone with the next commit.
            return piece
        return self._keep(b"recorder" + recorder_digest(piece, log, IDENTITY), piece)

    def _keep_player(self, player: SimPlayer, log: LogPiece) -> PlayerPiece:
        piece = player_piece(player)
        return self._keep(b"player" + player_digest(piece, log, IDENTITY, whole=True), piece)

    def _keep(self, digest: bytes, piece: _P) -> _P:
        """The piece that was made first of those with this digest."""
        kept = self._kept.setdefault(digest, piece)
        assert type(kept) is type(piece), "a digest is of one type"
        return kept


def _head_at(log: LogPiece, landed: int) -> int:
    """The write head when only so much had landed."""
    return log.landed[landed - 1].end if landed else 0


def _unchecked(piece: RecorderPiece) -> SimRecorder:
    """The recorder, if it had never checked registers."""
    recorder = piece.recorder
    return attrs.evolve(
        recorder,
        check=None,
        queue=tuple([attrs.evolve(append, check=None) for append in recorder.queue]),
        landed=tuple([attrs.evolve(append, check=None) for append in recorder.landed]),
    )


def world_of(state: State, recorder: int | None = None, player: int | None = None) -> World:
    """The part of a world that a move of one recorder, or of one player, touches."""
    log = state.log
    world = World(
        CURRENT,
        logs=HashTrieMap({LOG: log.log}),
        landed=HashTrieMap({LOG: log.deeds}),
        made=HashTrieMap([(deed.behind, deed) for deed in log.deeds]),
    )
    if recorder is not None:
        world = world.with_recorder(recorder_name(recorder), state.recorders[recorder].recorder)
    if player is not None:
        world = world.with_player(player_name(player), state.players[player].player)
    return world
