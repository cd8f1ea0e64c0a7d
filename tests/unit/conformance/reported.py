"""Records that are made up, with each status and each kind of failure, and how
reports are read."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs

from rlog_model.conformance.suite import record as r
from rlog_model.conformance.suite.difference import Difference
from rlog_model.conformance.suite.record import Failure, Head, Record, Result
from rlog_model.conformance.suite.reports import (
    html,
)
from rlog_model.conformance.suite.reports.html_failures import Links
from rlog_model.hints import FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Create, RecordedOp, Write
from rlog_model.wire import encode_hints, encode_op

HOSTILE = "<script>alert(1)</script> \"'><img src=x> | `x` @all www.a [a](b)\x1b[31m\ud800\ufffe"
PAYLOAD = encode_op(RecordedOp(1, 0, Author(7), Create("/a"))).hex()
WRITE = encode_op(RecordedOp(2, 5, Author(7), Write(Fnode(1), 0, 3))).hex()
HINTS = encode_hints(FSMHints("a/log")).hex()
SCENARIO: dict[str, Any] = {
    "rlog_scenario": 1,
    "title": "",
    "revision": "2023-12",
    "steps": [
        {"do": "new_fsm", "fsm": "f", "hints": HINTS},
        {"do": "apply", "fsm": "f", "payload": PAYLOAD, "log": "a/log"},
        {"do": "apply", "fsm": "f", "payload": WRITE, "log": "a/log"},
        {"do": "build_hints", "fsm": "f"},
    ],
}
EXPECTED = [
    {"outcome": "done", "next_seq_no": "1", "next_checksum": "0"},
    {"outcome": "done", "next_seq_no": "2", "next_checksum": "5"},
    {"outcome": "done", "next_seq_no": "3", "next_checksum": "6"},
    {"outcome": "done", "hints": {}},
]
HEAD = Head(
    ("./adapter", "--log", "a b"), "my-log", "1.4.0", "go", "2023-12", ("codec", "fsm"), 9, "rlog 0"
)
PASSED = Result("ENC-a", "it decodes", ("ENC-1", "FRM-2"), "must", ("codec",), 1, r.PASSED)


def failed(id: str, failure: Failure, **more: Any) -> Result:
    given = {
        "level": "must",
        "title": "an operation is applied",
        "scenario": SCENARIO,
        "expected": EXPECTED,
        **more,
    }
    return Result(
        id,
        clauses=("FSM-3", "SEG-1"),
        requires=("fsm", "several_logs"),
        steps=4,
        status=r.FAILED,
        failure=failure,
        **given,
    )


DIFFERS = Failure(
    "differs", "step 2, next_seq_no", Difference("state", 2, "next_seq_no", "3", "77"), "flake"
)
ELSEWHERE = attrs.evolve(DIFFERS, difference=Difference("state", 1, "next_seq_no", "2", "66"))
SNAPSHOT = Failure("differs", "", Difference("state", None, "fsms.f.links[3].path", "/a", HOSTILE))
RESULTS = (
    PASSED,
    attrs.evolve(PASSED, id="ENC-b"),
    failed("FSM-a", DIFFERS),
    failed("FSM-b", ELSEWHERE),
    failed("FSM/../c d", SNAPSHOT, title=HOSTILE),
    failed("FSM-d", Failure("hang", f"no answer in 5 s\n{HOSTILE}"), level="may"),
    failed("FSM-e", Failure("stale", "it passes"), scenario=None, expected=None),
    attrs.evolve(PASSED, id="ENC-k", status=r.KNOWN, why="issue 12"),
    attrs.evolve(
        PASSED, id="WLD-a", requires=("worlds",), status=r.UNTESTED, why="not claimed: worlds"
    ),
)
ALL = Record(HEAD, RESULTS, 12.5, ("bye: it does not end",))
GOOD = attrs.evolve(ALL, results=RESULTS[:2], broken=(), head=attrs.evolve(HEAD, vectors=2))
UNTESTED = attrs.evolve(GOOD, results=RESULTS[-1:], head=attrs.evolve(HEAD, vectors=1))
INCOMPLETE = attrs.evolve(GOOD, seconds=None)
HOSTILE_HEAD = attrs.evolve(
    HEAD, command=(HOSTILE,), implementation=HOSTILE, capabilities=(HOSTILE,)
)


def written(record: Record, file: Path) -> Path:
    lines = [r.head_line(record.head), *(r.line_of(one.to_json()) for one in record.results)]
    footer = r.footer_line(record) if record.complete else ""
    file.write_text("".join([*lines, footer]), encoding="utf-8")
    return file


def page(record: Record, *others: Record, links: Links | None = None) -> Page:
    made = Page()
    made.feed(html.render([record, *others], links=links))
    made.close()
    assert not made.open, f"closed at the end: {made.open}"
    return made


class Page(HTMLParser):
    """A page: its elements, what it refers to, and its text; it must be well formed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.cells: list[tuple[str, str]] = []
        """The class and the text of each cell."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))
        if tag == "td":
            self.cells.append((self.tags[-1][1].get("class", ""), ""))
        if tag not in ("meta", "link", "br", "input", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.text += data
            if "td" in self.open:
                kind, told = self.cells[-1]
                self.cells[-1] = kind, told + data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]
