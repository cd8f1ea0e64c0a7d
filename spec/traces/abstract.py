"""From what was seen to the values of ``TraceWorld.tla``.

Rules
-----
* What may be missing is a tuple of none or one. What two sides compare has one shape, whatever it
  holds: TLC cannot compare a string with a number.
* Checksums are texts: TLC's numbers have 31 bits. Other numbers that are beyond are cut.
* Where each operation ends is told by the log that was read at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from rlog_model import scenario as s
from rlog_model.framing import HEADER, MAGIC
from rlog_model.operation import Create, Link, RecordedOp, Unlink, Write
from rlog_model.paths import by_bytes
from rlog_model.scenario import Scenario, Step
from rlog_model.trace import Observation
from rlog_model.wire import MalformedOp, decode_op
from spec.tlc.values import Record, Value
from spec.traces.recorded import Recorded

NONE: Final = "none"
FIRST_SUM: Final = "0"
_MOST: Final = (1 << 31) - 1
_PATHS: Final = ("path", "source", "target", "file")


@frozen
class Unreadable(Exception):
    """A log that holds something other than operations of World."""

    name: str
    offset: int

    def __str__(self) -> str:
        return f"trace {self.name}: its log has no operation of World at offset {self.offset}"


@frozen
class Landed:
    """An operation in the log."""

    op: RecordedOp
    raw: bytes
    end: int


def trace_value(recorded: Recorded) -> Value:
    """The trace as a record of TLA+.

    Raises:
        Unreadable: its log can't be read.
    """
    scenario, observations = recorded.scenario, recorded.trace.observations
    content = observations[-1].encoded if observations else None
    landed = tuple(operations(recorded.name, bytes.fromhex(content or "")))
    log = next(x.log for x in scenario.steps if isinstance(x, s.StartRecorder))
    events = tuple(
        record(step=step_value(number, step), seen=_seen(seen, log, landed))
        for number, (step, seen) in enumerate(zip(scenario.steps, observations, strict=True), 1)
    )
    return _trace(scenario, tuple(at.end for at in landed), events, tells=False)


def untold(scenario: Scenario, ends: tuple[int, ...]) -> Value:
    """A trace of which World tells what is seen; ``ends``: where the operations of its log end."""
    steps = enumerate(scenario.steps, 1)
    return _trace(
        scenario,
        ends,
        tuple(record(step=step_value(number, step)) for number, step in steps),
        tells=True,
    )


def operations(name: str, log: bytes) -> Iterator[Landed]:
    """The operations of a log.

    Raises:
        Unreadable: it holds something else.
    """
    at = 0
    while at < len(log):
        size = int.from_bytes(log[at + len(MAGIC) : at + HEADER], "little")
        payload = log[at + HEADER : at + HEADER + size]
        if log[at : at + len(MAGIC)] != MAGIC or len(payload) != size:
            raise Unreadable(name, at)
        try:
            op = decode_op(payload)
        except MalformedOp:
            raise Unreadable(name, at) from None
        begin = at + HEADER + size
        end = begin + max(op.raw_length, 0)
        if end > len(log) or not isinstance(op.change, Create | Link | Unlink | Write | None):
            raise Unreadable(name, at)
        yield Landed(op, log[begin:end], end)
        at = end


def record(**members: Value) -> Record:
    """A record of TLA+."""
    items: dict[Value, Value] = {}
    items.update(members)
    return Record(items)


def _trace(
    scenario: Scenario, ends: tuple[int, ...], events: tuple[Value, ...], *, tells: bool
) -> Record:
    steps = scenario.steps
    log = next(step.log for step in steps if isinstance(step, s.StartRecorder))
    named = (getattr(step, name, None) for step in steps for name in _PATHS)
    paths = sorted({path for path in named if isinstance(path, str)}, key=by_bytes)
    return record(
        log=log,
        paths=tuple(paths),
        ends=tuple(map(_number, ends)),
        tells=tells,
        events=events,
    )


def step_value(number: int, step: Step) -> Record:
    """A step as a record."""
    members: dict[str, Value] = {"do": step.do}
    match step:
        case s.StartRecorder():
            members |= {
                "recorder": step.recorder,
                "author": str(step.author),
                "player": step.player or NONE,
                "checks": step.check_registers,
            }
        case s.Create(recorder, path):
            members |= {"recorder": recorder, "path": path, "label": _label(number)}
        case s.Open(recorder, path, flags):
            flag_set: frozenset[Value] = frozenset(flags)
            members |= {
                "recorder": recorder,
                "path": path,
                "flags": flag_set,
                "label": _label(number),
            }
        case s.Write(recorder, file, offset, data, times):
            members |= {"recorder": recorder, "path": file, "label": _label(number)}
            members |= {"offset": offset, "bytes": tuple(data * times)}
        case s.Truncate(recorder, file, size):
            members |= {"recorder": recorder, "path": file, "label": _label(number), "size": size}
        case s.Link(recorder, source, target) | s.Rename(recorder, source, target):
            members |= {"recorder": recorder, "source": source, "target": target}
        case s.Unlink(recorder, path):
            members |= {"recorder": recorder, "path": path}
        case s.Commit(recorder, appends):
            members |= {"recorder": recorder}
            members |= {"appends": _MOST if appends is None else _number(max(appends, 0))}
        case s.AppendAgain(recorder, back):
            members |= {"recorder": recorder, "back": _number(back)}
        case s.Die(recorder, in_flight):
            members |= {"recorder": recorder, "in_flight": _number(max(in_flight, 0))}
        case s.TakeHints(recorder, hints):
            members |= {"recorder": recorder, "hints": hints}
        case s.TakePlayerHints(player, hints):
            members |= {"player": player, "hints": hints}
        case s.Play(player, hints_or_none):
            members |= {"player": player, "hints": hints_or_none or NONE}
        case s.InjectHandoff(player, author):
            members |= {"player": player, "author": str(author)}
        case s.Advance(player, until):
            members |= {"player": player, "until": until}
        case s.FinishAtWriteHead(player) | s.HandoffAgain(player):
            members |= {"player": player}
        case _:
            assert isinstance(step, s.Roll | s.ReadLog), "the other steps that are covered"
    return record(**members)


def _label(number: int) -> str:
    return f"write of event {number}"


def _seen(seen: Observation, log: str, landed: tuple[Landed, ...]) -> Record:
    sums: list[Value] = [] if seen.next_checksum is None else [str(seen.next_checksum)]
    hints: Value = ()
    if seen.hints is not None:
        hints, more = _hints(seen.hints)
        sums += more
    of_log: Value = ()
    if seen.encoded is not None:
        of_log = (tuple(_op(at) for at in landed),)
        sums += [str(at.op.checksum) for at in landed]
    files = None if seen.tree is None else seen.tree["files"]
    groups = None if seen.tree is None else seen.tree["same_file"]
    return record(
        outcome=seen.outcome.split(":")[0],
        seq_no=_optional(seen.next_seq_no),
        queued=_optional(seen.queued),
        head=_optional(seen.head),
        status=() if seen.status is None else (seen.status,),
        tree=() if files is None else (_tree(files),),
        same=() if groups is None else (frozenset(frozenset(group) for group in groups),),
        hints=hints,
        log=of_log,
        sums=tuple(sums),
    )


def _optional(number: int | None) -> Value:
    return () if number is None else (_number(number),)


def _number(number: int) -> int:
    return max(-_MOST, min(number, _MOST))


def _tree(files: Mapping[str, str]) -> frozenset[Value]:
    return frozenset((path, tuple(bytes.fromhex(content))) for path, content in files.items())


def _hints(hints: Mapping[str, Any]) -> tuple[Value, list[Value]]:
    """Hints, and their checksums. Properties are a file that World never has."""
    nodes: list[Value] = []
    sums: list[Value] = []
    for node in hints["live_nodes"]:
        segments: list[Value] = []
        for segment in node["segments"]:
            sums.append(segment["first_checksum"])
            numbers = ("first_seq_no", "first_offset", "last_seq_no", "last_offset")
            segments.append(
                record(
                    author=segment["author"],
                    log=segment.get("log") or hints.get("log", ""),
                    **{name: _number(int(segment[name])) for name in numbers},
                )
            )
        nodes.append(record(fnode=_number(int(node["fnode"])), segments=tuple(segments)))
    nodes += [record(fnode=-1, segments=()) for _ in hints["properties"]]
    return (tuple(nodes),), sums


def _op(landed: Landed) -> Record:
    op = landed.op
    path, fnode, offset, content = NONE, 0, 0, b""
    match op.change:
        case Create(path):
            kind = "create"
        case Link(fnode, path):
            kind = "link"
        case Unlink(fnode, path):
            kind = "unlink"
        case Write(fnode, offset):
            kind, content = "write", landed.raw
        case _:
            kind = NONE
    return record(
        author=str(int(op.author)),
        seq_no=_number(op.seq_no),
        kind=kind,
        path=path,
        fnode=_number(fnode),
        offset=_number(offset),
        bytes=tuple(content),
    )
