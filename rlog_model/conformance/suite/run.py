"""Runs vectors through an adapter, and judges each.

Rules
-----
* A vector that needs a capability which is not claimed, or another revision, is *untested*.
* An adapter that hangs, dies or answers garbage is killed and started again for the next vector, up
  to ``Options.restarts`` times; then the run ends, and its record is incomplete.
* A vector that fails is run once more in a process of its own. Does it fail there too, it fails;
  does it not, then behind those that came before it: that tells leaked state from a flake.
* Of a vector of worlds the directories are looked at, too.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model import trace as traces
from rlog_model.conformance.adapter import CASE_SECONDS, SUITE, Adapter, AdapterFailed, Hello
from rlog_model.conformance.compare import wrong_directory
from rlog_model.conformance.suite.difference import difference
from rlog_model.conformance.suite.divergences import NONE_KNOWN, Entry, Known, step_kind
from rlog_model.conformance.suite.record import (
    FAILED,
    KNOWN,
    PASSED,
    UNTESTED,
    Failure,
    Head,
    Record,
    Result,
)
from rlog_model.conformance.suite.vector import Vector

MAX_RESTARTS: Final = 20
"""How often an adapter is started again because it hung, died or answered garbage."""

BEFORE: Final = 20
"""Vectors that came before one that fails, which are run again before it."""

LOOKED_INTO: Final = 20
"""Failures of a run that are run once more, alone."""


@frozen
class Options:
    """How vectors are run."""

    command: tuple[str, ...]
    seconds: float = CASE_SECONDS
    """In which an answer must be there."""

    jobs: int = 1
    """Adapters at a time."""

    known: Known = NONE_KNOWN
    directory: Path | None = None
    """Where the adapter runs."""

    looks_into: int = LOOKED_INTO
    """How many failures are run once more, alone."""

    restarts: int = MAX_RESTARTS
    """How often the adapter is started again, at most."""


@frozen
class Judged:
    """What came of running a vector once."""

    failure: Failure | None = None
    answered: list[Any] | None = None


class NoAdapter(Exception):
    """The adapter does not even say hello."""

    def __init__(self, failed: AdapterFailed) -> None:
        super().__init__(f"the adapter does not start: {failed}")


def run(
    vectors: Iterable[Vector],
    options: Options,
    *,
    started: Callable[[Head], None] = lambda head: None,
    result: Callable[[Result], None] = lambda result: None,
) -> Record:
    """Run vectors, and tell each result as soon as it is there.

    Raises:
        NoAdapter: it does not say hello.
    """
    chosen = list(vectors)
    began = time.monotonic()
    first = adapter_of(options)
    try:
        hello = first.hello
    except AdapterFailed as failed:
        first.close()
        raise NoAdapter(failed) from failed
    head = Head(
        options.command,
        hello.implementation,
        hello.version,
        hello.language,
        hello.revision,
        tuple(sorted(hello.capabilities)),
        len(chosen),
        SUITE,
    )
    started(head)
    known = options.known.of_version(hello.version)
    broken: list[str] = []
    if known.implementation not in ("", hello.implementation):
        broken.append(
            f"known divergences: they are of {known.implementation}, not {hello.implementation}"
        )
    broken += [
        f"known divergences: {entry.vectors} names no vector of this run"
        for entry in known.unmatched(vector.id for vector in chosen)
    ]
    work = Runner(deque(chosen), attrs.evolve(options, known=known), hello, result)
    adapters = [first, *(adapter_of(options) for _ in range(options.jobs - 1))]
    workers = [threading.Thread(target=work.go_on, args=(adapter,)) for adapter in adapters]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if work.raised is not None:
        raise work.raised
    if work.restarts > options.restarts:
        broken.append(f"the run ended: the adapter had to be started {work.restarts} times again")
    broken += [*work.broken, *work.unused()]
    complete = not work.vectors
    seconds = time.monotonic() - began if complete else None
    return Record(head, tuple(work.results), seconds, tuple(broken))


class Runner:
    """Runs vectors one by one, and says what became of each: what the threads of a run share."""

    def __init__(
        self,
        vectors: deque[Vector],
        options: Options,
        hello: Hello,
        tell: Callable[[Result], None],
    ) -> None:
        self.vectors = vectors
        self.results: list[Result] = []
        self.broken: list[str] = []
        self.restarts = 0
        self.raised: BaseException | None = None
        self._options = options
        self._hello = hello
        self._tell = tell
        self._lock = threading.Lock()
        self._looked_into = 0
        self._tested: set[str] = set()
        self._told: list[Entry] = []

    def go_on(self, adapter: Adapter) -> None:
        """Run vectors as long as there are any. Then the adapter is asked to end."""
        try:
            with adapter:
                before: deque[Vector] = deque(maxlen=BEFORE)
                while self.raised is None and self.restarts <= self._options.restarts:
                    try:
                        vector = self.vectors.popleft()
                    except IndexError:
                        self._ends(adapter)
                        return
                    result = self.result(adapter, vector, before)
                    with self._lock:
                        self.results.append(result)
                        self._tell(result)
        except BaseException as error:
            self.raised = error

    def unused(self) -> list[str]:
        """The entries of known divergences that explained nothing, though their vectors ran."""
        return [
            f"known divergences: {entry.vectors}, {entry.do}, {entry.field}: met nowhere"
            for entry in self._options.known.entries
            if entry not in self._told and any(map(entry.names, self._tested))
        ]

    def _ends(self, adapter: Adapter) -> None:
        if wrong := adapter.bye():
            with self._lock:
                self.broken.append(f"bye: {wrong}")

    def result(self, adapter: Adapter, vector: Vector, before: deque[Vector]) -> Result:
        """What became of a vector; ``before`` are those that this adapter has run."""
        blank = Result(
            vector.id,
            vector.title,
            vector.clauses,
            vector.level,
            vector.requires,
            vector.steps,
            UNTESTED,
        )
        lacking = [c for c in vector.requires if c not in self._hello.capabilities]
        if lacking:
            return attrs.evolve(blank, why=f"not claimed: {', '.join(lacking)}")
        if vector.revision != self._hello.revision:
            return attrs.evolve(blank, why=f"of revision {vector.revision}")
        began = time.perf_counter()
        self._tested.add(vector.id)
        judged = judge(adapter, vector)
        result = attrs.evolve(blank, status=PASSED, seconds=time.perf_counter() - began)
        if judged.failure is not None:
            result = self._failed(result, vector, judged, before)
            if judged.failure.kind in ("hang", "died", "garbage"):
                self.restarts += 1
                before.clear()
        elif entries := self._options.known.about(vector.id):
            detail = f"it passes, and is listed as a known divergence: {entries[0].reason}"
            result = attrs.evolve(result, status=FAILED, failure=Failure("stale", detail))
            self._told += entries
        before.append(vector)
        return result

    def _failed(
        self, result: Result, vector: Vector, judged: Judged, before: Sequence[Vector]
    ) -> Result:
        failure = judged.failure
        assert failure is not None, "it has failed"
        entries = self._options.known.about(vector.id)
        if failure.difference is not None:
            do = step_kind(failure.difference, vector.scenario["steps"])
            met = [entry for entry in entries if entry.explains(failure.difference, do)]
            if met:
                self._told += met
                return attrs.evolve(result, status=KNOWN, why=met[0].reason)
        if entries:
            detail = f"{failure.detail}\nit is listed as a known divergence, but of another kind"
            failure = attrs.evolve(failure, kind="stale", detail=detail)
            self._told += entries
        elif self._looked_into < self._options.looks_into:
            self._looked_into += 1
            failure = attrs.evolve(failure, alone=self._alone(vector, list(before)))
        return attrs.evolve(
            result,
            status=FAILED,
            failure=failure,
            scenario=vector.scenario,
            expected=vector.expect.observations,
            answered=judged.answered,
        )

    def _alone(self, vector: Vector, before: list[Vector]) -> str:
        """What a vector that fails does in a process of its own."""
        with adapter_of(self._options) as adapter:
            if judge(adapter, vector).failure is not None:
                return "fails alike"
        with adapter_of(self._options) as adapter:
            for earlier in before:
                judge(adapter, earlier)
            return "leaked state" if judge(adapter, vector).failure is not None else "flake"


def adapter_of(options: Options) -> Adapter:
    """An adapter that is run as the options say."""
    return Adapter(options.command, seconds=options.seconds, directory=options.directory)


def judge(adapter: Adapter, vector: Vector) -> Judged:
    """Run a vector once, and compare."""
    if "worlds" not in vector.requires:
        return _judge(adapter, vector, None)
    with adapter.work() as work:
        judged = _judge(adapter, vector, work)
        if judged.failure is None:
            told = wrong_directory(
                scenarios.from_json(vector.scenario),
                traces.from_json(vector.expect.observations),
                work,
            )
            judged = Judged(None if told is None else Failure("directory", told), judged.answered)
    return judged


def _judge(adapter: Adapter, vector: Vector, work: Path | None) -> Judged:
    try:
        answer = adapter.run(vector.request, work)
    except AdapterFailed as failed:
        return Judged(Failure(failed.kind, failed.detail))
    expect = vector.expect
    found = difference(expect.observations, expect.snapshot, answer.observations, answer.snapshot)
    if found is None:
        return Judged()
    where = "the snapshot" if found.step is None else f"step {found.step}"
    detail = f"{where}, {found.field}: {found.level} differs"
    return Judged(Failure("differs", detail, found), answer.observations)
