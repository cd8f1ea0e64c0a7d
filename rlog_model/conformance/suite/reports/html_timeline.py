"""A scenario drawn as a timeline: its steps in a row, in lanes of what they are about.

Rules
-----
* It is a list, drawn as a grid: who hears it instead of seeing it hears the steps in their order.
* The step at which the failure shows is marked by a sign and by words, not only by its colour.
* Of a long scenario the first steps are shown, and those around the one that fails. What is left
  out is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from rlog_model.conformance.suite.record import Result
from rlog_model.conformance.suite.reports import failures, steps, text
from rlog_model.conformance.suite.reports.html_parts import esc, scrolled

FIRST: Final = 1
"""Steps that are shown from the beginning."""

BEFORE: Final = 5
"""Steps that are shown before the one that fails."""

BEHIND: Final = 1
"""Steps that are shown behind it."""

LANES: Final = 6
"""Lanes that there are, at most; the last one is for all others."""

_OTHERS: Final = "others"


@frozen
class _Box:
    """What is drawn in a column."""

    lane: str | None
    """None in all lanes."""

    inner: str
    kind: str = ""


def timeline(result: Result) -> str:
    """The timeline of a failure's scenario; nothing, if the record has no scenario."""
    listed = failures.steps_of(result)
    if not listed:
        return ""
    boxes = _boxes(result, listed)
    lanes = _lanes(box.lane for box in boxes if box.lane)
    rows = {lane: row for row, lane in enumerate(lanes, start=1)}
    labels = "".join(
        f'<span class="lane" style="grid-row:{row}">{esc(lane)}</span>'
        f'<span class="rail" style="grid-row:{row};grid-column:2/{len(boxes) + 2}"></span>'
        for lane, row in rows.items()
    )
    items = []
    for column, box in enumerate(boxes, start=2):
        row = f"1/{len(lanes) + 1}" if box.lane is None else rows.get(box.lane, len(lanes))
        place = f"grid-column:{column};grid-row:{row}"
        items.append(f'<li class="{box.kind}" style="{place}">{box.inner}</li>\n')
    drawn = f'<div class="line">{labels}<ol>{"".join(items)}</ol></div>'
    return scrolled(drawn, f"timeline: {text.counted(len(listed), 'step')}", "timeline")


def shown(count: int, failing: int | None) -> list[int]:
    """Which of ``count`` steps are shown, where ``failing`` is the index of the one that fails;
    none, if it is behind all of them or not known."""
    middle = count if failing is None else failing
    near = range(max(0, middle - BEFORE), min(count, middle + BEHIND + 1))
    return sorted({*range(min(FIRST, count)), *near})


def _boxes(result: Result, listed: Sequence[Any]) -> list[_Box]:
    failing = failures.failing_step(result)
    boxes, last = list[_Box](), -1
    for index in shown(len(listed), failing):
        boxes += _gap(index - last - 1)
        boxes.append(_step(result, listed[index], index, fails=index == failing))
        last = index
    boxes += _gap(len(listed) - last - 1)
    if failures.in_snapshot(result):
        boxes.append(_Box(None, "<b>snapshot</b><em>✗ differs here</em>", "fails whole"))
    return boxes


def _gap(count: int) -> list[_Box]:
    return [_Box(None, f"… {text.counted(count, 'step')} …", "gap whole")] if count > 0 else []


def _step(result: Result, step: Any, index: int, *, fails: bool) -> _Box:
    seen = (result.expected or [])[index : index + 1]
    outcome = seen[0].get("outcome") if seen and isinstance(seen[0], Mapping) else None
    # A word of the language may break behind each of its parts.
    said = esc(steps.words(step)).replace("_", "_<wbr>")
    told = f"<small>{index}</small> <b>{said}</b>"
    if fails:
        return _Box(steps.subject(step), f"{told}<em>✗ differs here</em>", "fails")
    under = f"<i>{esc(text.value(outcome, 48))}</i>" if outcome is not None else ""
    return _Box(steps.subject(step), told + under)


def _lanes(subjects: Iterable[str]) -> list[str]:
    """The lanes, in the order in which they are first needed."""
    found = list(dict.fromkeys(subjects))
    return found if len(found) <= LANES else [*found[: LANES - 1], _OTHERS]
