"""What was observed, and the first place where two executions differ."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.file_tree import Snapshot
from rlog_model.hints import HintRule, InvalidHints
from rlog_model.namespace import PosixError
from rlog_model.play_error import HoleInLog
from rlog_model.recording_refused import Reason, RecordingRefused
from rlog_model.trace import (
    DONE,
    FENCED,
    IMPOSSIBLE,
    Divergence,
    MalformedTrace,
    Observation,
    Trace,
    first_divergence,
    from_json,
    refused,
    to_json,
    tree_of,
)

FIELDS = [field.name for field in attrs.fields(Observation)]

observations = st.builds(
    Observation,
    st.sampled_from((DONE, IMPOSSIBLE, FENCED)),
    *[st.none() | st.integers(0, 2)] * 4,
    st.none() | st.just({"log": "a/log"}),
    st.none() | st.sampled_from(("reading", "complete")),
    st.none() | st.just("0a"),
    st.none() | st.just([]),
    st.none() | st.just([]),
    st.none() | st.sampled_from((tree_of(Snapshot()), tree_of(Snapshot.of([("/a", b"x")])))),
)
traces = st.lists(observations, max_size=4).map(lambda seen: Trace(tuple(seen)))


def test_a_tree_is_told_by_contents_in_hex_and_by_groups() -> None:
    """The form that an observation has, which is JSON as it stands."""
    tree = tree_of(Snapshot.of([("/b", b"\xff"), ("/a", b"\xff"), ("/c", b"")], [("/b", "/a")]))
    assert tree == {"files": {"/a": "ff", "/b": "ff", "/c": ""}, "same_file": [["/a", "/b"]]}
    assert json.loads(json.dumps(tree)) == tree


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RecordingRefused(Reason.NO_PATH, "a"), "refused: RecordingRefused NO_PATH"),
        (PosixError("ENOENT", "/a"), "refused: PosixError"),
        (HoleInLog("a/log", 0, 1, 1), "refused: HoleInLog"),
        (InvalidHints(HintRule.LAST_LOG), "refused: InvalidHints LAST_LOG"),
        (None, "refused: NoneType"),
    ],
)
def test_a_refusal_is_told_by_its_type_and_reason(error: object, told: str) -> None:
    """An enumerated reason or rule is told; texts are not, which may differ."""
    assert refused(error) == told


@given(traces)
def test_a_trace_agrees_with_itself(trace: Trace) -> None:
    """Equal traces have no divergence."""
    assert first_divergence(trace, Trace(tuple(map(attrs.evolve, trace.observations)))) is None


@given(traces, traces)
def test_the_first_divergence_is_the_first(one: Trace, other: Trace) -> None:
    """No step before it differs, no field before it in its step does, and it does itself."""
    found = first_divergence(one, other)
    if found is None:
        assert one == other
        return
    assert one.observations[: found.step] == other.observations[: found.step]
    if found.field == "length":
        assert found.step == min(len(one.observations), len(other.observations))
        assert (found.expected, found.actual) == (len(one.observations), len(other.observations))
        return
    mine, yours = one.observations[found.step], other.observations[found.step]
    for name in FIELDS[: FIELDS.index(found.field)]:
        assert getattr(mine, name) == getattr(yours, name)
    assert (found.expected, found.actual) == (
        getattr(mine, found.field),
        getattr(yours, found.field),
    )
    assert found.expected != found.actual


@pytest.mark.parametrize("name", FIELDS)
def test_a_difference_in_any_field_is_found(name: str) -> None:
    """At the step where it is, and no field is left out."""
    seen = Observation(DONE, 1, 2, 3, 4, {"log": "x"}, "reading", "0a", [], [], tree_of(Snapshot()))
    nothing: Any = None
    changed = attrs.evolve(seen, **{name: nothing})
    found = first_divergence(Trace((seen, seen, seen)), Trace((seen, changed, changed)))
    assert found == Divergence(1, name, getattr(seen, name), None)


def test_traces_of_different_lengths_differ_behind_the_shorter_one() -> None:
    """An execution that stopped early, or went on, isn't the same."""
    seen = Observation(DONE)
    assert first_divergence(Trace((seen,)), Trace()) == Divergence(0, "length", 1, 0)
    assert first_divergence(Trace((seen,)), Trace((seen,) * 3)) == Divergence(1, "length", 1, 3)


def test_a_divergence_reads_as_what_was_expected_and_what_was_got() -> None:
    """A line each, whole if it is short."""
    text = str(Divergence(7, "status", "complete", "failed"))
    assert text.splitlines() == [
        "step 7, status:",
        "  expected      'complete'",
        "  actually got  'failed'",
    ]


def test_a_long_value_is_cut_in_the_text_alone() -> None:
    """And says how long it is."""
    divergence = Divergence(0, "tree", "x" * 1998, "x" * 5000)
    _, expected, actual = str(divergence).splitlines()
    assert expected == f"  expected      {'x' * 1998!r}"
    assert actual == f"  actually got  '{'x' * 1999}... (5002 characters)"
    assert divergence.actual == "x" * 5000


@given(traces)
def test_json_of_a_trace_has_what_a_step_shows_and_no_more(trace: Trace) -> None:
    """One object a step; each field that shows something stands there, numbers as their digits."""
    told = to_json(trace)
    assert json.loads(json.dumps(told)) == told
    for members, seen in zip(told, trace.observations, strict=True):
        shown = {name: value for name in FIELDS if (value := getattr(seen, name)) is not None}
        assert members.keys() == shown.keys()
        for name, value in shown.items():
            assert members[name] == (str(value) if isinstance(value, int) else value)
    assert all(value is not None for members in told for value in members.values())


@given(traces)
def test_a_trace_is_the_same_from_its_json(trace: Trace) -> None:
    assert from_json(json.loads(json.dumps(to_json(trace)))) == trace


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"outcome": "done"}, "all"),
        (["done"], "observation 0"),
        ([{"outcome": "done"}, {}], "observation 1"),
        ([{"outcome": "done", "more": 1}], "observation 0"),
        ([{"outcome": "done", "head": 1}], "observation 0"),
        ([{"outcome": "done", "head": "0x1"}], "observation 0"),
        ([{"outcome": "done", "head": "1\n"}], "observation 0"),
        ([{"outcome": "done", "head": True}], "observation 0"),
        ([{"outcome": None}], "observation 0"),
        ([{"outcome": "done", "tree": []}], "observation 0"),
    ],
)
def test_what_is_no_trace_is_told_where(data: object, where: str) -> None:
    """Nothing is taken for what it is not: an answer of nonsense must not pass."""
    with pytest.raises(MalformedTrace, match=f"^these are no observations: {where}: ") as told:
        from_json(data)
    assert told.value.where == where
