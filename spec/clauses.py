"""The clauses of the specification, and what is missing around them.

Rules
-----
* A clause is a paragraph of ``spec/*.md`` that begins with its id: ``**SEG-3** ...``.
* It is a *gap* when an id is two clauses'; when an outcome or an error of the model has a rule that
  is no clause; when the package, the text or a test mentions an id, with a prefix that clauses
  have, which is no clause's; when no test is marked with a clause.
* A test is marked by ``@pytest.mark.clause("SEG-3", "SEG-4")``, and all tests of a module by that
  mark in ``pytestmark``. The marks are read, and nothing is run.

``python -m spec.clauses`` lists the gaps, and how many clauses each file has.
"""

from __future__ import annotations

import ast
import enum
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model import play_error
from rlog_model.outcome import OUTCOMES

ROOT: Final = Path(__file__).parents[1]

_CLAUSE: Final = re.compile(r"(?:\A|(?<=\n\n))\*\*([A-Z]+-\d+)\*\* ")
_ID: Final = re.compile(r"\b[A-Z]+-\d+\b")


class Kind(enum.Enum):
    """What is missing."""

    TWICE = "is defined twice"
    NO_CLAUSE = "is the rule of an outcome or error, and no clause"
    MENTIONED = "is mentioned, and no clause"
    MARKED = "is marked by a test, and no clause"
    NO_TEST = "has no test"
    # Those of ``spec.traceability``.
    NO_FUNCTION = "is named by no function"
    FUNCTION = "is named by a docstring, and no clause"
    UNREAD = "has a `Spec:` line that names no clause"
    DEFINITION = "is the tag of a definition, and no clause"
    NO_DEFINITION = "is a tag above no definition"
    VECTOR = "is named by a vector, and no clause"
    MUTANT = "is named by a mutant, and no clause"
    NO_NAME = "names no clause"


@frozen
class Place:
    """An id, and where it is."""

    id: str
    where: str
    """A file and line, or a name in the package."""


@frozen
class Gap:
    """Something that is missing."""

    kind: Kind
    place: Place

    def __str__(self) -> str:
        return f"{self.place.where}: {self.place.id} {self.kind.value}"


class NoMark(ValueError):
    """A mark that names no clauses."""


def clauses_in(text: str, name: str) -> Iterator[Place]:
    """The clauses that a text defines."""
    for found in _CLAUSE.finditer(text):
        yield _place(text, name, found.start(1), found[1])


def mentions_in(text: str, name: str) -> Iterator[Place]:
    """All that looks like the id of a clause."""
    for found in _ID.finditer(text):
        yield _place(text, name, found.start(), found[0])


def marks_in(source: str, name: str) -> Iterator[Place]:
    """The clauses with which tests are marked.

    Raises:
        NoMark: a mark names none, or names it by anything but plain text.
    """
    module = ast.parse(source)
    marks: list[ast.expr] = []
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks += node.decorator_list
    for statement in module.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            value = statement.value
            marks += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    for mark in marks:
        if ast.unparse(mark).startswith("pytest.mark.clause"):
            yield from _ids_of(mark, name)


def gaps(
    clauses: Iterable[Place],
    rules: Iterable[Place],
    mentions: Iterable[Place],
    marks: Iterable[Place],
) -> Iterator[Gap]:
    """What is missing, given what there is."""
    defined: dict[str, Place] = {}
    for clause in clauses:
        if clause.id in defined:
            yield Gap(Kind.TWICE, clause)
        defined.setdefault(clause.id, clause)
    for rule in rules:
        if rule.id not in defined:
            yield Gap(Kind.NO_CLAUSE, rule)
    prefixes = {_prefix(clause) for clause in defined}
    for mention in mentions:
        if _prefix(mention.id) in prefixes and mention.id not in defined:
            yield Gap(Kind.MENTIONED, mention)
    tested = set()
    for mark in marks:
        tested.add(mark.id)
        if mark.id not in defined:
            yield Gap(Kind.MARKED, mark)
    for clause in defined.values():
        if clause.id not in tested:
            yield Gap(Kind.NO_TEST, clause)


def rules_of_model() -> Iterator[Place]:
    """The rules that outcomes and errors of the model name."""
    for outcome in OUTCOMES:
        yield Place(outcome.rule, outcome.__name__)
    for error in play_error.PlayError.__subclasses__():
        yield Place(error.rule, error.__name__)


def clauses(root: Path = ROOT) -> Iterator[Place]:
    """The clauses of the specification."""
    for file in _files(root, "spec", "**/*.md"):
        yield from clauses_in(file.read_text("utf-8"), _name(file, root))


def marks(root: Path = ROOT) -> Iterator[Place]:
    """The clauses with which tests are marked, once for each mark."""
    for file in _files(root, "tests", "**/test_*.py"):
        yield from marks_in(file.read_text("utf-8"), _name(file, root))


def gaps_of(root: Path = ROOT) -> Iterator[Gap]:
    """What is missing in a checkout."""
    mentioning = [*_files(root, "rlog_model", "**/*.py"), *_files(root, "spec", "**/*.md")]
    yield from gaps(
        clauses(root),
        rules_of_model(),
        (m for f in mentioning for m in mentions_in(f.read_text("utf-8"), _name(f, root))),
        marks(root),
    )


def _ids_of(mark: ast.expr, name: str) -> Iterator[Place]:
    where = f"{name}:{mark.lineno}"
    arguments = mark.args if isinstance(mark, ast.Call) else []
    if not arguments:
        raise NoMark(f"{where}: the mark names no clause")
    for argument in arguments:
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            raise NoMark(f"{where}: a clause is named by plain text, not {ast.unparse(argument)}")
        yield Place(argument.value, where)


def _place(text: str, name: str, at: int, clause: str) -> Place:
    return Place(clause, f"{name}:{text.count(chr(10), 0, at) + 1}")


def _prefix(clause: str) -> str:
    return clause.partition("-")[0]


def _files(root: Path, folder: str, pattern: str) -> list[Path]:
    return sorted((root / folder).glob(pattern))


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def main() -> int:
    """Print what is missing; 1 if anything is."""
    found = list(gaps_of())
    for gap in found:
        print(gap)
    counts = Counter(clause.where.partition(":")[0] for clause in clauses())
    for file, count in counts.items():
        print(f"{count:4} {file}")
    print(f"{counts.total():4} clauses, {len(found)} gaps")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
