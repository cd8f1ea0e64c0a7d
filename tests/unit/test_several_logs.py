"""Branches that span several logs: ``spec/logs.md``."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.needs import Needs
from rlog_model.operation import Create, Unlink, Write
from rlog_model.play_error import HoleInLog
from rlog_model.play_messages import Append, AskHead, InjectHandoff, Offered, Read
from rlog_model.playback import Playback
from rlog_model.player import Player
from rlog_model.recorder import Recorder
from rlog_model.segment import Segment
from tests.branches import Branch, start
from tests.unit.test_playback import LOG, World, hints_of, segment

FORMER = "b/log"
F2 = Fnode(2)


def moved() -> tuple[Branch, dict[str, bytes], FSMHints, int]:
    """A branch that has moved, its logs, hints, and where they begin in the former log."""
    before, useless = start().ops(Create("/gone"))
    left, first = before.ops(Create("/a"), Unlink(Fnode(1), "/gone"), (Write(F2, 0, 1), b"a"))
    _, rest = left.ops((Write(F2, 0, 1), b"z"))
    end, second = left.by(2).ops(None, (Write(F2, 1, 1), b"b"))
    begin, behind = len(useless), len(useless + first)
    hints = hints_of(
        (
            2,
            (
                segment(2, 4, before.next_checksum, begin, behind, FORMER),
                Segment(Author(2), 5, 0, left.next_checksum, 6, 0, ""),
            ),
        )
    )
    return end, {FORMER: useless + first + rest, LOG: second}, hints, begin


@pytest.mark.clause("LOG-6")
def test_hints_of_before_a_move_stay_in_the_former_log() -> None:
    _, logs, hints, _ = moved()
    (there, _) = hints.live_nodes[0].segments
    former = hints_of((2, (there,)), log=FORMER)
    world = World(Playback.start(former), logs)
    world.tell(InjectHandoff(Author(9)))
    world.run()
    # The operation behind those that they name, which the branch that moved does not have.
    offered = [r.op for r in world.read if isinstance(r, Offered)]
    assert [(op.seq_no, op.author) for op in offered] == [(2, 1), (3, 1), (4, 1), (5, 1), (6, 9)]
    assert {op.log for op in offered} == {FORMER}


@pytest.mark.clause("LOG-7", "PLAY-1")
def test_behind_the_hints_only_their_own_log_is_asked() -> None:
    end, logs, hints, _ = moved()
    world = World(Playback.start(hints), logs)
    world.tell(InjectHandoff(Author(9)))
    world.run()
    assert world.fsm.next_seq_no == end.next_seq_no + 1
    assert world.asked[:2] == [AskHead(FORMER), AskHead(LOG)]
    kinds = [(type(a), a.log) for a in world.asked[2:] if isinstance(a, AskHead | Read | Append)]
    assert kinds[0] == (Read, FORMER)
    assert {log for _, log in kinds[1:]} == {LOG}
    assert (AskHead, FORMER) not in kinds
    assert (Append, LOG) in kinds


@pytest.mark.clause("LOG-8")
@pytest.mark.parametrize("junk", [b"", b"junk"])
def test_the_rest_of_a_log_that_was_left_is_not_read(junk: bytes) -> None:
    end, logs, hints, _ = moved()
    logs[FORMER] += junk
    world = World(Playback.start(hints), logs)
    world.tell(InjectHandoff(Author(9)))
    world.run()
    told = [(r.op.log, r.op.seq_no) for r in world.read if isinstance(r, Offered)]
    assert told == [(FORMER, 2), (FORMER, 3), (FORMER, 4), (LOG, 5), (LOG, 6), (LOG, 7)]
    assert len(told) == len(world.read)
    assert world.fsm.next_seq_no == end.next_seq_no + 1


@pytest.mark.clause("LOG-9")
def test_what_hints_do_not_need_can_be_deleted() -> None:
    end, logs, hints, begin = moved()
    needs = Needs.of(hints)
    behind = hints.live_nodes[0].segments[0].last_offset
    assert not needs.need(FORMER, 0, begin)
    assert needs.need(FORMER, begin, begin + 1)
    assert needs.need(FORMER, behind - 1, behind)
    assert not needs.need(FORMER, behind, len(logs[FORMER]))
    assert needs.need(LOG, 0, 1)
    assert needs.need(LOG, 1 << 40, 1 << 41)
    assert not needs.need("c/log", 0, 100)
    assert Needs.of(FSMHints(LOG)).need(LOG, 0, 1)

    for hole, complete in ((begin, True), (behind, False)):
        world = World(Playback.start(hints), dict(logs))
        world.holes[FORMER] = hole
        world.tell(InjectHandoff(Author(9)))
        world.run()
        if complete:
            assert world.fsm.next_seq_no == end.next_seq_no + 1
        else:
            assert isinstance(world.error, HoleInLog)


@pytest.mark.clause("LOG-9")
def test_of_a_segment_whose_end_is_known_what_is_behind_goes_on() -> None:
    _, log = start().ops(Create("/a"))
    known = Needs.of(hints_of((1, (segment(1, 1, 0, 0, len(log)),))))
    unknown = Needs.of(hints_of((1, (segment(1, 1, 0, 5),))))
    assert (known.goes_on_at, unknown.goes_on_at) == (len(log), 5)
    assert unknown.need(LOG, 5, 6)
    assert not unknown.need(LOG, 0, 5)


@pytest.mark.clause("LOG-10", "LOG-2")
def test_a_move_fences_the_new_log_and_not_the_former_one(tmp_path: Path) -> None:
    fence = LabelSet.of(FENCE_REGISTER, Author(1).fence())
    _, log = start().ops(Create("/a"))
    with MemoryStore() as store:
        former, new = store.open(FORMER), store.open(LOG)
        former.append(log, union=fence)
        new.append(b"others'", union=fence)
        player = Player(FSMHints(FORMER), tmp_path / "a", store)
        player.finish_at_write_head()
        fsm = player.play()
        recorder = Recorder(LOG, fsm, Author(2), tmp_path / "a", new)
        recorder.close()
        assert new.registers() == LabelSet.of(FENCE_REGISTER, Author(2).fence())
        assert former.registers() == fence
        former.append(b"goes on", check=LabelSelector(include=fence))


@pytest.mark.clause("LOG-8")
def test_a_branch_that_comes_back_passes_over_what_lies_between() -> None:
    one, first = start().ops(Create("/a"))
    two, second = one.by(2).ops(None, (Write(Fnode(1), 0, 1), b"b"))
    _, between = one.ops((Write(Fnode(1), 0, 1), b"z"))
    three, third = two.by(3).ops(None, (Write(Fnode(1), 1, 1), b"c"))
    begin = len(first + between)
    away = evolve(segment(2, 3, one.next_checksum, 0, len(second), FORMER), author=Author(2))
    back = evolve(segment(4, 5, two.next_checksum, begin), author=Author(3))
    hints = hints_of((1, (segment(1, 1, 0, 0, len(first)), away, back)))
    logs = {LOG: first + between + third, FORMER: second}
    world = World(Playback.start(hints), logs)
    world.tell(InjectHandoff(Author(9)))
    world.run()
    told = [r.op.seq_no for r in world.read if isinstance(r, Offered)]
    assert told == [1, 2, 3, 4, 5, 6]
    assert world.fsm.next_seq_no == three.next_seq_no + 1
