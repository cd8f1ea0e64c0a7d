"""Records of runs: what is written is read again, and what is wrong with a file is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rlog_model.conformance.suite import record as r
from rlog_model.conformance.suite.difference import LEVELS, Difference
from rlog_model.conformance.suite.record import Failure, Head, MalformedRecord, Record, Result

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NAMES = st.lists(st.text(max_size=8), max_size=3).map(tuple)
DIFFERENCES = st.builds(
    Difference,
    st.sampled_from(LEVELS),
    st.none() | st.integers(0, 99),
    st.text(max_size=8),
    JSON,
    JSON,
)
FAILURES = st.builds(
    Failure,
    st.text(max_size=8),
    st.text(max_size=8),
    st.none() | DIFFERENCES,
    st.text(max_size=8),
)
RESULTS = st.builds(
    Result,
    st.text(max_size=8),
    st.text(max_size=8),
    NAMES,
    st.sampled_from(["must", "should", "may"]),
    NAMES,
    st.integers(0, 99),
    st.sampled_from(r.STATUSES),
    st.floats(0, 99),
    st.text(max_size=8),
    st.none() | FAILURES,
    st.none() | st.dictionaries(st.text(max_size=4), JSON),
    st.none() | st.lists(JSON, max_size=3),
    st.none() | st.lists(JSON, max_size=3),
)
HEADS = st.builds(
    Head,
    NAMES,
    st.text(max_size=8),
    st.text(max_size=8),
    st.text(max_size=8),
    st.text(max_size=8),
    NAMES,
    st.integers(0, 99),
    st.text(max_size=8),
)
RECORDS = st.builds(
    Record,
    HEADS,
    st.lists(RESULTS, max_size=4).map(tuple),
    st.none() | st.floats(0, 99),
    NAMES,
)
HEAD = Head(("./adapter",), "x", "1", "go", "2023-12", ("codec",), 2, "rlog-model 0")
PASSED = Result("ENC-a", "it decodes", ("ENC-1",), "must", ("codec",), 1, r.PASSED)


def written(record: Record, file: Path, *, footer: bool = True) -> Path:
    lines = [r.head_line(record.head), *(r.line_of(one.to_json()) for one in record.results)]
    file.write_text("".join([*lines, r.footer_line(record) if footer else ""]), encoding="utf-8")
    return file


@given(RECORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_again(tmp_path: Path, record: Record) -> None:
    assert r.read(written(record, tmp_path / "run.jsonl")) == record


@given(RECORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_a_footer_it_is_incomplete(tmp_path: Path, record: Record) -> None:
    read = r.read(written(record, tmp_path / "run.jsonl", footer=False))
    assert read == attrs.evolve(record, seconds=None, broken=())
    assert not read.complete
    assert not read.passes


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    record = Record(HEAD, (PASSED, PASSED), 1.0)
    whole = written(record, tmp_path / "run.jsonl").read_text()
    head, first, second, footer = whole.splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    cut.write_text(head + first + second[:20])
    assert r.read(cut) == Record(HEAD, (PASSED,), None)
    cut.write_text(head + first + second + footer[:-1])
    assert not r.read(cut).complete


@pytest.mark.parametrize(
    ("result", "broken", "passes"),
    [
        (PASSED, (), True),
        (PASSED, ("bye: it does not end",), False),
        (attrs.evolve(PASSED, status=r.FAILED), (), False),
        (attrs.evolve(PASSED, status=r.FAILED, level="should"), (), False),
        (attrs.evolve(PASSED, status=r.FAILED, level="may"), (), True),
        (attrs.evolve(PASSED, status=r.KNOWN), (), True),
        (attrs.evolve(PASSED, status=r.UNTESTED), (), True),
    ],
)
def test_what_fails_a_run(result: Result, broken: tuple[str, ...], passes: bool) -> None:
    record = Record(HEAD, (PASSED, result), 1.0, broken)
    assert record.passes is passes
    assert not attrs.evolve(record, seconds=None).passes
    footer = json.loads(r.footer_line(record))["footer"]
    assert footer["passes"] is passes
    assert sum(footer[status] for status in r.STATUSES) == 2


def changed(line: int, change: dict[str, Any]) -> list[str]:
    """The lines of a record, of which one has other members; none leaves a member out."""
    record = Record(HEAD, (PASSED, PASSED), 1.0)
    lines = [r.head_line(HEAD), *[r.line_of(PASSED.to_json())] * 2, r.footer_line(record)]
    data = {**json.loads(lines[line - 1]), **change}
    told = {name: value for name, value in data.items() if value is not None}
    lines[line - 1] = r.line_of(told)
    return lines


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([], "line 1: no head"),
        (["{}\n"], "line 1: no head"),
        (changed(1, {"rlog_record": 2}), "line 1: no head"),
        (changed(1, {"command": None}), "line 1: a member"),
        (changed(1, {"more": 1}), "line 1: a member"),
        (changed(2, {"clauses": None}), "line 2: a member"),
        (changed(3, {"status": "fine"}), "line 3: a member"),
        (changed(3, {"failure": "it failed"}), "line 3: a member"),
        (changed(3, {"failure": {"kind": "died"}}), "line 3: a member"),
        (changed(4, {"footer": {}}), "line 4: a member"),
        (changed(4, {"footer": 7}), "line 4: a member"),
        ([*changed(1, {})[:2], "{\n", *changed(1, {})[3:]], "line 3: no JSON"),
        ([*changed(1, {})[:2], "[" * 100_000 + "\n"], "line 3: no JSON"),
        ([*changed(1, {})[:2], "[]\n"], "line 3: no object"),
        ([*changed(1, {}), *changed(1, {})[1:2]], "line 4: a member"),
    ],
)
def test_a_line_that_is_wrong_is_told_by_its_number(
    tmp_path: Path, lines: list[str], where: str
) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(MalformedRecord) as raised:
        r.read(file)
    assert f"this is no record: {where}" in str(raised.value)


def test_what_is_no_text_is_no_record(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    file.write_bytes(b"\xff\n")
    with pytest.raises(MalformedRecord, match="no UTF-8"):
        r.read(file)
