"""The player over real journals and a real directory: wishes, tailing, failing, cancelling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints, InvalidHints
from rlog_model.identity import Author, Fnode, InvalidLogName
from rlog_model.journal.labels import LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import Journal, JournalClosed, RegisterMismatch
from rlog_model.operation import Create, Write
from rlog_model.play_error import HintsBeyondHead, HintsNotPlayed, HintsRemain, HoleInLog
from rlog_model.play_messages import Append, Complete, Failed, Read, Request
from rlog_model.playback import Progress
from rlog_model.player import PlayCancelled, Player, SecondWish
from rlog_model.revision import MAY_2021
from rlog_model.segment import Segment
from rlog_model.staging import StagingFailed, TargetNotEmpty
from tests.branches import Branch, start

LOG = "a/log"
F1 = Fnode(1)


class SpyStore:
    """A store in memory which keeps the handles that it gave."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self.given: list[Journal] = []

    def open(self, name: str) -> Journal:
        self.given.append(self._store.open(name))
        return self.given[-1]

    def close(self) -> None:
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def all_closed(self) -> bool:
        return all(map(is_closed, self.given))


def is_closed(journal: Journal) -> bool:
    try:
        journal.write_head()
    except JournalClosed:
        return True
    return False


@pytest.fixture
def store() -> Iterator[SpyStore]:
    with SpyStore() as store:
        yield store


@pytest.fixture
def log(store: SpyStore) -> Journal:
    """A journal of the test's own."""
    journal = store.open(LOG)
    store.given.clear()
    return journal


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


def nothing_left(target: Path) -> bool:
    return list(target.parent.iterdir()) == []


def written(log: Journal, content: bytes = b"one") -> Branch:
    """A log of one file, ``/a``."""
    branch, appended = start().ops(Create("/a"), (Write(F1, 0, len(content)), content))
    log.append(appended)
    return branch


def steps_until(player: Player, there: Callable[[Player], bool]) -> None:
    for _ in range(1000):
        if there(player):
            return
        player.step()
    raise AssertionError("the player never gets there")


def request(player: Player) -> Request | None:
    """What the player does next."""
    return None if player.progress is None else player.progress.request


# Wishes


def test_a_wish_made_before_ends_the_play_at_the_write_head(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """The files are there, ``play`` and ``done`` tell the same FSM, and nothing was appended."""
    branch = written(log)
    head = log.write_head()
    player = Player(FSMHints(LOG), target, store)
    player.finish_at_write_head()
    fsm = player.play()
    assert (fsm.next_seq_no, fsm.next_checksum) == (branch.next_seq_no, branch.next_checksum)
    assert player.done.result(0) is fsm
    assert player.tailing.is_set()
    assert (target / "a").read_bytes() == b"one"
    assert [p.name for p in target.parent.iterdir()] == ["target"]
    assert log.write_head() == head


def test_an_empty_log_plays_to_an_empty_directory(store: SpyStore, target: Path) -> None:
    """A log that was never appended to is one of no files."""
    player = Player(FSMHints(LOG), target, store)
    player.finish_at_write_head()
    assert player.play().next_seq_no == 1
    assert list(target.iterdir()) == []


def test_a_player_without_a_wish_tails_the_log_until_there_is_one(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """It plays what is appended behind the head that it had reached, and shows no directory before
    it is complete.
    """
    branch = written(log)
    player = Player(FSMHints(LOG), target, store).start()
    assert player.tailing.wait(30)
    assert not player.done.done()
    behind, more = branch.ops((Write(F1, 3, 4), b" two"), Create("/b"))
    log.append(more)
    assert not target.exists()
    player.finish_at_write_head()
    fsm = player.done.result(30)
    assert (fsm.next_seq_no, fsm.next_checksum) == (behind.next_seq_no, behind.next_checksum)
    assert (target / "a").read_bytes() == b"one two"
    assert (target / "b").read_bytes() == b""


def test_what_is_appended_while_it_tails_is_read_before_any_wish(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """Tailing isn't waiting for a wish: each append is played when it comes."""
    branch = written(log)
    player = Player(FSMHints(LOG), target, store)
    steps_until(player, lambda p: p.tailing.is_set())
    for i in range(3):
        branch, more = branch.op(Create(f"/more-{i}"))
        log.append(more)
        player.step()
        assert player.progress is not None
        assert player.progress.playback.fsm.next_seq_no == branch.next_seq_no


@pytest.mark.clause("PLAY-13")
def test_a_play_that_tails_does_not_tail_before_the_head(
    store: SpyStore, log: Journal, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While bytes of the log are still unread, it isn't called tailing."""
    monkeypatch.setattr("rlog_model.player.READ_SIZE", 10)
    written(log)
    player = Player(FSMHints(LOG), target, store)
    head = log.write_head()

    def at_head(player: Player) -> bool:
        there = request(player)
        return isinstance(there, Read) and there.offset >= head

    while not at_head(player):
        assert not player.tailing.is_set()
        player.step()
    assert player.tailing.is_set()


@pytest.mark.clause("PLAY-14")
@pytest.mark.parametrize("first", ["finish", "handoff"])
@pytest.mark.parametrize("second", ["finish", "handoff"])
def test_there_is_one_wish_a_player(
    store: SpyStore, log: Journal, target: Path, first: str, second: str
) -> None:
    """The second one is refused, before and after the end; the first one is met."""
    written(log)
    player = Player(FSMHints(LOG), target, store)

    def wish(kind: str) -> None:
        if kind == "finish":
            player.finish_at_write_head()
        else:
            player.inject_handoff(Author(7))

    wish(first)
    with pytest.raises(SecondWish, match="once a player"):
        wish(second)
    fsm = player.play()
    assert fsm.next_seq_no == (3 if first == "finish" else 4)
    with pytest.raises(SecondWish):
        wish(second)


@pytest.mark.clause("HOF-5")
def test_no_handoff_to_the_absent_author(store: SpyStore, target: Path) -> None:
    """It is refused at once, and is no wish: another may follow."""
    player = Player(FSMHints(LOG), target, store)
    with pytest.raises(ValueError, match="no author"):
        player.inject_handoff(Author(0))
    player.finish_at_write_head()
    player.play()


# Handoff


@pytest.mark.clause("HOF-2")
def test_a_handoff_fences_the_log_and_is_the_next_operation(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """One no-op by the author lands with the author's fence in the registers: who checks another
    fence can't append any more, and who continues behind the no-op plays.
    """
    former = LabelSet.of("author", Author(1).fence())
    branch, content = start().ops(Create("/a"))
    log.append(content, union=former)
    player = Player(FSMHints(LOG), target, store)
    player.inject_handoff(Author(7))
    fsm = player.play()
    behind, no_op = branch.by(7).ops(None)
    assert log.read(len(content)).content == no_op
    assert log.registers() == LabelSet.of("author", Author(7).fence())
    assert (fsm.next_seq_no, fsm.next_checksum) == (behind.next_seq_no, behind.next_checksum)
    with pytest.raises(RegisterMismatch):
        log.append(b"zombie", check=LabelSelector(include=former))
    assert (target / "a").exists()


def test_a_handoff_can_be_asked_of_a_player_that_tails(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """The hot standby: it is at the head already, and takes over from there."""
    branch = written(log)
    player = Player(FSMHints(LOG), target, store).start()
    assert player.tailing.wait(30)
    branch, more = branch.op(Create("/b"))
    log.append(more)
    player.inject_handoff(Author(7))
    fsm = player.done.result(30)
    assert fsm.next_checksum == branch.by(7).op()[0].next_checksum
    assert (target / "b").exists()


def test_other_registers_stay(store: SpyStore, log: Journal, target: Path) -> None:
    """The fence replaces the author, and leaves what others keep in the registers."""
    log.append(start().ops(Create("/a"))[1], union=LabelSet.of("mine", "1"))
    player = Player(FSMHints(LOG), target, store)
    player.inject_handoff(Author(7))
    player.play()
    assert dict(log.registers()) == {"mine": "1", "author": Author(7).fence()}


@pytest.mark.clause("HOF-4")
@pytest.mark.parametrize("races", [1, 3])
def test_a_lost_race_is_played_and_the_handoff_tried_again(
    store: SpyStore, log: Journal, target: Path, races: int
) -> None:
    """Where the former recorder appends just before the handoff lands, its operation is in the
    files, and the handoff continues behind it. The no-ops that lost stay in the log, in no branch.
    """
    branch = written(log)
    player = Player(FSMHints(LOG), target, store)
    player.inject_handoff(Author(7))
    for i in range(races):
        before = request(player)
        steps_until(player, lambda p: isinstance(request(p), Append) and request(p) != before)  # noqa: B023
        branch, more = branch.op(Create(f"/raced-{i}"))
        log.append(more)
        player.step()
    fsm = player.play()
    behind, no_op = branch.by(7).op()
    assert (fsm.next_seq_no, fsm.next_checksum) == (behind.next_seq_no, behind.next_checksum)
    assert log.read(log.write_head() - len(no_op)).content == no_op
    assert sorted(p.name for p in target.iterdir()) == ["a", *(f"raced-{i}" for i in range(races))]


# The end


def hints_of(segment: Segment) -> FSMHints:
    return FSMHints(LOG, (FnodeSegments(F1, (segment,)),))


def never_found() -> FSMHints:
    return hints_of(Segment(Author(1), 1, 0, 0, 40, 0, ""))


@pytest.mark.clause("PLAY-15")
def test_a_play_that_fails_leaves_nothing(store: SpyStore, log: Journal, target: Path) -> None:
    """Neither a target nor what was built for it, though a file had been built."""
    written(log)
    built: list[str] = []

    def watch(progress: Progress) -> None:
        if progress.actions:
            built.extend(p.name for p in target.parent.rglob("nodes/*"))

    player = Player(never_found(), target, store, watch=watch)
    player.finish_at_write_head()
    with pytest.raises(HintsRemain):
        player.play()
    assert built
    assert nothing_left(target)
    assert isinstance(player.done.exception(0), HintsRemain)


def test_a_log_whose_beginning_is_gone_fails(store: SpyStore, log: Journal, target: Path) -> None:
    """A jump of the journal reaches the machine, as the hole that it is."""
    written(log)
    log.roll()
    log.append(start().ops(Create("/b"))[1])
    log.prune(log.write_head())
    player = Player(FSMHints(LOG), target, store)
    with pytest.raises(HoleInLog):
        player.play()
    assert nothing_left(target)


def test_a_play_in_its_own_thread_tells_what_it_failed_of(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """By ``done``: no thread dies of it."""
    player = Player(hints_of(Segment(Author(1), 1, 500, 0, 1, 0, "")), target, store).start()
    assert isinstance(player.done.exception(30), HintsBeyondHead)
    assert nothing_left(target)


def test_hints_that_can_not_be_played_fail_before_anything_is_made(
    store: SpyStore, target: Path
) -> None:
    """Nothing is opened either."""
    player = Player(FSMHints(""), target, store)
    with pytest.raises(InvalidHints):
        player.play()
    assert nothing_left(target)
    assert store.given == []


def test_the_revision_is_that_of_the_fsm(store: SpyStore, log: Journal, target: Path) -> None:
    """A player of another revision plays by it."""
    written(log)
    player = Player(FSMHints(LOG), target, store, revision=MAY_2021)
    player.finish_at_write_head()
    assert player.play().revision == MAY_2021


def test_a_log_that_no_store_can_have_fails(store: SpyStore, target: Path) -> None:
    """What the store says is what the play failed of."""
    player = Player(FSMHints("x"), target, store)
    with pytest.raises(InvalidLogName):
        player.play()
    assert nothing_left(target)


def test_a_target_that_is_not_empty_stays_as_it_is(store: SpyStore, target: Path) -> None:
    """It is refused before anything is read."""
    target.mkdir()
    (target / "mine").touch()
    player = Player(FSMHints(LOG), target, store)
    with pytest.raises(TargetNotEmpty):
        player.play()
    assert [p.name for p in target.parent.rglob("*")] == ["target", "mine"]


def test_a_target_that_is_filled_meanwhile_is_not_replaced(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """Whoever made it keeps it, and what the player built is removed."""
    written(log)
    player = Player(FSMHints(LOG), target, store)
    player.finish_at_write_head()
    steps_until(player, lambda p: isinstance(request(p), Complete))
    target.mkdir()
    (target / "mine").touch()
    with pytest.raises(StagingFailed):
        player.play()
    assert [p.name for p in target.parent.rglob("*")] == ["target", "mine"]


@pytest.mark.parametrize("wished", [True, False])
def test_cancelling_ends_the_play_and_leaves_nothing(
    store: SpyStore, log: Journal, target: Path, wished: bool
) -> None:
    """While it tails, and even when it has read all and would make the target next."""
    written(log)
    player = Player(FSMHints(LOG), target, store)
    if wished:
        player.finish_at_write_head()
        steps_until(player, lambda p: isinstance(request(p), Complete))
    else:
        steps_until(player, lambda p: p.tailing.is_set())
    player.cancel()
    with pytest.raises(PlayCancelled, match=LOG):
        player.play()
    assert nothing_left(target)


def test_a_player_that_waits_at_the_head_can_be_cancelled(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """From another thread, without any append."""
    player = Player(FSMHints(LOG), target, store).start()
    assert player.tailing.wait(30)
    player.cancel()
    assert isinstance(player.done.exception(30), PlayCancelled)
    assert nothing_left(target)


def test_cancelling_a_play_that_is_complete_changes_nothing(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """The target stays, and ``done`` is what it was."""
    written(log)
    player = Player(FSMHints(LOG), target, store)
    player.finish_at_write_head()
    fsm = player.play()
    player.cancel()
    player.step()
    assert player.play() is fsm
    assert (target / "a").exists()


def test_the_future_can_not_be_cancelled_behind_the_players_back(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """Else a play would end with neither result nor cleaning up."""
    written(log)
    player = Player(FSMHints(LOG), target, store)
    assert not player.done.cancel()
    player.finish_at_write_head()
    player.play()
    assert player.done.done()


def test_a_step_behind_the_end_does_nothing(store: SpyStore, log: Journal, target: Path) -> None:
    """A play that failed fails of the same thing for ever."""
    player = Player(never_found(), target, store)
    steps_until(player, lambda p: p.done.done())
    error = player.done.exception(0)
    player.step()
    assert player.done.exception(0) is error


def test_a_wish_that_comes_after_the_failure_does_not_hide_it(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """A wish from another thread may come between the failure and its telling."""
    written(log)
    player = Player(never_found(), target, store)
    steps_until(player, lambda p: isinstance(request(p), Failed))
    player.finish_at_write_head()
    with pytest.raises(HintsRemain):
        player.play()


def test_an_interrupt_goes_through_and_leaves_nothing(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """Control-C in the thread that plays is raised there, and the play has ended."""
    written(log)

    def interrupt(progress: Progress) -> None:
        if progress.actions:
            raise KeyboardInterrupt

    player = Player(FSMHints(LOG), target, store, watch=interrupt)
    with pytest.raises(KeyboardInterrupt):
        steps_until(player, lambda p: p.done.done())
    assert isinstance(player.done.exception(0), KeyboardInterrupt)
    assert nothing_left(target)
    assert store.all_closed()


@pytest.mark.parametrize("end", ["complete", "failed", "cancelled"])
def test_journals_that_the_player_opened_are_closed_when_it_ends(
    store: SpyStore, log: Journal, target: Path, end: str
) -> None:
    """Each one, before ``done`` is told; those of others, and the store, stay open."""
    written(log)
    player = Player(never_found() if end == "failed" else FSMHints(LOG), target, store)
    player.done.add_done_callback(lambda _: closed.append(store.all_closed()))
    closed: list[bool] = []
    if end == "complete":
        player.finish_at_write_head()
    else:
        steps_until(player, lambda p: bool(store.given))
    if end == "cancelled":
        player.cancel()
    assert not store.given or not store.all_closed()
    steps_until(player, lambda p: p.done.done())
    assert len(store.given) == 1
    assert closed == [True]
    assert not is_closed(log)


def test_progress_is_shown_to_who_watches(store: SpyStore, log: Journal, target: Path) -> None:
    """All of it, in order, from the first request to the last."""
    written(log)
    seen: list[Progress] = []
    player = Player(FSMHints(LOG), target, store, watch=seen.append)
    assert request(player) is None
    player.finish_at_write_head()
    fsm: FSM = player.play()
    assert isinstance(seen[-1].request, Complete)
    assert seen[-1].request.fsm is fsm
    assert player.progress is seen[-1]
    offsets = [p.playback.framer.offset for p in seen]
    assert offsets == sorted(offsets)


def test_waiting_is_no_progress(store: SpyStore, log: Journal, target: Path) -> None:
    """Who watches a player that waits at the head is told nothing, until there is something."""
    branch = written(log)
    seen: list[Progress] = []
    player = Player(FSMHints(LOG), target, store, watch=seen.append)
    steps_until(player, lambda p: p.tailing.is_set())
    before = len(seen)
    player.step()
    player.step()
    assert len(seen) == before
    log.append(branch.op(Create("/b"))[1])
    player.step()
    assert len(seen) == before + 1


def test_wishes_of_several_threads_at_once(store: SpyStore, log: Journal, target: Path) -> None:
    """One is taken, each other is refused."""
    player = Player(FSMHints(LOG), target, store).start()
    barrier = threading.Barrier(8)
    refused: list[SecondWish] = []

    def wish() -> None:
        barrier.wait()
        try:
            player.finish_at_write_head()
        except SecondWish as error:
            refused.append(error)

    threads = [threading.Thread(target=wish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    player.done.result(30)
    assert len(refused) == 7


# Hints


@pytest.mark.clause("PLAY-10", "PLAY-16")
def test_hints_of_a_player_lead_where_it_is_while_it_tails_and_when_it_is_complete(
    store: SpyStore, log: Journal, target: Path
) -> None:
    """They name all that it has read, with exact offsets; before it has read its own there are
    none."""
    written(log)
    player = Player(FSMHints(LOG), target, store)
    with pytest.raises(HintsNotPlayed, match=LOG):
        player.build_hints()
    player.step()
    with pytest.raises(HintsNotPlayed, match=LOG):
        player.build_hints()
    steps_until(player, lambda player: player.tailing.is_set())
    tailing = player.build_hints()
    [node] = tailing.live_nodes
    [segment] = node.segments
    assert (node.fnode, segment.first_seq_no, segment.last_seq_no) == (F1, 1, 2)
    assert (segment.first_offset, segment.last_offset) == (0, log.write_head())
    player.finish_at_write_head()
    player.play()
    assert player.build_hints() == tailing


@pytest.mark.clause("PLAY-16")
def test_a_player_that_failed_has_no_hints(store: SpyStore, log: Journal, target: Path) -> None:
    written(log)
    log.roll()
    log.prune(log.write_head())
    player = Player(FSMHints(LOG), target, store)
    player.finish_at_write_head()
    with pytest.raises(HoleInLog):
        player.play()
    with pytest.raises(HintsNotPlayed):
        player.build_hints()
