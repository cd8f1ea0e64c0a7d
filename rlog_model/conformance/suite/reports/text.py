"""Values as short text that is safe to show.

Rules
-----
* What a record holds comes from an adapter, and may be anything. Here each character that is not
  printable becomes an escape: a terminal obeys none, XML can hold all, and text goes into UTF-8.
* Who writes HTML, XML or Markdown escapes what that format needs, too.
"""

from __future__ import annotations

import json
from typing import Any, Final

from rlog_model.paths import shown

VALUE: Final = 160
"""Characters of a value that are shown."""

_CONTEXT: Final = 24
"""Characters that are shown before the first one that differs."""


def clean(text: str) -> str:
    """Text of one line or of several, without characters that can't be printed."""
    return "\n".join(shown(line) for line in text.split("\n"))


def cut(text: str, limit: int) -> str:
    """Text of ``limit`` characters at most; what was cut off is told by an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def value(told: Any, limit: int = VALUE) -> str:
    """A JSON value in one line."""
    return cut(_line(told), limit)


def values(one: Any, other: Any, limit: int = VALUE) -> tuple[str, str]:
    """Two values that differ, each in one line. Of long ones that part is shown in which they
    begin to differ."""
    lines = _line(one) or '""', _line(other) or '""'
    if max(map(len, lines)) <= limit:
        return lines
    pairs = enumerate(zip(*lines, strict=False))
    first = next((i for i, (a, b) in pairs if a != b), min(map(len, lines)))
    begin = max(0, first - _CONTEXT)
    told = [f"…{line[begin:]}" if begin else line for line in lines]
    return cut(told[0], limit), cut(told[1], limit)


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: ``1 vector``, ``1,203 vectors``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _line(told: Any) -> str:
    return shown(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))
