"""Bytes by which things are chosen.

Whoever draws - Hypothesis, an enumeration, a fuzzer - draws bytes. What they come to is told by
pure functions: the same bytes give the same scenario. Zero, and what stands first, is the simplest
choice everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import attrs

T = TypeVar("T")


@attrs.define
class Dice:
    """Bytes that are used up, one by one. Behind the last one follow zeros."""

    drawn: bytes
    used: int = 0

    def below(self, end: int) -> int:
        """A number from 0 to ``end`` (exclusive), at most 256."""
        self.used += 1
        return self.drawn[self.used - 1] % end if self.used <= len(self.drawn) else 0

    def one_in(self, times: int) -> bool:
        """True, once in so many times."""
        return self.below(times) == times - 1

    def pick(self, values: Sequence[T]) -> T:
        """One of ``values``."""
        return values[self.below(len(values))]
