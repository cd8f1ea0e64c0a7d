"""The table of steps on the page of the scenario language, made from their classes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import attrs

from rlog_model.scenario import STEPS
from rlog_model.scenario_parts import Part

TYPES = {
    "Name": "name",
    "LogName": "log",
    "AuthorNumber": "author",
    "bytes": "hex",
    "str": "text",
    "int": "number",
    "bool": "true or false",
    "Until": "`end`, `head` or `append`",
    "tuple[OpenFlag, ...]": "list of flags",
}
"""What a member holds, by the type that it has in its class; others say it themselves."""


def lines(parts: bool) -> Iterator[str]:
    """A list of the steps of worlds, or of those of ``parts``."""
    for name, kind in sorted(STEPS.items()):
        if issubclass(kind, Part) is not parts:
            continue
        yield f"`{name}`"
        told = " ".join((inspect.getdoc(kind) or "").split()).replace("``", "`")
        yield f": {told}"
        yield ""
        members = []
        for member in attrs.fields(kind):
            held, _, rest = str(member.type).partition(" | ")
            default = "" if member.default is attrs.NOTHING else f", else {_told(member.default)}"
            optional = " or none" if rest == "None" and not default else ""
            members.append(f"`{member.name}` ({TYPES.get(held, held)}{optional}{default})")
        yield f"  {', '.join(members)}"
        yield ""


def _told(value: object) -> str:
    return str(value).lower()


def write_all(folder: Path) -> None:
    """Write both lists into a folder."""
    for name, parts in (("worlds", False), ("parts", True)):
        text = "\n".join(lines(parts)) + "\n"
        (folder / f"steps-{name}.md").write_text(text, encoding="utf-8")
