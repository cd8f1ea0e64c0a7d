"""All Hypothesis state machines, by their names."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.machine import Machine as Machine
from rlog_model.conformance.part_machines import FsmMachine as FsmMachine
from rlog_model.conformance.part_machines import SegmentMachine as SegmentMachine
from rlog_model.conformance.trial import ScenarioFailed as ScenarioFailed
from rlog_model.conformance.world_machines import MemoryMachine as MemoryMachine
from rlog_model.conformance.world_machines import ProcessMachine as ProcessMachine
from rlog_model.conformance.world_machines import WorldMachine as WorldMachine

MACHINES: Final[dict[str, type[Machine]]] = {
    machine.called: machine
    for machine in (SegmentMachine, FsmMachine, MemoryMachine, ProcessMachine)
}
"""Every machine, by its name."""
