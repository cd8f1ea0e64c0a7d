"""The schemas of vectors, of known divergences, and of the adapter protocol."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from rlog_model.conformance import serve
from rlog_model.conformance.adapter import PROTOCOL, SUITE
from rlog_model.conformance.suite import divergences
from rlog_model.conformance.suite.capabilities import CAPABILITIES
from rlog_model.conformance.suite.vector import LEVELS, VECTOR_VERSION, Vector, load

SPEC: Final = Path(__file__).parents[3] / "spec"
FILES: Final = {
    "rlog-model:vector:1": SPEC / "vectors" / "vector.schema.json",
    "rlog-model:known-divergences:1": SPEC / "vectors" / "known.schema.json",
    "rlog-model:adapter-request:1": SPEC / "adapter" / "request.schema.json",
    "rlog-model:adapter-answer:1": SPEC / "adapter" / "answer.schema.json",
}
SCENARIO: Final = "rlog-model:scenario:1"


def schema(name: str) -> Any:
    if name == SCENARIO:
        text = (resources.files("rlog_model") / "scenario.schema.json").read_text("utf-8")
        return json.loads(text)
    return json.loads(FILES[name].read_bytes())


def validator(name: str, *, scenario: bool = True) -> jsonschema.Draft202012Validator:
    """``scenario``: whether the schema of scenarios is asked, too, which takes long."""
    loaded = {name: schema(name) for name in FILES}
    loaded[SCENARIO] = schema(SCENARIO) if scenario else {}
    registry: Registry[Any] = Registry().with_resources(
        (name, DRAFT202012.create_resource(contents)) for name, contents in loaded.items()
    )
    return jsonschema.Draft202012Validator(schema(name), registry=registry)


VECTORS: Final = tuple(load())
FEW: Final = tuple(v for v in VECTORS if v.steps <= 12)[::9] + VECTORS[-20:]
"""Some of every file."""


@pytest.mark.parametrize("name", FILES)
def test_each_schema_is_one_and_has_its_name(name: str) -> None:
    """By the metaschema of its draft."""
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"] == name


def test_schemas_and_code_have_the_same_words() -> None:
    members = schema("rlog-model:vector:1")["properties"]
    assert members["rlog_vector"]["const"] == VECTOR_VERSION
    assert tuple(members["level"]["enum"]) == LEVELS
    assert tuple(members["requires"]["items"]["enum"]) == CAPABILITIES
    known = schema("rlog-model:known-divergences:1")["properties"]
    assert known["rlog_known_divergences"]["const"] == divergences.KNOWN_VERSION
    entry = known["entries"]["items"]["properties"]
    assert set(entry) == {"vectors", "do", "field", "reason", "link", "step", "seen", "versions"}
    hello = schema("rlog-model:adapter-answer:1")["$defs"]["hello"]["properties"]["hello"]
    assert hello["properties"]["protocol"]["const"] == PROTOCOL


def test_what_is_expected_of_vectors_is_valid() -> None:
    """Of every third one of the many, and of all the others."""
    valid = validator("rlog-model:vector:1", scenario=False)
    of_gazette = [vector for vector in VECTORS if vector.provenance["made_by"] == "gazette"]
    others = [vector for vector in VECTORS if vector.provenance["made_by"] != "gazette"]
    assert others
    for vector in of_gazette[::3] + others:
        valid.validate(vector.to_json())


def test_whole_vectors_are_valid() -> None:
    valid = validator("rlog-model:vector:1")
    for vector in FEW:
        valid.validate(vector.to_json())


Damage = Callable[[dict[str, Any]], object]


def damaged(whole: dict[str, Any], damage: Damage) -> dict[str, Any]:
    broken = copy.deepcopy(whole)
    damage(broken)
    assert broken != whole
    return broken


@pytest.mark.parametrize(
    "damage",
    [
        lambda v: v.pop("id"),
        lambda v: v.pop("expect"),
        lambda v: v.update(rlog_vector=2),
        lambda v: v.update(id="Upper/case"),
        lambda v: v.update(id="no-group"),
        lambda v: v.update(more=1),
        lambda v: v.update(level="shall"),
        lambda v: v.update(requires=["everything"]),
        lambda v: v["clauses"].append("SEG"),
        lambda v: v["provenance"].pop("source"),
        lambda v: v["scenario"].update(rlog_scenario=2),
        lambda v: v["scenario"].pop("revision"),
        lambda v: v["scenario"]["steps"].append({"do": "dance"}),
        lambda v: v["expect"]["observations"].append({}),
        lambda v: v["expect"]["observations"].append({"outcome": "perhaps"}),
        lambda v: v["expect"]["snapshot"].update(more={}),
    ],
)
def test_a_damaged_vector_is_not_valid(damage: Damage) -> None:
    broken = damaged(FEW[0].to_json(), damage)
    assert not validator("rlog-model:vector:1").is_valid(broken)


def asked(*vectors: Vector) -> list[dict[str, Any]]:
    """The requests of a run, as the harness sends them."""
    hello = {"protocol": {"least": PROTOCOL, "most": PROTOCOL}, "suite": SUITE}
    runs = [{"run": json.loads(vector.request)} for vector in vectors]
    requests: list[dict[str, Any]] = [{"hello": hello}, *runs, {"bye": {}}]
    return [{"id": number, **request} for number, request in enumerate(requests, start=1)]


def answers_to(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the bundled implementation answers."""
    out = io.StringIO()
    serve.serve(io.StringIO("".join(json.dumps(r) + "\n" for r in requests)), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def of_each_kind() -> list[Vector]:
    """A vector for each set of capabilities."""
    return list({vector.requires: vector for vector in VECTORS if vector.steps < 40}.values())


def test_requests_and_answers_of_a_run_are_valid(tmp_path: Path) -> None:
    requests = asked(*of_each_kind())
    requests[1]["run"]["steps"].append({"do": "unframe", "data": "", "piece": "3"})
    for number, request in enumerate(requests):
        if "run" in request and "worlds" in of_each_kind()[number - 1].requires:
            request["work"] = str(tmp_path / str(number))
            (tmp_path / str(number)).mkdir()
    for request in requests:
        validator("rlog-model:adapter-request:1").validate(request)
    answers = answers_to(requests)
    assert len(answers) == len(requests)
    for answer in answers:
        validator("rlog-model:adapter-answer:1").validate(answer)
    shown = {member for answer in answers for member in answer.get("snapshot", {})}
    assert shown == {"sets", "fsms", "players", "recorders", "logs"}
    members = {member for a in answers for seen in a.get("observations", ()) for member in seen}
    described = schema("rlog-model:adapter-answer:1")["$defs"]["observation"]["properties"]
    assert members == set(described)


@pytest.mark.parametrize("answer", [{"unsupported": "apply"}, {"broke": "I could not"}])
def test_answers_that_tell_why_there_is_none_are_valid(answer: dict[str, Any]) -> None:
    valid = validator("rlog-model:adapter-answer:1")
    assert valid.is_valid({"id": 7, **answer})
    assert not valid.is_valid(answer)
    assert not valid.is_valid({"id": 7, **answer, "observations": [], "snapshot": {}})


@pytest.mark.parametrize(
    ("of", "damage"),
    [
        (0, lambda r: r.pop("id")),
        (0, lambda r: r.update(id="1")),
        (0, lambda r: r["hello"].pop("suite")),
        (0, lambda r: r["hello"]["protocol"].pop("most")),
        (0, lambda r: r.update(bye={})),
        (0, lambda r: r.update(work="a/path")),
        (1, lambda r: r.pop("run")),
        (1, lambda r: r["run"].pop("steps")),
        (1, lambda r: r["run"].pop("revision")),
        (1, lambda r: r["run"]["steps"][0].update(first_offset=0)),
        (1, lambda r: r["run"]["steps"][0].pop("log")),
        (1, lambda r: r["run"]["steps"][0].update(do="dance")),
    ],
)
def test_a_damaged_request_is_not_valid(of: int, damage: Damage) -> None:
    valid = validator("rlog-model:adapter-request:1")
    request = asked(segments())[of]
    assert valid.is_valid(request)
    assert not valid.is_valid(damaged(request, damage))


def test_members_that_later_versions_add_are_passed_over() -> None:
    requests = asked(segments())
    hello = damaged(requests[0], lambda r: r["hello"].update(colour="green"))
    assert validator("rlog-model:adapter-request:1").is_valid(hello)
    answer = damaged(answers_to(requests)[0], lambda a: a["hello"].update(colour="green"))
    assert validator("rlog-model:adapter-answer:1").is_valid(answer)


@pytest.mark.parametrize(
    ("of", "damage"),
    [
        (0, lambda a: a["hello"].pop("revision")),
        (0, lambda a: a["hello"].update(protocol=2)),
        (0, lambda a: a["hello"].update(capabilities="segments")),
        (0, lambda a: a.update(bye={})),
        (1, lambda a: a.pop("id")),
        (1, lambda a: a.pop("snapshot")),
        (1, lambda a: a.update(more=1)),
        (1, lambda a: a["observations"][0].pop("outcome")),
        (1, lambda a: a["observations"][0].update(outcome="refused")),
        (1, lambda a: a["observations"][0].update(head=7)),
        (1, lambda a: a["observations"][0].update(head="07")),
        (1, lambda a: a["observations"][0].update(head=None)),
        (1, lambda a: a["observations"][0].update(status="failed")),
        (1, lambda a: a["observations"][0].update(encoded="FF")),
        (1, lambda a: a["observations"][0].update(more="1")),
        (1, lambda a: a["observations"][0]["segments"][0].pop("log")),
        (1, lambda a: a["observations"][0]["segments"][0].update(log_hex="ff")),
        (1, lambda a: a["observations"][0]["segments"][0].update(author=1)),
        (1, lambda a: a["snapshot"].update(sets={"x": []})),
        (1, lambda a: a["snapshot"].update(recorders={"r": {"next_seq_no": "1"}})),
        (1, lambda a: a["snapshot"].update(players={"p": {"status": "complete", "files": []}})),
        (1, lambda a: a["snapshot"].update(logs={"a/log": {"head": "1", "sha256": "00"}})),
    ],
)
def test_a_damaged_answer_is_not_valid(of: int, damage: Damage) -> None:
    valid = validator("rlog-model:adapter-answer:1")
    answer = answers_to(asked(segments()))[of]
    assert valid.is_valid(answer)
    assert not valid.is_valid(damaged(answer, damage))


def segments() -> Vector:
    """A vector whose first step adds a segment to a set."""
    return next(
        vector
        for vector in VECTORS
        if vector.requires == ("segments",)
        and "segments" in vector.expect.observations[0]
        and vector.expect.snapshot
    )


KNOWN: Final[dict[str, Any]] = {
    "rlog_known_divergences": 1,
    "implementation": "my-log",
    "entries": [
        {
            "vectors": "gazette/segments-*",
            "do": "add_segment",
            "field": "outcome",
            "reason": "it has no rules",
            "link": "an issue",
            "step": 0,
            "seen": "done",
            "versions": "1.*",
        },
        {"vectors": "x/y", "do": "snapshot", "field": "fsms.*", "reason": "not done"},
    ],
}


def test_known_divergences_are_valid_as_they_are_read(tmp_path: Path) -> None:
    assert validator("rlog-model:known-divergences:1").is_valid(KNOWN)
    file = tmp_path / "known.json"
    file.write_text(json.dumps(KNOWN))
    assert len(divergences.load(file).entries) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda k: k.pop("rlog_known_divergences"),
        lambda k: k.update(rlog_known_divergences=2),
        lambda k: k["entries"][0].pop("vectors"),
        lambda k: k["entries"][0].update(wherefore="x"),
        lambda k: k["entries"][1].pop("reason"),
    ],
)
def test_damaged_known_divergences_are_neither_valid_nor_read(
    damage: Damage, tmp_path: Path
) -> None:
    broken = damaged(KNOWN, damage)
    assert not validator("rlog-model:known-divergences:1").is_valid(broken)
    file = tmp_path / "known.json"
    file.write_text(json.dumps(broken))
    with pytest.raises(divergences.MalformedKnown):
        divergences.load(file)
