"""A scenario that is executed as it is told: by the model, and by executors beside it.

Rules
-----
* Each step is executed by all, then judged: see ``Trial.do``.
* What fails is the scenario of all steps so far: so each failure is a scenario file that replays
  anywhere.
"""

from __future__ import annotations

import contextlib
import re
import traceback
from collections.abc import Callable, Iterable, Mapping

import attrs
from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model.conformance.executor import Executor, Maker
from rlog_model.conformance.judge import Judge
from rlog_model.revision import REVISIONS, Revision
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import Divergence, Observation, Trace, first_divergence


@frozen
class ScenarioFailed(AssertionError):
    """A scenario has failed."""

    scenario: Scenario
    reason: str
    machine: str
    """The name of the machine that told it, or of whoever did."""

    divergence: Divergence | None = None
    """Where an executor showed anything else than the model; none if it failed otherwise."""

    @property
    def signature(self) -> str:
        """A short text which is the same for failures that probably have one cause: the kind of
        step and the field of the divergence, or the reason without names and numbers."""
        if self.divergence is not None and self.divergence.step < len(self.scenario.steps):
            step = self.scenario.steps[self.divergence.step]
            return f"{self.machine}: {step.do}: {self.divergence.field}"
        lines = [line for line in self.reason.splitlines() if line.strip()] or [""]
        told = lines[0].strip().rstrip(":")
        if "Traceback" in self.reason:
            told = f"{told}: {lines[-1].strip()}"
        return f"{self.machine}: {_nameless(told, self.scenario)}"

    def __str__(self) -> str:
        return (
            f"{self.machine}: {self.reason}\n\n"
            "This scenario fails. Save it as FILE.json, and execute it again: rlog replay FILE.json"
            f"\n\n{scenarios.dumps(self.scenario)}"
        )


def _nameless(text: str, scenario: Scenario) -> str:
    """The text without names that the scenario has given, numbers, and what is quoted."""
    names = {
        value
        for step in scenario.steps
        for member in scenarios.MEMBERS[step.do]
        if isinstance(value := getattr(step, member.name), str) and value
    }
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "_", text)
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w/]){re.escape(name)}(?![\w/])", "_", text)
    return re.sub(r"0x[0-9a-f]+|\d+", "#", text)[:200]


Look = Callable[[World, Step, Observation], Iterable[str]]
"""Tells what is wrong behind a step. It is given the world before it."""


def _nothing(before: World, step: Step, seen: Observation) -> Iterable[str]:
    return ()


class Trial:
    """A scenario in the making."""

    def __init__(
        self,
        called: str,
        executors: Mapping[str, Maker],
        revision: Revision,
        look: Look = _nothing,
    ) -> None:
        """``called`` is whose failures they are; ``executors`` execute each step beside the model,
        and have the names that failures show. None is made before the first step."""
        self.revision = revision
        self.world = World(revision)
        """The model's world behind the last step."""

        self.title = f"told by {called}"
        self.steps: list[Step] = []
        self._called = called
        self._makers = executors
        self._executors: dict[str, Executor] | None = None
        self._look = look
        self._judge = Judge()
        self._opened = contextlib.ExitStack()

    @property
    def scenario(self) -> Scenario:
        """All steps so far."""
        return Scenario(tuple(self.steps), self.title, self.revision.name)

    def do(self, step: Step) -> Observation:
        """Execute the next step.

        Raises:
            ScenarioFailed: the model or an executor broke, an executor shows anything else than
                the model, or the judge has something against what the model shows.
        """
        if self._executors is None:
            self._executors = self._made()
        self.steps.append(step)
        before = self.world
        try:
            self.world, seen = execute(before, step)
            self._judge(self.world, step, seen)
        except Exception as error:
            raise self.failed(_broke("the model", error)) from error
        for name, executor in self._executors.items():
            self._compare(name, executor, step, seen)
        if self._judge.failure is not None:
            raise self.failed(self._judge.failure)
        for reason in self._look(before, step, seen):
            raise self.failed(reason)
        return seen

    def failed(self, reason: str, divergence: Divergence | None = None) -> ScenarioFailed:
        """The failure of all steps so far."""
        return ScenarioFailed(self.scenario, reason, self._called, divergence)

    def replay(self, scenario: Scenario) -> ScenarioFailed | None:
        """How a scenario fails when it is told from here on; none if it does not. Then close."""
        self.title = scenario.title
        with contextlib.closing(self):
            try:
                for step in scenario.steps:
                    self.do(step)
            except ScenarioFailed as failed:
                # Who is told of it has nothing of this module's own calls.
                return failed.with_traceback(None)
        return None

    def close(self) -> None:
        """Close all executors. Closing again does nothing."""
        self._opened.close()

    def _made(self) -> dict[str, Executor]:
        made: dict[str, Executor] = {}
        for name, make in self._makers.items():
            made[name] = make(self.revision)
            self._opened.callback(made[name].close)
        return made

    def _compare(self, name: str, executor: Executor, step: Step, expected: Observation) -> None:
        try:
            actual = executor.execute(step)
        except Exception as error:
            raise self.failed(_broke(name, error)) from error
        found = first_divergence(Trace((expected,)), Trace((actual,)))
        if found is not None:
            divergence = attrs.evolve(found, step=len(self.steps) - 1)
            raise self.failed(str(divergence), divergence)


def replay(
    scenario: Scenario, executors: Mapping[str, Maker], called: str = "replay"
) -> ScenarioFailed | None:
    """How a scenario fails before the model and ``executors``; none if it does not."""
    return Trial(called, executors, REVISIONS[scenario.revision]).replay(scenario)


def _broke(who: str, error: Exception) -> str:
    return f"{who} broke:\n{''.join(traceback.format_exception(error))}"
