"""Recorders, players and logs, rule by rule, over the model and the bundled implementation.

The rules write a scenario as they go: what fails is shrunk to a scenario, and printed as one.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings

from rlog_model import scenario as s
from rlog_model.conformance.judge import judge
from rlog_model.conformance.machines import MemoryMachine, ProcessMachine
from rlog_model.scenario import Scenario
from rlog_model.simulation.strategies import scenarios

TestMemory = MemoryMachine.TestCase
TestMemory.settings = settings(stateful_step_count=25)

TestProcesses = ProcessMachine.TestCase
# Each step goes to another process: so fewer of them must do.
TestProcesses.settings = settings(
    stateful_step_count=15, max_examples=max(settings().max_examples // 5, 1)
)


@pytest.mark.clause("THM-1", "THM-2")
@given(scenarios())
def test_the_bundled_implementation_is_as_the_model(scenario: Scenario) -> None:
    verdict = judge(scenario)
    assert verdict.failure is None, f"{verdict.failure}\n{s.dumps(scenario)}"


def test_open_files_are_closed_again() -> None:
    scenario = Scenario(
        (
            s.StartRecorder("r1", "logs/one", 1),
            s.Create("r1", "/a", "f1"),
            s.TakeHints("r1", "h1"),
            s.Play("p1", "h1"),
        )
    )
    judge(scenario)
    before = len(os.listdir("/dev/fd"))
    for _ in range(5):
        judge(scenario)
    assert len(os.listdir("/dev/fd")) == before
