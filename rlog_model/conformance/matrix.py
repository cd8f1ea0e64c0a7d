"""The matrix: every subject of ``assay`` beside every check, made in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from statistics import median

from rlog_model.conformance.assay import CHECKS, Assayer, Row, Subject
from rlog_model.conformance.workers import pool
from rlog_model.scenario_fields import Json

_assayer: Assayer | None = None
"""That of this process, which keeps its scenarios for the next subject."""


def matrix(
    subjects: Sequence[Subject],
    seconds: float,
    *,
    jobs: int,
    first_seed: int,
    full: bool = False,
    progress: Callable[[Row], None] = lambda row: None,
) -> tuple[Row, ...]:
    """The rows of ``subjects``, in their order, each for ``seconds`` at most; ``jobs`` at a time.

    Raises:
        BrokenProcessPool: a process of this run died.
    """
    with pool(jobs, _begin, first_seed) as processes:
        futures = {processes.submit(_assay, s, seconds, full): i for i, s in enumerate(subjects)}
        rows: dict[int, Row] = {}
        for done in as_completed(futures):
            rows[futures[done]] = done.result()
            progress(done.result())
    return tuple(rows[i] for i in sorted(rows))


def _begin(first_seed: int) -> None:
    global _assayer
    _assayer = Assayer(first_seed)


def _assay(subject: Subject, seconds: float, full: bool) -> Row:
    assert _assayer is not None, "each process begins with one"
    return _assayer.assay(subject, seconds, full=full)


def row_to_json(row: Row) -> dict[str, Json]:
    """A row as JSON values."""
    cells: dict[str, Json] = {}
    for name, cell in row.cells.items():
        cells[name] = {
            "killed": cell.kill is not None,
            "seconds": round(cell.seconds, 3),
            "scenarios": cell.scenarios,
        }
    return {
        "name": row.subject.name,
        "layer": row.subject.layer,
        "rules": list(row.subject.rules),
        "defect": row.subject.defect,
        "killed": row.killed_by is not None,
        "killed_by": row.killed_by,
        "seconds": round(row.seconds, 3),
        "steps": None if row.smallest is None else len(row.smallest.scenario.steps),
        "checks": cells,
    }


def summary(rows: Sequence[Row]) -> str:
    """What the rows come to, in a sentence."""
    killed = [row for row in rows if row.smallest is not None]
    if not killed:
        return f"0 of {len(rows)} killed"
    steps = median(len(row.smallest.scenario.steps) for row in killed if row.smallest)
    return (
        f"{len(killed)} of {len(rows)} killed; median {median(r.seconds for r in killed):.2f} s to"
        f" the kill, at most {max(r.seconds for r in killed):.1f} s; median {steps:g} steps"
    )


def cell_text(row: Row, check: str) -> str:
    """A cell as text: seconds to the kill, or for how long there was none; empty where the check
    is not one of the subject's layer."""
    cell = row.cells.get(check)
    if cell is None or cell.scenarios == 0:
        return ""
    return f"{cell.seconds:.2f}" if cell.kill is not None else f"> {cell.seconds:.1f}"


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of a table for a page."""
    yield f"| subject | rules | {' | '.join(CHECKS)} | steps | defect |"
    yield f"|---|---|{'--:|' * len(CHECKS)}--:|---|"
    layer = ""
    for row in rows:
        if row.subject.layer != layer:
            layer = row.subject.layer
            yield f"| **{layer}** | | {'| ' * len(CHECKS)}| |"
        cells = " | ".join(cell_text(row, check) for check in CHECKS)
        steps = "**survived**" if row.smallest is None else str(len(row.smallest.scenario.steps))
        rules = ", ".join(row.subject.rules)
        yield f"| {row.subject.name} | {rules} | {cells} | {steps} | {row.subject.defect} |"
