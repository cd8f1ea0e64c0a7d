"""Hints as JSON: proto3's mapping, with the names of the fields as in the proto file.

Rules
-----
* ``live_nodes`` or ``liveNodes``: both forms of a name are read, the first is written.
* Numbers are written as decimal strings, and read as strings or numbers.
* Text that is no UTF-8 has no JSON form: it is written, in hex, as ``NAME_hex`` instead of
  ``NAME``, and so read. That is an addition to proto3's mapping.
* A member that isn't known is refused: it may be a name that is spelt wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import MAX_INT64, MAX_UINT32, Author, Fnode
from rlog_model.operation import Property
from rlog_model.segment import Segment
from rlog_model.wire import MalformedHints

Json = Mapping[str, object]

_T = TypeVar("_T")

_HINTS: Final = ("log", "live_nodes", "properties")
_NODE: Final = ("fnode", "segments")
_PROPERTY: Final = ("path", "content")
_SEGMENT: Final = (
    "author",
    "first_seq_no",
    "first_offset",
    "first_checksum",
    "last_seq_no",
    "last_offset",
    "log",
)
_UINT32: Final = (0, MAX_UINT32)
_INT64: Final = (-MAX_INT64 - 1, MAX_INT64)


def hints_to_json(hints: FSMHints) -> dict[str, object]:
    """Hints as JSON values."""
    return {
        **_text("log", hints.log),
        "live_nodes": [
            {"fnode": str(node.fnode), "segments": [_segment_to_json(s) for s in node.segments]}
            for node in hints.live_nodes
        ],
        "properties": [
            {**_text("path", p.path), **_bytes("content", p.content)} for p in hints.properties
        ],
    }


def hints_from_json(data: object) -> FSMHints:
    """Hints from JSON values.

    Raises:
        MalformedHints: they are none; the reason names the member.
    """
    members = _Members(data, "hints", _HINTS)
    return FSMHints(
        members.text("log"),
        tuple(members.list("live_nodes", _node_from_json)),
        tuple(members.list("properties", _property_from_json)),
    )


def _segment_to_json(segment: Segment) -> dict[str, object]:
    numbers: dict[str, object] = {
        name: str(int(getattr(segment, name))) for name in _SEGMENT if name != "log"
    }
    return {**numbers, **_text("log", segment.log)}


def _node_from_json(data: object, where: str) -> FnodeSegments:
    members = _Members(data, where, _NODE)
    segments = tuple(members.list("segments", _segment_from_json))
    return FnodeSegments(Fnode(members.number("fnode", _INT64)), segments)


def _segment_from_json(data: object, where: str) -> Segment:
    members = _Members(data, where, _SEGMENT)
    return Segment(
        Author(members.number("author", _UINT32)),
        members.number("first_seq_no", _INT64),
        members.number("first_offset", _INT64),
        members.number("first_checksum", _UINT32),
        members.number("last_seq_no", _INT64),
        members.number("last_offset", _INT64),
        members.text("log"),
    )


def _property_from_json(data: object, where: str) -> Property:
    members = _Members(data, where, _PROPERTY)
    return Property(members.text("path"), members.bytes("content"))


def _text(name: str, text: str) -> dict[str, object]:
    return _bytes(name, text.encode("utf-8", "surrogateescape"))


def _bytes(name: str, content: bytes) -> dict[str, object]:
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_hex": content.hex()}


class _Members:
    """The members of a JSON object, by their names in the proto file."""

    def __init__(self, data: object, where: str, known: tuple[str, ...]) -> None:
        if not isinstance(data, Mapping):
            raise MalformedHints(f"{where} is no object")
        self._where = where
        self._values: dict[str, object] = {}
        for key, value in data.items():
            name = re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", str(key))
            if name.removesuffix("_hex") not in known:
                raise MalformedHints(f"{where} has a member {key!r}, which hints don't have")
            self._values[name] = value

    def number(self, name: str, limits: tuple[int, int]) -> int:
        """An integer, 0 if it is left out."""
        value = self._values.get(name, 0)
        least, most = limits
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,20}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise MalformedHints(f"{self._where}.{name} is {value!r}, no integer of its range")
        return value

    def bytes(self, name: str) -> bytes:
        """Text or bytes, empty if they are left out."""
        value = self._values.get(name, "")
        coded = self._values.get(f"{name}_hex")
        try:
            if isinstance(coded, str):
                return bytes.fromhex(coded)
            if isinstance(value, str) and coded is None:
                return value.encode()
        except ValueError:
            pass
        raise MalformedHints(f"{self._where}.{name} is no text")

    def text(self, name: str) -> str:
        """Text, with surrogate escapes for what is no UTF-8."""
        return self.bytes(name).decode("utf-8", "surrogateescape")

    def list(self, name: str, of: Callable[[object, str], _T]) -> list[_T]:
        """A list, empty if it is left out."""
        value = self._values.get(name, [])
        if not isinstance(value, list):
            raise MalformedHints(f"{self._where}.{name} is no list")
        return [of(item, f"{self._where}.{name}[{i}]") for i, item in enumerate(value)]
