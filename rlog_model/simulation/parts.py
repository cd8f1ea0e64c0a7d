"""The model executes the steps of ``scenario_parts``."""

from __future__ import annotations

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model import scenario_parts as p
from rlog_model.framing import Frame, Framer, Raw
from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints, InvalidHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import Author, Fnode
from rlog_model.outcome import APPLIED, is_transition
from rlog_model.revision import Revision
from rlog_model.scenario_fields import Json
from rlog_model.segment import InvalidSegment, Segment, SegmentConflict
from rlog_model.segment_set import SegmentSet
from rlog_model.trace import DONE, IMPOSSIBLE, Observation, refused
from rlog_model.wire import (
    MalformedHints,
    MalformedOp,
    decode_hints,
    decode_op,
    encode_hints,
    encode_op,
)


@frozen
class Parts:
    """Sets of segments, and FSMs, by their names."""

    revision: Revision
    sets: HashTrieMap[str, SegmentSet] = HashTrieMap()
    fsms: HashTrieMap[str, FSM] = HashTrieMap()


def execute_part(parts: Parts, step: p.Part) -> tuple[Parts, Observation]:
    """The parts behind a step, and what could be seen."""
    try:
        return _execute(parts, step)
    except (
        InvalidHints,
        InvalidSegment,
        MalformedHints,
        MalformedOp,
        SegmentConflict,
    ) as error:
        return parts, Observation(refused(error))


def _execute(parts: Parts, step: p.Part) -> tuple[Parts, Observation]:
    """Spec: ADP-12, ADP-13, ADP-14, ADP-15, ADP-16, ADP-17, ADP-18, ADP-19."""
    match step:
        case p.Decode(payload):
            again = encode_op(decode_op(payload), with_meta=True)
            return parts, Observation(DONE, encoded=again.hex())
        case p.DecodeHints(encoded):
            hints = decode_hints(encoded)
            again = encode_hints(hints)
            return parts, Observation(DONE, encoded=again.hex(), hints=hints_to_json(hints))
        case p.Unframe(data, piece):
            return parts, Observation(DONE, frames=_frames(data, piece))
        case p.AddSegment(name):
            added = parts.sets.get(name, SegmentSet()).add(_segment(step))
            parts = attrs.evolve(parts, sets=parts.sets.insert(name, added))
            return parts, Observation(DONE, segments=_shown(added))
        case p.Intersect(name, log, first, last):
            if first > last:
                return parts, Observation(IMPOSSIBLE)
            found = parts.sets.get(name, SegmentSet()).intersect(log, first, last)
            return parts, Observation(DONE, segments=_shown(found))
        case p.NewFsm(name, hints):
            if name in parts.fsms:
                return parts, Observation(IMPOSSIBLE)
            fsm = FSM.from_hints(decode_hints(hints), parts.revision)
            return _with(parts, name, fsm), _seen(fsm)
        case p.Apply(name, payload, log, first, last):
            if name not in parts.fsms:
                return parts, Observation(IMPOSSIBLE)
            op = decode_op(payload, first_offset=first, last_offset=last, log=log)
            applied = parts.fsms[name].apply(op, payload)
            outcome = DONE
            if applied.outcome is not APPLIED:
                sort = "untracked" if is_transition(applied.outcome) else "rejected"
                outcome = f"{sort}: {type(applied.outcome).__name__}"
            seen = attrs.evolve(_seen(applied.fsm), outcome=outcome)
            return _with(parts, name, applied.fsm), seen
        case _:
            if step.fsm not in parts.fsms:
                return parts, Observation(IMPOSSIBLE)
            fsm = parts.fsms[step.fsm]
            return parts, attrs.evolve(_seen(fsm), hints=hints_to_json(fsm.build_hints()))


def _with(parts: Parts, name: str, fsm: FSM) -> Parts:
    return attrs.evolve(parts, fsms=parts.fsms.insert(name, fsm))


def _seen(fsm: FSM) -> Observation:
    return Observation(DONE, next_seq_no=fsm.next_seq_no, next_checksum=fsm.next_checksum)


def _segment(step: p.AddSegment) -> Segment:
    return Segment(
        Author(step.author),
        step.first_seq_no,
        step.first_offset,
        step.first_checksum,
        step.last_seq_no,
        step.last_offset,
        step.log,
    )


def _frames(data: bytes, piece: int) -> list[Json]:
    """Frames and skipped ranges of a log. Spec: ADP-14."""
    framer, told = Framer.at(0), list[Json]()
    size = piece if piece > 0 else max(len(data), 1)
    for begin in range(0, len(data), size):
        framer = framer.feed(data[begin : begin + size])
        while True:
            framer, event = framer.next()
            if event is None:
                break
            assert not isinstance(event, Raw), "none were asked for"
            shown: dict[str, Json] = {
                "first_offset": str(event.first_offset),
                "last_offset": str(event.last_offset),
            }
            if isinstance(event, Frame):
                shown["payload"] = event.payload.hex()
            told.append(shown)
    return told


def _shown(segments: SegmentSet) -> Json:
    """Segments in the form that hints have in JSON."""
    hints = hints_to_json(FSMHints("", (FnodeSegments(Fnode(0), segments.segments),)))
    nodes = hints["live_nodes"]
    assert isinstance(nodes, list)
    assert isinstance(nodes[0], dict)
    shown: Json = nodes[0]["segments"]
    return shown
