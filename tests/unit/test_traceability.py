"""Traceability: the checkout has no gap, and each kind of gap is seen."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from spec import clauses, traceability
from spec.clauses import Gap, Kind, Place
from spec.sources import Named, definitions_in, functions_in, mutants_in
from spec.traceability import Row, all_gaps, markdown, rows, to_json

MODULE = '''
"""A module.

Spec: SEG-1.
"""

class Rule:
    """Spec: SEG-2,
    SEG-3.
    """

    rule: ClassVar[str] = "SEG-4"

    def method(self):
        """It does. Spec: SEG-5, SEG-6."""

        def inner():
            """Spec: SEG-7."""

def unread(): "Spec: SEG-8"

def later():
    """Spec: SEG-8.

    Not the last line.
    """

def none(): "It is in the spec: SEG-9."
'''

TLA = r"""
---- MODULE Some ----
\* [SEG-1, SEG-2]
Init == x = 0
\* [SEG-3] Said in a few words.
Next(a, b) == x' = a + b
  \* [SEG-4]
  Fun[i \in 1..3] == i
\* [SEG-5]

Far == TRUE
\* [a comment]
Plain == TRUE
\* [SEG-6]
"""

MUTANTS = """
MUTANTS = (
    Mutant(name="one", rules=("FSM-1", "PAIR:LOGS_DIFFER"), clauses=("SEG-4",), old="x"),
    Mutant(name="two", rules=("HINTS:LAST_LOG", "SEGMENT:LOG", "NEW:THING")),
    Mutant(name="three"),
)
"""


def checkout(root: Path, **more: str) -> Path:
    """A small checkout without a gap, but for what ``more`` says; names of files have ``__``."""
    files = {
        "spec/a.md": "# Texts\n\n## One\n\n**FSM-0** A *clause*, see [it](b.md#x). More.\n",
        "rlog_model/a.py": 'def f():\n    """Does. Spec: FSM-0."""\n',
        "rlog_model/conformance/mutants/a.py": 'Mutant(name="m", rules=("FSM-0",))\n',
        "spec/tla/A.tla": "\\* [FSM-0]\nNext == TRUE\n",
        "tests/unit/test_a.py": '@pytest.mark.clause("FSM-0")\ndef test_it(): ...\n',
        **{name.replace("__", "/"): content for name, content in more.items()},
    }
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    return root


def give_vectors(root: Path, vectors: Mapping[str, list[str]]) -> None:
    file = root / "spec" / "vectors" / "a.jsonl.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"id": i, "clauses": c}) + "\n" for i, c in vectors.items())
    file.write_bytes(gzip.compress("".join(lines).encode()))


def gaps_in(root: Path) -> list[Gap]:
    """Without those of the model itself, which is another checkout's."""
    return [gap for gap in all_gaps(root) if gap.kind is not Kind.NO_CLAUSE]


def test_the_checkout_has_no_gap() -> None:
    assert [str(gap) for gap in all_gaps()] == []


def test_each_clause_has_a_row_with_what_is_known_of_it() -> None:
    table = {row.clause.id: row for row in rows()}
    assert list(table) == [clause.id for clause in clauses.clauses()]
    assert "segment.reduce" in table["SEG-4"].functions
    assert table["SEG-4"].heading == "Two segments"
    assert "outcome.WrongSeqNo" in table["FSM-2"].functions
    assert "gap-in-sequence-accepted" in table["FSM-2"].mutants
    assert len(table["SEG-7"].vectors) > 100
    assert all(row.functions and row.tests and row.title for row in table.values())


def test_functions_name_clauses_in_the_last_line_of_their_docstrings() -> None:
    found = {(one.name, one.clauses) for one in functions_in(MODULE, "a.b", "a/b.py")}
    assert found == {
        ("a.b", ("SEG-1",)),
        ("a.b.Rule", ("SEG-2", "SEG-3")),
        ("a.b.Rule", ("SEG-4",)),
        ("a.b.Rule.method", ("SEG-5", "SEG-6")),
        ("a.b.Rule.method.inner", ("SEG-7",)),
        ("a.b.unread", ()),
        ("a.b.later", ()),
    }


def test_definitions_are_tagged_by_the_line_above() -> None:
    assert list(definitions_in(TLA, "Some", "s.tla")) == [
        Named("Some!Init", "s.tla:3", ("SEG-1", "SEG-2")),
        Named("Some!Next", "s.tla:5", ("SEG-3",)),
        Named("Some!Fun", "s.tla:7", ("SEG-4",)),
        Named("", "s.tla:9", ("SEG-5",)),
        Named("", "s.tla:14", ("SEG-6",)),
    ]


def test_mutants_name_clauses_and_rules_of_clauses() -> None:
    assert {one.name: one.clauses for one in mutants_in(MUTANTS, "m.py")} == {
        "one": ("FSM-1", "SEG-3", "SEG-4"),
        "two": ("HNT-4", "SEG-1", "NEW:THING"),
        "three": (),
    }


def test_a_small_checkout_has_no_gap(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    give_vectors(root, {"a/1": ["FSM-0"]})
    assert gaps_in(root) == []
    assert list(rows(root)) == [
        Row(
            Place("FSM-0", "spec/a.md:5"),
            "One",
            "A clause, see it",
            ("a.f",),
            ("A!Next",),
            ("a/1",),
            ("m",),
            1,
        )
    ]


def test_nothing_but_clauses_functions_and_tests_is_needed(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    (root / "spec" / "tla" / "A.tla").unlink()
    assert gaps_in(root) == []


@pytest.mark.parametrize(
    ("file", "content", "gap"),
    [
        (
            "tests/unit/test_a.py",
            "",
            Gap(Kind.NO_TEST, Place("FSM-0", "spec/a.md:5")),
        ),
        (
            "rlog_model/a.py",
            "def f(): ...\n",
            Gap(Kind.NO_FUNCTION, Place("FSM-0", "spec/a.md:5")),
        ),
        (
            "rlog_model/b.py",
            '"""Spec: NEW-1."""\n',
            Gap(Kind.FUNCTION, Place("NEW-1", "rlog_model/b.py:1")),
        ),
        (
            "rlog_model/b.py",
            'def g():\n    """Spec: FSM-0"""\n',
            Gap(Kind.UNREAD, Place("b.g", "rlog_model/b.py:1")),
        ),
        (
            "spec/tla/B.tla",
            "\\* [NEW-1]\nNext == TRUE\n",
            Gap(Kind.DEFINITION, Place("NEW-1", "spec/tla/B.tla:1")),
        ),
        (
            "spec/tla/B.tla",
            "\\* [FSM-0]\n\nNext == TRUE\n",
            Gap(Kind.NO_DEFINITION, Place("FSM-0", "spec/tla/B.tla:1")),
        ),
        (
            "rlog_model/conformance/mutants/b.py",
            'Mutant(name="b", rules=("NEW-1",))\n',
            Gap(Kind.MUTANT, Place("NEW-1", "rlog_model/conformance/mutants/b.py:1")),
        ),
        (
            "rlog_model/conformance/mutants/b.py",
            'Mutant(name="b")\n',
            Gap(Kind.NO_NAME, Place("b", "rlog_model/conformance/mutants/b.py:1")),
        ),
        (
            "spec/b.md",
            "See FSM-9.\n",
            Gap(Kind.MENTIONED, Place("FSM-9", "spec/b.md:1")),
        ),
    ],
)
def test_each_gap_is_seen(tmp_path: Path, file: str, content: str, gap: Gap) -> None:
    root = checkout(tmp_path, **{file.replace("/", "__"): content})
    assert gaps_in(root) == [gap]
    assert str(gap).startswith(f"{gap.place.where}: {gap.place.id} ")


def test_vectors_name_clauses(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    give_vectors(root, {"a/1": ["FSM-0", "NEW-1"], "a/2": []})
    assert gaps_in(root) == [
        Gap(Kind.VECTOR, Place("NEW-1", "spec/vectors/a.jsonl.gz:1")),
        Gap(Kind.NO_NAME, Place("a/2", "spec/vectors/a.jsonl.gz:2")),
    ]


def test_an_outcome_without_a_clause_is_a_gap(tmp_path: Path) -> None:
    found = {gap.place.id for gap in all_gaps(checkout(tmp_path)) if gap.kind is Kind.NO_CLAUSE}
    assert {"FSM-1", "PLAY-5"} <= found


def row(clause: str, vectors: int, tests: int) -> Row:
    ids = tuple(f"a/{n}" for n in range(vectors))
    return Row(Place(clause, "spec/a.md:5"), "One", "A clause", ("a.f",), (), ids, ("m",), tests)


def test_the_page_leads_to_the_clauses() -> None:
    page = markdown([row("FSM-0", 4, 1), row("FSM-1", 1, 2), row("FSM-2", 0, 0)])
    assert page.count("## spec/a.md") == 1
    assert '<a href="a.html#FSM-0">FSM-0</a> A clause\n: ' in page
    assert "model `a.f`; 4 vectors `a/0`, `a/1`, `a/2` …; 1 mutant `m`; 1 test.\n" in page
    assert "1 vector `a/0`; 1 mutant `m`; 2 tests.\n" in page
    assert "model `a.f`; 1 mutant `m`; 0 tests.\n" in page


def test_the_table_is_json() -> None:
    (told,) = to_json([row("FSM-0", 1, 1)])
    assert json.loads(json.dumps(told)) == {
        "clause": "FSM-0",
        "where": "spec/a.md:5",
        "heading": "One",
        "title": "A clause",
        "functions": ["a.f"],
        "definitions": [],
        "vectors": ["a/0"],
        "mutants": ["m"],
        "tests": 1,
    }


def test_program_prints_the_table_and_fails_where_something_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert traceability.main([]) == 0
    printed = capsys.readouterr()
    assert re.search(r"^SEG-4 +model .*segment\.reduce", printed.out, re.MULTILINE)
    assert printed.err.endswith("clauses, 0 gaps\n")

    monkeypatch.setattr(traceability, "rows", lambda root, found: [row("FSM-0", 1, 1)])
    gap = Gap(Kind.NO_TEST, Place("SEG-1", "x"))
    monkeypatch.setattr(traceability, "all_gaps", lambda root, found: iter([gap]))
    assert traceability.main(["--json"]) == 1
    printed = capsys.readouterr()
    assert [one["clause"] for one in json.loads(printed.out)] == ["FSM-0"]
    assert printed.err.startswith("x: SEG-1 has no test\n")
    assert traceability.main(["--markdown"]) == 1
    assert capsys.readouterr().out.startswith("# Traceability\n")
