"""The model executes scenarios: what each kind of step does, and what can be seen of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model.file_tree import Snapshot
from rlog_model.framing import MAGIC
from rlog_model.hints_json import hints_from_json
from rlog_model.identity import Author, Fnode
from rlog_model.journal.labels import LabelSet
from rlog_model.operation import Change, Create, Link, Unlink, Write
from rlog_model.play_error import HoleInLog
from rlog_model.play_messages import Failed
from rlog_model.revision import JUNE_2020
from rlog_model.scenario import Scenario, Step
from rlog_model.scenario_parts import StepBase
from rlog_model.simulation.state import World
from rlog_model.simulation.strategies import scenarios
from rlog_model.simulation.world import execute, run
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation, Tree, tree_of
from tests.branches import Branch, start
from tests.unit.simulation.executing import executed

LOG, NEXT = "a/log", "a/log/next"
F1, F4 = Fnode(1), Fnode(4)
START = s.StartRecorder("r", LOG, 1, check_registers=False)


def tree(*groups: tuple[str, ...], **files: bytes) -> Tree:
    return tree_of(Snapshot.of([(f"/{name}", content) for name, content in files.items()], groups))


def recorder_at(branch: Branch, queued: int, there: Tree) -> Observation:
    """What is seen of a recorder at the end of a branch."""
    return Observation(
        DONE,
        next_seq_no=branch.next_seq_no,
        next_checksum=branch.next_checksum,
        queued=queued,
        tree=there,
    )


def committed_at(branch: Branch, queued: int, head: int) -> Observation:
    return Observation(
        DONE,
        next_seq_no=branch.next_seq_no,
        next_checksum=branch.next_checksum,
        queued=queued,
        head=head,
    )


def player_at(branch: Branch, status: str, there: Tree | None = None) -> Observation:
    """What is seen of a player at the end of a branch."""
    return Observation(
        DONE,
        next_seq_no=branch.next_seq_no,
        next_checksum=branch.next_checksum,
        status=status,
        tree=there,
    )


def content_of(world: World, log: str = LOG) -> bytes:
    return b"".join(fragment.content for fragment in world.log(log).fragments)


def played(player: str, hints: str) -> tuple[Step, Step, Step]:
    return s.Play(player, hints), s.FinishAtWriteHead(player), s.Advance(player)


# Impossible steps

THERE = (
    START,
    s.Create("r", "/a", "f"),
    s.TakeHints("r", "h"),
    s.Play("p", "h"),
    s.FinishAtWriteHead("p"),
    s.StartRecorder("dead", LOG, 2),
    s.Die("dead"),
    s.Play("done", log="b/log"),
    s.FinishAtWriteHead("done"),
    s.Advance("done"),
    s.StartRecorder("heir", "b/log", 3, "done"),
    s.Play("unfinished", "h"),
)
"""A world of a recorder, a dead one, players and hints."""

IMPOSSIBLE_STEPS = [
    s.StartRecorder("r", LOG, 9),
    s.StartRecorder("dead", LOG, 9),
    s.StartRecorder("new", LOG, 0),
    s.StartRecorder("new", LOG, -1),
    s.StartRecorder("new", LOG, 9, "nobody"),
    s.StartRecorder("new", LOG, 9, "unfinished"),
    s.StartRecorder("new", LOG, 9, "done"),
    s.Create("nobody", "/a"),
    s.Create("dead", "/a"),
    s.Open("r", "/a", ("read", "sideways")),
    s.Write("r", "/nothing", 0, b"x"),
    s.Write("r", "nothing", 0, b"x"),
    s.Truncate("r", "/nothing", 0),
    s.Truncate("r", "nothing", 0),
    s.Commit("nobody"),
    s.Commit("dead"),
    s.AppendAgain("r", 1),
    s.AppendAgain("r", -1),
    s.Die("nobody"),
    s.Die("dead"),
    s.TakeHints("nobody", "h2"),
    s.TakeHints("dead", "h2"),
    s.TakeHints("r", "h"),
    s.Play("p2"),
    s.Play("p2", "nothing"),
    s.Play("p", "h"),
    s.FinishAtWriteHead("nobody"),
    s.FinishAtWriteHead("p"),
    s.FinishAtWriteHead("done"),
    s.InjectHandoff("nobody", 9),
    s.InjectHandoff("p", 9),
    s.InjectHandoff("done", 9),
    s.InjectHandoff("unfinished", 0),
    s.Advance("nobody"),
    s.Advance("done"),
]


@pytest.mark.parametrize("step", IMPOSSIBLE_STEPS, ids=lambda step: repr(s.step_to_json(step)))
def test_an_impossible_step_does_nothing(step: Step) -> None:
    """It says so, and the world behind it is the world before it."""
    world, seen = executed(*THERE)
    assert IMPOSSIBLE not in [observation.outcome for observation in seen]
    assert execute(world, step) == (world, Observation(IMPOSSIBLE))


@pytest.mark.parametrize("step", [s.Create("r", "/b", "f"), s.Open("r", "/a", ("read",), "f")])
def test_the_name_of_an_open_file_is_not_given_to_another(step: Step) -> None:
    world, seen = executed(START, s.Create("r", "/a", "f"))
    assert [observation.outcome for observation in seen] == [DONE, DONE]
    assert execute(world, step) == (world, Observation(IMPOSSIBLE))


@given(scenarios(), st.data())
def test_any_part_of_a_scenario_is_a_scenario(scenario: Scenario, data: st.DataObject) -> None:
    """Steps can be left out anywhere: that is how what fails is shrunk. And the same steps give the
    same trace.
    """
    steps = scenario.steps
    kept = data.draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)))
    part = Scenario(tuple(step for step, keep in zip(steps, kept, strict=True) if keep))
    trace = run(part, lambda *_: None)
    assert len(trace.observations) == len(part.steps)
    assert run(part, lambda *_: None) == trace


def test_a_watcher_is_shown_the_world_behind_each_step() -> None:
    """With the step and what was seen of it, in order, by the scenario's revision."""
    scenario = Scenario((START, s.Create("r", "/a"), s.Commit("r")), revision="2020-06")
    shown: list[tuple[World, Step, Observation]] = []
    trace = run(scenario, lambda *behind: shown.append(behind))
    worlds = [World(JUNE_2020)]
    for step in scenario.steps:
        worlds.append(execute(worlds[-1], step)[0])
    assert [world for world, _, _ in shown] == worlds[1:]
    assert tuple(step for _, step, _ in shown) == scenario.steps
    assert tuple(seen for _, _, seen in shown) == trace.observations


# One recorder


def test_appends_queue_up_and_land_in_order_when_they_are_committed() -> None:
    """Nothing is in the log before, and as many land as the step says."""
    branch, create = start().ops(Create("/a"))
    behind, write = branch.ops((Write(F1, 2, 3), b"xxx"))
    world, seen = executed(START, s.Create("r", "/a"), s.Write("r", "/a", 2, b"x", 3))
    assert seen == [
        recorder_at(start(), 0, tree()),
        recorder_at(branch, 1, tree(a=b"")),
        recorder_at(behind, 2, tree(a=b"\0\0xxx")),
    ]
    assert content_of(world) == b""
    world, seen = executed(s.Commit("r", -1), s.Commit("r", 0), world=world)
    assert seen == [committed_at(behind, 2, 0)] * 2
    world, seen = executed(s.Commit("r", 1), s.Commit("r", 0), world=world)
    assert seen == [committed_at(behind, 1, len(create))] * 2
    assert content_of(world) == create
    world, seen = executed(s.Commit("r"), s.Commit("r", 5), s.Commit("r", -1), world=world)
    assert seen == [committed_at(behind, 0, len(create + write))] * 3
    assert content_of(world) == create + write


@pytest.mark.parametrize(
    ("steps", "changes", "there"),
    [
        ((s.Create("r", "/a"),), (Unlink(F1, "/a"), Create("/a")), tree(a=b"")),
        (
            (s.Rename("r", "/a", "/d/b"),),
            (Link(F1, "/d/b"), Unlink(F1, "/a")),
            tree(**{"d/b": b"one"}),
        ),
        (
            (s.Link("r", "/a", "/b"), s.Unlink("r", "/a")),
            (Link(F1, "/b"), Unlink(F1, "/a")),
            tree(b=b"one"),
        ),
        ((s.Link("r", "/a", "/b"),), (Link(F1, "/b"),), tree(("/a", "/b"), a=b"one", b=b"one")),
        (
            (s.Truncate("r", "/a", 5),),
            ((Write(F1, 4, 1), b"\0"),),
            tree(a=b"one\0\0"),
        ),
        (
            (s.Truncate("r", "f", 2), s.Write("r", "f", 1, b"!")),
            (Unlink(F1, "/a"), Create("/a"), (Write(F4, 0, 2), b"on"), (Write(F4, 1, 1), b"!")),
            tree(a=b"o!"),
        ),
        (
            (s.Open("r", "/a", ("write", "append"), "g"), s.Write("r", "g", 0, b"!")),
            ((Write(F1, 3, 1), b"!"),),
            tree(a=b"one!"),
        ),
        ((s.Unlink("r", "/a"), s.Write("r", "f", 0, b"lost")), (Unlink(F1, "/a"),), tree()),
        ((s.Open("r", "/a", ("read",)),), (), tree(a=b"one")),
    ],
    ids=[
        "create over",
        "rename",
        "link and unlink",
        "link",
        "extend",
        "cut, by an open file",
        "append to an open file",
        "write to an unlinked file",
        "open to read",
    ],
)
def test_events_change_the_directory_and_are_recorded(
    steps: tuple[Step, ...], changes: tuple[Change, ...], there: Tree
) -> None:
    """The tree is that of POSIX, and the log holds what records the events."""
    branch, before = start().ops(Create("/a"), (Write(F1, 0, 3), b"one"))
    behind, content = branch.ops(*changes)
    world, seen = executed(
        START, s.Create("r", "/a", "f"), s.Write("r", "f", 0, b"one"), *steps, s.Commit("r")
    )
    assert seen[-2].tree == there
    assert seen[-1] == committed_at(behind, 0, len(before + content))
    assert content_of(world) == before + content


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (s.Create("r", "a"), "refused: RecordingRefused NO_PATH"),
        (s.Create("r", "/a/b"), "refused: RecordingRefused NOT_DIRECTORY"),
        (s.Open("r", "/b", ("read",)), "refused: RecordingRefused NOT_FOUND"),
        (s.Open("r", "/a", ("write", "create", "exclusive")), "refused: RecordingRefused EXISTS"),
        (s.Write("r", "/a", -1, b"x"), "refused: RecordingRefused NEGATIVE"),
        (s.Truncate("r", "/a", -1), "refused: RecordingRefused NEGATIVE"),
        (s.Unlink("r", "/b"), "refused: RecordingRefused NOT_FOUND"),
        (s.Link("r", "/a", "/IDENTITY"), "refused: RecordingRefused PROPERTY"),
    ],
    ids=lambda value: value.do if isinstance(value, StepBase) else "",
)
def test_an_event_that_is_refused_changes_nothing(step: Step, outcome: str) -> None:
    """It says why, and recorder and directory are as they were."""
    branch, _ = start().ops(Create("/a"))
    world, _ = executed(START, s.Create("r", "/a"))
    after, seen = execute(world, step)
    assert after == world
    assert seen == Observation(
        outcome, branch.next_seq_no, branch.next_checksum, 1, tree=tree(a=b"")
    )


def test_the_queue_of_who_dies_is_lost_and_what_landed_stays() -> None:
    """And it does nothing more."""
    branch, create = start().ops(Create("/a"))
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.Commit("r"),
        s.Create("r", "/b"),
        s.Die("r"),
        s.Commit("r"),
        s.Play("p", log=LOG),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
    )
    assert seen[4:6] == [Observation(DONE), Observation(IMPOSSIBLE)]
    assert content_of(world) == create
    assert seen[-1] == player_at(branch, "complete", tree(a=b""))


@pytest.mark.clause("THM-3")
def test_an_append_that_lands_again_changes_nothing_for_players() -> None:
    """It is in the log twice, and its operations are in the branch once."""
    branch, create = start().ops(Create("/a"))
    behind, write = branch.ops((Write(F1, 0, 1), b"x"))
    steps = (
        START,
        s.Create("r", "/a"),
        s.Write("r", "/a", 0, b"x"),
        s.Commit("r"),
        s.AppendAgain("r", 1),
        s.AppendAgain("r"),
    )
    world, seen = executed(*steps, s.TakeHints("r", "h"), *played("p", "h"))
    length = len(create + write)
    assert seen[4:6] == [
        Observation(DONE, head=length + len(create)),
        Observation(DONE, head=2 * length),
    ]
    assert content_of(world) == (create + write) * 2
    assert seen[-1] == player_at(behind, "complete", tree(a=b"x"))


def test_hints_commit_what_is_queued_and_are_those_of_the_recorder() -> None:
    """What is seen of them is their JSON."""
    branch, content = start().ops(Create("/a"))
    world, seen = executed(START, s.Create("r", "/a"), s.TakeHints("r", "h"))
    assert content_of(world) == content
    told = seen[-1].hints
    assert told is not None
    assert hints_from_json(told) == world.hints["h"].hints
    assert [node.fnode for node in world.hints["h"].hints.live_nodes] == [1]
    assert (seen[-1].next_seq_no, seen[-1].queued) == (branch.next_seq_no, 0)
    assert seen[-1].tree == tree(a=b"")


def test_raw_bytes_land_and_are_skipped() -> None:
    """As often as the step says. They are in no branch."""
    branch, create = start().ops(Create("/a"))
    junk = MAGIC + b"\xff\xff\xff\x7f"
    world, seen = executed(
        START,
        s.AppendRaw(LOG, junk, 3),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.AppendRaw(LOG, junk),
        *played("p", "h"),
    )
    assert seen[1] == Observation(DONE, head=3 * len(junk))
    assert seen[4] == Observation(DONE, head=4 * len(junk) + len(create))
    assert content_of(world) == junk * 3 + create + junk
    assert seen[-1] == player_at(branch, "complete", tree(a=b""))


# Players


def test_a_player_stops_where_it_is_told() -> None:
    """At the head, at its handoff's append, at the end; and each time it shows where it is."""
    branch, _ = start().ops(Create("/a"))
    wrote, _ = branch.ops((Write(F1, 0, 1), b"x"))
    _, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.Advance("p", "head"),
        s.Write("r", "/a", 0, b"x"),
        s.Commit("r"),
        s.InjectHandoff("p", 7),
        s.Advance("p", "append"),
        s.Advance("p", "append"),
        s.Advance("p"),
    )
    assert seen[3:5] == [player_at(start(), "reading"), player_at(branch, "tailing")]
    assert seen[8:10] == [player_at(wrote, "appending")] * 2
    assert seen[10] == player_at(wrote.by(7).op()[0], "complete", tree(a=b"x"))


def test_a_player_of_a_log_without_hints_plays_it_from_its_beginning() -> None:
    """A log that is empty comes to an empty directory."""
    _, seen = executed(s.Play("p", log=LOG), s.FinishAtWriteHead("p"), s.Advance("p"))
    assert seen[0] == player_at(start(), "reading")
    assert seen[-1] == player_at(start(), "complete", tree())


def test_a_player_is_given_up_to_one_recorder_with_the_tree_that_it_built() -> None:
    """The recorder goes on at the end of the branch, with the files and their links."""
    branch, _ = start().ops(Create("/a"), Link(F1, "/b"))
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.Link("r", "/a", "/b"),
        s.TakeHints("r", "h"),
        *played("p", "h"),
        s.StartRecorder("r2", LOG, 2, "p"),
        s.StartRecorder("r3", LOG, 3, "p"),
    )
    there = tree(("/a", "/b"), a=b"", b=b"")
    assert seen[-2] == recorder_at(branch, 0, there)
    assert seen[-1] == Observation(IMPOSSIBLE)
    assert world.players["p"].recorder == "r2"


# Several of them


@pytest.mark.clause("HOF-6")
def test_takeover_by_handoff() -> None:
    """The next recorder goes on behind its handoff, with its fence; who plays its hints gets its
    tree, and the former recorder's later append is in no branch.
    """
    one, create = start().ops(Create("/a"))
    handed, no_op = one.by(2).op()
    two, write = handed.ops((Write(F1, 0, 3), b"two"))
    _, late = one.ops((Write(F1, 0, 4), b"late"))
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p"),
        s.StartRecorder("r2", LOG, 2, "p"),
        s.Write("r2", "/a", 0, b"two"),
        s.Commit("r2"),
        s.Write("r", "/a", 0, b"late"),
        s.Commit("r"),
        s.TakeHints("r2", "h2"),
        *played("p2", "h2"),
        *played("p3", "h"),
    )
    assert seen[5] == player_at(handed, "complete", tree(a=b""))
    assert seen[6] == recorder_at(handed, 0, tree(a=b""))
    assert seen[8] == committed_at(two, 0, len(create + no_op + write))
    assert seen[10].outcome == DONE
    assert content_of(world) == create + no_op + write + late
    assert world.log(LOG).registers == LabelSet.of("author", Author(2).fence())
    assert seen[14] == seen[17] == player_at(two, "complete", tree(a=b"two"))


def test_a_zombie_that_checks_registers_is_fenced() -> None:
    """Its append doesn't land, it knows, and does nothing any more."""
    one, create = start().ops(Create("/a"))
    handed, no_op = one.by(2).op()
    world, seen = executed(
        s.StartRecorder("r", LOG, 1),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p"),
        s.Write("r", "/a", 0, b"late"),
        s.Write("r", "/a", 0, b"later"),
        s.Commit("r", 1),
        s.Commit("r"),
        s.Create("r", "/b"),
        s.AppendAgain("r"),
        s.TakeHints("r", "h2"),
        *played("p2", "h"),
    )
    assert seen[6].outcome == DONE
    assert seen[8:13] == [Observation(FENCED)] * 5
    assert "h2" not in world.hints
    assert content_of(world) == create + no_op
    assert seen[-1] == player_at(handed, "complete", tree(a=b""))


def test_who_is_fenced_when_it_is_asked_for_hints_gives_none() -> None:
    """The queue is committed first, and that fails."""
    world, seen = executed(
        s.StartRecorder("r", LOG, 1),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p"),
        s.Create("r", "/b"),
        s.TakeHints("r", "h2"),
    )
    assert seen[-1] == Observation(FENCED)
    assert list(world.hints) == ["h"]


@pytest.mark.clause("THM-4")
def test_who_goes_on_from_the_hints_of_a_zombie_misleads() -> None:
    """``r`` set a property after ``r2`` had taken its log over, and didn't know. ``r3`` starts on
    what its hints lead to, and what comes of ``r3``'s part of the branch is not decided.
    """
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        *played("p", "h"),
        s.StartRecorder("r2", LOG, 2, "p", check_registers=False),
        s.Create("r2", "/b"),
        s.Commit("r2"),
        s.Create("r", "/tmp"),
        s.Rename("r", "/tmp", "/IDENTITY"),
        s.TakeHints("r", "zombie"),
        *played("p2", "zombie"),
    )
    assert {observation.outcome for observation in seen} == {DONE}
    assert seen[-1].tree == tree(a=b"", b=b"", IDENTITY=b"")
    found = world.truth("p2")
    assert (found.misleads, found.misled) == (True, False)
    assert found.undecided == {"/IDENTITY"}
    assert not world.truth("p").misleads
    world, _ = executed(
        s.StartRecorder("r3", LOG, 3, "p2", check_registers=False),
        s.Create("r3", "/c"),
        s.TakeHints("r3", "h3"),
        *played("p3", "h3"),
        *played("p4", "h"),
        world=world,
    )
    assert world.truth("p3").misled
    assert world.truth("p4").misled


def test_an_append_of_a_fenced_recorder_does_not_land_again() -> None:
    """A retry is checked as its first try was; the recorder is told nothing by it."""
    _, seen = executed(
        s.StartRecorder("r", LOG, 1),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p"),
        s.AppendAgain("r"),
        s.Create("r", "/b"),
    )
    assert seen[-2] == Observation(FENCED)
    assert (seen[-1].outcome, seen[-1].queued) == (DONE, 1)


def test_a_lost_race_is_played_and_the_handoff_tried_again() -> None:
    """The former recorder's append lands just before the handoff: it is in the branch, and the
    handoff that lost is not.
    """
    one, create = start().ops(Create("/a"))
    raced, race = one.ops((Write(F1, 0, 4), b"race"))
    _, lost = one.by(2).op()
    handed, no_op = raced.by(2).op()
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p", "append"),
        s.Write("r", "/a", 0, b"race"),
        s.Commit("r"),
        s.Advance("p"),
    )
    assert seen[5] == player_at(one, "appending")
    assert seen[8] == player_at(handed, "complete", tree(a=b"race"))
    assert content_of(world) == create + race + lost + no_op
    assert world.truth("p").tree == Snapshot.of([("/a", b"race")])


def test_a_recorder_moves_to_another_log() -> None:
    """A no-op with its fence comes first there, and its hints lead through both logs."""
    one, create = start().ops(Create("/a"))
    moved, no_op = one.by(2).op()
    two, write = moved.ops((Write(F1, 0, 3), b"two"))
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        *played("p", "h"),
        s.StartRecorder("r2", NEXT, 2, "p"),
        s.Commit("r2"),
        s.Write("r2", "/a", 0, b"two"),
        s.TakeHints("r2", "h2"),
        *played("p2", "h2"),
    )
    assert seen[6] == recorder_at(moved, 1, tree(a=b""))
    assert seen[7] == committed_at(moved, 0, len(no_op))
    assert (content_of(world), content_of(world, NEXT)) == (create, no_op + write)
    assert world.log(NEXT).registers == LabelSet.of("author", Author(2).fence())
    assert world.hints["h2"].hints.logs() == (LOG, NEXT)
    assert seen[-1] == player_at(two, "complete", tree(a=b"two"))


def test_a_revision_of_one_log_refuses_a_move() -> None:
    """And there is no such recorder then."""
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        *played("p", "h"),
        s.StartRecorder("r2", NEXT, 2, "p"),
        s.Create("r2", "/b"),
        world=World(JUNE_2020),
    )
    assert seen[-2] == Observation("refused: RecordingRefused CANNOT_MOVE")
    assert seen[-1] == Observation(IMPOSSIBLE)
    assert "r2" not in world.recorders


def test_a_pruned_log_plays_from_newer_hints_and_not_from_its_beginning() -> None:
    """What is rolled and ends before the offset is gone."""
    one, create = start().ops(Create("/a"))
    two, rest = one.ops(Create("/b"), Unlink(F1, "/a"))
    steps = (
        START,
        s.Create("r", "/a"),
        s.Commit("r"),
        s.Roll(LOG),
        s.Create("r", "/b"),
        s.Unlink("r", "/a"),
        s.TakeHints("r", "h"),
    )
    world, _ = executed(*steps)
    same, seen = executed(s.Prune(LOG, len(create) - 1), world=world)
    assert (same, seen) == (world, [Observation(DONE)])
    world, seen = executed(
        s.Prune(LOG, len(create)),
        *played("p", "h"),
        s.Play("p2", log=LOG),
        s.FinishAtWriteHead("p2"),
        s.Advance("p2"),
        world=world,
    )
    assert content_of(world) == rest
    assert seen[3] == player_at(two, "complete", tree(b=b""))
    assert seen[-1] == player_at(start(), "failed: HoleInLog")
    request = world.players["p2"].progress.request
    assert isinstance(request, Failed)
    assert isinstance(request.error, HoleInLog)
    assert (request.error.first_offset, request.error.last_offset) == (0, len(create))


def test_no_step_changes_the_world_before_it() -> None:
    """A world is a value: what was executed from it once can be executed from it again."""
    world, _ = executed(START, s.Create("r", "/a"))
    one, two = executed(s.Commit("r"), world=world), executed(s.Die("r"), world=world)
    assert executed(s.Commit("r"), world=world) == one != two
    assert world == executed(START, s.Create("r", "/a"))[0]


def test_hints_that_can_not_be_played_are_refused() -> None:
    """A revision that has one log doesn't take hints of several; no player is made."""
    steps = (
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        *played("p", "h"),
        s.StartRecorder("r2", NEXT, 2, "p"),
        s.Write("r2", "/a", 0, b"two"),
        s.TakeHints("r2", "h2"),
    )
    world, _ = executed(*steps)
    older = World(JUNE_2020, logs=world.logs, hints=world.hints)
    after, seen = execute(older, s.Play("p2", "h2"))
    assert (after, seen) == (older, Observation("refused: InvalidHints ONE_LOG"))


def test_a_property_that_is_open_is_no_file_to_write() -> None:
    """It can be opened to be read, under a name; what writes or cuts that is impossible."""
    _, seen = executed(
        START,
        s.Create("r", "/i"),
        s.Rename("r", "/i", "/IDENTITY"),
        s.Open("r", "/IDENTITY", ("read",), "f"),
        s.Write("r", "f", 0, b"x"),
        s.Truncate("r", "f", 0),
    )
    assert [one.outcome for one in seen[3:]] == [DONE, "impossible", "impossible"]


def test_flags_for_which_posix_says_nothing_are_impossible() -> None:
    """The kernel does something, and no two of them the same."""
    _, seen = executed(START, s.Create("r", "/a"), s.Open("r", "/a", ("read", "truncate"), "f"))
    assert seen[-1] == Observation("impossible")
