"""Segments: the states of ``Segments.tla``, and those of the model's own ``SegmentSet``.

The projection: a segment is the tuple of its fields, in their order in ``Segment``; a set is the
tuple of its segments; a state is a set and the answer, which is one of::

    ("new",)
    ("added",)
    ("refused", rule)                    of a segment that is not valid
    ("refused", rule, earlier, later)    of two that contradict each other
    ("found", segments)
    ("invalid range",)
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

import attrs
from attrs import frozen

from rlog_model.identity import Author
from rlog_model.segment import InvalidSegment, Segment, SegmentConflict
from rlog_model.segment_set import SegmentSet
from spec.equality import bounds
from spec.equality.equality import Constants, Equality, Plain, Reached, Way
from spec.tlc.states import State
from spec.tlc.values import Record, Value, as_text

_FIELDS: Final = tuple(field.name for field in attrs.fields(Segment))


@frozen
class _Added:
    segment: Segment

    def __str__(self) -> str:
        return f"add {_show_segment(_plain(self.segment))}"


@frozen
class _Asked:
    log: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"intersect with {self.log!r} [{self.first}, {self.last})"


def universe(constants: Constants) -> Iterator[Segment]:
    """All segments that are added."""
    for author, first_seq_no, first_offset, checksum, last_seq_no, last_offset in itertools.product(
        *(
            bounds.numbers(constants, name)
            for name in (
                *("Authors", "SeqNos", "FirstOffsets"),
                *("Checksums", "SeqNos", "LastOffsets"),
            )
        )
    ):
        for log in bounds.texts(constants, "Logs"):
            yield Segment(
                author=Author(author),
                first_seq_no=first_seq_no,
                first_offset=first_offset,
                first_checksum=checksum,
                last_seq_no=last_seq_no,
                last_offset=last_offset,
                log=log,
            )


def states_of_model(constants: Constants) -> Iterator[Reached]:
    """Every set that adds lead to, the shortest ways first, with every answer that it gives."""
    segments = list(universe(constants))
    logs, offsets = bounds.texts(constants, "Logs"), bounds.numbers(constants, "Bounds")
    questions = [_Asked(*question) for question in itertools.product(logs, offsets, offsets)]
    yield Reached(((), ("new",)), None)
    seen = {SegmentSet()}
    to_explore: deque[tuple[SegmentSet, Way | None]] = deque([(SegmentSet(), None)])
    while to_explore:
        current, way = to_explore.popleft()
        there = _plains(current)
        for segment in segments:
            added = Way(way, _Added(segment))
            after, answer = _add(current, segment)
            yield Reached((there if after is current else _plains(after), answer), added)
            if after not in seen:
                seen.add(after)
                to_explore.append((after, added))
        for asked in questions:
            yield Reached((there, _ask(current, asked)), Way(way, asked))


def project(state: State) -> Plain:
    """A state of TLC."""
    return (_tuple(state["set"]), _answer(state["answer"]))


def show(state: Plain) -> str:
    """A state in words."""
    assert isinstance(state, tuple)
    segments, answer = state
    assert isinstance(answer, tuple)
    words = [_show_part(part) for part in answer]
    return f"the set {_show_part(segments)}: {' '.join(words)}"


EQUALITY: Final = Equality("segments", states_of_model, project, show)


def _add(current: SegmentSet, segment: Segment) -> tuple[SegmentSet, Plain]:
    try:
        return current.add(segment), ("added",)
    except InvalidSegment as invalid:
        return current, ("refused", invalid.rule.name)
    except SegmentConflict as conflict:
        return current, (
            "refused",
            conflict.rule.name,
            _plain(conflict.earlier),
            _plain(conflict.later),
        )


def _ask(current: SegmentSet, asked: _Asked) -> Plain:
    try:
        return ("found", _plains(current.intersect(asked.log, asked.first, asked.last)))
    except ValueError:
        return ("invalid range",)


def _plain(segment: Segment) -> Plain:
    return (
        segment.author,
        segment.first_seq_no,
        segment.first_offset,
        segment.first_checksum,
        segment.last_seq_no,
        segment.last_offset,
        segment.log,
    )


def _plains(segments: Iterable[Segment]) -> Plain:
    return tuple(_plain(segment) for segment in segments)


def _answer(answer: Value) -> Plain:
    assert isinstance(answer, Record)
    match answer["is"]:
        case "refused" if "earlier" in answer:
            compared = _segment(answer["earlier"]), _segment(answer["later"])
            return ("refused", as_text(answer["rule"]), *compared)
        case "refused":
            return ("refused", as_text(answer["rule"]))
        case "found":
            return ("found", _tuple(answer["segments"]))
        case other:
            return (as_text(other),)


def _tuple(segments: Value) -> Plain:
    assert isinstance(segments, tuple)
    return tuple(_segment(segment) for segment in segments)


def _segment(segment: Value) -> Plain:
    assert isinstance(segment, Record)
    fields: list[Plain] = []
    for name in _FIELDS:
        value = segment[name]
        assert isinstance(value, int | str)
        fields.append(value)
    return tuple(fields)


def _show_part(part: Plain) -> str:
    if not isinstance(part, tuple):
        return str(part)
    if part and not isinstance(part[0], tuple):
        return _show_segment(part)
    return f"{{{', '.join(_show_part(one) for one in part)}}}"


def _show_segment(segment: Plain) -> str:
    assert isinstance(segment, tuple)
    author, first_seq_no, first_offset, checksum, last_seq_no, last_offset, log = segment
    last = last_offset or "?"
    return (
        f"[{first_seq_no}, {last_seq_no}] at [{first_offset}, {last}) of {log!r}"
        f" by {author}, checksum {checksum}"
    )
