"""States as TLC prints them: in the trace of an error, and all of them in the file of ``-dump``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from spec.tlc.values import NoValue, Value, parse

State: TypeAlias = "dict[str, Value]"
"""The values of the variables."""

_VARIABLE: Final = re.compile(r"^(?:/\\ )?(\w+) = ", re.MULTILINE)
_HEADING: Final = "State "
# Many states have one value of a variable in common: it is read once, and shared.
_KEPT: Final = 200_000


class StateReader:
    """Reads states, and keeps the values that it has read."""

    def __init__(self) -> None:
        self._kept: dict[str, Value] = {}

    def state(self, text: str) -> State:
        r"""The state of the lines ``/\ x = 1``; with a single variable, of the line ``x = 1``.

        Raises:
            NoValue: it is no state.
        """
        parts = _VARIABLE.split(text.strip())
        if len(parts) < 3 or parts[0]:
            raise NoValue(f"no state: {text.strip()[:200]}")
        return {
            name: self._value(value) for name, value in zip(parts[1::2], parts[2::2], strict=True)
        }

    def _value(self, text: str) -> Value:
        kept = self._kept.get(text)
        if kept is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            kept = self._kept[text] = parse(text)
        return kept


def states_of_dump(file: Path) -> Iterator[State]:
    """All states of a dump: TLC may have written one of them more than once.

    Raises:
        NoValue: it is no dump.
    """
    reader = StateReader()
    lines: list[str] = []
    with file.open(encoding="utf-8") as dump:
        for line in dump:
            if line.startswith(_HEADING):
                if lines:
                    yield reader.state("".join(lines))
                lines = []
            elif line != "\n":
                lines.append(line)
    if lines:
        yield reader.state("".join(lines))
