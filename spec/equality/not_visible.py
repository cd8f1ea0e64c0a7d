"""Mutants that no comparison can see, and why: what they get wrong is not in the specification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOT_VISIBLE: Final[Mapping[str, str]] = {
    "plain-crc32": "which polynomial is used; the specification takes any digest for injective",
    "checksum-of-one-operation": (
        "an operation has its branch's checksum among its bytes, so a digest of these alone tells"
        " branches apart, too; which number it is the specification does not say"
    ),
}
"""By their names."""
