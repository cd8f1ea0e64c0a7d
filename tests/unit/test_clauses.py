"""The specification has no gap, and each kind of gap is seen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from spec import clauses
from spec.clauses import (
    Gap,
    Kind,
    NoMark,
    Place,
    clauses_in,
    gaps,
    gaps_of,
    marks_in,
    mentions_in,
    rules_of_model,
)

TEXT = """# Segments

**SEG-1** A segment is valid. Two that are not, see **SEG-9**, are
**SEG-8** none.

    **SEG-7** is code

**SEG-2** Others are not: RFC 2119, SHA-1 and SEG-1 to FSM-3.
"""

TESTS = """
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.clause("SEG-1")]

@pytest.mark.clause("SEG-2", "SEG-3")
@pytest.mark.parametrize("x", [1])
def test_one(x): ...

@pytest.mark.clause("SEG-4")
def no_test(): ...

class TestMore:
    @pytest.mark.clause("SEG-5")
    def test_two(self): "pytest.mark.clause('SEG-6')"
"""


def place(clause: str, where: str = "x") -> Place:
    return Place(clause, where)


SOME = [place("SEG-1", "spec/a.md:1"), place("FSM-1", "spec/b.md:1")]
ALL_TESTED = [place("SEG-1"), place("FSM-1")]


def ids(places: Iterable[Place]) -> list[str]:
    return [p.id for p in places]


def test_the_specification_has_no_gap() -> None:
    assert [str(gap) for gap in gaps_of()] == []


def test_clauses_begin_a_paragraph() -> None:
    assert list(clauses_in(TEXT, "a.md")) == [place("SEG-1", "a.md:3"), place("SEG-2", "a.md:8")]
    assert ids(clauses_in("**SEG-1** At once.", "a.md")) == ["SEG-1"]


def test_mentions_are_anywhere() -> None:
    found = mentions_in(TEXT, "a.md")
    assert ids(found) == ["SEG-1", "SEG-9", "SEG-8", "SEG-7", "SEG-2", "SHA-1", "SEG-1", "FSM-3"]
    assert next(mentions_in("a\nseg-1 SEG-1x SEG-1.", "a.py")) == place("SEG-1", "a.py:2")


def test_marks_are_of_tests_and_modules() -> None:
    assert ids(marks_in(TESTS, "t.py")) == ["SEG-2", "SEG-3", "SEG-5", "SEG-1"]
    assert ids(marks_in('pytestmark = pytest.mark.clause("SEG-1")', "t.py")) == ["SEG-1"]


@pytest.mark.parametrize("mark", ["clause", "clause()", "clause(ID)", "clause('SEG-1', 2)"])
def test_mark_names_clauses_by_plain_text(mark: str) -> None:
    with pytest.raises(NoMark, match=r"^t\.py:1: "):
        list(marks_in(f"@pytest.mark.{mark}\ndef test_it(): ...\n", "t.py"))


def test_nothing_is_missing_where_all_is_there() -> None:
    mentions = [place("SEG-1"), place("SHA-1"), place("UTF-8")]
    assert list(gaps(SOME, [place("FSM-1")], mentions, ALL_TESTED)) == []


def test_id_that_is_defined_twice() -> None:
    again = place("SEG-1", "spec/b.md:9")
    assert list(gaps([*SOME, again], [], [], ALL_TESTED)) == [Gap(Kind.TWICE, again)]


@pytest.mark.parametrize("rule", ["SEG-2", "NEW-1"])
def test_rule_of_the_model_that_is_no_clause(rule: str) -> None:
    assert list(gaps(SOME, [place(rule)], [], ALL_TESTED)) == [Gap(Kind.NO_CLAUSE, place(rule))]


def test_id_that_is_mentioned_and_no_clause() -> None:
    mention = place("FSM-9", "rlog_model/fsm.py:3")
    (gap,) = gaps(SOME, [], [mention, place("SHA-9")], ALL_TESTED)
    assert gap == Gap(Kind.MENTIONED, mention)
    assert str(gap) == "rlog_model/fsm.py:3: FSM-9 is mentioned, and no clause"


def test_mark_that_names_no_clause() -> None:
    mark = place("NEW-1", "tests/t.py:3")
    assert list(gaps(SOME, [], [], [*ALL_TESTED, mark])) == [Gap(Kind.MARKED, mark)]


def test_clause_without_a_test() -> None:
    assert list(gaps(SOME, [], [], ALL_TESTED[:1])) == [Gap(Kind.NO_TEST, SOME[1])]


def test_rules_of_the_model_are_those_of_outcomes_and_errors() -> None:
    found = set(rules_of_model())
    assert {place("FSM-0", "Applied"), place("PLAY-5", "HoleInLog")} <= found
    assert len(found) == 9 + 8


def test_a_checkout_is_read_as_a_whole(tmp_path: Path) -> None:
    for name, content in {
        "spec/a.md": "**FSM-0** Some.\n\n**FSM-9** More, unlike FSM-11.\n",
        "rlog_model/deep/a.py": '"""See FSM-12."""\n',
        "tests/unit/test_a.py": '@pytest.mark.clause("FSM-0", "FSM-13")\ndef test_it(): ...\n',
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    found = [gap for gap in gaps_of(tmp_path) if gap.kind is not Kind.NO_CLAUSE]
    assert found == [
        Gap(Kind.MENTIONED, place("FSM-12", "rlog_model/deep/a.py:1")),
        Gap(Kind.MENTIONED, place("FSM-11", "spec/a.md:3")),
        Gap(Kind.MARKED, place("FSM-13", "tests/unit/test_a.py:1")),
        Gap(Kind.NO_TEST, place("FSM-9", "spec/a.md:3")),
    ]


def test_program_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clauses.main() == 0
    assert "clauses, 0 gaps" in capsys.readouterr().out
    gap = Gap(Kind.NO_TEST, place("SEG-1"))
    monkeypatch.setattr(clauses, "gaps_of", lambda: iter([gap]))
    assert clauses.main() == 1
    assert "x: SEG-1 has no test" in capsys.readouterr().out
