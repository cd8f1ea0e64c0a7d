"""What the page about checking one's own implementation shows is so."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from rlog_model import scenario as scenarios
from rlog_model.cli.app import app
from rlog_model.cli.exit_code import ExitCode
from rlog_model.conformance.adapter import Adapter
from rlog_model.conformance.suite import divergences, vector
from rlog_model.conformance.suite.difference import LEVELS
from rlog_model.conformance.suite.random_runs import random_vector
from rlog_model.conformance.suite.run import judge

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
README: Final = (ROOT / "adapters" / "python" / "README.md").read_text(encoding="utf-8")


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.M | re.S)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with the programs of the page."""
    log, adapter, test = blocks("python")
    for name, code in (("my_log", log), ("adapter", adapter), ("their_test", test)):
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'adapters' / 'python'}")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("my_log", None)


def command(here: Path) -> tuple[str, ...]:
    return sys.executable, str(here / "adapter.py")


def test_the_page_and_the_readme_of_the_kit_show_the_same_example() -> None:
    assert blocks("python")[:2] == blocks("python", README)


def test_the_step_that_is_shown_fails_as_the_page_says(here: Path) -> None:
    step = json.loads(blocks("json")[0])
    scenario = scenarios.from_json({"rlog_scenario": 1, "steps": [step]})
    with Adapter(command(here)) as adapter:
        failure = judge(adapter, random_vector(scenario)).failure
    assert failure is not None
    assert failure.difference is not None
    assert f"`{failure.difference.expected}`" in PAGE
    assert f"`{failure.difference.actual}`" in PAGE


def test_the_replay_that_is_shown_ends_so(here: Path) -> None:
    (shown,) = blocks("text")
    (replay,) = re.findall(r"^    (rlog replay gazette/.*)", PAGE, re.M)
    words = shlex.split(replay.replace("python adapter.py", shlex.join(command(here))))
    result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == ExitCode.DIFFERS, result.output
    assert result.output.endswith(shown)


def test_the_known_divergences_are_read(tmp_path: Path) -> None:
    (listed,) = (block for block in blocks("json") if "rlog_known_divergences" in block)
    file = tmp_path / "known.json"
    file.write_text(listed, encoding="utf-8")
    (entry,) = divergences.load(file).entries
    (named,) = (one for one in vector.load() if entry.names(one.id))
    assert entry.do in {step["do"] for step in named.scenario["steps"]}


def test_the_vectors_are_read_without_an_adapter(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the test of the page: some pass and some fail, as that set of segments has few rules."""
    monkeypatch.chdir(ROOT)
    theirs: dict[str, Any] = runpy.run_path(str(here / "their_test.py"))
    chosen = list(theirs["vectors"]("spec/vectors", {"segments"}))
    assert len(chosen) > 200
    assert all(one["requires"] == ["segments"] for one in chosen)
    passed = 0
    for one in chosen:
        try:
            theirs["test_segments"](one)
        except AssertionError:
            continue
        passed += 1
    assert 0 < passed < len(chosen)


SET_IN_GO: Final = """package mylog

type Set struct{}

func (s *Set) Add(
	author uint32, firstSeqNo, firstOffset int64,
	firstChecksum uint32, lastSeqNo, lastOffset int64, log string,
) string {
	if author == 0 {
		return "refused: InvalidSegment AUTHOR"
	}
	return "done"
}
"""


@pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed")
def test_the_vectors_are_read_by_the_test_in_go(tmp_path: Path) -> None:
    """Of a set with a single rule some pass and some fail."""
    (code,) = blocks("go")
    (tmp_path / "go.mod").write_text("module example.com/mylog\n\ngo 1.21\n")
    (tmp_path / "set.go").write_text(SET_IN_GO)
    (tmp_path / "set_test.go").write_text(code)
    (tmp_path / "testdata").mkdir()
    (tmp_path / "testdata" / "vectors").symlink_to(ROOT / "spec" / "vectors")
    done = subprocess.run(
        ["go", "test", "-v", "."],
        cwd=tmp_path,
        # Nothing is to be fetched: neither another Go, nor a module.
        env={**os.environ, "GOTOOLCHAIN": "local", "GOPROXY": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "--- PASS: TestSegments/gazette/" in done.stdout, done.stdout + done.stderr
    assert "--- FAIL: TestSegments/gazette/" in done.stdout


def test_the_options_and_commands_of_the_page_are_there() -> None:
    told = [*re.findall(r"`(--[^`]*)`", PAGE), *re.findall(r"rlog check (.*)", PAGE)]
    named = {option for text in told for option in re.findall(r"--[a-z]+", text)}
    named -= {"--rlog"}  # of pytest, which has a test of its own
    options = CliRunner().invoke(app, ["check", "--help"], env={"COLUMNS": "200"}).output
    assert {"--smoke", "--known", "--record", "--only", "--json", "--seed"} <= named
    assert [option for option in sorted(named) if option not in options] == []


def test_exit_codes_kinds_and_levels_are_those_of_the_code() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.M)}
    assert {0, 1, 2, 3} <= told
    assert (ExitCode.CONFORMS, ExitCode.DIFFERS) == (0, 1)
    assert (ExitCode.USAGE, ExitCode.NO_VERDICT) == (2, 3)
    kinds = "differs unsupported broke hang died garbage stale directory"
    for word in [*kinds.split(), *LEVELS]:
        assert f"`{word}`" in PAGE
