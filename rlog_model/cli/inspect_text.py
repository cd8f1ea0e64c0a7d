"""How ``rlog inspect`` tells what a survey sees: as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import typer
from attrs import frozen
from rich.text import Text
from rich.tree import Tree

from rlog_model.branch import Branch, Origin
from rlog_model.change_words import path_of, told_change
from rlog_model.cli.words import count, numbered
from rlog_model.survey import Gap, Relation, Seen, Sight, Survey, lineage

HEADER: Final = (
    f"{'offset':>12} {'branch':>6} {'operation':>10} {'checksum':>10} {'author':>10}  what"
)
_COLOURS: Final = ("cyan", "magenta", "yellow", "blue", "green")
MAX_RUNS_SHOWN: Final = 8
"""Runs of authors that the tree shows for a branch."""


@frozen
class Alive:
    """The branch that is alive, up to the operation before a sequence number, and why."""

    branch: Branch
    next_seq_no: int
    why: str
    before_holes: Mapping[int, int] = {}
    """Branches which go on in it behind a hole, by number, and the sequence number up to which
    hints lead through them (exclusive)."""


def line(sight: Sight, colours: bool) -> str:
    """One operation, or one gap, as a line."""
    if isinstance(sight, Gap):
        size = count(sight.last_offset - sight.first_offset, "byte")
        told = f"{sight.first_offset:>12} {'':>6} {size} skipped: {told_why(sight)}"
        return typer.style(told, fg="red") if colours else told
    op, branch = sight.op, sight.branch
    number = "-" if branch is None else str(branch.number)
    what = told_change(op, sight.path)
    if note := _note(sight):
        what = f"{what}  [{note}]"
    place = f"{op.first_offset:>12} {number:>6} {op.seq_no:>10} {op.checksum:>10}"
    told = f"{place} {int(op.author):>10}  {what}"
    if not colours:
        return told
    if branch is None or sight.relation is Relation.COPY:
        return typer.style(told, dim=True)
    return typer.style(told, fg=_COLOURS[(branch.number - 1) % len(_COLOURS)])


def told_why(gap: Gap) -> str:
    """Why bytes were skipped."""
    return f"{gap.why.value} ({gap.detail})" if gap.detail else gap.why.value


def _note(seen: Seen) -> str:
    """What is to be said of an operation that does not just continue its branch."""
    relation, branch = seen.relation, seen.branch
    if relation is Relation.CONTINUES:
        return ""
    if branch is None:
        return str(relation.value)
    told = f"branch {branch.number}"
    if relation is Relation.COPY:
        return f"a copy: {told} has this operation already"
    if branch.parent is not None:
        return f"{told} forks from branch {branch.parent.number}"
    if relation is Relation.BEGINS:
        return f"{told} begins"
    return f"{told}: it {relation.value}"


def sight_json(sight: Sight) -> dict[str, Any]:
    """One operation, or one gap, as JSON."""
    if isinstance(sight, Gap):
        return {
            "gap": {
                "first_offset": str(sight.first_offset),
                "last_offset": str(sight.last_offset),
                "why": sight.why.name.lower(),
                "detail": sight.detail,
            }
        }
    op = sight.op
    return {
        "operation": {
            "first_offset": str(op.first_offset),
            "last_offset": str(op.last_offset),
            "author": str(int(op.author)),
            "seq_no": str(op.seq_no),
            "checksum": str(op.checksum),
            "change": "no-op" if op.change is None else type(op.change).__name__.lower(),
            "path": path_of(op, sight.path),
            "what": told_change(op, sight.path),
            "relation": sight.relation.name.lower(),
            "branch": None if sight.branch is None else sight.branch.number,
        }
    }


def branches_json(survey: Survey, alive: Alive | None, failure: str | None) -> dict[str, Any]:
    """The branches of a log, as JSON."""
    return {
        "log": survey.log,
        "head": str(survey.head),
        "operations": survey.operations,
        "stray": survey.stray,
        "gaps": survey.gaps,
        "gap_bytes": survey.gap_bytes,
        "missing_bytes": survey.missing_bytes,
        "pruned": str(survey.pruned),
        "forgotten": survey.forgotten,
        "alive": None
        if alive is None
        else {
            "branch": alive.branch.number,
            "next_seq_no": str(alive.next_seq_no),
            "why": alive.why,
        },
        "failure": failure,
        "branches": [_branch_json(branch) for branch in survey.branches],
    }


def _branch_json(branch: Branch) -> dict[str, Any]:
    return {
        "branch": branch.number,
        "origin": branch.origin.name.lower(),
        "parent": None if branch.parent is None else branch.parent.number,
        "first_seq_no": str(branch.first_seq_no),
        "first_checksum": str(branch.first_checksum),
        "first_offset": str(branch.first_offset),
        "next_seq_no": str(branch.next_seq_no),
        "next_checksum": str(branch.next_checksum),
        "last_offset": str(branch.last_offset),
        "operations": branch.operations,
        "bytes": branch.size,
        "copies": branch.copies,
        "copied_bytes": branch.copied_size,
        "runs": [
            {
                "author": str(int(run.author)),
                "first_seq_no": str(run.first_seq_no),
                "last_seq_no": str(run.last_seq_no),
                "first_offset": str(run.first_offset),
                "last_offset": str(run.last_offset),
                "mixed": run.mixed,
            }
            for run in branch.runs
        ],
    }


def tree(survey: Survey, alive: Alive | None) -> Tree:
    """The branches, drawn: a fork hangs below the branch that it left."""
    root = Tree(_title(survey))
    ends = _alive_to(alive)
    nodes: dict[int, Tree] = {}
    for branch in survey.branches:  # a parent comes before its forks
        above = root if branch.parent is None else nodes[branch.parent.number]
        nodes[branch.number] = above.add(
            _label(branch, ends.get(branch.number), known=alive is not None)
        )
    return root


def _alive_to(alive: Alive | None) -> dict[int, int]:
    """The sequence number before which each branch is alive."""
    if alive is None:
        return {}
    branches = lineage(alive.branch)
    ends = [*(b.first_seq_no for b in branches[1:]), alive.next_seq_no]
    here = {b.number: end for b, end in zip(branches, ends, strict=True)}
    return {**alive.before_holes, **here}


def _title(survey: Survey) -> Text:
    told = f"  {survey.head:,} bytes, {survey.operations:,} operations"
    branches = f", {count(len(survey.branches), 'branch', 'branches')}"
    text = Text.assemble((survey.log, "bold"), told, branches)
    if copies := sum(branch.copies for branch in survey.branches):
        text.append(f", {copies:,} of the operations are copies")
    if survey.stray:
        text.append(f", {survey.stray:,} are on no branch")
    if survey.pruned:
        text.append(f"\nits first {count(survey.pruned, 'byte')} are gone: it was pruned", "yellow")
    if survey.gaps:
        told = f"\n{survey.gap_bytes:,} bytes skipped in {count(survey.gaps, 'place')}"
        if survey.missing_bytes:
            told = f"{told}, {survey.missing_bytes:,} of them are missing"
        text.append(told, "red")
    if survey.forgotten:
        told = (
            f"\nforks from the oldest {survey.forgotten:,} operations, and copies of them, are not"
            " known as such: this survey keeps a bounded number"
        )
        text.append(told, "yellow")
    return text


def _label(branch: Branch, alive_to: int | None, *, known: bool) -> Text:
    last = branch.next_seq_no - 1
    text = Text(f"branch {branch.number}", style="bold")
    if alive_to is None and (branch.origin is Origin.UNKNOWN or not known):
        text.append("  dead or alive: hints tell", "yellow")
    elif alive_to is None:
        text.append("  dead", "red")
    elif alive_to >= branch.next_seq_no:
        text.append("  alive", "green bold")
    else:
        text.append(f"  alive up to operation {alive_to - 1}, then dead", "green")
    text = Text.assemble(text, Text(f"  {_origin(branch)}", style="not bold"))
    told = (
        f"\n  {numbered(branch.first_seq_no, last)}: {branch.operations:,} in"
        f" {branch.size:,} bytes, to offset {branch.last_offset}"
    )
    text.append(told, "not bold")
    for run in branch.runs[:MAX_RUNS_SHOWN]:
        others = " and others" if run.mixed else ""
        which = numbered(run.first_seq_no, run.last_seq_no)
        told = f"\n    {which} by author {int(run.author)}{others}"
        text.append(told, "dim not bold")
    if len(branch.runs) > MAX_RUNS_SHOWN:
        text.append(f"\n    and {len(branch.runs) - MAX_RUNS_SHOWN:,} more runs", "dim not bold")
    if branch.copies:
        copies = f"{count(branch.copies, 'copy', 'copies')}, {branch.copied_size:,} bytes"
        text.append(f"\n  landed again: {copies}", "not bold")
    return text


def _origin(branch: Branch) -> str:
    if branch.parent is not None:
        return (
            f"forks from branch {branch.parent.number} behind operation"
            f" {branch.first_seq_no - 1}, at offset {branch.first_offset}"
        )
    if branch.origin is Origin.START:
        return f"begins at offset {branch.first_offset}"
    return (
        f"begins at offset {branch.first_offset} with operation {branch.first_seq_no}: what it"
        " continues is not in this log (pruned, lost, or in another log)"
    )
