"""How ``rlog explain`` tells a play: as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from rlog_model.change_words import told_change
from rlog_model.cli.words import count, numbered
from rlog_model.diagnosis import Diagnosis
from rlog_model.framing import Skipped
from rlog_model.outcome import APPLIED, FnodeNotTracked, is_transition
from rlog_model.play_messages import Offered
from rlog_model.play_notes import (
    REASONS,
    HintsRead,
    Hole,
    Move,
    NoOperation,
    Note,
    Seek,
    Stretch,
    Surprise,
    Tally,
    told_outcome,
)
from rlog_model.segment import Segment


def note_text(note: Note) -> Text:
    """A note, as one line or a few."""
    match note:
        case Offered() | Skipped():
            return _read(note)
        case Stretch():
            return _stretch(note)
        case Seek(_, first, last, segment):
            told = f"seeks to {last}, over {count(last - first, 'byte')}{_next(segment)}"
            return _line(first, told, "cyan")
        case Move(former, log, offset, segment):
            return _line(offset, f"goes on in the log {log}, from {former}{_next(segment)}", "cyan")
        case Hole(_, first, last):
            told = f"a hole: no fragment has the {count(last - first, 'byte')} to {last}"
            return _line(first, told, "red")
        case NoOperation(_, first, last):
            told = f"{count(last - first, 'byte')} skipped: they are no operation"
            return _line(first, told, "yellow")
        case Surprise(op, outcome):
            told = (
                f"operation {op.seq_no} of author {int(op.author)}, {told_change(op)}: rejected by"
                f" {outcome.rule}: {told_outcome(outcome)}"
            )
            return _line(op.first_offset, told, "yellow")
        case HintsRead(op):
            told = (
                f"operation {op.seq_no} was the last that the hints name: from here the branch goes"
                " on with what lands next, whoever wrote it"
            )
            return _line(op.last_offset, told, "cyan")


def _line(offset: int, told: str, style: str = "") -> Text:
    return Text.assemble(f"{offset:>12}  ", (told, style))


def _next(segment: Segment | None) -> str:
    if segment is None:
        return ""
    author = int(segment.author)
    return f"; the hints name operation {segment.first_seq_no} of author {author} next"


def _stretch(note: Stretch) -> Text:
    size = note.last_offset - note.first_offset - note.seek_bytes
    told = f"read {count(size, 'byte')}, to {note.last_offset}"
    if note.seeks:
        seeks = count(note.seeks, "seek")
        told = f"{told}, with {seeks} over {count(note.seek_bytes, 'byte')}"
    text = _line(note.first_offset, told)
    for tally in note.tallies:
        text.append("\n" + " " * 16)
        text.append(_tally(tally), "green" if tally.rule == APPLIED.rule else "dim")
    if note.content_bytes:
        told = f"{count(note.content_bytes, 'byte')} of content of writes that were rejected"
        text.append("\n" + " " * 16 + told, "dim")
    return text


def _tally(tally: Tally) -> str:
    why = "" if tally.rule == APPLIED.rule else f": {tally.rule}, {REASONS[tally.rule]}"
    which = numbered(tally.first_seq_no, tally.last_seq_no)
    told = f"{verdict_of(tally.rule)} {tally.count:,} of author {int(tally.author)}"
    return f"{told} ({which}){why}"


def verdict_of(rule: str) -> str:
    """The sort of outcome that a rule gives."""
    if rule == APPLIED.rule:
        return "applied"
    return "untracked" if rule == FnodeNotTracked.rule else "rejected"


def _read(found: Offered | Skipped) -> Text:
    """One operation, or bytes that are none, as ``--all`` tells them."""
    if isinstance(found, Skipped):
        size = count(found.last_offset - found.first_offset, "byte")
        return _line(found.first_offset, f"{size} skipped: they are no operation", "yellow")
    op, rule = found.op, found.outcome.rule
    told = f"operation {op.seq_no} of author {int(op.author)}, {told_change(op)}: "
    style = "green" if rule == APPLIED.rule else "dim" if is_transition(found.outcome) else "yellow"
    verdict = verdict_of(rule)
    if found.outcome is not APPLIED:
        verdict = f"{verdict} by {rule}: {told_outcome(found.outcome)}"
    return Text.assemble(f"{op.first_offset:>12}  {told}", (verdict, style))


def note_json(note: Note) -> dict[str, Any]:
    """A note as JSON: what it is, where, and what it says."""
    if isinstance(note, Offered | Skipped):
        return _read_json(note)
    where = dict(_where(note))
    told = {"note": type(note).__name__, **where}
    if isinstance(note, Stretch):
        told["tallies"] = [
            {
                "rule": tally.rule,
                "outcome": verdict_of(tally.rule),
                "author": str(int(tally.author)),
                "count": tally.count,
                "first_seq_no": str(tally.first_seq_no),
                "last_seq_no": str(tally.last_seq_no),
            }
            for tally in note.tallies
        ]
        told["content_bytes"] = note.content_bytes
        told["seeks"], told["seek_bytes"] = note.seeks, note.seek_bytes
    else:
        told["message"] = note_text(note).plain.strip()
    return told


def _where(
    note: Stretch | Seek | Move | Hole | NoOperation | Surprise | HintsRead,
) -> Iterator[tuple[str, Any]]:
    if isinstance(note, Surprise | HintsRead):
        yield "log", note.op.log
        yield "offset", str(note.op.first_offset)
        yield "seq_no", str(note.op.seq_no)
        yield "author", str(int(note.op.author))
        if isinstance(note, Surprise):
            yield "rule", note.outcome.rule
        return
    yield "log", note.log
    if isinstance(note, Move):
        yield "former", note.former
        yield "offset", str(note.offset)
    else:
        yield "first_offset", str(note.first_offset)
        yield "last_offset", str(note.last_offset)


def _read_json(found: Offered | Skipped) -> dict[str, Any]:
    """One operation, or bytes that are none, as JSON."""
    if isinstance(found, Skipped):
        return {
            "skipped": {
                "first_offset": str(found.first_offset),
                "last_offset": str(found.last_offset),
            }
        }
    op = found.op
    return {
        "operation": {
            "log": op.log,
            "first_offset": str(op.first_offset),
            "last_offset": str(op.last_offset),
            "author": str(int(op.author)),
            "seq_no": str(op.seq_no),
            "what": told_change(op),
            "outcome": verdict_of(found.outcome.rule),
            "rule": found.outcome.rule,
        }
    }


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Where a branch breaks, as JSON."""
    return {
        "rule": diagnosis.error.rule,
        "error": type(diagnosis.error).__name__,
        "why": diagnosis.missing.name.lower(),
        "log": diagnosis.log,
        "offset": None if diagnosis.offset is None else str(diagnosis.offset),
        "seq_no": str(diagnosis.seq_no),
        "author": None if diagnosis.author is None else str(int(diagnosis.author)),
        "message": str(diagnosis),
        "advice": list(diagnosis.advice),
    }


def diagnosis_text(diagnosis: Diagnosis) -> Text:
    """Where a branch breaks, why, and what to do."""
    text = Text.assemble(("it breaks", "red bold"), f" at {diagnosis} ({diagnosis.error.rule})")
    for advice in diagnosis.advice:
        text.append(f"\n  - {advice}")
    return text
