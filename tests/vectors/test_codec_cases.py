"""Operations and hints as bytes: every case of ``codec`` and ``codec-hints``."""

from __future__ import annotations

import pytest

from rlog_model.framing import Frame, Framer, frame
from rlog_model.hints_json import hints_from_json, hints_to_json
from rlog_model.wire import decode_hints, decode_op, encode_hints, encode_op
from tests.cases import Case, hints_of, load, op_of, refusal, same_refusal
from tests.vectors.comparison import Comparison


@pytest.mark.clause("ENC-3", "ENC-4", "ENC-8", "FRM-1")
@pytest.mark.parametrize("case", load("codec"), ids=lambda case: case["id"])
def test_operation(case: Case) -> None:
    """A frame holds just the operation, and the operation gives just the frame."""
    op, framed = op_of(case["op"]), bytes.fromhex(case["frame"])
    comparison = Comparison()

    _, event = Framer.at(0).feed(framed).next()
    assert isinstance(event, Frame)
    comparison.check("last_offset", event.last_offset, len(framed))
    comparison.check("decoded", decode_op(event.payload), op)

    payload = encode_op(op, with_meta=case["kind"] == "meta")
    comparison.check("encoded", frame(payload), framed)
    comparison.verify(case)


def test_meta_fields_are_in_no_other_kind() -> None:
    """So what the test above leaves out of frames is what a recorder never writes."""
    for case in load("codec"):
        op = op_of(case["op"])
        has_meta = bool(op.first_offset or op.last_offset or op.log)
        assert has_meta == (case["kind"] == "meta")


@pytest.mark.clause("ENC-7", "ENC-8", "HNT-2", "HNT-13", "HNT-15")
@pytest.mark.parametrize("case", load("codec-hints"), ids=lambda case: case["id"])
def test_hints(case: Case) -> None:
    """Bytes hold just the hints, the hints give just the bytes, and Validate agrees."""
    hints, content = hints_of(case["hints"]), bytes.fromhex(case["bytes"])
    comparison = Comparison()
    comparison.check("decoded", decode_hints(content), hints)
    comparison.check("encoded", encode_hints(hints), content)
    if not same_refusal(refused := refusal(hints.validate), case["validate"]):
        comparison.check("validate", refused, case["validate"])
    comparison.check("from_json", hints_from_json(case["hints"]), hints)
    comparison.check("to_json", hints_to_json(hints), case["hints"])
    comparison.verify(case)
