"""The scenario language: what is written is read again, and nothing else is."""

from __future__ import annotations

import json
import runpy
from importlib import resources
from typing import Any, Final

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlog_model import scenario as s
from rlog_model import scenario_schema
from rlog_model.identity import MAX_INT64, MAX_UINT32, InvalidLogName, validate_log_name
from rlog_model.journal.memory import MemoryStore
from rlog_model.scenario_fields import (
    Choice,
    Flag,
    Hex,
    MalformedScenario,
    Member,
    Number,
    OrNull,
    Rule,
    Several,
    Text,
)
from rlog_model.simulation.strategies import scenarios

names = st.from_regex("[A-Za-z0-9_-]{1,64}", fullmatch=True)
logs = st.from_regex("[a-z_-][a-z0-9.]{3,9}(/[a-z0-9_-][a-z0-9.]{0,9}){0,2}", fullmatch=True)


def values_of(rule: Rule) -> st.SearchStrategy[object]:
    """All that a rule allows."""
    match rule:
        case Text(""):
            return st.text()
        case Text(pattern):
            return logs if "/" in pattern else names
        case Choice(words):
            return st.sampled_from(words)
        case Number(least, most):
            return st.integers(least, most)
        case Flag():
            return st.booleans()
        case Hex():
            return st.binary(max_size=20)
        case Several(each):
            return st.lists(values_of(each), max_size=4).map(tuple)
        case OrNull(other):
            return st.none() | values_of(other)
        case _:
            raise AssertionError(rule)


def steps_of(kind: type[s.Step]) -> st.SearchStrategy[s.Step]:
    """Every step of a kind."""
    members = {m.name: values_of(m.rule) for m in s.MEMBERS[kind.do]}
    return st.builds(kind, **members)


any_step: Final = st.one_of(*map(steps_of, s.STEPS.values()))
any_scenario: Final = st.builds(
    s.Scenario,
    st.lists(any_step, max_size=5).map(tuple),
    st.text(),
    st.sampled_from(("2020-06", "2021-05", "2023-12")),
)


def minimal(kind: type[s.Step]) -> dict[str, Any]:
    """The shortest JSON of a kind of step."""

    def shortest(member: Member) -> object:
        match member.rule:
            case Text(""):
                return ""
            case Text(_, least):
                return "a" * least
            case Choice(words):
                return words[0]
            case Number():
                return 1
            case Hex():
                return ""
            case Several():
                return []
            case rule:
                raise AssertionError(rule)

    required = [m for m in s.MEMBERS[kind.do] if m.default is attrs.NOTHING]
    return {"do": kind.do, **{member.name: shortest(member) for member in required}}


def of_steps(*steps: object) -> dict[str, Any]:
    return {"rlog_scenario": 1, "steps": list(steps)}


every_kind = pytest.mark.parametrize("kind", s.STEPS.values(), ids=s.STEPS.keys())


# Round trips


@given(any_scenario)
def test_what_is_written_is_read_again(scenario: s.Scenario) -> None:
    """As values and as text, whatever the members hold."""
    assert s.from_json(s.to_json(scenario)) == scenario
    assert s.loads(s.dumps(scenario)) == scenario
    assert s.loads(s.dumps(scenario).encode()) == scenario


@given(scenarios())
def test_random_scenarios_are_read_again(scenario: s.Scenario) -> None:
    """Those which the checks execute."""
    assert s.loads(s.dumps(scenario)) == scenario


@given(any_scenario)
def test_text_has_one_line_a_step(scenario: s.Scenario) -> None:
    """A step is a line, so that a scenario can be read, cut and compared line by line; and the text
    is the JSON that ``to_json`` gives.
    """
    text = s.dumps(scenario)
    assert json.loads(text) == s.to_json(scenario)
    assert text.isascii()
    lines = text.splitlines()
    begin = lines.index(' "steps": [') + 1
    written = lines[begin : begin + len(scenario.steps)]
    assert [json.loads(line.removesuffix(",")) for line in written] == s.to_json(scenario)["steps"]
    assert lines[begin + len(scenario.steps) :] == [" ]", "}"]
    assert text.endswith("}\n")


@every_kind
def test_members_that_have_their_default_are_left_out(kind: type[s.Step]) -> None:
    """What is needed is all that is written of a step which has nothing else; and a default that is
    given all the same means the same.
    """
    shortest = minimal(kind)
    (step,) = s.from_json(of_steps(shortest)).steps
    assert s.step_to_json(step) == shortest
    given = {m.name: m.default for m in s.MEMBERS[kind.do] if m.default is not attrs.NOTHING}
    assert s.from_json(of_steps({**shortest, **given})).steps == (step,)


def test_what_a_scenario_leaves_out_has_its_default() -> None:
    """No title, and the current revision."""
    assert s.from_json({"rlog_scenario": 1, "steps": []}) == s.Scenario(())
    assert s.Scenario(()).revision == "2023-12"


def test_bytes_are_hex_and_lists_are_lists() -> None:
    """The JSON of a step, member by member."""
    step = s.Open("r", "/a", ("write", "create"), "f")
    assert s.step_to_json(step) == {
        "do": "open",
        "recorder": "r",
        "path": "/a",
        "flags": ["write", "create"],
        "name": "f",
    }
    assert s.step_to_json(s.AppendRaw("a/log", b"\0\xff")) == {
        "do": "append_raw",
        "log": "a/log",
        "data": "00ff",
    }


def test_every_kind_of_step_has_a_name_of_its_own() -> None:
    """The name in JSON is that of the class, in snake case."""
    for do, kind in s.STEPS.items():
        assert do.replace("_", "") == kind.__name__.lower()
    assert len(set(s.STEPS)) == len(s.STEPS) == 32


# What is no scenario

BROKEN: Final[dict[str, tuple[object, str, str]]] = {
    "list": ([], "scenario", "no object"),
    "text": ("x", "scenario", "no object"),
    "null": (None, "scenario", "no object"),
    "unknown member": ({**of_steps(), "more": 1}, "scenario", "'more'"),
    "no version": ({"steps": []}, "rlog_scenario", "version None, not 1"),
    "newer version": ({"rlog_scenario": 2, "steps": []}, "rlog_scenario", "version 2, not 1"),
    "version as text": ({"rlog_scenario": "1", "steps": []}, "rlog_scenario", "version '1'"),
    "version as bool": ({"rlog_scenario": True, "steps": []}, "rlog_scenario", "version True"),
    "no steps": ({"rlog_scenario": 1}, "steps", "no list"),
    "steps as object": ({"rlog_scenario": 1, "steps": {}}, "steps", "no list"),
    "title as number": ({**of_steps(), "title": 1}, "title", "no text"),
    "title null": ({**of_steps(), "title": None}, "title", "no text"),
    "unknown revision": ({**of_steps(), "revision": "2019-01"}, "revision", "'2019-01' is none of"),
    "revision as number": ({**of_steps(), "revision": 2023}, "revision", "2023 is none of"),
    "step as text": (of_steps("die"), "step 0", "no object"),
    "no do": (of_steps({"recorder": "r"}), "step 0", "'do' is none of add_segment, advance,"),
    "unknown do": (of_steps({"do": "live", "recorder": "r"}), "step 0", "'do' is none of"),
    "do null": (of_steps({"do": None}), "step 0", "'do' is none of"),
    "do list": (of_steps({"do": ["die"]}), "step 0", "'do' is none of"),
    "missing": (of_steps({"do": "die"}), "step 0", "die needs the member 'recorder'"),
    "unknown": (
        of_steps({"do": "die", "recorder": "r", "b": 1, "a": 1}),
        "step 0",
        "die has no member 'a'",
    ),
    "the second step": (
        of_steps({"do": "die", "recorder": "r"}, {"do": "die", "recorder": 1}),
        "step 1, recorder",
        "1 is no text",
    ),
    "name with slash": (of_steps({"do": "die", "recorder": "../r"}), "step 0, recorder", "'../r'"),
    "name with dots": (of_steps({"do": "die", "recorder": ".."}), "step 0, recorder", "'..'"),
    "empty name": (of_steps({"do": "die", "recorder": ""}), "step 0, recorder", "''"),
    "long name": (of_steps({"do": "die", "recorder": "r" * 65}), "step 0, recorder", "rrr"),
    "name with newline": (of_steps({"do": "die", "recorder": "r\n"}), "step 0, recorder", "'r\\n'"),
    "name null": (of_steps({"do": "die", "recorder": None}), "step 0, recorder", "None is no text"),
    "short log": (of_steps({"do": "roll", "log": "log"}), "step 0, log", "'log'"),
    "long log": (of_steps({"do": "roll", "log": "a" * 513}), "step 0, log", "aaa"),
    "log that leads out": (of_steps({"do": "roll", "log": "../a/b"}), "step 0, log", "'../a/b'"),
    "log from the root": (of_steps({"do": "roll", "log": "/a/log"}), "step 0, log", "'/a/log'"),
    "log with empty part": (of_steps({"do": "roll", "log": "a//log"}), "step 0, log", "'a//log'"),
    "integer in words": (
        of_steps({"do": "prune", "log": "a/log", "before": "0x1"}),
        "step 0, before",
        "'0x1' is no integer",
    ),
    "integer with a line feed": (
        of_steps({"do": "prune", "log": "a/log", "before": "1\n"}),
        "step 0, before",
        "no integer",
    ),
    "integer as fraction": (
        of_steps({"do": "prune", "log": "a/log", "before": 1.5}),
        "step 0, before",
        "1.5 is no integer",
    ),
    "integer as bool": (
        of_steps({"do": "prune", "log": "a/log", "before": True}),
        "step 0, before",
        "True is no integer",
    ),
    "great integer": (
        of_steps({"do": "prune", "log": "a/log", "before": MAX_INT64 + 1}),
        "step 0, before",
        "9223372036854775808 is not from",
    ),
    "small integer": (
        of_steps({"do": "prune", "log": "a/log", "before": -MAX_INT64 - 2}),
        "step 0, before",
        "is not from -9223372036854775808",
    ),
    "great author": (
        of_steps({"do": "inject_handoff", "player": "p", "author": MAX_UINT32 + 1}),
        "step 0, author",
        "4294967296 is not from 0 to 4294967295",
    ),
    "negative author": (
        of_steps({"do": "inject_handoff", "player": "p", "author": -1}),
        "step 0, author",
        "-1 is not from 0",
    ),
    "bool as number": (
        of_steps({**minimal(s.StartRecorder), "check_registers": 1}),
        "step 0, check_registers",
        "1 is neither true nor false",
    ),
    "bool null": (
        of_steps({**minimal(s.StartRecorder), "check_registers": None}),
        "step 0, check_registers",
        "None is neither true nor false",
    ),
    "odd hex": (
        of_steps({"do": "append_raw", "log": "a/log", "data": "0"}),
        "step 0, data",
        "'0' is no hex",
    ),
    "hex with space": (
        of_steps({"do": "append_raw", "log": "a/log", "data": "00 11"}),
        "step 0, data",
        "'00 11' is no hex",
    ),
    "bytes as number": (
        of_steps({"do": "append_raw", "log": "a/log", "data": 0}),
        "step 0, data",
        "0 is no hex",
    ),
    "unknown flag": (
        of_steps({"do": "open", "recorder": "r", "path": "/a", "flags": ["read", "sync"]}),
        "step 0, flags",
        "'sync' is none of read, write",
    ),
    "flags as text": (
        of_steps({"do": "open", "recorder": "r", "path": "/a", "flags": "read"}),
        "step 0, flags",
        "'read' is no list",
    ),
    "unknown until": (
        of_steps({"do": "advance", "player": "p", "until": "noon"}),
        "step 0, until",
        "'noon' is none of head, append, end",
    ),
    "path as number": (
        of_steps({"do": "unlink", "recorder": "r", "path": 1}),
        "step 0, path",
        "1 is no text",
    ),
}


@pytest.mark.parametrize(("data", "where", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_scenario_is_refused_and_says_where(
    data: object, where: str, reason: str
) -> None:
    """The first thing that is wrong is named."""
    with pytest.raises(MalformedScenario) as refused:
        s.from_json(data)
    assert refused.value.where == where
    assert reason in refused.value.reason
    assert str(refused.value) == f"this is no scenario: {where}: {refused.value.reason}"


@pytest.mark.parametrize(
    "text", ["", "{", b"\xff\xfe\x00", "[" * 100_000, "1" * 5000, '{"rlog_scenario": 1,}']
)
def test_text_that_is_no_json_is_refused(text: str | bytes) -> None:
    """Whatever the parser says to it."""
    with pytest.raises(MalformedScenario):
        s.loads(text)


@every_kind
@given(data=st.data())
def test_a_step_needs_all_that_has_no_default(kind: type[s.Step], data: st.DataObject) -> None:
    """Each of its required members, whatever it has else."""
    step = s.step_to_json(data.draw(steps_of(kind)))
    required = [m.name for m in s.MEMBERS[kind.do] if m.default is attrs.NOTHING]
    del step[data.draw(st.sampled_from(required))]
    with pytest.raises(MalformedScenario, match=f"{kind.do} needs the member"):
        s.from_json(of_steps(step))


def test_integers_and_authors_reach_to_their_bounds() -> None:
    """The bounds are inclusive; and 0 is an author that a scenario may name, for it is refused by
    who executes it.
    """
    for author in (0, MAX_UINT32):
        step = {"do": "inject_handoff", "player": "p", "author": author}
        assert s.from_json(of_steps(step)).steps == (s.InjectHandoff("p", author),)
    for before in (-MAX_INT64 - 1, MAX_INT64):
        step = {"do": "prune", "log": "a/log", "before": before}
        assert s.from_json(of_steps(step)).steps == (s.Prune("a/log", before),)


def test_names_and_logs_reach_to_their_lengths() -> None:
    """The bounds are inclusive."""
    for name in ("n", "n" * 64):
        s.from_json(of_steps({"do": "die", "recorder": name}))
    for log in ("logs", "l" * 512):
        s.from_json(of_steps({"do": "roll", "log": log}))


@given(logs | st.from_regex("[A-Za-z0-9_.-]{1,6}(/[A-Za-z0-9_.-]{1,6}){0,2}", fullmatch=True))
def test_every_log_of_a_scenario_is_a_log_that_journals_can_have(log: str) -> None:
    """What the language takes, ``identity`` and a store take."""
    try:
        s.from_json(of_steps({"do": "roll", "log": log}))
    except MalformedScenario:
        if all(not part.startswith(".") for part in log.split("/")):
            with pytest.raises(InvalidLogName):
                validate_log_name(log)
        return
    validate_log_name(log)
    with MemoryStore() as store:
        store.open(log).close()


# The JSON Schema


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(scenario_schema.schema())


def test_the_committed_schema_is_the_present_one(capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m rlog_model.scenario_schema > rlog_model/scenario.schema.json`` updates it."""
    committed = (resources.files("rlog_model") / "scenario.schema.json").read_text("utf-8")
    runpy.run_path(str(scenario_schema.__file__), run_name="__main__")
    assert capsys.readouterr().out == committed
    assert json.loads(committed) == scenario_schema.schema()


def test_the_schema_is_one_and_has_its_name() -> None:
    """By the metaschema of its draft."""
    jsonschema.Draft202012Validator.check_schema(scenario_schema.schema())
    assert scenario_schema.schema()["$id"] == f"rlog-model:scenario:{s.SCENARIO_VERSION}"


def test_the_schema_describes_every_kind_of_step() -> None:
    """By what its class says of itself, as one line without markup."""
    definitions = scenario_schema.schema()["$defs"]
    assert isinstance(definitions, dict)
    assert definitions.keys() == s.STEPS.keys() | {"step"}
    for do in s.STEPS:
        definition = definitions[do]
        assert isinstance(definition, dict)
        description = definition["description"]
        assert isinstance(description, str)
        assert description
        assert "`" not in description
        assert "\n" not in description


VALIDATOR: Final = validator()


@given(any_scenario)
def test_what_is_written_is_valid_by_the_schema(scenario: s.Scenario) -> None:
    """Every scenario that the language has."""
    VALIDATOR.validate(s.to_json(scenario))


@given(scenarios())
def test_random_scenarios_are_valid_by_the_schema(scenario: s.Scenario) -> None:
    """Those which the checks execute."""
    VALIDATOR.validate(s.to_json(scenario))


def test_packaged_scenarios_are_valid_by_the_schema_and_are_read() -> None:
    """And are written as ``dumps`` writes them, so that they can be compared line by line."""
    folder = resources.files("rlog_model.conformance") / "scenarios"
    files = [f for f in folder.iterdir() if f.name.endswith(".json")] if folder.is_dir() else []
    for file in files:
        text = file.read_text("utf-8")
        VALIDATOR.validate(json.loads(text))
        assert s.dumps(s.loads(text)) == text, file.name


MORE_THAN_THE_SCHEMA: Final = {
    "integer with a line feed",
    "name with newline",
    "version as bool",
}
"""What the schema, or its validator in Python, can't tell: ``$`` matches before a last newline,
and ``const`` 1 may be true.
"""


@pytest.mark.parametrize("case", sorted(BROKEN.keys() - MORE_THAN_THE_SCHEMA))
def test_what_is_no_scenario_is_not_valid(case: str) -> None:
    """The schema refuses what ``from_json`` refuses."""
    assert not VALIDATOR.is_valid(BROKEN[case][0])


@given(any_step, st.data())
def test_a_step_that_was_tampered_with_is_refused_by_both_or_by_none(
    step: s.Step, data: st.DataObject
) -> None:
    """One member set to something else: the schema and ``from_json`` agree."""
    broken = s.step_to_json(step)
    other: st.SearchStrategy[Any] = st.sampled_from(
        (None, 1, -1, 1 << 70, "", "x", "ab", "a/log", "/a", "zz", True, [], ["read"], ["x"], {})
    )
    broken[data.draw(st.sampled_from([*sorted(broken), "name", "more"]))] = data.draw(other)
    try:
        s.from_json(of_steps(broken))
    except MalformedScenario:
        assert not VALIDATOR.is_valid(of_steps(broken))
    else:
        VALIDATOR.validate(of_steps(broken))


def test_numbers_can_be_given_as_their_digits() -> None:
    """No reader makes doubles of strings: so adapters are sent them."""
    scenario = s.Scenario((s.Prune("a/log", MAX_INT64, -3), s.AppendRaw("a/log", b"", 2)))
    told = s.to_json(scenario, digits=True)
    assert told["steps"] == [
        {"do": "prune", "log": "a/log", "before": "9223372036854775807", "begin": "-3"},
        {"do": "append_raw", "log": "a/log", "data": "", "times": "2"},
    ]
    assert s.from_json(told) == scenario
    assert VALIDATOR.is_valid(told)
