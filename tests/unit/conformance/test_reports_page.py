"""The page of a report: it tells all, is well formed, and needs nothing but itself."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from rlog_model.conformance.suite import record as r
from rlog_model.conformance.suite.difference import Difference
from rlog_model.conformance.suite.record import Record
from rlog_model.conformance.suite.reports import (
    html,
    html_parts,
    html_timeline,
    summary,
)
from rlog_model.conformance.suite.reports.html_failures import Links
from spec import clauses
from tests.unit.conformance.reported import (
    ALL,
    DIFFERS,
    GOOD,
    INCOMPLETE,
    PASSED,
    RESULTS,
    SCENARIO,
    failed,
    page,
    written,
)


@pytest.fixture
def reread(tmp_path: Path) -> Callable[[Record], Record]:
    """Writes a record to a file, and reads it again."""
    return lambda record: r.read(written(record, tmp_path / "run.jsonl"))


def test_the_page_tells_all(reread: Callable[[Record], Record]) -> None:
    told = page(reread(ALL), GOOD, links=Links("../spec/{file}.md#{id}", "out"))
    assert ("failed", "✗ 5 failed") in told.cells
    assert ("known", "≈ 1 known✓ 2 passed") in told.cells
    assert ("untested", "○ 1 untested") in told.cells
    assert ("passed", "✓ 2 passed") in told.cells
    assert ("untested", "no result") in told.cells
    assert "does not pass" in told.text
    assert "2 passed, 5 failed (1 of them may), 1 known, 1 untested" in told.text
    assert "✗ 2 failures state differs: next_seq_no of apply" in told.text
    assert "fsm f, behind step 1: next_seq_no 2" in told.text
    assert "rlog replay out/FSM-a.json -- ./adapter --log 'a b'" in told.text
    assert "bye: it does not end" in told.text
    assert "issue 12" in told.text
    assert "✗ 1 failure no answer came in time (may: fails no run)" in told.text
    assert told.text.count("fails no run)") == 1
    links = {one["href"] for one in told.of("a")}
    assert {"../spec/transitions.md#FSM-3", "../spec/segments.md#SEG-1"} <= links
    assert all(one.get("open") is None for one in told.of("details"))


def test_a_cell_that_is_untested_in_part_is_not_that_of_a_pass() -> None:
    some = (PASSED, attrs.evolve(RESULTS[-1], requires=("codec",)))
    assert ("partly", "✓ 1 passed○ 1 untested") in page(attrs.evolve(GOOD, results=some)).cells


def test_a_may_that_fails_is_not_coloured_as_a_failure() -> None:
    assert html_parts.cell(summary.Tally(failed=1, allowed=1)).startswith('<td class="known">')
    assert html_parts.cell(summary.Tally(failed=2, allowed=1)).startswith('<td class="failed">')


def test_without_a_link_clauses_are_no_links() -> None:
    assert all("spec" not in one["href"] for one in page(ALL).of("a"))


def test_the_page_says_that_a_record_is_incomplete() -> None:
    told = page(INCOMPLETE)
    assert any(one.get("role") == "alert" for one in told.of("p"))
    assert "! incomplete: the run did not come to its end. 2 of 2 vectors" in told.text
    assert "my-log 1.4.0! incomplete" in told.text
    assert "passes" not in told.text


def test_the_page_needs_nothing_but_itself() -> None:
    made = html.render([ALL, GOOD], links=Links("../spec/{file}.md"))
    assert "http://" not in made
    assert "https://" not in made
    assert "@import" not in made
    assert "url(" not in made
    told = page(ALL)
    for tag, attributes in told.tags:
        assert "src" not in attributes, tag
        assert tag not in ("img", "iframe", "object", "base")
    assert [one["href"] for one in told.of("link")] == ["data:,"]
    assert len(told.of("script")) == 1


def test_the_scenario_of_a_failure_can_be_taken_from_the_page() -> None:
    taken = {one["download"]: one["href"] for one in page(ALL).of("a") if "download" in one}
    kind, _, data = taken["FSM-a.json"].partition(",")
    assert kind == "data:application/json;base64"
    assert json.loads(base64.b64decode(data)) == SCENARIO


def test_the_timeline_marks_the_step_that_fails() -> None:
    made = html_timeline.timeline(RESULTS[2])
    items = re.findall(r'<li class="(\w*)[^>]*>(.*?)</li>', made, re.S)
    plain = [(kind, re.sub(r"<[^>]*>", "", inner)) for kind, inner in items]
    assert plain == [
        ("", "0 new_fsm f hints of a/log, 0 filesdone"),
        ("", "1 apply create /a (file 1)done"),
        ("fails", "2 apply write (file 1): 3 bytes at 0✗ differs here"),
        ("", "3 build_hints fdone"),
    ]
    assert html_timeline.timeline(RESULTS[4]).count("differs here") == 1
    assert html_timeline.timeline(RESULTS[5]).count("differs here") == 0
    assert html_timeline.timeline(RESULTS[6]) == ""


def test_a_long_timeline_counts_what_it_leaves_out() -> None:
    long = {**SCENARIO, "steps": [{"do": "roll", "log": f"a/log-{n}"} for n in range(500)]}
    failure = attrs.evolve(DIFFERS, difference=Difference("state", 250, "head", "1", "2"))
    made = html_timeline.timeline(failed("FSM-l", failure, scenario=long))
    assert "… 244 steps …" in made
    assert "… 248 steps …" in made
    assert made.count("<li") == 10
    assert made.count('class="lane"') == html_timeline.LANES
    assert html_timeline.shown(3, 1) == [0, 1, 2]
    assert html_timeline.shown(3, None) == [0, 1, 2]


def test_the_page_of_many_vectors_can_be_opened() -> None:
    many = [attrs.evolve(PASSED, id=f"ENC-{n}", title="a title " * 8) for n in range(2000)]
    bad = [failed(f"FSM-{n}", DIFFERS) for n in range(50)]
    made = html.render([attrs.evolve(ALL, results=(*many, *bad))])
    assert len(made.encode()) < 1_500_000
    bad = [failed(f"FSM-{n}", DIFFERS) for n in range(500)]
    made = html.render([attrs.evolve(ALL, results=tuple(bad))])
    assert made.count("<article") == 100
    assert "<code>FSM-499</code>" in made


def test_clauses_are_where_the_page_says_that_they_are() -> None:
    root = Path(clauses.__file__).parent
    found: dict[str, str] = {}
    for file in [*root.glob("*.md"), root / "adapter" / "README.md"]:
        for place in clauses.clauses_in(file.read_text(encoding="utf-8"), file.name):
            name = file.relative_to(root).with_suffix("").as_posix()
            found.setdefault(place.id.split("-")[0], name)
    assert found == html_parts.TEXTS
