"""Hypothesis strategies for logs and hints that no recorder of ours made.

Rules
-----
* ``raw_log_scenarios``: a history with whatever changes, played from its beginning.
* ``journal_scenarios``: an honest history, appended piece by piece, while fragments are closed and
  deleted, before, between and behind; and plays of what is left.
* ``hints_scenarios``: hints of small numbers, most of which break a rule.
* No truth is known of these: implementations are compared with the model.
"""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from rlog_model import crc32c
from rlog_model import scenario as s
from rlog_model.framing import frame
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.scenario_parts import BuildHints, NewFsm
from rlog_model.segment import Segment
from rlog_model.simulation.moves import LOGS
from rlog_model.wire import encode_hints, encode_op

LOG: Final = LOGS[0]


class _History:
    """Operations of one branch, as bytes."""

    def __init__(self) -> None:
        self._seq_no = 1
        self._checksum = crc32c.INITIAL

    def append(self, change: Change | None) -> bytes:
        """The next operation, with the bytes that it writes."""
        op = RecordedOp(self._seq_no, self._checksum, Author(1), change)
        payload = encode_op(op)
        self._seq_no += 1
        self._checksum = crc32c.update(self._checksum, payload)
        return frame(payload) + b"x" * max(op.raw_length, 0)


def _played(player: str) -> tuple[s.Step, ...]:
    return s.Play(player, log=LOG), s.FinishAtWriteHead(player), s.Advance(player)


@st.composite
def raw_log_scenarios(draw: st.DrawFn) -> s.Scenario:
    """A log with paths that no directory can hold, files and properties that are in each other's
    way, an end that is torn."""
    history = _History()
    content = b"".join(
        history.append(change) for change in draw(st.lists(_CHANGES, min_size=1, max_size=6))
    )
    torn = draw(st.just(0) | st.integers(1, 12))
    return s.Scenario((s.AppendRaw(LOG, content[: len(content) - torn]), *_played("p1")), "raw log")


@st.composite
def journal_scenarios(draw: st.DrawFn) -> s.Scenario:
    """A log of which parts are deleted."""
    history = _History()
    steps: list[s.Step] = []
    edges = [0]
    players = 0
    for number in range(1, 1 + draw(st.integers(1, 9))):
        move = draw(st.integers(0, 7))
        if move < 4:
            change = Create(f"/{number}") if move < 3 else Property("/IDENTITY", bytes([number]))
            content = history.append(change)
            steps.append(s.AppendRaw(LOG, content))
            edges.append(edges[-1] + len(content))
        elif move == 4:
            steps.append(s.Roll(LOG))
        elif move == 5:
            edge = st.sampled_from(edges)
            begin, before = draw(st.just(0) | edge), draw(edge | st.just(1 << 40))
            slip = draw(st.sampled_from([0, 0, 0, 1, -1]))
            steps += [s.Roll(LOG), s.Prune(LOG, before + slip, begin)]
        else:
            players += 1
            steps += [s.Play(f"p{players}", log=LOG), s.Advance(f"p{players}", "head")]
    steps += _played("last")
    return s.Scenario(tuple(steps), "journal")


@st.composite
def _nodes(draw: st.DrawFn) -> FnodeSegments:
    """A file, mostly with its creation in the first segment."""
    fnode = draw(st.integers(1, 4))
    segments: list[Segment] = []
    first = fnode + draw(st.sampled_from([0, 0, 0, 0, 1]))
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 2, 0]))):
        last = first + draw(st.sampled_from([0, 0, 0, 1, 1, -1]))
        end = draw(st.sampled_from([0, 10 * last + 10]))
        author, log = draw(_AUTHORS), draw(_SEGMENT_LOGS)
        segments.append(Segment(author, first, 10 * first, 0, last, end, log))
        first = last + draw(st.integers(1, 2))
    return FnodeSegments(Fnode(fnode), tuple(segments))


@st.composite
def hints_scenarios(draw: st.DrawFn) -> s.Scenario:
    """Hints, from which an FSM is made."""
    log = draw(st.sampled_from([LOG, LOG, LOG, ""]))
    nodes = draw(st.lists(_nodes(), max_size=2))
    properties = draw(st.lists(_HINTED, max_size=2))
    hints = FSMHints(log, tuple(nodes), tuple(properties))
    return s.Scenario((NewFsm("f", encode_hints(hints)), BuildHints("f")), "hints")


_AUTHORS: Final = st.sampled_from([Author(1), Author(1), Author(1), Author(2), Author(0)])
_SEGMENT_LOGS: Final = st.sampled_from(["", "", LOG, LOGS[1], LOGS[1]])
_PATHS: Final = st.sampled_from(["/a", "/a", "/a/b/c", "/a/b/c", "/a/b", "/d", "/a/../b", "a", "/"])
_FNODES: Final = st.integers(1, 5).map(Fnode)
_CHANGES: Final = st.one_of(
    st.builds(Create, _PATHS),
    st.builds(Create, _PATHS),
    st.builds(Link, _FNODES, _PATHS),
    st.builds(Unlink, _FNODES, _PATHS),
    st.builds(Write, _FNODES, st.integers(-1, 3), st.integers(-1, 3)),
    st.builds(Property, _PATHS, st.binary(max_size=2)),
    st.none(),
)
_HINTED: Final = st.builds(Property, st.sampled_from(["/p", "/q"]), st.binary(max_size=1))
