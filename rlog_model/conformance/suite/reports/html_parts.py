"""Pieces of HTML that the page of a report is made of: functions that return text.

Rules
-----
* Whatever comes from a record goes through ``esc``, which leaves nothing that HTML, or who looks at
  the page, would obey.
* A cell of a matrix says in words and by a sign what its colour says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from rlog_model.conformance.suite.reports import text
from rlog_model.conformance.suite.reports.summary import Tally

TEXTS: Final = {
    "ADP": "adapter/README",
    "AUT": "sequencing",
    "BAR": "journal",
    "ENC": "encoding",
    "FRM": "framing",
    "FSM": "transitions",
    "HNT": "hints",
    "HOF": "handoff",
    "INV": "theorem",
    "JRN": "journal",
    "LOG": "logs",
    "PLAY": "playback",
    "RCV": "recovery",
    "REC": "recording",
    "RVN": "revisions",
    "SEG": "segments",
    "SEQ": "sequencing",
    "THM": "theorem",
    "TRN": "transitions",
}
"""Where clauses are, by their prefixes: files of the specification, without their suffix."""


def esc(told: str) -> str:
    """Text of others, as it can stand in HTML and in a quoted attribute."""
    return escape(text.clean(told))


def scrolled(inner: str, label: str, kind: str = "") -> str:
    """A box that scrolls what is too wide for it, by keys too."""
    return (
        f'<div class="scroll {kind}" role="region" aria-label="{esc(label)}" tabindex="0">'
        f"{inner}</div>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], label: str, kind: str = "") -> str:
    """A table. All cells are HTML; the first one of a row is its head. A cell that is a whole
    ``<td>`` stays as it is. With an empty ``head`` it has rows only."""
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    above = f"<thead><tr>{columns}</tr></thead>\n" if head else ""
    lines = []
    for first, *others in rows:
        cells = "".join(one if one.startswith("<td") else f"<td>{one}</td>" for one in others)
        lines.append(f'<tr><th scope="row">{first}</th>{cells}</tr>\n')
    made = f"<table>{above}<tbody>{''.join(lines)}</tbody></table>"
    return scrolled(made, label, kind)


def matrix(
    names: Sequence[str], tallies: Sequence[Mapping[str, Tally]], what: str, order: Sequence[str]
) -> str:
    """How each implementation does in each part: a column an implementation, a row a part.

    Args:
        names: the implementations, as HTML.
        tallies: of each implementation its tally of each part.
        what: what a part is.
        order: the parts, in their order.
    """
    rows = [(esc(part), *(cell(of.get(part, Tally())) for of in tallies)) for part in order]
    return table([what, *names], rows, f"implementations by {what}", "matrix")


def cell(tally: Tally) -> str:
    """A cell of a matrix."""
    if tally.failed > tally.allowed:
        kind = "failed"
    elif tally.failed or tally.known:
        kind = "known"
    elif tally.tested:
        kind = "partly" if tally.untested else "passed"
    else:
        kind = "untested"
    parts = (
        (tally.failed, f"<b>✗ {tally.failed:,} failed</b>"),
        (tally.known, f"≈ {tally.known:,} known"),
        (tally.passed, f"✓ {tally.passed:,} passed"),
        (tally.untested, f"<i>○ {tally.untested:,} untested</i>"),
    )
    lines = [told for number, told in parts if number] or ["<i>no result</i>"]
    return f'<td class="{kind}">{"<br>".join(lines)}</td>'


def clause(id: str, specification: str | None) -> str:
    """A clause; with a link to its text, if it is said where that is.

    Args:
        id: the clause's.
        specification: a pattern of links, with ``{file}`` and ``{id}``: ``../spec/{file}.md``.
    """
    file = TEXTS.get(id.split("-")[0])
    if specification is None or file is None:
        return f"<b>{esc(id)}</b>"
    link = specification.replace("{file}", file).replace("{id}", id)
    return f'<a href="{esc(link)}">{esc(id)}</a>'


def clauses(ids: Iterable[str], specification: str | None) -> str:
    """Some clauses, one after the other."""
    return ", ".join(clause(id, specification) for id in ids)


def details(summary: str, inner: str, kind: str = "") -> str:
    """What is only shown when it is asked for. Both are HTML."""
    return f'<details class="{kind}"><summary>{summary}</summary>\n{inner}</details>\n'
