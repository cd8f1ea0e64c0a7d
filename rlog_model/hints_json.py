"""Hints as JSON: the proto3 JSON form of ``FSMHints``.

Rules
-----
* Members have the names of the proto's fields. They are written in snake_case, and read in
  lowerCamelCase too.
* int64 and uint32 are written as strings of decimal digits, and read as numbers too.
* All members are written. A member that is absent, or null, has its default.
* A member that is not known is an error: a misspelled ``last_offset`` must not become 0.
* JSON has text alone. Where a log name, a path or the content of a property is no UTF-8, its bytes
  stand as hex under ``<name>_hex`` instead of ``<name>``.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import MAX_INT64, MAX_UINT32, Author, Fnode
from rlog_model.operation import Property
from rlog_model.segment import Segment
from rlog_model.wire import MalformedHints


def hints_to_json(hints: FSMHints) -> dict[str, Any]:
    """The hints as JSON values, in proto3's JSON form.

    Raises:
        ValueError: a log name or a path is neither text nor bytes held as surrogate escapes.

    Spec: HNT-13.
    """
    return {
        **text_to_json("log", hints.log),
        "live_nodes": [
            {"fnode": str(node.fnode), "segments": [segment_to_json(s) for s in node.segments]}
            for node in hints.live_nodes
        ],
        "properties": [
            text_to_json("path", p.path) | bytes_to_json("content", p.content)
            for p in hints.properties
        ],
    }


def hints_from_json(data: object) -> FSMHints:
    """The hints that JSON values hold.

    Raises:
        MalformedHints: they hold none; it names the first member that is wrong.

    Spec: HNT-15, HNT-16.
    """
    given = _Members(data, "", _HINTS)
    return FSMHints(
        given.text("log"),
        tuple(_node(node, where) for node, where in given.items("live_nodes")),
        tuple(_property(value, where) for value, where in given.items("properties")),
    )


def segment_to_json(segment: Segment) -> dict[str, str]:
    """The segment as JSON values, as in hints.

    Raises:
        ValueError: its log name is neither text nor bytes held as surrogate escapes.
    """
    return {
        "author": str(int(segment.author)),
        "first_seq_no": str(segment.first_seq_no),
        "first_offset": str(segment.first_offset),
        "first_checksum": str(segment.first_checksum),
        "last_seq_no": str(segment.last_seq_no),
        "last_offset": str(segment.last_offset),
        **text_to_json("log", segment.log),
    }


def text_to_json(name: str, text: str) -> dict[str, str]:
    """The member ``name`` with a text; or ``<name>_hex`` with its bytes, where they are no UTF-8.

    Raises:
        ValueError: it is neither text nor bytes held as surrogate escapes.
    """
    return bytes_to_json(name, text.encode("utf-8", "surrogateescape"))


def bytes_to_json(name: str, content: bytes) -> dict[str, str]:
    """The member ``name`` with the text that bytes are; or ``<name>_hex`` with the bytes, where
    they are no UTF-8.

    Spec: HNT-14.
    """
    try:
        return {name: content.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{name}_hex": content.hex()}


_HINTS: Final = ("log", "log_hex", "live_nodes", "properties")
_NODE: Final = ("fnode", "segments")
_PROPERTY: Final = ("path", "path_hex", "content", "content_hex")
_SEGMENT: Final = (
    "author",
    "first_seq_no",
    "first_offset",
    "first_checksum",
    "last_seq_no",
    "last_offset",
    "log",
    "log_hex",
)


def _node(data: object, where: str) -> FnodeSegments:
    given = _Members(data, where, _NODE)
    segments = tuple(_segment(value, place) for value, place in given.items("segments"))
    return FnodeSegments(Fnode(given.int64("fnode")), segments)


def _property(data: object, where: str) -> Property:
    given = _Members(data, where, _PROPERTY)
    return Property(given.text("path"), given.content("content"))


def _segment(data: object, where: str) -> Segment:
    given = _Members(data, where, _SEGMENT)
    return Segment(
        Author(given.uint32("author")),
        given.int64("first_seq_no"),
        given.int64("first_offset"),
        given.uint32("first_checksum"),
        given.int64("last_seq_no"),
        given.int64("last_offset"),
        given.text("log"),
    )


_DECIMAL: Final = re.compile(r"-?[0-9]{1,20}", re.ASCII)


class _Members:
    """The members of a JSON object, by their snake_case names. Spec: HNT-15, HNT-16, HNT-17."""

    def __init__(self, data: object, where: str, known: tuple[str, ...]) -> None:
        self._prefix = f"{where}." if where else ""
        self._values: dict[str, object] = {}
        if not isinstance(data, Mapping):
            raise MalformedHints(where or "hints", f"it is no object, but {_kind(data)}")
        for name, value in data.items():
            field = _snake_case(name)
            if field not in known:
                raise MalformedHints(f"{self._prefix}{name}", "no member has this name")
            if {field, _twin(field)} & self._values.keys():
                raise MalformedHints(f"{self._prefix}{name}", "the member is given twice")
            if value is not None:
                self._values[field] = value

    def int64(self, name: str) -> int:
        return self._number(name, -MAX_INT64 - 1, MAX_INT64)

    def uint32(self, name: str) -> int:
        return self._number(name, 0, MAX_UINT32)

    def text(self, name: str) -> str:
        return self.content(name).decode("utf-8", "surrogateescape")

    def content(self, name: str) -> bytes:
        hexadecimal = f"{name}_hex"
        if hexadecimal in self._values:
            return self._bytes(hexadecimal, binascii.unhexlify, "it is no hex")
        return self._bytes(name, str.encode, f"it is no text; bytes go under {hexadecimal}")

    def items(self, name: str) -> list[tuple[object, str]]:
        """The items of a list, each with where it is."""
        values = self._values.get(name, [])
        if not isinstance(values, list | tuple):
            raise self._malformed(name, f"it is no list, but {_kind(values)}")
        return [(value, f"{self._prefix}{name}[{i}]") for i, value in enumerate(values)]

    def _bytes(self, name: str, parse: Callable[[str], bytes], reason: str) -> bytes:
        value = self._values.get(name, "")
        if not isinstance(value, str):
            raise self._malformed(name, f"it is no string, but {_kind(value)}")
        try:
            return parse(value)
        except ValueError as error:
            raise self._malformed(name, reason) from error

    def _number(self, name: str, least: int, most: int) -> int:
        value = self._values.get(name, 0)
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._malformed(name, f"it is no whole number, but {value!r}")
        if not least <= value <= most:
            raise self._malformed(name, f"{value} is not in [{least}, {most}]")
        return value

    def _malformed(self, name: str, reason: str) -> MalformedHints:
        return MalformedHints(f"{self._prefix}{name}", reason)


def _twin(field: str) -> str:
    """The other name under which the same content can be given."""
    return field.removesuffix("_hex") if field.endswith("_hex") else f"{field}_hex"


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _kind(value: object) -> str:
    return type(value).__name__
