"""The check: written scenarios, then random ones until time is up, on several processes.

Rules
-----
* Each scenario is executed by the model and by the implementation, and judged: see ``judge``.
* Random scenarios are Hypothesis's. One that fails is shrunk, and the check ends.
* Each process draws from seeds of its own, so that a run with the same seed and the same number of
  processes draws the same scenarios, as far as its time reaches.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import time
from collections.abc import Callable, Iterator
from importlib import resources
from multiprocessing.queues import Queue
from typing import Final, Protocol

import attrs
from attrs import frozen
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from rlog_model import scenario as scenarios
from rlog_model.conformance.judge import Verdict, judge
from rlog_model.scenario import Scenario
from rlog_model.simulation.focused import mixed_scenarios

BATCH: Final = 200
"""Random scenarios that are drawn from one seed."""

SHRINK_SECONDS: Final = 30.0
"""Seconds that a failure may be shrunk for, beyond the time of the check."""

SILENT_SECONDS: Final = 120.0
"""Seconds after which a process that tells nothing is taken to hang."""

REPORT_SECONDS: Final = 0.25
"""Seconds between two reports of a process."""


@attrs.define
class Tally:
    """What was executed so far."""

    scenarios: int = 0
    steps: int = 0
    with_two_recorders: int = 0
    with_handoff: int = 0

    def count(self, verdict: Verdict) -> None:
        """One more scenario."""
        self.scenarios += 1
        self.steps += len(verdict.scenario.steps)
        self.with_two_recorders += verdict.two_recorders
        self.with_handoff += verdict.handoff

    def add(self, other: Tally) -> None:
        """All of another tally."""
        for field in attrs.fields(Tally):
            total = getattr(self, field.name) + getattr(other, field.name)
            setattr(self, field.name, total)


@frozen
class Failure:
    """A scenario that failed."""

    scenario: Scenario
    reason: str
    found_as: str
    """The name of a written scenario, or the seed of a random one."""


class Reports(Protocol):
    """Where a process tells how far it is. None: it has ended."""

    def put(self, report: Tally | Failure | None, /) -> None:
        """Tell."""


@frozen
class Report:
    """What a check came to."""

    tally: Tally
    failures: tuple[Failure, ...]
    seconds: float
    random_scenarios: int


def written() -> Iterator[tuple[str, Scenario]]:
    """The scenarios that come with this package, by name."""
    folder = resources.files("rlog_model.conformance") / "scenarios"
    files = {f.name.removesuffix(".json"): f for f in folder.iterdir() if f.name.endswith(".json")}
    for name in sorted(files):
        yield name, scenarios.loads(files[name].read_bytes())


def check(
    seconds: float,
    *,
    jobs: int,
    first_seed: int,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Report:
    """Execute the written scenarios, and random ones for ``seconds``, in ``jobs`` processes."""
    began = time.monotonic()
    tally = Tally()
    failures: list[Failure] = []
    for name, scenario in written():
        verdict = judge(scenario)
        tally.count(verdict)
        if verdict.failure is not None:
            failures.append(Failure(scenario, verdict.failure, name))
        progress(tally)
    random_before = tally.scenarios
    if not failures:
        failures.extend(_random(seconds, jobs, first_seed, tally, progress))
    return Report(tally, tuple(failures), time.monotonic() - began, tally.scenarios - random_before)


def _random(
    seconds: float, jobs: int, first_seed: int, tally: Tally, progress: Callable[[Tally], None]
) -> list[Failure]:
    context = multiprocessing.get_context("spawn")
    reports: Queue[Tally | Failure | None] = context.Queue()
    processes = [
        context.Process(target=_work, args=(reports, seconds, first_seed + i, jobs))
        for i in range(jobs)
    ]
    for process in processes:
        process.daemon = True
        process.start()
    failures: list[Failure] = []
    working = jobs
    heard = time.monotonic()
    while working and not failures:
        try:
            report = reports.get(timeout=1.0)
            heard = time.monotonic()
        except queue.Empty:
            if any(process.exitcode for process in processes):
                raise WorkerDied("died: its message is above") from None
            if time.monotonic() > heard + SILENT_SECONDS:
                raise WorkerDied(f"was silent for {SILENT_SECONDS:.0f} seconds") from None
            continue
        if report is None:
            working -= 1
        elif isinstance(report, Failure):
            failures.append(report)
        else:
            tally.add(report)
            progress(tally)
    for process in processes:
        if failures:
            process.terminate()
        process.join()
    return failures


@frozen
class WorkerDied(Exception):
    """A process of the check ended without a report, or hangs."""

    reason: str

    def __str__(self) -> str:
        return f"a process of the check {self.reason}; there is no verdict"


class _TimeUp(BaseException):
    """Ends a run of Hypothesis, which lets it pass."""


@frozen
class _Failed(AssertionError):
    """Tells Hypothesis that a scenario failed."""

    reason: str


def _work(reports: Reports, seconds: float, first_seed: int, stride: int) -> None:
    deadline = time.monotonic() + seconds
    number = first_seed
    while time.monotonic() < deadline:
        failure = _batch(reports, deadline, number)
        if failure is not None:
            reports.put(failure)
            break
        number += stride
    reports.put(None)


def _batch(reports: Reports, deadline: float, number: int) -> Failure | None:
    """Random scenarios of one seed; the smallest failure, if any fails."""
    tally = Tally()
    smallest: Failure | None = None
    reported = time.monotonic()

    @seed(number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=tuple(HealthCheck),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    @given(mixed_scenarios())
    def execute(scenario: Scenario) -> None:
        nonlocal smallest, tally, reported
        now = time.monotonic()
        if now > deadline + (SHRINK_SECONDS if smallest else 0):
            raise _TimeUp
        verdict = judge(scenario)
        if smallest is None:
            tally.count(verdict)
        if now > reported + REPORT_SECONDS:
            reports.put(tally)
            tally, reported = Tally(), now
        if verdict.failure is not None:
            if smallest is None or len(scenario.steps) <= len(smallest.scenario.steps):
                smallest = Failure(scenario, verdict.failure, f"seed {number}")
            raise _Failed(verdict.failure)

    with contextlib.suppress(_TimeUp, _Failed):
        execute()
    reports.put(tally)
    return smallest
