"""What the specification decides where nothing else asked, and the bytes of its examples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
import pytest

from rlog_model import scenario as scenarios
from rlog_model.framing import Frame, Framer, Skipped, frame
from rlog_model.fsm import FSM, Remaining
from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.hints_json import hints_from_json, hints_to_json
from rlog_model.identity import MAX_INT64, Author, Fnode, InvalidLogName, validate_log_name
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import (
    APPLIED,
    ExpectedHintedFnode,
    FnodeNotTracked,
    NotHintedAuthor,
    WrongSeqNo,
)
from rlog_model.play_messages import Bytes, Head, Read
from rlog_model.playback import Playback
from rlog_model.recording import Recording
from rlog_model.revision import CURRENT, JUNE_2020, MAY_2021
from rlog_model.segment import InvalidSegment, PairRule, SegmentConflict, SegmentRule, reduce
from rlog_model.segment_set import SegmentSet
from rlog_model.simulation.snapshot import snapshot
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.wire import (
    MalformedHints,
    MalformedOp,
    decode_hints,
    decode_op,
    encode_hints,
    encode_op,
)
from tests.unit.steps import LOG, OTHER_LOG, A, B, after, empty, files_of, next_op, offer, segment

SPEC = Path(__file__).parents[2] / "spec"
ONE = Fnode(1)
LAST_PLACE = "live_nodes[0].segments[1].first_seq_no"


def hints_with(*properties: Property, last: int = 1) -> FSMHints:
    return FSMHints(LOG, (FnodeSegments(ONE, (segment(1, last),)),), properties)


# Encoding


@pytest.mark.clause("ENC-9")
@pytest.mark.parametrize(
    ("payload", "op"),
    [
        ("0801 0802", RecordedOp(2, 0, Author(0))),
        ("2204 0a022f61 2200 2204 0a022f62", RecordedOp(0, 0, Author(0), Create("/b"))),
        ("2a02 0801 2a04 12022f61", RecordedOp(0, 0, Author(0), Link(ONE, "/a"))),
        ("08 ffffffffffffffffff7f", RecordedOp(-1, 0, Author(0))),
        ("6b 0801 6c 0805", RecordedOp(5, 0, Author(0))),
        ("0b 0801 0c", RecordedOp(0, 0, Author(0))),
    ],
)
def test_fields_that_come_more_than_once_or_in_another_form(payload: str, op: RecordedOp) -> None:
    assert decode_op(bytes.fromhex(payload)) == op


@pytest.mark.clause("ENC-10")
@pytest.mark.parametrize("payload", ["6c", "6b 0801", "6b 0801 74", "6b 73 6c 74", "2202 6b6c 6c"])
def test_groups_that_do_not_end_as_they_began(payload: str) -> None:
    with pytest.raises(MalformedOp):
        decode_op(bytes.fromhex(payload))


@pytest.mark.clause("ENC-9")
def test_hints_that_come_in_parts_are_joined() -> None:
    """Two halves of one hints message: repeated fields go on, and the last log counts."""
    one = FSMHints(LOG, (FnodeSegments(ONE, (segment(1, 1),)),), (Property("/p", b"1"),))
    other = FSMHints(OTHER_LOG, (FnodeSegments(Fnode(2), ()),), (Property("/p", b"2"),))
    assert decode_hints(encode_hints(one) + encode_hints(other)) == FSMHints(
        OTHER_LOG, (*one.live_nodes, *other.live_nodes), (*one.properties, *other.properties)
    )


@pytest.mark.clause("ENC-11")
def test_numbers_that_make_no_sense_are_decided_by_the_rules() -> None:
    fsm = after(empty(), Create("/a"))
    for seq_no in (0, -1, -MAX_INT64 - 1):
        op = attrs.evolve(next_op(fsm), seq_no=seq_no)
        assert fsm.apply(op, encode_op(op)).outcome == WrongSeqNo(2, seq_no)
    assert offer(fsm, Write(Fnode(-1), 0, 1)).outcome == FnodeNotTracked(Fnode(-1))
    assert offer(fsm, Write(ONE, -5, -7)).outcome == APPLIED


LAST_BYTES = [b"/\xee\x80\x80", b"/\xff"]
"""In the order of their bytes. As text, the second is a surrogate, and would be the first."""


@pytest.mark.clause("ENC-2", "HNT-7", "REC-8", "REC-4")
def test_paths_are_in_the_order_of_their_bytes() -> None:
    first, second = (path.decode("utf-8", "surrogateescape") for path in LAST_BYTES)
    assert second < first
    fsm = after(empty(), Property(second, b""), Property(first, b""))
    assert [p.path for p in fsm.build_hints().properties] == [first, second]

    recording = Recording.start(FSM(LOG), A, LOG).recording
    for path in (second, first):
        recording = recording.create(f"/d{path}").recording
    moved = recording.rename("/d", "/e").operations
    assert [op.change for op in moved[::2]] == [
        Link(Fnode(2), f"/e{first}"),
        Link(ONE, f"/e{second}"),
    ]
    linked = recording.create("/x").recording.link("/x", first).recording
    linked = linked.link("/x", second).recording
    assert [op.change for op in linked.create("/x").operations][1:4] == [
        Unlink(Fnode(3), first),
        Unlink(Fnode(3), second),
        Create("/x"),
    ]


# Sequence numbers and authors


@pytest.mark.clause("SEQ-5", "ENC-1")
def test_sequence_numbers_do_not_wrap() -> None:
    last = attrs.evolve(segment(1, 1), first_seq_no=MAX_INT64, last_seq_no=MAX_INT64)
    fsm = FSM.from_hints(FSMHints(LOG, (FnodeSegments(Fnode(MAX_INT64), (last,)),)))
    full = after(fsm, Create("/a"))
    assert full.next_seq_no == 1 << 63
    wrapped = attrs.evolve(next_op(full), seq_no=-(1 << 63))
    assert full.apply(wrapped, b"").outcome == WrongSeqNo(1 << 63, -(1 << 63))
    with pytest.raises(ValueError, match="out of range"):
        Recording.start(full, A, LOG).recording.create("/b")


@pytest.mark.clause("AUT-3", "HNT-10")
def test_absent_author_is_applied_and_has_no_hints() -> None:
    nobody = Author(0)
    fsm = after(empty(), Create("/a"), author=nobody)
    assert files_of(fsm)[1][1][0].author == 0
    with pytest.raises(InvalidSegment) as invalid:
        fsm.build_hints()
    assert invalid.value.rule is SegmentRule.AUTHOR
    assert after(fsm, Unlink(ONE, "/a"), author=nobody).build_hints() == FSMHints(LOG)


@pytest.mark.clause("AUT-3", "TRN-9")
def test_operations_of_the_absent_author_make_one_segment() -> None:
    fsm = after(empty(), Create("/a"), Write(ONE, 0, 1), author=Author(0))
    assert files_of(fsm)[1][1] == (segment(1, 2, author=Author(0)),)


@pytest.mark.clause("AUT-3", "HNT-8", "HNT-10")
def test_arrival_of_the_absent_author_has_no_hints() -> None:
    fsm = after(after(empty(), Create("/a")), None, author=Author(0), log=OTHER_LOG)
    with pytest.raises(InvalidSegment) as invalid:
        fsm.build_hints()
    assert invalid.value.rule is SegmentRule.AUTHOR


# Segments, names of logs, hints


@pytest.mark.clause("SEG-4", "SEG-5")
def test_segments_at_the_end_of_all_numbers() -> None:
    most = attrs.evolve(segment(1, 1), first_seq_no=5, last_seq_no=MAX_INT64)
    assert reduce(most, attrs.evolve(most, first_seq_no=MAX_INT64, first_offset=200)) == (most,)
    early = attrs.evolve(segment(1, 1), last_offset=150)
    assert reduce(early, most) == (early, most)


@pytest.mark.clause("SEG-7", "SEG-8")
def test_refusal_names_the_pair_that_was_compared() -> None:
    """What the added one has become by then, and not what was added."""
    segments = SegmentSet.of([segment(1, 3), segment(5, 7), segment(9, 11)])
    added = attrs.evolve(segment(3, 6), last_seq_no=8, last_offset=1100)
    with pytest.raises(SegmentConflict) as refused:
        segments.add(attrs.evolve(added, last_seq_no=11, last_offset=1100))
    conflict = refused.value
    assert conflict.rule is PairRule.LAST_OFFSETS_DISAGREE
    assert conflict.earlier == attrs.evolve(segment(1, 3), last_seq_no=11, last_offset=1100)
    assert conflict.later == segment(9, 11)


@pytest.mark.clause("LOG-1")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/ #", "4 to 512"),
        ("/a //", "no token character"),
        ("/a//b", "begins with"),
        ("a//b;", "not a clean path"),
        ("a b c;", "no token character"),
    ],
)
def test_log_names_are_checked_in_order(name: str, reason: str) -> None:
    with pytest.raises(InvalidLogName, match=reason):
        validate_log_name(name)


@pytest.mark.clause("HNT-1")
def test_the_last_of_two_hinted_properties_counts() -> None:
    hints = hints_with(Property("/p", b"1"), Property("/q", b"2"), Property("/p", b"3"))
    assert dict(FSM.from_hints(hints).properties) == {"/p": b"3", "/q": b"2"}


@pytest.mark.clause("HNT-16")
def test_null_beside_a_value() -> None:
    assert hints_from_json({"log": None, "log_hex": "61"}) == FSMHints("a")


@pytest.mark.clause("HNT-15")
def test_forms_that_hints_may_have() -> None:
    data = {"logHex": "612F6c6f67", "live_nodes": [{"segments": None, "fnode": "-007"}]}
    assert hints_from_json(data) == FSMHints(LOG, (FnodeSegments(Fnode(-7), ()),))
    assert hints_from_json(json.loads('{"liveNodes": [{"fnode": -0}]}')).live_nodes[0].fnode == 0


@pytest.mark.clause("HNT-16", "HNT-17")
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[]", "hints"),
        ('{"liveNodes": [null]}', "live_nodes[0]"),
        ('{"liveNodes": [{"fnode": 1e3}]}', "live_nodes[0].fnode"),
        ('{"liveNodes": [{"segments": [{}, {"firstSeqNo": 1.0}]}]}', LAST_PLACE),
        ('{"liveNodes": [{"fnode": "+7"}]}', "live_nodes[0].fnode"),
        ('{"liveNodes": [{"fnode": "000000000000000000007"}]}', "live_nodes[0].fnode"),
        ('{"log": "a", "logHex": "61"}', "logHex"),
        ('{"liveNodes": [{"Fnode": 1}]}', "live_nodes[0].Fnode"),
        ('{"log": 7, "l\\ud800": 1}', "l\ud800"),
        ('{"log": "\\ud800"}', "log"),
        (
            '{"properties": [7], "liveNodes": [{"fnode": true, "segments": 7}]}',
            "live_nodes[0].segments",
        ),
        ('{"properties": [{"contentHex": "abc", "pathHex": "7"}]}', "properties[0].path_hex"),
    ],
)
def test_place_of_what_is_wrong_in_hints(text: str, place: str) -> None:
    with pytest.raises(MalformedHints) as malformed:
        hints_from_json(json.loads(text))
    assert malformed.value.where == place


@pytest.mark.clause("TRN-16", "HNT-10", "HNT-5")
def test_operation_without_a_log() -> None:
    fsm = after(empty(), Create("/a"), log="")
    with pytest.raises(InvalidSegment) as invalid:
        fsm.build_hints()
    assert invalid.value.rule is SegmentRule.LOG
    hints = after(fsm, Unlink(ONE, "/a")).build_hints()
    assert hints == FSMHints("")
    with pytest.raises(InvalidHints) as refused:
        FSM.from_hints(hints)
    assert refused.value.rule is HintRule.NO_LOG


@pytest.mark.clause("RVN-1", "HNT-10")
def test_second_log_in_a_revision_of_one_is_refused_by_who_begins() -> None:
    """The operation is applied, and the hints are built."""
    fsm = after(empty(revision=JUNE_2020), Create("/a"))
    hints = after(fsm, Write(ONE, 0, 1), log=OTHER_LOG).build_hints()
    with pytest.raises(InvalidHints) as refused:
        FSM.from_hints(hints, JUNE_2020)
    assert refused.value.rule is HintRule.ONE_LOG
    assert FSM.from_hints(hints, MAY_2021).next_seq_no == 1


# What the theorem assumes


@pytest.mark.clause("THM-5", "TRN-9")
def test_hints_do_not_lead_back_where_an_author_comes_back() -> None:
    fsm = after(after(empty(), Create("/a")), None, author=B)
    hints = after(fsm, Write(ONE, 0, 1)).build_hints()
    assert hints == FSMHints(LOG, (FnodeSegments(ONE, (segment(1, 3, log=""),)),))
    player = after(FSM.from_hints(hints), Create("/a"))
    assert offer(player, None, author=B).outcome == NotHintedAuthor(A, B)
    assert player.apply(next_op(fsm, Write(ONE, 0, 1)), b"").outcome == WrongSeqNo(2, 3)


@pytest.mark.clause("THM-5", "TRN-9")
def test_hints_do_not_lead_back_where_an_author_alternates_between_logs() -> None:
    """Its no-op in the other log is in a segment of this one, where no player finds it."""
    fsm = after(after(empty(), Create("/a")), None, log=OTHER_LOG)
    hints = after(fsm, Write(ONE, 0, 1), log=LOG).build_hints()
    assert hints == FSMHints(LOG, (FnodeSegments(ONE, (segment(1, 3, log=""),)),))


@pytest.mark.clause("THM-5", "TRN-17", "HNT-11")
def test_hints_of_a_player_forget_that_the_branch_was_elsewhere() -> None:
    away = after(after(empty(), Create("/a")), None, author=B, log=OTHER_LOG)
    back = after(away, None, author=Author(3), log=LOG)
    hints = back.build_hints()
    assert [s.first_seq_no for s in hints.live_nodes[0].segments] == [1, 3]

    player = after(FSM.from_hints(hints), Create("/a"))
    player = after(player, None, author=Author(3))
    assert (player.next_seq_no, player.next_checksum) == (back.next_seq_no, back.next_checksum)
    assert player.arrival is None
    (live,) = player.build_lasting_hints().live_nodes
    assert [s.first_seq_no for s in live.segments] == [1]
    gone = after(player, Unlink(ONE, "/a"))
    assert gone.build_lasting_hints() == FSMHints(LOG)
    with pytest.raises(InvalidHints):
        after(back, Unlink(ONE, "/a")).build_hints()

    there = after(player, Write(ONE, 0, 1), author=Author(3)).build_lasting_hints()
    assert [s.first_seq_no for s in there.live_nodes[0].segments] == [1, 4]


# Transitions


@pytest.mark.clause("TRN-12")
def test_no_op_extends_no_segment() -> None:
    assert after(empty(), Create("/a"), None).files == after(empty(), Create("/a")).files


@pytest.mark.clause("TRN-16")
def test_no_rule_asks_for_the_log() -> None:
    fsm = FSM.from_hints(hints_with(last=2))
    moved = after(fsm, Create("/a"), log=OTHER_LOG)
    assert files_of(moved)[1][1][0].log == OTHER_LOG


@pytest.mark.clause("FSM-4")
@pytest.mark.parametrize("change", [None, Write(ONE, 0, 1), Property("/p", b"")])
def test_hinted_fnode_is_asked_for_behind_the_segments_too(change: Change | None) -> None:
    fsm = attrs.evolve(after(empty(), Create("/a")), remaining=Remaining((), (Fnode(2),)))
    assert offer(fsm, change).outcome == ExpectedHintedFnode(Fnode(2))
    assert offer(fsm, Create("/b")).outcome == APPLIED


@pytest.mark.clause("TRN-10")
def test_property_of_the_log_keeps_its_first_content_while_hints_remain() -> None:
    fsm = after(FSM.from_hints(hints_with(last=9)), Create("/a"), Property("/p", b"1"))
    assert dict(after(fsm, Property("/p", b"2")).properties) == {"/p": b"1"}


# Frames, players and adapters


@pytest.mark.clause("FRM-3", "FRM-6")
def test_what_was_reported_stands_where_the_frame_behind_it_is_rejected() -> None:
    framer, told = Framer.at(0).feed(b"zzz" + frame(b"no") + frame(b"yes")).next()
    assert told == Skipped(0, 3)
    framer, told = framer.next()
    assert told == Frame(3, 13, b"no")
    framer, told = framer.reject().next()
    assert told == Skipped(3, 13)
    assert framer.next()[1] == Frame(13, 24, b"yes")


@pytest.mark.clause("PLAY-4", "PLAY-18", "ENC-4")
@pytest.mark.parametrize("ignored", [False, True])
def test_raw_bytes_of_no_applied_write_count_as_at_hand(ignored: bool) -> None:
    """They are not asked for: reading is behind them before they have come."""
    write = Write(Fnode(9), 0, 100)
    op = RecordedOp(1, 0, A, Create("/a"), ignored=(write,))
    content = frame(encode_op(op if ignored else RecordedOp(1, 0, A, write)))
    playback = Playback.start(FSMHints(LOG)).playback
    head = len(content) + 200
    playback = playback.receive(Head(LOG, head)).playback
    playback = playback.receive(Bytes(0, content)).playback
    assert playback.request == Read(LOG, len(content) + 100, block=False)
    assert playback.fsm.next_seq_no == 2


def told_by(steps: list[dict[str, object]]) -> tuple[list[object], object]:
    """What an adapter tells of steps: observations, and the snapshot."""
    data = {"rlog_scenario": 1, "steps": steps}
    world, seen = World(CURRENT), list[object]()
    for step in scenarios.loads(json.dumps(data).encode()).steps:
        world, observation = execute(world, step)
        seen.append(observation)
    return seen, snapshot(world)


@pytest.mark.clause("ADP-4", "ADP-8")
def test_run_of_the_text_is_that_of_the_model() -> None:
    text = (SPEC / "adapter" / "README.md").read_text("utf-8")
    request, answer = re.findall(r'(?m)^    \{"id": 7, "(?:run|obs)[^.]*?\}\n(?=\n|    \{)', text)
    run, expected = json.loads(request)["run"], json.loads(answer)
    seen, shown = told_by(run["steps"])
    assert [trace_of(one) for one in seen] == expected["observations"]
    assert shown == expected["snapshot"]


def trace_of(observation: object) -> dict[str, object]:
    """An observation as an adapter tells it."""
    members = attrs.asdict(observation)  # type: ignore[arg-type]  # one of attrs
    return {
        name: str(value) if isinstance(value, int) else value
        for name, value in members.items()
        if value is not None
    }


@pytest.mark.clause("ADP-10", "ADP-17", "ADP-20", "ADP-31")
def test_what_was_refused_or_is_empty_is_not_shown() -> None:
    log = {"log": "logs/one"}
    seen, shown = told_by(
        [
            {"do": "apply", "fsm": "f", "payload": "08", **log},
            {"do": "new_fsm", "fsm": "f", "hints": ""},
            {"do": "intersect", "set": "s", "first_offset": 0, "last_offset": 1, **log},
            {"do": "append_raw", "data": "00", "times": -1, **log},
        ]
    )
    outcomes = [trace_of(one)["outcome"] for one in seen]
    assert outcomes == ["impossible", "refused: InvalidHints NO_LOG", "done", "done"]
    assert shown == {}


# Examples


def squeezed(name: str) -> str:
    """A text without what only parts its bytes."""
    return re.sub(r"[\s|]", "", (SPEC / name).read_text("utf-8"))


def example() -> tuple[FSM, list[tuple[RecordedOp, bytes, int]]]:
    """The branch of four operations: the FSM behind it, each with its payload and the checksum
    behind it."""
    fsm, offset, made = empty(), 0, []
    changes = (Create("/a"), Write(ONE, 0, 3), Link(ONE, "/b"), Unlink(ONE, "/a"))
    for change in changes:
        op = RecordedOp(fsm.next_seq_no, fsm.next_checksum, A, change, offset, log=LOG)
        payload = encode_op(op)
        offset += 8 + len(payload) + op.raw_length
        fsm = fsm.apply(attrs.evolve(op, last_offset=offset), payload).fsm
        made.append((op, payload, fsm.next_checksum))
    return fsm, made


def test_branch_of_the_text_is_that_of_the_model() -> None:
    fsm, made = example()
    text = squeezed("sequencing.md")
    for op, payload, behind in made:
        assert f"checksum{op.checksum:08x}bytes[{op.first_offset}," in text
        assert frame(payload).hex() in text
        assert f"checksum{behind:08x}" in text
    assert files_of(fsm) == {
        1: ({"/b"}, (attrs.evolve(segment(1, 4), first_offset=0, last_offset=106),))
    }


def test_frame_of_the_text_is_that_of_the_model() -> None:
    _, made = example()
    op, payload, behind = made[1]
    text = squeezed("framing.md")
    assert "6633933612000000" in text
    assert all(part in text for part in (payload.hex()[:24], payload.hex()[-12:]))
    assert f"is{op.checksum:08x},andafterit{behind:08x}" in text


def test_property_of_the_text_is_that_of_the_model() -> None:
    fsm, _ = example()
    op = next_op(fsm, Property("/IDENTITY", b"x"))
    text = (SPEC / "encoding.md").read_text("utf-8").partition("## Example")[2]
    lines = re.findall(r"^ {4,}((?:[0-9a-f]{2} )+) ", text, re.MULTILINE)
    assert bytes.fromhex("".join(lines)) == encode_op(op)


def test_hints_of_the_text_are_those_of_the_model() -> None:
    fsm, _ = example()
    hints = fsm.build_hints()
    text = (SPEC / "hints.md").read_text("utf-8").partition("## An example")[2]
    given = text[text.index("{") : text.index("\n\n    0a")]
    assert json.loads(given) == hints_to_json(hints)
    lines = re.findall(r"^ {4,}((?:[0-9a-f]{2} )+) ", text, re.MULTILINE)
    assert bytes.fromhex("".join(lines)) == encode_hints(hints)
    assert decode_hints(bytes.fromhex("".join(lines))) == hints
