"""The glue for who has Gazette: it is short and compiles, and what is known names vectors."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from rlog_model.conformance.suite import divergences
from rlog_model.conformance.suite.difference import MISSING, difference

ROOT: Final = Path(__file__).parents[3]
GLUE: Final = ROOT / "adapters" / "gazette"
LINES: Final = 120
"""Lines of code that the glue may have, without blank ones and comments."""

OFFLINE: Final = {"GOFLAGS": "-mod=mod", "GOPROXY": "off"}


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    """The vectors by id, as JSON."""
    found = {}
    for file in sorted((ROOT / "spec" / "vectors").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            found.update({vector["id"]: vector for vector in map(json.loads, lines)})
    return found


@pytest.fixture(scope="module")
def known() -> divergences.Known:
    """What Gazette is known to do otherwise."""
    return divergences.load(GLUE / "known.json")


def test_each_known_divergence_names_one_vector_and_a_kind_of_its_steps(
    known: divergences.Known, vectors: dict[str, Any]
) -> None:
    assert known.implementation == "gazette"
    assert len({entry.vectors for entry in known.entries}) == len(known.entries)
    for entry in known.entries:
        vector = vectors[entry.vectors]
        assert vector["scenario"]["revision"] == "2023-12", entry.vectors
        # No index of a step: so an entry also explains random scenarios.
        assert entry.step is None
        if entry.do != divergences.SNAPSHOT:
            kinds = [step["do"] for step in vector["scenario"]["steps"]]
            assert kinds.count(entry.do) == 1


def test_each_known_divergence_explains_hints_that_are_built_and_not_refused(
    known: divergences.Known, vectors: dict[str, Any]
) -> None:
    # What the harness would see of an implementation that builds hints where the model refuses.
    for entry in known.entries:
        vector = vectors[entry.vectors]
        observations, snapshot = vector["expect"]["observations"], vector["expect"]["snapshot"]
        seen = json.loads(json.dumps(observations)), json.loads(json.dumps(snapshot))
        for observation in seen[0]:
            if observation["outcome"].startswith("refused: ") and entry.do == "build_hints":
                observation["outcome"] = "done"
        for fsm in seen[1]["fsms"].values():
            if fsm.pop("hints_refused", MISSING) is not MISSING:
                fsm["hints"] = {}
        if isinstance(entry.seen, list):
            seen[0][-1]["hints"]["live_nodes"][0]["segments"] = entry.seen
        found = difference(observations, snapshot, *seen)
        assert found is not None, entry.vectors
        do = divergences.step_kind(found, vector["scenario"]["steps"])
        assert entry.explains(found, do), (entry.vectors, found)


def test_each_recorded_difference_is_a_known_divergence(
    known: divergences.Known, vectors: dict[str, Any]
) -> None:
    recorded = json.loads((ROOT / "tests" / "vectors" / "known_differences.json").read_bytes())
    ids = {f"gazette/{difference['case']}" for difference in recorded["differences"]}
    named = {entry.vectors for entry in known.entries}
    assert ids & vectors.keys() == {id for id in named if id.startswith("gazette/")}


def test_the_glue_is_short() -> None:
    lines = (GLUE / "main.go").read_text(encoding="utf-8").splitlines()
    # A directive of the compiler is code, though it looks like a comment.
    code = [line for line in map(str.strip, lines) if line and not line.startswith("// ")]
    assert len(code) <= LINES


def test_the_glue_compiles_against_the_declarations(tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.fail("go is needed to compile adapters/gazette")
    for name in ("gazette", "go"):
        shutil.copytree(ROOT / "adapters" / name, tmp_path / name)
    for command in ("vet", "build"):
        done = subprocess.run(
            [go, command, "./..."],
            cwd=tmp_path / "gazette",
            env={**os.environ, **OFFLINE},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
