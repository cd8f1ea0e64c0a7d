"""Where scenarios come from that are fuzzed: state machines, and plots.

Rules
-----
* A machine is named as in ``MACHINES``, or, if it is one of the user's own, as ``module:Class``: a
  subclass of ``Machine``. ``plots`` are the scenarios of ``strategies``, judged.
* Whatever a run comes to is shown to a *watch*, once for each example. It decides whether the
  example failed: one whose failure is known may pass, so that another one can be found.
* Hypothesis tells bugs apart by the type of what is raised, and by where. So each signature has a
  type of its own, and one is not shrunk into another.
"""

from __future__ import annotations

import functools
import importlib
import sys
import types
from collections.abc import Callable
from typing import Final, Protocol

import hypothesis
from hypothesis import given, reject, settings
from hypothesis.stateful import run_state_machine_as_test

from rlog_model.conformance.judge import judge
from rlog_model.conformance.machines import MACHINES, Machine, ScenarioFailed
from rlog_model.scenario import Scenario
from rlog_model.simulation import strategies
from rlog_model.trace import first_divergence

PLOTS: Final = "plots"
"""The source that is no machine."""

NAMES: Final = (*MACHINES, PLOTS)
"""Every source that ships."""

Watch = Callable[[Scenario, ScenarioFailed | None], None]
"""Is shown each scenario, and how it failed if it did. Raises ``Failed`` if it did fail."""


class Failed(AssertionError):
    """Tells Hypothesis that an example failed."""


@functools.cache
def failed(signature: str) -> type[Failed]:
    """The type of the failures of one signature."""
    return type("Failed", (Failed,), {"__doc__": signature})


class Source(Protocol):
    """Makes scenarios, and executes them."""

    def run(self, how: settings, seed: int, watch: Watch) -> None:
        """Give Hypothesis a go. What it raises in the end says no more than ``watch`` was shown."""

    def again(self, scenario: Scenario) -> ScenarioFailed | None:
        """Execute a scenario. None: it passes.

        Raises:
            Exception: the source itself breaks.
        """


class NoSuchSource(ValueError):
    """No source has this name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"there is no machine {name!r}: {reason}")


def source(name: str) -> Source:
    """The source of a name.

    Raises:
        NoSuchSource: none has it.
    """
    if name == PLOTS:
        return Plots()
    if name in MACHINES:
        return MachineSource(name, MACHINES[name])
    module, colon, member = name.partition(":")
    if not colon:
        known = ", ".join(NAMES)
        raise NoSuchSource(name, f"it is none of {known}, nor of the form module:Class")
    try:
        machine = getattr(importlib.import_module(module), member)
    except (ImportError, AttributeError, ValueError) as error:
        raise NoSuchSource(name, str(error)) from error
    if not (isinstance(machine, type) and issubclass(machine, Machine)):
        raise NoSuchSource(name, "it is no subclass of rlog_model.conformance.machines.Machine")
    return MachineSource(name, machine)


class Plots:
    """Scenarios of ``strategies.scenarios``, judged."""

    def run(self, how: settings, seed: int, watch: Watch) -> None:
        """See ``Source``."""

        @given(strategies.scenarios())
        def plots(scenario: Scenario) -> None:
            watch(scenario, judged(scenario))

        hypothesis.seed(seed)(how(plots))()

    def again(self, scenario: Scenario) -> ScenarioFailed | None:
        """See ``Source``."""
        return judged(scenario)


class MachineSource:
    """What a state machine tells."""

    def __init__(self, name: str, machine: type[Machine]) -> None:
        self._name = name
        self._machine = machine

    def run(self, how: settings, seed: int, watch: Watch) -> None:
        """See ``Source``."""
        of = self._machine

        def teardown(machine: Machine) -> None:
            # It is called on the way out, also of what a rule has raised.
            raised = sys.exc_info()[1]
            of.teardown(machine)
            if raised is None:
                watch(machine.scenario, None)
            elif isinstance(raised, ScenarioFailed):
                watch(raised.scenario, raised)
                # It has been raised, and may pass: that can be said only like this.
                reject()

        # Made like this it has no source: then Hypothesis finds its examples by its name.
        watched = types.new_class(
            self._name, (of,), exec_body=lambda body: body.update(teardown=teardown)
        )
        run_state_machine_as_test(hypothesis.seed(seed)(watched), settings=how)

    def again(self, scenario: Scenario) -> ScenarioFailed | None:
        """See ``Source``."""
        return self._machine.replay(scenario)


def judged(scenario: Scenario) -> ScenarioFailed | None:
    """How a scenario fails before the judge, if it does."""
    verdict = judge(scenario)
    if verdict.failure is None:
        return None
    divergence = first_divergence(verdict.model, verdict.implementation)
    # The judge looks at more than what the two show, and tells what was wrong first.
    told = divergence if str(divergence) == verdict.failure else None
    return ScenarioFailed(scenario, verdict.failure, PLOTS, told)
