"""The cases that Gazette answered, as values of the model.

Rules
-----
* ``tests/data/gazette/cases/FORMAT.md`` says what is in a case. Nothing of a case is dropped here.
* Errors are compared by class, never by full text.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints, InvalidHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import InvalidSegment, Segment, SegmentConflict
from rlog_model.wire import decode_op

CASES: Final = Path(__file__).parent / "data" / "gazette" / "cases"

COUNTS: Final = {
    "codec": 300,
    "codec-hints": 100,
    "segments": 1188,
    "live-log-segments": 300,
    "fsm-plain": 1000,
    "fsm-hinted": 714,
    "fsm-tampered": 150,
}
"""Number of cases of each family."""

Case = Mapping[str, Any]

Refused = (InvalidHints, InvalidSegment, SegmentConflict)
"""How the model refuses hints or segments."""


@functools.cache
def load(family: str) -> tuple[Case, ...]:
    """Every case of a family.

    Raises:
        AssertionError: there are not as many as there should be.
    """
    lines = gzip.decompress((CASES / f"{family}.jsonl.gz").read_bytes()).splitlines()
    cases = tuple(json.loads(line) for line in lines)
    assert len(cases) == COUNTS[family]
    assert len({case["id"] for case in cases}) == len(cases)
    assert all(case["family"] == family for case in cases)
    return cases


def text_of(data: Mapping[str, Any], name: str) -> str:
    """A string of a case, or the bytes that are given in hex in its place."""
    return bytes_of(data, name).decode("utf-8", "surrogateescape")


def bytes_of(data: Mapping[str, Any], name: str) -> bytes:
    """The bytes of a string of a case."""
    if f"{name}_hex" in data:
        return bytes.fromhex(data[f"{name}_hex"])
    content: str = data[name]
    return content.encode()


def segment_of(data: Mapping[str, Any]) -> Segment:
    """A segment of a case."""
    return Segment(
        Author(int(data["author"])),
        int(data["first_seq_no"]),
        int(data["first_offset"]),
        int(data["first_checksum"]),
        int(data["last_seq_no"]),
        int(data["last_offset"]),
        data["log"],
    )


def segments_of(data: Iterable[Mapping[str, Any]]) -> tuple[Segment, ...]:
    """A list of segments of a case."""
    return tuple(map(segment_of, data))


def hints_of(data: Mapping[str, Any]) -> FSMHints:
    """Hints of a case."""
    return FSMHints(
        data["log"],
        tuple(
            FnodeSegments(Fnode(int(node["fnode"])), segments_of(node["segments"]))
            for node in data["live_nodes"]
        ),
        tuple(Property(p["path"], p["content"].encode()) for p in data["properties"]),
    )


def op_of(data: Mapping[str, Any]) -> RecordedOp:
    """An operation of the family ``codec``."""
    members = [parse(data[name]) for name, parse in _MEMBERS.items() if name in data]
    change, *ignored = members or [None]
    return RecordedOp(
        int(data["seq_no"]),
        int(data["checksum"]),
        Author(int(data["author"])),
        change,
        int(data.get("first_offset", 0)),
        int(data.get("last_offset", 0)),
        data.get("log", ""),
        tuple(ignored),
    )


_MEMBERS: Final[dict[str, Callable[[Mapping[str, Any]], Any]]] = {
    "create": lambda d: Create(text_of(d, "path")),
    "link": lambda d: Link(Fnode(int(d["fnode"])), text_of(d, "path")),
    "unlink": lambda d: Unlink(Fnode(int(d["fnode"])), text_of(d, "path")),
    "write": lambda d: Write(Fnode(int(d["fnode"])), int(d["offset"]), int(d["length"])),
    "property": lambda d: Property(text_of(d, "path"), bytes_of(d, "content")),
}
"""The members of an operation, in the order of their tags."""


def offered_of(data: Mapping[str, Any]) -> tuple[RecordedOp, bytes]:
    """An operation of the families ``fsm-*``, with its payload: what ``FSM.apply`` is given."""
    payload = bytes.fromhex(data["payload"])
    op = decode_op(
        payload,
        first_offset=int(data["first_offset"]),
        last_offset=int(data["last_offset"]),
        log=data["log"],
    )
    return op, payload


def refusal(attempt: Callable[[], object]) -> str | None:
    """How the model refuses, as the beginning of Gazette's error; None if it doesn't."""
    try:
        attempt()
    except Refused as refused:
        return str(refused.rule.value)
    return None


def same_refusal(ours: str | None, gazettes: str | None) -> bool:
    """Whether both accept, or both refuse for the same reason.

    Gazette's errors within hints begin with where they are: ``Segment: ``, ``Segment.``.
    """
    if ours is None or gazettes is None:
        return ours is gazettes
    return gazettes.removeprefix("Segment: ").removeprefix("Segment.").startswith(ours)


def tree_of(fsm: FSM) -> dict[str, Any]:
    """Links, links of nodes, and properties: what the cases call ``truth``."""
    return {
        "links": {path: str(fnode) for path, fnode in fsm.links.items()},
        "nodes": {
            str(fnode): {"links": sorted(state.links, key=str.encode)}
            for fnode, state in fsm.live_nodes.items()
        },
        "properties": {path: content.decode() for path, content in fsm.properties.items()},
    }
