"""The report of a run for a terminal.

Rules
-----
* An incomplete record says so before anything else, in red.
* Colours only repeat what words say: the text is whole without them.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rlog_model.conformance.suite.record import Record, Result
from rlog_model.conformance.suite.reports import failures, summary, text
from rlog_model.conformance.suite.reports.failures import Group
from rlog_model.conformance.suite.reports.summary import Tally

STYLES = {"passes": "green", "fails": "red", "incomplete": "red", "untested": "yellow"}
"""Of verdicts."""


def render(
    record: Record, console: Console, *, scenarios: str = "", groups: int = 5, examples: int = 2
) -> None:
    """Print the report of a run.

    Args:
        record: the run.
        console: where it is printed.
        scenarios: folder of the files that the commands shown name; else the working directory.
        groups: how many groups of failures are shown, at most.
        examples: how many failures of a group are shown, at most.
    """
    if not record.complete:
        console.print(Text(summary.incomplete(record), "red bold"))
    head, counts = record.head, summary.tally(record.results)
    console.print(Text(summary.implementation(record), "bold"))
    run = f"revision {head.revision}, by {head.suite}"
    took = f", in {record.seconds:.1f} s" if record.seconds is not None else ""
    console.print(Text(text.value(run) + took, "dim"))
    _table(console, "capability", summary.by_capability(record))
    _table(console, "level", summary.by_level(record))
    found = failures.groups(record)
    for group in found[:groups]:
        _group(console, record, group, scenarios, examples)
    if len(found) > groups:
        hidden = sum(len(group.results) for group in found[groups:])
        more = text.counted(len(found) - groups, "more group")
        console.print(f"\nand {more} of failures, {text.counted(hidden, 'vector')}")
    console.print()
    for remark in summary.remarks(record):
        console.print(Text(remark, "yellow"))
    verdict = summary.verdict(record)
    told = Text(summary.VERDICTS[verdict], f"{STYLES[verdict]} bold")
    console.print(told.append(f": {summary.words(counts)}", "default"))


def _table(console: Console, name: str, rows: Mapping[str, Tally]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(name)
    for status in ("passed", "failed", "known", "untested"):
        table.add_column(status, justify="right")
    for key, counted in rows.items():
        table.add_row(
            Text(text.value(key)),
            _count(counted.passed, "green"),
            _count(counted.failed, "red bold"),
            _count(counted.known, "yellow"),
            _count(counted.untested, "dim"),
        )
    console.print()
    console.print(table)


def _count(number: int, style: str) -> Text:
    return Text(f"{number:,}", style) if number else Text("-", "dim")


def _group(console: Console, record: Record, group: Group, scenarios: str, examples: int) -> None:
    head = Text("\n").append(text.counted(len(group.results), "failure"), "red bold")
    console.print(head.append(f": {group.title}"))
    for result in group.results[:examples]:
        failure(console, record, result, scenarios)
    if more := group.results[examples:]:
        named = " ".join(text.value(result.id, 60) for result in more[:8])
        also = f"  also {named}" + (" ..." if len(more) > 8 else "")
        console.print(Text(also, "dim"), soft_wrap=True)


def failure(console: Console, record: Record, result: Result, scenarios: str = "") -> None:
    """Print one failure of a run, and the command that shows it again."""
    told = failures.in_words(result)
    rule = f" ({result.level}; {' '.join(result.clauses)})"
    console.print(
        Text("  ").append(text.value(result.id), "bold").append(text.value(rule)), soft_wrap=True
    )
    console.print(Text(f"    {text.value(result.title)}"), soft_wrap=True)
    if where := failures.where(result):
        console.print(Text(f"    at {where}"), soft_wrap=True)
    for name, line in (
        ("state was", told.state_was),
        ("expected", told.expected),
        ("actually got", told.got),
    ):
        more = line.replace("\n", "\n" + " " * 18)
        console.print(Text(f"    {name:<12}  {more}"), soft_wrap=True)
    if result.failure is not None and result.failure.alone:
        console.print(Text(f"    {'alone':<12}  {text.value(result.failure.alone)}"))
    if result.scenario is not None:
        command = failures.replay(record, result, scenarios)
        console.print(Text(f"    {command}", "cyan"), soft_wrap=True)
