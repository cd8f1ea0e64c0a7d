"""FSMs and hints: what hints lead to is where the FSM that built them is."""

from __future__ import annotations

from hypothesis import settings

from rlog_model.conformance.machines import FsmMachine

TestFsm = FsmMachine.TestCase
TestFsm.settings = settings(stateful_step_count=30)
