"""A simulated log keeps the rules of journals, by the journal in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import (
    EmptyRegisterChange,
    Journal,
    OffsetNotYetAvailable,
    RegisterMismatch,
)
from rlog_model.simulation.log import Fragment, Log

NAME = "a/log"
MINE, OTHER = LabelSet.of("author", "1"), LabelSet.of("author", "2")


@frozen
class Append:
    content: bytes
    check: LabelSelector | None = None
    union: LabelSet = EMPTY


@frozen
class Roll:
    pass


@frozen
class Prune:
    before: int
    begin: int


labels = st.sampled_from((EMPTY, MINE, OTHER, LabelSet.of("other", "x")))
selectors = st.none() | st.builds(LabelSelector, labels, labels)
appends = st.builds(Append, st.binary(max_size=5), selectors, labels)
moves = st.lists(
    appends
    | st.just(Roll())
    | st.builds(Prune, st.integers(-2, 30), st.just(0) | st.integers(-2, 30)),
    max_size=14,
)


def grown(log: Log, *contents: bytes) -> Log:
    for content in contents:
        appended = log.append(content)
        assert appended is not None
        log = appended
    return log


def move_both(move: Append | Roll | Prune, log: Log, journal: Journal) -> Log:
    """The log behind a move which the journal makes too, with the same answer."""
    match move:
        case Roll():
            journal.roll()
            return log.roll()
        case Prune(before, begin):
            deleted = [(r.begin, r.end) for r in journal.prune(before, begin)]
            pruned = log.prune(before, begin)
            gone = [f for f in log.fragments if f not in pruned.fragments]
            assert [(f.begin, f.end) for f in gone] == deleted
            return pruned
        case Append(content, check, union):
            after = log.append(content, check, union)
            try:
                appended = journal.append(content, check=check, union=union)
            except RegisterMismatch:
                assert after is None
                return log
            except EmptyRegisterChange:
                # To ask for it is a mistake in the program; the value shrugs.
                assert after in (None, log)
                return log
            assert after is not None
            assert after.head == appended.end
            return after


@given(moves)
def test_a_log_is_what_a_journal_in_memory_is(moves: list[Append | Roll | Prune]) -> None:
    """After each move: the same head, the same registers, the same fragments to be deleted, and the
    same answer to a read at every offset.
    """
    with MemoryStore() as store, store.open(NAME) as journal:
        log = Log()
        for move in moves:
            log = move_both(move, log, journal)
            assert log.head == journal.write_head()
            assert log.registers == journal.registers()
            assert log.fragments[0].begin == journal.first_offset()
            for offset in range(log.head + 2):
                assert log.read(offset) == read(journal, offset)


def read(journal: Journal, offset: int) -> tuple[int, bytes] | None:
    try:
        chunk = journal.read(offset)
    except OffsetNotYetAvailable:
        return None
    return chunk.offset, chunk.content


def test_a_new_log_is_empty() -> None:
    """No bytes, no registers, nothing to be read."""
    log = Log()
    assert (log.head, log.registers, log.read(0)) == (0, EMPTY, None)


def test_each_change_is_another_value() -> None:
    """The log before it stays what it was: a world can be gone on with from any of its pasts."""
    log = grown(Log(), b"abc").roll()
    before = Log(log.fragments, log.registers)
    changes: list[Callable[[], Log | None]] = [
        lambda: log.append(b"d", union=MINE),
        lambda: grown(log, b"d").roll(),
        lambda: log.prune(3),
    ]
    for change in changes:
        assert change() != before
        assert log == before


@pytest.mark.parametrize(
    ("check", "lands"),
    [
        (None, True),
        (LabelSelector(include=MINE), True),
        (LabelSelector(include=OTHER), False),
        (LabelSelector(exclude=MINE), False),
    ],
)
@pytest.mark.parametrize("content", [b"x", b""])
def test_an_append_lands_only_if_its_check_is_met(
    check: LabelSelector | None, lands: bool, content: bytes
) -> None:
    """A barrier is checked, too."""
    log = Log().append(b"first", union=MINE)
    assert log is not None
    after = log.append(content, check)
    assert (after is not None) is lands


def test_the_open_fragment_is_never_deleted_and_a_roll_of_nothing_does_nothing() -> None:
    """Only what is closed goes, and only if it ends at or before the offset."""
    log = grown(Log(), b"abc")
    assert log.prune(100) == log
    rolled = log.roll()
    assert rolled.roll() == rolled
    assert rolled.prune(2) == rolled
    assert rolled.prune(3).fragments == (Fragment(3),)
    assert rolled.prune(3).head == 3


def test_a_read_of_what_was_deleted_jumps_to_what_is_there() -> None:
    """To the next fragment; to the head, if there is none behind it."""
    log = grown(grown(grown(Log(), b"abc").roll(), b"def").roll(), b"ghi")
    assert log.prune(3).read(0) == (3, b"def")
    assert log.prune(6).read(1) == (6, b"ghi")
    assert log.roll().prune(9).read(4) == (9, b"")
    assert log.roll().prune(9).read(9) is None
