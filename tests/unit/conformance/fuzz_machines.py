"""Machines of which each has something wrong with it, for the tests of fuzzing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest.mock
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from rlog_model import scenario as s
from rlog_model.conformance import fuzz_worker
from rlog_model.conformance.fuzz_messages import Job
from rlog_model.conformance.fuzz_report import Report
from rlog_model.conformance.fuzz_sources import judged
from rlog_model.conformance.machines import Machine, ScenarioFailed
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.state import World
from rlog_model.trace import Observation

LOG = "logs/one"
PATHS = ["/a", "/b", "/c", "/d", "/e", "/f"]


class Paths(Machine):
    """Creates files. Each subclass fails in its own way."""

    called: ClassVar = "paths"
    bugs: ClassVar[Mapping[str, str]] = {}
    """Why the creation of a path fails."""

    @initialize()
    def begin(self) -> None:
        self.do(s.StartRecorder("r", LOG, 1))

    @rule(path=st.sampled_from(PATHS))
    def create(self, path: str) -> None:
        self.do(s.Create("r", path))

    def look(self, before: World, step: Step, seen: Observation) -> Iterator[str]:
        if isinstance(step, s.Create) and step.path in self.bugs:
            yield self.bugs[step.path]


class Clean(Paths):
    """Never fails."""


class Idle(Machine):
    """Does next to nothing: its batches are short."""

    called: ClassVar = "idle"

    @initialize()
    def begin(self) -> None:
        self.do(s.StartRecorder("r", LOG, 1))

    @rule()
    def idle(self) -> None:
        pass


class OneBug(Paths):
    """Fails at one path."""

    bugs: ClassVar = {"/c": "c is wrong"}


class TwoBugs(Paths):
    """Fails at one path, and at another only as the very first."""

    bugs: ClassVar = {"/c": "c is wrong"}

    @rule()
    def rare(self) -> None:
        if len(self.scenario.steps) == 1:
            raise self.trial.failed("the first is wrong")


class Fixed(Paths):
    """``OneBug``, if the environment says that it isn't fixed."""

    def look(self, before: World, step: Step, seen: Observation) -> Iterator[str]:
        if isinstance(step, s.Create) and step.path == "/c" and "UNFIXED" in os.environ:
            yield "c is wrong"


class Dies(Paths):
    """Its process dies."""

    @rule()
    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Hangs(Paths):
    """Never ends, and has started a process which doesn't end either."""

    @rule()
    def hang(self) -> None:
        here = os.environ["TMPDIR"]
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", here]).wait()


class Breaks(Paths):
    """Raises what is no failure of a scenario."""

    @rule()
    def break_(self) -> None:
        raise KeyError("a bug of the machine")


def stop_when(holds: Callable[[Report], bool]) -> Callable[[Report], None]:
    """A progress of a run, which interrupts it when that holds: however loaded the machine is, the
    run is as long as it must be."""

    def progress(report: Report) -> None:
        if not report.interrupted and holds(report):
            raise KeyboardInterrupt

    return progress


def work_where_a_title_is_deadly(job: Job, wire: Connection) -> None:
    """A worker whose process ends where it is to judge a scenario of the title ``deadly``."""

    def deadly(scenario: Scenario) -> ScenarioFailed | None:
        if scenario.title == "deadly":
            os._exit(9)
        return judged(scenario)

    with unittest.mock.patch.object(fuzz_worker, "judged", deadly):
        fuzz_worker.work(job, wire)
