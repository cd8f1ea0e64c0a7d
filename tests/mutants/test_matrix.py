"""That mutants are killed, that what has no defect is not, and how both are told."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import attrs
import pytest
from typer.testing import CliRunner

from rlog_model import scenario as scenarios
from rlog_model.cli.app import app
from rlog_model.conformance import serve
from rlog_model.conformance.adapter import Adapter
from rlog_model.conformance.assay import CHECKS, Assayer, Subject, subjects
from rlog_model.conformance.matrix import markdown, matrix, row_to_json, summary
from rlog_model.conformance.pool import Case

SOUND = Subject(
    "sound",
    "none",
    "It has no defect.",
    (),
    (sys.executable, "-m", serve.__name__),
    tuple(CHECKS),
)


@pytest.fixture(scope="module")
def assayer() -> Assayer:
    return Assayer(1)


def test_what_has_no_defect_survives_every_check(assayer: Assayer) -> None:
    row = assayer.assay(SOUND, 4.0)
    assert row.killed_by is None
    assert row.smallest is None
    assert all(cell.scenarios > 0 for cell in row.cells.values()), "each check was tried"
    assert summary([row]) == "0 of 1 killed"


def test_the_scenario_that_kills_kills_again_and_spares_what_is_sound(
    assayer: Assayer, tmp_path: Path
) -> None:
    """The smallest one is a file: read again, the mutant fails it and the shipped code doesn't."""
    subject = next(s for s in subjects() if "FSM-3" in s.rules)
    row = assayer.assay(subject, 60.0)
    assert row.killed_by is not None
    assert row.smallest is not None
    check = CHECKS[row.killed_by]
    again = Case.of(scenarios.loads(scenarios.dumps(row.smallest.scenario)))
    for command, killed in ((subject.command, True), (SOUND.command, False)):
        with Adapter(command) as adapter:
            assert (check.execute(adapter, again) is not None) == killed
    told = row_to_json(row)
    assert told["killed"] is True
    assert told["steps"] == len(again.scenario.steps)
    assert json.loads(json.dumps(told)) == told


def test_every_subject_has_checks_and_every_check_has_subjects() -> None:
    assert all(subject.checks for subject in subjects())
    assert {name for subject in subjects() for name in subject.checks} == set(CHECKS)
    assert len({subject.name for subject in subjects()}) == len(subjects())


def test_there_are_as_many_as_were_promised() -> None:
    hostile = [s for s in subjects() if s.layer == "hostile"]
    assert len(hostile) >= 12
    assert len(subjects()) - len(hostile) >= 60


def test_a_survivor_is_told_as_one(assayer: Assayer) -> None:
    row = assayer.assay(attrs.evolve(SOUND, checks=("codec",)), 0.2)
    [_, _, layer, line] = markdown([row])
    assert layer.startswith("| **none** |")
    assert "**survived**" in line
    assert re.search(r"\| > \d+\.\d \|", line)


def test_rows_come_in_the_order_of_the_subjects() -> None:
    chosen = [s for s in subjects() if s.layer == "segments"][:3]
    rows = matrix(chosen, 60.0, jobs=2, first_seed=1)
    assert [row.subject.name for row in rows] == [s.name for s in chosen]
    assert all(row.killed_by for row in rows)


def test_the_command_prints_and_writes_the_matrix(tmp_path: Path) -> None:
    name = next(s.name for s in subjects() if s.layer == "segments")
    result = CliRunner().invoke(
        app, ["mutants", name, "--json", "--seconds", "60", "--output", str(tmp_path)]
    )
    assert result.exit_code == 0
    [row] = json.loads(result.stdout)
    assert row["name"] == name
    assert row["killed"] is True
    assert json.loads((tmp_path / "matrix.json").read_text()) == [row]
    assert name in (tmp_path / "matrix.md").read_text()
    assert (
        len(scenarios.loads((tmp_path / "scenarios" / f"{name}.json").read_bytes()).steps)
        == row["steps"]
    )


def test_an_unknown_mutant_is_a_mistake_of_the_user() -> None:
    result = CliRunner().invoke(app, ["mutants", "no-such-thing"])
    assert result.exit_code == 2
    assert "--list" in result.output


def test_the_list_names_all() -> None:
    result = CliRunner().invoke(app, ["mutants", "--list"], env={"COLUMNS": "400"})
    assert result.exit_code == 0
    assert all(subject.name in result.output for subject in subjects())
