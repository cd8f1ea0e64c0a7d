"""The page on fuzzing, and its workflow: what they say to run exists, and is what they show."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from fuzz import TARGETS
from rlog_model.cli.app import app
from rlog_model.cli.exit_code import ExitCode
from rlog_model.conformance.fuzz_sources import NAMES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "fuzzing.md").read_text("utf-8")
WORKFLOW = (DOCS / "workflows" / "rlog-fuzz.yml").read_text("utf-8")
COMMANDS: dict[str, Any] = vars(typer.main.get_command(app))["commands"]


def workflow() -> dict[Any, Any]:
    parsed: dict[Any, Any] = yaml.safe_load(WORKFLOW)
    return parsed


def calls(text: str) -> Iterator[list[str]]:
    """The arguments of each call of ``rlog``, with values for what the shell puts in."""
    for line in text.splitlines():
        found = re.match(r"\s*(?:run: |\$ )?rlog ([a-z].*)", line)
        if found:
            call = re.sub(r'"\$\(nproc\)"', "2", found[1].split(" > ")[0])
            call = call.replace('"$MINUTES"', "3").replace('"$DATABASE"', "redis://localhost/0")
            yield shlex.split(call)


@pytest.mark.parametrize("text", [PAGE, WORKFLOW], ids=["page", "workflow"])
def test_every_call_of_rlog_is_one_that_it_understands(text: str) -> None:
    found = list(calls(text))
    assert len(found) >= 2
    for name, *arguments in found:
        COMMANDS[name].make_context(name, arguments)


def test_a_call_that_it_does_not_understand_is_seen() -> None:
    for wrong, why in (
        ("--nonsense", "No such option"),
        ("--minutes soon", "valid (float|number)"),
    ):
        ((name, *arguments),) = calls(f"run: rlog fuzz --jobs 1 {wrong}")
        with pytest.raises(Exception, match=why):
            COMMANDS[name].make_context(name, arguments)


def test_the_page_shows_the_workflow() -> None:
    assert f"```yaml\n{WORKFLOW}```" in PAGE


def test_the_workflow_is_one() -> None:
    parsed = workflow()
    # YAML 1.1 takes the word `on` for true.
    assert set(parsed[True]) == {"pull_request", "schedule", "workflow_dispatch"}
    (job,) = parsed["jobs"].values()
    assert job["services"]["redis"]["ports"] == ["6379:6379"]
    assert "redis://localhost:6379/0" in job["env"]["DATABASE"]
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    kept = [step["with"]["path"] for step in job["steps"] if "cache" in step.get("uses", "")]
    assert kept == ["rlog-fuzz", "rlog-fuzz"]
    (artifact,) = (step for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert "rlog-fuzz/failures/" in artifact["with"]["path"]
    assert artifact["if"] == "always()"


def test_the_page_tells_every_machine_exit_code_and_target() -> None:
    for name in NAMES:
        assert f"| `{name}` |" in PAGE
    for code in ExitCode:
        assert f"| {code.value} |" in PAGE
    for target in TARGETS:
        assert f"`{target}`" in PAGE


def test_the_page_tells_every_member_of_the_report(tmp_path: Path) -> None:
    here = ("--minutes", "0", "--jobs", "1", "--machine", "plots", "--corpus", str(tmp_path))
    result = CliRunner().invoke(app, ["fuzz", *here, "--json"])
    for member in json.loads(result.stdout):
        assert f"`{member}`" in PAGE, member
