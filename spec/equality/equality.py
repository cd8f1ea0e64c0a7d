"""What is compared, and the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import attrs
from attrs import frozen

from spec.tlc.states import State
from spec.tlc.values import Value

Plain: TypeAlias = "int | str | bool | tuple[Plain, ...] | frozenset[Plain] | None"
"""A projected state. It is of Python's own types, so it can be kept in a file."""

Constants: TypeAlias = Mapping[str, Value]
"""The bounds: the constants of a configuration."""


@frozen
class Way:
    """How the model came to a state."""

    before: Way | None
    step: object
    """What was done last; its text tells it."""

    def __str__(self) -> str:
        steps: list[str] = []
        way: Way | None = self
        while way is not None:
            steps.append(str(way.step))
            way = way.before
        return "\n".join(reversed(steps))


@frozen
class Reached:
    """A state of the model, and how it was reached; without a way it is the initial one."""

    state: Plain
    way: Way | None


@frozen
class Equality:
    """A comparison: which states of the model, and which of TLC."""

    name: str
    states_of_model: Callable[[Constants], Iterator[Reached]]
    """All states that the model reaches within bounds; some may come more than once."""

    project: Callable[[State], Plain]
    """What a state of TLC is as plain values."""

    show: Callable[[Plain], str]
    """A projected state in words."""

    keeps_apart: bool = True
    """Whether no two states of TLC are one when projected."""


@attrs.define
class Comparison:
    """Which states only one side reaches."""

    in_both: int = 0
    only_in_spec: list[Plain] = attrs.field(factory=list)
    only_in_model: list[Reached] = attrs.field(factory=list)
    broke: str = ""
    """How the model broke while it explored."""

    whole: bool = True
    """Whether the model explored all; if not, ``only_in_spec`` is not known."""

    @property
    def equal(self) -> bool:
        """Whether both reach the same states."""
        return not (self.only_in_spec or self.only_in_model or self.broke)


def compare(
    equality: Equality, constants: Constants, of_spec: frozenset[Plain], most: int | None = None
) -> Comparison:
    """Explore the model, and compare; end at ``most`` states that only the model reaches."""
    found = Comparison()
    seen: set[Plain] = set()
    try:
        for reached in equality.states_of_model(constants):
            if reached.state in seen:
                continue
            seen.add(reached.state)
            if reached.state not in of_spec:
                found.only_in_model.append(reached)
                if most is not None and len(found.only_in_model) >= most:
                    found.whole = False
                    break
    except Exception as error:  # a model that is wrong may break in any way
        found.broke = f"{type(error).__name__}: {error}"
        found.whole = False
    if found.whole:
        found.only_in_spec = sorted(of_spec - seen, key=repr)
    found.in_both = len(seen) - len(found.only_in_model)
    return found
