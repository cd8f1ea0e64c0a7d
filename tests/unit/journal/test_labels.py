"""The rules of registers, checks, subtraction and union."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet

A1 = LabelSet([("a", "1")])
A2 = LabelSet([("a", "2")])
A12 = LabelSet([("a", "1"), ("a", "2")])
B1 = LabelSet([("b", "1")])
A1B1 = LabelSet([("a", "1"), ("b", "1")])
A_ANY = LabelSet([("a", "")])
B_ANY = LabelSet([("b", "")])

label_sets = st.builds(
    LabelSet,
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "1", "2"]))),
)


@pytest.mark.clause("JRN-5")
@pytest.mark.parametrize(
    ("registers", "include", "exclude", "expected"),
    [
        # No registers at all match anything.
        (EMPTY, EMPTY, EMPTY, True),
        (EMPTY, A1, EMPTY, True),
        (EMPTY, EMPTY, A1, True),
        (EMPTY, A1, A1, True),
        # Some registers, and nothing asked.
        (B1, EMPTY, EMPTY, True),
        # Each included name needs one matching value.
        (A1, A1, EMPTY, True),
        (A2, A1, EMPTY, False),
        (B1, A1, EMPTY, False),
        (A1, A12, EMPTY, True),
        (A12, A1, EMPTY, True),
        (A1, A1B1, EMPTY, False),
        (A1B1, A1B1, EMPTY, True),
        # An empty value stands for any.
        (A1, A_ANY, EMPTY, True),
        (B1, A_ANY, EMPTY, False),
        (A_ANY, A1, EMPTY, False),
        (A_ANY, A_ANY, EMPTY, True),
        (B1, EMPTY, A_ANY, True),
        (A1, EMPTY, A_ANY, False),
        # Each excluded label must be absent, whatever is included.
        (A1, EMPTY, A1, False),
        (A2, EMPTY, A1, True),
        (A12, EMPTY, A1, False),
        (A1B1, A1, B1, False),
        (A1B1, A1, LabelSet([("b", "2")]), True),
        (A1B1, A1, A1, False),
    ],
)
def test_check(registers: LabelSet, include: LabelSet, exclude: LabelSet, expected: bool) -> None:
    assert LabelSelector(include, exclude).matches(registers) is expected


@pytest.mark.clause("JRN-4")
@pytest.mark.parametrize(
    ("registers", "subtract", "union", "expected"),
    [
        (EMPTY, EMPTY, A1, A1),
        (A1, EMPTY, A2, A2),  # union replaces every value of the name
        (A12, EMPTY, A1, A1),
        (A1, EMPTY, A12, A12),
        (B1, EMPTY, A1, A1B1),  # and leaves other names alone
        (A12, A1, EMPTY, A2),  # subtraction takes the label, not the name
        (A1, A2, EMPTY, A1),
        (A1, A_ANY, EMPTY, A1),  # an empty value is a value, here
        (A1, A1, EMPTY, EMPTY),
        (A1, A1, A1, A1),  # subtraction is before union
        (A1B1, B_ANY.union(B1), A2, A2),
    ],
)
def test_change(
    registers: LabelSet, subtract: LabelSet, union: LabelSet, expected: LabelSet
) -> None:
    assert registers.subtract(subtract).union(union) == expected


@given(label_sets)
def test_equal_however_built(labels: LabelSet) -> None:
    """Order and repetition of labels make no difference, and names and values give all labels."""
    assert LabelSet([*reversed(labels.labels), *labels.labels]) == labels
    assert hash(LabelSet(reversed(labels.labels))) == hash(labels)
    assert [(n, v) for n in labels.names() for v in labels.values(n)] == list(labels)


@given(label_sets, label_sets)
def test_union_holds_all_of_the_other(registers: LabelSet, other: LabelSet) -> None:
    """After a union, the names of the other set have exactly its values."""
    union = registers.union(other)
    assert all(union.values(name) == other.values(name) for name in other.names())
    assert set(union.names()) == set(registers.names()) | set(other.names())


@given(label_sets, label_sets)
def test_include_and_exclude_of_one_label_contradict(registers: LabelSet, one: LabelSet) -> None:
    """Of a label, only one of include and exclude can match, unless there are no registers."""
    if registers:
        for label in one:
            single = LabelSet([label])
            included = LabelSelector(include=single).matches(registers)
            assert included is not LabelSelector(exclude=single).matches(registers)
