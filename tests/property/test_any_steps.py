"""Steps that tell no story: the model and the implementation agree on any of them.

The scenarios of ``simulation.strategies`` make sense, most of the time. These here are drawn member
by member, from few values, many of which are wrong: names that are taken, or are no one's, flags
that go together or don't, negative numbers. Whether a step is impossible, refused, or done, both
executors say the same.
"""

from __future__ import annotations

from typing import Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model.conformance.judge import judge
from rlog_model.hints import FSMHints
from rlog_model.identity import Author
from rlog_model.operation import Create, RecordedOp
from rlog_model.scenario_fields import Choice, Flag, Member, OrNull, Several
from rlog_model.wire import encode_hints, encode_op

CREATED: Final = encode_op(RecordedOp(1, 0, Author(1), Create("/a")))
HINTS: Final = encode_hints(FSMHints("logs"))

FEW: Final[dict[str, tuple[object, ...]]] = {
    "recorder": ("x", "y"),
    "player": ("p", "x"),
    "hints": ("h", "k"),
    "log": ("logs", "logs/two"),
    "name": ("f", "g"),
    "path": ("/a", "/b", "/d/x", "/d", "/IDENTITY", "a", "/../z", "/"),
    "source": ("/a", "/b", "/d/x", "/d", "/IDENTITY"),
    "target": ("/a", "/b", "/d/x", "/d", "/e", "/IDENTITY", "/../q"),
    "file": ("/a", "/b", "/d/x", "/IDENTITY", "f", "g", "/d"),
    "author": (1, 2, 3, 0, (1 << 32) - 1),
    "offset": (0, 1, 5, -1, 100, 1 << 20),
    "data": (b"", b"x", b"abc"),
    "times": (1, 3, 0, -1),
    "size": (0, 2, 50, -1),
    "appends": (0, 1, 2, -1),
    "back": (0, 1, -1, 5),
    "before": (0, 30, 1000, -5),
    "begin": (0, 1, 30, -1),
    "in_flight": (0, 1, 9, -1),
    "set": ("s", "t"),
    "fsm": ("x", "y"),
    "payload": (b"", CREATED, b"\x66", CREATED + b"\x66"),
    "encoded": (b"", HINTS, b"\x66"),
    "piece": (0, 1, 3, -1),
    "first_seq_no": (1, 2, 5, 0),
    "first_offset": (0, 10, 40, -1),
    "first_checksum": (0, 1),
    "last_seq_no": (1, 2, 7, 0),
    "last_offset": (0, 20, 50, -1),
}
"""Values of each member that has no few by itself."""

OTHERWISE: Final = {("new_fsm", "hints"): (b"", HINTS, b"\x66")}
"""Values of members that have other ones in one kind of step."""

OFTEN: Final = (
    s.Create,
    s.Create,
    s.Write,
    s.Write,
    s.Commit,
    s.TakeHints,
    s.Play,
    s.FinishAtWriteHead,
    s.Advance,
    s.Advance,
)
"""Kinds of step without which nothing comes of the others."""


def values_of(do: str, member: Member) -> st.SearchStrategy[object]:
    match member.rule:
        case Choice(words):
            return st.sampled_from(words)
        case Flag():
            return st.booleans()
        case Several(Choice(words)):
            return st.lists(st.sampled_from(words), max_size=3).map(tuple)
        case OrNull():
            return st.none() | st.sampled_from(FEW[member.name])
        case _:
            return st.sampled_from(OTHERWISE.get((do, member.name), FEW[member.name]))


def steps_of(kind: type[s.Step]) -> st.SearchStrategy[s.Step]:
    return st.builds(kind, **{m.name: values_of(kind.do, m) for m in s.MEMBERS[kind.do]})


steps = st.sampled_from([*OFTEN, *s.STEPS.values()]).flatmap(steps_of)
scenarios = st.lists(steps, min_size=1, max_size=25).map(
    lambda more: s.Scenario((s.StartRecorder("x", "logs", 1), s.Create("x", "/a", "f"), *more))
)


def test_each_member_has_values() -> None:
    """Else a new kind of step would not be among those that are drawn."""
    members = {m.name for of_kind in s.MEMBERS.values() for m in of_kind}
    assert members - FEW.keys() == {"check_registers", "flags", "until"}


@given(scenarios)
def test_model_and_implementation_agree_on_any_steps(scenario: s.Scenario) -> None:
    """Step by step; and what a player rebuilds is the truth."""
    verdict = judge(scenario)
    assert verdict.failure is None, f"{verdict.failure}\n{s.dumps(scenario)}"
    assert attrs.asdict(verdict.model) == attrs.asdict(verdict.implementation)
