"""Docstrings of this project as reStructuredText.

Rules
-----
* A heading in a docstring is none of the page: it becomes a rubric.
* What a function raises becomes a list.
* A rule that stands at the beginning of a line with its id becomes a paragraph.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

_RULE = re.compile(r"[A-Z]+-\d+(?= {2})")
_ERRORS = re.compile(r" {4}([A-Z]\w*(?:, [A-Z]\w*)*): (.*)")


def process(
    app: object, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """What Sphinx asks for each docstring: ``lines`` are changed in their place."""
    lines[:] = _converted(lines)


def _converted(lines: list[str]) -> Iterator[str]:
    in_raises = in_rule = False
    for line, following in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        if following and line and set(following) == {"-"} and not line.startswith("="):
            yield f".. rubric:: {line}"
            yield ""
        elif line and set(line) == {"-"}:
            continue
        elif line == "Raises:":
            in_raises = True
            yield "*Raises*"
            yield ""
        elif in_raises and (found := _ERRORS.match(line)):
            errors = ", ".join(f"``{error}``" for error in found[1].split(", "))
            yield f"* {errors}: {found[2]}"
        elif in_raises and line.startswith("        "):
            yield "  " + line.strip()
        elif rule := _RULE.match(line):
            in_rule = True
            yield ""
            yield f"**{rule[0]}** {line[rule.end() :].strip()}"
        elif in_rule and line.startswith("        "):
            yield line.strip()
        else:
            in_raises = in_raises and not line
            in_rule = in_rule and bool(line)
            yield line
