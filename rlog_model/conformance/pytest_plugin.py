"""The pytest plugin: scenario files as tests, and a fixture that judges scenarios.

Rules
-----
* pytest loads it in every run where this package is installed. So it imports nothing of the package
  until a scenario is to be judged.
* ``--rlog-scenarios DIR`` makes a test of each scenario file in a directory, and of those that come
  with this package. Each is executed by the model and by the bundled implementation, and judged.
* ``--rlog-adapter COMMAND`` makes a test of each vector of the conformance suite, run through an
  adapter: see ``pytest_vectors``.
* The fixture ``rlog_judge`` does so with any scenario, and with any executor. The scenario of a
  failure is written to the directory that ``--rlog-output`` names: one file for each signature, so
  that failures of one cause are one file, with the fewest steps found so far.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from rlog_model.conformance.executor import Maker
    from rlog_model.conformance.trial import ScenarioFailed
    from rlog_model.scenario import Scenario

MINIMISE_SECONDS: Final = 10.0
"""Seconds in which the scenario of a failure is made smaller."""

OUTPUT: Final = "rlog-failures"
"""The directory for scenarios that fail, below the root of the tests, unless told otherwise."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("rlog", "rlog-model: scenarios of recovery logs")
    group.addoption(
        "--rlog-scenarios",
        metavar="DIR",
        action="append",
        type=Path,
        default=[],
        help="Test each scenario (*.json) of a directory, and those that come with rlog-model. "
        "Can be given several times.",
    )
    group.addoption(
        "--rlog-adapter",
        metavar="COMMAND",
        help="Test each vector of the conformance suite through an adapter: its command, as a"
        " shell would read it.",
    )
    group.addoption(
        "--rlog-known",
        metavar="FILE",
        type=Path,
        help="Known divergences of the adapter's implementation: they must fail as listed.",
    )
    group.addoption(
        "--rlog-smoke",
        action="store_true",
        help="Test only the few vectors which together catch every known kind of defect.",
    )
    group.addoption(
        "--rlog-output",
        metavar="DIR",
        type=Path,
        help=f"Where scenarios that fail before rlog_judge are written ({OUTPUT}).",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what is no directory."""
    for directory in config.getoption("--rlog-scenarios"):
        if not _given(config, directory).is_dir():
            raise pytest.UsageError(f"--rlog-scenarios: {directory} is no directory")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Scenario files stand behind all other tests."""
    report = yield
    directories = collector.config.getoption("--rlog-scenarios")
    if isinstance(collector, pytest.Session) and directories and report.result is not None:
        places = [_given(collector.config, directory) for directory in directories]
        files = dict.fromkeys(file for place in places for file in _files(place))
        report.result = [
            *report.result,
            *(ScenarioFile.from_parent(collector, path=file) for file in files),
            *(
                ScenarioFile.from_parent(collector, path=file, name=f"rlog-model/{file.name}")
                for file in _files(Path(__file__).parent / "scenarios")
            ),
        ]
    command = collector.config.getoption("--rlog-adapter")
    if isinstance(collector, pytest.Session) and command and report.result is not None:
        from rlog_model.conformance.pytest_vectors import Vectors

        report.result = [*report.result, Vectors.from_parent(collector, name="rlog-vectors")]
    return report


class ScenarioFile(pytest.File):
    """A file that holds a scenario."""

    def collect(self) -> Iterator[pytest.Item]:
        """The one test that it is."""
        yield ScenarioItem.from_parent(self, name="scenario")


class ScenarioItem(pytest.Item):
    """The test of a scenario."""

    def runtest(self) -> None:
        """Judge it."""
        from rlog_model import scenario as scenarios

        failed = _failure(scenarios.loads(self.path.read_bytes()), None)
        if failed is not None:
            raise failed

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: object) -> Any:
        """What went wrong with the scenario, without lines of this package's code."""
        from rlog_model.conformance.trial import ScenarioFailed
        from rlog_model.scenario_fields import MalformedScenario

        if isinstance(excinfo.value, ScenarioFailed):
            return f"{self.path}: {excinfo.value.reason}"
        if isinstance(excinfo.value, MalformedScenario):
            return f"{self.path}: {excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is."""
        return self.path, None, f"scenario {self.path.stem}"


class RlogJudge:
    """What the fixture ``rlog_judge`` is: a judge of scenarios."""

    def __init__(self, output: Path) -> None:
        """``output``: where scenarios that fail are written."""
        self._output = output

    def __call__(self, scenario: Scenario, make: Maker | None = None) -> None:
        """Execute a scenario by the model and by another executor, and judge.

        ``make`` makes the executor: the bundled implementation over files, if none is given.

        Raises:
            ScenarioFailed: the scenario fails. It is written to a file, and has the fewest steps
                that were found to fail like it; not so within Hypothesis, which finds them itself.
        """
        __tracebackhide__ = True
        failed = _failure(scenario, make)
        if failed is None:
            return
        from hypothesis import currently_in_test_context

        if not currently_in_test_context():
            failed = _minimised(failed, make)
        failed.add_note(f"The scenario is in {self._write(failed)}")
        raise failed

    def _write(self, failed: ScenarioFailed) -> Path:
        from rlog_model import scenario as scenarios

        name = re.sub(r"[^a-z0-9]+", "-", failed.signature.lower()).strip("-")
        file = self._output / f"{name[:80]}.json"
        if not file.exists() or len(failed.scenario.steps) <= _steps_of(file):
            self._output.mkdir(parents=True, exist_ok=True)
            file.write_text(scenarios.dumps(failed.scenario), "utf-8")
        return file


@pytest.fixture(scope="session")
def rlog_judge(pytestconfig: pytest.Config) -> RlogJudge:
    """Judges scenarios: ``rlog_judge(scenario)``, or ``rlog_judge(scenario, make_executor)``."""
    output = pytestconfig.getoption("--rlog-output") or Path(OUTPUT)
    return RlogJudge(pytestconfig.rootpath / output)


def _failure(scenario: Scenario, make: Maker | None) -> ScenarioFailed | None:
    from rlog_model.conformance.executor import over_files
    from rlog_model.conformance.trial import replay

    return replay(scenario, {"the implementation": make or over_files}, "scenario")


def _minimised(failed: ScenarioFailed, make: Maker | None) -> ScenarioFailed:
    from rlog_model.conformance.minimise import minimise

    end = time.monotonic() + MINIMISE_SECONDS
    smallest = failed

    def fails(scenario: Scenario) -> bool:
        nonlocal smallest
        again = _failure(scenario, make)
        if again is None or again.signature != failed.signature:
            return False
        smallest = again
        return True

    minimise(failed.scenario, fails, lambda: time.monotonic() < end)
    return smallest


def _steps_of(file: Path) -> int:
    from rlog_model import scenario as scenarios

    return len(scenarios.loads(file.read_bytes()).steps)


def _given(config: pytest.Config, directory: Path) -> Path:
    return config.invocation_params.dir / directory


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.json"))
