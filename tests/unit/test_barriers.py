"""Barriers: ``spec/journal.md``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rlog_model.append_queue import ManualAppendQueue
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import Appended, EmptyRegisterChange, Journal, RegisterMismatch
from rlog_model.operation import Create
from rlog_model.play_messages import AskHead, FinishAtWriteHead, Head
from rlog_model.playback import Playback
from rlog_model.player import Player
from rlog_model.recorder import Recorder
from rlog_model.recording import Recording
from tests.branches import start
from tests.unit.test_playback import World
from tests.unit.test_recorder import Watched

LOG = "a/log"
MINE = Author(7)
FENCE = LabelSet.of(FENCE_REGISTER, MINE.fence())
THEIRS = LabelSet.of(FENCE_REGISTER, Author(8).fence())


@pytest.fixture(params=["memory", "files"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    with MemoryStore() if request.param == "memory" else FileStore(tmp_path) as store:
        yield store.open(LOG)


@pytest.mark.clause("BAR-1", "BAR-6")
def test_its_answer_is_a_head_between_what_was_and_what_comes(journal: Journal) -> None:
    for _ in range(3):
        before = journal.append(b"some")
        first = journal.append(b"")
        again = journal.append(b"")
        after = journal.append(b"more")
        assert before.end <= first.end <= again.end <= after.begin
        assert first == Appended(first.end, first.end)


@pytest.mark.clause("BAR-2")
def test_it_changes_nothing(journal: Journal) -> None:
    journal.append(b"some", union=FENCE)
    journal.roll()
    journal.append(b"", check=LabelSelector(include=FENCE))
    assert journal.registers() == FENCE
    journal.roll()  # nothing is open
    assert journal.append(b"more", union=THEIRS) == Appended(4, 8)
    assert journal.read(0, limit=100).content == b"some"
    assert [(gone.begin, gone.end) for gone in journal.prune(4)] == [(0, 4)]


@pytest.mark.clause("BAR-2")
def test_a_change_of_registers_is_refused_before_its_check(journal: Journal) -> None:
    journal.append(b"some", union=THEIRS)
    fails = LabelSelector(include=FENCE)
    for check in (None, fails):
        with pytest.raises(EmptyRegisterChange):
            journal.append(b"", check=check, union=FENCE)
    with pytest.raises(RegisterMismatch):
        journal.append(b"", check=fails)
    assert (journal.registers(), journal.write_head()) == (THEIRS, 4)


@pytest.mark.clause("BAR-3", "BAR-5")
@pytest.mark.parametrize("checks", [True, False])
def test_who_issues_one_and_with_which_check(tmp_path: Path, checks: bool) -> None:
    with MemoryStore() as store:
        watched = Watched(store.open(LOG))
        journal: Journal = watched  # type: ignore[assignment]  # it passes on what it lacks
        queue = ManualAppendQueue(journal)
        recorder = Recorder(
            LOG, FSM(LOG), MINE, tmp_path, journal, queue=queue, check_registers=checks
        )
        recorder.record_create(tmp_path / "a")
        before = recorder.recording
        barrier = recorder.barrier()
        queue.commit()
        assert barrier.result(0).begin == before.pending
        assert recorder.recording.fsm == before.fsm
        asked = [check for content, check, union in watched.appends if not content]
        assert asked == [LabelSelector(include=FENCE) if checks else None]
        assert all(union == EMPTY for content, _, union in watched.appends if not content)


@pytest.mark.clause("BAR-3")
def test_a_player_asks_without_a_check(tmp_path: Path) -> None:
    _, log = start().ops(Create("/a"))
    with MemoryStore() as store:
        # Whoever has the log.
        store.open(LOG).append(log, union=THEIRS)
        player = Player(FSMHints(LOG), tmp_path / "played", store)
        player.finish_at_write_head()
        player.play()
        assert store.open(LOG).registers() == THEIRS


@pytest.mark.clause("BAR-5")
def test_its_answer_only_raises_the_head_that_a_recording_knows() -> None:
    begun = Recording.start(FSM(LOG), MINE, LOG).recording.create("/a").recording
    for told, known in ((100, 100), (50, 100)):
        begun = begun.committed(0, told)
        assert begun.head == known
    assert (
        begun.build_hints()
        == Recording.start(FSM(LOG), MINE, LOG).recording.create("/a").recording.build_hints()
    )


@pytest.mark.clause("BAR-6")
def test_a_later_answer_is_as_good() -> None:
    one, log = start().ops(Create("/a"))
    two, more = one.ops(Create("/b"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log + more})
    world.tell(FinishAtWriteHead())
    world.tell(Head(LOG, len(log)))
    assert world.progress.request == AskHead(LOG)
    # It was asked when the log ended behind the first operation.
    world.tell(Head(LOG, len(log + more)))
    assert world.run().fsm.next_checksum == two.next_checksum
