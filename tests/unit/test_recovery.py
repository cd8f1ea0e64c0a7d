"""How a play ends without the files: ``spec/recovery.md``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import attrs
import pytest

from rlog_model.framing import frame
from rlog_model.hints import FSMHints, HintRule, InvalidHints
from rlog_model.identity import MAX_INT64, Author, Fnode
from rlog_model.journal.memory import MemoryStore
from rlog_model.operation import Create, Property, RecordedOp, Unlink, Write
from rlog_model.play_error import (
    BranchFull,
    HintsBeyondHead,
    HintsNotPlayed,
    HintsRemain,
    HoleInLog,
    LogEndsEarly,
    PlayError,
    UnplayablePath,
    UnplayableTree,
    UnplayableWrite,
)
from rlog_model.play_messages import (
    Append,
    AskHead,
    AtHead,
    Bytes,
    FinishAtWriteHead,
    Head,
    InjectHandoff,
)
from rlog_model.playback import Playback
from rlog_model.player import PlayCancelled, Player, SecondWish
from rlog_model.staging import TargetNotEmpty
from rlog_model.wire import encode_op
from tests.branches import start
from tests.unit.test_playback import LOG, World, hints_of, play, same, segment

F1 = Fnode(1)
SPEC = Path(__file__).parents[2] / "spec" / "recovery.md"


@pytest.mark.clause("RCV-3")
def test_the_errors_are_those_of_the_table() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (PLAY-\d+) \|", SPEC.read_text("utf-8"), re.MULTILINE
    )
    told = {name: (tuple(re.findall(r"\w+", fields)), rule) for name, fields, rule in rows}
    assert told == {
        error.__name__: (tuple(inspect.signature(error).parameters), error.rule)
        for error in PlayError.__subclasses__()
    }


@pytest.mark.clause("RCV-1")
@pytest.mark.parametrize("fails", [False, True])
def test_a_play_that_has_ended_takes_nothing_more(fails: bool) -> None:
    _, log = start().ops(Create("/a/" if fails else "/a"))
    world = play(log)
    assert world.progress.playback.done
    for event in (InjectHandoff(Author(7)), FinishAtWriteHead(), Head(LOG, 99), AtHead()):
        with pytest.raises(ValueError, match="doesn't answer"):
            world.tell(event)


@pytest.mark.clause("RCV-2")
def test_hints_are_refused_before_anything_is_asked_or_made(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"")
    store = MemoryStore()

    def opened(log: str) -> None:
        raise AssertionError(f"{log} was asked for")

    store.open = opened  # type: ignore[method-assign, assignment]
    with pytest.raises(InvalidHints) as refused:
        Player(FSMHints(""), tmp_path, store).play()
    assert refused.value.rule is HintRule.NO_LOG
    with pytest.raises(TargetNotEmpty):
        Player(FSMHints(LOG), tmp_path, store).play()
    assert [file.name for file in tmp_path.iterdir()] == ["there"]


@pytest.mark.clause("RCV-4")
def test_an_error_names_the_log_that_is_read_and_segments_with_theirs() -> None:
    one, first = start().ops(Create("/a"))
    two, second = one.ops(None, (Write(F1, 0, 1), b"x"))
    here = segment(1, 1, 0, 0, len(first), "b/log")
    gone = segment(2, 4, one.next_checksum, 0)
    world = World(Playback.start(hints_of((1, (here, gone)))), {LOG: second, "b/log": first})
    error = world.run().error
    in_set = attrs.evolve(gone, log=LOG)
    # Operations 2 and 3 were found, and 4 is not there.
    expected = HintsRemain(LOG, in_set, 4, two.next_checksum, len(second))
    assert same(error, expected)

    hole = World(Playback.start(hints_of((1, (here, gone)))), {LOG: second, "b/log": first})
    hole.holes["b/log"] = len(first)
    assert same(hole.run().error, HoleInLog("b/log", 0, len(first), 1))


@pytest.mark.clause("RCV-5")
def test_hints_beyond_a_head_come_before_all_else() -> None:
    _, first = start().ops(Create("/a"))
    near, far = segment(1, 1, 0, 0, 99, "b/log"), segment(2, 2, 0, 500, 600)
    world = World(Playback.start(hints_of((1, (near, far)))), {LOG: b"", "b/log": first})
    error = world.run().error
    assert isinstance(error, HintsBeyondHead)
    # Both logs are too short, and only the first one was asked.
    assert (error.log, error.segment) == ("b/log", near)
    assert world.asked[:-1] == [AskHead("b/log")]


@pytest.mark.clause("RCV-5")
def test_what_is_earlier_in_the_log_comes_first() -> None:
    one, log = start().ops(Create("/a"))
    _, bad = one.ops((Write(F1, -1, 1), b"x"))
    # The write can't be made; its last byte, which was not told yet, may be in a hole.
    world = World(Playback.start(FSMHints(LOG)), {LOG: log + bad})
    world.tell(Head(LOG, 1000))
    world.tell(Bytes(0, log + bad[:-1]))
    assert same(world.error, UnplayableWrite(LOG, len(log), 1, -1))

    before = World(Playback.start(FSMHints(LOG)), {LOG: log + bad})
    before.tell(Head(LOG, 1000))
    before.tell(Bytes(len(log), bad))
    assert same(before.error, HoleInLog(LOG, 0, len(log), 1))


@pytest.mark.clause("RCV-5")
def test_a_log_that_ends_early_comes_before_hints_that_remain() -> None:
    _, log = start().ops(Create("/a"))
    hints = hints_of((1, (segment(1, 2, 0, 0),)))
    world = World(Playback.start(hints), {LOG: log})
    world.tell(Head(LOG, len(log) + 5))
    world.tell(Bytes(0, log))
    world.tell(AtHead())
    assert same(world.error, LogEndsEarly(LOG, len(log), len(log) + 5))


@pytest.mark.clause("RCV-5")
def test_a_full_branch_comes_before_a_path_and_a_path_before_a_tree() -> None:
    payload = encode_op(RecordedOp(MAX_INT64, 0, Author(1), Create("/a/")))
    hints = hints_of((MAX_INT64, (segment(MAX_INT64, MAX_INT64, 0, 0),)))
    full = play(frame(payload), hints, InjectHandoff(Author(7)))
    assert same(full.error, BranchFull(LOG))

    _, log = start().ops(Create("/a"), Create("/a/b"), Create("/c/"))
    assert same(play(log).error, UnplayablePath(LOG, "/c/"))
    _, log = start().ops(Create("/a"), Create("/a/b"))
    assert same(play(log).error, UnplayableTree(LOG, "/a", "/a/b"))


@pytest.mark.clause("RCV-6", "RCV-1")
def test_a_handoff_lands_also_where_no_directory_can_hold_the_tree(tmp_path: Path) -> None:
    branch, log = start().ops(Create("/a"), Property("/a/b", b""))
    _, no_op = branch.by(7).ops(None)
    store = MemoryStore()
    journal = store.open(LOG)
    journal.append(log)
    player = Player(FSMHints(LOG), tmp_path / "played", store)
    player.inject_handoff(Author(7))
    with pytest.raises(UnplayableTree):
        player.play()
    assert journal.read(len(log)).content == no_op
    assert journal.registers().values("author") == (Author(7).fence(),)
    assert not (tmp_path / "played").exists()


@pytest.mark.clause("RCV-7")
def test_the_same_play_fails_in_the_same_way_and_other_hints_may_not() -> None:
    one, first = start().ops(Create("/a"), Create("/b"), Unlink(F1, "/a"))
    two, second = one.ops((Write(Fnode(2), 0, 1), b"x"))
    begin = len(start().ops(Create("/a"))[1])
    middle = start().ops(Create("/a"))[0]
    older = FSMHints(LOG)
    newer = hints_of((2, (segment(2, 4, middle.next_checksum, begin),)))
    errors = [play(first + second, older, hole=begin).error for _ in range(2)]
    assert all(same(error, HoleInLog(LOG, 0, begin, 1)) for error in errors)
    assert play(first + second, newer, hole=begin).fsm.next_checksum == two.next_checksum


@pytest.mark.clause("RCV-7")
def test_a_play_is_complete_once_the_path_is_gone() -> None:
    branch, log = start().ops(Create("/a/"))
    assert isinstance(play(log).error, UnplayablePath)
    _, more = branch.ops(Unlink(F1, "/a/"))
    assert play(log + more).fsm.links.get("/a/") is None


@pytest.mark.clause("RCV-7")
def test_a_full_branch_can_be_finished_at_the_write_head() -> None:
    payload = encode_op(RecordedOp(MAX_INT64, 0, Author(1), Create("/a")))
    hints = hints_of((MAX_INT64, (segment(MAX_INT64, MAX_INT64, 0, 0),)))
    assert play(frame(payload), hints).fsm.links["/a"] == MAX_INT64


@pytest.mark.clause("RCV-8")
def test_what_is_not_in_the_log_is_no_error_of_the_play(tmp_path: Path) -> None:
    _, log = start().ops(Create("/a"))
    store = MemoryStore()
    store.open(LOG).append(log)
    cancelled = Player(FSMHints(LOG), tmp_path / "played", store)
    cancelled.cancel()
    with pytest.raises(PlayCancelled) as ended:
        cancelled.play()
    assert not isinstance(ended.value, PlayError)
    again = Player(FSMHints(LOG), tmp_path / "played", store)
    again.finish_at_write_head()
    assert again.play().links["/a"] == F1


@pytest.mark.clause("RCV-9")
def test_what_is_refused_ends_nothing(tmp_path: Path) -> None:
    branch, log = start().ops(Create("/a"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    before = world.progress
    with pytest.raises(HintsNotPlayed):
        world.progress.playback.build_hints()
    with pytest.raises(ValueError, match="doesn't answer"):
        world.tell(Head("b/log", 0))
    assert world.progress is before
    world.tell(FinishAtWriteHead())
    with pytest.raises(ValueError, match="doesn't answer"):
        world.tell(FinishAtWriteHead())
    assert world.run().fsm.next_checksum == branch.next_checksum
    assert Append not in {type(asked) for asked in world.asked}

    store = MemoryStore()
    store.open(LOG).append(log)
    player = Player(FSMHints(LOG), tmp_path / "played", store)
    player.finish_at_write_head()
    with pytest.raises(SecondWish):
        player.inject_handoff(Author(7))
    assert player.play().links["/a"] == F1
