"""The failures of a run on the page of a report: groups, closed until they are opened."""

from __future__ import annotations

import base64
import json
from typing import Final

from attrs import frozen

from rlog_model.conformance.suite.record import Record, Result
from rlog_model.conformance.suite.reports import failures, text
from rlog_model.conformance.suite.reports.failures import Group
from rlog_model.conformance.suite.reports.html_parts import clauses, details, esc, table
from rlog_model.conformance.suite.reports.html_timeline import timeline

DRAWN: Final = 100
"""Failures of a run that are drawn. Others are named: the page stays one that can be opened."""

EMBEDDED: Final = 16_384
"""Bytes of a scenario that is put into the page, at most."""


@frozen
class Links:
    """Where what a page points at is."""

    specification: str | None = None
    """A pattern of links to a clause, with ``{file}`` (``segments``) and ``{id}`` (``SEG-3``); none
    for no links."""

    scenarios: str = ""
    """Folder of the files that the commands shown name; empty for the working directory."""


def of_record(record: Record, links: Links) -> str:
    """All failures of a run, in groups."""
    left, parts = DRAWN, list[str]()
    for group in failures.groups(record):
        drawn, others = group.results[:left], group.results[left:]
        left -= len(drawn)
        inner = "".join(_failure(record, result, links) for result in drawn)
        if others:
            named = " ".join(f"<code>{esc(result.id)}</code>" for result in others)
            inner += f"<p>not drawn: {named}</p>"
        parts.append(details(_title(group), inner, "group"))
    return "".join(parts)


def _title(group: Group) -> str:
    allowed = "" if any(r.failed for r in group.results) else " (may: fails no run)"
    count = text.counted(len(group.results), "failure")
    return f'<span class="count">✗ {count}</span> {esc(group.title)}{allowed}'


def _failure(record: Record, result: Result, links: Links) -> str:
    told = failures.in_words(result)
    rule = clauses(result.clauses, links.specification) or "no clause"
    where = failures.where(result)
    rows = [
        ("state was", _mono(told.state_was)),
        ("expected", _mono(told.expected)),
        ("actually got", _mono(told.got)),
    ]
    if result.failure is not None and result.failure.alone:
        rows.append(("alone", esc(result.failure.alone)))
    at = f"; at {esc(where)}" if where else ""
    parts = [
        f"<article data-f><h4><code>{esc(result.id)}</code> {esc(result.title)}</h4>\n",
        f'<p class="rule">{esc(result.level)}, about {rule}{at}</p>\n',
        timeline(result),
        table([], rows, f"what differs in {result.id}", "told"),
        _again(record, result, links),
        "</article>\n",
    ]
    return "".join(parts)


def _mono(told: str) -> str:
    return f"<code>{esc(text.cut(told, 2000))}</code>"


def _again(record: Record, result: Result, links: Links) -> str:
    if result.scenario is None:
        return ""
    command = esc(failures.replay(record, result, links.scenarios))
    content = json.dumps(result.scenario).encode()
    file = ""
    if len(content) <= EMBEDDED:
        name = esc(failures.file_name(result))
        data = base64.b64encode(content).decode()
        file = (
            f' <a download="{name}" href="data:application/json;base64,{data}">the scenario'
            f" as {name}</a>"
        )
    return f"<p>See it again:{file}</p><pre><code>{command}</code></pre>\n"
