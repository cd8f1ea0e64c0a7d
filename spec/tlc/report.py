"""What the runs of TLC showed, told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from spec.tlc.manifest import Configuration, Violates
from spec.tlc.output import Result
from spec.tlc.states import State
from spec.tlc.values import show

_COLUMNS = ("configuration", "states", "generated", "depth", "seconds", "verdict")


@frozen
class Ran:
    """A configuration, and what its run showed."""

    configuration: Configuration
    result: Result

    @property
    def difference(self) -> str:
        """What is otherwise than the manifest says, or nothing."""
        return self.configuration.expect.difference(self.result)

    @property
    def verdict(self) -> str:
        """In a word or two."""
        if self.difference:
            return "DIFFERS"
        expect = self.configuration.expect
        if not isinstance(expect, Violates):
            return "holds"
        return f"reached: {expect.name}" if expect.witness else f"violates {expect.name}"


def table(runs: Iterable[Ran]) -> Iterator[str]:
    """The lines of a table with a row for each run."""
    rows = [_COLUMNS, *map(_row, runs)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_COLUMNS))]
    for row in rows:
        cells = [
            cell.rjust(width) if 0 < n < len(row) - 1 else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def as_json(runs: Iterable[Ran]) -> str:
    """All runs as JSON."""
    return json.dumps(
        [
            {
                "name": ran.configuration.name,
                "verdict": ran.result.verdict.value,
                "violated": ran.result.violated or None,
                "distinct": ran.result.distinct,
                "generated": ran.result.generated,
                "depth": ran.result.depth,
                "seconds": round(ran.result.seconds, 1),
                "difference": ran.difference or None,
            }
            for ran in runs
        ],
        indent=2,
    )


def trace(found: Result) -> Iterator[str]:
    """The lines of a trace: each state with what is new in it."""
    before: State = {}
    for number, step in enumerate(found.trace, 1):
        yield f"{number}. {step.action}"
        for name, value in step.state.items():
            if name not in before or before[name] != value:
                yield f"     {name} = {show(value)}"
        before = step.state
    if found.back_to is not None:
        same = "stays there" if found.back_to == len(found.trace) else "goes on from there"
        yield f"Back to state {found.back_to}: the behaviour {same} forever."


def _row(ran: Ran) -> Sequence[str]:
    result = ran.result
    return (
        ran.configuration.name,
        f"{result.distinct:,}",
        f"{result.generated:,}",
        str(result.depth or "-"),
        f"{result.seconds:.1f}",
        ran.verdict,
    )
