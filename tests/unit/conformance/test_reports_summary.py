"""What all reports tell: how results are counted, grouped, and said in words."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from rlog_model.conformance.suite.record import Record, Result
from rlog_model.conformance.suite.reports import (
    failures,
    steps,
    summary,
    text,
)
from tests.unit.conformance.reported import (
    ALL,
    GOOD,
    INCOMPLETE,
    PASSED,
    RESULTS,
    SCENARIO,
    UNTESTED,
)


def test_a_vector_counts_under_each_capability_that_it_requires() -> None:
    rows = summary.by_capability(ALL)
    assert list(rows) == ["codec", "fsm", "several_logs", "worlds"]
    assert rows["codec"] == summary.Tally(passed=2, known=1)
    assert rows["fsm"] == rows["several_logs"] == summary.Tally(failed=5, allowed=1)
    assert rows["worlds"] == summary.Tally(untested=1)
    assert rows["worlds"].tested == 0
    assert rows["codec"].tested == 3
    none = attrs.evolve(PASSED, requires=(), clauses=())
    assert list(summary.by_capability(attrs.evolve(GOOD, results=(none,)))) == ["(none)"]
    assert list(summary.by_prefix(attrs.evolve(GOOD, results=(none,)))) == ["(none)"]


def test_results_count_by_level_and_by_prefix_once() -> None:
    assert summary.by_level(ALL)["may"] == summary.Tally(failed=1, allowed=1)
    assert list(summary.by_level(ALL)) == ["must", "may"]
    rows = summary.by_prefix(attrs.evolve(ALL, results=(*RESULTS, _twice("SEG"))))
    assert list(rows) == ["ENC", "FRM", "FSM", "SEG"]
    assert rows["SEG"] == summary.Tally(passed=1, failed=5, allowed=1)


def _twice(prefix: str) -> Result:
    return attrs.evolve(PASSED, clauses=(f"{prefix}-1", f"{prefix}-2"))


@pytest.mark.parametrize(
    ("record", "verdict"),
    [(ALL, "fails"), (GOOD, "passes"), (INCOMPLETE, "incomplete"), (UNTESTED, "untested")],
)
def test_verdicts(record: Record, verdict: str) -> None:
    assert summary.verdict(record) == verdict


def test_failures_that_have_something_in_common_are_a_group() -> None:
    found = failures.groups(ALL)
    assert [[one.id for one in group.results] for group in found] == [
        ["FSM-a", "FSM-b"],
        ["FSM/../c d"],
        ["FSM-e"],
        ["FSM-d"],
    ]
    assert found[0].title == "state differs: next_seq_no of apply"
    assert found[1].title == "state differs: fsms.*.links[].path of the snapshot"
    assert found[3].title == "no answer came in time"


def test_a_failure_is_told_as_what_was_what_is_expected_and_what_came() -> None:
    told = failures.in_words(RESULTS[2])
    assert told.state_was == "fsm f, behind step 1: next_seq_no 2, next_checksum 5"
    assert (told.expected, told.got) == ("next_seq_no: 3", "next_seq_no: 77")
    assert failures.where(RESULTS[2]) == "step 2: apply write (file 1): 3 bytes at 0"
    assert failures.where(RESULTS[4]) == "the snapshot, behind all steps"
    assert failures.in_words(RESULTS[4]).state_was.startswith("fsm f, behind step 2: ")
    assert failures.in_words(RESULTS[5]).got.startswith("no answer in 5 s\n<script>")
    assert failures.where(RESULTS[5]) == ""


def test_the_state_before_is_that_of_the_same_thing() -> None:
    listed = [
        {"do": "play", "player": "p"},
        {"do": "roll", "log": "a/log"},
        {"do": "advance", "player": "p"},
        {"do": "advance", "player": "q"},
    ]
    seen = [{"outcome": "done", "status": "reading"}, {"outcome": "done", "head": "9"}]
    assert steps.state_before(listed, seen, 2) == "player p, behind step 0: status reading"
    assert steps.state_before(listed, seen, 3) == "player q: not seen before"
    assert steps.state_before(listed, seen, None) == "log a/log, behind step 1: head 9"
    assert "codec have none" in steps.state_before([{"do": "decode"}], [], 0)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (SCENARIO["steps"][0], "new_fsm f hints of a/log, 0 files"),
        (SCENARIO["steps"][1], "apply create /a (file 1)"),
        ({"do": "decode", "payload": "ffff"}, "decode 2 bytes, no operation"),
        ({"do": "decode", "payload": "zz"}, "decode 1 byte, no operation"),
        ({"do": "decode_hints", "encoded": "ff"}, "decode_hints 1 byte, no hints"),
        ({"do": "unframe", "data": "abcd"}, "unframe 2 bytes"),
        ({"do": "rename", "recorder": "r", "source": "/a", "target": "/b"}, "rename /a to /b"),
        (
            {"do": "write", "file": "/a", "offset": "0", "data": "abcd", "times": "3"},
            "write /a: 2 bytes x 3",
        ),
        ({"do": "truncate", "file": "/a", "size": "7"}, "truncate /a to 7 bytes"),
        ({"do": "create", "recorder": "r", "path": "/\x1b"}, "create /\\x1b"),
        ({"do": "advance", "player": "p", "until": "head"}, "advance p head"),
        ({"do": "prune", "log": "a/log", "before": "9"}, "prune a/log"),
        (
            {
                "do": "add_segment",
                "set": "s",
                "first_seq_no": "1",
                "last_seq_no": "4",
                "author": "7",
            },
            "add_segment 1 to 4 of author 7",
        ),
        (
            {"do": "intersect", "set": "s", "first_offset": "1", "last_offset": "4"},
            "intersect offsets 1 to 4",
        ),
        ({}, "?"),
        ("junk", "junk"),
    ],
)
def test_steps_in_words(step: Any, words: str) -> None:
    assert steps.words(step) == words


def test_long_values_are_shown_from_where_they_differ() -> None:
    one, other = text.values("a" * 5000 + "b", "a" * 5000 + "c")
    assert one.endswith("b")
    assert other.endswith("c")
    assert len(one) < 100
    assert text.values("", None) == ('""', "null")
    assert len(text.value("x" * 5000)) == text.VALUE


def test_a_command_replays_the_file_that_is_written() -> None:
    command = failures.replay(ALL, RESULTS[2], "some where")
    assert command == "rlog replay 'some where/FSM-a.json' -- ./adapter --log 'a b'"
    assert failures.file_name(RESULTS[4]) == "FSM----c-d.json"
