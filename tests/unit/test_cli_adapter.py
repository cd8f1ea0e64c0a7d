"""``rlog check -- COMMAND``, ``rlog replay ... -- COMMAND`` and ``rlog promote``."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rlog_model import scenario as s
from rlog_model.cli.app import app
from rlog_model.conformance import serve
from rlog_model.conformance.suite import record, vector
from rlog_model.scenario import Scenario
from rlog_model.scenario_parts import Decode
from spec.make_vectors import VECTORS

BUNDLED = ("--", sys.executable, "-m", serve.__name__)
WRONG = (*BUNDLED, "--mutant", "gap-in-sequence-accepted")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_an_adapter_that_is_right_conforms(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    code, output = run(
        *("check", "--json", "--seconds", "1", "--only", "fsm/*", "--record", str(file)), *BUNDLED
    )
    told = json.loads(output)
    assert code == 0
    assert told["passes"] is told["complete"] is True
    assert told["cases"] + told["untested"] > 30
    assert told["operations"] > told["cases"] > 0
    assert told["steps"] > told["operations"]
    assert told["seconds"] > 0
    assert (told["failed"], told["failures"], told["broken"]) == (0, [], [])
    assert told["random"]["scenarios"] > 0
    read = record.read(file)
    assert read.passes
    assert len(read.results) == told["cases"] + told["untested"]


def test_one_that_is_wrong_does_not_and_can_be_replayed(tmp_path: Path) -> None:
    asked = ("check", "--json", "--seconds", "60", "--only", "fsm/*", "--output", str(tmp_path))
    code, output = run(*asked, *WRONG)
    told = json.loads(output)
    assert code == 1
    assert told["passes"] is False
    failed = next(one for one in told["failures"] if one["difference"])
    assert failed["alone"] == "fails alike"
    file = Path(told["random"]["file"])
    assert file.parent == tmp_path
    for named in (failed["id"], str(file)):
        assert run("replay", named, *WRONG)[0] == 1
        assert run("replay", named, *BUNDLED)[0] == 0
    code, output = run("replay", failed["id"], *WRONG)
    assert "expected" in output
    assert "actually got" in output
    shown = json.loads(run("replay", failed["id"], "--json", *WRONG)[1])
    assert shown["conforms"] is False
    assert shown["difference"] == failed["difference"]


def test_what_is_known_is_told_as_known(tmp_path: Path) -> None:
    _, output = run("check", "--json", "--seconds", "0", "--only", "fsm/*", *WRONG)
    failures = json.loads(output)["failures"]
    entries = [
        {
            "vectors": failure["id"],
            "do": s_kind(failure["id"], failure["difference"]["step"]),
            "field": failure["difference"]["field"],
            "reason": "by design",
        }
        for failure in failures
    ]
    file = tmp_path / "known.json"
    file.write_text(json.dumps({"rlog_known_divergences": 1, "entries": entries}))
    asked = ("check", "--json", "--seconds", "0", "--only", "fsm/*", "--known", str(file))
    code, output = run(*asked, *WRONG)
    told = json.loads(output)
    assert (code, told["known"], told["failed"]) == (0, len(entries), 0)
    code, output = run(*asked, *BUNDLED)
    assert (code, json.loads(output)["failed"]) == (1, len(entries))


def s_kind(id: str, step: int | None) -> str:
    (found,) = (one for one in vector.load(VECTORS) if one.id == id)
    if step is None:
        return "snapshot"
    kind: str = found.scenario["steps"][step]["do"]
    return kind


def test_the_smoke_vectors_alone_tell_a_defect() -> None:
    code, output = run("check", "--json", "--smoke", "--seconds", "0", *WRONG)
    told = json.loads(output)
    assert code == 1
    assert told["cases"] < 100


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "--smoke"), 2),
        (("check", "--only", "nothing/*", *BUNDLED), 2),
        (("check", "--known", __file__, *BUNDLED), 2),
        (("check", "--", sys.executable, "-c", "raise SystemExit(1)"), 3),
        (("check", "--", "no-such-program"), 3),
        (("replay", "no/such-vector", *BUNDLED), 2),
        (("replay", __file__, *BUNDLED), 2),
        (("replay", "written/moved-log", "--", sys.executable, "-c", ""), 2),
    ],
)
def test_what_is_asked_wrongly_is_told_in_a_line(arguments: tuple[str, ...], code: int) -> None:
    ended, output = run(*arguments)
    assert ended == code
    assert output.strip()
    assert "Traceback" not in output


def test_a_scenario_becomes_a_vector_once(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    folder.mkdir()
    shutil.copy(VECTORS / "written.jsonl.gz", folder)
    file = tmp_path / "scenario.json"
    file.write_text(s.dumps(Scenario((Decode(b"\x08\x01"),), "decodes one")))
    asked = ("promote", str(file), "--vectors", str(folder), "--id")
    code, output = run(*asked, "codec/one", "--clause", "ENC-1", "--level", "should")
    assert code == 0, output
    (made,) = (one for one in vector.load(folder) if one.id == "codec/one")
    assert (made.level, made.title, made.requires) == ("should", "decodes one", ("codec",))
    assert "ENC-1" in made.clauses
    assert made.expect.observations == [{"outcome": "done", "encoded": "0801"}]
    for again in ("codec/one", "codec/two", "No-Id", "codec"):
        assert run(*asked, again)[0] == 2
    assert run(*asked, "codec/three", "--level", "ought")[0] == 2
