"""Which operations record an event. That they rebuild what POSIX has is checked by
``tests/property``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import pytest

from rlog_model.framing import MAX_PAYLOAD, Frame, Framer
from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.identity import MAX_INT64, Author, Fnode
from rlog_model.namespace import OpenFlags
from rlog_model.operation import (
    Change,
    Create,
    Link,
    Property,
    RecordedOp,
    Unlink,
    Write,
)
from rlog_model.outcome import LinkExists
from rlog_model.recording import Recorded, Recording
from rlog_model.recording_refused import OperationNotApplied, Reason, RecordingRefused
from rlog_model.revision import CURRENT, JUNE_2020, MAY_2021, Revision
from rlog_model.segment import Segment

LOG = "logs/one"
OTHER = "logs/two"
AUTHOR = Author(7)
R, W, C, X, T, A = OpenFlags


def start(revision: Revision = CURRENT, log: str = LOG) -> Recording:
    return Recording.start(FSM(LOG, revision=revision), AUTHOR, log).recording


def after(*paths: str) -> Recording:
    """A recording of one byte in a file at each path."""
    recording = start()
    for path in paths:
        created = recording.create(path)
        assert created.fnode is not None
        recording = created.recording.write_at(created.fnode, b"x", 0).recording
    return recording


def changes(recorded: Recorded) -> list[Change | None]:
    return [op.change for op in recorded.operations]


def reason(call: Callable[[], object]) -> Reason:
    with pytest.raises(RecordingRefused) as raised:
        call()
    return raised.value.reason


def with_property(content: bytes = b"x", revision: Revision = CURRENT) -> Recording:
    recording = start(revision).create("/tmp").recording
    recording = recording.write_at(Fnode(1), content, 0).recording
    return recording.rename("/tmp", "/IDENTITY", content).recording


# REC-2


@pytest.mark.clause("REC-2")
def test_new_file_is_a_create() -> None:
    recorded = start().open("/d/a", W | C | X)
    assert changes(recorded) == [Create("/d/a")]
    assert recorded.fnode == 1
    (op,) = recorded.operations
    assert (op.seq_no, op.checksum, op.author, op.log) == (1, 0, AUTHOR, LOG)


@pytest.mark.clause("REC-2")
def test_opening_what_is_there_records_nothing() -> None:
    recording = after("/a", "/b")
    for flags in (R, W, R | W | C, W | A):
        recorded = recording.open("/b", flags)
        assert (recorded.fnode, recorded.operations, recorded.append) == (3, (), b"")
        assert recorded.recording == recording


@pytest.mark.clause("REC-10")
def test_property_is_opened_to_be_read() -> None:
    recorded = with_property().open("/IDENTITY", R)
    assert (recorded.fnode, recorded.append) == (None, b"")


# REC-3


@pytest.mark.clause("REC-3")
def test_write_is_a_write_with_its_bytes() -> None:
    recorded = after("/a").write_at(Fnode(1), b"data", 5)
    assert changes(recorded) == [Write(Fnode(1), 5, 4)]
    assert recorded.append.endswith(b"data")
    assert recorded.recording.books.sizes[Fnode(1)] == 9
    assert recorded.recording.write_at(Fnode(1), b"d", 0).recording.books.sizes[Fnode(1)] == 9


@pytest.mark.clause("REC-3")
def test_write_of_no_bytes_is_recorded_and_extends_nothing() -> None:
    recorded = after("/a").write_at(Fnode(1), b"", 5)
    assert changes(recorded) == [Write(Fnode(1), 5, 0)]
    assert recorded.recording.books.sizes[Fnode(1)] == 1


@pytest.mark.clause("REC-3")
def test_write_to_a_file_without_links_leaves_no_trace() -> None:
    recording = after("/a").unlink("/a").recording
    recorded = recording.write_at(Fnode(1), b"x", 0)
    assert (recorded.append, recorded.recording) == (b"", recording)


@pytest.mark.clause("REC-3", "REC-17")
def test_write_needs_a_file_and_a_place_in_it() -> None:
    recording = after("/a")
    assert reason(lambda: recording.write_at(Fnode(1), b"x", -1)) is Reason.NEGATIVE
    assert reason(lambda: recording.write_at(Fnode(1), b"xy", MAX_INT64 - 1)) is Reason.NEGATIVE
    assert recording.write_at(Fnode(1), b"x", MAX_INT64 - 1).append
    for unknown in (0, -1, 3):
        assert reason(partial(recording.write_at, Fnode(unknown), b"", 0)) is Reason.NOT_FOUND


# REC-4


@pytest.mark.clause("REC-4")
@pytest.mark.parametrize(
    "truncate",
    [
        lambda r: r.create("/a"),
        lambda r: r.open("/a", R | W | T),
        lambda r: r.truncate("/a", 0),
        lambda r: r.truncate(Fnode(1), 0),
    ],
)
def test_truncation_is_another_file_in_its_place(truncate: Callable[[Recording], Recorded]) -> None:
    recorded = truncate(after("/a"))
    assert changes(recorded) == [Unlink(Fnode(1), "/a"), Create("/a")]
    assert recorded.fnode == 4
    assert dict(recorded.recording.books.sizes.items()) == {4: 0}


@pytest.mark.clause("REC-4", "REC-17")
def test_truncation_keeps_links_and_open_files() -> None:
    recording = after("/b").link("/b", "/a").recording
    recorded = recording.create("/b")
    assert changes(recorded) == [
        Unlink(Fnode(1), "/a"),
        Unlink(Fnode(1), "/b"),
        Create("/a"),
        Link(Fnode(6), "/b"),
    ]
    again = recorded.recording.truncate(Fnode(1), 0)
    assert again.fnode == 10
    for was in (1, 6, 10):
        assert changes(again.recording.write_at(Fnode(was), b"y", 0)) == [Write(Fnode(10), 0, 1)]


@pytest.mark.clause("REC-4")
def test_truncation_of_a_file_without_links_leaves_no_trace() -> None:
    recording = after("/a").unlink("/a").recording
    for size in (0, 5):
        recorded = recording.truncate(Fnode(1), size, b"whatever")
        assert (recorded.append, recorded.fnode) == (b"", 1)
    assert not recording.needs_content(Fnode(1), 5)


@pytest.mark.clause("REC-5")
def test_truncation_is_of_a_file_to_a_size() -> None:
    recording = after("/a", "/d/a")
    assert reason(lambda: recording.truncate("/a", -1)) is Reason.NEGATIVE
    assert reason(lambda: recording.truncate("/a", MAX_INT64 + 1)) is Reason.NEGATIVE
    assert reason(lambda: recording.truncate("/d", 0)) is Reason.IS_DIRECTORY
    assert reason(lambda: recording.truncate("/b", 0)) is Reason.NOT_FOUND


# REC-5


@pytest.mark.clause("REC-5")
def test_extension_is_one_zero() -> None:
    recording = after("/a")
    assert not recording.needs_content(Fnode(1), 10)
    recorded = recording.truncate("/a", 10)
    assert changes(recorded) == [Write(Fnode(1), 9, 1)]
    assert recorded.append.endswith(b"\0")
    assert recorded.recording.books.sizes[Fnode(1)] == 10
    assert recorded.recording.truncate("/a", 10).append == b""


@pytest.mark.clause("REC-5")
def test_cut_is_another_file_with_what_was_kept() -> None:
    recording = after("/a").link("/a", "/b").recording.write_at(Fnode(1), b"12345", 0).recording
    assert recording.needs_content(Fnode(1), 2)
    recorded = recording.truncate(Fnode(1), 2, b"12")
    assert changes(recorded) == [
        Unlink(Fnode(1), "/a"),
        Unlink(Fnode(1), "/b"),
        Create("/a"),
        Link(Fnode(7), "/b"),
        Write(Fnode(7), 0, 2),
    ]
    assert recorded.append.endswith(b"12")
    assert dict(recorded.recording.books.sizes.items()) == {7: 2}


@pytest.mark.clause("REC-5")
def test_cut_needs_what_was_kept() -> None:
    recording = after("/a").write_at(Fnode(1), b"12345", 0).recording
    for content in (b"", b"1", b"123"):
        assert reason(partial(recording.truncate, "/a", 2, content)) is Reason.CONTENT
    assert not recording.needs_content(Fnode(1), 0)


@pytest.mark.clause("REC-5")
def test_size_of_a_file_of_another_recorder_may_be_known() -> None:
    fsm = after("/a", "/b").fsm
    unknown = Recording.start(fsm, Author(8), LOG).recording
    assert unknown.needs_content(Fnode(1), 10)
    assert reason(lambda: unknown.truncate("/a", 10)) is Reason.CONTENT
    extended = unknown.truncate("/a", 2, b"x\0")
    assert changes(extended)[-1] == Write(Fnode(6), 0, 2)
    assert unknown.write_at(Fnode(1), b"x", 0).recording.books.sizes.get(Fnode(1)) is None
    known = Recording.start(fsm, Author(8), LOG, sizes={Fnode(1): 1, Fnode(99): 1}).recording
    assert dict(known.books.sizes.items()) == {1: 1}
    assert changes(known.truncate("/a", 10)) == [Write(Fnode(1), 9, 1)]


# REC-6


@pytest.mark.clause("REC-6")
def test_link_and_unlink() -> None:
    recorded = after("/a").link("/a", "/d/b")
    assert changes(recorded) == [Link(Fnode(1), "/d/b")]
    recording = recorded.recording
    recorded = recording.unlink("/a")
    assert changes(recorded) == [Unlink(Fnode(1), "/a")]
    assert len(recorded.recording.books.sizes) == 1
    assert len(recorded.recording.unlink("/d/b").recording.books.sizes) == 0


# REC-1


@pytest.mark.clause("REC-1")
@pytest.mark.parametrize("path", ["a", "", "/", "/a/", "//a", "/a/../b", "/./a", "/\0", "/\ud800"])
def test_path_is_clean(path: str) -> None:
    recording = after("/a")
    for call in (
        lambda: recording.create(path),
        lambda: recording.link("/a", path),
        lambda: recording.link(path, "/b"),
        lambda: recording.unlink(path),
        lambda: recording.rename(path, "/b"),
        lambda: recording.rename("/a", path),
        lambda: recording.truncate(path, 0),
    ):
        assert reason(call) is Reason.NO_PATH


def test_path_that_is_no_utf8_is_recorded() -> None:
    path = b"/\xff".decode("utf-8", "surrogateescape")
    assert changes(start().create(path)) == [Create(path)]


@pytest.mark.clause("REC-2", "REC-16")
def test_what_posix_refuses_is_refused() -> None:
    recording = after("/a", "/d/a", "/x/a")
    refused: list[tuple[Reason, Callable[[], object]]] = [
        (Reason.NOT_FOUND, lambda: recording.open("/b", W)),
        (Reason.EXISTS, lambda: recording.open("/a", W | C | X)),
        (Reason.IS_DIRECTORY, lambda: recording.create("/d")),
        (Reason.IS_DIRECTORY, lambda: recording.open("/d", R)),
        (Reason.NOT_DIRECTORY, lambda: recording.create("/a/b")),
        (Reason.FLAGS, lambda: recording.open("/a", R | T)),
        (Reason.EXISTS, lambda: recording.link("/a", "/d/a")),
        (Reason.IS_DIRECTORY, lambda: recording.link("/d", "/b")),
        (Reason.IS_DIRECTORY, lambda: recording.unlink("/d")),
        (Reason.NOT_FOUND, lambda: recording.unlink("/b")),
        (Reason.IS_DIRECTORY, lambda: recording.rename("/a", "/d")),
        (Reason.NOT_DIRECTORY, lambda: recording.rename("/d", "/a")),
        (Reason.NOT_EMPTY, lambda: recording.rename("/d", "/x")),
        (Reason.INTO_ITSELF, lambda: recording.rename("/d", "/d/e")),
    ]
    assert [reason(call) for _, call in refused] == [expected for expected, _ in refused]


@pytest.mark.clause("REC-16")
def test_property_is_a_file_to_those_below_it() -> None:
    assert reason(lambda: with_property().create("/IDENTITY/a")) is Reason.NOT_DIRECTORY


# REC-7


@pytest.mark.clause("REC-7")
def test_rename_unlinks_what_it_replaces_first() -> None:
    recorded = after("/a", "/b").rename("/a", "/b")
    assert changes(recorded) == [
        Unlink(Fnode(3), "/b"),
        Link(Fnode(1), "/b"),
        Unlink(Fnode(1), "/a"),
    ]
    assert dict(recorded.recording.books.sizes.items()) == {1: 1}


@pytest.mark.clause("REC-7")
def test_rename_of_one_file_onto_itself_leaves_no_trace() -> None:
    recording = after("/a").link("/a", "/b").recording
    assert recording.rename("/a", "/b").append == b""
    assert recording.rename("/a", "/a").append == b""


# REC-8


@pytest.mark.clause("REC-8")
def test_rename_of_a_directory_moves_each_file_in_one_append() -> None:
    recording = after("/d/b", "/d/e/a", "/dd").link("/d/b", "/d/a").recording
    recorded = recording.rename("/d", "/x/y")
    assert changes(recorded) == [
        Link(Fnode(1), "/x/y/a"),
        Unlink(Fnode(1), "/d/a"),
        Link(Fnode(1), "/x/y/b"),
        Unlink(Fnode(1), "/d/b"),
        Link(Fnode(3), "/x/y/e/a"),
        Unlink(Fnode(3), "/d/e/a"),
    ]
    assert "/d" not in recorded.recording.directories


@pytest.mark.clause("REC-8")
def test_order_of_what_a_directory_holds_is_that_of_the_paths() -> None:
    paths = [f"/d/{name}" for name in "hgfedcba"]
    recorded = after(*paths).rename("/d", "/e")
    linked = [change.path for change in changes(recorded) if isinstance(change, Link)]
    assert linked == [f"/e/{name}" for name in "abcdefgh"]


# REC-9


@pytest.mark.clause("REC-9")
def test_rename_onto_a_property_path_makes_a_property() -> None:
    recording = after("/IDENTITY", "/tmp")
    recorded = recording.rename("/tmp", "/IDENTITY", b"x")
    assert changes(recorded) == [
        Unlink(Fnode(1), "/IDENTITY"),
        Property("/IDENTITY", b"x"),
        Unlink(Fnode(3), "/tmp"),
    ]
    assert recorded.recording.file_at("/IDENTITY") == "/IDENTITY"


@pytest.mark.clause("REC-9")
def test_property_is_replaced() -> None:
    recording = with_property().create("/tmp").recording
    recorded = recording.rename("/tmp", "/IDENTITY", b"")
    fnode = recording.fsm.links["/tmp"]
    assert changes(recorded) == [Property("/IDENTITY", b""), Unlink(fnode, "/tmp")]
    directories = recorded.recording.directories
    assert directories.entries[""]["IDENTITY"] == 1


@pytest.mark.clause("REC-9")
def test_property_path_that_only_the_log_knows_stays_one() -> None:
    fsm = with_property().fsm
    recording = Recording.start(fsm, Author(8), LOG, property_paths=frozenset()).recording
    assert recording.becomes_property("/IDENTITY")
    recorded = recording.create("/tmp").recording.rename("/tmp", "/IDENTITY", b"")
    assert changes(recorded)[0] == Property("/IDENTITY", b"")


@pytest.mark.clause("REC-9")
def test_source_of_a_property_has_no_other_link() -> None:
    recording = after("/a").link("/a", "/b").recording
    assert reason(lambda: recording.rename("/a", "/IDENTITY", b"x")) is Reason.SEVERAL_LINKS


@pytest.mark.clause("REC-9")
def test_content_of_a_property_has_the_size_of_its_file() -> None:
    assert reason(lambda: after("/a").rename("/a", "/IDENTITY", b"")) is Reason.CONTENT


@pytest.mark.clause("REC-9", "RVN-2")
def test_property_that_may_not_change() -> None:
    for revision in (JUNE_2020, MAY_2021):
        recording = with_property(b"1", revision).create("/tmp").recording
        again = recording.write_at(recording.fsm.links["/tmp"], b"1", 0).recording
        assert changes(again.rename("/tmp", "/IDENTITY", b"1"))[0] == Property("/IDENTITY", b"1")
        other = partial(recording.rename, "/tmp", "/IDENTITY", b"")
        assert reason(other) is Reason.PROPERTY_FIXED


def test_hinted_property_may_not_change_either() -> None:
    """An old player without hints meets both, and rejects the second."""
    hints = with_property(b"1", MAY_2021).fsm.build_hints()
    fsm = FSM.from_hints(hints, MAY_2021)
    assert fsm.files.pending
    recording = Recording.start(fsm, Author(8), LOG).recording.create("/tmp").recording
    assert reason(lambda: recording.rename("/tmp", "/IDENTITY", b"")) is Reason.PROPERTY_FIXED
    assert reason(lambda: recording.create("/IDENTITY")) is Reason.PROPERTY


@pytest.mark.clause("REC-9")
def test_property_is_small() -> None:
    content = bytes(MAX_PAYLOAD)
    recording = after("/a").write_at(Fnode(1), content, 0).recording
    assert reason(lambda: recording.rename("/a", "/IDENTITY", content)) is Reason.TOO_LONG


# REC-10


@pytest.mark.clause("REC-10")
def test_property_is_only_replaced() -> None:
    recording = after("/a").create("/tmp").recording.rename("/tmp", "/IDENTITY").recording
    for call in (
        lambda: recording.create("/IDENTITY"),
        lambda: recording.open("/IDENTITY", W),
        lambda: recording.truncate("/IDENTITY", 0),
        lambda: recording.link("/IDENTITY", "/b"),
        lambda: recording.unlink("/IDENTITY"),
        lambda: recording.rename("/IDENTITY", "/b"),
    ):
        assert reason(call) is Reason.PROPERTY
    assert reason(lambda: recording.link("/a", "/IDENTITY")) is Reason.EXISTS
    assert recording.rename("/IDENTITY", "/IDENTITY").append == b""


@pytest.mark.clause("REC-10")
def test_no_link_leads_to_a_property_path() -> None:
    assert reason(lambda: after("/a").link("/a", "/IDENTITY")) is Reason.PROPERTY


@pytest.mark.clause("REC-10")
def test_property_does_not_move_with_its_directory() -> None:
    paths = frozenset({"/d/p"})
    recording = Recording.start(FSM(LOG), AUTHOR, LOG, property_paths=paths).recording
    recording = recording.create("/e/p").recording
    assert reason(lambda: recording.rename("/e", "/d")) is Reason.PROPERTY
    recording = recording.rename("/e/p", "/d/p").recording
    assert reason(lambda: recording.rename("/d", "/f")) is Reason.PROPERTY


@pytest.mark.clause("REC-10")
def test_file_at_a_property_path_is_a_file() -> None:
    recording = after("/IDENTITY")
    assert changes(recording.write_at(Fnode(1), b"y", 0)) == [Write(Fnode(1), 0, 1)]
    assert changes(recording.rename("/IDENTITY", "/a"))[0] == Link(Fnode(1), "/a")


@pytest.mark.clause("REC-10")
def test_who_has_a_property_open_may_not_write_it_until_it_is_replaced() -> None:
    recording = with_property()
    assert reason(lambda: recording.write_at(Fnode(1), b"y", 0)) is Reason.PROPERTY
    assert reason(lambda: recording.truncate(Fnode(1), 0)) is Reason.PROPERTY
    # What POSIX refuses is refused for that.
    assert reason(lambda: recording.write_at(Fnode(1), b"y", -1)) is Reason.NEGATIVE
    assert reason(lambda: recording.truncate(Fnode(1), -1)) is Reason.NEGATIVE
    recording = recording.create("/tmp").recording.rename("/tmp", "/IDENTITY").recording
    assert recording.write_at(Fnode(1), b"y", 0).append == b""
    assert reason(lambda: recording.write_at(Fnode(5), b"y", 0)) is Reason.PROPERTY


def test_open_file_that_was_truncated_becomes_a_property() -> None:
    recording = after("/tmp").create("/tmp").recording.rename("/tmp", "/IDENTITY").recording
    assert reason(lambda: recording.write_at(Fnode(1), b"y", 0)) is Reason.PROPERTY


# REC-11


def played(fsm: FSM, *ops: RecordedOp) -> FSM:
    """The FSM of a player, which knows where operations are."""
    for op in ops:
        exact = attrs.evolve(op, last_offset=op.first_offset + 10)
        recorded = fsm.apply(exact, b"payload")
        fsm = recorded.fsm
    return fsm


@pytest.mark.clause("REC-11", "HOF-6")
def test_recorder_that_stays_appends_nothing_at_the_start() -> None:
    recorded = Recording.start(FSM(LOG), AUTHOR, LOG)
    assert (recorded.operations, recorded.append) == ((), b"")


@pytest.mark.clause("REC-11", "LOG-2", "LOG-5")
def test_recorder_that_moves_begins_with_a_no_op() -> None:
    fsm = played(FSM(LOG), RecordedOp(1, 0, AUTHOR, Create("/a"), first_offset=50, log=LOG))
    recorded = Recording.start(fsm, Author(8), OTHER, head=30)
    (op,) = recorded.operations
    assert (op.seq_no, op.author, op.change, op.log, op.first_offset) == (2, 8, None, OTHER, 30)
    assert recorded.recording.fsm.log == OTHER
    assert recorded.recording.fsm.build_hints().log == OTHER


def test_recorder_may_move_before_anything_is_recorded() -> None:
    assert changes(Recording.start(FSM(LOG), AUTHOR, OTHER)) == [None]


@pytest.mark.clause("REC-11", "RVN-1")
def test_recorder_of_june_2020_stays() -> None:
    assert reason(lambda: start(JUNE_2020, OTHER)) is Reason.CANNOT_MOVE


@pytest.mark.clause("REC-11", "LOG-3")
def test_recorder_moves_only_from_where_a_player_was() -> None:
    fsm = after("/a").fsm
    assert reason(lambda: Recording.start(fsm, AUTHOR, OTHER)) is Reason.UNKNOWN_END
    assert Recording.start(fsm, AUTHOR, LOG).append == b""


@pytest.mark.clause("AUT-1", "REC-13")
def test_recorder_needs_an_author_and_a_complete_play() -> None:
    with pytest.raises(ValueError, match="author 0"):
        Recording.start(FSM(LOG), Author(0), LOG)
    fsm = FSM.from_hints(after("/a").fsm.build_hints())
    assert reason(lambda: Recording.start(fsm, AUTHOR, LOG)) is Reason.HINTS_REMAIN


# REC-12


@pytest.mark.clause("REC-12")
def test_bounds_are_exact_for_one_who_is_alone() -> None:
    recording = start()
    ends = 0
    for path in ("/a", "/b"):
        recorded = recording.create(path)
        assert [op.first_offset for op in recorded.operations] == [ends]
        ends += len(recorded.append)
        recording = recorded.recording
    assert (recording.head, recording.pending) == (0, ends)
    recorded = recording.rename("/a", "/b")
    offset = ends
    framer = Framer.at(offset).feed(recorded.append)
    for op in recorded.operations:
        framer, frame = framer.next()
        assert isinstance(frame, Frame)
        assert op.first_offset == frame.first_offset
        assert op.last_offset == 0


@pytest.mark.clause("REC-12")
def test_bounds_rise_with_what_others_append() -> None:
    first = start().create("/a")
    second = first.recording.create("/b")
    size = len(first.append)
    recording = second.recording.committed(size, 1000)
    assert (recording.head, recording.pending) == (1000, len(second.append))
    (op,) = recording.create("/c").operations
    assert op.first_offset == 1000 + len(second.append)
    assert recording.committed(0, 900).head == 1000
    assert recording.committed(0, 1100).head == 1100


@pytest.mark.clause("REC-12")
def test_bounds_begin_where_the_fsm_shows_something() -> None:
    """Else first offsets would fall, and no hints could be built."""
    op = RecordedOp(1, 0, AUTHOR, Create("/a"), first_offset=50, log=LOG)
    fsm = played(FSM(LOG), op)
    assert Recording.start(fsm, Author(8), LOG).recording.head == 60
    assert Recording.start(fsm, Author(8), LOG, head=70).recording.head == 70
    assert Recording.start(fsm, Author(8), OTHER).recording.head == 0
    recording = Recording.start(fsm, Author(8), LOG).recording
    recording.write_at(Fnode(1), b"x", 0).recording.fsm.build_hints()


@pytest.mark.clause("REC-12")
def test_bounds_begin_where_the_branch_arrived() -> None:
    fsm = played(FSM(LOG), RecordedOp(1, 0, AUTHOR, None, first_offset=50, log=OTHER))
    assert Recording.start(fsm, Author(8), OTHER).recording.head == 60


# All


def test_operation_that_is_not_applied_is_a_defect() -> None:
    recording = after("/a")
    broken = attrs.evolve(
        recording, fsm=attrs.evolve(recording.fsm, files=after("/b", "/a").fsm.files)
    )
    with pytest.raises(OperationNotApplied) as raised:
        attrs.evolve(broken, fsm=_hiding(broken.fsm)).create("/a")
    assert raised.value.outcome == LinkExists("/a", Fnode(3))
    assert "is refused by its own FSM: LinkExists" in str(raised.value)


def _hiding(fsm: FSM) -> FSM:
    class Hiding(FSM):
        """An FSM whose links can't be seen."""

        @property
        def links(self) -> Any:
            return {}

    return Hiding(fsm.log, fsm.next_seq_no, fsm.next_checksum, fsm.files)


def test_refusals_say_what_to_do() -> None:
    refused = RecordingRefused(Reason.NOT_FOUND, "/a")
    assert str(refused) == "'/a' can't be recorded: no such file is recorded"
    refused = RecordingRefused(Reason.NEGATIVE, "fnode 1", "-1")
    assert str(refused).startswith("'fnode 1' to '-1' can't be recorded: no offset")


@pytest.mark.clause("HNT-11", "TRN-2")
def test_without_a_live_file_there_are_hints_only_of_a_branch_that_began_in_the_log() -> None:
    """Else a player would read the log from its first byte, and find nothing."""
    one = Recording.start(FSM(LOG), Author(7), LOG).recording
    assert one.build_hints() == FSMHints(LOG)
    created = one.create("/a").recording
    gone = created.unlink("/a").recording
    assert gone.build_hints() == FSMHints(LOG)

    segment = Segment(Author(3), 9, 0, 77, 9, 40, "")
    fsm = FSM.from_hints(FSMHints(LOG, (FnodeSegments(Fnode(9), (segment,)),)))
    op = RecordedOp(9, 77, Author(3), Create("/a"), 0, 40, LOG)
    recovered = Recording.start(fsm.apply(op, b"").fsm, Author(7), LOG).recording
    assert recovered.build_hints().live_nodes
    with pytest.raises(InvalidHints) as refused:
        recovered.unlink("/a").recording.build_hints()
    assert refused.value.rule is HintRule.NO_LIVE_FILE
    assert recovered.unlink("/a").recording.create("/b").recording.build_hints().live_nodes
