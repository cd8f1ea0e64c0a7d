"""Handoffs: races, fences and what is behind them, as ``spec/handoff.md`` says."""

from __future__ import annotations

import pytest

from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import Journal, RegisterMismatch
from rlog_model.operation import Create, Write
from rlog_model.outcome import WrongSeqNo
from rlog_model.play_messages import (
    Append,
    Appended,
    AskHead,
    Complete,
    InjectHandoff,
    Offered,
)
from rlog_model.playback import Playback
from rlog_model.recording import Recording
from tests.branches import Branch, start
from tests.unit.test_playback import LOG, World, hints_of, play, segment

F1 = Fnode(1)
LATE, EARLY = Author(8), Author(7)


def player_at_its_append(log: bytes, author: Author, hints: FSMHints | None = None) -> World:
    """A player which asks for the append of its handoff."""
    world = World(Playback.start(hints or FSMHints(LOG)), {LOG: log})

    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    world.before_append = stop
    world.tell(InjectHandoff(author))
    with pytest.raises(Stop):
        world.run()
    world.before_append = lambda: None
    return world


def asked_append(world: World) -> bytes:
    assert isinstance(world.progress.request, Append)
    return world.progress.request.content


def fence_of(author: Author) -> LabelSet:
    return LabelSet.of(FENCE_REGISTER, author.fence())


def check_of(author: Author) -> LabelSelector:
    return LabelSelector(include=fence_of(author))


@pytest.fixture
def journal() -> Journal:
    return MemoryStore().open(LOG)


@pytest.mark.clause("HOF-7")
def test_a_lost_attempt_is_over_and_a_late_copy_of_it_completes_nothing() -> None:
    one, log = start().ops(Create("/a"))
    two, won = one.ops((Write(F1, 0, 1), b"x"))
    world = player_at_its_append(log, EARLY)
    lost = asked_append(world)
    world.logs[LOG] += won + lost
    world.tell(Appended(len(world.logs[LOG])))
    copies = [lost, b""]

    def lands_again() -> None:
        world.logs[LOG] += copies.pop(0)

    world.before_append = lands_again
    world.run()
    # Heads: of the start, of the first attempt, of the second.
    assert len([asked for asked in world.asked if isinstance(asked, AskHead)]) == 3
    _, no_op = two.by(EARLY).ops(None)
    assert world.logs[LOG] == log + won + lost + lost + no_op
    outcomes = [r.outcome for r in world.read if isinstance(r, Offered)]
    assert outcomes[2:4] == [WrongSeqNo(3, 2), WrongSeqNo(3, 2)]
    assert world.fsm.next_seq_no == 4


@pytest.mark.clause("HOF-8")
@pytest.mark.parametrize("answered", [1, 2])
def test_a_no_op_that_lands_twice_is_applied_once(answered: int) -> None:
    _, log = start().ops(Create("/a"))
    world = player_at_its_append(log, EARLY)
    no_op = asked_append(world)
    world.logs[LOG] += no_op + no_op
    world.tell(Appended(len(log) + answered * len(no_op)))
    assert world.run().fsm.next_seq_no == 3
    later = play(world.logs[LOG])
    assert [r.outcome for r in later.read if isinstance(r, Offered)][-1] == WrongSeqNo(3, 2)
    assert later.fsm.next_checksum == world.fsm.next_checksum


@pytest.mark.clause("HOF-9")
def test_of_two_that_race_the_first_completes_and_the_last_has_the_fence(journal: Journal) -> None:
    _, log = start().ops(Create("/a"))
    journal.append(log)
    early, late = player_at_its_append(log, EARLY), player_at_its_append(log, LATE)
    for world, author in ((early, EARLY), (late, LATE)):
        end = journal.append(asked_append(world), union=fence_of(author)).end
        world.tell(Appended(end))
    content = journal.read(0).content
    early.logs[LOG] = late.logs[LOG] = content
    assert early.run().fsm.next_seq_no == 3
    # Its recorder is fenced off, though the attempt of the other one is lost.
    with pytest.raises(RegisterMismatch):
        journal.append(b"", check=check_of(EARLY))
    assert late.run().fsm.next_seq_no == 4
    behind, _ = start().ops(Create("/a"), None)
    assert behind.by(LATE).next_seq_no == 3
    assert late.logs[LOG].startswith(content)
    winners = [r.op.author for r in play(late.logs[LOG]).read if isinstance(r, Offered)]
    assert winners == [1, EARLY, LATE, LATE]


@pytest.mark.clause("HOF-10")
def test_the_former_recorder_is_fenced_from_the_append_on(journal: Journal) -> None:
    one, log = start().ops(Create("/a"))
    journal.append(log, union=fence_of(Author(1)))
    two, more = one.ops(None)
    world = player_at_its_append(log, EARLY)
    no_op = asked_append(world)
    journal.append(more, check=check_of(Author(1)))
    journal.append(no_op, union=fence_of(EARLY))
    # The handoff has lost its race, and fences all the same.
    for content in (b"", two.ops(None)[1]):
        with pytest.raises(RegisterMismatch):
            journal.append(content, check=check_of(Author(1)))
    world.logs[LOG] = journal.read(0).content
    world.tell(Appended(len(world.logs[LOG])))
    fsm = world.run().fsm
    assert fsm.next_seq_no == two.next_seq_no + 1


@pytest.mark.clause("HOF-10")
def test_what_lands_behind_without_a_check_is_rejected() -> None:
    one, log = start().ops(Create("/a"))
    _, zombie = one.ops((Write(F1, 0, 1), b"z"))
    world = player_at_its_append(log, EARLY)
    no_op = asked_append(world)
    world.logs[LOG] += no_op + zombie
    world.tell(Appended(len(log + no_op)))
    assert world.run().fsm.next_seq_no == 3
    later = play(world.logs[LOG])
    assert [r.outcome for r in later.read if isinstance(r, Offered)][-1] == WrongSeqNo(3, 2)


def branch_behind(log: bytes, author: Author) -> Branch:
    fsm = play(log).fsm
    return Branch(author, fsm.next_seq_no, fsm.next_checksum)


@pytest.mark.clause("HOF-11")
def test_a_player_that_dies_leaves_nothing_or_a_no_op_that_any_author_continues(
    journal: Journal,
) -> None:
    one, log = start().ops(Create("/a"))
    journal.append(log, union=fence_of(Author(1)))
    dead = asked_append(player_at_its_append(log, EARLY))
    # It has not landed: the former recorder goes on.
    two, more = one.ops(None)
    journal.append(more, check=check_of(Author(1)))
    # It lands late: its no-op is rejected, and its fence is set.
    journal.append(dead, union=fence_of(EARLY))
    with pytest.raises(RegisterMismatch):
        journal.append(two.ops(None)[1], check=check_of(Author(1)))
    assert play(journal.read(0).content).fsm.next_checksum == two.next_checksum

    # It had landed: the branch goes on behind it, under another author.
    world = player_at_its_append(log, LATE)
    landed = log + asked_append(world)
    again = play(landed, goal=InjectHandoff(Author(9)))
    assert again.fsm.next_seq_no == 4
    _, no_op = branch_behind(landed, Author(9)).ops(None)
    assert again.logs[LOG] == landed + no_op


@pytest.mark.clause("HOF-12", "HOF-6")
def test_hints_behind_a_handoff_are_those_of_the_recorder_that_goes_on() -> None:
    branch, log = start().ops(Create("/a"), (Write(F1, 0, 1), b"x"))
    world = play(log, goal=InjectHandoff(EARLY))
    hints = world.progress.playback.build_hints()
    begun = Recording.start(world.fsm, EARLY, LOG)
    assert not begun.append
    assert begun.recording.build_hints() == hints
    (node,) = hints.live_nodes
    assert [s.author for s in node.segments] == [1]
    # They, and those that were taken before, lead over the no-op.
    former = hints_of((1, (segment(1, 2, 0, 0),)))
    for some in (hints, former):
        later = play(world.logs[LOG], some)
        assert isinstance(later.progress.request, Complete)
        assert later.fsm.next_checksum == world.fsm.next_checksum != branch.next_checksum
    assert isinstance(FSM.from_hints(hints), FSM)
