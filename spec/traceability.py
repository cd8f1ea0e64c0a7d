"""Traceability: for each clause, what carries it out, and what holds it.

A table clause -> functions of the model -> definitions of TLA+ -> vectors -> mutants -> tests. All
of it is found in the sources, as ``spec.sources`` and ``spec.clauses`` say, and none is typed.

What is a *gap* in ``spec.clauses`` is one here. So is a docstring, a tag, a vector or a mutant that
names what is no clause, or nothing; a tag above no definition; and a clause that no function names.

``python -m spec.traceability`` prints the table and the gaps, and exits with 1 if there are any.
``--markdown`` prints the page of the docs, ``--json`` the table as JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from spec import sources
from spec.clauses import ROOT, Gap, Kind, Place, clauses, gaps_of, marks
from spec.sources import Named

SHOWN: Final = 3
"""Vectors and mutants of a clause that are named, at most. The others are counted."""

_INTRODUCTION: Final = """
Of each of the {} clauses: what of the model carries it out, its definition in TLA+, the vectors
that name it, the mutants that break it, and how many tests hold it. `python -m spec.traceability`
makes this page of the sources, and fails where one of them names what is no clause, or a clause has
no function or no test.
"""

_TITLE: Final = 100
"""Characters of a clause's first words, at most."""


@frozen
class Row:
    """A clause, and all that names it."""

    clause: Place
    heading: str
    """The heading that it stands under."""

    title: str
    """Its first words."""

    functions: tuple[str, ...]
    definitions: tuple[str, ...]
    vectors: tuple[str, ...]
    mutants: tuple[str, ...]
    tests: int
    """How many tests are marked with it."""

    @property
    def file(self) -> str:
        """The file of the clause."""
        return self.clause.where.rpartition(":")[0]


@frozen
class Sources:
    """All that names clauses."""

    functions: tuple[Named, ...]
    definitions: tuple[Named, ...]
    vectors: tuple[Named, ...]
    mutants: tuple[Named, ...]

    @classmethod
    def of(cls, root: Path) -> Sources:
        """Those of a checkout."""
        return cls(
            tuple(sources.functions(root)),
            tuple(sources.definitions(root)),
            tuple(sources.vectors(root)),
            tuple(sources.mutants(root)),
        )


def rows(root: Path = ROOT, found: Sources | None = None) -> Iterator[Row]:
    """The table: a row for each clause, in the order of the files and within them."""
    found = found or Sources.of(root)
    functions, definitions, vectors, mutants = (
        _by_clause(named)
        for named in (found.functions, found.definitions, found.vectors, found.mutants)
    )
    tests = Counter(mark.id for mark in marks(root))
    for clause in clauses(root):
        heading, title = _words(root, clause)
        yield Row(
            clause,
            heading,
            title,
            functions[clause.id],
            definitions[clause.id],
            vectors[clause.id],
            mutants[clause.id],
            tests[clause.id],
        )


def all_gaps(root: Path = ROOT, found: Sources | None = None) -> Iterator[Gap]:
    """What is missing in a checkout."""
    found = found or Sources.of(root)
    defined = list(clauses(root))
    ids = {clause.id for clause in defined}
    yield from gaps_of(root)
    for kind, named in (
        (Kind.FUNCTION, found.functions),
        (Kind.DEFINITION, found.definitions),
        (Kind.VECTOR, found.vectors),
        (Kind.MUTANT, found.mutants),
    ):
        for one in named:
            yield from (Gap(kind, place) for place in one.places() if place.id not in ids)
    for one in found.functions:
        if not one.clauses:
            yield Gap(Kind.UNREAD, Place(one.name, one.where))
    for one in found.definitions:
        if not one.name:
            yield Gap(Kind.NO_DEFINITION, Place(", ".join(one.clauses), one.where))
    for one in (*found.vectors, *found.mutants):
        if not one.clauses:
            yield Gap(Kind.NO_NAME, Place(one.name, one.where))
    carried = {clause for one in found.functions for clause in one.clauses}
    yield from (Gap(Kind.NO_FUNCTION, clause) for clause in defined if clause.id not in carried)


def _by_clause(named: Iterable[Named]) -> defaultdict[str, tuple[str, ...]]:
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for one in named:
        for clause in dict.fromkeys(one.clauses):
            # A class can name a clause in its docstring and by its rule.
            if one.name and one.name not in found[clause][-1:]:
                found[clause] += (one.name,)
    return found


def _words(root: Path, clause: Place) -> tuple[str, str]:
    """The heading above a clause, and its first words."""
    file, _, line = clause.where.rpartition(":")
    lines = (root / file).read_text("utf-8").splitlines()
    at = int(line) - 1
    heading = next((h for h in reversed(lines[:at]) if re.match("#+ ", h)), "")
    paragraph = " ".join(lines[at:]).partition(f"**{clause.id}** ")[2]
    for end in range(at, len(lines)):
        if not lines[end].strip():
            paragraph = " ".join(lines[at:end]).partition(f"**{clause.id}** ")[2]
            break
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph)
    plain = re.sub(r"(?<![A-Za-z0-9])[*_]+|[*_]+(?![A-Za-z0-9])", "", plain)
    sentence = re.split(r"(?<=[.:;]) ", plain, maxsplit=1)[0].rstrip(".:;")
    if len(sentence) > _TITLE:
        sentence = sentence[:_TITLE].rpartition(" ")[0] + " …"
    return heading.lstrip("# "), sentence


# Told


def to_json(table: Iterable[Row]) -> list[dict[str, object]]:
    """The table as JSON values."""
    return [
        {
            "clause": row.clause.id,
            "where": row.clause.where,
            **{f: v for f, v in attrs.asdict(row).items() if f != "clause"},
        }
        for row in table
    ]


def markdown(table: Iterable[Row]) -> str:
    """The page of the docs. Links lead to the clauses, in files beside it."""
    table = list(table)
    parts = ["# Traceability\n", _INTRODUCTION.format(len(table))]
    file = ""
    for row in table:
        if row.file != file:
            file = row.file
            parts.append(f"## {file}\n")
        page = file.removeprefix("spec/").removesuffix(".md") + ".html"
        # HTML: what clauses are linked by is HTML, too, which MyST does not look for.
        link = f'<a href="{page}#{row.clause.id}">{row.clause.id}</a>'
        parts.append(f"{link} {row.title}\n: {'; '.join(_told(row))}.\n")
    return "\n".join(parts)


def _told(row: Row) -> Iterator[str]:
    if row.functions:
        yield "model " + ", ".join(map(_code, row.functions))
    if row.definitions:
        yield "TLA+ " + ", ".join(map(_code, row.definitions))
    for name, ids in (("vector", row.vectors), ("mutant", row.mutants)):
        if ids:
            more = " …" if len(ids) > SHOWN else ""
            yield f"{_count(len(ids), name)} {', '.join(map(_code, ids[:SHOWN]))}{more}"
    yield _count(row.tests, "test")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _code(name: str) -> str:
    return f"`{name}`"


def text(table: Iterable[Row]) -> str:
    """The table as text: a line a clause."""
    return "\n".join(f"{row.clause.id:8} {'; '.join(_told(row))}" for row in table)


def main(arguments: list[str] | None = None) -> int:
    """Print the table and what is missing; 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m spec.traceability", description=main.__doc__)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="the page of the docs")
    form.add_argument("--json", action="store_true", help="JSON")
    asked = parser.parse_args(arguments)
    found = Sources.of(ROOT)
    table = list(rows(ROOT, found))
    if asked.markdown:
        print(markdown(table), end="")
    elif asked.json:
        print(json.dumps(to_json(table), indent=1, ensure_ascii=False))
    else:
        print(text(table))
    missing = list(all_gaps(ROOT, found))
    for gap in missing:
        print(gap, file=sys.stderr)
    print(f"{len(table)} clauses, {len(missing)} gaps", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
