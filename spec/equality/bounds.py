"""The constants of a configuration, by what they must be."""

from __future__ import annotations

from collections.abc import Iterator

from spec.equality.equality import Constants
from spec.tlc.values import Value


def number(constants: Constants, name: str) -> int:
    """A number."""
    value = constants[name]
    assert isinstance(value, int)
    return value


def numbers(constants: Constants, name: str) -> list[int]:
    """A set of numbers, in their order."""
    return sorted(value for value in _members(constants[name]) if isinstance(value, int))


def texts(constants: Constants, name: str) -> list[str]:
    """A set of texts, in their order."""
    return sorted(value for value in _members(constants[name]) if isinstance(value, str))


def truths(constants: Constants, name: str) -> list[bool]:
    """A set of truth values, the false one first."""
    return sorted(value for value in _members(constants[name]) if isinstance(value, bool))


def pairs(constants: Constants, name: str) -> list[tuple[int, int]]:
    """A set of pairs of numbers, in their order."""
    found: list[tuple[int, int]] = []
    for pair in _members(constants[name]):
        match pair:
            case (int(first), int(second)):
                found.append((first, second))
            case _:
                raise AssertionError(f"{name} has {pair}, which is no pair of numbers")
    return sorted(found)


def sets_of_texts(constants: Constants, name: str) -> list[list[str]]:
    """A set of sets of texts, in their order."""
    return sorted(
        sorted(text for text in _members(texts) if isinstance(text, str))
        for texts in _members(constants[name])
    )


def _members(value: Value) -> Iterator[Value]:
    assert isinstance(value, frozenset)
    return iter(value)
