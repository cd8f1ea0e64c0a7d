"""Moves, and what can be reached by them: exact counts, and what each kind of move is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rlog_model import scenario as s
from rlog_model.simulation.exploration import Explorer
from rlog_model.simulation.exploration_maker import MoveBroke
from rlog_model.simulation.exploration_moves import (
    GARBAGE,
    MOVE_SIZE,
    ON_PLAYERS,
    ON_RECORDERS,
    Bounds,
    BoundsTooWide,
    Kind,
    Move,
    moves_of,
    steps_of,
)
from rlog_model.simulation.pieces import LOG, State, author_of, byte_of, who_wrote

AUTHOR, HEIR = int(author_of(0)), int(author_of(1))


def path_of(*moves: Move) -> bytes:
    return b"".join(map(bytes, moves))


def steps(*moves: Move) -> tuple[s.Step, ...]:
    """The steps of moves that can be made."""
    return Explorer(Bounds()).steps(path_of(*moves))


def levels(explorer: Explorer) -> Iterator[tuple[int, list[tuple[bytes, State]]]]:
    """All states, level by level, with a path to each; and how many moves there are from them."""
    root = explorer.root()
    seen, level = {explorer.key(root)}, [(b"", root)]
    while level:
        behind, transitions = [], 0
        for path, state in level:
            for moves, after in explorer.successors(state):
                transitions += 1
                key = explorer.key(after)
                if key not in seen:
                    seen.add(key)
                    behind.append((path + path_of(*moves), after))
        yield transitions, level
        level = behind


@pytest.mark.parametrize(
    ("bounds", "states", "transitions"),
    [
        (Bounds(recorders=0, players=0), 1, 0),
        # Nothing; created; written or unlinked; written again, or unlinked after all.
        # Whether registers are checked doesn't matter where nobody hands off.
        (Bounds(recorders=1, players=0, files=1, paths=1, log=3, copies=0), 6, 5),
        # Nothing; about to hand off; handed off; handed off again.
        (Bounds(recorders=0, players=1, log=2), 4, 3),
        (Bounds(recorders=1, players=1, files=1, paths=2, log=3), 184, 206),
        (Bounds(recorders=2, players=1, files=1, paths=1, log=2), 47, 57),
        (Bounds(recorders=2, players=1, files=2, paths=2, log=3), 995, 1343),
        (Bounds(recorders=3, players=0, files=2, paths=2, log=3, copies=0), 64, 66),
        (Bounds(recorders=1, players=2, files=1, paths=1, log=3), 675, 863),
        (Bounds(recorders=2, players=1, files=1, paths=1, log=3, queue=2), 334, 527),
        (
            Bounds(recorders=1, players=1, files=1, paths=1, log=3, garbage=1, tail=True),
            1131,
            1482,
        ),
    ],
    ids=str,
)
def test_counts(bounds: Bounds, states: int, transitions: int) -> None:
    counted = [(len(level), moves) for moves, level in levels(Explorer(bounds))]
    assert (sum(n for n, _ in counted), sum(n for _, n in counted)) == (states, transitions)


@pytest.mark.parametrize(
    ("make", "member", "value"),
    [
        (lambda: Bounds(paths=5), "paths", 5),
        (lambda: Bounds(log=16), "log", 16),
        (lambda: Bounds(recorders=-1), "recorders", -1),
        (lambda: Bounds(players=14), "players", 14),
    ],
)
def test_bounds_have_names_for_all(make: Callable[[], Bounds], member: str, value: int) -> None:
    with pytest.raises(BoundsTooWide) as raised:
        make()
    assert (raised.value.member, raised.value.value) == (member, value)
    assert str(raised.value).startswith(f"{member} can be 0 to ")


def test_a_byte_names_who_wrote_it() -> None:
    assert who_wrote(byte_of(author_of(14), 15)[0]) == (author_of(14), 15)


def test_a_path_is_its_moves() -> None:
    moves = (Move(Kind.RENAME, 1, 2, 3), Move(Kind.LAND))
    assert len(path_of(*moves)) == 2 * MOVE_SIZE
    assert moves_of(path_of(*moves)) == moves


START, CREATE, COMMIT = Move(Kind.START), Move(Kind.CREATE), Move(Kind.COMMIT)
BEGUN = (START, CREATE, COMMIT)
HANDED_OFF = (Move(Kind.PLAY_LOG), Move(Kind.HAND_OFF))


@pytest.mark.parametrize(
    ("before", "move", "expected"),
    [
        ((), START, [s.StartRecorder("r1", LOG, AUTHOR)]),
        (
            (*HANDED_OFF, Move(Kind.LAND)),
            Move(Kind.RESUME),
            [s.StartRecorder("r1", LOG, AUTHOR, "p1")],
        ),
        (
            (Move(Kind.PLAY_LOG), Move(Kind.FINISH)),
            Move(Kind.RESUME),
            [s.StartRecorder("r1", LOG, AUTHOR, "p1")],
        ),
        ((START, START), Move(Kind.CREATE, 1, 1), [s.Create("r2", "/b")]),
        (BEGUN, Move(Kind.WRITE), [s.Write("r1", "/a", 0, bytes([2]))]),
        ((START, *BEGUN), Move(Kind.WRITE), [s.Write("r1", "/a", 0, bytes([2]))]),
        (BEGUN, Move(Kind.LINK, 0, 0, 1), [s.Link("r1", "/a", "/b")]),
        (BEGUN, Move(Kind.UNLINK), [s.Unlink("r1", "/a")]),
        (BEGUN, Move(Kind.RENAME, 0, 0, 1), [s.Rename("r1", "/a", "/b")]),
        ((START, CREATE), COMMIT, [s.Commit("r1", 1)]),
        (BEGUN, Move(Kind.AGAIN), [s.AppendAgain("r1", 0)]),
        ((START, CREATE), Move(Kind.DIE), [s.Die("r1")]),
        (BEGUN, Move(Kind.PLAY), [s.TakeHints("r1", "h1"), s.Play("p1", "h1")]),
        ((), Move(Kind.PLAY_LOG), [s.Play("p1", None, LOG)]),
        (
            (*BEGUN, Move(Kind.PLAY), Move(Kind.TAIL)),
            Move(Kind.PLAY_PLAYER),
            [s.TakePlayerHints("p1", "h2"), s.Play("p2", "h2")],
        ),
        ((*BEGUN, Move(Kind.PLAY)), Move(Kind.TAIL), [s.Advance("p1", "head")]),
        (
            (*BEGUN, Move(Kind.PLAY)),
            Move(Kind.FINISH),
            [s.FinishAtWriteHead("p1"), s.Advance("p1")],
        ),
        (
            (*BEGUN, Move(Kind.PLAY)),
            Move(Kind.HAND_OFF),
            [s.InjectHandoff("p1", HEIR), s.Advance("p1", "append")],
        ),
        (HANDED_OFF, Move(Kind.LAND), [s.Advance("p1")]),
        ((*HANDED_OFF, Move(Kind.LAND)), Move(Kind.LAND_AGAIN), [s.HandoffAgain("p1")]),
        ((), Move(Kind.GARBAGE), [s.AppendRaw(LOG, GARBAGE)]),
    ],
    ids=str,
)
def test_moves(before: tuple[Move, ...], move: Move, expected: list[s.Step]) -> None:
    """What each kind of move is in the scenario language, and that it can be made."""
    assert steps(*before, move)[len(steps(*before)) :] == tuple(expected)


def test_every_kind_of_move_is_made() -> None:
    bounds = Bounds(recorders=2, players=2, files=2, paths=2, log=3, queue=2, garbage=1, tail=True)
    explorer = Explorer(bounds)
    kinds: set[Kind] = set()
    for _, level in levels(explorer):
        kinds.update(move.kind for path, _ in level for move in moves_of(path))
        if kinds == set(Kind):
            break
    assert kinds == set(Kind)
    assert not ON_PLAYERS & ON_RECORDERS


def test_who_started_long_ago_started_then() -> None:
    """A recorder knows the log as it was when it started: so its step is where that was so."""
    late = (*BEGUN, Move(Kind.START, 0, 1), Move(Kind.CREATE, 1, 1), Move(Kind.COMMIT, 1))
    early = (*BEGUN, Move(Kind.START, 0, 0), Move(Kind.CREATE, 1, 1), Move(Kind.COMMIT, 1))
    assert [step.do for step in steps(*late)] == ["start_recorder", "create", "commit"] * 2
    began, *others = steps(*early)
    assert began == s.StartRecorder("r2", LOG, HEIR)
    assert others == [step for step in steps(*late) if step != began]
    explorer = Explorer(Bounds())
    heads = [explorer.follow(path_of(*moves[:4])).recorders[1] for moves in (early, late)]
    assert [piece.recorder.recording.head for piece in heads] == [0, 21]


def test_who_does_not_check_registers_began_like_that() -> None:
    handed_off = (*BEGUN, *HANDED_OFF, Move(Kind.LAND), Move(Kind.RESUME))
    moves = (*handed_off, Move(Kind.UNCHECKED, 0), Move(Kind.WRITE), COMMIT)
    assert [step for step in steps(*moves) if isinstance(step, s.StartRecorder)] == [
        s.StartRecorder("r1", LOG, AUTHOR, None, False),
        s.StartRecorder("r2", LOG, HEIR, "p1"),
    ]
    checked = Explorer(Bounds()).follow(path_of(*handed_off, Move(Kind.WRITE), COMMIT))
    unchecked = Explorer(Bounds()).follow(path_of(*moves))
    assert [r.active for r in checked.recorders] == [False, True]
    assert [r.active for r in unchecked.recorders] == [True, True]
    assert len(unchecked.log.deeds) == 3


def test_a_move_that_does_nothing_is_none() -> None:
    explorer = Explorer(Bounds())
    tailing = explorer.follow(path_of(*BEGUN, Move(Kind.PLAY), Move(Kind.TAIL)))
    assert explorer.make(tailing, Move(Kind.TAIL)) is None
    with pytest.raises(ValueError, match="can't be made"):
        explorer.follow(path_of(START, Move(Kind.UNLINK)))


def test_a_piece_is_made_once() -> None:
    """However a state was come to, its pieces are the same: what came of them is found again."""
    explorer = Explorer(Bounds())
    other = START
    one = explorer.follow(path_of(*BEGUN, other, Move(Kind.WRITE), COMMIT))
    two = explorer.follow(path_of(START, CREATE, COMMIT, Move(Kind.WRITE), COMMIT, other))
    assert one.recorders[0] is two.recorders[0]
    assert one.log is two.log
    made = explorer.remembered
    assert made > 0
    explorer.follow(path_of(*BEGUN, other, Move(Kind.WRITE), COMMIT))
    assert explorer.remembered == made
    explorer.forget()
    assert explorer.remembered == 0
    again = explorer.follow(path_of(*BEGUN, other, Move(Kind.WRITE), COMMIT))
    assert again.log is not one.log
    assert explorer.key(again) == explorer.key(one)


def test_the_dead_and_the_fenced_do_no_more() -> None:
    explorer = Explorer(Bounds(queue=2))
    dead = explorer.follow(path_of(START, CREATE, Move(Kind.DIE)))
    assert not dead.recorders[0].active
    assert (dead.operations, dead.files) == (0, 0)
    assert {move.actor for moves, _ in explorer.successors(dead) for move in moves[:1]} == {0}
    assert explorer.make(dead, CREATE) is None
    fenced = explorer.follow(
        path_of(*BEGUN, *HANDED_OFF, Move(Kind.LAND), Move(Kind.WRITE), COMMIT)
    )
    assert fenced.recorders[0].recorder.fenced
    assert fenced.operations == 2


@pytest.mark.parametrize(
    ("broken", "before", "moves"),
    [
        ("world.start_recorder", (), (START,)),
        ("recorders._happened", (), (START, CREATE)),
        ("recorders._happened", BEGUN, (Move(Kind.CREATE, 0, 1),)),
        ("recorders.land", (), (START, CREATE, COMMIT)),
        ("players.land", BEGUN + HANDED_OFF, (Move(Kind.LAND),)),
    ],
)
def test_where_the_model_breaks(
    broken: str,
    before: tuple[Move, ...],
    moves: tuple[Move, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The moves from the state that is expanded to the one that breaks the model are told."""

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    explorer = Explorer(Bounds(copies=0))
    state = explorer.follow(path_of(*before))
    monkeypatch.setattr(f"rlog_model.simulation.{broken}", breaks)
    with pytest.raises(MoveBroke) as raised:
        list(explorer.successors(state))
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert raised.value.moves == moves


def test_steps_of_a_state_are_named_by_how_many_there_are() -> None:
    explorer = Explorer(Bounds())
    state = explorer.follow(path_of(START, START, *HANDED_OFF))
    assert steps_of(state, Move(Kind.START)) == (s.StartRecorder("r3", LOG, author_of(3)),)
