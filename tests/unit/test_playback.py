"""The player machine, driven by hand over logs in memory: each rule of ``playback``."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from rlog_model.framing import MAGIC, Skipped, frame
from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.identity import MAX_INT64, Author, Fnode
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import FnodeNotTracked, WrongSeqNo
from rlog_model.play_error import (
    BranchFull,
    HintsBeyondHead,
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
    Appended,
    AskHead,
    AtHead,
    Bytes,
    Complete,
    CreateFile,
    Event,
    Failed,
    FileAction,
    FinishAtWriteHead,
    Goal,
    Head,
    InjectHandoff,
    Offered,
    Read,
    RemoveFile,
    WriteFile,
)
from rlog_model.playback import NEAR, Playback, Progress
from rlog_model.revision import JUNE_2020, MAY_2021
from rlog_model.segment import Segment
from rlog_model.wire import encode_op
from tests.branches import start

LOG = "a/log"
F1, F3 = Fnode(1), Fnode(3)


class World:
    """Logs as bytes, and a player that is driven until it has ended or tails."""

    def __init__(self, progress: Progress, logs: dict[str, bytes], chunk: int = 1 << 20) -> None:
        self.progress = progress
        self.logs = logs
        self.holes: dict[str, int] = dict.fromkeys(logs, 0)
        self.chunk = chunk
        self.actions: list[FileAction] = list(progress.actions)
        self.read: list[Offered | Skipped] = list(progress.read)
        self.before_append: Callable[[], None] = lambda: None
        self.asked: list[object] = []
        self.told: list[int] = []
        """The offset of each byte that it was told."""

    def tell(self, event: Event) -> None:
        self.progress = self.progress.playback.receive(event)
        self.actions += self.progress.actions
        self.read += self.progress.read

    def run(self) -> World:
        for _ in range(10_000):
            request = self.progress.request
            self.asked.append(request)
            match request:
                case Complete() | Failed():
                    return self
                case AskHead(log):
                    self.tell(Head(log, len(self.logs[log])))
                case Append(log, content, _):
                    self.before_append()
                    self.logs[log] += content
                    self.tell(Appended(len(self.logs[log])))
                case Read(log, offset, block, enough):
                    assert enough is None or enough > offset
                    begin = max(offset, self.holes[log])
                    end = begin + self.chunk
                    if enough is not None and begin < enough:
                        # A player that is told no more than it needs gets through all the same.
                        end = min(end, enough)
                    content = self.logs[log][begin:end]
                    if content or begin > offset:
                        self.told += range(begin, begin + len(content))
                        self.tell(Bytes(begin, content))
                    elif block:
                        return self
                    else:
                        self.tell(AtHead())
        raise AssertionError("the player hangs")

    @property
    def fsm(self) -> FSM:
        assert isinstance(self.progress.request, Complete), self.progress.request
        return self.progress.request.fsm

    @property
    def error(self) -> PlayError:
        assert isinstance(self.progress.request, Failed), self.progress.request
        return self.progress.request.error


def play(
    log: bytes,
    hints: FSMHints | None = None,
    goal: Goal | None = FinishAtWriteHead(),  # noqa: B008  # immutable
    chunk: int = 1 << 20,
    hole: int = 0,
    **more: bytes,
) -> World:
    hints = hints or FSMHints(LOG)
    world = World(Playback.start(hints), {LOG: log, **more}, chunk)
    world.holes[LOG] = hole
    if goal is not None:
        world.tell(goal)
    return world.run()


def hints_of(*nodes: tuple[int, tuple[Segment, ...]], log: str = LOG) -> FSMHints:
    return FSMHints(log, tuple(FnodeSegments(Fnode(f), s) for f, s in nodes))


def segment(
    first: int, last: int, checksum: int, offset: int, end: int = 0, log: str = ""
) -> Segment:
    return Segment(Author(1), first, offset, checksum, last, end, log)


def same(error: PlayError, expected: PlayError) -> bool:
    """Exceptions compare by identity."""
    return type(error) is type(expected) and vars_of(error) == vars_of(expected)


def vars_of(error: PlayError) -> tuple[object, ...]:
    return error.args


@pytest.mark.clause("PLAY-12")
def test_file_actions_are_those_of_the_applied_operations_only() -> None:
    branch, log = start().ops(
        Create("/a"),
        (Write(F1, 2, 3), b"abc"),
        Create("/b"),
        Link(F1, "/c"),
        Unlink(F3, "/b"),
        Unlink(F1, "/a"),
        (Write(F3, 0, 4), b"dead"),
        Write(F1, 0, 0),
    )
    world = play(log)
    assert world.actions == [
        CreateFile(F1),
        WriteFile(F1, 2, b"abc"),
        CreateFile(F3),
        RemoveFile(F3),
    ]
    assert world.fsm.next_seq_no == branch.next_seq_no
    outcomes = [o.outcome for o in world.read if isinstance(o, Offered)]
    assert outcomes[6] == FnodeNotTracked(F3)


@pytest.mark.clause("PLAY-17")
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_it_is_the_same_however_the_log_is_split(chunk: int) -> None:
    branch, log = start().ops(Create("/a"), (Write(F1, 0, 9), b"\x66\x33\x93\x36abcde"), None)
    log += b"junk" + MAGIC[:2]
    _, more = branch.ops((Write(F1, 9, 2), b"xy"))
    whole, split = play(log + more), play(log + more, chunk=chunk)
    assert whole.read == split.read
    assert whole.fsm == split.fsm
    content = bytearray(11)
    for action in split.actions:
        if isinstance(action, WriteFile):
            content[action.offset : action.offset + len(action.content)] = action.content
    assert content == b"\x66\x33\x93\x36abcdexy"


@pytest.mark.clause("PLAY-1")
def test_heads_of_all_logs_are_asked_for_before_anything_is_read() -> None:
    one, first = start().ops(Create("/a"))
    _, second = one.ops(None, (Write(F1, 0, 1), b"x"))
    hints = hints_of((1, (segment(1, 1, 0, 0, len(first), "b/log"), segment(3, 3, 0, 0))))
    world = World(Playback.start(hints), {LOG: second, "b/log": first})
    world.run()
    assert world.asked[:2] == [AskHead("b/log"), AskHead(LOG)]
    assert isinstance(world.asked[2], Read)
    assert world.asked[2].log == "b/log"


@pytest.mark.clause("PLAY-3", "LOG-4", "LOG-5")
def test_hints_of_several_logs_lead_from_one_to_the_next() -> None:
    one, first = start().ops(Create("/a"), (Write(F1, 0, 1), b"a"))
    _, dead = one.ops((Write(F1, 0, 1), b"z"))
    two, second = one.by(2).ops(None, (Write(F1, 1, 1), b"b"))
    hinted = evolve(segment(3, 4, one.next_checksum, 0), author=Author(2))
    hints = hints_of((1, (segment(1, 2, 0, 0, len(first), "b/log"), hinted)))
    world = World(Playback.start(hints), {LOG: second, "b/log": first + dead})
    world.tell(FinishAtWriteHead())
    world.run()
    writes = [a.content for a in world.actions if isinstance(a, WriteFile)]
    assert writes == [b"a", b"b"]
    assert world.fsm.next_checksum == two.next_checksum


@pytest.mark.clause("LOG-4")
def test_hints_lead_back_to_a_log_that_the_branch_had_left() -> None:
    one, first = start().ops(Create("/a"), (Write(F1, 0, 1), b"a"))
    two, second = one.by(2).ops(None, (Write(F1, 1, 1), b"b"))
    three, third = two.by(3).ops(None, (Write(F1, 2, 1), b"c"))
    _, dead = one.ops((Write(F1, 0, 1), b"z"))
    away = evolve(segment(3, 4, one.next_checksum, 0, len(second), "b/log"), author=Author(2))
    begin = len(first + dead)
    back = evolve(segment(5, 6, two.next_checksum, begin), author=Author(3))
    hints = hints_of((1, (segment(1, 2, 0, 0, len(first)), away, back)))
    world = World(Playback.start(hints), {LOG: first + dead + third, "b/log": second})
    world.tell(FinishAtWriteHead())
    world.run()
    assert [a.content for a in world.actions if isinstance(a, WriteFile)] == [b"a", b"b", b"c"]
    assert world.fsm.next_checksum == three.next_checksum


@pytest.mark.clause("PLAY-2")
@pytest.mark.parametrize(("offset", "end"), [(26, 0), (1000, 0), (0, 27)])
def test_hints_beyond_the_head_fail(offset: int, end: int) -> None:
    _, log = start().ops(Create("/a"))
    assert len(log) == 21 + 0 or len(log) < 26
    log = log.ljust(26, b"\0")
    hints = hints_of((1, (segment(1, 1, 0, offset, end),)))
    error = play(log, hints).error
    assert isinstance(error, HintsBeyondHead)
    assert (error.log, error.head) == (LOG, 26)
    assert "data loss" in str(error)


@pytest.mark.clause("PLAY-2")
def test_hints_that_end_at_the_head_play() -> None:
    _, log = start().ops(Create("/a"))
    assert play(log, hints_of((1, (segment(1, 1, 0, 0, len(log)),)))).fsm.links["/a"] == F1


@pytest.mark.clause("PLAY-3")
def test_it_seeks_over_what_no_hint_needs() -> None:
    one, first = start().ops(Create("/dead"))
    two, middle = one.ops(*[(Write(F1, 0, 50), bytes(50))] * 20)
    live = Fnode(two.next_seq_no)
    three, last = two.ops(Create("/live"), (Write(live, 0, 1), b"x"))
    offset = len(first + middle)
    hints = hints_of(
        (live, (segment(live, live + 1, two.next_checksum, offset, offset + len(last)),))
    )
    world = play(first + middle + last, hints)
    reads = [r for r in world.asked if isinstance(r, Read)]
    assert reads[0].offset == offset
    assert world.fsm.next_checksum == three.next_checksum
    assert list(world.fsm.links) == ["/live"]


@pytest.mark.clause("PLAY-3")
def test_it_seeks_between_hinted_segments_and_within_the_bytes_at_hand() -> None:
    one, first = start().ops(Create("/a"))
    two, middle = one.ops(Create("/dead"), Unlink(Fnode(2), "/dead"))
    three, last = two.ops((Write(F1, 0, 1), b"x"))
    offset = len(first + middle)
    hints = hints_of(
        (1, (segment(1, 1, 0, 0, len(first)), segment(4, 4, two.next_checksum, offset)))
    )
    world = play(first + middle + last, hints)
    assert [o.op.seq_no for o in world.read if isinstance(o, Offered)] == [1, 4]
    assert world.fsm.next_checksum == three.next_checksum


def runs(count: int, *, known: bool = True) -> tuple[bytes, FSMHints, list[tuple[int, int]]]:
    """A log in which each file is written and removed but for every third one; hints of those that
    are left, and where they are."""
    at, log, nodes, places = start(), b"", list[tuple[int, tuple[Segment, ...]]](), []
    for number in range(count):
        live, first = number % 3 == 0, at.next_checksum
        fnode = Fnode(at.next_seq_no)
        at, made = at.ops(Create(f"/{number}"), (Write(fnode, 0, 40), bytes(40)))
        if not live:
            at, removed = at.ops(Unlink(fnode, f"/{number}"))
            made += removed
        if live:
            end = len(log + made) if known else 0
            nodes.append((fnode, (segment(fnode, fnode + 1, first, len(log), end),)))
            places.append((len(log), len(log + made)))
        log += made
    return log, hints_of(*nodes), places


@pytest.mark.parametrize("chunk", [7, 64, 1 << 20])
def test_it_reads_no_more_than_what_hints_name_and_what_follows(chunk: int) -> None:
    log, hints, places = runs(300)
    world = World(Playback.start(hints), {LOG: log}, chunk)
    world.tell(FinishAtWriteHead())
    world.run()
    assert len(world.fsm.links) == 100
    named = [offset for begin, end in places for offset in range(begin, end)]
    behind = range(places[-1][1], len(log))
    assert world.told == [*named, *behind]


def test_it_reads_on_where_no_hint_tells_the_end() -> None:
    log, hints, _ = runs(6, known=False)
    world = play(log, hints)
    assert [r.enough for r in world.asked if isinstance(r, Read)] == [None]


def test_a_row_of_segments_is_read_in_few_reads() -> None:
    """Each is of another author than the one before, so that none reduces with it."""
    at, log, nodes = start(), b"", list[tuple[int, tuple[Segment, ...]]]()
    for number in range(1000):
        first, fnode = at.next_checksum, Fnode(at.next_seq_no)
        at, one = at.by(1 + number % 2).ops(Create(f"/{number}"))
        there = segment(fnode, fnode, first, len(log), len(log + one))
        nodes.append((fnode, (evolve(there, author=Author(1 + number % 2)),)))
        log += one
    world = play(log, hints_of(*nodes))
    assert len(world.fsm.links) == 1000
    assert sum(isinstance(r, Read) for r in world.asked) <= 1000 // NEAR + 2


@pytest.mark.clause("PLAY-4", "THM-3")
def test_a_rejected_write_hides_nothing_however_long_it_claims_to_be() -> None:
    one, first = start().ops(Create("/a"))
    _, lie = start(99).ops(Write(F1, 0, 1 << 40))
    _, short_lie = start(99).ops(Write(F1, 0, 30))
    two, last = one.ops((Write(F1, 0, 1), b"x"))
    world = play(first + lie + short_lie + last)
    assert world.fsm.next_checksum == two.next_checksum
    rejected = [o.outcome for o in world.read if isinstance(o, Offered)][1:3]
    assert rejected == [WrongSeqNo(2, 1)] * 2


@pytest.mark.clause("PLAY-4", "PLAY-11")
def test_a_write_of_the_branch_that_is_not_all_there_is_no_operation() -> None:
    one, first = start().ops(Create("/a"))
    _, torn = one.by(99).ops((Write(F1, 0, 1 << 40), b"abc"))
    two, last = one.ops((Write(F1, 0, 1), b"x"))
    world = play(first + torn + last)
    assert world.fsm.next_checksum == two.next_checksum
    assert AskHead(LOG) in world.asked[3:]


@pytest.mark.clause("PLAY-12")
def test_a_write_longer_than_a_chunk_is_read_whole() -> None:
    _, log = start().ops(Create("/a"), (Write(F1, 5, 1000), bytes(range(250)) * 4))
    world = play(log, chunk=100)
    content = b"".join(a.content for a in world.actions if isinstance(a, WriteFile))
    assert content == bytes(range(250)) * 4
    firsts = [a.offset for a in world.actions if isinstance(a, WriteFile)]
    assert firsts[0] == 5
    assert firsts == sorted(firsts)


@pytest.mark.clause("PLAY-4")
@pytest.mark.parametrize(
    "junk",
    [
        b"\x0a",
        MAGIC[:3],
        MAGIC + b"\xff\xff\xff\xff",
        MAGIC + (60).to_bytes(4, "little"),
        MAGIC + (20).to_bytes(4, "little") + bytes(3),
        MAGIC + bytes(4),
        frame(b"\x66\x66"),
        frame(b"\x78\x05"),
    ],
)
@pytest.mark.parametrize("chunk", [5, 1 << 20])
def test_bytes_that_are_no_operation_are_skipped_anywhere(junk: bytes, chunk: int) -> None:
    one, first = start().ops(Create("/a"))
    two, last = one.ops((Write(F1, 0, 1), b"x"))
    for log in (
        junk + first + last,
        first + junk + last,
        first + last + junk,
        first + junk * 3 + last,
    ):
        world = play(log, chunk=chunk)
        assert world.fsm.next_checksum == two.next_checksum
        handoff = play(log, goal=InjectHandoff(Author(7)), chunk=chunk)
        assert handoff.fsm.next_seq_no == 4


@pytest.mark.clause("PLAY-4", "PLAY-18")
def test_what_is_unfinished_at_the_head_of_a_tailed_log_does_not_swallow_what_follows() -> None:
    one, first = start().ops(Create("/a"))
    two, last = one.ops((Write(F1, 0, 1), b"x"))
    world = play(first + MAGIC + (500).to_bytes(4, "little"), goal=None)
    assert world.progress.playback.tailing
    world.logs[LOG] += last
    world.run()
    assert world.progress.playback.fsm.next_checksum == two.next_checksum
    world.tell(FinishAtWriteHead())
    assert world.run().fsm.next_checksum == two.next_checksum


@pytest.mark.clause("PLAY-11")
def test_a_write_that_is_not_all_there_is_no_operation_of_a_tailed_log_either() -> None:
    """Without a goal, the head is asked for to find that out, and is no end of the play."""
    one, first = start().ops(Create("/a"))
    _, torn = one.by(99).ops((Write(F1, 0, 1 << 40), b"abc"))
    two, last = one.ops((Write(F1, 0, 1), b"x"))
    world = play(first + torn, goal=None)
    assert world.asked.count(AskHead(LOG)) == 2
    world.logs[LOG] += last
    assert world.run().progress.playback.fsm.next_checksum == two.next_checksum
    assert world.progress.playback.tailing


@pytest.mark.clause("PLAY-13", "PLAY-18")
def test_it_tails_once_it_has_reached_the_head_and_not_before() -> None:
    branch, log = start().ops(Create("/a"), Create("/b"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log}, chunk=10)
    while not isinstance(world.progress.request, Read) or not world.progress.request.block:
        assert not world.progress.playback.tailing
        request = world.progress.request
        if isinstance(request, AskHead):
            world.tell(Head(LOG, len(log)))
        elif isinstance(request, Read):
            world.tell(Bytes(request.offset, log[request.offset : request.offset + 10]))
    assert world.progress.playback.tailing
    assert world.progress.playback.fsm.next_checksum == branch.next_checksum


@pytest.mark.clause("PLAY-5")
@pytest.mark.parametrize("last_ends", [True, False])
def test_a_hole_over_which_a_hinted_segment_may_still_lie_is_read_over(last_ends: bool) -> None:
    """While another comes, which does not begin in it; or where the last is known to end behind."""
    one, dead = start().ops(Create("/dead"))
    two, first = one.ops(Create("/live"))
    three, between = two.ops(Create("/dead, too"))
    four, second = three.ops(Create("/more"))
    hole, end = len(dead), len(dead + first)
    early = segment(2, 2, one.next_checksum, 3, end if last_ends else 0)
    late = segment(4, 4, three.next_checksum, end)
    hints = hints_of((2, (early,)), *([] if last_ends else [(4, (late,))]))
    world = play(dead + first + between + second, hints, hole=hole)
    assert world.fsm.next_checksum == four.next_checksum


@pytest.mark.clause("PLAY-5")
@pytest.mark.parametrize("known_end", [True, False])
def test_a_hole_that_may_hold_what_is_needed_fails(known_end: bool) -> None:
    one, first = start().ops(Create("/a"))
    _, rest = one.ops(Create("/b"), (Write(F1, 0, 1), b"x"))
    end = len(first) if known_end else 0
    hints = hints_of((1, (segment(1, 1, 0, 0, end),)))
    error = play(first + rest, hints, hole=len(first)).error
    assert same(error, HoleInLog(LOG, 0, len(first), 1))
    assert "data loss" in str(error)


@pytest.mark.clause("PLAY-5")
def test_a_copy_of_a_hinted_operation_behind_a_hole_is_not_believed() -> None:
    """What went on from the operation itself was lost with it."""
    one, first = start().ops(Create("/a"))
    _, lost = one.ops((Write(F1, 0, 1), b"x"))
    hints = hints_of((1, (segment(1, 1, 0, 0),)))
    hole = len(first + lost)
    error = play(first + lost + first, hints, hole=hole).error
    assert same(error, HoleInLog(LOG, 0, hole, 1))


@pytest.mark.clause("PLAY-5")
def test_a_log_without_its_beginning_can_not_be_played_without_hints() -> None:
    one, first = start().ops(Create("/a"))
    _, rest = one.ops(Create("/b"))
    assert same(play(first + rest, hole=len(first)).error, HoleInLog(LOG, 0, len(first), 1))


@pytest.mark.clause("PLAY-5")
def test_a_hole_behind_the_hints_fails() -> None:
    one, first = start().ops(Create("/a"))
    two, middle = one.ops(Create("/b"))
    _, rest = two.ops(Create("/c"))
    hints = hints_of((1, (segment(1, 1, 0, 0, len(first)),)))
    world = World(Playback.start(hints), {LOG: first + middle + rest}, chunk=len(first))
    world.tell(FinishAtWriteHead())
    while not (isinstance(world.progress.request, Read) and world.progress.request.offset):
        if isinstance(world.progress.request, AskHead):
            world.tell(Head(LOG, len(world.logs[LOG])))
        else:
            world.tell(Bytes(0, first))
    world.holes[LOG] = len(first + middle)
    assert isinstance(world.run().error, HoleInLog)


@pytest.mark.clause("PLAY-5")
def test_a_hole_in_the_raw_bytes_of_a_write_fails() -> None:
    _, log = start().ops(Create("/a"), (Write(F1, 0, 100), bytes(100)))
    hints = hints_of((1, (segment(1, 2, 0, 0, len(log)),)))
    world = World(Playback.start(hints), {LOG: log})
    world.tell(Head(LOG, len(log)))
    world.tell(Bytes(0, log[:-50]))
    world.tell(Bytes(len(log) - 1, log[-1:]))
    assert isinstance(world.error, HoleInLog)


@pytest.mark.clause("PLAY-6", "PLAY-18")
def test_hints_that_remain_at_the_head_fail_also_behind_an_unfinished_frame() -> None:
    _, log = start().ops(Create("/a"))
    hints = hints_of((1, (segment(1, 2, 0, 0),)))
    for tail in (b"", MAGIC + (90).to_bytes(4, "little"), MAGIC[:2]):
        error = play(log + tail, hints).error
        assert isinstance(error, HintsRemain)
        assert (error.next_seq_no, error.segment.last_seq_no) == (2, 2)
        assert "operation 2" in str(error)


def test_a_hinted_operation_within_an_unfinished_frame_is_found() -> None:
    branch, log = start().ops(Create("/a"))
    hints = hints_of((1, (segment(1, 1, 0, 0),)))
    world = play(MAGIC + (90).to_bytes(4, "little") + log, hints)
    assert world.fsm.next_checksum == branch.next_checksum


@pytest.mark.clause("PLAY-6")
def test_a_log_that_ends_before_its_head_fails() -> None:
    _, log = start().ops(Create("/a"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    world.tell(Head(LOG, len(log) + 5))
    error = world.run().error
    assert same(error, LogEndsEarly(LOG, len(log), len(log) + 5))
    assert str(len(log) + 5) in str(error)


@pytest.mark.clause("PLAY-8", "HOF-1")
def test_a_handoff_is_the_next_operation_of_its_author_and_completes_the_play() -> None:
    branch, log = start().ops(Create("/a"))
    world = play(log, goal=InjectHandoff(Author(7)))
    _, no_op = branch.by(7).ops(None)
    assert world.logs[LOG] == log + no_op
    assert Append(LOG, no_op, Author(7)) in world.asked
    assert world.fsm.next_seq_no == 3


@pytest.mark.clause("PLAY-8", "HOF-4", "SEQ-4")
def test_a_lost_race_is_read_and_the_handoff_tried_again() -> None:
    one, log = start().ops(Create("/a"))
    two, raced = one.ops((Write(F1, 0, 1), b"x"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    races = [raced, b""]

    def race() -> None:
        world.logs[LOG] += races.pop(0)

    world.before_append = race
    world.tell(InjectHandoff(Author(7)))
    world.run()
    assert races == []
    assert len([r for r in world.asked if isinstance(r, Append)]) == 2
    _, no_op = two.by(7).ops(None)
    assert world.logs[LOG].endswith(no_op)
    assert world.fsm.next_checksum == two.by(7).ops(None)[0].next_checksum
    assert WriteFile(F1, 0, b"x") in world.actions


@pytest.mark.clause("HOF-3")
def test_another_no_op_of_the_same_author_is_not_the_handoff() -> None:
    one, log = start().ops(Create("/a"))
    _, other = one.by(7).ops(Create("/b"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    races = [other, b""]

    def race() -> None:
        world.logs[LOG] += races.pop(0)

    world.before_append = race
    world.tell(InjectHandoff(Author(7)))
    world.run()
    assert world.fsm.next_seq_no == 4


@pytest.mark.clause("HOF-3")
def test_a_later_no_op_of_the_same_author_is_not_the_handoff() -> None:
    one, log = start().ops(Create("/a"))
    _, others = one.by(7).ops(Create("/b"), None)
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    races = [others, b""]

    def race() -> None:
        world.logs[LOG] += races.pop(0)

    world.before_append = race
    world.tell(InjectHandoff(Author(7)))
    world.run()
    assert races == []
    assert world.fsm.next_seq_no == 5


@pytest.mark.clause("PLAY-7")
def test_an_operation_read_together_with_the_end_of_the_goal_is_not_torn() -> None:
    one, log = start().ops(Create("/a"))
    two, more = one.ops((Write(F1, 0, 60), bytes(60)))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    world.tell(FinishAtWriteHead())
    world.tell(Head(LOG, len(log)))
    world.tell(Head(LOG, len(log)))
    world.logs[LOG] += more
    world.chunk = len(log) + 40
    assert world.run().fsm.next_checksum == two.next_checksum


@pytest.mark.clause("PLAY-7", "PLAY-18")
def test_a_frame_begun_beyond_the_goal_does_not_hinder_it() -> None:
    one, log = start().ops(Create("/a"))
    _, more = one.ops(Create("/b"))
    world = World(Playback.start(FSMHints(LOG)), {LOG: log})
    world.tell(FinishAtWriteHead())
    world.tell(Head(LOG, len(log)))
    world.tell(Head(LOG, len(log)))
    world.tell(Bytes(0, log + more[:-1]))
    assert world.fsm.next_seq_no == 2


@pytest.mark.clause("PLAY-14", "PLAY-18")
def test_goals_can_be_asked_for_at_any_time_and_once() -> None:
    branch, log = start().ops(Create("/a"))
    world = play(log, goal=None)
    world.tell(FinishAtWriteHead())
    with pytest.raises(ValueError, match="doesn't answer"):
        world.tell(InjectHandoff(Author(7)))
    assert world.run().fsm.next_checksum == branch.next_checksum
    with pytest.raises(ValueError, match="doesn't answer"):
        play(log).tell(FinishAtWriteHead())


def test_answers_to_another_question_are_refused() -> None:
    progress = Playback.start(FSMHints(LOG))
    for event in (Head("b/log", 0), Bytes(0, b""), AtHead(), Appended(0)):
        with pytest.raises(ValueError, match="doesn't answer"):
            progress.playback.receive(event)
    reading = progress.playback.receive(Head(LOG, 10)).playback.receive(Bytes(0, b"12345"))
    with pytest.raises(ValueError, match="doesn't answer"):
        reading.playback.receive(Bytes(2, b""))


@pytest.mark.clause("PLAY-9")
@pytest.mark.parametrize("path", ["a", "/../x", "/a/../b", "//a", "/", "", "/a/", "/a\0b", "/."])
def test_a_live_path_that_is_none_fails_and_a_dead_one_does_not(path: str) -> None:
    branch, log = start().ops(Create(path))
    error = play(log).error
    assert same(error, UnplayablePath(LOG, path))
    assert repr(path) in str(error)
    _, more = branch.ops(Unlink(F1, path))
    assert play(log + more).fsm.links.get(path) is None


@pytest.mark.clause("PLAY-9")
def test_a_tree_that_no_directory_can_hold_fails_and_names_both() -> None:
    branch, log = start().ops(Create("/d/f"), Create("/d"))
    error = play(log).error
    assert same(error, UnplayableTree(LOG, "/d", "/d/f"))
    assert "'/d'" in str(error)
    assert "'/d/f'" in str(error)
    _, more = branch.ops(Unlink(F1, "/d/f"))
    assert list(play(log + more).fsm.links) == ["/d"]


@pytest.mark.clause("PLAY-9")
def test_a_file_and_a_property_at_one_path_fail() -> None:
    _, log = start().ops(Create("/id"), Link(F1, "/x"))
    end = len(log)
    hints = evolve(hints_of((1, (segment(1, 2, 0, 0, end),))), properties=(Property("/id", b"v"),))
    error = play(log, hints).error
    assert same(error, UnplayableTree(LOG, "/id", "/id"))
    assert "property" in str(error)


@pytest.mark.clause("PLAY-4")
def test_a_write_before_the_file_fails() -> None:
    _, log = start().ops(Create("/a"), (Write(F1, -1, 1), b"x"))
    error = play(log).error
    assert isinstance(error, UnplayableWrite)
    assert error.offset == -1
    assert "offset -1" in str(error)


@pytest.mark.clause("ENC-5", "PLAY-4")
def test_a_write_of_negative_length_has_no_raw_bytes() -> None:
    branch, log = start().ops(Create("/a"), Write(F1, 0, -5))
    branch, more = branch.ops((Write(F1, 0, 1), b"x"))
    assert play(log + more).fsm.next_checksum == branch.next_checksum


@pytest.mark.clause("ENC-5", "PLAY-10")
def test_raw_bytes_of_an_ignored_write_follow_all_the_same() -> None:
    op = RecordedOp(1, 0, Author(1), Create("/a"), ignored=(Write(F1, 0, 3),))
    payload = encode_op(op)
    world = play(frame(payload) + b"abc")
    assert world.actions == [CreateFile(F1)]
    offered = world.read[0]
    assert isinstance(offered, Offered)
    assert offered.op.last_offset == len(payload) + 8 + 3
    assert not any(isinstance(r, Skipped) for r in world.read)


def test_hints_that_can_not_be_played_are_refused_at_once() -> None:
    with pytest.raises(InvalidHints) as refused:
        Playback.start(FSMHints(""))
    assert refused.value.rule is HintRule.NO_LOG


@pytest.mark.clause("RVN-1", "RVN-2")
def test_the_revision_decides() -> None:
    hints = hints_of((1, (segment(1, 1, 0, 0, 9, "b/log"), segment(3, 3, 0, 0))))
    with pytest.raises(InvalidHints):
        Playback.start(hints, JUNE_2020)
    one, log = start().ops(Property("/id", b"v"))
    _, more = one.ops(Property("/id", b"w"))
    world = World(Playback.start(FSMHints(LOG), MAY_2021), {LOG: log + more})
    world.tell(FinishAtWriteHead())
    assert world.run().fsm.properties["/id"] == b"v"


@pytest.mark.clause("PLAY-4")
@pytest.mark.parametrize(("offset", "fails"), [(MAX_INT64, True), (MAX_INT64 - 1, False)])
def test_a_write_beyond_the_last_byte_of_any_file_fails(offset: int, fails: bool) -> None:
    _, log = start().ops(Create("/a"), (Write(F1, offset, 1), b"x"), Unlink(F1, "/a"))
    request = play(log).progress.request
    if fails:
        assert isinstance(request, Failed)
        assert isinstance(request.error, UnplayableWrite)
    else:
        assert isinstance(request, Complete)


@pytest.mark.clause("PLAY-8", "SEQ-5")
def test_a_full_branch_is_not_handed_off() -> None:
    op = RecordedOp(MAX_INT64, 0, Author(1), Create("/a"))
    last = Segment(Author(1), MAX_INT64, 0, 0, MAX_INT64, 0, "")
    hints = FSMHints(LOG, (FnodeSegments(Fnode(MAX_INT64), (last,)),))
    error = play(frame(encode_op(op)), hints, InjectHandoff(Author(9))).error
    assert same(error, BranchFull(LOG))
    assert "full" in str(error)
