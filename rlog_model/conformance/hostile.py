"""Hostile implementations: programs that speak the adapter's protocol, and misbehave.

    python -m rlog_model.conformance.hostile NAME

``HOSTILES`` says what each does. A harness must find every one of them to be at fault, in bounded
time and memory, whatever it does. Some are right in all they say: only their directories tell. The
protocol is that of ``adapter``.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model.conformance import serve as serve_module
from rlog_model.conformance.bundled import Bench, execute_in
from rlog_model.conformance.directory import temporary_directory
from rlog_model.conformance.suite.vector import expectation, observed
from rlog_model.journal.file import FileStore
from rlog_model.revision import CURRENT
from rlog_model.scenario import Scenario
from rlog_model.scenario_fields import Json
from rlog_model.simulation import world as model
from rlog_model.trace import DONE, IMPOSSIBLE, Trace

Observations = list[dict[str, Json]]
Cases = Iterator["Case"]


@frozen
class Case:
    """One request."""

    number: int
    """How many came before it, in this process."""

    id: int
    scenario: Scenario
    work: Path
    shows_trees: bool
    """Whether directories and queues are to be shown."""

    line: str
    """As it was read."""


@frozen
class Hostile:
    """One of them."""

    name: str
    does: str
    """What it does, in a sentence."""

    serve: Callable[[Cases], None]
    """Answers cases, until there are none or it does something else."""


# What they are made of


def read_cases(lines: Iterable[str]) -> Cases:
    """The cases that are asked for. To hello and bye all answer what they should."""
    number = 0
    for line in lines:
        asked = json.loads(line)
        if "hello" in asked:
            say(json.dumps({"id": asked["id"], "hello": serve_module.hello()}) + "\n")
            continue
        if "bye" in asked:
            say(json.dumps({"id": asked["id"], "bye": {}}) + "\n")
            return
        run = scenarios.from_json(asked["run"])
        with contextlib.ExitStack() as opened:
            given = asked.get("work")
            work = temporary_directory(opened) if given is None else Path(given)
            yield Case(number, asked["id"], run, work, given is not None, line)
        number += 1


def shown(case: Case, trace: Trace) -> Observations:
    """What is told of a trace."""
    return [observed(seen, worlds=case.shows_trees) for seen in trace.observations]


def honest(case: Case) -> Observations:
    """What the bundled implementation shows; its directories are left as they should be."""
    with tempfile.TemporaryDirectory() as root, FileStore(root) as store:
        return shown(case, execute_in(case.work, store, case.scenario))


def expected(case: Case) -> Observations:
    """What the model shows, which builds nothing."""
    return shown(case, model.run(case.scenario, lambda world, step, seen: None))


def line_of(case: Case, observations: object) -> str:
    """An answer, with the snapshot that it should have."""
    snapshot = expectation(case.scenario).snapshot
    return json.dumps({"id": case.id, "observations": observations, "snapshot": snapshot}) + "\n"


def say(text: str) -> None:
    """Write to the harness."""
    sys.stdout.write(text)
    sys.stdout.flush()


def wait(case: Case | None = None) -> None:
    """Do nothing for ever."""
    while True:
        time.sleep(3600)


def says(text: Callable[[Case], str]) -> Callable[[Cases], None]:
    """Write ``text`` for every case."""

    def serve(cases: Cases) -> None:
        for case in cases:
            say(text(case))

    return serve


def shows(observations: Callable[[Case], object]) -> Callable[[Cases], None]:
    """Answer every case with ``observations``."""
    return says(lambda case: line_of(case, observations(case)))


def honest_until(number: int, act: Callable[[Case], object]) -> Callable[[Cases], None]:
    """Answer honestly up to the case of that number, from 0, and there do something else."""

    def serve(cases: Cases) -> None:
        for case in cases:
            if case.number == number:
                act(case)
            else:
                say(line_of(case, honest(case)))

    return serve


def spoils(spoil: Callable[[Path], object]) -> Callable[[Cases], None]:
    """Answer every case honestly, and spoil each directory that is left."""

    def observations(case: Case) -> Observations:
        seen = honest(case)
        for directory in sorted(case.work.iterdir()):
            spoil(directory)
        return seen

    return shows(observations)


# Those that take more than a line


def _repeat_the_first(cases: Cases) -> None:
    first: Observations | None = None
    for case in cases:
        first = honest(case) if first is None else first
        say(line_of(case, first))


def _keep_the_logs(cases: Cases) -> None:
    with tempfile.TemporaryDirectory() as root, FileStore(root) as store:
        for case in cases:
            say(line_of(case, shown(case, execute_in(case.work, store, case.scenario))))


def _keep_the_world(cases: Cases) -> None:
    bench: Bench | None = None
    with tempfile.TemporaryDirectory() as root, FileStore(root) as store:
        for case in cases:
            bench = bench or Bench(case.work, store, CURRENT)
            seen = Trace(tuple(bench.execute(step) for step in case.scenario.steps))
            say(line_of(case, shown(case, seen)))


def _work_beside(case: Case) -> Observations:
    beside = case.work.with_name(f"{case.work.name}-beside")
    beside.mkdir()
    return honest(attrs.evolve(case, work=beside))


def _empty_directories(case: Case) -> Observations:
    for directory in {step.recorder for step in case.scenario.steps if hasattr(step, "recorder")}:
        (case.work / f"recorder-{directory}").mkdir()
    return expected(case)


def _unlink_hard_links(directory: Path) -> None:
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.stat().st_nlink > 1:
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)


def _leave_a_child(case: Case) -> None:
    # It has this process's output, and ends by itself after a minute.
    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.DEVNULL
    )
    sys.exit(1)


def _write_bytes(cases: Cases) -> None:
    for _ in cases:
        sys.stdout.buffer.write(b"\xff\xfe\n")
        sys.stdout.buffer.flush()


def _dribble(cases: Cases) -> None:
    for case in cases:
        for character in line_of(case, honest(case)):
            say(character)
            time.sleep(1)


def _flood(case: Case) -> None:
    while True:
        say("0" * (1 << 16))


def _close_the_output(case: Case) -> None:
    os.close(sys.stdout.fileno())
    wait()


_ALL: Final = (
    # They hang or die
    Hostile("hangs", "answers no case at all", honest_until(0, wait)),
    Hostile("hangs-later", "answers two cases, and then no more", honest_until(2, wait)),
    Hostile(
        "crashes", "exits with 1 at the second case", honest_until(1, lambda case: sys.exit(1))
    ),
    Hostile("leaves", "exits with 0 at the second case", honest_until(1, lambda case: sys.exit(0))),
    Hostile(
        "is-killed",
        "is killed by a signal at the second case",
        honest_until(1, lambda case: os.kill(os.getpid(), signal.SIGKILL)),
    ),
    Hostile(
        "leaves-a-child",
        "exits, and a child of it keeps its output open",
        honest_until(1, _leave_a_child),
    ),
    Hostile(
        "closes-its-output", "closes its output, and stays", honest_until(1, _close_the_output)
    ),
    Hostile("dribbles", "writes right answers, a byte a second", _dribble),
    # They say what is no answer
    Hostile("garbage", "writes a line that is no JSON", says(lambda case: "\0\x1b[2J what?\n")),
    Hostile("no-text", "writes bytes that are no text", _write_bytes),
    Hostile(
        "truncated",
        "writes the first half of each answer, as a line",
        says(lambda case: (line := line_of(case, honest(case)))[: len(line) // 2] + "\n"),
    ),
    Hostile("endless-line", "writes one line without an end", honest_until(1, _flood)),
    Hostile(
        "nested", "writes 100,000 brackets, as a line", says(lambda case: "[" * 100_000 + "\n")
    ),
    Hostile("null", "answers with null", says(lambda case: "null\n")),
    Hostile("echoes", "writes back what it was asked", says(lambda case: case.line)),
    Hostile(
        "other-id",
        "answers each case under the next one's id",
        says(lambda case: line_of(attrs.evolve(case, id=case.id + 1), honest(case))),
    ),
    Hostile(
        "answers-twice",
        "writes each answer twice",
        says(lambda case: line_of(case, honest(case)) * 2),
    ),
    # They show what can't be
    Hostile("too-few", "leaves out the last observation", shows(lambda case: honest(case)[:-1])),
    Hostile(
        "too-many",
        "shows the last observation twice",
        shows(lambda case: (seen := honest(case)) + seen[-1:]),
    ),
    Hostile(
        "unknown-member",
        "adds a member to each observation",
        shows(lambda case: [{**seen, "sequence": 1} for seen in honest(case)]),
    ),
    Hostile(
        "wrong-types",
        "writes outcomes as numbers",
        shows(lambda case: [{**seen, "outcome": 0} for seen in honest(case)]),
    ),
    Hostile(
        "skips-all",
        "says of every step that it is impossible",
        shows(lambda case: [{"outcome": IMPOSSIBLE} for _ in case.scenario.steps]),
    ),
    Hostile(
        "done-to-all",
        "says of every step that it is done, and shows nothing else",
        shows(lambda case: [{"outcome": DONE} for _ in case.scenario.steps]),
    ),
    # They mix up cases
    Hostile("first-answer", "answers every case as it did the first", _repeat_the_first),
    Hostile("keeps-logs", "plays every case on the logs of the cases before", _keep_the_logs),
    Hostile("keeps-all", "knows recorders, players and hints of the cases before", _keep_the_world),
    # They are right in what they say
    Hostile("echoes-the-expected", "answers as the model, and builds nothing", shows(expected)),
    Hostile(
        "works-beside",
        "leaves what it builds beside the directory that it was given",
        shows(_work_beside),
    ),
    Hostile(
        "empty-directories",
        "answers as the model, and makes empty directories",
        shows(_empty_directories),
    ),
    Hostile(
        "leaves-more",
        "leaves a file more in each directory",
        spoils(lambda directory: (directory / "LOCK").write_bytes(b"")),
    ),
    Hostile("copies-links", "leaves copies in the place of hard links", spoils(_unlink_hard_links)),
)
HOSTILES: Final = {hostile.name: hostile.does for hostile in _ALL}
"""All of them: what each does, by its name."""


def main(arguments: list[str]) -> int:
    """Be the one that is named."""
    serve = {hostile.name: hostile.serve for hostile in _ALL}
    if len(arguments) != 1 or arguments[0] not in serve:
        print("\n".join(f"{n:22}{does}" for n, does in HOSTILES.items()), file=sys.stderr)
        return 2
    serve[arguments[0]](read_cases(sys.stdin))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
