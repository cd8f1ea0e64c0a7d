"""The page of the docs which tells what TLC checks, and at which bounds."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from spec.tlc import cfg
from spec.tlc.manifest import Configuration, Holds, Violates
from spec.tlc.run import TLA

HEAD: Final = """\
# What TLC checks, and at which bounds

`python -m spec.tlc` runs the short configurations, `python -m spec.tlc --long` the long ones,
`--only NAME` one, and `--trace NAME` tells how one that is violated comes to it. This page is made
from `spec/tla/manifest.json` and the `.cfg` files.
"""

Texts = Mapping[str, str]


def markdown(configurations: Iterable[Configuration]) -> str:
    """The page."""
    lines = [HEAD]
    for module, group in itertools.groupby(configurations, lambda c: c.module):
        lines += _module(module, list(group))
    return "\n".join(lines).rstrip() + "\n"


def _module(module: str, group: Sequence[Configuration]) -> Iterator[str]:
    bounds = {c.name: cfg.texts((TLA / c.cfg).read_text("utf-8")) for c in group}
    usual = _usual(list(bounds.values()))
    rest = {
        name: _told({bound: own[bound] for bound in own if own[bound] != usual.get(bound)})
        for name, own in bounds.items()
    }
    yield f"## {module}\n"
    yield f"Bounds, where none is told: {_told(usual)}.\n"
    yield from _holding(group, rest)
    witnesses = [c for c in group if isinstance(c.expect, Violates) and c.expect.witness]
    failing = [c for c in group if isinstance(c.expect, Violates) and not c.expect.witness]
    yield from _violating("Must fail, so that a check is seen to bite:", failing, rest)
    yield from _violating("Must be reached, though it says *never*:", witnesses, rest)


def _holding(group: Sequence[Configuration], bounds: Texts) -> Iterator[str]:
    rows = [
        (
            *(f"`{c.name}`{' (long)' * (c.session == 'long')}", _shown(c), bounds[c.name]),
            *(f"{c.expect.distinct:,}", "yes" if c.equality else ""),
        )
        for c in group
        if isinstance(c.expect, Holds)
    ]
    header = ("configuration", "what it shows", "bounds", "states", "the model's, too")
    yield from _table("Holds in every state:", header, rows)


def _violating(title: str, group: Sequence[Configuration], bounds: Texts) -> Iterator[str]:
    rows = [
        (f"`{c.name}`", _shown(c), bounds[c.name], f"`{c.expect.name}`")
        for c in group
        if isinstance(c.expect, Violates)
    ]
    yield from _table(title, ("configuration", "what it shows", "bounds", "is violated"), rows)


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"{title}\n"
    yield f"| {' | '.join(header)} |"
    yield "|---" * len(header) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _shown(configuration: Configuration) -> str:
    return f"{configuration.shows}<br>{', '.join(sorted(configuration.clauses, key=_place))}"


def _place(clause: str) -> tuple[str, int]:
    prefix, _, number = clause.rpartition("-")
    return prefix, int(number)


def _usual(all_bounds: Sequence[Texts]) -> Texts:
    """What most have of each constant that all have."""
    return {
        name: Counter(bounds[name] for bounds in all_bounds).most_common(1)[0][0]
        for name in all_bounds[0]
        if all(name in bounds for bounds in all_bounds)
    }


def _told(bounds: Texts) -> str:
    return ", ".join(f"{name} `{value}`" for name, value in bounds.items())
