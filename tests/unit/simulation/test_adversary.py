"""What the adversary can do to a world: appends that land late, twice, or in part; holes; hints of
players. The truth of each is told by hand."""

from __future__ import annotations

import pytest

from rlog_model import scenario as s
from rlog_model.hints_json import hints_from_json
from rlog_model.play_error import HoleInLog
from rlog_model.play_messages import Failed
from rlog_model.scenario import Step
from rlog_model.simulation.recorders import first_frame
from rlog_model.simulation.state import World
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation
from tests.unit.simulation.executing import executed

LOG = "a/log"
START = s.StartRecorder("r", LOG, 1, check_registers=False)
TAKEOVER = (
    START,
    s.Create("r", "/a"),
    s.TakeHints("r", "h"),
    s.Play("p", "h"),
    s.InjectHandoff("p", 2),
    s.Advance("p"),
)


def paths_played(world: World, hints: str, player: str = "last") -> list[str]:
    """The paths that a player of ``hints`` builds, which is what the truth says."""
    world, seen = executed(
        s.Play(player, hints), s.FinishAtWriteHead(player), s.Advance(player), world=world
    )
    assert seen[-1].status == "complete"
    assert seen[-1].tree is not None
    truth = world.truth(player)
    assert not truth.misled
    assert sorted(seen[-1].tree["files"]) == [path for path, _ in truth.tree.files]
    return sorted(seen[-1].tree["files"])


def test_what_was_in_flight_lands_after_a_death_and_no_more() -> None:
    world, _ = executed(
        START,
        *[s.Create("r", path) for path in ("/a", "/b", "/c", "/d")],
        s.Commit("r", 1),
        s.Die("r", in_flight=2),
    )
    late, seen = executed(s.Commit("r", 1), s.Commit("r"), s.Commit("r"), world=world)
    assert [o.outcome for o in seen] == [DONE, DONE, IMPOSSIBLE]
    assert seen[0].next_seq_no is None
    assert seen[1].head == late.log(LOG).head > world.log(LOG).head
    assert [len(late.recorders["r"].landed), len(late.recorders["r"].queue)] == [3, 0]
    assert (
        executed(s.Create("r", "/e"), s.Die("r"), world=world)[1] == [Observation(IMPOSSIBLE)] * 2
    )


def test_what_is_in_flight_is_fenced_as_any_append_is() -> None:
    world, _ = executed(
        s.StartRecorder("r", LOG, 1),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Create("r", "/b"),
        s.Die("r", 1),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p"),
    )
    assert executed(s.Commit("r"), world=world)[1] == [Observation(FENCED)]
    assert executed(s.Commit("r"), s.Commit("r"), world=world)[1][1].outcome == IMPOSSIBLE


def test_an_append_of_the_dead_lands_again() -> None:
    world, _ = executed(
        START, s.Create("r", "/a"), s.Commit("r"), s.TakeHints("r", "h"), s.Die("r")
    )
    before = world.log(LOG).head
    world, seen = executed(s.AppendAgain("r"), s.AppendAgain("r", 1), world=world)
    assert seen == [Observation(DONE, head=2 * before), Observation(IMPOSSIBLE)]
    assert paths_played(world, "h") == ["/a"]


@pytest.mark.parametrize("size", [1, 4, 8, 12])
def test_a_torn_append_at_the_head_is_no_operation(size: int) -> None:
    """Its bytes are there, the append waits on, and a play ends before them."""
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Create("r", "/b"),
        s.AppendTorn("r", size),
    )
    assert seen[-1] == Observation(DONE, head=world.log(LOG).head)
    assert len(world.recorders["r"].queue) == 1
    assert paths_played(world, "h") == ["/a"]


def test_what_follows_a_torn_append_is_not_decided() -> None:
    """Since the following bytes can be read as the rest of it, no truth can be told."""
    world, _ = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Create("r", "/b"),
        s.AppendTorn("r", 12),
        s.AppendTorn("r", 9),
        s.Commit("r"),
        s.Play("p", "h"),
    )
    assert world.truth("p").misled
    assert world.torn[LOG] < world.log(LOG).head


def test_only_less_than_a_frame_can_be_torn() -> None:
    world, _ = executed(START, s.Create("r", "/a"), s.Link("r", "/a", "/b"))
    size = first_frame(world.recorders["r"].queue[0].content)
    steps = [s.AppendTorn("r", size - 1), *[s.AppendTorn("r", n) for n in (size, 0, -1)]]
    seen = [executed(step, world=world)[1][0].outcome for step in steps]
    assert seen == [DONE, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE]
    assert executed(START, s.AppendTorn("r", 1))[1][-1] == Observation(IMPOSSIBLE)


def test_a_torn_append_asks_for_the_registers_of_the_whole() -> None:
    _, seen = executed(
        s.StartRecorder("r", LOG, 1), *TAKEOVER[1:], s.Create("r", "/b"), s.AppendTorn("r", 9)
    )
    assert seen[-1] == Observation(FENCED)


def test_a_handoff_that_lands_again_changes_nothing_for_players() -> None:
    world, _ = executed(
        *TAKEOVER,
        s.StartRecorder("r2", LOG, 2, "p"),
        s.Create("r2", "/b"),
        s.Commit("r2"),
    )
    world, seen = executed(s.HandoffAgain("p"), s.TakeHints("r2", "h2"), world=world)
    assert seen[0].head is not None
    assert paths_played(world, "h2") == ["/a", "/b"]


def test_who_has_not_handed_off_does_not_do_it_again() -> None:
    world, _ = executed(*TAKEOVER[:-1], s.Advance("p", "append"))
    assert executed(s.HandoffAgain("p"), world=world)[1] == [Observation(IMPOSSIBLE)]
    assert executed(s.HandoffAgain("q"), world=world)[1] == [Observation(IMPOSSIBLE)]


def test_hints_of_a_player_lead_to_what_it_has_and_say_where_everything_is() -> None:
    """From one that tails, and from one that is complete, whatever became of it since."""
    world, seen = executed(
        START,
        s.Create("r", "/a"),
        s.Create("r", "/b"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.TakePlayerHints("p", "too-early"),
        s.Advance("p", "head"),
        s.TakePlayerHints("p", "tailing"),
        s.TakePlayerHints("p", "tailing"),
        s.Unlink("r", "/a"),
        s.Commit("r"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
        s.StartRecorder("r2", LOG, 2, "p"),
        s.Create("r2", "/c"),
        s.TakePlayerHints("p", "complete"),
    )
    assert [seen[i].outcome for i in (5, 7, 8, 15)] == [IMPOSSIBLE, DONE, IMPOSSIBLE, DONE]
    assert seen[15].tree is None
    assert seen[7].hints is not None
    nodes = hints_from_json(seen[7].hints).live_nodes
    assert [len(node.segments) for node in nodes] == [1, 1]
    assert all(segment.last_offset > 0 for node in nodes for segment in node.segments)
    assert nodes[0].segments[0].last_offset == nodes[1].segments[0].first_offset
    assert paths_played(world, "tailing", "one") == ["/b"]
    assert paths_played(world, "complete", "two") == ["/b"]


def test_a_player_that_tracks_nothing_gives_hints_only_from_the_beginning() -> None:
    """Else a player of them would have to look in what may be deleted."""
    steps = (START, s.Create("r", "/a"), s.Create("r", "/b"), s.Unlink("r", "/a"))
    rest = (
        s.Unlink("r", "/b"),
        s.Commit("r"),
        s.Play("p", "h"),
        s.Advance("p", "head"),
        s.TakePlayerHints("p", "h2"),
    )
    _, seen = executed(*steps, s.TakeHints("r", "h"), *rest)
    assert seen[-1].outcome == "refused: InvalidHints NO_LIVE_FILE"
    _, seen = executed(s.StartRecorder("r", LOG, 1), s.TakeHints("r", "h"), *steps[1:], *rest)
    assert seen[-1].outcome == DONE


def test_a_player_that_failed_gives_no_hints() -> None:
    _, seen = executed(
        START,
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Roll(LOG),
        s.Prune(LOG, 1 << 40),
        s.Play("p", "h"),
        s.Advance("p"),
        s.TakePlayerHints("p", "h2"),
    )
    assert seen[-2].status == "failed: HoleInLog"
    assert seen[-1] == Observation(IMPOSSIBLE)


def test_a_hole_between_hinted_segments_is_passed_and_one_behind_them_is_not() -> None:
    """What hints don't need may be gone; what comes behind the last of them may not."""
    steps: list[Step] = [START]
    for path in ("/a", "/b", "/c"):
        steps += [s.Create("r", path), s.Commit("r"), s.Roll(LOG)]
    steps += [s.Unlink("r", "/b"), s.Write("r", "/c", 0, b"x"), s.Commit("r"), s.Roll(LOG)]
    world, _ = executed(*steps, s.Create("r", "/d"), s.Commit("r"), s.Roll(LOG))
    fragments = world.log(LOG).fragments
    # Who has read all of it has hints that say where each segment ends.
    world, _ = executed(s.Play("p", log=LOG), s.Advance("p", "head"), world=world)
    world, _ = executed(s.TakePlayerHints("p", "h"), world=world)
    second, fifth = fragments[1], fragments[4]
    hole, _ = executed(s.Prune(LOG, second.end, second.begin), world=world)
    assert [f.begin for f in hole.log(LOG).fragments] == [f.begin for f in fragments if f != second]
    assert paths_played(hole, "h") == ["/a", "/c", "/d"]

    lost, _ = executed(s.Prune(LOG, fifth.end, fifth.begin), world=world)
    lost, seen = executed(s.Play("q", "h"), s.Advance("q"), world=lost)
    request = lost.players["q"].progress.request
    assert isinstance(request, Failed)
    assert isinstance(request.error, HoleInLog)
    assert seen[-1].status == "failed: HoleInLog"


def test_a_log_tells_what_it_has() -> None:
    world, _ = executed(
        s.AppendRaw(LOG, b"abc"), s.Roll(LOG), s.AppendRaw(LOG, b"def"), s.Roll(LOG)
    )
    world, _ = executed(s.AppendRaw(LOG, b"ghi"), world=world)
    whole = world.log(LOG)
    assert whole.has(0, 9)
    assert whole.has(0, 1 << 63)
    holed = whole.prune(6, 3)
    kept = [(0, 3), (6, 9), (6, 1 << 63), (1, 2), (9, 1 << 63)]
    assert all(holed.has(*span) for span in kept)
    assert not any(holed.has(*span) for span in [(0, 4), (3, 6), (5, 9), (0, 9)])


def test_hints_of_a_player_that_is_misled_mislead() -> None:
    """What a zombie's hints led to is passed on by the hints of their player."""
    world, _ = executed(
        START,
        s.Create("r", "/z"),
        s.Create("r", "/a"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        s.InjectHandoff("p", 2),
        s.Advance("p"),
        s.Unlink("r", "/z"),
        s.TakeHints("r", "zombie"),
        s.Play("q", "zombie"),
        s.Advance("q", "head"),
        s.TakePlayerHints("q", "h2"),
    )
    assert world.truth("q").misleads
    assert world.hints["h2"].misleads
    assert not world.hints["h"].misleads
