"""Executors: what is given the steps of a scenario, one by one, and says what could be seen.

Rules
-----
* An executor has all that its scenario has made so far. ``close`` ends it, and leaves nothing
  behind: no file, directory or process.
* It answers each step with what could be seen, as ``trace.Observation`` says. What it raises means
  that it broke.
* A *maker* makes an executor that is at the beginning of a scenario of some revision.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rlog_model.conformance.bundled import Bench
from rlog_model.conformance.directory import temporary_directory
from rlog_model.journal.file import FileStore
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import JournalStore
from rlog_model.revision import REVISIONS, Revision
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation import world as model
from rlog_model.simulation.state import World
from rlog_model.trace import Observation, Trace


class Executor(Protocol):
    """Executes steps."""

    def execute(self, step: Step) -> Observation:
        """Do a step, and say what could be seen."""

    def close(self) -> None:
        """End, with all that is open. Closing again does nothing."""


Maker = Callable[[Revision], Executor]
"""Makes an executor."""


class Model:
    """The model as an executor."""

    def __init__(self, revision: Revision) -> None:
        self.world = World(revision)

    def execute(self, step: Step) -> Observation:
        """See ``Executor``."""
        self.world, seen = model.execute(self.world, step)
        return seen

    def close(self) -> None:
        """See ``Executor``."""


class Bundled:
    """The bundled implementation, in this process, in a directory of its own."""

    def __init__(self, revision: Revision, store_in: Callable[[Path], JournalStore]) -> None:
        """``store_in`` makes the store of the journals, in a directory if it needs one."""
        with contextlib.ExitStack() as opened:
            root = temporary_directory(opened)
            store = store_in(root / "store")
            opened.callback(store.close)
            self._bench = opened.enter_context(contextlib.closing(Bench(root, store, revision)))
            self._opened = opened.pop_all()

    def execute(self, step: Step) -> Observation:
        """See ``Executor``."""
        return self._bench.execute(step)

    def close(self) -> None:
        """See ``Executor``."""
        self._opened.close()


def over_memory(revision: Revision) -> Executor:
    """The bundled implementation, over journals in memory."""
    return Bundled(revision, lambda directory: MemoryStore())


def over_files(revision: Revision) -> Executor:
    """The bundled implementation, over journals in files."""
    return Bundled(revision, FileStore)


def execute(make: Maker, scenario: Scenario) -> Trace:
    """What an executor shows of a whole scenario."""
    with contextlib.closing(make(REVISIONS[scenario.revision])) as executor:
        return Trace(tuple(executor.execute(step) for step in scenario.steps))
