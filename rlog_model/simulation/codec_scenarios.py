"""Scenarios of the codec, told by bytes.

Rules
-----
* A payload is an operation's fields, in the order of their tags, encoded here by hand: so it can be
  what no encoder writes.
* Lawful ones have numbers at the ends of their ranges, members that are empty, several members, and
  paths that are no UTF-8.
* Some *deviate*, by one or two of: fields twice, out of order, with a default written out, or
  longer than they need to be; fields that no release knows; a field of another wire type; a payload
  that ends early, or within a field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from attrs import frozen

from rlog_model.scenario import Scenario
from rlog_model.scenario_parts import Decode
from rlog_model.simulation.dice import Dice

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5

_INTS: Final = (1, 2, 127, 128, 300, 0, -1, (1 << 31) - 1, 1 << 32, (1 << 63) - 1, -(1 << 63))
_UINTS: Final = (1, 0x11223344, 0, (1 << 32) - 1, 1 << 31)
_PATHS: Final = (b"/a", b"/b/c", b"", b"/\xff\xfe", b"a", b"/" + b"x" * 130, "/é".encode(), b"/\0")
_CONTENTS: Final = (b"x", b"", b"\xff\0\x80", b"y" * 200)
_MEMBERS: Final = (4, 7, 5, 6, 8)
"""Tags of create, write, link, unlink, property."""


def varint(value: int, more: int = 0) -> bytes:
    """A number as protobuf has it, in up to ``more`` bytes beyond those that it needs."""
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    padding = min(more, 9 - len(encoded))
    if padding > 0:
        return bytes((*encoded, value | 128, *[128] * (padding - 1), 0))
    return bytes((*encoded, value))


@frozen
class Field:
    """A field of a message."""

    tag: int
    wire_type: int
    content: bytes
    """What stands behind its key."""

    @property
    def is_message(self) -> bool:
        """Whether it is a member of an operation: that it is there counts, though it be empty."""
        return self.wire_type == BYTES and self.tag in _MEMBERS

    def encode(self) -> bytes:
        """The field, with its key."""
        return varint(self.tag << 3 | self.wire_type) + self.content


def number(tag: int, value: int, more: int = 0) -> Field:
    """An integer."""
    return Field(tag, VARINT, varint(value, more))


def fixed(tag: int, value: int) -> Field:
    """An unsigned number of four bytes."""
    return Field(tag, FIXED32, value.to_bytes(4, "little"))


def content(tag: int, value: bytes) -> Field:
    """Bytes, or a message."""
    return Field(tag, BYTES, varint(len(value)) + value)


def codec_scenario(steps: Sequence[bytes]) -> Scenario:
    """A payload for each of ``steps``."""
    return Scenario(tuple(Decode(payload(Dice(drawn))) for drawn in steps), "codec")


def payload(dice: Dice) -> bytes:
    """The payload of an operation, which may deviate."""
    fields = [number(1, dice.pick(_INTS)), fixed(2, dice.pick(_UINTS)), fixed(3, dice.pick(_UINTS))]
    tags = {dice.pick(_MEMBERS) for _ in range(dice.pick((1, 1, 1, 2, 0, 3)))}
    changes = 0
    if dice.one_in(2):
        changes = 1 + dice.one_in(3)
    within = bool(tags) and dice.one_in(3)
    for tag in sorted(tags):
        parts = _lawful(_member(dice, tag))
        if within:
            parts = _deviating(dice, parts, changes)
        fields.append(content(tag, _encoded(parts)))
    if dice.one_in(8):
        fields += [number(9, dice.pick(_INTS)), number(10, 77), content(11, dice.pick(_PATHS))]
    fields = _lawful(fields)
    if not within:
        fields = _deviating(dice, fields, changes)
    encoded = _encoded(fields)
    if changes and dice.one_in(4):
        encoded = dice.pick(_CUTS)(dice, encoded)
    return encoded


def _member(dice: Dice, tag: int) -> list[Field]:
    if tag == 4:
        return [content(1, dice.pick(_PATHS))]
    if tag == 7:
        return [number(field, dice.pick(_INTS)) for field in (1, 2, 3)]
    if tag == 8:
        return [content(1, dice.pick(_PATHS)), content(2, dice.pick(_CONTENTS))]
    return [number(1, dice.pick(_INTS)), content(2, dice.pick(_PATHS))]


def _lawful(fields: list[Field]) -> list[Field]:
    """As an encoder writes them: without defaults."""
    return [field for field in fields if field.is_message or field.content.strip(b"\0")]


def _encoded(fields: list[Field]) -> bytes:
    return b"".join(field.encode() for field in fields)


def _deviating(dice: Dice, fields: list[Field], changes: int) -> list[Field]:
    for _ in range(changes):
        fields = dice.pick(_DEVIATIONS)(dice, fields)
    return fields


def _unknown(dice: Dice, fields: list[Field]) -> list[Field]:
    """A field that no release knows."""
    tag = dice.pick((15, 16, 12, 536870911))
    field = dice.pick(
        (
            number(tag, 7),
            content(tag, b"later"),
            Field(tag, FIXED64, bytes(8)),
            fixed(tag, 7),
            content(tag, b""),
        )
    )
    at = dice.below(len(fields) + 1)
    return [*fields[:at], field, *fields[at:]]


def _default(dice: Dice, fields: list[Field]) -> list[Field]:
    """A default, written out."""
    field = dice.pick((number(1, 0), fixed(2, 0), fixed(3, 0), content(4, b""), content(8, b"")))
    at = dice.below(len(fields) + 1)
    return [*fields[:at], field, *fields[at:]]


def _again(dice: Dice, fields: list[Field]) -> list[Field]:
    """A field that is there twice, the second time maybe otherwise."""
    if not fields:
        return fields
    field = dice.pick(fields)
    if field.wire_type == VARINT and dice.one_in(2):
        field = number(field.tag, 3)
    return [*fields, field]


def _turned(dice: Dice, fields: list[Field]) -> list[Field]:
    """Fields in another order."""
    turn = 1 + dice.below(4)
    return [*fields[turn:], *fields[:turn]]


def _long(dice: Dice, fields: list[Field]) -> list[Field]:
    """A number in more bytes than it needs."""
    at = dice.below(len(fields) + 1)
    return [*fields[:at], number(1, dice.pick((1, 5, 300)), 1 + dice.below(9)), *fields[at:]]


def _other_type(dice: Dice, fields: list[Field]) -> list[Field]:
    """A field of another wire type."""
    if not fields:
        return fields
    at = dice.below(len(fields))
    tag = fields[at].tag
    field = dice.pick((number(tag, 5), content(tag, b"\x08\x01"), fixed(tag, 9)))
    return [*fields[:at], field, *fields[at + dice.below(2) :]]


_DEVIATIONS: Final[tuple[Callable[[Dice, list[Field]], list[Field]], ...]] = (
    _unknown,
    _default,
    _again,
    _turned,
    _long,
    _other_type,
)

_CUTS: Final[tuple[Callable[[Dice, bytes], bytes], ...]] = (
    lambda dice, encoded: encoded[: -1 - dice.below(12)],
    lambda dice, encoded: encoded + b"\x66",
    lambda dice, encoded: encoded + b"\x22\x05/a",
    lambda dice, encoded: encoded + b"\x08" + b"\xff" * 10 + b"\x01",
)
