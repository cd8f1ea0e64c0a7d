"""A Hypothesis state machine that writes a scenario as it goes.

Rules
-----
* A rule draws what happens next, and *does* steps: see ``trial``.
* What fails is the scenario of all steps so far: so each failure, shrunk or not, is a scenario file
  that replays anywhere.
* When a run ends, however it does, all executors are closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from rlog_model.conformance.executor import Maker
from rlog_model.conformance.trial import ScenarioFailed, Trial
from rlog_model.revision import CURRENT, REVISIONS, Revision
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.state import World
from rlog_model.trace import Observation


class Machine(RuleBasedStateMachine):
    """The base of all machines. A subclass has rules, and may have other executors."""

    called: ClassVar[str] = "machine"
    """The machine's name."""

    executors: ClassVar[Mapping[str, Maker]] = {}
    """What executes each step beside the model, by names that failures show."""

    def __init__(self) -> None:
        super().__init__()
        self.trial = self._trial(CURRENT)

    def _trial(self, revision: Revision) -> Trial:
        return Trial(self.called, self.executors, revision, self.look)

    def turn_to(self, revision: Revision) -> None:
        """Make the scenario one of another revision, before its first step."""
        assert not self.trial.steps, "a scenario has one revision"
        self.trial = self._trial(revision)

    @property
    def scenario(self) -> Scenario:
        """All steps so far."""
        return self.trial.scenario

    @property
    def world(self) -> World:
        """The model's world behind the last step."""
        return self.trial.world

    def do(self, step: Step) -> Observation:
        """Execute the next step.

        Raises:
            ScenarioFailed: see ``Trial.do``; or ``look`` found something wrong.
        """
        return self.trial.do(step)

    def look(self, before: World, step: Step, seen: Observation) -> Iterable[str]:
        """What is wrong behind a step, for a subclass to say: ``before`` is the world before it."""
        return ()

    def teardown(self) -> None:
        """Close all executors."""
        self.trial.close()

    @classmethod
    def replay(cls, scenario: Scenario) -> ScenarioFailed | None:
        """How a scenario fails when this machine does its steps; none if it does not."""
        machine = cls()
        machine.turn_to(REVISIONS[scenario.revision])
        return machine.trial.replay(scenario)
