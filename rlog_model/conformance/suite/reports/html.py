"""One page of one or of several runs, side by side. It needs nothing but itself.

Rules
-----
* No script is needed to read it. The few lines that it has filter, bring the step that fails into
  view, and open what is closed before it is printed.
* Failures, and the list of all vectors, are closed until they are opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Final

from rlog_model.conformance.suite.capabilities import CAPABILITIES
from rlog_model.conformance.suite.record import KNOWN, UNTESTED, Record, Result
from rlog_model.conformance.suite.reports import html_failures, summary, text
from rlog_model.conformance.suite.reports.html_failures import Links
from rlog_model.conformance.suite.reports.html_parts import details, esc, matrix, table
from rlog_model.conformance.suite.reports.summary import Tally
from rlog_model.conformance.suite.vector import LEVELS

_SIGNS: Final = {"passes": "✓", "fails": "✗", "incomplete": "!", "untested": "○"}
_STATUS_SIGNS: Final = {"passed": "✓", "failed": "✗", "known": "≈", "untested": "○"}
_LISTED: Final = 4000
"""Vectors that are listed, at most."""

_SCRIPT: Final = """
const box = document.getElementById("filter");
box.hidden = false;
box.querySelector("input").addEventListener("input", e => {
  const wanted = e.target.value.toLowerCase();
  for (const one of document.querySelectorAll("article[data-f], .all tbody tr"))
    one.hidden = !one.textContent.toLowerCase().includes(wanted);
  for (const group of document.querySelectorAll("details.group"))
    group.hidden = !group.querySelector("article:not([hidden])");
});
for (const group of document.querySelectorAll("details.group"))
  group.addEventListener("toggle", () => {
    for (const one of group.querySelectorAll(".fails")) {
      const scroll = one.closest(".scroll");
      scroll.scrollLeft = one.offsetLeft + one.offsetWidth - scroll.clientWidth + 32;
    }
  });
addEventListener("beforeprint", () =>
  document.querySelectorAll("details.group").forEach(group => group.open = true));
"""


def render(records: Sequence[Record], *, links: Links | None = None) -> str:
    """The page of runs, as HTML.

    Args:
        records: the runs, in the order in which they are shown.
        links: where the specification and the scenarios are; none makes no links.
    """
    css = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    names = " and ".join(esc(record.head.implementation) for record in records)
    links = links or Links()
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
        f"<title>Conformance of {names}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        "<header><h1>Conformance to the recovery log</h1></header>\n<main>\n"
    )
    parts = [
        head,
        '<section class="runs" aria-label="runs">\n',
        *(_run(record) for record in records),
        "</section>\n",
        _matrices(records),
        '<label id="filter" hidden>Show only what contains <input type="search"></label>\n',
        *(_failures(record, links) for record in records),
        *(_excused(record) for record in records),
        _vectors(records),
        f"</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _run(record: Record) -> str:
    """The card of a run."""
    head, verdict = record.head, summary.verdict(record)
    kind = "incomplete" if not record.complete else verdict
    told = [f"<h2>{esc(summary.implementation(record))}</h2>\n"]
    if not record.complete:
        told.append(f'<p class="alarm" role="alert">! {esc(summary.incomplete(record))}</p>\n')
    counts = esc(summary.words(summary.tally(record.results)))
    said = esc(summary.VERDICTS[verdict])
    told.append(f'<p class="verdict"><b>{_SIGNS[verdict]} {said}</b><br>{counts}</p>\n')
    took = f", in {record.seconds:,.1f} s" if record.seconds is not None else ""
    told.append(
        f"<p>{esc(text.counted(head.vectors, 'vector'))} of revision {esc(head.revision)}, by"
        f" {esc(head.suite)}{took}</p>\n"
    )
    claims = ", ".join(esc(name) for name in head.capabilities) or "nothing"
    told.append(f"<p>claims {claims}</p>\n")
    if remarks := summary.remarks(record):
        items = "".join(f"<li>{esc(text.cut(remark, 600))}</li>" for remark in remarks)
        told.append(f'<ul class="remarks">{items}</ul>\n')
    return f'<section class="run {kind}">{"".join(told)}</section>\n'


def _matrices(records: Sequence[Record]) -> str:
    names = [
        esc(f"{record.head.implementation} {record.head.version}")
        + ("" if record.complete else "<br>! incomplete")
        for record in records
    ]
    made = [
        ("By capability", "capability", summary.by_capability, CAPABILITIES),
        ("By part of the specification", "clauses", summary.by_prefix, ()),
        ("By level", "level", summary.by_level, LEVELS),
    ]
    return "".join(
        _matrix(title, what, by, order, records, names) for title, what, by, order in made
    )


def _matrix(
    title: str,
    what: str,
    by: Callable[[Record], Mapping[str, Tally]],
    order: Sequence[str],
    records: Sequence[Record],
    names: Sequence[str],
) -> str:
    tallies = [by(record) for record in records]
    found = {part for one in tallies for part in one}
    known = [part for part in order if part in found]
    rows = [*known, *sorted(found - {*known})]
    return f"<section><h2>{title}</h2>\n{matrix(names, tallies, what, rows)}</section>\n"


def _failures(record: Record, links: Links) -> str:
    inner = html_failures.of_record(record, links)
    name = esc(record.head.implementation)
    told = inner or "<p>none" + (" so far" if not record.complete else "") + "</p>\n"
    return f"<section><h2>Failures of {name}</h2>\n{told}</section>\n"


def _excused(record: Record) -> str:
    """What is known to differ, and what was not tested, with the reasons."""
    parts = []
    for status, title in ((KNOWN, "Known to differ"), (UNTESTED, "Untested")):
        reasons = Counter(result.why for result in record.results if result.status == status)
        rows = [(esc(why or "no reason given"), f"{n:,}") for why, n in reasons.most_common()]
        if rows:
            inner = table(["why", "vectors"], rows, f"{title}: reasons")
            parts.append(details(f"{title}: {sum(reasons.values()):,}", inner))
    if not parts:
        return ""
    name = esc(record.head.implementation)
    return f"<section><h2>Known and untested of {name}</h2>\n{''.join(parts)}</section>\n"


def _vectors(records: Sequence[Record]) -> str:
    """All vectors, and what became of each."""
    of: list[dict[str, Result]] = [{r.id: r for r in record.results} for record in records]
    firsts: dict[str, Result] = {}
    for one in of:
        firsts = one | firsts
    rows = [
        (
            f"<code>{esc(id)}</code>",
            esc(text.value(first.title)),
            esc(" ".join(first.clauses)),
            *(_status(one.get(id)) for one in of),
        )
        for id, first in sorted(firsts.items())[:_LISTED]
    ]
    names = [esc(record.head.implementation) for record in records]
    inner = table(["vector", "title", "clauses", *names], rows, "all vectors", "all")
    more = len(firsts) - len(rows)
    rest = f"<p>{text.counted(more, 'vector')} more are not listed</p>" if more else ""
    listed = details(f"All {text.counted(len(firsts), 'vector')}", inner + rest)
    return f"<section><h2>Vectors</h2>\n{listed}</section>\n"


def _status(result: Result | None) -> str:
    if result is None:
        return '<td class="untested">no result</td>'
    allowed = " (may)" if result.status == "failed" and not result.failed else ""
    kind = "known" if allowed else result.status
    return f'<td class="{kind}">{_STATUS_SIGNS[result.status]} {result.status}{allowed}</td>'
