"""What a scenario needs of an implementation: ADP-11 of ``spec/adapter``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.framing import Frame, Framer
from rlog_model.hints import FSMHints
from rlog_model.operation import Property
from rlog_model.recording import PROPERTY_PATHS
from rlog_model.scenario import Scenario, Step
from rlog_model.wire import MalformedHints, MalformedOp, decode_hints, decode_op

CAPABILITIES: Final = (
    "codec",
    "segments",
    "fsm",
    "player",
    "recorder",
    "several_logs",
    "properties",
    "worlds",
)
"""All of them."""

CODEC: Final = (p.Decode, p.DecodeHints, p.Unframe)
SEGMENTS: Final = (p.AddSegment, p.Intersect)
FSM: Final = (p.NewFsm, p.Apply, p.BuildHints)
PLAYER: Final = (
    s.AppendRaw,
    s.Roll,
    s.Prune,
    s.ReadLog,
    s.GiveHints,
    s.Play,
    s.FinishAtWriteHead,
    s.InjectHandoff,
    s.HandoffAgain,
    s.TakePlayerHints,
    s.Advance,
)
RECORDER: Final = (
    s.StartRecorder,
    s.Create,
    s.Open,
    s.Write,
    s.Truncate,
    s.Link,
    s.Unlink,
    s.Rename,
    s.Commit,
    s.TakeHints,
    s.AppendRaw,
    s.ReadLog,
)


def requires(scenario: Scenario) -> tuple[str, ...]:
    """The capabilities that a scenario needs, in the order of ``CAPABILITIES``. Spec: ADP-11."""
    steps = scenario.steps
    needed: set[str] = set()
    for name, kinds in (("codec", CODEC), ("segments", SEGMENTS), ("fsm", FSM)):
        if any(isinstance(step, kinds) for step in steps):
            needed.add(name)
    of_worlds = [step for step in steps if not isinstance(step, p.Part)]
    if of_worlds:
        needed.add(_of_worlds(of_worlds))
    hinted = [hints for step in steps for hints in _hints_of(step)]
    if len({*_logs_of(steps), *(log for hints in hinted for log in _logs_of_hints(hints))}) > 1:
        needed.add("several_logs")
    if any(hints.properties for hints in hinted) or any(map(_has_property, steps)):
        needed.add("properties")
    return tuple(name for name in CAPABILITIES if name in needed)


def _of_worlds(steps: Sequence[Step]) -> str:
    if all(isinstance(step, PLAYER) for step in steps):
        return "player"
    started = [step for step in steps if isinstance(step, s.StartRecorder)]
    alone = len(started) == 1 and started[0].player is None
    return "recorder" if alone and all(isinstance(st, RECORDER) for st in steps) else "worlds"


def _hints_of(step: Step) -> Iterator[FSMHints]:
    match step:
        case p.NewFsm(_, encoded) | p.DecodeHints(encoded) | s.GiveHints(_, encoded):
            try:
                yield decode_hints(encoded)
            except MalformedHints:
                return
        case _:
            return


def _logs_of(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        log: str | None = getattr(step, "log", None)
        if log:
            yield log


def _logs_of_hints(hints: FSMHints) -> Iterator[str]:
    named = (segment.log for node in hints.live_nodes for segment in node.segments)
    return (log for log in (hints.log, *named) if log)


def _has_property(step: Step) -> bool:
    match step:
        case p.Apply(_, payload) | p.Decode(payload):
            return _is_property(payload)
        case s.Rename(_, _, target):
            return target in PROPERTY_PATHS
        case s.AppendRaw(_, data, times):
            return any(map(_is_property, _payloads(data * min(times, 2))))
        case _:
            return False


def _is_property(payload: bytes) -> bool:
    try:
        return isinstance(decode_op(payload).change, Property)
    except MalformedOp:
        return False


def _payloads(content: bytes) -> Iterator[bytes]:
    framer = Framer.at(0).feed(content)
    while True:
        framer, event = framer.next()
        if event is None:
            return
        if isinstance(event, Frame):
            yield event.payload
