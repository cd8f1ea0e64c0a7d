"""The snapshot: what a scenario has made, as it is behind the last step.

Rules: ADP-31 (``spec/adapter``). Values are those of its JSON: numbers are strings of decimal
digits, and where text is no UTF-8 its bytes stand as hex.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from rlog_model.file_tree import Snapshot
from rlog_model.fsm import FSM
from rlog_model.hints import InvalidHints
from rlog_model.hints_json import bytes_to_json, hints_to_json, segment_to_json, text_to_json
from rlog_model.paths import by_bytes
from rlog_model.play_messages import Complete
from rlog_model.scenario_fields import Json
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.segment_set import SegmentSet
from rlog_model.simulation.parts import Parts
from rlog_model.simulation.players import status_of
from rlog_model.simulation.state import SimPlayer, World, played
from rlog_model.trace import refused

Shown = dict[str, Json]


def snapshot(world: World) -> Shown:
    """The snapshot of a world. Spec: ADP-31."""
    return {
        **of_parts(world.parts),
        **named("players", world.players.items(), _player),
        **named(
            "recorders", world.recorders.items(), lambda recorder: of_branch(recorder.recording.fsm)
        ),
        **named(
            "logs",
            ((name, log) for name, log in world.logs.items() if log.head),
            lambda log: of_log(log.head, log.from_offset(0)),
        ),
    }


AnyThing = TypeVar("AnyThing")


def named(
    member: str, things: Iterable[tuple[str, AnyThing]], shown: Callable[[AnyThing], Json]
) -> Shown:
    """The member of a snapshot which shows things by name; none where there are none."""
    of_things: Shown = {name: shown(thing) for name, thing in sorted(things, key=lambda it: it[0])}
    return {member: of_things} if of_things else {}


def of_parts(parts: Parts | None) -> Shown:
    """Sets of segments, and FSMs."""
    if parts is None:
        return {}
    return {
        **named("sets", parts.sets.items(), of_set),
        **named("fsms", parts.fsms.items(), of_fsm),
    }


def of_set(segments: SegmentSet) -> list[Json]:
    """The segments of a set."""
    return [dict(segment_to_json(segment)) for segment in segments.segments]


def of_branch(fsm: FSM) -> Shown:
    """How far a branch has come."""
    return {"next_seq_no": str(fsm.next_seq_no), "next_checksum": str(fsm.next_checksum)}


def of_fsm(fsm: FSM) -> Shown:
    """All of an FSM."""
    shown: Shown = {
        **of_branch(fsm),
        **text_to_json("log", fsm.log),
        "links": [
            {**text_to_json("path", path), "fnode": str(fsm.links[path])}
            for path in sorted(fsm.links, key=by_bytes)
        ],
        "nodes": [
            {
                "fnode": str(fnode),
                "links": _paths(fsm.live_nodes[fnode].links),
                "segments": [dict(segment_to_json(s)) for s in fsm.live_nodes[fnode].segments],
            }
            for fnode in sorted(fsm.live_nodes)
        ],
        "properties": [
            {**text_to_json("path", path), **bytes_to_json("content", fsm.properties[path])}
            for path in sorted(fsm.properties, key=by_bytes)
        ],
        "hints_remain": fsm.remaining.segment is not None or fsm.remaining.fnode is not None,
    }
    try:
        shown["hints"] = hints_to_json(fsm.build_hints())
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        shown["hints_refused"] = refused(error)
    return shown


def of_files(files: Snapshot) -> Shown:
    """What a directory holds, by digests."""
    contents: Mapping[str, bytes] = dict(files.files)
    return {
        "files": [
            {
                **text_to_json("path", path),
                "size": str(len(contents[path])),
                "sha256": hashlib.sha256(contents[path]).hexdigest(),
            }
            for path in sorted(contents, key=by_bytes)
        ],
        "same_file": [
            _paths(group)
            for group in sorted(files.same_file, key=lambda group: min(map(by_bytes, group)))
        ],
    }


def of_log(head: int, content: bytes) -> Shown:
    """A log, of which ``content`` is what is there."""
    return {"head": str(head), "sha256": hashlib.sha256(content).hexdigest()}


def _paths(paths: Iterable[str]) -> list[Json]:
    return [dict(text_to_json("path", path)) for path in sorted(paths, key=by_bytes)]


def _player(player: SimPlayer) -> Shown:
    shown: Shown = {"status": status_of(player.progress)}
    if isinstance(player.progress.request, Complete) and player.recorder is None:
        shown |= of_files(played(player))
    return shown
