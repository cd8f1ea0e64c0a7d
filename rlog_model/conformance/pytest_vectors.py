"""Vectors of the conformance suite as tests, run through an adapter.

Rules
-----
* One adapter serves the session. It is started when the first of these tests is run.
* What an implementation does not claim is skipped, with what it lacks; so is a known divergence
  that fails as it is listed. A *may* that fails is skipped, too.
* A list of known divergences that does not hold fails the vector that it is about.
"""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from rlog_model.conformance.adapter import Adapter, AdapterFailed
from rlog_model.conformance.suite import divergences, vector
from rlog_model.conformance.suite.record import FAILED, PASSED, Head, Record, Result
from rlog_model.conformance.suite.reports import terminal
from rlog_model.conformance.suite.run import BEFORE, Options, Runner, adapter_of
from rlog_model.conformance.suite.vector import Vector


class VectorFailed(Exception):
    """A vector that an implementation fails."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class Vectors(pytest.Collector):
    """All vectors that were asked for, and the adapter that they are run through."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each vector."""
        smoke = vector.smoke() if self.config.getoption("--rlog-smoke") else None
        for one in vector.load():
            if smoke is None or one.id in smoke:
                yield VectorItem.from_parent(self, name=one.id, vector=one)

    def setup(self) -> None:
        """Start the adapter."""
        command = tuple(shlex.split(self.config.getoption("--rlog-adapter")))
        file: Path | None = self.config.getoption("--rlog-known")
        known = divergences.NONE_KNOWN
        if file is not None:
            known = divergences.load(self.config.invocation_params.dir / file)
        self._adapter: Adapter = adapter_of(Options(command, known=known))
        try:
            hello = self._adapter.hello
        except AdapterFailed as failed:
            pytest.exit(f"the adapter does not start: {failed}", returncode=3)
        of_version = known.of_version(hello.version)
        self._runner = Runner(deque(), Options(command, known=of_version), hello, lambda one: None)
        self._before: deque[Vector] = deque(maxlen=BEFORE)
        self.head = Head(command, hello.implementation, hello.version, "", "", (), 1, "")

    def teardown(self) -> None:
        """End the adapter."""
        if hasattr(self, "_adapter"):
            self._adapter.bye()
            self._adapter.close()

    def result(self, one: Vector) -> Result:
        """What became of a vector."""
        return self._runner.result(self._adapter, one, self._before)


class VectorItem(pytest.Item):
    """The test of a vector."""

    def __init__(self, *, vector: Vector, **given: Any) -> None:
        super().__init__(**given)
        self._vector = vector

    def runtest(self) -> None:
        """Run it through the adapter, and judge."""
        assert isinstance(self.parent, Vectors)
        result = self.parent.result(self._vector)
        if result.failed:
            raise VectorFailed(result)
        if result.status != PASSED:
            why = result.why if result.status != FAILED else "it may be otherwise"
            pytest.skip(f"{result.status}: {why}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: object) -> Any:
        """What went wrong, as `rlog check` tells it."""
        if not isinstance(excinfo.value, VectorFailed):
            return super().repr_failure(excinfo)
        assert isinstance(self.parent, Vectors)
        record = Record(self.parent.head, (excinfo.value.result,), 0.0)
        console = Console(width=120, no_color=True)
        with console.capture() as told:
            terminal.failure(console, record, excinfo.value.result)
        return told.get()

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is."""
        return Path("spec/vectors"), None, self._vector.id
