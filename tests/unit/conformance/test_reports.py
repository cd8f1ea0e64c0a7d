"""Reports of runs: each format tells all, escapes what is hostile, and calls nothing a pass that
is none."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import attrs
import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from typer.testing import CliRunner

from rlog_model import scenario as scenarios
from rlog_model.cli.app import app
from rlog_model.conformance.suite import record as r
from rlog_model.conformance.suite.difference import Difference
from rlog_model.conformance.suite.record import Failure, Record
from rlog_model.conformance.suite.reports import (
    badge,
    html,
    junit,
    markdown,
    terminal,
)
from rlog_model.conformance.suite.reports.html_failures import Links
from tests.unit.conformance.reported import (
    ALL,
    GOOD,
    HEAD,
    HOSTILE,
    HOSTILE_HEAD,
    INCOMPLETE,
    PASSED,
    RESULTS,
    SCENARIO,
    UNTESTED,
    failed,
    page,
    written,
)


@pytest.fixture
def reread(tmp_path: Path) -> Callable[[Record], Record]:
    """Writes a record to a file, and reads it again."""
    return lambda record: r.read(written(record, tmp_path / "run.jsonl"))


def in_terminal(record: Record, *, colours: bool = False, **options: Any) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=200, force_terminal=colours, color_system="standard" if colours else None
    )
    terminal.render(record, console, **options)
    return out.getvalue()


def test_the_terminal_tells_all(reread: Callable[[Record], Record]) -> None:
    told = in_terminal(reread(ALL), scenarios="out")
    for row in (
        r"codec +2 +- +1 +-",
        r"fsm +- +5 +- +-",
        r"worlds +- +- +- +1",
        r"may +- +1 +- +-",
    ):
        assert re.search(rf"^{row}$", told, re.M), row
    assert "2 failures: state differs: next_seq_no of apply" in told
    assert "FSM-a (must; FSM-3 SEG-1)" in told
    assert re.search("state was +fsm f, behind step 1", told)
    assert re.search("expected +next_seq_no: 3\n +actually got +next_seq_no: 77", told)
    assert "rlog replay out/FSM-a.json -- ./adapter --log 'a b'" in told
    assert "bye: it does not end" in told
    assert "does not pass: 2 passed, 5 failed (1 of them may), 1 known, 1 untested" in told
    few = in_terminal(ALL, groups=3)
    assert "1 more group of failures, 1 vector" in few
    assert "FSM-e" in few
    assert "FSM-d" not in few
    assert re.search("also FSM-b$", in_terminal(ALL, examples=1), re.M)
    assert "\x1b" not in told
    assert "passes: 2 passed" in in_terminal(GOOD)
    assert "nothing was tested: 0 passed, 1 untested" in in_terminal(UNTESTED)


def test_vectors_without_a_result_are_told() -> None:
    short = attrs.evolve(GOOD, head=attrs.evolve(HEAD, vectors=5))
    assert "3 vectors of the run have no result" in in_terminal(short)
    assert not short.passes
    assert GOOD.passes
    cut = in_terminal(attrs.evolve(short, seconds=None))
    assert "2 of 5 vectors have a result" in cut
    assert "have no result" not in cut


def test_the_terminal_says_first_and_in_red_that_a_record_is_incomplete() -> None:
    told = in_terminal(INCOMPLETE, colours=True)
    assert told.startswith("\x1b[1;31mincomplete: the run did not come to its end. 2 of 2 vectors")
    assert "no verdict" in told
    assert "passes" not in told


def test_junit_has_a_case_for_each_vector(reread: Callable[[Record], Record]) -> None:
    suite = ElementTree.fromstring(junit.render([reread(ALL)], scenarios="out")).find("testsuite")
    assert suite is not None
    cases = {str(case.get("name")).split(":")[0]: case for case in suite}
    assert len(cases) == len(RESULTS) + 1
    assert cases["ENC-a"].get("classname") == "codec"
    assert cases["FSM-a"].get("classname") == "fsm"
    assert not list(cases["ENC-a"])
    failure = cases["FSM-a"].find("failure")
    assert failure is not None
    assert failure.get("type") == "differs"
    assert "expected: next_seq_no: 3\nactually got: next_seq_no: 77" in str(failure.text)
    assert "rlog replay out/FSM-a.json" in str(failure.text)
    for id, message in (
        ("ENC-k", "known: issue 12"),
        ("WLD-a", "untested: not claimed: worlds"),
        ("FSM-d", "a may that fails: hang: no answer in 5 s"),
    ):
        skipped = cases[id].find("skipped")
        assert skipped is not None
        assert skipped.get("message") == message
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "10", "failures": "5", "errors": "0", "skipped": "3"}
    for kind in ("failure", "error", "skipped"):
        assert len(suite.findall(f"testcase/{kind}")) == int(
            suite.get(f"{kind}s", counts["skipped"] or "")
        )
    (broken,) = suite.findall("testcase[@classname='run']/failure")
    assert broken.get("message") == "bye: it does not end"


def test_junit_has_an_error_if_a_record_is_incomplete() -> None:
    (suite,) = ElementTree.fromstring(junit.render([INCOMPLETE]))
    (error,) = suite.findall("testcase/error")
    assert str(error.get("message")).startswith("incomplete: ")
    assert suite.get("errors") == "1"
    assert suite.get("tests") == "3"


def test_markdown_tells_all(reread: Callable[[Record], Record]) -> None:
    told = MarkdownIt("commonmark").enable("table").render(markdown.render([reread(ALL)]))
    plain = re.sub(r"<[^>]*>", "", told)
    assert "does not pass: 2 passed, 5 failed (1 of them may), 1 known, 1 untested" in plain
    assert re.search(r"fsm\s+0\s+5\s+0\s+0", plain)
    assert re.search(r"worlds\s+0\s+0\s+0\s+1", plain)
    assert re.search(r"actually got\s+next_seq_no: 77", plain)
    assert "rlog replay FSM-a -- ./adapter" in plain
    assert "bye: it does not end" in plain
    assert "And 3 more groups of failures, 3 vectors." in markdown.render([ALL], groups=1)
    incomplete = markdown.render([INCOMPLETE])
    assert "**incomplete: the run did not come to its end." in incomplete
    assert "no verdict" in incomplete
    assert "passes" not in incomplete


def test_markdown_is_short_enough_for_a_comment() -> None:
    long = [
        failed(
            f"FSM-{n}",
            Failure("differs", "", Difference("state", n, f"f{n}", "<" * 9999, "|" * 9999)),
        )
        for n in range(40)
    ]
    assert len(markdown.render([attrs.evolve(ALL, results=tuple(long))])) < 65_536
    long = [failed(f"FSM-{n}", Failure(f"kind {n}", "no answer\n" * 9999)) for n in range(40)]
    assert len(markdown.render([attrs.evolve(ALL, results=tuple(long))])) < 65_536


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (GOOD, "2 passed"),
        (ALL, "4 failed"),
        (INCOMPLETE, "incomplete"),
        (UNTESTED, "untested"),
        (attrs.evolve(GOOD, broken=("bye",)), "broken"),
    ],
)
def test_the_badge(record: Record, told: str) -> None:
    picture = ElementTree.fromstring(badge.render([record]))
    assert picture.get("aria-label") == f"recovery log: {told}"
    assert picture.findall(".//{*}text")[-1].text == told
    green = badge.GREEN in badge.render([record])
    assert green is (record is GOOD)


def test_the_badge_of_several_runs_is_that_of_the_worst() -> None:
    assert badge.message([GOOD, GOOD])[0] == "4 passed"
    assert badge.message([GOOD, ALL])[0] == "4 failed"
    assert badge.message([GOOD, UNTESTED])[0] == "untested"
    assert badge.message([ALL, INCOMPLETE])[0] == "incomplete"
    assert badge.message([])[0] == "incomplete"
    many = attrs.evolve(GOOD, results=(PASSED,) * 1203)
    assert badge.message([many])[0] == "1,203 passed"


def test_hostile_text_is_shown_and_obeyed_nowhere() -> None:
    bad = tuple(
        attrs.evolve(
            one, id=HOSTILE, title=HOSTILE, clauses=(HOSTILE,), requires=(HOSTILE,), why=HOSTILE
        )
        for one in RESULTS
    )
    scenario = {
        "steps": [{"do": HOSTILE, HOSTILE: 1}, {"do": "create", "path": HOSTILE}, HOSTILE, {}]
    }
    bad = tuple(attrs.evolve(one, scenario=scenario) if one.failure else one for one in bad)
    record = attrs.evolve(ALL, head=HOSTILE_HEAD, results=bad, broken=(HOSTILE,))
    told = page(record, links=Links("{id}"))
    assert len(told.of("script")) == 1
    assert not told.of("img")
    assert "<script>alert(1)</script>" in told.text
    assert set().union(*(one.keys() for _, one in told.tags)) <= {
        *("aria-label", "charset", "class", "content", "data-f", "download", "hidden", "href"),
        *("id", "lang", "name", "rel", "role", "scope", "style", "tabindex", "type"),
    }
    for made in (html.render([record]), junit.render([record]), markdown.render([record])):
        assert "\x1b" not in made
        made.encode()
    assert len(ElementTree.fromstring(junit.render([record]))) == 1
    shown = MarkdownIt("commonmark").enable("table").render(markdown.render([record]))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<a " not in shown
    assert "www." not in markdown.render([record])
    assert "@all" not in markdown.render([record])
    assert "\x1b" not in in_terminal(record)
    in_terminal(record).encode()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([GOOD], 0),
        ([ALL], 1),
        ([attrs.evolve(GOOD, broken=("bye",))], 1),
        ([GOOD, ALL], 1),
        ([INCOMPLETE], 3),
        ([ALL, INCOMPLETE], 3),
        ([UNTESTED], 3),
    ],
)
@pytest.mark.parametrize("format", ["text", "html", "markdown", "junit", "badge"])
def test_how_the_command_ends(
    tmp_path: Path, records: list[Record], code: int, format: str
) -> None:
    files = [str(written(one, tmp_path / f"{n}.jsonl")) for n, one in enumerate(records)]
    ended, output = run(*files, "--format", format)
    assert ended == code
    assert says_incomplete(output) is (INCOMPLETE in records)
    report = tmp_path / "report"
    assert run(*files, "--format", format, "--output", str(report)) == (code, "")
    assert says_incomplete(report.read_text(encoding="utf-8")) is (INCOMPLETE in records)


def says_incomplete(told: str) -> bool:
    return bool(re.search(r"(?<!\.)incomplete", told))  # the style has a class of that name


def test_scenarios_are_written_where_the_commands_say(tmp_path: Path) -> None:
    record, folder = written(ALL, tmp_path / "run.jsonl"), tmp_path / "scenarios"
    _, output = run(str(record), "--scenarios", str(folder))
    assert f"rlog replay {folder}/FSM-a.json -- " in output
    names = {"FSM-a.json", "FSM-b.json", "FSM-d.json", "FSM----c-d.json"}
    assert {file.name for file in folder.iterdir()} == names
    loaded = scenarios.loads((folder / "FSM-a.json").read_bytes())
    assert scenarios.to_json(loaded, digits=True) == SCENARIO


def test_what_is_no_record_is_usage(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("{}\n")
    code, output = run(str(file))
    assert code == 2
    assert "this is no record: line 1" in output
    assert run(str(tmp_path / "missing"))[0] == 2


def test_the_help_has_an_example() -> None:
    code, output = run("--help")
    assert code == 0
    assert "rlog report run.jsonl --format html" in " ".join(output.split())
