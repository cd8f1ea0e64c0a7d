"""The suite: what it says of adapters that are right, wrong, dead, or not what they claim."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.conformance import hostile, serve
from rlog_model.conformance.adapter import Adapter
from rlog_model.conformance.check import written
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.capabilities import CAPABILITIES, requires
from rlog_model.conformance.suite.clauses_of import clauses_of
from rlog_model.conformance.suite.cover import cover
from rlog_model.conformance.suite.difference import MISSING, Difference, difference
from rlog_model.conformance.suite.divergences import (
    Entry,
    Known,
    MalformedKnown,
    load,
    matches,
    step_kind,
)
from rlog_model.conformance.suite.projection import projections
from rlog_model.conformance.suite.random_runs import try_random
from rlog_model.conformance.suite.record import FAILED, KNOWN, PASSED, UNTESTED, Head, Result
from rlog_model.conformance.suite.run import NoAdapter, Options, run
from rlog_model.conformance.suite.vector import Vector, from_json, made
from rlog_model.framing import frame
from rlog_model.hints import FSMHints
from rlog_model.identity import Author
from rlog_model.operation import Create, Property, RecordedOp
from rlog_model.scenario import Scenario
from rlog_model.wire import encode_hints, encode_op

LOG = "a/log"
BUNDLED = (sys.executable, "-m", serve.__name__)
HINTS = encode_hints(FSMHints(LOG))
CREATE = encode_op(RecordedOp(1, 0, Author(1), Create("/a")))
PROPERTY = encode_op(RecordedOp(1, 0, Author(1), Property("/p", b"x")))
OTHERS = encode_op(RecordedOp(9, 0, Author(1), Create("/a")))


def vector_of(*steps: s.Step, id: str = "a/b", level: str = "must") -> Vector:
    provenance = {"made_by": "hand", "source": "test"}
    return made(Scenario(steps, "title"), id, clauses=(), provenance=provenance, level=level)


DECODED = vector_of(p.Decode(CREATE), id="codec/create")
APPLIED = vector_of(
    p.NewFsm("f", HINTS), p.Apply("f", CREATE, LOG), p.Apply("f", OTHERS, LOG), id="fsm/create"
)
RECORDED = vector_of(
    s.StartRecorder("r", LOG, 1), s.Create("r", "/a"), s.Commit("r"), id="recorder/create"
)
PLAYED = vector_of(
    s.AppendRaw(LOG, frame(CREATE)),
    s.GiveHints("h", HINTS),
    s.Play("p", "h"),
    s.FinishAtWriteHead("p"),
    s.Advance("p"),
    id="player/create",
)
IN_A_WORLD = vector_of(
    s.StartRecorder("r", LOG, 1),
    s.Create("r", "/a"),
    s.TakeHints("r", "h"),
    s.Play("p", "h"),
    s.FinishAtWriteHead("p"),
    s.Advance("p"),
    id="worlds/create",
)
ALL = (DECODED, APPLIED, RECORDED, PLAYED, IN_A_WORLD)


def mutant(name: str) -> tuple[str, ...]:
    return (*BUNDLED, "--mutant", name)


def program(text: str, *capabilities: str) -> tuple[str, ...]:
    """An adapter: lines of Python with ``request`` at hand, which set ``answer``."""
    said = {
        "protocol": 1,
        "implementation": "x",
        "version": "1.2",
        "language": "python",
        "revision": "2023-12",
        "capabilities": list(capabilities),
    }
    loop = (
        "import json, os, sys, time\n"
        "n = 0\n"
        "for line in sys.stdin:\n"
        "    request = json.loads(line)\n"
        "    if 'hello' in request: answer = {'hello': %r}\n"
        "    elif 'bye' in request: answer = {'bye': {}}\n"
        "    else:\n"
        "        n += 1\n"
        "        %s\n"
        "    print(json.dumps({'id': request['id'], **answer}), flush=True)\n"
        "    if 'bye' in request: break\n"
    )
    return sys.executable, "-c", loop % (said, text.replace("\n", "\n        "))


def results(
    command: Sequence[str], *chosen: Vector, **options: Any
) -> tuple[dict[str, Result], tuple[str, ...]]:
    record = run(chosen, Options(tuple(command), **options))
    assert record.complete
    return {result.id: result for result in record.results}, record.broken


# Capabilities


@pytest.mark.clause("ADP-11")
@pytest.mark.parametrize(
    ("steps", "needed"),
    [
        ((p.Decode(CREATE),), ("codec",)),
        ((p.Decode(PROPERTY),), ("codec", "properties")),
        ((p.DecodeHints(HINTS), p.Unframe(b"")), ("codec",)),
        ((p.Intersect("x", LOG, 0, 1),), ("segments",)),
        ((p.NewFsm("f", HINTS), p.Apply("f", CREATE, LOG)), ("fsm",)),
        ((p.NewFsm("f", HINTS), p.Apply("f", CREATE, "b/log")), ("fsm", "several_logs")),
        ((p.NewFsm("f", HINTS), p.Apply("f", PROPERTY, LOG)), ("fsm", "properties")),
        ((s.AppendRaw(LOG, frame(CREATE)), s.Play("p", log=LOG)), ("player",)),
        ((s.AppendRaw(LOG, b"x" + frame(PROPERTY)),), ("player", "properties")),
        (
            (s.GiveHints("h", HINTS), s.Play("p", "h"), s.Prune("b/log", 1)),
            ("player", "several_logs"),
        ),
        ((s.StartRecorder("r", LOG, 1), s.Create("r", "/a"), s.Commit("r")), ("recorder",)),
        (
            (s.StartRecorder("r", LOG, 1), s.Create("r", "/a"), s.Rename("r", "/a", "/IDENTITY")),
            ("recorder", "properties"),
        ),
        ((s.StartRecorder("r", LOG, 1), s.Die("r")), ("worlds",)),
        ((s.StartRecorder("r", LOG, 1), s.StartRecorder("q", LOG, 2)), ("worlds",)),
        ((s.StartRecorder("r", LOG, 1), s.Play("p", log=LOG)), ("worlds",)),
        ((s.StartRecorder("r", LOG, 1, "p"),), ("worlds",)),
        ((), ()),
    ],
    ids=str,
)
def test_a_scenario_needs_what_its_steps_do(
    steps: tuple[s.Step, ...], needed: tuple[str, ...]
) -> None:
    assert requires(Scenario(steps)) == needed
    assert set(needed) <= set(CAPABILITIES)


# Differences


OBSERVED = [{"outcome": "done", "next_seq_no": "2", "encoded": "00"}]


@pytest.mark.clause("ADP-32")
@pytest.mark.parametrize(
    ("answered", "snapshot", "told"),
    [
        (OBSERVED, {}, None),
        ([{"outcome": "rejected: X"}], {}, ("accepted", 0, "outcome", "done", "rejected: X")),
        ([{**OBSERVED[0], "next_seq_no": "3"}], {}, ("state", 0, "next_seq_no", "2", "3")),
        ([{**OBSERVED[0], "encoded": "01"}], {}, ("bytes", 0, "encoded", "00", "01")),
        (
            [{**OBSERVED[0], "next_seq_no": "3", "encoded": "01"}],
            {},
            ("state", 0, "next_seq_no", "2", "3"),
        ),
        ([{"outcome": "done", "encoded": "00"}], {}, ("state", 0, "next_seq_no", "2", MISSING)),
        ([{**OBSERVED[0], "more": "1"}], {}, ("state", 0, "more", MISSING, "1")),
        ([], {}, ("accepted", 0, "length", 1, 0)),
        ([None], {}, ("accepted", 0, "observation", OBSERVED[0], None)),
        (OBSERVED, {"sets": {}}, ("state", None, "sets", MISSING, {})),
        (OBSERVED, None, ("state", None, "", {}, None)),
    ],
)
def test_the_first_difference_is_told(answered: Any, snapshot: Any, told: Any) -> None:
    found = difference(OBSERVED, {}, answered, snapshot)
    assert found == (None if told is None else Difference(*told))


@pytest.mark.clause("ADP-32")
def test_a_refusal_for_another_reason_is_of_the_level_reason() -> None:
    one, other = [{"outcome": "rejected: X"}], [{"outcome": "rejected: Y"}]
    found = difference(one, {}, other, {})
    assert found == Difference("reason", 0, "outcome", "rejected: X", "rejected: Y")


def test_a_difference_deep_in_a_snapshot_is_told_with_its_place() -> None:
    one: dict[str, Any] = {"fsms": {"f": {"links": [{"path": "/a"}]}}}
    other: dict[str, Any] = {"fsms": {"f": {"links": [{}]}}}
    found = difference([], one, [], other)
    assert found == Difference("state", None, "fsms.f.links[0].path", "/a", MISSING)


# Runs


@pytest.mark.clause("ADP-2", "ADP-3", "ADP-4", "ADP-6", "ADP-9", "ADP-33")
def test_an_adapter_that_is_right_passes() -> None:
    told, broken = results(BUNDLED, *ALL)
    assert {result.status for result in told.values()} == {PASSED}
    assert broken == ()


@pytest.mark.parametrize("jobs", [1, 3])
def test_each_vector_has_one_result(jobs: int) -> None:
    chosen = [attrs.evolve(v, id=f"{v.id}-{n}") for n in range(10) for v in (DECODED, APPLIED)]
    record = run(chosen, Options(BUNDLED, jobs=jobs))
    assert sorted(result.id for result in record.results) == sorted(v.id for v in chosen)


@pytest.mark.clause("ADP-11")
def test_what_is_not_claimed_is_untested() -> None:
    told, _ = results(program("answer = {'unsupported': 'no'}", "codec"), DECODED, APPLIED)
    assert (told["fsm/create"].status, told["fsm/create"].why) == (UNTESTED, "not claimed: fsm")
    assert told["codec/create"].status == FAILED


@pytest.mark.clause("ADP-3")
def test_another_revision_is_untested() -> None:
    old = attrs.evolve(DECODED, scenario={**DECODED.scenario, "revision": "2020-06"})
    told, _ = results(BUNDLED, old)
    assert (told[old.id].status, told[old.id].why) == (UNTESTED, "of revision 2020-06")


@pytest.mark.clause("ADP-5", "ADP-7")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("answer = {'unsupported': 'no'}", "unsupported"),
        ("answer = {'broke': 'oh'}", "broke"),
        ("sys.exit(3)", "died"),
        ("time.sleep(9)", "hang"),
        ("print('what?'); continue", "garbage"),
        ("answer = {'observations': {}}", "garbage"),
        ("answer = {'observations': [], 'snapshot': {}}", "differs"),
    ],
)
def test_how_it_failed_is_told(text: str, kind: str) -> None:
    told, _ = results(program(text, "codec"), DECODED, seconds=1.0)
    failure = told[DECODED.id].failure
    assert failure is not None
    assert (failure.kind, failure.alone) == (kind, "fails alike")
    assert told[DECODED.id].scenario == DECODED.scenario


def answer_to(vector: Vector) -> str:
    shown = {"observations": vector.expect.observations, "snapshot": vector.expect.snapshot}
    return f"answer = {shown!r}"


@pytest.mark.clause("ADP-7", "ADP-34")
def test_leaked_state_is_told_from_a_flake(tmp_path: Path) -> None:
    """It fails behind another one only; or once, and then no more."""
    first = attrs.evolve(DECODED, id="codec/first")
    leaks = f"{answer_to(DECODED)}\nif n > 1: answer['snapshot'] = {{'left': n}}"
    told, _ = results(program(leaks, "codec"), first, DECODED)
    assert told[first.id].status == PASSED
    failure = told[DECODED.id].failure
    assert failure is not None
    assert failure.alone == "leaked state"
    once = tmp_path / "once"
    flakes = (
        f"{answer_to(DECODED)}\n"
        f"if not os.path.exists({str(once)!r}): open({str(once)!r}, 'w'); answer = {{'broke': ''}}"
    )
    told, _ = results(program(flakes, "codec"), DECODED)
    failure = told[DECODED.id].failure
    assert failure is not None
    assert failure.alone == "flake"


def test_an_adapter_that_dies_all_the_time_ends_the_run() -> None:
    chosen = [attrs.evolve(DECODED, id=f"codec/{n}") for n in range(9)]
    record = run(chosen, Options(program("sys.exit(1)", "codec"), restarts=2, looks_into=0))
    assert not record.complete
    assert not record.passes
    assert len(record.results) == 3
    assert "started 3 times again" in record.broken[0]


def test_an_adapter_that_does_not_start_is_no_verdict() -> None:
    for text in ("raise SystemExit('not today')", "print('{}')"):
        with pytest.raises(NoAdapter, match="does not start"):
            run((DECODED,), Options((sys.executable, "-c", text)))


@pytest.mark.clause("ADP-6")
def test_one_that_does_not_say_bye_is_told() -> None:
    command = program(answer_to(DECODED), "codec")
    stays = command[-1].replace("if 'bye' in request: break", "if 'bye' in request: sys.exit(4)")
    told, broken = results((*command[:-1], stays), DECODED)
    assert told[DECODED.id].status == PASSED
    assert broken == ("bye: exit status 4",)


@pytest.mark.clause("ADP-33")
@pytest.mark.parametrize("name", ["works-beside", "leaves-more", "echoes-the-expected"])
def test_directories_are_looked_at(name: str) -> None:
    told, _ = results((sys.executable, "-m", hostile.__name__, name), IN_A_WORLD)
    failure = told[IN_A_WORLD.id].failure
    assert failure is not None
    assert failure.kind == "directory"


@pytest.mark.clause("ADP-8")
def test_a_number_is_no_string_of_digits() -> None:
    text = answer_to(APPLIED) + "\nanswer['snapshot']['fsms']['f']['hints_remain'] = 0"
    told, _ = results(program(text, "fsm"), APPLIED)
    failure = told[APPLIED.id].failure
    assert failure is not None
    assert failure.difference is not None
    assert failure.difference.field == "fsms.f.hints_remain"


def test_results_come_as_they_are_there_behind_the_head() -> None:
    seen: list[object] = []
    run((DECODED, APPLIED), Options(BUNDLED), started=seen.append, result=seen.append)
    assert isinstance(seen[0], Head)
    assert [r.id for r in seen[1:] if isinstance(r, Result)] == [DECODED.id, APPLIED.id]


# Known divergences

WRONG = program(
    answer_to(APPLIED) + "\nanswer['observations'][2]['outcome'] = 'rejected: LinkExists'", "fsm"
)
ENTRY = Entry("fsm/*", "apply", "outcome", "it says so", step=2, seen="rejected: LinkExists")


def known(*entries: Entry) -> Known:
    return Known("x", entries)


def test_a_known_divergence_is_no_failure_and_still_runs() -> None:
    told, broken = results(WRONG, APPLIED, known=known(ENTRY))
    result = told[APPLIED.id]
    assert (result.status, result.why, broken) == (KNOWN, "it says so", ())


@pytest.mark.parametrize(
    "change",
    [
        {"do": "build_hints"},
        {"field": "next_seq_no"},
        {"step": 1},
        {"seen": "rejected: WrongSeqNo"},
    ],
)
def test_one_that_changes_its_signature_fails(change: dict[str, Any]) -> None:
    told, _ = results(WRONG, APPLIED, known=known(attrs.evolve(ENTRY, **change)))
    failure = told[APPLIED.id].failure
    assert failure is not None
    assert (told[APPLIED.id].status, failure.kind) == (FAILED, "stale")


def test_one_that_passes_fails_and_one_that_matches_nothing_does() -> None:
    right = program(answer_to(APPLIED), "fsm")
    told, broken = results(right, APPLIED, known=known(ENTRY))
    failure = told[APPLIED.id].failure
    assert failure is not None
    assert (failure.kind, broken) == ("stale", ())
    _, broken = results(program(answer_to(DECODED), "codec"), DECODED, known=known(ENTRY))
    assert broken == ("known divergences: fsm/* names no vector of this run",)


@pytest.mark.parametrize(("versions", "status"), [("1.*", KNOWN), ("2.*", FAILED)])
def test_an_entry_is_of_versions(versions: str, status: str) -> None:
    told, _ = results(WRONG, APPLIED, known=known(attrs.evolve(ENTRY, versions=versions)))
    assert told[APPLIED.id].status == status


def test_known_divergences_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    entry = {name: value for name, value in attrs.asdict(ENTRY).items() if value != ""}
    file.write_text(
        json.dumps({"rlog_known_divergences": 1, "implementation": "x", "entries": [entry]})
    )
    assert load(file) == known(ENTRY)
    for text in ("{", "[]", '{"rlog_known_divergences": 1, "entries": [{"vector": "x"}]}'):
        file.write_text(text)
        with pytest.raises(MalformedKnown):
            load(file)


def test_a_difference_in_the_snapshot_has_no_step() -> None:
    steps = APPLIED.scenario["steps"]
    assert step_kind(Difference("state", None, "fsms", 1, 2), steps) == "snapshot"
    assert step_kind(Difference("state", 1, "outcome", 1, 2), steps) == "apply"


# Random scenarios


@pytest.mark.parametrize("name", ["gap-in-sequence-accepted", "any-length-believed"])
def test_random_scenarios_find_a_defect_and_make_it_small(name: str) -> None:
    tried = try_random(Options(mutant(name)), 60.0, 1)
    assert tried.found is not None
    assert len(tried.found.scenario.steps) <= 12
    told, _ = results(mutant(name), tried.found.vector)
    assert told["random"].status == FAILED


def test_random_scenarios_find_nothing_in_what_is_right() -> None:
    counted: list[int] = []
    tried = try_random(Options(BUNDLED), 3.0, 7, progress=counted.append)
    assert tried.found is None
    assert tried.scenarios == len(counted) > 0


def test_a_defect_that_is_known_does_not_hide_the_next() -> None:
    text = (
        "outcome = 'rejected: Y' if n > 20 else 'rejected: X'\n"
        "shown = [{'outcome': outcome}] * len(request['run']['steps'])\n"
        "answer = {'observations': shown, 'snapshot': {}}"
    )
    entry = Entry("codec/*", "decode", "outcome", "always", seen="rejected: X")
    tried = try_random(Options(program(text, "codec"), known=known(entry)), 60.0, 3)
    assert tried.known > 0
    assert tried.found is not None
    assert tried.found.failure.difference is not None
    assert tried.found.failure.difference.actual == "rejected: Y"


def test_nothing_is_drawn_for_who_claims_nothing() -> None:
    tried = try_random(Options(program("answer = {}")), 5.0, 1)
    assert (tried.scenarios, tried.found) == (0, None)


# Projections, vectors, covers


def test_projections_need_only_a_part() -> None:
    found = [projection for _, scenario in written() for projection in projections(scenario)]
    assert len(found) > 50
    for projection in found:
        needed = requires(projection)
        assert needed
        assert "worlds" not in needed
        assert s.loads(s.dumps(projection)) == projection


def test_a_play_of_a_world_comes_to_the_same_tree() -> None:
    scenario = Scenario(
        (
            s.StartRecorder("r", LOG, 1),
            s.Create("r", "/a"),
            s.Commit("r"),
            s.Roll(LOG),
            s.AppendRaw(LOG, b"junk"),
            s.Roll(LOG),
            s.Write("r", "/a", 0, b"x"),
            s.TakeHints("r", "h"),
            s.Prune(LOG, 50, 29),
            s.Play("p", "h"),
            s.FinishAtWriteHead("p"),
            s.Advance("p"),
        )
    )
    whole = vectors.expectation(scenario).snapshot["players"]["p"]
    (play,) = (one for one in projections(scenario) if requires(one) == ("player",))
    assert vectors.expectation(play).snapshot["players"]["p"] == whole


def test_a_vector_is_the_same_from_its_json(tmp_path: Path) -> None:
    for vector in ALL:
        assert from_json(json.loads(json.dumps(vector.to_json()))) == vector
    file = tmp_path / "some.jsonl.gz"
    vectors.dump(ALL, file)
    assert tuple(vectors.load(tmp_path)) == ALL
    first = file.read_bytes()
    vectors.dump(ALL, file)
    assert file.read_bytes() == first


@pytest.mark.parametrize("data", [[], {}, {"rlog_vector": 2}, {"rlog_vector": 1, "id": "x"}])
def test_what_is_no_vector_is_told(data: object) -> None:
    with pytest.raises(vectors.MalformedVector):
        from_json(data)


def test_a_folder_without_vectors_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no vectors"):
        list(vectors.load(tmp_path))


def test_clauses_are_told_by_steps_and_outcomes() -> None:
    assert {"TRN-2", "FSM-2"} <= set(clauses_of(APPLIED))
    assert clauses_of(DECODED, ["ENC-10", "ENC-8"]) == ("ENC-8", "ENC-9", "ENC-10")


@pytest.mark.parametrize(
    ("kills", "chosen"),
    [
        ({}, ()),
        ({"m": {"a"}, "n": {"b"}}, ("a", "b")),
        ({"m": {"a", "b"}, "n": {"b"}, "o": set[str]()}, ("b",)),
        ({"m": {"a", "c"}, "n": {"b", "c"}, "o": {"a"}, "p": {"b"}}, ("a", "b")),
    ],
)
def test_a_cover_kills_all_and_has_nothing_to_spare(
    kills: dict[str, set[str]], chosen: tuple[str, ...]
) -> None:
    assert cover(kills) == chosen


def test_a_bye_ends_the_process() -> None:
    with Adapter(BUNDLED) as adapter:
        assert adapter.bye() is None
        assert adapter.hello.implementation == "rlog-model, bundled"
        assert adapter.bye() is None
        assert adapter.starts == 1


# What a user can get wrong


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"capabilities": ["segment"]}, "'segment' is no capability: codec, segments"),
        ({"revision": "2099-01"}, "'2099-01' is no revision: 2020-06"),
        ({"protocol": 2}, "protocol is not 1"),
    ],
)
def test_a_hello_that_claims_what_is_not_there_is_told(change: dict[str, Any], told: str) -> None:
    command = program("answer = {}", "codec")
    said = command[-1].replace(
        "'capabilities': ['codec']", f"'capabilities': ['codec'], **{change}"
    )
    with pytest.raises(NoAdapter, match=told):
        run((DECODED,), Options((*command[:-1], said)))


def test_a_run_that_tests_nothing_does_not_pass() -> None:
    record = run((APPLIED,), Options(program("answer = {}", "codec")))
    assert record.complete
    assert not record.passes


def test_a_number_in_the_place_of_digits_can_be_shown() -> None:
    text = answer_to(APPLIED) + "\nanswer['observations'][1]['next_seq_no'] = 2"
    told, _ = results(program(text, "fsm"), APPLIED)
    failure = told[APPLIED.id].failure
    assert failure is not None
    assert failure.difference is not None
    assert failure.difference.actual == "(number) 2"
    json.dumps(told[APPLIED.id].to_json())


def test_an_entry_that_explains_nothing_is_told() -> None:
    other = attrs.evolve(ENTRY, do="build_hints")
    told, broken = results(WRONG, APPLIED, known=known(ENTRY, other))
    assert told[APPLIED.id].status == KNOWN
    assert broken == ("known divergences: fsm/*, build_hints, outcome: met nowhere",)


def test_entries_of_another_implementation_are_told() -> None:
    _, broken = results(WRONG, APPLIED, known=attrs.evolve(known(ENTRY), implementation="y"))
    assert broken == ("known divergences: they are of y, not x",)


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("fsms.x.links[0].path", "fsms.x.links[0].path", True),
        ("fsms.x.links[0].path", "fsms.*.path", True),
        ("fsms.x.links[0].path", "fsms.*.paths", False),
        ("a", "?", False),
        ("a\nb", "*", True),
    ],
)
def test_only_a_star_stands_for_something_else(text: str, pattern: str, fits: bool) -> None:
    assert matches(text, pattern) is fits


def test_a_random_failure_of_leaked_state_is_not_minimised() -> None:
    text = (
        "steps = request['run']['steps']\n"
        "from rlog_model.conformance import serve\n"
        "answer = serve._answer(request, None) if n < 9 else {'broke': 'full'}"
    )
    tried = try_random(Options(program(text, "codec")), 60.0, 1)
    assert tried.found is not None
    assert tried.found.failure.alone == "leaked state, or a flake"
    assert tried.found.scenario.steps


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b"{", mtime=0)[:-4]])
def test_a_file_that_holds_no_vectors_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jsonl.gz").write_bytes(content)
    if content:
        with pytest.raises(vectors.MalformedVector, match="no whole gzip"):
            list(vectors.load(tmp_path))
    else:
        assert list(vectors.load(tmp_path)) == []
