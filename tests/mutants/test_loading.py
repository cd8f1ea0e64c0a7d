"""A mutant is in the process that asks for it, and nowhere else."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Final

import attrs
import pytest

import rlog_model
from rlog_model.conformance.mutants import loading
from rlog_model.conformance.mutants.catalog import MUTANTS, mutant_named

PACKAGE: Final = Path(rlog_model.__file__).parent

INSTALL: Final = """
from rlog_model.conformance.mutants import loading
from rlog_model.conformance.mutants.catalog import mutant_named
loading.install(mutant_named({name!r}))
"""

CHECKSUM: Final = "from rlog_model import crc32c; print(crc32c.update(1, b'x'))"


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Another process, which writes bytecode as any does."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def printed(code: str) -> str:
    done = run(code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_mutant_is_active() -> None:
    name = "checksum-of-one-operation"
    code = f"{CHECKSUM}; print(crc32c.__loader__.mutant.name, crc32c.__name__)"
    seen = printed(INSTALL.format(name=name) + code).splitlines()
    assert seen[1] == f"{name} rlog_model.crc32c"
    assert seen[0] != printed(CHECKSUM)
    assert seen[0] == printed("from rlog_model import crc32c; print(crc32c.update(0, b'x'))")


def test_other_processes_never_see_it() -> None:
    before = printed(CHECKSUM)
    cached = "import importlib.util as u; print(u.find_spec('rlog_model.crc32c').cached)"
    cache = Path(printed(cached))
    bytecode = cache.read_bytes() if cache.exists() else None
    mutated = INSTALL.format(name="plain-crc32") + CHECKSUM
    assert printed(mutated) != before
    assert (cache.read_bytes() if cache.exists() else None) == bytecode
    assert printed(CHECKSUM) == before
    # Nor is the mutant kept from one that finds bytecode of the shipped module.
    assert printed(mutated) != before


def test_a_relative_import_finds_it_too() -> None:
    code = """
from rlog_model.journal import file
from rlog_model.journal.labels import LabelSelector, LabelSet
print(LabelSelector(include=LabelSet.of("author", "a")).matches(LabelSet()))
"""
    assert printed(code) == "True"
    assert printed(INSTALL.format(name="no-registers-fail-the-check") + code) == "False"


def test_tracebacks_have_the_changed_lines() -> None:
    code = """
import traceback
from rlog_model import crc32c
try:
    crc32c.update(0, None)
except TypeError:
    traceback.print_exc()
    raise SystemExit(3)
"""
    done = run(INSTALL.format(name="checksum-of-one-operation") + code)
    assert done.returncode == 3
    assert "(mutant checksum-of-one-operation)" in done.stderr
    assert "return _digest(payload)\n" in done.stderr


def test_the_rest_of_the_module_is_as_it_was() -> None:
    code = "from rlog_model import crc32c; print(crc32c.__file__, crc32c.__package__)"
    assert printed(INSTALL.format(name="plain-crc32") + code) == printed(code)


def test_a_module_that_is_imported_already_is_refused() -> None:
    importlib.import_module("rlog_model.crc32c")
    with pytest.raises(loading.AlreadyImported, match=r"rlog_model\.crc32c is imported already"):
        loading.install(mutant_named("plain-crc32"))


@pytest.mark.parametrize("module", ["rlog_model.nothing_here", "nothing.here", "time.sleep"])
def test_a_module_without_source_is_refused(module: str) -> None:
    with pytest.raises(loading.NoSource, match=module):
        loading.install(attrs.evolve(MUTANTS[0], module=module))


def test_text_that_is_not_there_is_refused_before_the_import() -> None:
    code = """
import attrs
from rlog_model.conformance.mutants import loading
from rlog_model.conformance.mutants.catalog import mutant_named
from rlog_model.conformance.mutants.mutant import NotThereOnce
import sys
finders = list(sys.meta_path)
try:
    loading.install(attrs.evolve(mutant_named("plain-crc32"), old="not there"))
except NotThereOnce as error:
    print(error.count, sys.meta_path == finders, "rlog_model.crc32c" in sys.modules)
"""
    assert printed(code) == "0 True False"


def test_mutants_import_nothing_that_a_mutant_changes() -> None:
    code = """
import sys
from rlog_model.conformance.mutants import catalog, loading
print(*sorted(name for name in sys.modules if name.startswith("rlog_model")))
"""
    imported = set(printed(code).split())
    assert not imported & {mutant.module for mutant in MUTANTS}
    own = "rlog_model.conformance.mutants"
    assert {n for n in imported if not n.startswith(own)} == {
        "rlog_model",
        "rlog_model.conformance",
    }


def test_nothing_loads_mutants_unasked() -> None:
    """Only what runs them imports the loader: no module of the shipped path."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        where = file.relative_to(PACKAGE).as_posix()
        if where.startswith(("conformance/", "cli/")):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {where for name in named if "mutants" in name}
    assert not found
    code = """
import sys
from rlog_model import player, recorder
from rlog_model.simulation import strategies
from rlog_model.conformance import bundled, judge
print([name for name in sys.modules if "mutants" in name])
"""
    assert printed(code) == "[]"
