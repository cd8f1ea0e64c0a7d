"""Values as TLC prints them, read into immutable Python values.

Rules
-----
* An integer, boolean and string is Python's own; a sequence is a tuple, a set a frozenset. What has
  no structure of its own, a *model value*, is a ``ModelValue``.
* Records and functions are a ``Record``: in TLA+ a record is a function of strings. A function with
  the domain 1..n is a sequence in TLA+, so it is a tuple here.
* All can be compared and be members of sets. In Python ``True == 1``: no variable should hold both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

Value: TypeAlias = "int | bool | str | ModelValue | tuple[Value, ...] | frozenset[Value] | Record"


class NoValue(ValueError):
    """A text that is no value."""


@frozen
class ModelValue:
    """A value that equals only itself: a constant which a configuration sets to its own name."""

    name: str

    def __str__(self) -> str:
        return self.name


class Record(Mapping["Value", "Value"]):
    """A record, or a function whose domain is not 1..n."""

    __slots__ = ("_hash", "_items")

    def __init__(self, items: Mapping[Value, Value]) -> None:
        self._items = dict(items)
        self._hash = hash(frozenset(self._items.items()))

    def __getitem__(self, key: Value) -> Value:
        return self._items[key]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return self._hash == other._hash and self._items == other._items

    def __repr__(self) -> str:
        return f"Record({self._items!r})"


_TOKEN: Final = re.compile(
    r'"(?:[^"\\]|\\.)*"'
    r"|-?\d+\.\.-?\d+"
    r"|-?\d+"
    r"|[A-Za-z_]\w*"
    r"|<<|>>|\|->|:>|@@"
    r"|\S"
)
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
_CONSTANTS: Final[dict[str, bool]] = {"TRUE": True, "FALSE": False}


def parse(text: str) -> Value:
    """The value that a text is.

    Raises:
        NoValue: it is none.
    """
    tokens = iter(_TOKEN.findall(text))
    following = tokens.__next__
    try:
        value = _value(following(), following)
    except StopIteration:
        raise NoValue(f"a value ends too early: {_shown(text)}") from None
    except NoValue as wrong:
        raise NoValue(f"{wrong} in {_shown(text)}") from None
    if (rest := next(tokens, None)) is not None:
        raise NoValue(f"{rest!r} stands behind a value: {_shown(text)}")
    return value


def function(items: Mapping[Value, Value]) -> Record | tuple[Value, ...]:
    """A function: one with the domain 1..n is a sequence."""
    if all(n in items for n in range(1, len(items) + 1)):
        return tuple(items[n] for n in range(1, len(items) + 1))
    return Record(items)


def as_record(value: Value) -> Record:
    """The record, or function, that a value must be."""
    assert isinstance(value, Record)
    return value


def as_sequence(value: Value) -> tuple[Value, ...]:
    """The sequence that a value must be."""
    assert isinstance(value, tuple)
    return value


def as_number(value: Value) -> int:
    """The number that a value must be."""
    assert isinstance(value, int)
    return value


def as_text(value: Value) -> str:
    """The string that a value must be."""
    assert isinstance(value, str)
    return value


def show(value: Value) -> str:
    """A value as TLC prints it, with the parts of sets and functions in an order of their own."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        for letter, character in _ESCAPED.items():
            quoted = quoted.replace(character, f"\\{letter}")
        return f'"{quoted}"'
    if isinstance(value, int | ModelValue):
        return str(value)
    if isinstance(value, tuple):
        return f"<<{', '.join(map(show, value))}>>"
    if isinstance(value, frozenset):
        return f"{{{', '.join(sorted(map(show, value)))}}}"
    names = [key for key in value if isinstance(key, str) and key.isidentifier()]
    if len(names) == len(value) and names:
        return f"[{', '.join(f'{name} |-> {show(value[name])}' for name in sorted(names))}]"
    return f"({' @@ '.join(sorted(f'{show(k)} :> {show(v)}' for k, v in value.items()))})"


def _value(token: str, following: Callable[[], str]) -> Value:
    first = token[0]
    if first == '"' and len(token) > 1:
        inner = token[1:-1]
        if "\\" in inner:
            inner = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), inner)
        return inner
    if first.isdigit() or (first == "-" and len(token) > 1):
        if ".." in token:
            least, _, most = token.partition("..")
            return frozenset(range(int(least), int(most) + 1))
        return int(token)
    if first == "[":
        return _record(following)
    if token == "<<":
        return tuple(_members(">>", following))
    if first == "{":
        return frozenset(_members("}", following))
    if first == "(":
        return _function(following)
    if first.isalpha() or first == "_":
        constant = _CONSTANTS.get(token)
        return ModelValue(token) if constant is None else constant
    raise NoValue(f"{token!r} begins no value")


def _members(end: str, following: Callable[[], str]) -> list[Value]:
    members: list[Value] = []
    token = following()
    if token == end:
        return members
    while True:
        members.append(_value(token, following))
        token = following()
        if token == end:
            return members
        _require(token, ",")
        token = following()


def _record(following: Callable[[], str]) -> Record:
    items: dict[Value, Value] = {}
    while True:
        name = following()
        _require(following(), "|->")
        items[name] = _value(following(), following)
        token = following()
        if token == "]":
            return Record(items)
        _require(token, ",")


def _function(following: Callable[[], str]) -> Record | tuple[Value, ...]:
    items: dict[Value, Value] = {}
    while True:
        key = _value(following(), following)
        _require(following(), ":>")
        items[key] = _value(following(), following)
        token = following()
        if token == ")":
            return function(items)
        _require(token, "@@")


def _require(token: str, wanted: str) -> None:
    if token != wanted:
        raise NoValue(f"{token!r} stands where {wanted!r} must")


def _shown(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}..."
