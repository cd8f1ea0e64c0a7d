"""The running checksum of a branch: CRC-32C (Castagnoli).

Rules
-----
* A branch begins with checksum 0.
* After each operation the checksum is ``update(previous, payload)`` over the operation's protobuf
  bytes: the header of its frame and the raw bytes of a write are not digested.
"""

from __future__ import annotations

from typing import Final

import crcmod.predefined

INITIAL: Final = 0
"""Checksum that the first operation of a branch carries."""

_digest = crcmod.predefined.mkCrcFun("crc-32c")


def update(checksum: int, payload: bytes) -> int:
    """The checksum (uint32) after ``payload``, where ``checksum`` is the one before it.

    Spec: SEQ-2, SEQ-3.
    """
    return _digest(payload, checksum)
