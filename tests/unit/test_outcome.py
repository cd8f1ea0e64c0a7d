"""The table of outcomes: each rule breaks as it says, and the first that is broken decides."""

from __future__ import annotations

import itertools
import re

import attrs
import pytest

from rlog_model import outcome
from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Fnode
from rlog_model.operation import Change, Create, Link, Property, Unlink, Write
from rlog_model.outcome import (
    OUTCOMES,
    Applied,
    ChecksumMismatch,
    ExpectedHintedFnode,
    FnodeNotTracked,
    LinkExists,
    NoSuchLink,
    NotHintedAuthor,
    Outcome,
    PropertyExists,
    WrongSeqNo,
    is_transition,
)
from rlog_model.revision import CURRENT, MAY_2021, Revision
from rlog_model.wire import encode_op
from tests.unit.steps import LOG, A, B, after, next_op, segment

FILE, STRANGER = Fnode(1), Fnode(99)
LINKED, PROPERTY, FREE = "/linked", "/property", "/free"


def staged(hinted_create: int, revision: Revision = CURRENT) -> FSM:
    """An FSM whose next operation is number 3 of a hinted segment, by ``A``.

    File 1 is linked at ``LINKED``, ``PROPERTY`` is a property, and the hints say that operation
    ``hinted_create`` makes the next file.
    """
    hints = FSMHints(
        LOG,
        (
            FnodeSegments(FILE, (segment(1, 9),)),
            FnodeSegments(Fnode(hinted_create), (segment(hinted_create, 9, checksum=5),)),
        ),
    )
    fsm = after(FSM.from_hints(hints, revision), Create(LINKED), Property(PROPERTY, b"x"))
    assert (fsm.next_seq_no, fsm.remaining.fnode) == (3, hinted_create)
    return fsm


HINTED_HERE, HINTED_LATER = staged(3), staged(4)

CHANGES: list[tuple[FSM, Change | None, set[int]]] = [
    (HINTED_HERE, Create(FREE), set()),
    (HINTED_HERE, Create(LINKED), {5}),
    (HINTED_HERE, Create(PROPERTY), {6}),
    (HINTED_HERE, None, {4}),
    (HINTED_HERE, Write(FILE, 0, 1), {4}),
    (HINTED_HERE, Link(FILE, FREE), {4}),
    (HINTED_HERE, Property(PROPERTY, b"y"), {4}),
    (HINTED_HERE, Unlink(FILE, LINKED), {4}),
    (HINTED_HERE, Property(LINKED, b""), {4, 5}),
    (HINTED_HERE, Link(FILE, LINKED), {4, 5}),
    (HINTED_HERE, Link(FILE, PROPERTY), {4, 6}),
    (HINTED_HERE, Write(STRANGER, 0, 1), {4, 7}),
    (HINTED_HERE, Unlink(FILE, FREE), {4, 8}),
    (HINTED_HERE, Link(STRANGER, LINKED), {4, 5, 7}),
    (HINTED_HERE, Link(STRANGER, PROPERTY), {4, 6, 7}),
    (HINTED_HERE, Unlink(STRANGER, LINKED), {4, 7, 8}),
    (HINTED_LATER, None, set()),
    (HINTED_LATER, Write(FILE, 0, 1), set()),
    (HINTED_LATER, Link(FILE, FREE), set()),
    (HINTED_LATER, Unlink(FILE, LINKED), set()),
    (HINTED_LATER, Property(FREE, b""), set()),
    (HINTED_LATER, Property(PROPERTY, b"y"), set()),
    (HINTED_LATER, Property(LINKED, b""), {5}),
    (HINTED_LATER, Link(FILE, LINKED), {5}),
    (HINTED_LATER, Link(FILE, PROPERTY), {6}),
    (HINTED_LATER, Create(FREE), {7}),
    (HINTED_LATER, Write(STRANGER, 0, 1), {7}),
    (HINTED_LATER, Link(STRANGER, FREE), {7}),
    (HINTED_LATER, Unlink(FILE, FREE), {8}),
    (HINTED_LATER, Create(LINKED), {5, 7}),
    (HINTED_LATER, Link(STRANGER, LINKED), {5, 7}),
    (HINTED_LATER, Create(PROPERTY), {6, 7}),
    (HINTED_LATER, Link(STRANGER, PROPERTY), {6, 7}),
    (HINTED_LATER, Unlink(STRANGER, LINKED), {7, 8}),
    (staged(4, MAY_2021), Property(PROPERTY, b"x"), set()),
    (staged(4, MAY_2021), Property(PROPERTY, b"y"), {6}),
]
"""Changes, and the rules from 4 to 8 that they break."""

TURNS = [set(broken) for n in range(4) for broken in itertools.combinations((1, 2, 3), n)]
"""The rules from 1 to 3 that an operation breaks."""


def rule_of(kind: type[Outcome]) -> int:
    return int(kind.rule.removeprefix("FSM-"))


@pytest.mark.clause(
    "FSM-0",
    "FSM-1",
    "FSM-2",
    "FSM-3",
    "FSM-4",
    "FSM-5",
    "FSM-6",
    "FSM-7",
    "FSM-8",
    "TRN-3",
    "TRN-4",
)
@pytest.mark.parametrize("turn", TURNS, ids=str)
@pytest.mark.parametrize(("fsm", "change", "broken"), CHANGES)
def test_first_broken_rule_decides(
    fsm: FSM, change: Change | None, broken: set[int], turn: set[int]
) -> None:
    op = next_op(fsm, change)
    if 1 in turn:
        op = attrs.evolve(op, author=B)
    if 2 in turn:
        op = attrs.evolve(op, seq_no=2)
    if 3 in turn:
        op = attrs.evolve(op, checksum=op.checksum ^ 1)
    step = fsm.apply(op, encode_op(op))
    assert rule_of(type(step.outcome)) == min(turn | broken, default=0)
    assert is_transition(step.outcome) == (min(turn | broken, default=0) in (0, 7))
    assert (step.fsm is fsm) == (not is_transition(step.outcome))


def test_every_pair_of_rules_that_can_be_broken_at_once_is_tried() -> None:
    pairs = {
        pair
        for _, _, broken in CHANGES
        for turn in TURNS
        for pair in itertools.combinations(sorted(turn | broken), 2)
    }
    # A path is never both linked and a property that the log made, so 5 excludes 6; and only an
    # unlink can break 8, which 5 and 6 don't ask about.
    impossible = {(5, 6), (5, 8), (6, 8)}
    assert pairs == set(itertools.combinations(range(1, 9), 2)) - impossible


@pytest.mark.clause("FSM-4", "FSM-5", "FSM-6", "FSM-7", "FSM-8")
@pytest.mark.parametrize(
    ("fsm", "change", "expected"),
    [
        (HINTED_LATER, None, Applied()),
        (HINTED_HERE, None, ExpectedHintedFnode(Fnode(3))),
        (HINTED_HERE, Create(LINKED), LinkExists(LINKED, FILE)),
        (HINTED_HERE, Create(PROPERTY), PropertyExists(PROPERTY, b"x")),
        (staged(4, MAY_2021), Property(PROPERTY, b"y"), PropertyExists(PROPERTY, b"x")),
        (HINTED_LATER, Create(FREE), FnodeNotTracked(Fnode(3))),
        (HINTED_LATER, Write(STRANGER, 0, 0), FnodeNotTracked(STRANGER)),
        (HINTED_LATER, Link(STRANGER, FREE), FnodeNotTracked(STRANGER)),
        (HINTED_LATER, Unlink(STRANGER, FREE), FnodeNotTracked(STRANGER)),
        (HINTED_LATER, Unlink(FILE, FREE), NoSuchLink(FILE, FREE)),
    ],
)
def test_outcome_says_what_it_was(fsm: FSM, change: Change | None, expected: Outcome) -> None:
    op = next_op(fsm, change)
    assert fsm.apply(op, encode_op(op)).outcome == expected


@pytest.mark.clause("FSM-1", "FSM-2", "FSM-3")
def test_outcome_of_turn_says_what_was_expected() -> None:
    op = next_op(HINTED_LATER)
    by_other = attrs.evolve(op, author=B)
    assert HINTED_LATER.apply(by_other, b"").outcome == NotHintedAuthor(A, B)
    for seq_no in (2, 4):
        later = attrs.evolve(op, seq_no=seq_no)
        assert HINTED_LATER.apply(later, b"").outcome == WrongSeqNo(3, seq_no)
    forked = attrs.evolve(op, checksum=7)
    assert HINTED_LATER.apply(forked, b"").outcome == ChecksumMismatch(op.checksum, 7)


def test_rules_are_numbered_in_the_order_of_the_table() -> None:
    assert [kind.rule for kind in OUTCOMES] == [f"FSM-{i}" for i in range(9)]
    assert outcome.__doc__ is not None
    table = re.findall(r"^(FSM-\d) +(\w+)", outcome.__doc__, re.MULTILINE)
    assert table == [(kind.rule, kind.__name__) for kind in OUTCOMES[1:]]


def test_gazettes_names() -> None:
    assert Applied.gazette_error is None
    assert [kind.gazette_error for kind in OUTCOMES[1:]] == [
        f"Err{kind.__name__}" for kind in OUTCOMES[1:]
    ]
