"""What the members of a scenario's steps may hold, in JSON.

Rules
-----
* A name - of a recorder, a player, hints, an open file - is 1 to 64 letters, digits, ``_`` and
  ``-``, all ASCII: who executes a scenario may name directories like that.
* A log has 4 to 512 characters: parts of letters, digits, ``_``, ``-`` and ``.``, all ASCII, with
  a ``/`` between two. No part begins with a ``.``.
* An integer is an int64, an author a uint32. It is a number, or a string of decimal digits. Bytes
  are hex.
* A path is any text: that one which can't be recorded is refused is for scenarios to tell.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from types import NoneType
from typing import Annotated, ClassVar, Final, Protocol, TypeAlias

import attrs
from attrs import frozen

from rlog_model.identity import MAX_INT64, MAX_LOG_NAME, MAX_UINT32, MIN_LOG_NAME

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value of JSON."""


@frozen
class MalformedScenario(ValueError):
    """Data that is no scenario."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"this is no scenario: {self.where}: {self.reason}"


class Rule(Protocol):
    """What a member may hold."""

    def read(self, value: object, where: str) -> object:
        """The value that JSON holds.

        Raises:
            MalformedScenario: it holds another one.
        """

    def schema(self) -> dict[str, Json]:
        """The same as JSON Schema."""


@frozen
class Text:
    """Text, all of which matches a pattern."""

    pattern: str = ""
    """A regular expression, of what Python and JSON Schema have in common; empty for any text."""

    least: int = 0
    """Characters, at least."""

    most: int | None = None
    """Characters, at most."""

    def read(self, value: object, where: str) -> str:
        """See ``Rule.read``."""
        if not isinstance(value, str):
            raise MalformedScenario(where, f"{value!r} is no text")
        fits = self.least <= len(value) and (self.most is None or len(value) <= self.most)
        if self.pattern and not (fits and re.fullmatch(self.pattern, value)):
            raise MalformedScenario(where, f"{value!r} is not what can be here: {self.pattern}")
        return value

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        if not self.pattern:
            return {"type": "string"}
        length: dict[str, Json] = {"minLength": self.least, "maxLength": self.most}
        return {"type": "string", "pattern": f"^{self.pattern}$", **length}


@frozen
class Choice:
    """One of several words."""

    words: tuple[str, ...]

    def read(self, value: object, where: str) -> str:
        """See ``Rule.read``."""
        if not isinstance(value, str) or value not in self.words:
            raise MalformedScenario(where, f"{value!r} is none of {', '.join(self.words)}")
        return value

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        return {"enum": list(self.words)}


@frozen
class Number:
    """An integer within bounds."""

    DIGITS: ClassVar[str] = "-?[0-9]{1,19}"

    least: int
    most: int

    def read(self, value: object, where: str) -> int:
        """See ``Rule.read``."""
        if isinstance(value, str) and re.fullmatch(self.DIGITS, value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedScenario(where, f"{value!r} is no integer")
        if not self.least <= value <= self.most:
            raise MalformedScenario(where, f"{value} is not from {self.least} to {self.most}")
        return value

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        number: Json = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return {"anyOf": [number, {"type": "string", "pattern": f"^{self.DIGITS}$"}]}


@frozen
class Flag:
    """True or false."""

    def read(self, value: object, where: str) -> bool:
        """See ``Rule.read``."""
        if not isinstance(value, bool):
            raise MalformedScenario(where, f"{value!r} is neither true nor false")
        return value

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        return {"type": "boolean"}


@frozen
class Hex:
    """Bytes, as pairs of hexadecimal digits."""

    PATTERN: ClassVar[str] = "([0-9a-fA-F]{2})*"

    def read(self, value: object, where: str) -> bytes:
        """See ``Rule.read``."""
        if not isinstance(value, str) or not re.fullmatch(self.PATTERN, value):
            raise MalformedScenario(where, f"{value!r} is no hex")
        return bytes.fromhex(value)

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        return {"type": "string", "pattern": f"^{self.PATTERN}$"}


@frozen
class Several:
    """A list of what another rule says, in any number."""

    each: Rule

    def read(self, value: object, where: str) -> tuple[object, ...]:
        """See ``Rule.read``."""
        if not isinstance(value, list):
            raise MalformedScenario(where, f"{value!r} is no list")
        return tuple(self.each.read(item, where) for item in value)

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        return {"type": "array", "items": self.each.schema()}


@frozen
class OrNull:
    """What another rule says, or null."""

    other: Rule

    def read(self, value: object, where: str) -> object:
        """See ``Rule.read``."""
        return None if value is None else self.other.read(value, where)

    def schema(self) -> dict[str, Json]:
        """See ``Rule.schema``."""
        return {"anyOf": [self.other.schema(), {"type": "null"}]}


Name = Annotated[str, Text("[A-Za-z0-9_-]+", 1, 64)]
"""The name of a recorder, a player, hints or an open file."""

LogName = Annotated[
    str,
    Text(
        "[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*",
        MIN_LOG_NAME,
        MAX_LOG_NAME,
    ),
]
"""The name of a log."""

AuthorNumber = Annotated[int, Number(0, MAX_UINT32)]
"""An author; nobody can be author 0."""

_PLAIN: Final[Mapping[object, Rule]] = {
    str: Text(),
    int: Number(-MAX_INT64 - 1, MAX_INT64),
    bool: Flag(),
    bytes: Hex(),
}


@frozen
class Member:
    """A member of a step."""

    name: str
    rule: Rule
    default: object
    """``attrs.NOTHING`` if the step can't be without it."""


def members_of(step: type[attrs.AttrsInstance]) -> tuple[Member, ...]:
    """The members of a kind of step, but ``do``."""
    hints = typing.get_type_hints(step, include_extras=True)
    return tuple(
        Member(field.name, _rule_of(hints[field.name]), field.default)
        for field in attrs.fields(step)
    )


def _rule_of(hint: object) -> Rule:
    """What a type says that a member may hold."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is Annotated:
        rule: Rule = arguments[1]
        return rule
    if typing.get_origin(hint) is tuple:
        return Several(_rule_of(arguments[0]))
    if NoneType in arguments:
        (other,) = (a for a in arguments if a is not NoneType)
        return OrNull(_rule_of(other))
    return _PLAIN[hint]
