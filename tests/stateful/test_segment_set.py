"""Segment sets under any adds: the invariants that the API promises, after each."""

from __future__ import annotations

from hypothesis import settings

from rlog_model.conformance.machines import SegmentMachine

TestSegmentSet = SegmentMachine.TestCase
TestSegmentSet.settings = settings(stateful_step_count=30)
