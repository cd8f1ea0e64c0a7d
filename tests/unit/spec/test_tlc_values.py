"""Values and states as TLC prints them."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.tlc.cfg import constants_in
from spec.tlc.states import StateReader, states_of_dump
from spec.tlc.values import ModelValue, NoValue, Record, Value, parse, show


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("TRUE", True),
        ("FALSE", False),
        ('""', ""),
        (r'"a\"b\\ /\\ c\n"', 'a"b\\ /\\ c\n'),
        ('"<<1, {"', "<<1, {"),
        ("m_1", ModelValue("m_1")),
        ("<<>>", ()),
        ("{}", frozenset()),
        ("<<1, <<-2>>, {}>>", (1, (-2,), frozenset())),
        ("{{1}, {}}", frozenset({frozenset({1}), frozenset()})),
        ("-1..2", frozenset({-1, 0, 1, 2})),
        ("2..1", frozenset()),
        ('[a |-> 1, b |-> "x"]', Record({"a": 1, "b": "x"})),
        ("(2 :> {m} @@ 3 :> {})", Record({2: frozenset({ModelValue("m")}), 3: frozenset()})),
        ("(1 :> 7 @@ 2 :> 8)", (7, 8)),
        ("(2 :> 8 @@ 1 :> 7)", (7, 8)),
        ('("a" :> 1)', Record({"a": 1})),
        ("(<<1, 2>> :> 3)", Record({(1, 2): 3})),
        ("<< [ a |-> 1,\n     b |-> 2 ] >>", (Record({"a": 1, "b": 2}),)),
    ],
)
def test_reads_what_is_printed(text: str, value: Value) -> None:
    assert parse(text) == value
    assert parse(show(value)) == value


def test_a_string_is_no_model_value() -> None:
    assert parse('"a"') != parse("a")


def test_records_are_compared_and_hashed_by_what_they_hold() -> None:
    one, other = parse("[a |-> 1, b |-> {2}]"), parse("[b |-> {2}, a |-> 1]")
    assert {one} == {other}
    assert one != parse("[a |-> 1]")
    assert isinstance(one, Record)
    assert one["a"] == 1
    assert "c" not in one


@pytest.mark.parametrize(
    "text",
    ["", "<<1", "[a |-> ]", "[a -> 1]", "{1 2}", "1 2", "(1 @@ 2)", "$", '"open', "SUBSET {1}"],
)
def test_refuses_what_is_no_value(text: str) -> None:
    with pytest.raises(NoValue):
        parse(text)


def test_reads_a_state_of_one_and_of_many_variables() -> None:
    reader = StateReader()
    assert reader.state("x = 1\n") == {"x": 1}
    assert reader.state('/\\ x = <<1,\n  2>>\n/\\ y = "a /\\\\ b = c"\n') == {
        "x": (1, 2),
        "y": "a /\\ b = c",
    }
    with pytest.raises(NoValue, match="no state"):
        reader.state("Stuttering")


def test_reads_a_dump(tmp_path: Path) -> None:
    dump = tmp_path / "states.dump"
    dump.write_text("State 1:\n/\\ x = 1\n/\\ y = {}\n\nState 2:\n/\\ x = 2\n/\\ y = {}\n\n")
    assert list(states_of_dump(dump)) == [{"x": 1, "y": frozenset()}, {"x": 2, "y": frozenset()}]


def test_reads_the_constants_of_a_configuration() -> None:
    cfg = (
        "\\* N = 1\nINIT Init\nCONSTANTS\n  N = 3 \\* few\n  S <- Few\n  F <- Op\nCONSTANT A = A\n"
    )
    assert constants_in("Few == {-1, 0}\nOp == 1 + 1\n", cfg) == {
        "N": 3,
        "S": frozenset({-1, 0}),
        "A": ModelValue("A"),
    }
