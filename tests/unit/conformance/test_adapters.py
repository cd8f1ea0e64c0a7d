"""What builds the implementations of ``adapters``, breaks them, and has them judged."""

from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest

from adapters import conformance, kills
from adapters.implementations import (
    IMPLEMENTATIONS,
    BuildFailed,
    Implementation,
    Mutant,
    broken,
    build,
)
from rlog_model.conformance.suite import record, vector

PROGRAM = "import sys\nfrom rlog_model.conformance.serve import main\nmain()\n"
OTHERS = [one for one in IMPLEMENTATIONS if one.name in ("go", "rust", "java")]


@pytest.fixture
def toy(tmp_path: Path) -> Implementation:
    """One whose build copies a file."""
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "source.py").write_text(PROGRAM)
    copying = "import shutil; shutil.copy('source.py', 'built.py')"
    return Implementation(
        "toy",
        tmp_path / "toy",
        ("python3",),
        "Python",
        ((sys.executable, "-c", copying),),
        (sys.executable, "built.py"),
    )


@pytest.mark.parametrize("one", OTHERS, ids=lambda one: one.name)
def test_each_has_defects_whose_text_is_there_once(one: Implementation) -> None:
    mutants = one.mutants()
    assert len({mutant.name for mutant in mutants}) == len(mutants) >= 10
    assert len({(m.file, m.old, m.new) for m in mutants}) == len(mutants)
    for mutant in mutants:
        text = (one.folder / mutant.file).read_text("utf-8")
        assert text.count(mutant.old) == 1, mutant.name
        assert mutant.new != mutant.old
        assert mutant.does


def test_a_command_runs_from_anywhere(toy: Implementation) -> None:
    assert build(toy) == (sys.executable, str(toy.folder / "built.py"))


def test_a_build_that_fails_says_so(toy: Implementation) -> None:
    wrong = attrs.evolve(toy, build=((sys.executable, "-c", "raise SystemExit('no such thing')"),))
    with pytest.raises(BuildFailed, match=r"toy: .* failed:\nno such thing"):
        build(wrong)


def test_a_defect_is_built_and_the_source_put_right(toy: Implementation) -> None:
    nothing = "lambda *asked: {'observations': [], 'snapshot': {}}"
    new = f"sys.modules[main.__module__]._run = {nothing}\nmain()\n"
    mutant = Mutant("silent", "It shows nothing.", "source.py", "main()\n", new)
    command = broken(toy, mutant, toy.folder)
    assert (toy.folder / "source.py").read_text() == PROGRAM
    assert "lambda" in (toy.folder / "built.py").read_text()
    every = list(vector.load())[:3]
    assert kills.killers(kills.Subject("toy", "silent", (command,)), every) == {v.id for v in every}
    with pytest.raises(ValueError, match="its text is not there once"):
        broken(toy, attrs.evolve(mutant, old="main"), toy.folder)


def test_what_is_right_is_not_killed(toy: Implementation) -> None:
    chosen = [one for one in vector.load() if one.id.startswith("codec/")]
    assert kills.killers(kills.Subject("toy", "right", (build(toy),)), chosen) == set()


def asked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["adapters.conformance", "--no-mutants", *arguments])
    return conformance.main()


def test_what_is_missing_is_told_with_how_to_get_it(
    toy: Implementation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """And fails where all are to be there."""
    lacking = attrs.evolve(toy, tools=("no-such-tool",), get="a tool")
    monkeypatch.setattr(conformance, "IMPLEMENTATIONS", (lacking,))
    monkeypatch.setattr(conformance, "RECORDS", tmp_path / "records")
    assert asked(monkeypatch) == 0
    told = capsys.readouterr().out
    assert "toy: untested: no-such-tool is missing. To test it, get a tool" in told
    assert asked(monkeypatch, "--all-tools") == 1


def test_each_is_judged_and_all_are_on_one_page(
    toy: Implementation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = attrs.evolve(toy, name="other", build=((sys.executable, "-c", "raise SystemExit(1)"),))
    monkeypatch.setattr(conformance, "IMPLEMENTATIONS", (toy,))
    monkeypatch.setattr(conformance, "RECORDS", tmp_path / "records")
    page = tmp_path / "page.html"
    assert asked(monkeypatch, "--seconds", "0", "--page", str(page)) == 0
    assert record.read(tmp_path / "records" / "toy.jsonl").passes
    assert "rlog-model, bundled" in page.read_text("utf-8")
    monkeypatch.setattr(conformance, "IMPLEMENTATIONS", (other,))
    assert asked(monkeypatch, "--seconds", "0") == 1
