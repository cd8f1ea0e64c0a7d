"""Labels: the registers of a journal, and the checks made against them.

Rules
-----
* A *label* is a name and a value, both text. A name may have several values; one may be empty.
* A *label set* is a set of labels. The registers of a journal are one; so are the union and the
  subtraction that an append carries.
* On commit the subtraction comes first: it takes away exactly the labels it lists, and is silent
  about labels that are not there. The union comes next: it replaces every value of each name that
  it lists, and leaves other names alone.
* A *selector* has an ``include`` and an ``exclude``. A journal with no registers at all matches any
  selector. Otherwise:

  1. every label of ``exclude`` must be absent; then
  2. every name of ``include`` must have a value in the registers that ``include`` lists for it.

  A label with an empty value, in either of the two, stands for its name with any value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import field, frozen


def _sorted_labels(labels: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(set(labels)))


@frozen
class LabelSet:
    """An immutable set of labels. Two sets of the same labels are equal."""

    labels: tuple[tuple[str, str], ...] = field(default=(), converter=_sorted_labels)
    """Pairs of name and value, sorted, without repetition."""

    @classmethod
    def of(cls, name: str, *values: str) -> LabelSet:
        """The set of one name with these values."""
        return cls((name, value) for value in values)

    def values(self, name: str) -> tuple[str, ...]:
        """The values of ``name``, sorted; none when the name is not in the set."""
        return tuple(value for other, value in self.labels if other == name)

    def names(self) -> tuple[str, ...]:
        """The names, sorted, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.labels))

    def union(self, other: LabelSet) -> LabelSet:
        """This set, with every value of each name in ``other`` replaced by the values there.

        Spec: JRN-4, HOF-9.
        """
        replaced = set(other.names())
        kept = (label for label in self.labels if label[0] not in replaced)
        return LabelSet((*kept, *other.labels))

    def subtract(self, other: LabelSet) -> LabelSet:
        """This set without exactly the labels of ``other``. Spec: JRN-4."""
        gone = set(other.labels)
        return LabelSet(label for label in self.labels if label not in gone)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.labels) or "no labels"

    def _has(self, name: str, value: str) -> bool:
        values = self.values(name)
        return value in values or (not value and bool(values))


EMPTY: Final = LabelSet()
"""The set of no labels."""


@frozen
class LabelSelector:
    """What an append asks of the registers."""

    include: LabelSet = EMPTY
    """Each name here must have one of the values that this set gives it."""

    exclude: LabelSet = EMPTY
    """None of these labels may be there."""

    def matches(self, registers: LabelSet) -> bool:
        """Whether ``registers`` pass the check, by the rules of this module.

        Spec: JRN-5, HOF-10.
        """
        if not registers:
            return True
        if any(registers._has(name, value) for name, value in self.exclude):
            return False
        return all(
            any(registers._has(name, value) for value in self.include.values(name))
            for name in self.include.names()
        )

    def __str__(self) -> str:
        return f"include: {self.include}; exclude: {self.exclude}"
