"""Fuzzing: workers run machine after machine, and share what they find.

Rules
-----
* A directory holds ``corpus/``, scenarios that pass and together reach what was reached; and
  ``failures/``, one scenario of each failure, the smallest that was found. Both are replayed first.
* Failures are told apart by their signature, which names the first divergence. One that is known is
  counted, and not told again; it hides no other.
* A worker that dies, or is silent for too long, is told with what it was doing, and another takes
  its place; so is a batch that broke. The example database may go away. None of it ends the run.
* The coordinator executes no scenario: so none can end it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Final

import attrs
from attrs import frozen

from rlog_model.conformance import corpus as corpora
from rlog_model.conformance.corpus import Corpus
from rlog_model.conformance.features import Features, features_of
from rlog_model.conformance.fuzz_messages import (
    Again,
    Beat,
    Begins,
    Broke,
    DatabaseLost,
    Ended,
    Found,
    Job,
    News,
    Reached,
    Replayed,
    Stop,
)
from rlog_model.conformance.fuzz_messages import Report as Message
from rlog_model.conformance.fuzz_report import Report
from rlog_model.conformance.fuzz_worker import work
from rlog_model.conformance.minimise import minimise
from rlog_model.scenario import Scenario

SILENT_SECONDS: Final = 120.0
"""Seconds after which a worker that tells nothing is taken to hang."""

BATCH_SECONDS: Final = 20.0
"""Seconds of a batch, at most."""

GRACE_SECONDS: Final = 60.0
"""Seconds beyond the time of the run in which workers may make small what they have found."""

START: Final = "its start"
"""What a worker does before it has told anything. One that is lost at that isn't replaced."""

INTERRUPT_SECONDS: Final = 3.0
"""Seconds in which workers may end when the run is interrupted."""


@frozen
class Plan:
    """What is to be done."""

    seconds: float
    jobs: int
    machines: tuple[str, ...]
    """See ``fuzz_sources``."""

    first_seed: int
    directory: Path
    """Where the corpus and the failures are."""

    database: str | None = None
    """See ``example_database``."""

    silent_seconds: float = SILENT_SECONDS

    @property
    def batch_seconds(self) -> float:
        """Seconds of a batch: each machine has its turn, be the run ever so short."""
        return min(BATCH_SECONDS, self.seconds * self.jobs / (2 * len(self.machines)))


Progress = Callable[[Report], None]


def fuzz(plan: Plan, progress: Progress = lambda report: None) -> Report:
    """Fuzz as planned. Ctrl-C, or SIGTERM, ends it soon, with the report so far."""
    scratch = tempfile.mkdtemp(prefix="rlog-fuzz-")
    coordinator = Coordinator(plan, progress, scratch)
    try:
        with _terminated_as_interrupted():
            coordinator.run()
    finally:
        coordinator.end()
        shutil.rmtree(scratch, ignore_errors=True)
    return coordinator.report


@attrs.define(eq=False)
class _Worker:
    """A worker, as the coordinator knows it."""

    process: SpawnProcess
    wire: Connection
    job: Job
    doing: Begins
    heard: float
    """When it told something, by the monotonic clock."""

    unplayed: list[tuple[str, Scenario]]
    """Files that it has still to replay, the one at hand first."""

    signatures: frozenset[str] = frozenset()
    features: Features = frozenset()
    """What it knows of."""

    ended: bool = False

    def kill(self) -> None:
        """End it and what it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # Its group, once it has one.
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.wire.close()


class Coordinator:
    """Starts workers, hears them, and keeps what they find."""

    def __init__(self, plan: Plan, progress: Progress, scratch: str) -> None:
        self.report = Report(Corpus(plan.directory / "corpus"), plan.directory / "failures")
        self._plan = plan
        self._progress = progress
        self._scratch = scratch
        self._workers: list[_Worker] = []
        self._stopping = False
        self._began = time.monotonic()

    def run(self) -> None:
        """Run as long as planned."""
        try:
            self._start_all()
            self._supervise(self._began + self._plan.seconds)
            self._stop(at_once=False)
            self._supervise(time.monotonic() + GRACE_SECONDS)
        except KeyboardInterrupt:
            self.report.interrupted = True
        if self._workers:
            self._stop(at_once=True)
            # Who interrupts it again doesn't wait for them.
            with contextlib.suppress(KeyboardInterrupt):
                self._supervise(time.monotonic() + INTERRUPT_SECONDS)

    def end(self) -> None:
        """Leave no process behind."""
        for worker in self._workers:
            if not self.report.interrupted:
                self._lost(worker, "did not end when it was told to")
            worker.kill()
        self._workers.clear()
        self.report.seconds = time.monotonic() - self._began

    # Workers

    def _start_all(self) -> None:
        replay: list[tuple[str, Scenario]] = []
        for directory in (self.report.directory, self.report.corpus.directory):
            scenarios, ignored = corpora.read(directory)
            replay += [(str(file), scenario) for file, scenario in scenarios.items()]
            self.report.ignored.update(ignored)
        jobs = self._plan.jobs
        for number in range(jobs):
            self._start(number, 0, tuple(replay[number::jobs]))

    def _start(self, number: int, batch: int, replay: tuple[tuple[str, Scenario], ...]) -> None:
        plan = self._plan
        job = Job(
            plan.machines,
            plan.first_seed,
            number,
            plan.jobs,
            batch,
            plan.batch_seconds,
            plan.database,
            self._scratch,
            replay,
        )
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(job, theirs))
        process.start()
        theirs.close()
        doing = Begins(START, None, batch)
        now = time.monotonic()
        self._workers.append(_Worker(process, ours, job, doing, now, list(replay)))

    def _supervise(self, until: float) -> None:
        """Hear the workers until then, or until all have ended."""
        while self._workers and (left := until - time.monotonic()) > 0:
            ready = wait([worker.wire for worker in self._workers], timeout=min(left, 0.5))
            for worker in list(self._workers):
                if worker.wire in ready:
                    self._hear(worker)
                elif time.monotonic() > worker.heard + self._plan.silent_seconds:
                    worker.kill()
                    silent = f"hangs: it was silent for {self._plan.silent_seconds:.0f} seconds"
                    self._replace(worker, silent)
            self.report.seconds = time.monotonic() - self._began
            self._progress(self.report)

    def _hear(self, worker: _Worker) -> None:
        """All that a worker has told."""
        try:
            while worker.wire.poll():
                self._told(worker, worker.wire.recv())
        except (EOFError, OSError):
            worker.process.join(INTERRUPT_SECONDS)
            code = worker.process.exitcode
            worker.kill()
            if worker.ended:
                self._workers.remove(worker)
            else:
                self._replace(worker, f"died: {_how_ended(code)}")
            return
        worker.heard = time.monotonic()
        news = News(
            frozenset(self.report.failures) - worker.signatures,
            frozenset(self.report.corpus.covered - worker.features),
        )
        if (news.signatures or news.features) and not worker.ended:
            worker.signatures |= news.signatures
            worker.features |= news.features
            self._say(worker, news)

    def _told(self, worker: _Worker, message: Message) -> None:
        report = self.report
        match message:
            case Begins():
                worker.doing = message
            case Beat(scenarios, steps):
                report.scenarios += scenarios
                report.steps += steps
            case Reached(scenario, features, how):
                report.corpus.keep(scenario, features, how)
            case Replayed(file, features):
                worker.unplayed.pop(0)
                report.replayed(Path(file), worker.job.replay, features)
            case Found():
                report.found(message)
            case Again(signature, times):
                report.failures[signature].times_seen += times
            case Broke(machine, seed, what):
                report.lost_at(machine, seed, what)
            case DatabaseLost(reason):
                report.database_lost = reason
            case Ended():
                worker.ended = True

    def _replace(self, worker: _Worker, how: str) -> None:
        """A worker is gone: another one goes on behind what it was doing."""
        self._workers.remove(worker)
        self._lost(worker, how)
        if self.report.interrupted or worker.doing.machine == START:
            return
        replaying = worker.doing.seed is None
        left = worker.unplayed[1:] if replaying else worker.unplayed
        if self._stopping and not left:
            return
        following = worker.doing.batch + (not replaying)
        self._start(worker.job.worker, following, tuple(left))
        if self._stopping:
            self._say(self._workers[-1], Stop(at_once=False))

    def _lost(self, worker: _Worker, how: str) -> None:
        self.report.lost_at(worker.doing.machine, worker.doing.seed, f"the worker {how}")

    def _stop(self, *, at_once: bool) -> None:
        self._stopping = True
        for worker in self._workers:
            self._say(worker, Stop(at_once))

    def _say(self, worker: _Worker, what: News | Stop) -> None:
        # One that has just died is heard of by the end of its pipe.
        with contextlib.suppress(OSError):
            worker.wire.send(what)


def minimise_corpus(directory: Path, seconds: float) -> tuple[Corpus, int, dict[Path, str]]:
    """Make the corpus of ``directory`` as small as can be: see ``corpus``.

    ``seconds``: in which its scenarios may be made smaller. Returns the corpus, how many scenarios
    were removed, and the files that can't be read, each with why.
    """
    until = time.monotonic() + seconds
    corpus = Corpus(directory / "corpus")
    scenarios, ignored = corpora.read(corpus.directory)
    for file, scenario in scenarios.items():
        corpus.replayed(file, scenario, features_of(scenario))

    def smaller(scenario: Scenario, wanted: Features) -> Scenario:
        def has(candidate: Scenario) -> bool:
            return wanted <= features_of(candidate)

        return minimise(scenario, has, lambda: time.monotonic() < until)

    removed = corpus.minimise(smaller)
    return corpus, removed, ignored


@contextlib.contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM is an interruption: it is how CI ends what has taken too long."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _how_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it exited with code {code}; its message is above"
