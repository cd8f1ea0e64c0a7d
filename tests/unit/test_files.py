"""What each change does to the files, and what a hinted property is."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from rlog_model.files import FnodeState, segment_of
from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Fnode
from rlog_model.operation import Change, Create, Link, Property, Unlink, Write
from rlog_model.outcome import APPLIED, FnodeNotTracked, LinkExists, PropertyExists
from rlog_model.revision import CURRENT, JUNE_2020, MAY_2021, REVISIONS, Revision
from tests.unit.steps import LOG, A, B, after, empty, files_of, links_of, next_op, offer, segment

ONE = Fnode(1)


@pytest.mark.clause("TRN-6")
def test_create() -> None:
    fsm = after(empty(), Create("/a"))
    assert files_of(fsm) == {1: ({"/a"}, (segment(1, 1),))}
    assert links_of(fsm) == {"/a": 1}


@pytest.mark.clause("TRN-7")
def test_link_extends_the_segment() -> None:
    fsm = after(empty(), Create("/a"), Link(ONE, "/b"))
    assert files_of(fsm) == {1: ({"/a", "/b"}, (segment(1, 2),))}
    assert links_of(fsm) == {"/a": 1, "/b": 1}


@pytest.mark.clause("FSM-5")
def test_link_of_a_file_where_it_is_already() -> None:
    assert offer(after(empty(), Create("/a")), Link(ONE, "/a")).outcome == LinkExists("/a", ONE)


@pytest.mark.clause("TRN-8")
def test_unlink_of_one_of_two_extends_the_segment() -> None:
    fsm = after(empty(), Create("/a"), Link(ONE, "/b"), Unlink(ONE, "/a"))
    assert files_of(fsm) == {1: ({"/b"}, (segment(1, 3),))}
    assert links_of(fsm) == {"/b": 1}


@pytest.mark.clause("TRN-8")
def test_file_is_gone_with_its_last_link() -> None:
    fsm = after(empty(), Create("/a"), Unlink(ONE, "/a"))
    assert files_of(fsm) == {}
    assert links_of(fsm) == {}
    assert offer(fsm, Write(ONE, 0, 1)).outcome == FnodeNotTracked(ONE)
    again = after(fsm, Create("/a"))
    assert files_of(again) == {3: ({"/a"}, (segment_of(next_op(fsm)),))}


@pytest.mark.clause("TRN-8")
def test_write_extends_the_segment_and_nothing_else() -> None:
    fsm = after(empty(), Create("/a"), Property("/p", b"x"), Write(ONE, 7, 8))
    assert files_of(fsm) == {1: ({"/a"}, (segment(1, 3),))}
    assert links_of(fsm) == {"/a": 1}
    assert dict(fsm.properties) == {"/p": b"x"}


@pytest.mark.clause("TRN-9")
def test_segment_spans_operations_on_other_files() -> None:
    fsm = after(empty(), Create("/a"), Create("/b"), None, Write(ONE, 0, 1))
    assert files_of(fsm)[1] == ({"/a"}, (segment(1, 4),))


@pytest.mark.clause("TRN-9")
@pytest.mark.parametrize("change", [Write(ONE, 0, 1), Link(ONE, "/b"), Unlink(ONE, "/x")])
def test_other_author_or_log_begins_another_segment(change: Change) -> None:
    fsm = after(empty(), Create("/a"), Link(ONE, "/x"))
    for author, log in ((B, LOG), (A, "b/log"), (B, "b/log")):
        op = next_op(fsm, change, author=author, log=log)
        _, segments = files_of(after(fsm, change, author=author, log=log))[1]
        assert segments == (segment(1, 2), segment_of(op))
        assert segments[1].author == author
        assert segments[1].log == log


@pytest.mark.clause("TRN-9")
def test_author_who_comes_back_begins_another_segment() -> None:
    fsm = after(empty(), Create("/a"))
    fsm = after(after(fsm, Write(ONE, 0, 1), author=B), Write(ONE, 0, 1))
    authors = [s.author for s in files_of(fsm)[1][1]]
    assert authors == [A, B, A]


@pytest.mark.clause("TRN-9")
def test_end_of_a_segment_is_that_of_its_last_operation() -> None:
    """Known or not: a recorder goes on with what a player knew exactly."""
    fsm = after(empty(), Create("/a"))
    step = offer(fsm, Write(ONE, 0, 1), known_end=False)
    assert files_of(step.fsm)[1][1] == (segment(1, 2, known_end=False),)


@pytest.mark.clause("TRN-9")
def test_segment_keeps_how_it_began() -> None:
    began = segment_of(attrs.evolve(next_op(empty(), Create("/a")), first_offset=3, checksum=9))
    op = attrs.evolve(next_op(empty()), seq_no=6, first_offset=600, last_offset=700, checksum=8)
    (grown,) = FnodeState(frozenset(("/a",)), (began,)).extended(op)
    assert grown == attrs.evolve(began, last_seq_no=6, last_offset=700)


@pytest.mark.clause("TRN-5", "FSM-7")
def test_untracked_operation_moves_on_and_changes_no_file() -> None:
    fsm = after(empty(), Create("/a"), Property("/p", b"x"))
    for change in (Write(Fnode(9), 0, 1), Link(Fnode(9), "/b"), Unlink(Fnode(9), "/a")):
        step = offer(fsm, change)
        assert step.outcome == FnodeNotTracked(Fnode(9))
        assert step.fsm.files == fsm.files
        assert step.fsm.next_seq_no == 4


# Properties


@pytest.mark.clause("FSM-6", "TRN-10")
def test_property() -> None:
    fsm = after(empty(), Property("/p", b"x"))
    assert dict(fsm.properties) == {"/p": b"x"}
    assert files_of(fsm) == {}
    assert links_of(fsm) == {}
    assert offer(fsm, Create("/p")).outcome == PropertyExists("/p", b"x")
    assert offer(after(fsm, Create("/a")), Link(Fnode(2), "/p")).outcome == PropertyExists(
        "/p", b"x"
    )


@pytest.mark.clause("FSM-6", "RVN-2")
@pytest.mark.parametrize("revision", REVISIONS.values(), ids=lambda revision: revision.name)
def test_property_that_is_recorded_again(revision: Revision) -> None:
    fsm = after(empty(revision=revision), Property("/p", b"x"))
    assert after(fsm, Property("/p", b"x")).properties["/p"] == b"x"
    step = offer(fsm, Property("/p", b"y"))
    if revision is CURRENT:
        assert step.outcome == APPLIED
        assert step.fsm.properties["/p"] == b"y"
    else:
        assert revision in (JUNE_2020, MAY_2021)
        assert step.outcome == PropertyExists("/p", b"x")
        assert step.fsm is fsm


def hinted(*changes: Change | None, revision: Revision = CURRENT) -> FSM:
    """An FSM of hints that name the property ``/p``, with the content ``now``, and a file which is
    made by operation 1 and written by operation 9; behind ``changes``."""
    nodes = (FnodeSegments(ONE, (segment(1, 9),)),)
    hints = FSMHints(LOG, nodes, (Property("/p", b"now"),))
    return after(FSM.from_hints(hints, revision), *changes)


@pytest.mark.clause("TRN-2")
def test_hinted_property_is_there_from_the_beginning() -> None:
    fsm = hinted()
    assert dict(fsm.properties) == {"/p": b"now"}
    assert not fsm.files.is_property("/p")


@pytest.mark.clause("FSM-6", "TRN-11")
def test_hinted_property_rejects_nothing_before_the_log_has_it() -> None:
    """The log before the moment of the hints may hold a file at its path."""
    fsm = hinted(Create("/p"), Unlink(ONE, "/p"))
    assert dict(fsm.properties) == {"/p": b"now"}
    fsm = hinted(Create("/a"), Link(ONE, "/p"))
    assert links_of(fsm) == {"/a": 1, "/p": 1}
    assert dict(fsm.properties) == {"/p": b"now"}
    assert offer(fsm, Property("/p", b"now")).outcome == LinkExists("/p", ONE)


@pytest.mark.clause("TRN-10")
def test_hinted_property_keeps_its_content_while_hints_remain() -> None:
    fsm = hinted(Create("/a"), Property("/p", b"then"))
    assert dict(fsm.properties) == {"/p": b"now"}
    assert fsm.files.is_property("/p")
    assert offer(fsm, Link(ONE, "/p")).outcome == PropertyExists("/p", b"now")
    fsm = after(fsm, Property("/p", b"between"))
    assert dict(fsm.properties) == {"/p": b"now"}


@pytest.mark.clause("TRN-11")
def test_pending_property_stays_while_hints_remain_whatever_clashes() -> None:
    fsm = hinted(Create("/p/file"), Property("/p/below", b"recorded"))
    assert dict(fsm.properties) == {"/p": b"now", "/p/below": b"recorded"}
    assert fsm.files.pending == {"/p"}
    assert links_of(fsm) == {"/p/file": 1}


def test_property_which_no_hint_names_has_the_content_of_the_log() -> None:
    fsm = hinted(Create("/a"), Property("/q", b"then"))
    assert dict(fsm.properties) == {"/p": b"now", "/q": b"then"}


@pytest.mark.clause("TRN-10", "TRN-11")
def test_older_revisions_take_the_hinted_content_too() -> None:
    """As long as only hints have named it. What the log itself has, must agree."""
    fsm = hinted(Create("/a"), Property("/p", b"then"), revision=MAY_2021)
    assert dict(fsm.properties) == {"/p": b"now"}
    assert offer(fsm, Property("/p", b"then")).outcome == PropertyExists("/p", b"now")
    assert offer(fsm, Property("/p", b"now")).outcome == APPLIED


def read_to_the_end(*changes: Change) -> FSM:
    """``hinted``, with all hinted segments read."""
    fsm = hinted(*changes)
    while fsm.remaining.segment is not None:
        fsm = after(fsm, None)
    return fsm


@pytest.mark.clause("TRN-10")
def test_property_takes_other_content_behind_the_hints() -> None:
    fsm = read_to_the_end(Create("/a"))
    assert not fsm.files.is_property("/p")
    fsm = after(fsm, Property("/p", b"next"))
    assert dict(fsm.properties) == {"/p": b"next"}
    assert fsm.files.is_property("/p")


@pytest.mark.clause("TRN-11")
@pytest.mark.parametrize("path", ["/p", "/p/below", "/p/far/below"])
@pytest.mark.parametrize("of", [Create, lambda path: Link(ONE, path)])
def test_pending_property_yields_to_a_file_behind_the_hints(
    path: str, of: Callable[[str], Change]
) -> None:
    fsm = after(read_to_the_end(Create("/a")), of(path))
    assert dict(fsm.properties) == {}
    assert not fsm.files.pending
    assert path in fsm.links


@pytest.mark.clause("TRN-10", "TRN-11", "TRN-13")
def test_last_hinted_operation_is_hinted() -> None:
    """Whether an FSM is hinted is asked before the operation consumes its segment."""
    fsm = hinted(Create("/a"), *[None] * 7)
    assert fsm.next_seq_no == 9
    last = after(fsm, Property("/p", b"then"))
    assert last.remaining.segment is None
    assert dict(last.properties) == {"/p": b"now"}
    assert after(fsm, Link(ONE, "/p/below")).properties["/p"] == b"now"
    assert offer(fsm, Create("/b")).outcome == FnodeNotTracked(Fnode(9))


@pytest.mark.clause("TRN-11")
def test_pending_property_yields_to_another_one_that_clashes() -> None:
    """No directory holds both. The one that the log has stays."""
    fsm = after(read_to_the_end(Create("/a")), Property("/p/below", b"recorded"))
    assert dict(fsm.properties) == {"/p/below": b"recorded"}
    assert not fsm.files.pending


@pytest.mark.clause("TRN-11")
def test_other_files_leave_a_pending_property_alone() -> None:
    fsm = after(read_to_the_end(Create("/a")), Create("/b"))
    fsm = after(fsm, Property("/pq", b""))
    assert fsm.properties["/p"] == b"now"
    assert fsm.files.pending == {"/p"}


@pytest.mark.clause("TRN-11", "PLAY-9")
@pytest.mark.parametrize("path", ["", "x", "x/y", "//", "/"])
def test_an_unclean_path_beside_a_pending_property_is_applied(path: str) -> None:
    """The FSM accepts it, and a play that ends with it fails: nobody hangs."""
    fsm = after(read_to_the_end(Create("/a")), Create(path))
    assert fsm.links[path]
    assert dict(fsm.properties) == {"/p": b"now"}
