"""Hints as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.hints_json import hints_from_json, hints_to_json
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Property
from rlog_model.segment import Segment
from rlog_model.wire import MalformedHints, decode_hints, encode_hints

SAMPLES = Path(__file__).parents[1] / "data" / "gazette" / "samples"
SAMPLE_HINTS = sorted(SAMPLES.glob("*/hints/*.json"))

HINTS = FSMHints(
    "a/log",
    (FnodeSegments(Fnode(2), (Segment(Author(1), 2, 3, 4, 5, 6, "b/log"),)),),
    (Property("/p", b"content"),),
)
SEGMENT = {
    "author": "1",
    "first_seq_no": "2",
    "first_offset": "3",
    "first_checksum": "4",
    "last_seq_no": "5",
    "last_offset": "6",
    "log": "b/log",
}
JSON = {
    "log": "a/log",
    "live_nodes": [{"fnode": "2", "segments": [SEGMENT]}],
    "properties": [{"path": "/p", "content": "content"}],
}


def with_segment(**members: object) -> dict[str, Any]:
    """``JSON`` with other members in its segment."""
    return {"live_nodes": [{"fnode": "2", "segments": [{**SEGMENT, **members}]}]}


def test_samples_are_there() -> None:
    assert len(SAMPLE_HINTS) == 46


@pytest.mark.parametrize("file", SAMPLE_HINTS, ids=lambda file: f"{file.parts[-3]}/{file.stem}")
def test_samples_of_gazette(file: Path) -> None:
    """JSON and bytes of a sample are the same hints, and come out as they are."""
    data = json.loads(file.read_text("utf-8"))
    content = bytes.fromhex(file.with_suffix(".pb.hex").read_text("utf-8"))
    hints = hints_from_json(data)
    assert decode_hints(content) == hints
    assert encode_hints(hints) == content
    assert hints_to_json(hints) == data


@pytest.mark.clause("HNT-13")
def test_all_members_are_written_as_the_proto_names_them() -> None:
    assert hints_to_json(HINTS) == JSON
    assert hints_from_json(JSON) == HINTS
    assert hints_to_json(FSMHints()) == {"log": "", "live_nodes": [], "properties": []}


@pytest.mark.clause("HNT-15")
def test_camel_case_and_numbers_are_read() -> None:
    segment = {
        "author": 1,
        "firstSeqNo": 2,
        "firstOffset": 3,
        "firstChecksum": 4,
        "lastSeqNo": 5,
        "lastOffset": 6,
        "log": "b/log",
    }
    nodes = [{"fnode": 2, "segments": [segment]}]
    properties = [{"path": "/p", "content": "content"}]
    data = {"log": "a/log", "liveNodes": nodes, "properties": properties}
    assert hints_from_json(data) == HINTS


@pytest.mark.clause("HNT-15")
def test_members_that_are_absent_or_null_have_their_default() -> None:
    assert hints_from_json({}) == FSMHints()
    assert hints_from_json({"log": None, "live_nodes": None, "properties": None}) == FSMHints()
    hints = FSMHints("", (FnodeSegments(Fnode(0), (Segment(Author(0), 0, 0, 0, 0, 0, ""),)),))
    assert hints_from_json({"live_nodes": [{"segments": [{}]}]}) == hints
    assert hints_from_json({"properties": [{}]}) == FSMHints(properties=(Property("", b""),))
    assert hints_from_json({"log": None, "log_hex": "61"}) == FSMHints("a")


def test_limits_of_numbers() -> None:
    limits = with_segment(author=(1 << 32) - 1, first_offset=-(1 << 63), last_offset=(1 << 63) - 1)
    segment = hints_from_json(limits).live_nodes[0].segments[0]
    assert segment.author == 0xFFFFFFFF
    assert (segment.first_offset, segment.last_offset) == (-(1 << 63), (1 << 63) - 1)


@pytest.mark.clause("HNT-14")
def test_bytes_that_are_no_utf8_are_hex_under_another_name() -> None:
    raw = b"/\xff\xed\xa0\x80"
    text = raw.decode("utf-8", "surrogateescape")
    segment = Segment(Author(1), 1, 0, 0, 1, 0, text)
    hints = FSMHints(text, (FnodeSegments(Fnode(1), (segment,)),), (Property(text, b"\x80"),))
    data = hints_to_json(hints)
    assert data["log_hex"] == "2fffeda080"
    assert data["live_nodes"][0]["segments"][0]["log_hex"] == "2fffeda080"
    assert data["properties"] == [{"path_hex": "2fffeda080", "content_hex": "80"}]
    assert hints_from_json(json.loads(json.dumps(data))) == hints
    assert hints_from_json({"logHex": "2FFFEDA080"}).log == text


@pytest.mark.clause("HNT-15")
def test_text_may_be_hex_too() -> None:
    assert hints_from_json({"log_hex": "612f6c6f67"}) == FSMHints("a/log")


LEAST, MOST = -(1 << 63), (1 << 63) - 1


@pytest.mark.clause("HNT-16")
@pytest.mark.parametrize(
    ("data", "where", "reason"),
    [
        ([], "hints", "it is no object, but list"),
        (None, "hints", "it is no object, but NoneType"),
        ({"live_nodes": ["x"]}, "live_nodes[0]", "it is no object, but str"),
        ({"logs": "x"}, "logs", "no member has this name"),
        ({"LiveNodes": []}, "LiveNodes", "no member has this name"),
        ({"live_nodes_hex": ""}, "live_nodes_hex", "no member has this name"),
        ({"live_nodes": [{"node": "1"}]}, "live_nodes[0].node", "no member has this name"),
        (
            with_segment(lastOfset=7),
            "live_nodes[0].segments[0].lastOfset",
            "no member has this name",
        ),
        (with_segment(path="/"), "live_nodes[0].segments[0].path", "no member has this name"),
        ({"properties": [{}, {"log": ""}]}, "properties[1].log", "no member has this name"),
        ({"live_nodes": [], "liveNodes": []}, "liveNodes", "the member is given twice"),
        ({"log_hex": "61", "log": "a"}, "log", "the member is given twice"),
        ({"log": "a", "log_hex": "61"}, "log_hex", "the member is given twice"),
        ({"log": 5}, "log", "it is no string, but int"),
        ({"log": "\ud800"}, "log", "it is no text; bytes go under log_hex"),
        ({"log_hex": "6"}, "log_hex", "it is no hex"),
        ({"log_hex": "61 62"}, "log_hex", "it is no hex"),
        ({"log_hex": 61}, "log_hex", "it is no string, but int"),
        ({"properties": [{"content": []}]}, "properties[0].content", "it is no string, but list"),
        ({"properties": {}}, "properties", "it is no list, but dict"),
        ({"live_nodes": [{}, {"segments": 1}]}, "live_nodes[1].segments", "it is no list, but int"),
        (
            {"live_nodes": [{"fnode": True}]},
            "live_nodes[0].fnode",
            "it is no whole number, but True",
        ),
        ({"live_nodes": [{"fnode": 1.0}]}, "live_nodes[0].fnode", "it is no whole number, but 1.0"),
        ({"live_nodes": [{"fnode": ""}]}, "live_nodes[0].fnode", "it is no whole number, but ''"),
        (
            {"live_nodes": [{"fnode": "\u0661"}]},
            "live_nodes[0].fnode",
            "it is no whole number, but '\u0661'",
        ),
        (
            {"live_nodes": [{"fnode": " 1"}]},
            "live_nodes[0].fnode",
            "it is no whole number, but ' 1'",
        ),
        (
            {"live_nodes": [{"fnode": MOST + 1}]},
            "live_nodes[0].fnode",
            f"{MOST + 1} is not in [{LEAST}, {MOST}]",
        ),
        (
            {"live_nodes": [{"fnode": str(LEAST - 1)}]},
            "live_nodes[0].fnode",
            f"{LEAST - 1} is not in [{LEAST}, {MOST}]",
        ),
        (
            with_segment(author="4294967296"),
            "live_nodes[0].segments[0].author",
            "4294967296 is not in [0, 4294967295]",
        ),
        (
            with_segment(firstChecksum=-1) | {"log": ""},
            "live_nodes[0].segments[0].firstChecksum",
            "the member is given twice",
        ),
        (
            with_segment(first_checksum=-1),
            "live_nodes[0].segments[0].first_checksum",
            "-1 is not in [0, 4294967295]",
        ),
    ],
)
def test_what_is_no_hints_says_where(data: object, where: str, reason: str) -> None:
    with pytest.raises(MalformedHints) as malformed:
        hints_from_json(data)
    assert (malformed.value.where, malformed.value.reason) == (where, reason)
    assert str(malformed.value) == f"these are no hints: {where}: {reason}"


@pytest.mark.clause("HNT-16")
def test_surrogate_escape_in_json_is_no_byte() -> None:
    """Else two JSON forms would stand for one name, and one of them for no Unicode."""
    with pytest.raises(MalformedHints, match="it is no text"):
        hints_from_json(json.loads(r'{"log": "a\udcff"}'))
