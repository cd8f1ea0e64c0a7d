"""Which checks kill a defective implementation, and how soon.

Rules
-----
* A *subject* is an implementation with a defect: a mutant, or a hostile program. It is *killed* by
  the first random scenario of a check that it fails.
* Each subject meets the checks of its layer in turns, each for a slice of time that grows, until
  one kills it or its time is up. Then every other check of the layer has ``FILL_SECONDS`` (or all
  the time, where that is asked for), so that the matrix shows which checks see the defect.
* The clock counts what the scenarios took: to draw, to be executed by the model and by the
  subject, to be compared. It doesn't count the start of the subject's process.
* The scenario that killed is minimised: to the fewest steps that the subject still fails.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

import attrs
from attrs import frozen
from hypothesis.strategies import SearchStrategy

from rlog_model import scenario as scenarios
from rlog_model.conformance import hostile, serve
from rlog_model.conformance.adapter import Adapter, AdapterFailed
from rlog_model.conformance.compare import failure_of
from rlog_model.conformance.minimise import minimise
from rlog_model.conformance.mutants.catalog import MUTANTS
from rlog_model.conformance.mutants.mutant import Layer, Mutant
from rlog_model.conformance.pool import Case, Pool
from rlog_model.scenario import Scenario
from rlog_model.simulation.focused import (
    event_scenarios,
    handoff_scenarios,
    mixed_scenarios,
    play_scenarios,
)
from rlog_model.simulation.part_strategies import (
    codec_scenarios,
    fsm_scenarios,
    segment_scenarios,
)
from rlog_model.simulation.raw_logs import (
    hints_scenarios,
    journal_scenarios,
    raw_log_scenarios,
)
from rlog_model.simulation.strategies import scenarios as world_scenarios

FIRST_SLICE: Final = 0.25
"""Seconds of the first turn of a check; each round doubles them."""

FILL_SECONDS: Final = 1.0
"""Seconds of the other checks, once one has killed."""

MINIMISE_SECONDS: Final = 15.0
"""Seconds in which a scenario that killed is made smaller."""

HANG_SECONDS: Final = 2.0
"""Seconds after which a subject is taken to hang."""


@frozen
class Check:
    """Random scenarios, and what is done with each."""

    name: str
    strategy: Callable[[], SearchStrategy[Scenario]]
    execute: Callable[[Adapter, Case], str | None]
    """Why the subject fails; none if it does not."""

    tells: str
    """What it compares, in a sentence."""


def _in_memory(adapter: Adapter, case: Case) -> str | None:
    return failure_of(adapter, case.scenario, case.expected, journals="memory")


def _in_files(adapter: Adapter, case: Case) -> str | None:
    return failure_of(adapter, case.scenario, case.expected, journals="files")


def _judged(adapter: Adapter, case: Case) -> str | None:
    try:
        answer = adapter.ask({"judge": scenarios.to_json(case.scenario)})
    except AdapterFailed as failed:
        return str(failed)
    failure = answer.get("failure")
    return None if failure is None else str(failure)


def _fsms() -> SearchStrategy[Scenario]:
    return hints_scenarios() | fsm_scenarios()


def _journals() -> SearchStrategy[Scenario]:
    return journal_scenarios() | mixed_scenarios()


def _plays() -> SearchStrategy[Scenario]:
    return play_scenarios() | raw_log_scenarios()


def _worlds() -> SearchStrategy[Scenario]:
    return handoff_scenarios() | world_scenarios()


CHECKS: Final = {
    check.name: check
    for check in (
        Check("codec", codec_scenarios, _in_memory, "operations, decoded and encoded again"),
        Check("segments", segment_scenarios, _in_memory, "sets of segments"),
        Check("fsm", _fsms, _in_memory, "outcomes, states and hints of FSMs"),
        Check("events", event_scenarios, _in_memory, "what one recorder records"),
        Check("plays", _plays, _in_memory, "what one player reads"),
        Check("worlds", _worlds, _in_memory, "several recorders and players"),
        Check("files", _journals, _in_files, "the last three, and logs with holes, in files"),
        Check(
            "model",
            mixed_scenarios,
            _judged,
            "the defective model alone, by the truth and the invariants",
        ),
    )
}
"""Every check, by its name. All but ``model`` compare each step with what the model shows, and the
directories with what the steps showed."""

_OF_LAYER: Final[dict[Layer, tuple[str, ...]]] = {
    Layer.SEGMENTS: ("segments", "fsm", "worlds"),
    Layer.HINTS: ("fsm", "events", "worlds", "model"),
    Layer.CHECKSUM: ("fsm", "worlds", "model"),
    Layer.FSM: ("fsm", "worlds", "model"),
    Layer.FILES: ("fsm", "events", "model"),
    Layer.WIRE: ("codec", "fsm", "plays"),
    Layer.FRAMING: ("plays", "model"),
    Layer.RECORDING: ("events", "worlds", "model"),
    Layer.PLAYBACK: ("plays", "worlds", "model"),
    Layer.HANDOFF: ("worlds", "model"),
    Layer.ACTIONS: ("plays", "worlds", "files"),
    Layer.REGISTERS: ("worlds", "model", "files"),
    Layer.RECORDER: ("events", "worlds", "files"),
    Layer.JOURNAL: ("files",),
}


@frozen
class Subject:
    """An implementation with a defect."""

    name: str
    layer: str
    defect: str
    rules: tuple[str, ...]
    command: tuple[str, ...]
    checks: tuple[str, ...]
    """The checks which it meets, the most telling first."""


@frozen
class Kill:
    """A scenario that a subject fails."""

    scenario: Scenario
    reason: str


@frozen
class Cell:
    """What a check came to."""

    seconds: float
    """Seconds to the kill; or for how long there was none."""

    scenarios: int
    """Scenarios that were executed, the last of which killed."""

    kill: Kill | None = None


@frozen
class Row:
    """What became of a subject."""

    subject: Subject
    cells: dict[str, Cell]
    killed_by: str | None
    seconds: float
    """Seconds to the first kill, over all checks that it met until then."""

    smallest: Kill | None
    """The scenario that killed it first, minimised."""


def subjects() -> tuple[Subject, ...]:
    """All mutants, and all hostile implementations."""
    return (
        *map(_mutant, MUTANTS),
        *(_hostile(name, told) for name, told in hostile.HOSTILES.items()),
    )


def _mutant(mutant: Mutant) -> Subject:
    command = (sys.executable, "-m", serve.__name__, "--mutant", mutant.name)
    checks = _OF_LAYER[mutant.layer]
    return Subject(mutant.name, mutant.layer.value, mutant.defect, mutant.rules, command, checks)


def _hostile(name: str, told: str) -> Subject:
    command = (sys.executable, "-m", hostile.__name__, name)
    return Subject(f"hostile-{name}", "hostile", told, (), command, ("worlds",))


class Assayer:
    """Meets subjects with checks, the scenarios of which all of them share."""

    def __init__(self, first_seed: int) -> None:
        strategies = {check.strategy for check in CHECKS.values()}
        self._pools = {strategy: Pool(strategy, first_seed) for strategy in strategies}

    def assay(self, subject: Subject, seconds: float, *, full: bool = False) -> Row:
        """What becomes of ``subject`` in ``seconds`` of checks; with ``full``, of each check."""
        with Adapter(subject.command, seconds=HANG_SECONDS) as adapter:
            cells = {name: Cell(0.0, 0) for name in subject.checks}
            killed_by: str | None = None
            slice_ = FIRST_SLICE
            while killed_by is None and sum(c.seconds for c in cells.values()) < seconds:
                for name in subject.checks:
                    left = seconds - sum(c.seconds for c in cells.values())
                    cells[name] = self._go_on(adapter, CHECKS[name], cells[name], min(slice_, left))
                    if cells[name].kill is not None:
                        killed_by = name
                        break
                slice_ *= 2
            taken = sum(cell.seconds for cell in cells.values())
            if killed_by is None:
                return Row(subject, cells, None, taken, None)
            for name, cell in cells.items():
                left = (seconds if full else FILL_SECONDS) - cell.seconds
                if cell.kill is None and left > 0:
                    cells[name] = self._go_on(adapter, CHECKS[name], cell, left)
            kill = cells[killed_by].kill
            assert kill is not None, "it is the check that killed"
            smallest = self._smallest(adapter, CHECKS[killed_by], kill)
            return Row(subject, cells, killed_by, taken, smallest)

    def _go_on(self, adapter: Adapter, check: Check, cell: Cell, seconds: float) -> Cell:
        """The cell behind more scenarios, for ``seconds`` or to the kill."""
        pool, until = self._pools[check.strategy], cell.seconds + seconds
        while cell.seconds < until:
            case = pool[cell.scenarios]
            adapter.start()
            began = time.perf_counter()
            reason = check.execute(adapter, case)
            taken = cell.seconds + time.perf_counter() - began + case.seconds
            kill = None if reason is None else Kill(case.scenario, reason)
            cell = Cell(taken, cell.scenarios + 1, kill)
            if kill is not None:
                break
        return cell

    def _smallest(self, adapter: Adapter, check: Check, kill: Kill) -> Kill:
        until = time.monotonic() + MINIMISE_SECONDS
        reasons = {kill.scenario: kill.reason}

        def fails(scenario: Scenario) -> bool:
            adapter.start()
            reason = check.execute(adapter, Case.of(scenario))
            if reason is not None:
                reasons[scenario] = reason
            return reason is not None

        smallest = minimise(kill.scenario, fails, lambda: time.monotonic() < until)
        titled = attrs.evolve(smallest, title=f"kills {check.name}")
        return Kill(titled, reasons[smallest])
