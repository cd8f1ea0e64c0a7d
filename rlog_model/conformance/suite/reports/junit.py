"""The report of runs as JUnit XML, which CI systems show.

Rules
-----
* There is a suite for each run, and in it a case for each vector. What broke beside vectors, and
  that a run is incomplete, are cases of the class ``run``.
* *Untested* and *known* are skipped, and say why. So is a ``may`` that fails: it fails no run.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from rlog_model.conformance.suite.record import FAILED, KNOWN, UNTESTED, Record, Result
from rlog_model.conformance.suite.reports import failures, summary, text


@frozen
class _Case:
    """A case as it is written."""

    outcome: str
    """``passed``, ``skipped``, ``failure`` or ``error``."""

    xml: str


def render(records: Iterable[Record], *, scenarios: str = "") -> str:
    """JUnit XML of runs.

    Args:
        records: the runs.
        scenarios: folder of the files that the commands shown name; else the working directory.
    """
    suites = "".join(_suite(record, scenarios) for record in records)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suites}</testsuites>\n'


def _suite(record: Record, scenarios: str) -> str:
    cases = [_case(record, result, scenarios) for result in record.results]
    if not record.complete:
        said = summary.incomplete(record)
        cases.append(_written("run", "comes to its end", "error", ("error", said, "incomplete")))
    for broken in record.broken:
        cases.append(_written("run", "nothing else breaks", "failure", ("failure", broken, "run")))
    counts = {
        "tests": len(cases),
        "failures": sum(case.outcome == "failure" for case in cases),
        "errors": sum(case.outcome == "error" for case in cases),
        "skipped": sum(case.outcome == "skipped" for case in cases),
    }
    attributes = "".join(f' {name}="{number}"' for name, number in counts.items())
    name, time = _attribute(summary.implementation(record)), record.seconds or 0.0
    lines = "".join(f"{case.xml}\n" for case in cases)
    return f'<testsuite name={name}{attributes} time="{time:.3f}">\n{lines}</testsuite>\n'


def _case(record: Record, result: Result, scenarios: str) -> _Case:
    name = f"{result.id}: {result.title}"
    place = summary.main_capability(result)
    body: tuple[str, ...]
    if result.failed:
        detail = _detail(record, result, scenarios)
        body = ("failure", _message(result), _kind(result), detail)
        return _written(place, name, "failure", body, result.seconds)
    if result.status == FAILED:
        body = ("skipped", f"a may that fails: {_message(result)}")
        return _written(place, name, "skipped", body, result.seconds)
    if result.status in (UNTESTED, KNOWN):
        body = ("skipped", f"{result.status}: {result.why}")
        return _written(place, name, "skipped", body, result.seconds)
    return _written(place, name, "passed", (), result.seconds)


def _written(
    place: str, name: str, outcome: str, body: tuple[str, ...], seconds: float = 0.0
) -> _Case:
    """A case. ``body`` is its element, with its message, and perhaps a type and a text."""
    head = f'<testcase classname={_attribute(place)} name={_attribute(name)} time="{seconds:.3f}"'
    if not body:
        return _Case(outcome, f"{head}/>")
    element, message, *more = body
    type_ = f" type={_attribute(more[0])}" if more else ""
    inner = escape(text.clean(more[1])) if more[1:] else ""
    told = f"<{element} message={_attribute(message)}{type_}>{inner}</{element}>"
    return _Case(outcome, f"{head}>{told}</testcase>")


def _kind(result: Result) -> str:
    return result.failure.kind if result.failure else "failed"


def _message(result: Result) -> str:
    if result.failure is None:
        return "failed"
    first, _, _ = result.failure.detail.partition("\n")
    return f"{result.failure.kind}: {first}"


def _detail(record: Record, result: Result, scenarios: str) -> str:
    told = failures.in_words(result)
    lines = [
        f"clauses: {' '.join(result.clauses)} ({result.level})",
        f"state was: {told.state_was}",
        f"expected: {told.expected}",
        f"actually got: {told.got}",
    ]
    if result.failure is not None and result.failure.alone:
        lines.append(f"alone: {result.failure.alone}")
    if result.scenario is not None:
        lines.append(f"again: {failures.replay(record, result, scenarios)}")
    return "\n".join(lines)


def _attribute(told: str) -> str:
    return quoteattr(text.value(told, 300))
