"""All theorems, and the way from a name to one."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from spec.proofs import histories, pairs, sets
from spec.proofs.theorem import Theorem

THEOREMS: Final[tuple[Theorem, ...]] = (
    *pairs.THEOREMS,
    *sets.THEOREMS,
    *histories.THEOREMS,
)
"""Every theorem, from one segment up to three of one history."""

_BY_NAME: Final = {theorem.name: theorem for theorem in THEOREMS}


@frozen
class UnknownTheorem(LookupError):
    """No theorem has this name."""

    name: str

    def __str__(self) -> str:
        return f"no theorem is named {self.name!r}; there are: {', '.join(_BY_NAME)}"


def theorem_named(name: str) -> Theorem:
    """The theorem of that name.

    Raises:
        UnknownTheorem: there is none.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise UnknownTheorem(name)
    return found
