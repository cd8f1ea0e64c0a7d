"""What rejects each mutant, as it is kept and told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rlog_model.conformance.mutants import catalog
from spec import kills, not_visible
from spec.kills import MATRIX, Kill, kept, main, place, told, with_columns

SMALL = """\
# The matrix

| subject | rules | fsm | steps | defect |
|---|---|--:|--:|---|
| **fsm** | | | | |
| one | FSM-1 | 0.1 | 3 | It is wrong. |
| other |  | > 1.0 | 2 | It is wrong, too. |
"""


def test_every_mutant_is_rejected_or_there_is_a_reason() -> None:
    found = kept()
    assert list(found) == [mutant.name for mutant in catalog.MUTANTS]
    assert [kill.name for kill in found.values() if not kill.accounted_for] == []


def test_the_reasons_are_the_present_ones() -> None:
    for mutant in catalog.MUTANTS:
        reason = not_visible.reason(mutant.name, mutant.layer.value)
        assert kept()[mutant.name].not_visible == reason


def test_the_matrix_has_what_is_kept() -> None:
    matrix = (MATRIX / "matrix.md").read_text("utf-8")
    assert with_columns(matrix, kept()) == matrix


def test_columns_stand_before_the_steps_and_only_once() -> None:
    found = {"one": Kill("one", states="branch-files", proofs="validity")}
    once = with_columns(SMALL, found)
    assert "| subject | rules | fsm | states | traces | proofs | steps | defect |" in once
    assert "| one | FSM-1 | 0.1 | branch-files |  | validity | 3 | It is wrong. |" in once
    assert "| other |  | > 1.0 |  |  |  | 2 | It is wrong, too. |" in once
    assert with_columns(once, found) == once
    assert with_columns(once, {}) == with_columns(SMALL, {})


def test_what_nothing_rejects_is_told_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = [Kill("a", traces="lost-race"), Kill("b", not_visible="no bytes"), Kill("c")]
    assert [kill.accounted_for for kill in lost] == [True, True, False]
    assert list(told(lost)) == [
        "a: traces lost-race",
        "b: not visible: no bytes",
        "c: REJECTED BY NOTHING",
        "1 rejected, 1 not visible, 1 rejected by nothing",
    ]
    monkeypatch.setattr(kills, "judge", lambda mutants, workers: lost)
    assert main(["fsm"]) == 1
    assert "REJECTED BY NOTHING" in capsys.readouterr().out


def test_an_unknown_name_is_a_mistake_of_the_user(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-thing"]) == 2
    assert "no-such-thing" in capsys.readouterr().err


def test_what_is_found_is_kept_beside_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("matrix.md", "spec.json"):
        shutil.copy(MATRIX / name, tmp_path)
    first = catalog.MUTANTS[0].name
    kills.write({**kept(tmp_path), first: Kill(first, states="elsewhere")}, tmp_path)
    assert kept(tmp_path)[first].states == "elsewhere"
    assert len(kept(tmp_path)) == len(catalog.MUTANTS)
    assert f"| {first} |" in (tmp_path / "matrix.md").read_text("utf-8")
    assert "elsewhere" in (tmp_path / "matrix.md").read_text("utf-8")


def test_a_verdict_is_told_by_its_place() -> None:
    assert place("a", "in branch-files:\nonly the model reaches") == "branch-files"
    assert place("a", "a, lost-race: at event 3: tree") == "lost-race"
    assert place("a", None) is None
