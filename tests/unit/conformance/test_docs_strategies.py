"""Each example of docs/strategies.md is run."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from rlog_model import scenario as s
from rlog_model.conformance import check

pytest_plugins = ["pytester"]

TEXT = (Path(__file__).parents[3] / "docs" / "strategies.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", TEXT, re.DOTALL))
COMMANDS = re.findall(r"^    pytest (.*)$", TEXT, re.MULTILINE)


@pytest.fixture
def folder(pytester: pytest.Pytester) -> Path:
    """A directory with all that the examples make."""
    for name, program in PROGRAMS.items():
        (pytester.path / name).write_text(program, "utf-8")
    (pytester.path / "scenarios").mkdir()
    takeover = dict(check.written())["takeover"]
    (pytester.path / "scenarios" / "my-takeover.json").write_text(s.dumps(takeover), "utf-8")
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester.path


def test_each_program_of_the_page_is_found() -> None:
    assert len(PROGRAMS) == TEXT.count("```python") == 6
    assert len(COMMANDS) == 3


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.startswith("test_")])
def test_programs_pass(folder: Path, pytester: pytest.Pytester, name: str) -> None:
    result = pytester.runpytest("-p", "no:cacheprovider", name)
    assert result.ret == pytest.ExitCode.OK
    tests = re.findall(r"^(?:def test_|Test\w+ =)", PROGRAMS[name], re.MULTILINE)
    result.assert_outcomes(passed=len(tests))


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_pass(folder: Path, pytester: pytest.Pytester, command: str) -> None:
    # What is told of directories alone is not told of the tests of the page.
    only = [] if ".py" in command else ["-p", "no:python"]
    result = pytester.runpytest("-p", "no:cacheprovider", *only, *command.split())
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes()["passed"] >= 2


def test_tables_name_what_is_there() -> None:
    """Strategies, executors and machines, by the names that they have."""
    for name in re.findall(r"^\| `([a-z_.]+)\(?\)?`", TEXT, re.MULTILINE):
        module, _, member = name.rpartition(".")
        package = "simulation" if module.startswith("simulation.") else "conformance"
        found = importlib.import_module(
            f"rlog_model.{package}.{module.removeprefix('simulation.')}"
        )
        assert hasattr(found, member), name
    machines = importlib.import_module("rlog_model.conformance.machines")
    for name in re.findall(r"^\| `([A-Z]\w+Machine)`", TEXT, re.MULTILINE):
        assert hasattr(machines, name)
