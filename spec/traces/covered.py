"""What of a scenario World covers: one log, and files without directories above them that clash.

Rules
-----
* Any sub-list of the steps of a scenario is a scenario: the steps that World has nothing for are
  left out. These are raw and torn appends, holes, given hints, properties, writes to open files by
  their names, and all that happens in another log than the first one.
* Files are made small: TLC has their bytes as sequences.
* At the end the whole log is read, so that the trace shows where each operation lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

from rlog_model import scenario as s
from rlog_model.paths import is_clean
from rlog_model.revision import CURRENT
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.recorders import open_flags

_PLAIN: Final = re.compile(r"(/[A-Za-z0-9._-]+)+", re.ASCII)
_MOST_BYTES: Final = 3
_MOST_OFFSET: Final = 5
_PATHS: Final = ("path", "source", "target", "file")


def covered(scenario: Scenario) -> Scenario | None:
    """The scenario without what World does not cover; none if nothing is left."""
    if scenario.revision != CURRENT.name:
        return None
    log = next((step.log for step in scenario.steps if isinstance(step, s.StartRecorder)), None)
    if log is None:
        return None
    steps = tuple(_covered_steps(scenario.steps, log))
    return attrs.evolve(scenario, steps=(*steps, s.ReadLog(log)))


def _covered_steps(steps: tuple[Step, ...], log: str) -> Iterator[Step]:
    paths: set[str] = set()
    for step in steps:
        if getattr(step, "log", None) not in (None, log):
            continue
        kept = _small(step)
        if kept is not None and _paths_are_plain(kept, paths):
            yield kept


def _small(step: Step) -> Step | None:
    """The step as World has it; none if it has no such step."""
    match step:
        case s.StartRecorder() | s.InjectHandoff():
            return step if step.author > 0 else None
        case s.Create():
            return attrs.evolve(step, name=None)
        case s.Open(_, _, flags):
            try:
                open_flags(flags)
            except KeyError:
                return None
            return attrs.evolve(step, name=None)
        case s.Write(_, _, offset, data, times) if offset >= 0:
            small = (data * times)[:_MOST_BYTES]
            return attrs.evolve(step, offset=min(offset, _MOST_OFFSET), data=small, times=1)
        case s.Truncate(_, _, size) if size >= 0:
            return attrs.evolve(step, size=min(size, _MOST_OFFSET))
        case s.AppendAgain(_, back):
            return step if back >= 0 else None
        case s.Link() | s.Unlink() | s.Rename() | s.Commit() | s.Die() | s.TakeHints():
            return step
        case s.Play() | s.FinishAtWriteHead() | s.HandoffAgain() | s.TakePlayerHints():
            return step
        case s.Advance() | s.Roll():
            return step
        case _:
            return None


def _paths_are_plain(step: Step, paths: set[str]) -> bool:
    """Whether no path of a step is a property's, or is a directory; ``paths`` are those so far."""
    own = {path for name in _PATHS if (path := getattr(step, name, None)) is not None}
    for path in own:
        if not _PLAIN.fullmatch(path) or not is_clean(path) or path.startswith("/IDENTITY"):
            return False
        if any(_is_above(path, other) or _is_above(other, path) for other in paths | own):
            return False
    paths |= own
    return True


def _is_above(directory: str, path: str) -> bool:
    return path.startswith(directory + "/")
