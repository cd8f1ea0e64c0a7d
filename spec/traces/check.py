"""Traces are given to TLC, all in one run, and its verdicts are read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model import trace as traces
from spec.tlc.output import Result, Verdict
from spec.tlc.run import Machine, Options
from spec.tlc.values import NoValue, Value, as_record, as_sequence, parse, show
from spec.traces.abstract import Unreadable, trace_value
from spec.traces.recorded import Recorded

CFG: Final = Path(__file__).parent / "TraceWorld.cfg"
MODULE: Final = "TracesGiven"
_PRINTED: Final = re.compile(r"^<<", re.MULTILINE)
_SHORT: Final = 400
_MOST_TEXT: Final = 2000


@frozen
class TlcFailed(Exception):
    """TLC did not come to its end: the specification, or this package, is wrong."""

    text: str

    def __str__(self) -> str:
        return self.text


@frozen
class Judged:
    """What TLC said of a trace."""

    name: str
    word: str
    """``accepted``; ``rejected``; ``uncovered``, where World lacks a step, accepted up to it;
    ``unreadable``, where the log holds no operations."""

    event: int = 0
    """Number of the event at which it ends, from 1."""

    events: int = 0
    """How many there are."""

    differences: tuple[str, ...] = ()
    """Of one that is rejected: what the specification has, and what was seen."""

    step: str = ""
    """The step of that event."""

    @property
    def rejected(self) -> bool:
        """Whether it is no behaviour of the specification."""
        return self.word in ("rejected", "unreadable")

    def __str__(self) -> str:
        if not self.rejected:
            return f"{self.name}: {self.word}, {self.event - 1} of {self.events} events"
        lines = [f"{self.name}: {self.word} at event {self.event} of {self.events}: {self.step}"]
        return "\n".join([*lines, *(f"  {line}" for line in self.differences)])


@frozen
class Checked:
    """All verdicts, in the order of the traces, and the run."""

    judged: tuple[Judged, ...]
    result: Result

    @property
    def rejected(self) -> tuple[Judged, ...]:
        """The traces that are no behaviours."""
        return tuple(judged for judged in self.judged if judged.rejected)


def check(
    machine: Machine, given: Sequence[Recorded], *, theorem: bool = True, workers: int = 1
) -> Checked:
    """Give traces to TLC; with ``theorem`` it also checks what holds in every state of World.

    Raises:
        TlcFailed: TLC fails, or an invariant is violated.
    """
    values: list[Value] = []
    readable: list[Recorded] = []
    judged: dict[int, Judged] = {}
    for place, recorded in enumerate(given):
        try:
            values.append(trace_value(recorded))
        except Unreadable as unreadable:
            judged[place] = Judged(
                recorded.name,
                "unreadable",
                len(recorded.trace.observations),
                len(recorded.trace.observations),
                (str(unreadable),),
                "the log is read",
            )
        else:
            readable.append(recorded)
    result = run(machine, values, theorem=theorem, workers=workers)
    told = dict(_verdicts(result))
    of_tlc = iter(range(1, len(readable) + 1))
    for place, recorded in enumerate(given):
        if place not in judged:
            number = next(of_tlc)
            if number not in told:
                raise TlcFailed(f"World forbids an action of trace {recorded.name}")
            judged[place] = _judged(recorded, told[number])
    return Checked(tuple(judged[place] for place in range(len(given))), result)


def run(
    machine: Machine, values: Sequence[Value], *, theorem: bool = True, workers: int = 1
) -> Result:
    """Run TLC on traces that are values.

    Raises:
        TlcFailed: TLC fails, or an invariant is violated.
    """
    with tempfile.TemporaryDirectory(prefix="rlog-traces-") as folder:
        module, cfg = Path(folder) / f"{MODULE}.tla", Path(folder) / f"{MODULE}.cfg"
        module.write_text(_module(values), "utf-8")
        text = CFG.read_text("utf-8")
        cfg.write_text(text if theorem else text.partition("INVARIANTS")[0], "utf-8")
        result = machine.check(module, cfg, Options(workers=workers))
    if result.verdict is not Verdict.HOLDS:
        state = result.trace[-1].state if result.trace else {}
        at = f" in {show(state['at'])[:_SHORT]}" if "at" in state else ""
        raise TlcFailed(f"{result.verdict.value} {result.violated}{at}: {result.text[:_MOST_TEXT]}")
    return result


def printed(result: Result) -> Iterator[tuple[Value, ...]]:
    """The tuples that the specification printed."""
    starts = [found.start() for found in _PRINTED.finditer(result.printed)]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        try:
            value = parse(result.printed[start:end])
        except NoValue as error:
            raise TlcFailed(f"what TLC printed can't be read: {error}") from None
        assert isinstance(value, tuple)
        yield value


def _module(values: Sequence[Value]) -> str:
    given = ",\n".join(show(value) for value in values)
    paths: frozenset[Value] = frozenset(
        path for value in values for path in as_sequence(as_record(value)["paths"])
    )
    return (
        f"---- MODULE {MODULE} ----\nEXTENDS TraceWorld\n"
        f"GivenPaths == {show(paths)}\nGiven == <<\n{given}\n>>\n====\n"
    )


def _verdicts(result: Result) -> Iterator[tuple[int, tuple[Value, ...]]]:
    for value in printed(result):
        if value[0] == "verdict" and isinstance(value[1], int):
            yield value[1], value[2:]


def _judged(recorded: Recorded, told: tuple[Value, ...]) -> Judged:
    event, word, differences = told
    assert isinstance(event, int)
    assert isinstance(word, str)
    assert isinstance(differences, frozenset)
    steps = recorded.scenario.steps
    step = str(scenarios.step_to_json(steps[event - 1])) if event <= len(steps) else ""
    lines: list[str] = []
    if word == "rejected":
        seen = traces.observation_to_json(recorded.trace.observations[event - 1])
        lines = sorted(_difference(difference, seen) for difference in differences)
    return Judged(recorded.name, word, event, len(steps), tuple(lines), step)


_SEEN_AS: Final = {"seq_no": "next_seq_no", "same": "tree", "log": "encoded"}


def _difference(difference: Value, seen: Mapping[str, object]) -> str:
    """What differs, in words."""
    assert isinstance(difference, tuple)
    member, value = difference
    shown = _cut(show(value))
    if member == "checksum" and isinstance(value, tuple):
        number, wanted, *other = value
        if other:
            return (
                f"checksum {number}: the specification has the history {_cut(show(wanted))},"
                f" and the number stood for {_cut(show(other[0]))} before"
            )
        return (
            f"checksum {number}: the specification has the history {_cut(show(wanted))},"
            " for which another number stood before"
        )
    actual = seen.get(_SEEN_AS.get(str(member), str(member)))
    return f"{member}: the specification has {shown}, and seen was {_cut(str(actual))}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."
