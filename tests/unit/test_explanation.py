"""An explanation of a play, and why one failed: over logs made by hand, without a directory."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest

from rlog_model import explanation as explanations
from rlog_model.cli.dry_play import DryPlay, dry_play
from rlog_model.diagnosis import ADVICE, Missing
from rlog_model.framing import Skipped, frame
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.journal.protocol import Chunk, OffsetNotYetAvailable
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import APPLIED, OUTCOMES, ChecksumMismatch
from rlog_model.play_messages import Offered
from rlog_model.play_notes import (
    REASONS,
    HintsRead,
    Hole,
    Move,
    NoOperation,
    Note,
    Seek,
    Stretch,
    Surprise,
    told_outcome,
)
from rlog_model.segment import Segment
from rlog_model.wire import encode_op
from tests.unit.made_log import START, A, B, C, MadeLog, Point

LOG, OTHER = "a/log", "b/log"
F1 = Fnode(1)


class Bytes:
    """A log in memory, with holes; and a head that may be said to be another one."""

    def __init__(self, content: bytes, holes: tuple[tuple[int, int], ...], head: int) -> None:
        self._content, self._holes, self._head = content, holes, head

    def read(self, offset: int, *, limit: int) -> Chunk:
        if offset >= len(self._content):
            raise OffsetNotYetAvailable(LOG, offset, len(self._content))
        for begin, end in self._holes:
            if begin <= offset < end:
                return self.read(end, limit=limit)
        ends = [begin for begin, _ in self._holes if begin > offset]
        return Chunk(offset, self._content[offset : min([*ends, offset + limit])])

    def write_head(self) -> int:
        return self._head

    def first_offset(self) -> int:
        return next((end for begin, end in self._holes if begin == 0), 0)


class Logs:
    def __init__(self, logs: Mapping[str, Bytes]) -> None:
        self._logs = logs

    def open(self, name: str) -> Bytes:
        return self._logs[name]


def play(
    log: MadeLog,
    hints: FSMHints | None = None,
    *,
    holes: tuple[tuple[int, int], ...] = (),
    other: MadeLog | None = None,
    head: int | None = None,
    every: bool = False,
) -> tuple[DryPlay, list[Note]]:
    notes: list[Note] = []
    logs = {LOG: Bytes(bytes(log.content), holes, log.head if head is None else head)}
    if other is not None:
        logs[OTHER] = Bytes(bytes(other.content), (), other.head)
    return dry_play(hints or FSMHints(LOG), Logs(logs), note=notes.append, every=every), notes


def hinted(*segments: Segment) -> FSMHints:
    return FSMHints(LOG, (FnodeSegments(Fnode(segments[0].first_seq_no), segments),))


def run(
    at: Point, last: int, first: int = 0, end: int = 0, author: Author = A, log: str = ""
) -> Segment:
    return Segment(author, at[0], first, at[1], last, end, log)


def tallies(notes: list[Note]) -> list[list[tuple[str, Author, int]]]:
    return [
        [(t.rule, t.author, t.count) for t in note.tallies]
        for note in notes
        if isinstance(note, Stretch)
    ]


def lost(played: DryPlay) -> tuple[Missing, int | None, int, Author | None]:
    assert played.diagnosis is not None
    found = played.diagnosis
    assert found.advice == ADVICE[found.missing]
    assert found.log == LOG
    assert found.missing.value in str(found)
    return found.missing, found.offset, found.seq_no, found.author


def test_every_outcome_has_a_reason() -> None:
    assert {outcome.rule for outcome in OUTCOMES} == set(REASONS)
    assert told_outcome(APPLIED) == "applied"
    assert told_outcome(ChecksumMismatch(7, 8)).endswith("expected 7")


def test_operations_are_told_in_stretches_by_rule_and_author() -> None:
    """The first of an author's with another checksum at the next number is a surprise."""
    log = MadeLog()
    here = log.append_all(START, Create("/a"), Write(F1, 0, 9))
    there = log.append(here, None)
    dead = log.append(here, Create("/x"), B)
    dead = log.append(dead, Write(Fnode(3), 0, 40), B)
    log.append(dead, None, B)
    log.append(there, None)
    played, notes = play(log)
    assert played.diagnosis is None
    assert [type(n) for n in notes] == [Stretch, Surprise, Stretch]
    assert tallies(notes) == [
        [("FSM-0", A, 3), ("FSM-2", B, 1), ("FSM-3", B, 1)],
        [("FSM-2", B, 1), ("FSM-0", A, 1)],
    ]
    surprise = notes[1]
    assert isinstance(surprise, Surprise)
    assert (surprise.op.seq_no, surprise.outcome.rule) == (4, "FSM-3")
    stretches = [n for n in notes if isinstance(n, Stretch)]
    assert stretches[1].content_bytes == 40
    assert [s.last_offset for s in stretches] == [s.first_offset for s in stretches[1:]] + [
        log.head
    ]
    assert (played.play.rejected_since, played.fsm.next_seq_no) == (0, 5)


def test_what_is_in_turn_and_rejected_is_a_surprise() -> None:
    log = MadeLog()
    here = log.append(START, Create("/a"))
    log.append(here, Create("/a"))
    log.append(here, Unlink(F1, "/b"))
    played, notes = play(log)
    found = [n.outcome.rule for n in notes if isinstance(n, Surprise)]
    assert found == ["FSM-5", "FSM-8"]
    assert played.play.rejected_since == 2


def test_a_strange_author_surprises_once() -> None:
    log = MadeLog()
    here = log.append(START, None)
    there = log.append(here, None)
    dead = log.append(here, Create("/x"), B)
    for _ in range(2):
        there = log.append(there, None)
        dead = log.append(dead, None, B)
        log.append((there[0], there[1] ^ 1), None, B)
    _, notes = play(log)
    assert len([n for n in notes if isinstance(n, Surprise)]) == 1


def test_bytes_that_are_no_operation_have_a_note() -> None:
    """The content of a rejected write is none; what is behind its claim is."""
    log = MadeLog()
    here = log.append(START, Create("/a"))
    first = log.head
    log.raw(b"garbage")
    here = log.append(here, None)
    log.append((9, 9), Write(F1, 0, 5), B)
    second = log.head
    log.raw(b"tail")
    _, notes = play(log)
    found = [(n.first_offset, n.last_offset) for n in notes if isinstance(n, NoOperation)]
    assert found == [(first, first + 7), (second, second + 4)]


def test_a_claim_beyond_the_head_hides_no_bytes() -> None:
    log = MadeLog()
    here = log.append(START, None)
    log.raw(frame(encode_op(RecordedOp(9, 9, B, Write(F1, 0, 1 << 40)))))
    first = log.head
    log.raw(b"garbage")
    log.append(here, None)
    _, notes = play(log)
    found = [(n.first_offset, n.last_offset) for n in notes if isinstance(n, NoOperation)]
    assert found == [(first, first + 7)]


def test_seeks_and_the_end_of_the_hints_are_told() -> None:
    log = MadeLog()
    one = log.append(START, Create("/a"))
    end = log.head
    two = log.append(one, None)
    begin = log.head
    three = log.append(two, Write(F1, 0, 9))
    log.append(three, None, B)
    hints = hinted(run(START, 1, 0, end), run(two, 3, begin))
    played, notes = play(log, hints)
    assert [type(n) for n in notes] == [Stretch, Seek, Stretch, HintsRead, Stretch]
    seek = notes[1]
    assert isinstance(seek, Seek)
    assert (seek.first_offset, seek.last_offset) == (end, begin)
    assert seek.segment is not None
    assert seek.segment.first_seq_no == 3
    assert tallies(notes)[-1] == [("FSM-0", B, 1)]
    assert played.play.next_seq_no == 5
    assert played.bytes_read[LOG] == log.head


def test_after_the_first_seeks_they_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanations, "MAX_SEEKS", 1)
    log, points, offsets = MadeLog(), [START], [0]
    for change in (Create("/a"), None, None, None, Write(F1, 0, 9), None, Write(F1, 0, 9)):
        points.append(log.append(points[-1], change))
        offsets.append(log.head)
    hinted_at = (0, 2, 4, 6)
    hints = hinted(*(run(points[i], i + 1, offsets[i]) for i in hinted_at))
    _, notes = play(log, hints)
    assert [type(n) for n in notes] == [Stretch, Seek, Stretch, HintsRead]
    stretch = notes[2]
    assert isinstance(stretch, Stretch)
    passed = offsets[4] - offsets[3] + offsets[6] - offsets[5]
    assert (stretch.seeks, stretch.seek_bytes) == (2, passed)
    assert tallies(notes) == [[("FSM-0", A, 1)], [("FSM-0", A, 3)]]


def test_a_move_to_another_log_is_told() -> None:
    other, log = MadeLog(), MadeLog()
    one = other.append(START, Create("/a"))
    end = other.head
    log.append(one, Write(F1, 0, 3))
    hints = hinted(run(START, 1, 0, end, log=OTHER), run(one, 2))
    _, notes = play(log, hints, other=other)
    moves = [n for n in notes if isinstance(n, Move)]
    assert [(m.former, m.log, m.offset) for m in moves] == [(OTHER, LOG, 0)]


def test_a_hole_that_is_read_over_is_told() -> None:
    log = MadeLog()
    one = log.append(START, Create("/a"))
    end = log.head
    two = log.append_all(one, None, None)
    begin = log.head
    log.append(two, Write(F1, 0, 3))
    hints = hinted(run(START, 1, 0, end), run(two, 4, begin - 1, log.head))
    played, notes = play(log, hints, holes=((begin - 2, begin),))
    assert played.diagnosis is None
    assert [n for n in notes if isinstance(n, Hole)] == [Hole(LOG, begin - 1, begin)]
    assert played.play.holes == []


def test_what_a_stretch_holds_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanations, "MAX_TALLIES", 2)
    monkeypatch.setattr(explanations, "MAX_AUTHORS", 2)
    log = MadeLog()
    here = log.append(START, None)
    for author in (B, C, Author(0xD)):
        log.append((here[0], 99), None, author)
        log.append((99, 99), None, author)
    for author in (B, C, Author(0xD)):
        log.append((99, 99), None, author)
    played, notes = play(log)
    assert len(played.play.authors) == 2
    assert all(len(t) <= 2 for t in tallies(notes))
    assert len(played.play.contenders) == 2
    assert len([n for n in notes if isinstance(n, Surprise)]) == 2


def test_each_operation_is_told_in_its_place_if_asked_for() -> None:
    log = MadeLog()
    one = log.append(START, Create("/a"))
    log.raw(b"garbage")
    two = log.append(one, None)
    log.append(two, Create("/a"))
    begin = log.head
    log.append(two, Write(F1, 0, 3))
    hints = hinted(run(START, 1, 0), run(two, 3, begin))
    _, notes = play(log, hints, every=True)
    assert [type(n) for n in notes] == [Offered, Seek, Offered, HintsRead]
    _, notes = play(log, every=True)
    assert isinstance(notes[1], Skipped)
    rules = [n.outcome.rule for n in notes if isinstance(n, Offered)]
    assert rules == ["FSM-0", "FSM-0", "FSM-5", "FSM-0"]
    assert len(notes) == 5


# Why a play failed


def made(author: Author = A) -> tuple[MadeLog, list[Point], list[int]]:
    """A log of a few operations, with the point and the offset before each, and behind the last."""
    log, at = MadeLog(), START
    points, offsets = [at], [0]
    for change in (Create("/a"), Write(F1, 0, 9), None, Link(F1, "/b"), None):
        at = log.append(at, change, author)
        points.append(at)
        offsets.append(log.head)
    return log, points, offsets


def test_beyond_the_head() -> None:
    """The first operation that is missing, not the first of the segment that is beyond."""
    log, points, _ = made()
    played, _ = play(log, hinted(run(START, 1), run(points[3], 5, 10_000)))
    assert lost(played) == (Missing.BEYOND_HEAD, log.head, 4, A)
    hints = hinted(run(START, 8), run((10, 9), 12, 10_000))
    played, _ = play(log, hints)
    assert lost(played) == (Missing.BEYOND_HEAD, log.head, 6, A)
    assert "operation 6 of author" in str(played.diagnosis)
    assert lost(play(log, hinted(run(START, 5, 2, 10_000)))[0])[2] == 1


def test_beyond_the_head_with_something_else_before_it() -> None:
    """Which is the first is not known then."""
    log, points, offsets = made()
    for end, holes in ((0, (offsets[1], offsets[2])), (offsets[3], (0, offsets[4]))):
        hints = hinted(run(START, 3, 0, end), run(points[4], 5, 10_000))
        played, _ = play(log, hints, holes=(holes,))
        assert lost(played) == (Missing.BEYOND_HEAD, log.head, 5, A)
        assert "operation 5 or an earlier one of author" in str(played.diagnosis)
    played, _ = play(log, hinted(run(START, 5, 0, 10_000)))
    assert lost(played) == (Missing.BEYOND_HEAD, log.head, 5, A)


def test_a_log_that_became_shorter() -> None:
    log, _, _ = made()
    played, _ = play(log, head=log.head + 5)
    assert lost(played) == (Missing.BEYOND_HEAD, log.head, 6, None)


def test_a_pruned_beginning() -> None:
    log, _, offsets = made()
    played, _ = play(log, holes=((0, offsets[1]),))
    assert lost(played) == (Missing.PRUNED, 0, 1, None)


def test_a_hole_further_on() -> None:
    log, _, offsets = made()
    played, _ = play(log, holes=((offsets[2], offsets[3]),))
    assert lost(played) == (Missing.HOLE, offsets[2], 3, None)


def test_a_hole_that_was_read_over_is_where_it_was_lost() -> None:
    """Not the one at which the play gave up, nor the head."""
    log, points, offsets = made()
    hints = hinted(run(START, 1, 0), run(points[3], 4, offsets[3]))
    played, _ = play(log, hints, holes=((0, offsets[1]),))
    assert lost(played) == (Missing.HOLE, 0, 1, A)
    played, _ = play(log, hints, holes=((0, offsets[1]), (offsets[3], offsets[4])))
    assert lost(played) == (Missing.PRUNED, 0, 1, A)


def test_an_author_who_is_only_in_a_former_log() -> None:
    other, log = MadeLog(), MadeLog()
    one = other.append(START, Create("/a"))
    log.append((7, 7), None, B)
    hints = hinted(run(START, 1, 0, other.head, log=OTHER), run(one, 2))
    played, _ = play(log, hints, other=other)
    assert lost(played) == (Missing.AUTHOR_ABSENT, log.head, 2, A)


def test_an_operation_of_another_branch() -> None:
    log, points, offsets = made()
    wrong = (points[2][0], points[2][1] ^ 1)
    played, _ = play(log, hinted(run(START, 1, 0, offsets[1]), run(wrong, 4, offsets[1])))
    assert lost(played) == (Missing.OTHER_BRANCH, offsets[2], 3, A)


def test_an_operation_that_another_author_took() -> None:
    log, _points, _offsets = made(B)
    log.append((77, 7), None, A)
    played, _ = play(log, hinted(run(START, 5, 0, author=A)))
    assert lost(played) == (Missing.TAKEN, 0, 1, A)


def test_an_operation_that_contradicts_the_files() -> None:
    log = MadeLog()
    here = log.append(START, Create("/a"))
    offset = log.head
    there = log.append(here, Unlink(F1, "/b"))
    log.append(there, None)
    played, _ = play(log, hinted(run(START, 3)))
    assert lost(played) == (Missing.CONTRADICTED, offset, 2, A)


def test_an_author_who_is_not_there() -> None:
    log, _, _ = made(B)
    played, _ = play(log, hinted(run((1, 99), 5, author=A)))
    assert lost(played) == (Missing.AUTHOR_ABSENT, log.head, 1, A)
    assert played.diagnosis is not None
    assert str(int(B)) in played.diagnosis.detail


def test_an_operation_that_is_just_not_there() -> None:
    log, _, _ = made()
    played, _ = play(log, hinted(run(START, 9)))
    assert lost(played) == (Missing.NOT_FOUND, log.head, 6, A)
    empty, _ = play(MadeLog(), hinted(run(START, 9)), head=0)
    assert lost(empty)[0] is Missing.BEYOND_HEAD


def test_files_that_no_directory_holds() -> None:
    log = MadeLog()
    log.append_all(START, Create("/a"), Create("/a/b"))
    played, _ = play(log)
    assert lost(played) == (Missing.TREE, None, 3, None)


def test_a_log_is_explained_alike_however_it_is_read() -> None:
    """Stretches lie side by side, and cover what is read."""
    log, _, _ = made()
    log.raw(b"x" * 30)
    log.append((50, 5), Write(F1, 0, 20), B)
    _, notes = play(log)
    ends = [
        (n.first_offset, n.last_offset)
        for n in notes
        if isinstance(n, Stretch | NoOperation | Seek | Hole)
    ]
    assert ends[0][0] == 0
    assert all(one[1] == two[0] for one, two in pairwise(ends))


def test_a_property_of_the_hints_that_is_in_the_way() -> None:
    log = MadeLog()
    log.append(START, Create("/a"))
    nodes = hinted(run(START, 1)).live_nodes
    for path in ("/a", "/a/b", "/../x"):
        played, _ = play(log, FSMHints(LOG, nodes, (Property(path, b""),)))
        assert played.diagnosis is not None
        assert played.diagnosis.missing is Missing.TREE
        assert f"The hints themselves name the property {path}" in played.diagnosis.advice[0]


def test_a_write_that_no_file_has() -> None:
    log = MadeLog()
    log.append(log.append(START, Create("/a")), Write(F1, -5, 3))
    played, _ = play(log)
    assert lost(played)[0] is Missing.TREE
