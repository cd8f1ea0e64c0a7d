"""How the benchmarks measure: the fixture ``rate``, and the table of rates at the end of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ROUNDS: Final = 3

_ratios: Final = pytest.StashKey[list[tuple[str, str]]]()
_rates: Final = pytest.StashKey[list[tuple[str, str, str, str]]]()


class Rate(Protocol):
    """Measures how often a second something is done: the best of several rounds."""

    def __call__(
        self,
        what: str,
        run: Callable[..., object],
        times: int,
        unit: str,
        *,
        size: int = 0,
        setup: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]] | None = None,
        rounds: int = ROUNDS,
    ) -> None:
        """``run`` does it ``times`` times, with ``size`` bytes each time if that is of interest.

        ``setup`` gives the arguments of each round.
        """


@pytest.fixture
def rate(benchmark: BenchmarkFixture, request: pytest.FixtureRequest) -> Rate:
    """See ``Rate``."""

    def measure(
        what: str,
        run: Callable[..., object],
        times: int,
        unit: str,
        *,
        size: int = 0,
        setup: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]] | None = None,
        rounds: int = ROUNDS,
    ) -> None:
        pedantic: Callable[..., object] = benchmark.pedantic
        pedantic(run, setup=setup, rounds=rounds)
        if benchmark.stats is None:  # run with --benchmark-disable
            return
        per_second = times / benchmark.stats.stats.min
        megabytes = f"{per_second * size / 1e6:,.1f}" if size else ""
        benchmark.extra_info |= {"unit": unit, "per_second": per_second, "bytes_each": size}
        request.config.stash.setdefault(_rates, []).append(
            (what, f"{per_second:,.0f}", unit, megabytes)
        )

    return measure


class Ratio(Protocol):
    """Reports a ratio that was measured within one run."""

    def __call__(self, what: str, ratio: float) -> None:
        """``what`` came to ``ratio``."""


@pytest.fixture
def ratio(request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> Ratio:
    """See ``Ratio``."""

    def report(what: str, ratio: float) -> None:
        # It is measured already: this makes it one of the benchmarks that are asked for.
        pedantic: Callable[..., object] = benchmark.pedantic
        pedantic(lambda: None)
        benchmark.extra_info["ratio"] = ratio
        request.config.stash.setdefault(_ratios, []).append((what, f"{ratio:.2f}"))

    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The table that README.md beside this file has."""
    if rows := config.stash.get(_rates, []):
        terminalreporter.section("rates, best round")
        terminalreporter.write_line("| | a second | of | MB/s |")
        terminalreporter.write_line("|---|---:|---|---:|")
        for row in rows:
            terminalreporter.write_line(f"| {' | '.join(row)} |")
    if ratios := config.stash.get(_ratios, []):
        terminalreporter.section("ratios")
        terminalreporter.write_line("| | ratio |")
        terminalreporter.write_line("|---|---:|")
        for what, value in ratios:
            terminalreporter.write_line(f"| {what} | {value} |")
