"""One run of Hypothesis in a worker of ``fuzz``: what it is shown, and when it has had enough.

Rules
-----
* A failure that is known passes. The others are kept, each the smallest of its signature.
* It ends by its time. What it has found may be shrunk for a while beyond that.
* What is known is fixed for a run: Hypothesis must find an example again as it was.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Final, Protocol

from rlog_model.conformance.features import Features, features_of
from rlog_model.conformance.fuzz_messages import Found, Report, Stop
from rlog_model.conformance.fuzz_report import title
from rlog_model.conformance.fuzz_sources import failed
from rlog_model.conformance.machines import ScenarioFailed
from rlog_model.scenario import Scenario

SHRINK_SECONDS: Final = 20.0
"""Seconds in which Hypothesis shrinks what a run has found."""


class Enough(BaseException):
    """Ends a run of Hypothesis, which lets it pass."""


class Ears(Protocol):
    """What a run needs of its worker."""

    covered: set[str]
    stop: Stop | None

    def count(self, scenario: Scenario) -> None: ...

    def tell(self, report: Report) -> None: ...


class Run:
    """Is shown each example of a run: the watch of a source."""

    def __init__(
        self,
        worker: Ears,
        passing: frozenset[str],
        told: frozenset[str],
        seconds: float,
        machine: str,
        how: str,
    ) -> None:
        """``passing``: signatures of failures that pass; ``told``: those that aren't told. What is
        found is found by ``machine``, ``how``: its seed, or where the example was."""
        self.found: dict[str, ScenarioFailed] = {}
        """By signature, what failed."""

        self.again = Counter[str]()
        """How often failures passed, by signature."""

        self.reached: list[tuple[Scenario, Features]] = []
        """Scenarios that passed, each with its features that were new."""

        self.told = told
        self._machine = machine
        self.how = title(machine, how)
        self._worker = worker
        self._passing = passing
        self._began = time.monotonic()
        self._until = self._began + seconds

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def __call__(self, scenario: Scenario, failure: ScenarioFailed | None) -> None:
        """An example was executed.

        Raises:
            Failed: it failed.
            Enough: no other is wanted.
        """
        self._worker.count(scenario)
        if failure is None:
            self._passed(scenario)
        elif failure.signature in self._passing:
            self.again[failure.signature] += 1
        else:
            self._failed(failure)
        if self._over():
            raise Enough
        if failure is not None and failure.signature not in self._passing:
            raise failed(failure.signature)(failure.reason)

    def _passed(self, scenario: Scenario) -> None:
        # What is executed to shrink another is mostly a part of that one.
        if self.found:
            return
        features = features_of(scenario)
        new = features - self._worker.covered
        if new:
            self._worker.covered |= features
            self.reached.append((scenario, new))

    def _failed(self, failure: ScenarioFailed) -> None:
        signature = failure.signature
        former = self.found.get(signature)
        if former is None or len(failure.scenario.steps) <= len(former.scenario.steps):
            self.found[signature] = failure
        if former is None:
            self._until = max(self._until, time.monotonic() + SHRINK_SECONDS)
            if signature not in self.told:
                self._worker.tell(self.tells(failure, 1))

    def tells(self, failure: ScenarioFailed, times: int) -> Found:
        """How a failure of the run is told."""
        scenario, reason = failure.scenario, failure.reason
        return Found(failure.signature, scenario, reason, self._machine, self.how, times)

    def _over(self) -> bool:
        stop = self._worker.stop
        if stop is not None and (stop.at_once or not self.found):
            return True
        return time.monotonic() > self._until
