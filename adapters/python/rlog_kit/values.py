"""What a glue and the kit give each other, and how it stands in JSON: ADP-8 to ADP-10.

Rules
-----
* Numbers are Python's own integers; in JSON they are strings of decimal digits.
* A path or a log name is ``str`` or ``bytes``, as your code has it. In a ``str``, bytes that are no
  UTF-8 are surrogate escapes. In JSON, text that is no UTF-8 stands as hex.
* Segments and hints may be of your own classes, where these have the members of ``SegmentLike`` and
  ``HintsLike``. Else make a ``Segment``, or ``Hints``, of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

Text: TypeAlias = str | bytes
"""A path, or the name of a log."""

Json: TypeAlias = dict[str, Any]
"""An object of JSON."""

DONE: Final = "done"
"""The outcome of what was done, or of an operation that was applied."""

IMPOSSIBLE: Final[Json] = {"outcome": "impossible"}
"""What is shown of a step that can't be executed."""


class Refused(Exception):
    """Your code refuses what it is given. The text is the error's name, and its rule if it has
    rules: ``Refused("MalformedOp")``, ``Refused("InvalidSegment LAST_OFFSET")``."""


class SegmentLike(Protocol):
    """A segment. Offsets and numbers are those of SEG-1."""

    @property
    def author(self) -> int: ...
    @property
    def first_seq_no(self) -> int: ...
    @property
    def first_offset(self) -> int: ...
    @property
    def first_checksum(self) -> int: ...
    @property
    def last_seq_no(self) -> int: ...
    @property
    def last_offset(self) -> int: ...
    @property
    def log(self) -> Text: ...


class NodeLike(Protocol):
    """A file of hints, with the segments that hold its operations."""

    @property
    def fnode(self) -> int: ...
    @property
    def segments(self) -> Iterable[SegmentLike]: ...


class PropertyLike(Protocol):
    """A property of hints."""

    @property
    def path(self) -> Text: ...
    @property
    def content(self) -> bytes: ...


class HintsLike(Protocol):
    """Hints: HNT-1."""

    @property
    def log(self) -> Text: ...
    @property
    def live_nodes(self) -> Iterable[NodeLike]: ...
    @property
    def properties(self) -> Iterable[PropertyLike]: ...


class Segment(NamedTuple):
    """A segment, for whose own class is no ``SegmentLike``; and what a set is asked to add."""

    author: int
    first_seq_no: int
    first_offset: int
    first_checksum: int
    last_seq_no: int
    last_offset: int
    """Exclusive; 0 is not known."""

    log: str


class Node(NamedTuple):
    """See ``NodeLike``."""

    fnode: int
    segments: Iterable[SegmentLike]


class Property(NamedTuple):
    """See ``PropertyLike``."""

    path: Text
    content: bytes


class Hints(NamedTuple):
    """Hints, for whose own class is no ``HintsLike``."""

    log: Text
    live_nodes: Iterable[NodeLike] = ()
    properties: Iterable[PropertyLike] = ()


class Frame(NamedTuple):
    """A frame at ``[first_offset, last_offset)``; or bytes that are none and were skipped, with no
    payload."""

    first_offset: int
    last_offset: int
    payload: bytes | None = None


def octets(text: Text) -> bytes:
    """The bytes of a path or a log name. Lists of paths rise by them."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def text_json(name: str, text: Text) -> Json:
    """The member ``name`` with a text; or ``<name>_hex``, where it is no UTF-8: HNT-14."""
    if isinstance(text, str) and text.isascii():
        return {name: text}
    content = octets(text)
    try:
        return {name: content.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{name}_hex": content.hex()}


def paths_json(paths: Iterable[Text]) -> list[Json]:
    """Paths, in their order."""
    return [text_json("path", path) for path in sorted(paths, key=octets)]


def segment_json(segment: SegmentLike) -> Json:
    """A segment as in HNT-13."""
    # int(): your numbers may be of a class that shows itself in another way.
    return {
        "author": str(int(segment.author)),
        "first_seq_no": str(int(segment.first_seq_no)),
        "first_offset": str(int(segment.first_offset)),
        "first_checksum": str(int(segment.first_checksum)),
        "last_seq_no": str(int(segment.last_seq_no)),
        "last_offset": str(int(segment.last_offset)),
        **text_json("log", segment.log),
    }


def segments_json(segments: Iterable[SegmentLike]) -> list[Json]:
    """Segments, in the order in which they are given."""
    return [segment_json(segment) for segment in segments]


def hints_json(hints: HintsLike) -> Json:
    """Hints as in HNT-13."""
    return {
        **text_json("log", hints.log),
        "live_nodes": [
            {"fnode": str(int(node.fnode)), "segments": segments_json(node.segments)}
            for node in hints.live_nodes
        ],
        "properties": [property_json(p.path, p.content) for p in hints.properties],
    }


def property_json(path: Text, content: bytes) -> Json:
    """A property as in HNT-13."""
    return {**text_json("path", path), **text_json("content", content)}
