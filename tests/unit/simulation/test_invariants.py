"""The invariants hold in every world, and each of them breaks when what it is about does."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from rpds import HashTrieMap

from rlog_model import scenario as s
from rlog_model.files import FnodeState
from rlog_model.fsm import FSM, Remaining
from rlog_model.identity import Fnode
from rlog_model.play_messages import Complete
from rlog_model.scenario import Scenario
from rlog_model.segment import UNKNOWN_OFFSET
from rlog_model.simulation.focused import mixed_scenarios
from rlog_model.simulation.invariants import (
    PLAYER_INVARIANTS,
    RECORDER_INVARIANTS,
    broken,
)
from rlog_model.simulation.state import SimPlayer, SimRecorder, World
from rlog_model.simulation.world import run
from tests.unit.simulation.executing import executed

STEPS = (
    s.StartRecorder("r", "a/log", 1, check_registers=False),
    s.Create("r", "/p.tmp"),
    s.Rename("r", "/p.tmp", "/IDENTITY"),
    s.Create("r", "/a"),
    s.Create("r", "/b"),
    s.Link("r", "/b", "/c"),
    s.Write("r", "/a", 0, b"xy"),
    s.TakeHints("r", "h"),
    s.Play("p", "h"),
    s.FinishAtWriteHead("p"),
    s.Advance("p"),
    s.Create("r", "/d"),
)
A, B = Fnode(4), Fnode(5)


def world() -> World:
    return executed(*STEPS)[0]


@given(mixed_scenarios())
def test_they_hold_behind_every_step(scenario: Scenario) -> None:
    run(scenario, lambda world, step, seen: check(world, step, scenario))


def check(world: World, step: s.Step, scenario: Scenario) -> None:
    assert list(map(str, broken(world, step))) == [], s.dumps(scenario)


def test_they_are_asked_of_whom_a_step_is_about_and_of_nobody_else() -> None:
    made = with_fsm(world(), lambda fsm: attrs.evolve(fsm, next_seq_no=77))
    assert [str(b).split(" for ")[0] for b in broken(made, s.Commit("r"))] == ["INV-6 is broken"]
    assert list(broken(made, s.Advance("p"))) == []
    assert list(broken(made, s.Commit("q"))) == []
    assert list(broken(made, s.Roll("a/log"))) == []


def with_recorder(made: World, change: Callable[[SimRecorder], SimRecorder]) -> World:
    return made.with_recorder("r", change(made.recorders["r"]))


def with_fsm(made: World, change: Callable[[FSM], FSM]) -> World:
    def changed(recorder: SimRecorder) -> SimRecorder:
        recording = attrs.evolve(recorder.recording, fsm=change(recorder.recording.fsm))
        return attrs.evolve(recorder, recording=recording)

    return with_recorder(made, changed)


def with_node(made: World, fnode: Fnode, change: Callable[[FnodeState], FnodeState]) -> World:
    def changed(fsm: FSM) -> FSM:
        nodes = fsm.live_nodes.insert(fnode, change(fsm.live_nodes[fnode]))
        return attrs.evolve(fsm, files=attrs.evolve(fsm.files, live_nodes=nodes))

    return with_fsm(made, changed)


def with_player(made: World, change: Callable[[SimPlayer], SimPlayer]) -> World:
    return made.with_player("p", change(made.players["p"]))


def with_played_fsm(made: World, change: Callable[[FSM], FSM]) -> World:
    def changed(player: SimPlayer) -> SimPlayer:
        fsm = change(player.progress.playback.fsm)
        playback = attrs.evolve(player.progress.playback, fsm=fsm)
        progress = attrs.evolve(player.progress, playback=playback, request=Complete(fsm))
        return attrs.evolve(player, progress=progress)

    return with_player(made, changed)


def without_links(state: FnodeState) -> FnodeState:
    return attrs.evolve(state, links=frozenset())


def ends_unknown(fsm: FSM) -> FSM:
    state = fsm.live_nodes[A]
    segments = tuple(attrs.evolve(x, last_offset=UNKNOWN_OFFSET) for x in state.segments)
    nodes = fsm.live_nodes.insert(A, attrs.evolve(state, segments=segments))
    return attrs.evolve(fsm, files=attrs.evolve(fsm.files, live_nodes=nodes))


def other_property(fsm: FSM) -> FSM:
    properties = HashTrieMap({"/IDENTITY": b"other"})
    return attrs.evolve(fsm, files=attrs.evolve(fsm.files, properties=properties))


def first_is_late(state: FnodeState) -> FnodeState:
    late = attrs.evolve(state.segments[0], first_seq_no=A + 1)
    return attrs.evolve(state, segments=(late,))


def contradicts(state: FnodeState) -> FnodeState:
    other = attrs.evolve(state.segments[0], first_checksum=1, first_seq_no=B, first_offset=0)
    return attrs.evolve(state, segments=(other,))


def ends_late(state: FnodeState) -> FnodeState:
    return attrs.evolve(state, segments=(attrs.evolve(state.segments[0], last_seq_no=99),))


def bigger_than_it_is(recorder: SimRecorder) -> SimRecorder:
    books = recorder.recording.books
    books = attrs.evolve(books, sizes=books.sizes.insert(A, 3))
    return attrs.evolve(recorder, recording=attrs.evolve(recorder.recording, books=books))


def knows_too_much(recorder: SimRecorder) -> SimRecorder:
    return attrs.evolve(recorder, recording=attrs.evolve(recorder.recording, head=1 << 20))


def lost_its_queue(recorder: SimRecorder) -> SimRecorder:
    return attrs.evolve(recorder, queue=())


def lost_a_file(recorder: SimRecorder) -> SimRecorder:
    return attrs.evolve(recorder, tree=recorder.tree.unlink("/a"))


def split_a_file(recorder: SimRecorder) -> SimRecorder:
    tree = recorder.tree.unlink("/c").link("/a", "/c")
    return attrs.evolve(recorder, tree=tree)


def lost_a_played_file(player: SimPlayer) -> SimPlayer:
    return attrs.evolve(player, nodes=player.nodes.remove(A))


WRONG: dict[str, list[Callable[[World], World]]] = {
    "INV-1": [lambda w: with_node(w, A, without_links)],
    "INV-2": [
        lambda w: with_node(w, A, first_is_late),
        lambda w: with_node(w, A, lambda state: attrs.evolve(state, segments=())),
        lambda w: with_node(w, B, contradicts),
        lambda w: with_node(w, B, ends_late),
    ],
    "INV-3": [
        lambda w: with_recorder(w, lost_a_file),
        lambda w: with_recorder(w, split_a_file),
        lambda w: with_fsm(w, other_property),
    ],
    "INV-4": [lambda w: with_recorder(w, bigger_than_it_is)],
    "INV-5": [
        lambda w: with_recorder(w, knows_too_much),
        lambda w: with_recorder(w, lost_its_queue),
    ],
    "INV-6": [lambda w: with_fsm(w, lambda fsm: attrs.evolve(fsm, next_checksum=9))],
    "INV-7": [lambda w: with_player(w, lost_a_played_file)],
    "INV-8": [lambda w: with_played_fsm(w, ends_unknown)],
    "INV-9": [
        lambda w: with_played_fsm(
            w, lambda fsm: attrs.evolve(fsm, remaining=Remaining((), (Fnode(99),)))
        )
    ],
}


@pytest.mark.clause("INV-1", "INV-2", "INV-3", "INV-4", "INV-5", "INV-6", "INV-7", "INV-8", "INV-9")
@pytest.mark.parametrize("invariant", sorted(WRONG))
def test_each_breaks_when_what_it_is_about_does(invariant: str) -> None:
    for change in WRONG[invariant]:
        wrong = change(world())
        found = {b.invariant.id for step in STEPS for b in broken(wrong, step)}
        assert invariant in found


def test_each_invariant_is_broken_here_and_holds_before() -> None:
    table = {i.id for i in (*RECORDER_INVARIANTS, *PLAYER_INVARIANTS)}
    assert table == set(WRONG)
    assert [b for step in STEPS for b in broken(world(), step)] == []
