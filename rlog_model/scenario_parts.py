"""Steps for implementations that have only a part: the codec, segment sets, or the FSM.

Rules
-----
* They are steps as all others, and need nothing that other steps make: a scenario of a part is one
  which has only these.
* Sets of segments and FSMs have names. A set is there as soon as it is named, and empty.
* Operations and hints are given as their protobuf bytes.
"""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from rlog_model.scenario_fields import AuthorNumber, Name


class StepBase:
    """One thing that happens."""

    do: ClassVar[str]
    """Its name in JSON, member ``do``."""


@frozen
class Decode(StepBase):
    """The payload of a frame is decoded, and what it holds is encoded again."""

    do: ClassVar[str] = "decode"
    payload: bytes


@frozen
class DecodeHints(StepBase):
    """Encoded hints are decoded, and encoded again."""

    do: ClassVar[str] = "decode_hints"
    encoded: bytes


@frozen
class Unframe(StepBase):
    """A log that holds ``data`` is read into frames, ``piece`` bytes at a time, or all at once
    where that is 0 or less. No raw bytes are asked for."""

    do: ClassVar[str] = "unframe"
    data: bytes
    piece: int = 0


@frozen
class AddSegment(StepBase):
    """A segment is added to a set."""

    do: ClassVar[str] = "add_segment"
    set: Name
    author: AuthorNumber
    first_seq_no: int
    first_offset: int
    first_checksum: AuthorNumber
    last_seq_no: int
    last_offset: int
    log: str


@frozen
class Intersect(StepBase):
    """The segments of a set which may have a byte in ``[first_offset, last_offset)`` of a log."""

    do: ClassVar[str] = "intersect"
    set: Name
    log: str
    first_offset: int
    last_offset: int


@frozen
class NewFsm(StepBase):
    """An FSM is made of hints."""

    do: ClassVar[str] = "new_fsm"
    fsm: Name
    hints: bytes


@frozen
class Apply(StepBase):
    """The FSM is offered an operation, which lies in ``log`` at these offsets."""

    do: ClassVar[str] = "apply"
    fsm: Name
    payload: bytes
    log: str
    first_offset: int = 0
    last_offset: int = 0


@frozen
class BuildHints(StepBase):
    """The FSM builds hints, and shows what it has."""

    do: ClassVar[str] = "build_hints"
    fsm: Name


Part = Decode | DecodeHints | Unframe | AddSegment | Intersect | NewFsm | Apply | BuildHints
"""Every step of this module."""
