"""The report of runs as Markdown, for a comment or the summary of a job.

Rules
-----
* Whatever a record says stands in ``<code>``, each character that means something to Markdown as an
  entity: it makes no link, no mention and no table cell.
* It is short enough for a comment, 65,536 characters: groups of failures are cut off first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from rlog_model.conformance.suite.record import Record
from rlog_model.conformance.suite.reports import failures, summary, text
from rlog_model.conformance.suite.reports.failures import Group
from rlog_model.conformance.suite.reports.summary import Tally

_SIGNS: Final = {"passes": "✅", "fails": "❌", "incomplete": "⚠️", "untested": "⚪"}
_ENTITIES: Final = str.maketrans({c: f"&#{ord(c)};" for c in "\\`*_{}[]()#+!|~@:$"})


def render(records: Iterable[Record], *, scenarios: str = "", groups: int = 10) -> str:
    """Markdown of runs.

    Args:
        records: the runs.
        scenarios: folder of the files that the commands shown name; else the working directory.
        groups: how many groups of failures of a run are shown, at most.
    """
    return "\n\n".join(_record(record, scenarios, groups) for record in records) + "\n"


def code(told: str, limit: int = text.VALUE) -> str:
    """Text of others: shown as it is, whatever is in it."""
    shown = escape(text.value(told, limit), quote=False).translate(_ENTITIES)
    return f"<code>{shown.replace('www.', 'www&#46;')}</code>"


def _record(record: Record, scenarios: str, most: int) -> str:
    verdict, head = summary.verdict(record), record.head
    counts = summary.words(summary.tally(record.results))
    parts = [f"### {_SIGNS[verdict]} {code(summary.implementation(record))}"]
    if not record.complete:
        parts.append(f"**{summary.incomplete(record)}**")
    took = f", in {record.seconds:.1f} s" if record.seconds is not None else ""
    run = f"revision {code(head.revision)}, by {code(head.suite)}{took}"
    parts.append(f"**{summary.VERDICTS[verdict]}**: {counts} ({run})")
    parts += [f"- {code(remark, 500)}" for remark in summary.remarks(record)]
    parts.append(_table("capability", summary.by_capability(record)))
    parts.append(_table("level", summary.by_level(record)))
    found = failures.groups(record)
    parts += [_group(record, group, scenarios) for group in found[:most]]
    if len(found) > most:
        hidden = sum(len(group.results) for group in found[most:])
        more = text.counted(len(found) - most, "more group")
        parts.append(f"And {more} of failures, {text.counted(hidden, 'vector')}.")
    return "\n\n".join(parts)


def _table(name: str, rows: Mapping[str, Tally]) -> str:
    lines = [
        f"| {name} | passed | failed | known | untested |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {code(key)} | {t.passed:,} | {t.failed:,} | {t.known:,} | {t.untested:,} |"
            for key, t in rows.items()
        ),
    ]
    return "\n".join(lines)


def _group(record: Record, group: Group, scenarios: str) -> str:
    """A group with the first of its failures."""
    first = group.results[0]
    told = failures.in_words(first)
    rows = [
        ("vector", f"{first.id} ({first.level}): {first.title}"),
        ("clauses", " ".join(first.clauses)),
        ("at", failures.where(first)),
        ("state was", told.state_was),
        ("expected", told.expected),
        ("actually got", told.got),
    ]
    if first.failure is not None and first.failure.alone:
        rows.append(("alone", first.failure.alone))
    if first.scenario is not None:
        rows.append(("again", failures.replay(record, first, scenarios)))
    table = "\n".join(f"| {name} | {code(shown, 500)} |" for name, shown in rows if shown)
    title = f"<b>{text.counted(len(group.results), 'failure')}</b>: {code(group.title)}"
    others = " ".join(code(result.id, 60) for result in group.results[1:20])
    also = f"\n\nAlso {others}" if others else ""
    return f"<details><summary>{title}</summary>\n\n| | |\n|---|---|\n{table}{also}\n\n</details>"
