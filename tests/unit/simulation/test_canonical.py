"""Which states are one: proved by brute force, within small bounds.

Two things are to be shown. States with one key differ only by names, or in what can't matter; and
all that differ only by names have one key. Here names are changed in the moves that lead to a
state, which knows nothing of how a key is made.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from rlog_model.revision import CURRENT
from rlog_model.simulation import exploration_moves
from rlog_model.simulation.canonical import Horizon, encoded
from rlog_model.simulation.digests import IDENTITY
from rlog_model.simulation.exploration import Explorer, events
from rlog_model.simulation.exploration_invariants import ALONE, Watch
from rlog_model.simulation.exploration_moves import EVENTS, Bounds, Kind, Move
from rlog_model.simulation.log import Log
from rlog_model.simulation.pieces import (
    LOG,
    PATHS,
    State,
    author_of,
    grown,
    log_piece,
    player_piece,
    recorder_piece,
)
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import DONE, FENCED

SMALL = (
    Bounds(recorders=2, players=1, files=1, paths=1, log=2),
    Bounds(recorders=1, players=1, files=2, paths=2, log=3),
    Bounds(recorders=2, players=1, files=2, paths=2, log=2),
    Bounds(recorders=1, players=2, files=1, paths=1, log=2, garbage=1),
    Bounds(recorders=2, players=1, files=1, paths=2, log=2, queue=2, tail=True),
    Bounds(recorders=1, players=0, files=2, paths=3, log=3, queue=3),
)


def named_key(explorer: Explorer, state: State) -> bytes:
    """The key of a state by the names that are there: without the reduction by names."""
    return encoded(state, IDENTITY, Horizon.of(state, explorer.bounds))


Way = tuple[Move, ...]


def all_by(explorer: Explorer, named: bool) -> Iterator[tuple[State, State | None, Way]]:
    """Every state, told apart by its names or not; the one before it, and the moves from there."""
    key = named_key if named else Explorer.key
    root = explorer.root()
    seen = {key(explorer, root)}
    level: list[tuple[State, State | None, Way]] = [(root, None, ())]
    while level:
        behind: list[tuple[State, State | None, Way]] = []
        for state, before, way in level:
            yield state, before, way
            for moves, after in explorer.successors(state):
                found = key(explorer, after)
                if found not in seen:
                    seen.add(found)
                    behind.append((after, state, moves))
        level = behind


def states(bounds: Bounds) -> Iterator[State]:
    """Every state that an exploration finds."""
    return (state for state, _, _ in all_by(Explorer(bounds), named=False))


def renamed(move: Move, paths: tuple[int, ...]) -> Move:
    """The move with other paths for files: ``paths[i]`` for the one that had number ``i``."""
    if move.kind in EVENTS:
        move = move._replace(first=paths[move.first])
    if move.kind in (Kind.LINK, Kind.RENAME):
        move = move._replace(second=paths[move.second])
    return move


@pytest.mark.parametrize("bounds", SMALL, ids=str)
def test_one_key_for_each_orbit(bounds: Bounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """The states without the reduction fall into orbits under all renamings: as many as there are
    states with it."""
    explorer = Explorer(bounds)
    found = list(all_by(explorer, named=True))
    orbits: dict[State, set[bytes]] = {state: set() for state, _, _ in found}
    for authors in itertools.permutations(range(bounds.recorders + bounds.players)):
        # The same moves, and others who make them.
        drawn = (*authors, len(authors))
        monkeypatch.setattr(exploration_moves, "author_of", lambda i, d=drawn: author_of(d[i]))
        for paths in itertools.permutations(range(bounds.paths)):
            other = Explorer(bounds)
            others: dict[State | None, State | None] = {}
            for state, before, way in found:
                at = others[before] if before else other.root()
                for move in way:
                    assert at is not None
                    at = other.make(at, renamed(move, paths))
                assert at is not None
                others[state] = at
                orbits[state].add(named_key(other, at))
    monkeypatch.undo()

    pairs = {(explorer.key(state), frozenset(orbit)) for state, orbit in orbits.items()}
    reduced = sum(1 for _ in states(bounds))
    assert reduced == len(pairs)
    assert reduced == len({key for key, _ in pairs}) == len({orbit for _, orbit in pairs})
    assert reduced < len(found)


def future(explorer: Explorer, state: State) -> tuple[object, ...]:
    """What can be told of a state: the keys of those behind it, and what is wrong in it."""
    behind = {explorer.key(after) for _, after in explorer.successors(state)}
    return behind, {violation.invariant for violation in Watch(explorer).violations(state)}


@pytest.mark.parametrize("bounds", SMALL, ids=str)
def test_states_with_one_key_have_one_future(bounds: Bounds) -> None:
    """Whatever the key leaves out does not matter: each state that has the key of a former one
    goes on to the same keys."""
    explorer = Explorer(bounds)
    former: dict[bytes, tuple[object, ...]] = {}
    compared = 0
    for state, _, _ in all_by(explorer, named=False):
        for _, after in explorer.successors(state):
            told = future(explorer, after)
            compared += explorer.key(after) in former
            assert former.setdefault(explorer.key(after), told) == told
    assert compared > 0


def naive(explorer: Explorer, state: State) -> Iterator[Way]:
    """What may happen next, where everything is a move of its own: a recorder starts, and checks
    registers or not, before it has anything to record; and so on."""
    bounds, log = explorer.bounds, state.log
    more_recorders = len(state.recorders) < bounds.recorders
    if state.operations == bounds.log:
        yield from ((Move(Kind.COMMIT, i),) for i, r in enumerate(state.recorders) if r.queued)
        return
    for actor, recorder in enumerate(state.recorders):
        if recorder.active and len(recorder.recorder.queue) < bounds.queue:
            for move in events(actor, recorder, PATHS[: bounds.paths]):
                yield (move,)
        if recorder.queued:
            yield (Move(Kind.COMMIT, actor),)
        elif recorder.active:
            yield (Move(Kind.PLAY, actor),)
        for back in range(len(recorder.recorder.landed)):
            yield (Move(Kind.AGAIN, actor, back),)
    for actor, player in enumerate(state.players):
        if player.player.handoff is not None:
            yield (Move(Kind.LAND_AGAIN, actor),)
        if player.complete and not player.used and more_recorders:
            yield (Move(Kind.RESUME, actor),)
            yield Move(Kind.RESUME, actor), Move(Kind.UNCHECKED, len(state.recorders))
        elif not player.done and player.heir is None:
            yield (Move(Kind.HAND_OFF, actor),)
            yield (Move(Kind.FINISH, actor),)
        elif not player.done:
            yield (Move(Kind.LAND, actor),)
    if more_recorders:
        start = Move(Kind.START, 0, len(log.landed))
        yield (start,)
        yield start, Move(Kind.UNCHECKED, len(state.recorders))
    yield (Move(Kind.PLAY_LOG),)


def seen_of(explorer: Explorer, state: State) -> Iterator[bytes]:
    """What an invariant may be asked of: the log, and with it each recorder that has done
    something, and each player that has been asked for something. Not whether a recorder checks
    registers: as long as that has not mattered it is taken to."""
    log = state.log
    yield explorer.key(State(log), ALONE)
    for recorder in state.recorders:
        if recorder.active and recorder.recorder.landed and not recorder.queued:
            alone = State(log, (recorder,))
            yield explorer.key(explorer.make(alone, Move(Kind.UNCHECKED)) or alone, ALONE)
    for player in state.players:
        if not player.done and player.heir is not None:
            yield explorer.key(State(log, (), (player,)), ALONE)


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(recorders=2, players=1, files=1, paths=1, log=3),
        Bounds(recorders=1, players=1, files=2, paths=2, log=3),
        Bounds(recorders=2, players=1, files=2, paths=2, log=2),
        Bounds(recorders=1, players=2, files=1, paths=1, log=3),
    ],
    ids=str,
)
def test_nothing_is_lost_by_what_happens_late(bounds: Bounds) -> None:
    """Where everything happens as early as it can, no other logs, recorders and players come of
    it."""
    explorer = Explorer(bounds)
    expected = {seen for state in states(bounds) for seen in seen_of(explorer, state)}
    root = explorer.root()
    found: set[bytes] = set()
    there, level = {named_key(explorer, root)}, [root]
    while level:
        state = level.pop()
        found.update(seen_of(explorer, state))
        for moves in naive(explorer, state):
            at: State | None = state
            for move in moves:
                at = at and explorer.make(at, move)
            if at is None or not within(at, bounds):
                continue
            key = named_key(explorer, at)
            if key not in there:
                there.add(key)
                level.append(at)
    assert found == expected
    assert len(there) > 3 * sum(1 for _ in states(bounds))


def within(state: State, bounds: Bounds) -> bool:
    return (
        state.operations <= bounds.log
        and state.files <= bounds.files
        and state.log.copies <= bounds.copies
        and len(state.players) <= bounds.players
    )


def state_of(world: World, recorders: int, players: int, authors: int) -> State:
    """The state that a world is in, read afresh."""
    there = world.logs.get(LOG, Log())
    log = log_piece(Log())
    if world.landed.get(LOG):
        log = grown(log, there, world.landed[LOG])
    return State(
        log,
        tuple(recorder_piece(world.recorders[f"r{i + 1}"]) for i in range(recorders)),
        tuple(player_piece(world.players[f"p{i + 1}"]) for i in range(players)),
        authors,
    )


@pytest.mark.parametrize("bounds", [SMALL[0], SMALL[2], SMALL[4]], ids=str)
def test_a_path_is_a_scenario(bounds: Bounds) -> None:
    """Each state is that of the one world in which the steps of its path are executed, one behind
    the other: no move touches more than what it is executed in."""
    explorer = Explorer(bounds)
    paths: dict[State | None, bytes] = {None: b""}
    for state, before, way in all_by(explorer, named=False):
        paths[state] = paths[before] + b"".join(map(bytes, way))
        world = World(CURRENT)
        for step in explorer.steps(paths[state]):
            world, seen = execute(world, step)
            assert seen.outcome in (DONE, FENCED)
        read = state_of(world, len(state.recorders), len(state.players), state.authors)
        assert explorer.key(read) == explorer.key(state)
