"""How ``rlog hints`` tells hints: as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen
from rich.text import Text

from rlog_model.cli.words import count, numbered, percent
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.hints_lint import Difference, Finding, Level
from rlog_model.needs import Needs, Range, outside
from rlog_model.paths import shown
from rlog_model.segment import UNKNOWN_OFFSET, Segment

_STYLES: Final = {
    Level.ERROR: "red bold",
    Level.WARNING: "yellow bold",
    Level.REMARK: "cyan",
}


@frozen
class Extent:
    """What is there of a log."""

    first_offset: int
    head: int


def show_text(file: str, hints: FSMHints, needs: Needs, extents: Mapping[str, Extent]) -> Text:
    """All about hints."""
    files = count(len(hints.live_nodes), "file")
    properties = count(len(hints.properties), "property", "properties")
    text = Text.assemble((file, "bold"), f": {files}, {properties}, in the log {shown(hints.log)}")
    if needs.segments:
        first, last = needs.segments[0].first_seq_no, needs.segments[-1].last_seq_no
        text.append(f", operations {first} to {last}")
    for log in hints.logs():
        text.append("\n")
        text.append(_log_text(log, needs, extents.get(log)))
    text.append("\nfiles, by the number of the operation that created each:", "bold")
    for node in hints.live_nodes:
        text.append(f"\n  {node.fnode:>10}  {_segments(node)}")
    text.append("\nproperties:" if hints.properties else "\nno properties", "bold")
    for one in hints.properties:
        text.append(f"\n  {shown(one.path)}  {count(len(one.content), 'byte')}")
    return text


def _log_text(log: str, needs: Needs, extent: Extent | None) -> Text:
    text = Text.assemble((shown(log), "bold"))
    segments = [segment for segment in needs.segments if segment.log == log]
    if extent is not None:
        ranges = needs.ranges(log, extent.head)
        read = sum(one.size for one in ranges)
        dead = outside(ranges, 0, extent.head)
        text.append(f": a player reads up to {read:,} of {count(extent.head, 'byte')}")
        text.append(f" ({percent(read, extent.head)}); dead are {extent.head - read:,}")
        if dead:
            text.append(": " + ", ".join(f"{r.begin} to {r.end}" for r in dead[:8]))
            text.append(f" and {len(dead) - 8} more" if len(dead) > 8 else "")
        if extent.first_offset:
            text.append(f"\n  its first {extent.first_offset:,} bytes are gone", "yellow")
    for segment in segments:
        text.append(f"\n  {_segment(segment)}")
    if log == needs.log:
        behind = f"\n  {needs.goes_on_at:>12} to the head: the branch goes on"
        text.append(behind if segments else "\n  all of it, from its first byte to the head")
    return text


def _segment(segment: Segment) -> str:
    unknown = segment.last_offset == UNKNOWN_OFFSET
    end = "an unknown end" if unknown else f"{segment.last_offset}"
    size = "" if unknown else f", {count(segment.last_offset - segment.first_offset, 'byte')}"
    which = numbered(segment.first_seq_no, segment.last_seq_no)
    return f"{segment.first_offset:>12} to {end}{size}: {which} of author {int(segment.author)}"


def _segments(node: FnodeSegments) -> str:
    spans = [numbered(s.first_seq_no, s.last_seq_no) for s in node.segments]
    more = f" and {len(spans) - 4} more" if len(spans) > 4 else ""
    return f"{', '.join(spans[:4])}{more}"


def show_json(hints: FSMHints, needs: Needs, extents: Mapping[str, Extent]) -> dict[str, Any]:
    """All about hints, as JSON."""
    return {
        "log": hints.log,
        "files": len(hints.live_nodes),
        "properties": [{"path": p.path, "bytes": len(p.content)} for p in hints.properties],
        "goes_on_at": str(needs.goes_on_at),
        "logs": [dict(_log_json(log, needs, extents.get(log))) for log in hints.logs()],
        "live_nodes": [
            {
                "fnode": str(node.fnode),
                "first_seq_no": str(node.segments[0].first_seq_no),
                "last_seq_no": str(node.segments[-1].last_seq_no),
                "segments": len(node.segments),
            }
            for node in hints.live_nodes
        ],
    }


def _log_json(log: str, needs: Needs, extent: Extent | None) -> Iterator[tuple[str, Any]]:
    yield "log", log
    yield "segments", [_segment_json(s) for s in needs.segments if s.log == log]
    if extent is not None:
        ranges = needs.ranges(log, extent.head)
        yield "first_offset", str(extent.first_offset)
        yield "head", str(extent.head)
        yield "needed_bytes", sum(one.size for one in ranges)
        yield "needed", [_range_json(one) for one in ranges]
        yield "dead", [_range_json(one) for one in outside(ranges, 0, extent.head)]


def _range_json(one: Range) -> dict[str, str]:
    return {"begin": str(one.begin), "end": str(one.end)}


def _segment_json(segment: Segment) -> dict[str, Any]:
    return {
        "author": str(int(segment.author)),
        "first_seq_no": str(segment.first_seq_no),
        "last_seq_no": str(segment.last_seq_no),
        "first_offset": str(segment.first_offset),
        "last_offset": str(segment.last_offset),
    }


def finding_text(finding: Finding) -> Text:
    """Something that lint found."""
    level = finding.level
    return Text.assemble((level.value, _STYLES[level]), f" {finding.message} ({finding.rule})")


def finding_json(finding: Finding) -> dict[str, str]:
    """Something that lint found, as JSON."""
    return {"rule": finding.rule, "level": finding.level.value, "message": finding.message}


def difference_text(found: Difference) -> Text:
    """How two sets of hints differ."""
    if found.is_none:
        return Text("both say the same", "green bold")
    text = Text(f"{found.same:,} files are the same in both")
    if found.logs[0] != found.logs[1]:
        text.append(f"\nthe log was {shown(found.logs[0])}, and is {shown(found.logs[1])}", "cyan")
    for fnode in found.gone:
        text.append(f"\n- file {fnode} is gone", "red")
    for node in found.new:
        text.append(f"\n+ file {node.fnode} is new: {_segments(node)}", "green")
    for was, now in found.grown:
        before, after = was.segments[-1].last_seq_no, now.segments[-1].last_seq_no
        told = f"grew: its last operation was {before}, and is {after}"
        if before == after:
            told = "is told with other offsets, or other segments"
        text.append(f"\n~ file {now.fnode} {told}", "yellow")
    for path in found.properties_gone:
        text.append(f"\n- property {shown(path)} is gone", "red")
    for path in found.properties_new:
        text.append(f"\n+ property {shown(path)} is new", "green")
    for path in found.properties_changed:
        text.append(f"\n~ property {shown(path)} has other content", "yellow")
    return text


def difference_json(found: Difference) -> dict[str, Any]:
    """How two sets of hints differ, as JSON."""
    return {
        "same": found.is_none,
        "logs": list(found.logs),
        "files_gone": [str(fnode) for fnode in found.gone],
        "files_new": [str(node.fnode) for node in found.new],
        "files_changed": [
            {
                "fnode": str(now.fnode),
                "last_seq_no_was": str(was.segments[-1].last_seq_no),
                "last_seq_no": str(now.segments[-1].last_seq_no),
            }
            for was, now in found.grown
        ],
        "files_same": found.same,
        "properties_gone": list(found.properties_gone),
        "properties_new": list(found.properties_new),
        "properties_changed": list(found.properties_changed),
    }
