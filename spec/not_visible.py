"""Mutants that the specification can't see, and why: what they get wrong is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LAYERS: Final[Mapping[str, str]] = {
    "framing": "an operation of the specification is no bytes",
    "wire": "an operation of the specification is no bytes",
    "journal": "the log of the specification is a list of operations, and no fragments",
    "recorder": "the specification has no directory, and no calls of a filesystem",
    "file actions": "the specification has no directory: the content of a file is its writes",
}
"""By their layers."""

_DIGEST: Final = "checksums are digests that tell all branches apart, whichever they are"
_OPENING: Final = "opening a file is no event of a world"
_LENGTH: Final = "a write of a world has no length"
_RENAME: Final = "renames are no events of a world"
_TRUNCATION: Final = "truncation is no event of a world"
_PROPERTY: Final = "properties are no events of a world"
_LOGS: Final = "a world has one log"
_BYTES: Final = "the log of a world is a list of operations, and no bytes"
_HOLES: Final = "the log of a world has no holes"

MUTANTS: Final[Mapping[str, str]] = {
    "plain-crc32": _DIGEST,
    "checksum-of-one-operation": (
        f"{_DIGEST}; an operation has its branch's checksum among its bytes, so a digest of these"
        " alone does"
    ),
}
"""By their names."""


def reason(name: str, layer: str) -> str | None:
    """Why a mutant can't be seen; nothing if it can."""
    return MUTANTS.get(name, LAYERS.get(layer))
