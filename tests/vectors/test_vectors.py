"""The vectors: what the model shows of them now, and what Gazette's own code answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rlog_model import scenario as s
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.capabilities import CAPABILITIES, requires
from rlog_model.conformance.suite.clauses_of import clauses_of
from rlog_model.conformance.suite.vector import Vector
from rlog_model.outcome import OUTCOMES, FnodeNotTracked
from rlog_model.trace import DONE, IMPOSSIBLE
from spec import clauses as spec_clauses
from spec.make_vectors import MADE, VECTORS
from tests.cases import COUNTS, load
from tests.samples import SAMPLES, Seen, told

ALL = {vector.id: vector for vector in vectors.load(VECTORS)}
CASES = {case["id"]: case for family in COUNTS for case in load(family)}
DIFFERING = {
    d["case"]: d["ours"]
    for d in json.loads((Path(__file__).parent / "known_differences.json").read_bytes())[
        "differences"
    ]
}
NAMES = {o.gazette_error: o.__name__ for o in OUTCOMES if o.gazette_error is not None}


@pytest.mark.parametrize("name", MADE)
def test_they_are_what_the_model_shows_now(name: str, tmp_path: Path) -> None:
    """To renew them: python -m spec.make_vectors."""
    new = tmp_path / "new.jsonl.gz"
    vectors.dump(MADE[name](), new)
    assert new.read_bytes() == (VECTORS / f"{name}.jsonl.gz").read_bytes()


def test_an_id_is_one_vectors_and_all_are_small_enough_to_carry() -> None:
    assert len(list(vectors.load(VECTORS))) == len(ALL) > 1_500
    assert sum(file.stat().st_size for file in VECTORS.glob("*.gz")) < 10_000_000
    assert len({json.dumps({**v.scenario, "title": ""}) for v in ALL.values()}) == len(ALL)


def test_what_they_are_about_and_what_they_need_is_true() -> None:
    known = {clause.id for clause in spec_clauses.clauses()}
    for vector in ALL.values():
        scenario = s.from_json(vector.scenario)
        assert vector.requires == requires(scenario), vector.id
        assert vector.requires, f"{vector.id} needs nothing, so it tells nothing"
        assert set(clauses_of(vector)) <= set(vector.clauses) <= known, vector.id
        assert vector.level in vectors.LEVELS
        assert vector.provenance.keys() == {"made_by", "source"}
        assert vector.title


def test_every_capability_has_vectors_and_the_smoke_vectors_are_among_them() -> None:
    assert {needed for vector in ALL.values() for needed in vector.requires} == set(CAPABILITIES)
    smoke = vectors.smoke(VECTORS)
    assert smoke <= ALL.keys()
    assert {n for id in smoke for n in ALL[id].requires} == set(CAPABILITIES)


def outcome_of(error: str | None) -> str:
    if error is None:
        return DONE
    sort = "untracked" if NAMES[error] == FnodeNotTracked.__name__ else "rejected"
    return f"{sort}: {NAMES[error]}"


def of_family(*families: str) -> list[Vector]:
    return [
        vector
        for id, vector in ALL.items()
        if id.startswith("gazette/")
        and CASES.get(id.removeprefix("gazette/"), {}).get("family") in families
    ]


def case_of(vector: Vector) -> Any:
    return CASES[vector.id.removeprefix("gazette/")]


def applied(vector: Vector, results: list[Any]) -> None:
    """Outcome, and where the branch is behind each operation, are as Gazette told."""
    seen = [
        observation
        for step, observation in zip(
            vector.scenario["steps"], vector.expect.observations, strict=True
        )
        if step["do"] == "apply"
    ]
    assert len(seen) == len(results) > 0
    for told_of, one in zip(results, seen, strict=True):
        assert one["outcome"] == outcome_of(told_of["error"])
        assert one["next_seq_no"] == told_of["next_seq_no"]
        assert one["next_checksum"] == told_of["next_checksum"]


def same_state(shown: Any, final: Any) -> None:
    """Links, nodes and properties are as Gazette told."""
    assert {link["path"]: link["fnode"] for link in shown["links"]} == final["links"]
    assert {p["path"]: p["content"] for p in shown["properties"]} == final["properties"]
    nodes = {
        node["fnode"]: {
            "links": [link["path"] for link in node["links"]],
            "segments": node["segments"],
        }
        for node in shown["nodes"]
    }
    assert nodes == final["nodes"]
    assert shown["log"] == final["last_log"]


def same_hints(id: str, shown: Any, final: Any) -> None:
    """The hints that were built are Gazette's, but for the known differences."""
    if id not in DIFFERING:
        built = final["built_hints"]
        properties = sorted(built["properties"], key=lambda p: str(p["path"]).encode())
        assert {**shown["hints"], "properties": properties} == {**built, "properties": properties}
    elif "refused" in DIFFERING[id]["built_hints"]:
        assert "hints_refused" in shown
    else:
        assert shown["hints"] == DIFFERING[id]["built_hints"]


@pytest.mark.parametrize("vector", of_family("fsm-plain"), ids=lambda vector: vector.id)
def test_an_fsm_does_what_gazettes_did(vector: Vector) -> None:
    case = case_of(vector)
    applied(vector, case["ops"])
    shown = vector.expect.snapshot["fsms"]["x"]
    same_state(shown, case["final"])
    same_hints(case["id"], shown, case["final"])


@pytest.mark.parametrize(
    "vector", of_family("fsm-hinted", "fsm-tampered"), ids=lambda vector: vector.id
)
def test_a_hinted_fsm_does_what_gazettes_did(vector: Vector) -> None:
    case = case_of(vector)
    if not case["plays"]:
        assert vector.expect.observations[0]["outcome"].startswith("refused: ")
        assert "fsms" not in vector.expect.snapshot
        return
    applied(vector, [result for play in case["plays"] for result in play["results"]])
    for number, play in enumerate(case["plays"]):
        shown = vector.expect.snapshot["fsms"][f"x{number}"]
        same_state(shown, play["final"])
        assert shown["hints_remain"] == play["hints_remaining"]


@pytest.mark.parametrize("vector", of_family("segments"), ids=lambda vector: vector.id)
def test_a_set_does_what_gazettes_did(vector: Vector) -> None:
    case = case_of(vector)
    adds, queries = case["adds"], case["intersects"]
    seen = vector.expect.observations
    assert len(seen) == len(adds) + len(queries)
    for add, one in zip(adds, seen, strict=False):
        if add["error"] is None:
            assert one == {"outcome": DONE, "segments": add["set"]}
        else:
            assert one["outcome"].startswith(("refused: InvalidSegment", "refused: SegmentConf"))
    for query, one in zip(queries, seen[len(adds) :], strict=True):
        if query["result"] is None:
            assert one == {"outcome": IMPOSSIBLE}
        else:
            assert one == {"outcome": DONE, "segments": query["result"]}


@pytest.mark.parametrize("vector", of_family("codec", "codec-hints"), ids=lambda v: v.id)
def test_what_gazette_encoded_is_encoded_alike(vector: Vector) -> None:
    case, seen = case_of(vector), vector.expect.observations
    if case["family"] == "codec-hints":
        assert seen[0]["encoded"] == case["bytes"]
        assert seen[0]["hints"] == case["hints"]
        return
    assert seen[0]["frames"] == [
        {
            "first_offset": "0",
            "last_offset": str(len(case["frame"]) // 2),
            "payload": case["frame"][16:],
        }
    ]
    assert seen[1]["encoded"] == case["frame"][16:]


@pytest.mark.parametrize("vector", of_family("live-log-segments"), ids=lambda vector: vector.id)
def test_hints_are_taken_or_refused_as_gazette_did(vector: Vector) -> None:
    case, (seen,) = case_of(vector), vector.expect.observations
    if case["new_fsm"]["error"] is not None:
        assert seen["outcome"].startswith("refused: ")
    elif not seen["outcome"].startswith("refused: InvalidHints LAST_LOG"):
        assert seen["next_seq_no"] == case["new_fsm"]["next_seq_no"]
        assert seen["next_checksum"] == case["new_fsm"]["next_checksum"]


@pytest.mark.parametrize("sample", [p.name for p in sorted(SAMPLES.glob("*/"))])
def test_the_recorded_logs_lead_to_the_recorders_directories(sample: str) -> None:
    vector = ALL.get(f"gazette/sample-{sample}")
    if vector is None:
        assert sum(f.stat().st_size for f in (SAMPLES / sample).rglob("*")) > 1 << 16
        return
    for number, one in enumerate(told(SAMPLES / sample)):
        shown, recorded = vector.expect.snapshot["players"][f"p{number}"], Seen.recorded(one.tree)
        assert shown["status"] == "complete"
        files = {f["path"]: (int(f["size"]), f["sha256"]) for f in shown["files"]}
        assert files == recorded.files
        groups = [[link["path"] for link in group] for group in shown["same_file"]]
        assert groups == recorded.same_inode
