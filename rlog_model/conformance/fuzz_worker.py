"""A worker of ``fuzz``: batch after batch, each of one machine with a seed of its own.

Rules
-----
* It first replays the files that it was given, be the run ever so short, each as the machine does
  that found it.
* A batch first replays the failing examples of the machine from the example database, whoever found
  them. Then it draws new ones, in which a failure that is known passes: so it hides no other.
* New failures are told at once. They are shrunk by Hypothesis, and then by leaving steps out, each
  within a bound of time, and told again.
* A scenario that passes and has new features is made smaller, and told.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import tempfile
import time
import traceback
import unittest
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Final

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.database import ExampleDatabase
from hypothesis.errors import Flaky, Unsatisfiable

from rlog_model.conformance.example_database import DatabaseUnusable, open_database
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
    Report,
    Stop,
)
from rlog_model.conformance.fuzz_report import finder
from rlog_model.conformance.fuzz_run import Enough, Run
from rlog_model.conformance.fuzz_sources import Failed, NoSuchSource, Source, judged, source
from rlog_model.conformance.machines import ScenarioFailed
from rlog_model.conformance.minimise import minimise
from rlog_model.scenario import Scenario

CORPUS: Final = "corpus"
"""What finds a failure when a file is replayed."""

EXAMPLES: Final = 200
"""Examples of a batch, at most."""

BEAT_SECONDS: Final = 0.25
"""Seconds between two beats, at least."""

MINIMISE_SECONDS: Final = 10.0
"""Seconds in which steps of a failing scenario are left out."""

SMALL_SECONDS: Final = 1.0
"""Seconds in which a scenario of the corpus is made smaller."""

CORPUS_SHARE: Final = 0.3
"""Of the time of a batch, what the corpus may cost beside it."""


BROKEN_SECONDS: Final = 1.0
"""Seconds of rest after a batch that broke: the next one may break at once too."""


class Gone(BaseException):
    """The coordinator has gone."""


def work(job: Job, wire: Connection) -> None:
    """Do a job, and tell of it through ``wire``: the whole life of a process."""
    # Ctrl-C is the coordinator's to answer. What the worker starts can be ended with its group.
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What it leaves when it is killed is removed with the directory.
    tempfile.tempdir = os.environ["TMPDIR"] = job.scratch
    # The command prints one JSON object to stdout, and nothing else may.
    os.dup2(2, 1)
    with contextlib.suppress(Gone):
        Worker(job, wire).run()


class Worker:
    """What a worker knows."""

    def __init__(self, job: Job, wire: Connection) -> None:
        self.known = set[str]()
        """Signatures of failures that someone has told."""

        self.covered = set[str]()
        """Features that someone has told."""

        self.stop: Stop | None = None
        self._job = job
        self._wire = wire
        self._tally = Beat(0, 0)
        self._told_at = 0.0
        self._database: ExampleDatabase | None = None

    def run(self) -> None:
        """Work until the coordinator says stop."""
        self._replay()
        if self._job.database is not None:
            try:
                self._database = open_database(self._job.database, self._lost)
            except DatabaseUnusable as error:
                self._lost(error.reason)
        for number in itertools.count(self._job.batch):
            self.beat()
            if self.stop is not None:
                break
            self._batch(number)
        self._told_at = 0.0
        self.beat()
        self.tell(Ended())

    # Talking

    def tell(self, report: Report) -> None:
        """Tell the coordinator."""
        try:
            self._wire.send(report)
        except OSError as error:
            raise Gone from error

    def beat(self) -> None:
        """Tell that it is alive, if that is due, and hear."""
        if time.monotonic() > self._told_at + BEAT_SECONDS:
            self.tell(self._tally)
            self._tally = Beat(0, 0)
            self._told_at = time.monotonic()
        try:
            while self._wire.poll():
                match self._wire.recv():
                    case News(signatures, features):
                        self.known |= signatures
                        self.covered |= features
                    case Stop() as stop:
                        self.stop = stop
        except (EOFError, OSError) as error:
            raise Gone from error

    def count(self, scenario: Scenario) -> None:
        """One more scenario was executed."""
        self._tally = Beat(self._tally.scenarios + 1, self._tally.steps + len(scenario.steps))
        self.beat()

    def _lost(self, reason: str) -> None:
        self.tell(DatabaseLost(reason))

    # Working

    def _replay(self) -> None:
        for file, scenario in self._job.replay:
            if self.stop is not None and self.stop.at_once:
                break
            self.tell(Begins(file, None, self._job.batch))
            self.count(scenario)
            try:
                features = self._replayed(scenario)
            except Exception as error:
                self.tell(Broke(file, None, _last_lines(error)))
                features = None
            self.tell(Replayed(file, features))

    def _replayed(self, scenario: Scenario) -> Features | None:
        """Execute a scenario of a file. What it reaches; None: it failed."""
        failure = self._again(scenario)
        if failure is None:
            features = features_of(scenario)
            self.covered |= features
            return features
        self.known.add(failure.signature)
        self.tell(
            Found(failure.signature, scenario, failure.reason, CORPUS, scenario.title, times=1)
        )
        return None

    def _again(self, scenario: Scenario) -> ScenarioFailed | None:
        """Execute a scenario of a file, as the machine does that its title names."""
        try:
            return source(finder(scenario.title)).again(scenario)
        except NoSuchSource:
            return judged(scenario)

    def _batch(self, number: int) -> None:
        name, seed = self._job.machine_of(number), self._job.seed_of(number)
        seconds = self._job.batch_seconds
        self.tell(Begins(name, seed, number))
        try:
            of = source(name)
            if self._database is not None:
                how = "from the example database"
                shared = Run(self, frozenset(), frozenset(self.known), seconds, name, how)
                self._hypothesis(of, shared, seed, Phase.reuse)
                self._report(of, shared)
            known = frozenset(self.known)
            fresh = Run(self, known, known, seconds, name, f"seed {seed}")
            self._hypothesis(of, fresh, seed, Phase.generate, Phase.shrink)
            self._report(of, fresh)
            self._enrich(of, fresh)
        except Exception as error:
            self.tell(Broke(name, seed, _last_lines(error)))
            time.sleep(BROKEN_SECONDS)

    def _hypothesis(self, of: Source, run: Run, seed: int, *phases: Phase) -> None:
        how = settings(
            max_examples=EXAMPLES,
            database=self._database,
            deadline=None,
            phases=phases,
            suppress_health_check=tuple(HealthCheck),
            report_multiple_bugs=True,
            print_blob=False,
            verbosity=Verbosity.quiet,
        )
        try:
            of.run(how, seed, run)
        except (Enough, unittest.SkipTest):
            # The second one: there was no example to replay.
            pass
        except Exception as error:
            told = (Failed, Flaky, Unsatisfiable) if run.again else (Failed, Flaky)
            if not all(isinstance(leaf, told) for leaf in _leaves(error)):
                raise

    def _report(self, of: Source, run: Run) -> None:
        """Make what a run has found smaller, and tell it; and what it has met again."""
        for signature, failure in run.found.items():
            if signature not in run.told:
                self.known.add(signature)
                self.tell(run.tells(self._smaller(of, failure), 0))
        for signature, times in run.again.items():
            self.tell(Again(signature, times))

    def _smaller(self, of: Source, failure: ScenarioFailed) -> ScenarioFailed:
        smallest = failure
        until = time.monotonic() + MINIMISE_SECONDS

        def fails(scenario: Scenario) -> bool:
            nonlocal smallest
            self.count(scenario)
            again = of.again(scenario)
            alike = again is not None and again.signature == failure.signature
            if again is not None and alike:
                smallest = again
            return alike

        def more() -> bool:
            return time.monotonic() < until and not (self.stop and self.stop.at_once)

        if more() and fails(failure.scenario):
            minimise(failure.scenario, fails, more)
        return smallest

    def _enrich(self, of: Source, run: Run) -> None:
        """Tell the scenarios of a run which have new features, unless they fail as they are now."""
        until = time.monotonic() + CORPUS_SHARE * run.seconds
        for scenario, new in run.reached:
            if self.stop is not None and self.stop.at_once:
                break
            small = self._reaching(scenario, new, min(until, time.monotonic() + SMALL_SECONDS))
            failure = of.again(small)
            self.count(small)
            if failure is None:
                self.tell(Reached(small, features_of(small), run.how))
            elif failure.signature not in self.known:
                self.known.add(failure.signature)
                self.tell(run.tells(self._smaller(of, failure), 1))

    def _reaching(self, scenario: Scenario, features: Features, until: float) -> Scenario:
        """A smaller scenario which has the features."""

        def has(smaller: Scenario) -> bool:
            self.beat()
            return features <= features_of(smaller)

        return minimise(scenario, has, lambda: time.monotonic() < until and self.stop is None)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """The exceptions that a group holds, at any depth; or the one that is no group."""
    if isinstance(error, BaseExceptionGroup) and not isinstance(error, Flaky):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error


def _last_lines(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-3000:]
