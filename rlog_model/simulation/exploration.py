"""Exploration: every state that a small world can come to, move by move.

Rules
-----
* The bounds count what there ever was: recorders that started, players that were made; and what is
  in the log or in the queue of a recorder: files created, operations. What died with a queue is
  not there any more. A move that would lead beyond the bounds is not made; nor is one that does
  nothing, or by which nothing more can come.
* What nobody sees happens just before it matters. A recorder's events happen before a commit of its
  own, as many as its queue takes. It starts before its first event: but, as it knows where the log
  ended then, at any time until then. Whether it checks registers turns out when the check would
  fail. A player without hints is made when it is first asked for something.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from rlog_model.play_messages import Append
from rlog_model.simulation.canonical import Canonical, Horizon, passes
from rlog_model.simulation.exploration_maker import Maker, MoveBroke
from rlog_model.simulation.exploration_moves import Bounds, Kind, Move
from rlog_model.simulation.pieces import PATHS, RecorderPiece, State
from rlog_model.simulation.players import gives_hints

Moves = tuple[Move, ...]


class Explorer(Maker):
    """Finds the states that are next to a state."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self.bounds = bounds
        self._canonical = Canonical(bounds)
        self._events: dict[tuple[int, RecorderPiece], dict[Move, RecorderPiece]] = {}

    def forget(self) -> None:
        """See ``Maker``."""
        super().forget()
        self._events.clear()

    def key(self, state: State, horizon: Horizon | None = None) -> bytes:
        """The canonical key of a state: see ``Canonical``."""
        return self._canonical.key(state, horizon)

    def successors(self, state: State) -> Iterator[tuple[Moves, State]]:
        """Each state that is next to one, and the moves there: always in one order.

        Raises:
            MoveBroke: the model breaks at the last of the moves.
        """
        bounds = self.bounds
        room = bounds.log - state.operations
        for actor, recorder in enumerate(state.recorders):
            if recorder.active:
                yield from self._goes_on(state, actor, room)
        # Who can record nothing any more need not start, nor be handed to.
        if room > 0 and len(state.recorders) < bounds.recorders:
            yield from self._starts(state, room)
        for moves in self._moves(state) if room > 0 else ():
            behind = self._through(state, moves)
            if behind is not None and behind.operations <= bounds.log:
                yield moves, behind

    def _goes_on(self, state: State, actor: int, room: int) -> Iterator[tuple[Moves, State]]:
        """A recorder records more, or finds that it lost the log."""
        if passes(state.recorders[actor], state.log):
            yield from self._records(state, actor, (), room)
            return
        # Whatever it tries to append, it is fenced.
        yield from itertools.islice(self._records(state, actor, (), room), 1)
        unchecked = (Move(Kind.UNCHECKED, actor),)
        yield from self._records(self._through(state, unchecked), actor, unchecked, room)

    def _starts(self, state: State, room: int) -> Iterator[tuple[Moves, State]]:
        """A recorder starts, some time ago, and records something."""
        actor = len(state.recorders)
        for pause in state.log.pauses:
            moves: Moves = (Move(Kind.START, 0, pause),)
            started = self._through(state, moves)
            assert started is not None, "anybody can start"
            if not passes(started.recorders[actor], state.log):
                moves = (*moves, Move(Kind.UNCHECKED, actor))
                started = self._through(state, moves)
            yield from self._records(started, actor, moves, room)

    def _records(
        self, state: State | None, actor: int, before: Moves, room: int
    ) -> Iterator[tuple[Moves, State]]:
        """Events of a recorder, as many as its queue takes, and then the commit of the oldest."""
        assert state is not None, "the moves before were made"
        recorder = state.recorders[actor]
        if recorder.queued:
            commit = (Move(Kind.COMMIT, actor),)
            behind = self._through(state, commit, before)
            assert behind is not None, "a commit does something"
            yield (*before, *commit), behind
        if len(recorder.recorder.queue) == self.bounds.queue:
            return
        files = self.bounds.files - state.files
        for move, piece in self._events_of(state, actor, before).items():
            left = room - (piece.queued - recorder.queued)
            if left >= 0 and piece.creates - recorder.creates <= files:
                behind = _with(state, actor, piece)
                yield from self._records(behind, actor, (*before, move), left)

    def _through(self, state: State, moves: Moves, before: Moves = ()) -> State | None:
        """The state behind moves; none if one of them can't be made."""
        at: State | None = state
        for index, move in enumerate(moves):
            try:
                at = at and self.make(at, move)
            except MoveBroke as broke:
                raise MoveBroke((*before, *moves[:index], move)) from broke.__cause__
        return at

    def _events_of(self, state: State, actor: int, before: Moves = ()) -> dict[Move, RecorderPiece]:
        """What can happen next in the directory of a recorder: it touches nothing else."""
        recorder = state.recorders[actor]
        found = self._events.get((actor, recorder))
        if found is None:
            found = {}
            for move in events(actor, recorder, PATHS[: self.bounds.paths]):
                behind = self._through(state, (move,), before)
                if behind is not None:
                    found[move] = behind.recorders[actor]
            self._events[actor, recorder] = found
        return found

    def _moves(self, state: State) -> Iterator[Moves]:
        """What else may be done."""
        bounds, log = self.bounds, state.log
        again = log.copies < bounds.copies
        more_players = len(state.players) < bounds.players
        more_recorders = len(state.recorders) < bounds.recorders
        for actor, recorder in enumerate(state.recorders):
            refused = not passes(recorder, log)
            if again and not (refused and recorder.recorder.fenced):
                unchecked = (Move(Kind.UNCHECKED, actor),) if refused else ()
                for back in range(len(recorder.recorder.landed)):
                    yield (*unchecked, Move(Kind.AGAIN, actor, back))
            if recorder.queued:
                yield (Move(Kind.DIE, actor),)
            elif recorder.active and more_players:
                yield (Move(Kind.PLAY, actor),)
        for actor, player in enumerate(state.players):
            if again and player.player.handoff is not None:
                yield (Move(Kind.LAND_AGAIN, actor),)
            if more_players and gives_hints(player.player.progress):
                yield (Move(Kind.PLAY_PLAYER, actor),)
            if player.complete and not player.used and more_recorders:
                yield (Move(Kind.RESUME, actor),)
            elif isinstance(player.player.progress.request, Append):
                yield (Move(Kind.LAND, actor),)
            elif not player.done:
                yield from self._asked(actor, more_recorders)
        if more_players:
            for moves in self._asked(len(state.players), more_recorders):
                yield (Move(Kind.PLAY_LOG), *moves)
        if log.garbage < bounds.garbage:
            yield (Move(Kind.GARBAGE),)

    def _asked(self, actor: int, more_recorders: bool) -> Iterator[Moves]:
        """What a player can be asked for that has no goal yet."""
        yield (Move(Kind.HAND_OFF, actor),)
        if more_recorders:
            yield (Move(Kind.FINISH, actor),)
        if self.bounds.tail:
            yield (Move(Kind.TAIL, actor),)


def _with(state: State, actor: int, recorder: RecorderPiece) -> State:
    """A state with another piece for a recorder."""
    recorders = (*state.recorders[:actor], recorder, *state.recorders[actor + 1 :])
    return State(state.log, recorders, state.players, state.authors)


def events(actor: int, piece: RecorderPiece, paths: tuple[str, ...]) -> Iterator[Move]:
    """The file events that a recorder can see next."""
    links = piece.recorder.tree.links
    free = [i for i, path in enumerate(paths) if path not in links]
    there = [i for i, path in enumerate(paths) if path in links]
    # One path of each file: what is done to a file is the same by any of its paths.
    files = list({links[paths[i]]: i for i in reversed(there)}.values())
    for path in free:
        yield Move(Kind.CREATE, actor, path)
    for path in there:
        yield Move(Kind.UNLINK, actor, path)
    for path in files:
        yield Move(Kind.WRITE, actor, path)
        for target in free:
            yield Move(Kind.LINK, actor, path, target)
    for source in there:
        for target in range(len(paths)):
            if links.get(paths[target]) != links[paths[source]]:
                yield Move(Kind.RENAME, actor, source, target)
