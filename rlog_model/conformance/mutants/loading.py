"""Importing a module with the defect of a mutant.

A process that wants a mutant calls ``install`` before it imports the mutant's module. The import
then compiles the changed source. Nothing is written: neither the module's file nor its bytecode,
so other processes never see the mutant. In tracebacks the file has the mutant's name behind it, and
its lines are the changed ones.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

from attrs import frozen

from rlog_model.conformance.mutants.mutant import Mutant


@frozen
class AlreadyImported(Exception):
    """The mutant's module was imported before, without the defect."""

    name: str
    module: str

    def __str__(self) -> str:
        return (
            f"mutant {self.name}: {self.module} is imported already: install a mutant first thing"
            " in a process of its own"
        )


@frozen
class NoSource(Exception):
    """The mutant's module is not there, or not as source."""

    name: str
    module: str

    def __str__(self) -> str:
        return f"mutant {self.name}: there is no source of {self.module}"


class MutantLoader(importlib.abc.InspectLoader):
    """Loads the changed source of one module."""

    def __init__(self, mutant: Mutant, source: str, origin: str) -> None:
        self.mutant = mutant
        self._source = source
        self._filename = f"{origin} (mutant {mutant.name})"

    def get_source(self, fullname: str) -> str:
        """The changed source."""
        return self._source

    def get_code(self, fullname: str) -> CodeType:
        """The changed source, compiled: no cache is read or written."""
        return self.source_to_code(self._source, self._filename)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module, with a loader of its own."""

    def __init__(self, spec: importlib.machinery.ModuleSpec) -> None:
        self._spec = spec

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return self._spec if fullname == self._spec.name else None


def install(mutant: Mutant) -> None:
    """Have the mutant's module imported with the defect, in this process.

    Raises:
        AlreadyImported: it is imported already.
        NoSource: it has no source.
        NotThereOnce: the mutant's text is not in its source exactly once.
    """
    if mutant.module in sys.modules:
        raise AlreadyImported(mutant.name, mutant.module)
    found = _find(mutant.module)
    source = (
        getattr(found.loader, "get_source", lambda name: None)(mutant.module) if found else None
    )
    if found is None or source is None:
        raise NoSource(mutant.name, mutant.module)
    origin = found.origin or mutant.module
    loader = MutantLoader(mutant, mutant.apply(source), origin)
    spec = importlib.util.spec_from_file_location(mutant.module, origin, loader=loader)
    assert spec is not None, "a spec with a loader is always made"
    spec.cached = None
    sys.meta_path.insert(0, _Finder(spec))


def _find(module: str) -> importlib.machinery.ModuleSpec | None:
    try:
        return importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
