"""A survey of a log: what each operation continues, the branches, and what was skipped."""

from __future__ import annotations

import pytest

from rlog_model import branch as branches
from rlog_model import survey as surveys
from rlog_model.branch import Origin
from rlog_model.change_words import path_of, told_change
from rlog_model.framing import frame
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.survey import Gap, Seen, Sight, Survey, Why, lineage
from rlog_model.wire import encode_op
from tests.unit.made_log import START, A, B, C, MadeLog

F1 = Fnode(1)


def look(log: MadeLog, chunk: int = 1 << 20) -> tuple[Survey, list[Sight]]:
    """Survey all of a log, in pieces."""
    survey = Survey("a/log", log.head)
    sights: list[Sight] = []
    while survey.wants < survey.head:
        sights += survey.feed(bytes(log.content[survey.wants : survey.wants + chunk]))
    sights += survey.finish()
    return survey, sights


def relations(sights: list[Sight]) -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = []
    for sight in sights:
        if isinstance(sight, Gap):
            found.append(("gap", None))
        else:
            number = None if sight.branch is None else sight.branch.number
            found.append((sight.relation.name, number))
    return found


def path(sight: Sight) -> str | None:
    return sight.path if isinstance(sight, Seen) else "a gap"


def gaps(sights: list[Sight]) -> list[tuple[int, int, Why]]:
    return [(s.first_offset, s.last_offset, s.why) for s in sights if isinstance(s, Gap)]


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_first_to_land_goes_on_and_the_next_one_forks(chunk: int) -> None:
    log = MadeLog()
    here = log.append_all(START, Create("/a"), Write(F1, 0, 9))
    there = log.append(here, Write(F1, 9, 5), A)
    fork_at = log.head
    dead = log.append(here, Create("/b"), B)
    log.append(dead, None, B)
    log.append(there, None, C)
    survey, sights = look(log, chunk)
    assert relations(sights) == [
        ("BEGINS", 1),
        ("CONTINUES", 1),
        ("CONTINUES", 1),
        ("FORKS", 2),
        ("CONTINUES", 2),
        ("CONTINUES", 1),
    ]
    one, two = survey.branches
    assert (two.parent, two.first_seq_no, two.first_offset) == (one, 3, fork_at)
    assert (one.forks, survey.followed, survey.newest) == ([two], one, one)
    assert [(r.author, r.first_seq_no, r.last_seq_no) for r in one.runs] == [(A, 1, 3), (C, 4, 4)]
    assert one.size + two.size == log.head
    assert lineage(two) == (one, two)
    assert (one.last_offset, survey.operations, survey.gaps, survey.stray) == (log.head, 6, 0, 0)


def test_an_append_that_landed_twice_is_a_copy() -> None:
    """At once, late, together with what followed it, and on a fork."""
    log = MadeLog()
    here = log.append(START, Create("/a"))
    there = log.append(here, Write(F1, 0, 9))
    log.append(here, Write(F1, 0, 9))  # at once
    end = log.append(there, None)
    log.append(START, Create("/a"))  # late, and two in a row
    log.append(here, Write(F1, 0, 9))
    fork = log.append(here, None, B)
    log.append(fork, Create("/c"), B)
    log.append(here, None, B)
    log.append(end, None)
    survey, sights = look(log)
    assert [r for r, _ in relations(sights)] == [
        "BEGINS",
        "CONTINUES",
        "COPY",
        "CONTINUES",
        "COPY",
        "COPY",
        "FORKS",
        "CONTINUES",
        "COPY",
        "CONTINUES",
    ]
    assert [b.copies for b in survey.branches] == [3, 1]
    assert survey.branches[1].copied_size == 20


def test_a_fork_from_a_fork_hangs_below_it() -> None:
    log = MadeLog()
    here = log.append(START, None)
    log.append(here, None)
    fork = log.append(here, None, B)
    log.append(fork, Create("/x"), B)
    log.append(fork, Create("/y"), C)
    survey, _ = look(log)
    assert [(b.origin, b.parent and b.parent.number) for b in survey.branches] == [
        (Origin.START, None),
        (Origin.FORK, 1),
        (Origin.FORK, 2),
    ]


def test_two_that_start_a_log_are_two_branches() -> None:
    log = MadeLog()
    log.append(START, Create("/a"), A)
    log.append(START, Create("/a"), B)
    survey, sights = look(log)
    assert relations(sights) == [("BEGINS", 1), ("BEGINS", 2)]
    assert survey.followed is survey.branches[0]


def test_what_continues_nothing_known_begins_a_branch_and_is_not_believed() -> None:
    """Nor are the raw bytes that it claims: what in them continues a branch is told."""
    log = MadeLog()
    log.raw(frame(encode_op(RecordedOp(900, 77, B, Write(Fnode(5), 0, 1000)))))
    claim = log.head
    here = log.append(START, Create("/a"))
    log.append(here, Write(F1, 0, 9))
    log.raw(b"?" * 2000)
    survey, sights = look(log)
    assert relations(sights) == [("UNKNOWN", 1), ("BEGINS", 2), ("CONTINUES", 2), ("gap", None)]
    assert gaps(sights) == [(claim + 1000, log.head, Why.NO_FRAME)]
    assert survey.followed is survey.branches[1]


def test_content_of_a_write_is_searched_for_what_continues_a_branch_alone() -> None:
    """Strangers in it are content: of a log whose beginning is gone, and which holds logs."""
    inner = MadeLog()
    inner.append((70, 7), None, C)
    inner.raw(b"-" * 20)
    log = MadeLog()
    length = inner.head
    log.raw(frame(encode_op(RecordedOp(900, 77, B, Write(Fnode(5), 0, length)))))
    log.raw(bytes(inner.content))
    survey, sights = look(log)
    assert relations(sights) == [("UNKNOWN", 1)]
    assert survey.followed is survey.branches[0]
    assert survey.gap_bytes == 0


def test_a_log_that_holds_nothing() -> None:
    survey, sights = look(MadeLog())
    assert (sights, survey.followed, survey.branches) == ([], None, [])


def test_what_is_nobodys_is_on_no_branch() -> None:
    log = MadeLog()
    log.raw(frame(b""))
    log.append((0, 5), None, A)
    log.append(START, None, Author(0))
    survey, sights = look(log)
    assert relations(sights) == [("NOBODYS", None)] * 3
    assert survey.stray == 3


def test_gaps_say_why() -> None:
    log = MadeLog()
    here = log.append(START, Create("/a"))
    one = log.head
    log.raw(b"garbage")
    here = log.append(here, None)
    two = log.head
    log.raw(frame(b"\xff\xff") + b"tail")
    here = log.append(here, None)
    three = log.head
    log.raw(frame(encode_op(RecordedOp(*here, A, Write(F1, 0, 5000)))) + b"torn")
    log.append(here, None)
    four = log.head
    log.raw(frame(encode_op(RecordedOp(5, 1, A)))[:-2])
    survey, sights = look(log)
    assert relations(sights) == [
        ("BEGINS", 1),
        ("gap", None),
        ("CONTINUES", 1),
        ("gap", None),
        ("CONTINUES", 1),
        ("gap", None),
        ("CONTINUES", 1),
        ("gap", None),
    ]
    found = gaps(sights)
    assert [g[0] for g in found] == [one, two, three, four]
    assert [g[2] for g in found] == [
        Why.NO_FRAME,
        Why.NO_OPERATION,
        Why.NOT_WHOLE,
        Why.NOT_WHOLE,
    ]
    assert found[-1][1] == log.head
    assert (survey.gaps, survey.missing_bytes) == (4, 0)


def test_a_hole_is_a_gap_and_ends_what_was_begun() -> None:
    log = MadeLog()
    here = log.append(START, Create("/a"))
    cut = log.head + 9
    end = log.append(here, None)
    behind = log.head
    log.append(end, None)
    survey = Survey("a/log", log.head)
    sights = [*survey.feed(bytes(log.content[:cut]))]
    sights += survey.miss(behind, Why.HOLE, "gone")
    sights += survey.feed(bytes(log.content[behind:]))
    sights += survey.finish()
    assert relations(sights) == [("BEGINS", 1), ("gap", None), ("gap", None), ("UNKNOWN", 2)]
    assert gaps(sights) == [
        (cut - 9, cut, Why.NOT_WHOLE),
        (cut, behind, Why.HOLE),
    ]
    assert survey.missing_bytes == behind - cut
    assert survey.followed is survey.branches[0]


def test_a_pruned_beginning_is_told_and_nothing_is_missing() -> None:
    log = MadeLog()
    here = log.append(START, None)
    behind = log.head
    log.append(here, None)
    survey = Survey("a/log", log.head)
    sights = [*survey.miss(behind, Why.HOLE), *survey.feed(bytes(log.content[behind:]))]
    assert relations(sights) == [("gap", None), ("UNKNOWN", 1)]
    assert (survey.pruned, survey.missing_bytes, survey.gaps) == (behind, 0, 0)


def test_paths_of_written_files_are_told_as_of_the_operation() -> None:
    log = MadeLog()
    here = log.append_all(START, Create("/a"), Write(F1, 0, 1))
    log.append_all(here, Link(F1, "/b"), Unlink(F1, "/a"), Write(F1, 1, 1))
    log.append(here, Write(F1, 0, 2), B)  # on the fork, the file is not /b
    _, sights = look(log)
    paths = [s.path for s in sights if isinstance(s, Seen)]
    assert paths == [None, "/a", None, None, "/b", None]


def test_a_fork_knows_the_paths_of_before() -> None:
    log = MadeLog()
    here = log.append(START, Create("/a"))
    log.append(here, None)
    log.append(log.append(here, None, B), Write(F1, 0, 2), B)
    _, sights = look(log)
    assert path(sights[-1]) == "/a"


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points are forgotten, oldest first; names too; and branches are not followed for ever."""
    monkeypatch.setattr(branches, "CHUNK", 2)
    monkeypatch.setattr(branches, "MAX_RUNS", 2)
    monkeypatch.setattr(surveys, "MAX_CHUNKS", 2)
    monkeypatch.setattr(surveys, "MAX_BRANCHES", 2)
    monkeypatch.setattr(surveys, "MAX_NAMES", 1)
    log = MadeLog()
    second = fifth = here = log.append(START, Create("/a"), A)
    for author in (B, C, A, B):
        fifth = here
        here = log.append(here, Create(f"/{here[0]}"), author)
    log.append(here, Write(F1, 0, 1))
    log.append(fifth, None, C)  # a fork where it is remembered
    log.append(second, None, C)  # it is not here: and no more branches are followed
    survey, sights = look(log)
    assert relations(sights)[-3:] == [("CONTINUES", 1), ("FORKS", 2), ("UNFOLLOWED", None)]
    assert path(sights[5]) is None
    assert survey.forgotten == 4
    assert survey.stray == 1
    runs = survey.branches[0].runs
    assert [(r.author, r.mixed) for r in runs] == [(A, False), (B, True)]
    assert runs[-1].last_seq_no == 6


def test_changes_are_told_in_words() -> None:
    def op(change: Create | Link | Unlink | Write | Property | None) -> RecordedOp:
        return RecordedOp(7, 0, A, change)

    assert told_change(op(None)) == "no-op"
    assert told_change(op(Create("/a\x1b"))) == "create /a\\x1b (file 7)"
    assert told_change(op(Link(F1, "/a"))) == "link /a to file 1"
    assert told_change(op(Unlink(F1, "/a"))) == "unlink /a of file 1"
    assert told_change(op(Write(F1, 2, 3))) == "write (file 1): 3 bytes at 2"
    assert told_change(op(Write(F1, 2, 3)), "/p") == "write /p (file 1): 3 bytes at 2"
    assert told_change(op(Property("/P", b"xy"))) == "property /P: 2 bytes"
    assert path_of(op(Property("/P", b"xy"))) == "/P"
    assert path_of(op(Write(F1, 2, 3)), "/p") == "/p"
    assert path_of(op(None)) is None
