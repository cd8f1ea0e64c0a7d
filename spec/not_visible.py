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
_OPEN: Final = (
    "a world's files are named by their paths: nobody has one open that has lost its path"
)
_DIRECTORIES: Final = "a world has no directories"
_PROPERTIES: Final = "a world's recorders have no properties"
_LOGS: Final = "a world has one log"
_BYTES: Final = "the log of a world is a list of whole operations, and no bytes"
_HOLES: Final = "the log of a world has no holes"

MUTANTS: Final[Mapping[str, str]] = {
    "plain-crc32": _DIGEST,
    "checksum-of-one-operation": (
        f"{_DIGEST}; an operation has its branch's checksum among its bytes, so a digest of these"
        " alone does"
    ),
    "write-without-a-path-recorded": _OPEN,
    "open-file-stays-behind": _OPEN,
    "successor-followed-once": _OPEN,
    "nested-files-stay": _DIRECTORIES,
    "directory-onto-a-file": _DIRECTORIES,
    "source-of-a-property-stays": _PROPERTIES,
    "property-with-other-links": _PROPERTIES,
    "property-opened-for-writing": _PROPERTIES,
    "link-to-a-property-path": _PROPERTIES,
    "sealed-file-written": _PROPERTIES,
    "former-property-still-sealed": _PROPERTIES,
    "move-without-a-no-op": _LOGS,
    "move-in-a-revision-of-one-log": _LOGS,
    "head-of-the-own-log-alone": _LOGS,
    "other-log-not-followed": _LOGS,
    "position-kept-across-logs": _LOGS,
    "rejected-write-believed": _BYTES,
    "torn-frame-at-the-end-waited-for": _BYTES,
    "torn-frame-hides-hinted-operations": _BYTES,
    "raw-bytes-beyond-the-head-believed": _BYTES,
    "hole-behind-the-hints-passed": _HOLES,
    "hole-of-unknown-segment-fails": _HOLES,
    "copy-behind-a-hole-believed": _HOLES,
    "jump-not-noticed": _HOLES,
    "unplayable-properties": _PROPERTIES,
    "clash-with-the-nearest-directory": _DIRECTORIES,
    "move-without-fence": _LOGS,
    "move-with-a-check": _LOGS,
}
"""By their names."""


def reason(name: str, layer: str) -> str | None:
    """Why a mutant can't be seen; nothing if it can."""
    return MUTANTS.get(name, LAYERS.get(layer))
