"""What the sources say of clauses: the model, definitions of TLA+, vectors and mutants.

Rules
-----
* A function, class or module of the package names the clauses that it carries out in the last line
  of its docstring: ``Spec: SEG-3, SEG-4.`` A class names one by its attribute ``rule``, too.
* A definition in ``spec/tla/*.tla`` is tagged by the line right above it: ``\\* [FSM-1, FSM-2]``.
* A vector names clauses in its member ``clauses``; a mutant in its ``rules`` and ``clauses``.

All is read from files, and nothing is run: so it is the same for any checkout.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model.conformance.suite.clauses_of import OF_HINT_RULES
from spec.clauses import Place

_IDS: Final = r"[A-Z]+-\d+(?:,\s*[A-Z]+-\d+)*"
_SPEC: Final = re.compile(rf"\bSpec:\s+({_IDS})\.\s*\Z")
_TAG: Final = re.compile(rf"\s*\\\* \[({_IDS})\]")
_DEFINITION: Final = re.compile(
    r"\s*(?:LOCAL |THEOREM |LEMMA |ASSUME )?(\w+)\s*(?:\(.*\)|\[.*\])?\s*=="
)
_OF_RULE_GROUPS: Final = {"SEGMENT": "SEG-1", "PAIR": "SEG-3"}
"""Clauses of rules that mutants name as ``GROUP:RULE``; those of hints have one each."""


@frozen
class Named:
    """Something that names clauses."""

    name: str
    where: str
    """A file and line."""

    clauses: tuple[str, ...]
    """None: it should name some, and names none that can be read."""

    def places(self) -> Iterator[Place]:
        """Each clause that it names."""
        for clause in self.clauses:
            yield Place(clause, self.where)


# The model


def functions_in(source: str, module: str, file: str) -> Iterator[Named]:
    """What of a module carries clauses out. ``module`` is its name within the package."""
    tree = ast.parse(source)
    yield from _spec_line(tree, module, f"{file}:1")
    yield from _functions_of(tree, module, file)


def _functions_of(parent: ast.AST, name: str, file: str) -> Iterator[Named]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inner, where = f"{name}.{node.name}", f"{file}:{node.lineno}"
            yield from _spec_line(node, inner, where)
            if isinstance(node, ast.ClassDef):
                yield from _rule_of(node, inner, where)
            yield from _functions_of(node, inner, file)


def _spec_line(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str, where: str
) -> Iterator[Named]:
    docstring = ast.get_docstring(node) or ""
    if found := _SPEC.search(docstring):
        yield Named(name, where, _split(found[1]))
    elif re.search(r"^\s*Spec:|\bSpec: [A-Z]+-\d", docstring, re.MULTILINE):
        yield Named(name, where, ())


def _rule_of(node: ast.ClassDef, name: str, where: str) -> Iterator[Named]:
    for statement in node.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and ast.unparse(statement.target) == "rule"
            and isinstance(statement.value, ast.Constant)
        ):
            yield Named(name, where, (str(statement.value.value),))


def functions(root: Path) -> Iterator[Named]:
    """What of the package carries clauses out, generated code left out."""
    package = root / "rlog_model"
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package).with_suffix("")
        if "_proto" not in inside.parts:
            parts = inside.parts[:-1] if inside.name == "__init__" else inside.parts
            module = ".".join(parts) or "rlog_model"
            yield from functions_in(file.read_text("utf-8"), module, _name(file, root))


# TLA+


def definitions_in(text: str, module: str, file: str) -> Iterator[Named]:
    """The tagged definitions of a module of TLA+. A tag above no definition has an empty name."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if tag := _TAG.match(line):
            below = lines[i + 1] if i + 1 < len(lines) else ""
            found = _DEFINITION.match(below)
            name = f"{module}!{found[1]}" if found else ""
            yield Named(name, f"{file}:{i + 1}", _split(tag[1]))


def definitions(root: Path) -> Iterator[Named]:
    """The tagged definitions of TLA+, if there are modules."""
    for file in sorted((root / "spec" / "tla").glob("*.tla")):
        yield from definitions_in(file.read_text("utf-8"), file.stem, _name(file, root))


# Vectors and mutants


def vectors(root: Path) -> Iterator[Named]:
    """All vectors."""
    for file in sorted((root / "spec" / "vectors").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                vector = json.loads(line)
                where = f"{_name(file, root)}:{number}"
                yield Named(vector["id"], where, tuple(vector["clauses"]))


def mutants_in(source: str, file: str) -> Iterator[Named]:
    """The mutants that a module lists."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Mutant":
            given = {k.arg: k.value for k in node.keywords}
            named = [*_texts(given.get("rules")), *_texts(given.get("clauses"))]
            (name,) = _texts(given.get("name"))
            yield Named(name, f"{file}:{node.lineno}", tuple(map(_clause_of, named)))


def mutants(root: Path) -> Iterator[Named]:
    """All mutants, in the order of their modules."""
    for file in sorted((root / "rlog_model" / "conformance" / "mutants").glob("*.py")):
        yield from mutants_in(file.read_text("utf-8"), _name(file, root))


def _clause_of(rule: str) -> str:
    """The clause of a rule that a mutant names. A rule that is not known stays as it is."""
    group, _, name = rule.partition(":")
    if group == "HINTS":
        return OF_HINT_RULES.get(name, rule)
    return _OF_RULE_GROUPS.get(group, rule)


def _texts(node: ast.expr | None) -> Iterator[str]:
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _split(ids: str) -> tuple[str, ...]:
    return tuple(re.split(r",\s*", ids))


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()
