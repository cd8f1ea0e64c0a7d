"""What a player must build, for branches, forks and zombies that are written by hand."""

from __future__ import annotations

import pytest
from attrs import evolve
from rpds import HashTrieMap

from rlog_model.file_tree import FileTree, Snapshot
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import Segment
from rlog_model.simulation.truth import BEGINNING, Deed, Key, Truth, deeds, truth

LOG = "a/log"
F1, F2 = Fnode(1), Fnode(2)
EMPTY = Snapshot()


def snapshot(*groups: tuple[str, ...], **files: bytes) -> Snapshot:
    return Snapshot.of([(f"/{name}", content) for name, content in files.items()], groups)


def event(
    at: Key,
    author: int,
    *changes: Change | None,
    tree: Snapshot | None = EMPTY,
    fnodes: dict[str, int] | None = None,
    misleads: bool = False,
) -> tuple[Deed, ...]:
    """An event of a recorder at the end ``at`` of a branch, after which it has ``tree``."""
    operations: list[RecordedOp] = []
    for change in changes:
        operations.append(RecordedOp(*at, Author(author), change))
        (deed,) = deeds(operations[-1:], None, HashTrieMap())
        at = deed.behind
    there = HashTrieMap({path: Fnode(f) for path, f in (fnodes or {}).items()})
    shown = None if tree is None else FileTree.of(tree)
    return deeds(operations, shown, there, misleads)


def end(*events: tuple[Deed, ...]) -> Key:
    return events[-1][-1].behind


def hints_of(*nodes: tuple[int, int], properties: tuple[str, ...] = ()) -> FSMHints:
    """Hints of files, each with its last operation."""
    return FSMHints(
        LOG,
        tuple(
            FnodeSegments(Fnode(f), (Segment(Author(1), f, 0, 0, last, 0, ""),))
            for f, last in nodes
        ),
        tuple(Property(path, b"") for path in properties),
    )


def told(
    hints: FSMHints, taken_at: Key, *landed: tuple[Deed, ...], unlanded: tuple[Deed, ...] = ()
) -> Truth:
    """The truth, for events that landed in this order, and deeds that never did."""
    log = tuple(deed for events in landed for deed in events)
    return truth(hints, taken_at, log, {deed.behind: deed for deed in (*log, *unlanded)})


A = event(BEGINNING, 1, Create("/a"), tree=snapshot(a=b""), fnodes={"/a": 1})
WRITTEN = event(end(A), 1, Write(F1, 0, 1), tree=snapshot(a=b"x"), fnodes={"/a": 1})
B = event(end(WRITTEN), 1, Create("/b"), tree=snapshot(a=b"x", b=b""), fnodes={"/a": 1, "/b": 3})

NO_HINTS = FSMHints(LOG)


# Deeds


def test_the_deeds_of_an_event_are_a_branch_and_the_last_shows_the_tree() -> None:
    """Each begins where the one before it ends; what is between them no player may be left with."""
    tree = snapshot(b=b"")
    first, second, third = event(
        BEGINNING, 1, Link(F1, "/b"), Unlink(F1, "/a"), None, tree=tree, fnodes={"/b": 1}
    )
    assert first.before == BEGINNING == (1, 0)
    assert (second.before, third.before) == (first.behind, second.behind)
    assert [d.before[0] for d in (first, second, third)] == [1, 2, 3]
    assert (first.tree, second.tree) == (None, None)
    assert third.tree == FileTree.of(tree)
    assert third.fnodes["/b"] == F1


def test_an_event_that_leaves_no_trace_has_no_deeds() -> None:
    """No operations, none."""
    assert event(BEGINNING, 1) == ()


# Without hints


def test_nothing_landed_is_an_empty_directory() -> None:
    """And nothing is open about it."""
    assert told(NO_HINTS, BEGINNING) == Truth(EMPTY)


def test_without_hints_the_truth_is_the_last_tree_of_the_branch_from_the_beginning() -> None:
    """As much of it as landed."""
    assert told(NO_HINTS, BEGINNING, A) == Truth(snapshot(a=b""))
    assert told(NO_HINTS, BEGINNING, A, WRITTEN) == Truth(snapshot(a=b"x"))
    assert told(NO_HINTS, BEGINNING, A, WRITTEN, B) == Truth(snapshot(a=b"x", b=b""))


def test_an_event_whose_operations_did_not_all_land_shows_the_tree_before_it() -> None:
    """An append is atomic, so this is only what half of one would mean."""
    rename = event(end(A), 1, Link(F1, "/b"), Unlink(F1, "/a"), tree=snapshot(b=b""))
    assert told(NO_HINTS, BEGINNING, A, rename[:1]) == Truth(snapshot(a=b""))
    assert told(NO_HINTS, BEGINNING, A, rename) == Truth(snapshot(b=b""))


@pytest.mark.clause("THM-3")
def test_what_landed_twice_counts_once() -> None:
    """A retry whose first try had landed too, however late."""
    assert told(NO_HINTS, BEGINNING, A, A, WRITTEN, A, WRITTEN) == Truth(snapshot(a=b"x"))


def test_what_lands_before_what_it_continues_is_in_no_branch() -> None:
    """The order of the log decides."""
    assert told(NO_HINTS, BEGINNING, WRITTEN, A, B) == Truth(snapshot(a=b""))


@pytest.mark.clause("SEQ-4")
def test_a_fork_is_decided_by_the_order_of_the_log() -> None:
    """Whoever wrote it; the loser's continuations are dead, too."""
    mine = event(end(A), 1, Write(F1, 0, 1), tree=snapshot(a=b"1"))
    yours = event(end(A), 2, Write(F1, 0, 1), tree=snapshot(a=b"2"))
    dead = event(end(mine), 1, Create("/dead"), tree=snapshot(a=b"1", dead=b""))
    assert told(NO_HINTS, BEGINNING, A, yours, mine, dead) == Truth(snapshot(a=b"2"))
    assert told(NO_HINTS, BEGINNING, A, mine, yours, dead) == Truth(snapshot(a=b"1", dead=b""))


@pytest.mark.clause("THM-3")
def test_a_handoff_changes_no_tree() -> None:
    """It is in the branch: what continues behind it counts, what forks off before it doesn't."""
    handoff = event(end(A), 2, None, tree=None)
    behind = event(end(handoff), 2, Create("/c"), tree=snapshot(a=b"", c=b""))
    assert told(NO_HINTS, BEGINNING, A, handoff) == Truth(snapshot(a=b""))
    assert told(NO_HINTS, BEGINNING, A, handoff, WRITTEN, behind) == Truth(snapshot(a=b"", c=b""))


# With hints


def test_hints_lead_to_their_recorders_branch_whatever_came_first() -> None:
    """Even where another fork of it won the log, as the hints name the operations."""
    yours = event(BEGINNING, 2, Create("/yours"), tree=snapshot(yours=b""))
    assert told(hints_of((1, 2)), end(WRITTEN), yours, A, WRITTEN) == Truth(snapshot(a=b"x"))
    assert told(NO_HINTS, BEGINNING, yours, A, WRITTEN) == Truth(snapshot(yours=b""))


def test_behind_the_hints_goes_what_landed_behind_them() -> None:
    """And nothing that landed before their last operation: the player never sees that it might."""
    assert told(hints_of((1, 2)), end(WRITTEN), A, WRITTEN, B) == Truth(snapshot(a=b"x", b=b""))
    other = event(end(A), 2, Create("/other"), tree=snapshot(a=b"", other=b""))
    behind = event(end(WRITTEN), 3, Create("/c"), tree=snapshot(a=b"x", c=b""))
    assert told(hints_of((1, 2)), end(WRITTEN), A, other, WRITTEN, behind, B) == Truth(
        snapshot(a=b"x", c=b"")
    )
    assert told(hints_of((1, 1)), end(A), A, WRITTEN, WRITTEN) == Truth(snapshot(a=b"x"))
    assert told(hints_of((1, 2)), end(WRITTEN), A, B, WRITTEN) == Truth(snapshot(a=b"x"))


def test_the_last_hinted_operation_may_be_earlier_than_the_last_one_made() -> None:
    """``/b`` was unlinked before the hints were taken, so nothing of it is named; the branch goes
    through its operations all the same, and is the recorder's own.
    """
    gone = event(end(B), 1, Unlink(Fnode(3), "/b"), tree=snapshot(a=b"x"), fnodes={"/a": 1})
    assert told(hints_of((1, 2)), end(gone), A, WRITTEN, B, gone) == Truth(snapshot(a=b"x"))


def test_hints_that_end_within_an_event_lead_on_to_its_end() -> None:
    """As of the last hinted operation there is no tree: the one before it holds until then."""
    both = event(end(A), 1, Create("/b"), Unlink(F1, "/a"), tree=snapshot(b=b""), fnodes={"/b": 2})
    assert told(hints_of((2, 2)), end(both), A, both) == Truth(snapshot(b=b""))
    assert told(hints_of((2, 2)), both[0].behind, A, both[:1]) == Truth(snapshot(a=b""))


def test_operations_that_landed_in_another_log_are_led_to_by_hints() -> None:
    """The log before a move is not the hints' own: its deeds are made, and not in ``landed``."""
    move = event(end(A), 1, None, tree=snapshot(a=b""), fnodes={"/a": 1})
    wrote = event(end(move), 1, Write(F1, 0, 1), tree=snapshot(a=b"y"), fnodes={"/a": 1})
    assert told(hints_of((1, 3)), end(wrote), move, wrote, unlanded=A) == Truth(snapshot(a=b"y"))


# Zombies

YOURS = event(end(WRITTEN), 2, Create("/yours"), tree=snapshot(a=b"x", yours=b""), fnodes={
    "/a": 1, "/yours": 3,
})  # fmt: skip


@pytest.mark.clause("THM-4")
def test_a_zombie_whose_hints_leave_nothing_out_leads_to_the_winners_tree() -> None:
    """It made ``/b`` and unlinked it again where the branch had gone on without it: that is not in
    the hints, and not in the branch. Who goes on from there doesn't mislead.
    """
    gone = event(end(B), 1, Unlink(Fnode(3), "/b"), tree=snapshot(a=b"x"), fnodes={"/a": 1})
    found = told(hints_of((1, 2)), end(gone), A, WRITTEN, YOURS, B, gone)
    assert found == Truth(snapshot(a=b"x", yours=b""))


@pytest.mark.clause("THM-4")
def test_files_that_a_zombie_unlinked_are_not_in_the_truth() -> None:
    """Its hints don't name them, so their operations are untracked; the winner has them. Who goes
    on from there misleads.
    """
    two = event(end(A), 1, Create("/b"), tree=snapshot(a=b"", b=b""), fnodes={"/a": 1, "/b": 2})
    yours = event(end(two), 2, Create("/c"), tree=snapshot(a=b"", b=b"", c=b""), fnodes={
        "/a": 1, "/b": 2, "/c": 3,
    })  # fmt: skip
    gone = event(end(two), 1, Unlink(F1, "/a"), tree=snapshot(b=b""), fnodes={"/b": 2})
    found = told(hints_of((2, 2)), end(gone), A, two, yours, gone)
    assert found == Truth(snapshot(b=b"", c=b""), misleads=True)
    linked = evolve(yours[-1], tree=FileTree.of(snapshot(("/a", "/l"), a=b"", l=b"", b=b"", c=b"")))
    found = told(hints_of((2, 2)), end(gone), A, two, (linked,), gone)
    assert found.tree == snapshot(l=b"", b=b"", c=b"")


@pytest.mark.clause("THM-4")
def test_properties_in_a_zombies_hints_are_undecided() -> None:
    """Nothing in hints tells when a property was set. The rest of the tree is decided."""
    found = told(hints_of((1, 2), properties=("/id",)), end(B), A, WRITTEN, YOURS, unlanded=B)
    assert found == Truth(snapshot(a=b"x", yours=b""), undecided=frozenset({"/id"}), misleads=True)
    assert found.allows(snapshot(a=b"x", yours=b""))
    assert found.allows(snapshot(a=b"x", yours=b"", id=b"any"))
    assert not found.allows(snapshot(a=b"x", id=b"any"))


def test_properties_in_the_hints_of_a_recorder_in_good_standing_are_decided() -> None:
    """Its branch comes to the moment at which it was asked."""
    tree = snapshot(a=b"x", id=b"1")
    set_id = event(end(WRITTEN), 1, Property("/id", b"1"), tree=tree, fnodes={"/a": 1})
    found = told(hints_of((1, 2), properties=("/id",)), end(set_id), A, WRITTEN, set_id, YOURS)
    assert found == Truth(tree)
    assert not found.allows(snapshot(a=b"x", id=b"2"))


def test_a_recorder_is_no_zombie_for_what_it_lost_after_it_was_asked() -> None:
    """The branch may leave it later: that is what hints are for."""
    found = told(hints_of((1, 2), properties=("/id",)), end(WRITTEN), A, WRITTEN, YOURS, B)
    assert found == Truth(snapshot(a=b"x", yours=b""))


def test_a_zombie_of_an_empty_branch_leads_to_an_empty_directory() -> None:
    """No tree was ever shown: there is nothing which could be missing, or too much."""
    handoff = event(BEGINNING, 2, None, tree=None)
    gone = event(end(A), 1, Unlink(F1, "/a"))
    assert told(NO_HINTS, end(gone), handoff, A, gone) == Truth(EMPTY)


# Misleading


@pytest.mark.parametrize("hinted", [False, True])
def test_what_follows_a_recorder_that_misleads_is_not_decided(hinted: bool) -> None:
    """Whether its deed is among the hinted ones or behind them. Any tree is allowed, and who goes
    on from there misleads as well.
    """
    astray = event(
        end(A), 2, Write(F1, 0, 1), tree=snapshot(b=b"?"), fnodes={"/a": 1}, misleads=True
    )
    hints = hints_of((1, 2)) if hinted else hints_of((1, 1))
    found = told(hints, end(astray) if hinted else end(A), A, astray)
    assert found.misled
    assert found.misleads
    assert found.allows(snapshot(anything=b"at all"))


def test_a_recorder_that_misleads_in_another_fork_misleads_nobody() -> None:
    """The branch doesn't go through its deeds."""
    astray = event(end(A), 2, Create("/x"), tree=EMPTY, misleads=True)
    found = told(hints_of((1, 1)), end(A), A, WRITTEN, astray)
    assert found == Truth(snapshot(a=b"x"))


def test_a_zombie_whose_branch_was_misled_is_misled() -> None:
    """And its own gap is no better."""
    astray = event(end(A), 2, Create("/x"), tree=snapshot(a=b"", x=b""), fnodes={"/a": 1, "/x": 2},
                   misleads=True)  # fmt: skip
    gone = event(end(A), 1, Write(F1, 0, 1), Unlink(F1, "/a"))
    found = told(hints_of((1, 1)), end(gone), A, astray, unlanded=gone)
    assert (found.misled, found.misleads) == (True, True)


def test_only_the_tree_is_allowed_where_it_is_decided() -> None:
    """Contents and hard links, too."""
    found = Truth(snapshot(("/a", "/b"), a=b"1", b=b"1"))
    assert found.allows(snapshot(("/a", "/b"), a=b"1", b=b"1"))
    assert not found.allows(snapshot(a=b"1", b=b"1"))
    assert not found.allows(snapshot(("/a", "/b"), a=b"2", b=b"2"))
    assert not found.allows(EMPTY)
