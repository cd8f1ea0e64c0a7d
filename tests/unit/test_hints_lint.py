"""What is said of hints without their log; and how two differ."""

from __future__ import annotations

import pytest

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.hints_lint import Level, difference, lint
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Property
from rlog_model.segment import Segment

LOG = "a/log"


def node(seq_no: int, last: int = 0, end: int = 9, log: str = "") -> FnodeSegments:
    segment = Segment(Author(7), seq_no, 0, 0, last or seq_no, end, log)
    return FnodeSegments(Fnode(seq_no), (segment,))


def properties(*paths: str) -> tuple[Property, ...]:
    return tuple(Property(path, b"") for path in paths)


@pytest.mark.parametrize(
    ("hints", "found"),
    [
        (FSMHints(LOG, (node(1),)), []),
        (FSMHints(LOG, (node(1, end=0),)), [("LINT-4", Level.REMARK)]),
        (FSMHints(LOG), [("LINT-3", Level.WARNING)]),
        (FSMHints("", (node(1),)), [("LINT-1", Level.ERROR)]),
        (FSMHints("a\x1b/log"), [("LINT-1", Level.ERROR)]),
        (FSMHints(LOG, (node(1, log=LOG),)), [("LINT-1", Level.ERROR)]),
        (FSMHints(LOG, (node(2), node(1))), [("LINT-1", Level.ERROR)]),
        (FSMHints(LOG, (node(0),)), [("LINT-1", Level.ERROR)]),
        (FSMHints(LOG, (node(1),), properties("/a", "b")), [("LINT-2", Level.ERROR)]),
        (FSMHints(LOG, (node(1),), properties("/a", "/a/b")), [("LINT-2", Level.ERROR)]),
        (FSMHints(LOG, (node(1),), properties("/a", "/a")), [("LINT-2", Level.ERROR)]),
        (
            FSMHints("", (node(1),), properties("/..")),
            [("LINT-1", Level.ERROR), ("LINT-2", Level.ERROR)],
        ),
    ],
)
def test_findings(hints: FSMHints, found: list[tuple[str, Level]]) -> None:
    assert [(f.rule, f.level) for f in lint(hints)] == found


def test_differences() -> None:
    old = FSMHints(LOG, (node(1), node(2), node(3)), (Property("/p", b"1"), Property("/q", b"")))
    new = FSMHints(LOG, (node(2), node(3, 4), node(5)), (Property("/p", b"2"), Property("/r", b"")))
    found = difference(old, new)
    assert not found.is_none
    assert found.gone == (1,)
    assert [n.fnode for n in found.new] == [5]
    assert [(a.fnode, b.segments[-1].last_seq_no) for a, b in found.grown] == [(3, 4)]
    assert found.same == 1
    told = found.properties_gone, found.properties_new, found.properties_changed
    assert told == (("/q",), ("/r",), ("/p",))


def test_hints_that_say_the_same() -> None:
    """Whether a log is named or is the hints' own, is no difference of its files."""
    old = FSMHints(LOG, (node(1),))
    assert difference(old, old).is_none
    moved = difference(old, FSMHints("b/log", (node(1, log=LOG),)))
    assert (moved.grown, moved.logs, moved.is_none) == ((), (LOG, "b/log"), False)
