"""Ways to corrupt a recorded trace. Each must be rejected: then the check would see such a defect.

A corruption is data: its name, what it does, and a function which gives a corrupted trace, or
nothing where the trace has no place for it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs
from attrs import frozen

from rlog_model import scenario as s
from rlog_model.framing import frame
from rlog_model.identity import Author
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation, Trace
from rlog_model.wire import encode_op
from spec.traces.abstract import Landed, operations
from spec.traces.recorded import Recorded

Corrupted = Iterator[Recorded]
Change = Callable[[dict[str, Any], Recorded], bool]


@frozen
class Corruption:
    """A way to corrupt a trace."""

    name: str
    does: str
    corrupted: Callable[[Recorded], Corrupted]


def first(corruption: Corruption, given: Sequence[Recorded]) -> Recorded | None:
    """The first trace that can be corrupted so, corrupted; its name tells how."""
    for recorded in given:
        for corrupted in corruption.corrupted(recorded):
            return attrs.evolve(corrupted, name=f"{recorded.name}, {corruption.name}")
    return None


def _with(recorded: Recorded, at: int, **changes: Any) -> Recorded:
    observations = list(recorded.trace.observations)
    observations[at] = attrs.evolve(observations[at], **changes)
    return attrs.evolve(recorded, trace=Trace(tuple(observations)))


def _observed(recorded: Recorded) -> Iterator[tuple[int, s.Step, Observation]]:
    pairs = zip(recorded.scenario.steps, recorded.trace.observations, strict=True)
    for at, (step, seen) in enumerate(pairs):
        yield at, step, seen


def _one_more(member: str) -> Callable[[Recorded], Corrupted]:
    def corrupted(recorded: Recorded) -> Corrupted:
        for at, _, seen in _observed(recorded):
            if (value := getattr(seen, member)) is not None:
                yield _with(recorded, at, **{member: value + 1})

    return corrupted


def _other_branch(recorded: Recorded) -> Corrupted:
    sums = [seen.next_checksum for _, _, seen in _observed(recorded) if seen.next_checksum]
    for at, _, seen in _observed(recorded):
        for other in sums:
            if seen.next_checksum is not None and seen.next_checksum != other:
                yield _with(recorded, at, next_checksum=other)


def _outcome(was: str, becomes: str) -> Callable[[Recorded], Corrupted]:
    def corrupted(recorded: Recorded) -> Corrupted:
        for at, _, seen in _observed(recorded):
            if seen.outcome.startswith(was):
                yield _with(recorded, at, outcome=becomes)

    return corrupted


def _status(recorded: Recorded) -> Corrupted:
    others = {"complete": "tailing", "appending": "complete", "tailing": "reading"}
    for at, _, seen in _observed(recorded):
        if seen.status in others:
            yield _with(recorded, at, status=others[seen.status])


def _in_hints(
    change: Change,
) -> Callable[[Recorded], Corrupted]:
    """Hints are changed, where ``change`` finds what to change in them."""

    def corrupted(recorded: Recorded) -> Corrupted:
        for at, _, seen in _observed(recorded):
            if seen.hints is not None:
                hints: Any = copy.deepcopy(seen.hints)
                if hints["live_nodes"] and change(hints, recorded):
                    yield _with(recorded, at, hints=hints)

    return corrupted


def _moved(member: str) -> Change:
    def change(hints: dict[str, Any], recorded: Recorded) -> bool:
        segment = hints["live_nodes"][-1]["segments"][-1]
        segment[member] = str(int(segment[member]) + 1)
        return True

    return change


def _other_author(hints: dict[str, Any], recorded: Recorded) -> bool:
    segment = hints["live_nodes"][0]["segments"][0]
    for step in recorded.scenario.steps:
        if isinstance(step, s.StartRecorder) and str(step.author) != segment["author"]:
            segment["author"] = str(step.author)
            return True
    return False


def _file_forgotten(hints: dict[str, Any], recorded: Recorded) -> bool:
    hints["live_nodes"].pop()
    return True


def _later_checksum(hints: dict[str, Any], recorded: Recorded) -> bool:
    segment = hints["live_nodes"][0]["segments"][0]
    others = (seen.next_checksum for seen in recorded.trace.observations if seen.next_checksum)
    segment["first_checksum"] = str(next(x for x in others if str(x) != segment["first_checksum"]))
    return True


def _in_tree(change: Callable[[dict[str, Any]], bool]) -> Callable[[Recorded], Corrupted]:
    def corrupted(recorded: Recorded) -> Corrupted:
        for at, _, seen in _observed(recorded):
            if seen.tree is not None:
                tree: Any = copy.deepcopy(seen.tree)
                if change(tree):
                    yield _with(recorded, at, tree=tree)

    return corrupted


def _file_too_many(tree: dict[str, Any]) -> bool:
    tree["files"]["/from/nowhere"] = ""
    return True


def _file_too_few(tree: dict[str, Any]) -> bool:
    return bool(tree["files"]) and tree["files"].popitem() is not None


def _other_byte(tree: dict[str, Any]) -> bool:
    for path, content in tree["files"].items():
        if content:
            tree["files"][path] = f"{int(content[:2], 16) ^ 1:02x}{content[2:]}"
            return True
    return False


def _links_apart(tree: dict[str, Any]) -> bool:
    return bool(tree["same_file"]) and tree["same_file"].pop() is not None


def _in_log(change: Callable[[list[Landed]], list[Landed]]) -> Callable[[Recorded], Corrupted]:
    """The log that is read at the end is changed, from its operations on."""

    def corrupted(recorded: Recorded) -> Corrupted:
        at = len(recorded.trace.observations) - 1
        content = bytes.fromhex(recorded.trace.observations[at].encoded or "")
        landed = list(operations(recorded.name, content))
        if len(landed) > 2:
            frames = [frame(encode_op(one.op)) + one.raw for one in change(landed)]
            log = b"".join(frames)
            yield _with(recorded, at, encoded=log.hex(), head=len(log))

    return corrupted


def _written_by_another(landed: list[Landed]) -> list[Landed]:
    op = attrs.evolve(landed[1].op, author=Author(landed[1].op.author ^ 1))
    return [landed[0], attrs.evolve(landed[1], op=op), *landed[2:]]


def _checksum_in_log(landed: list[Landed]) -> list[Landed]:
    op = attrs.evolve(landed[2].op, checksum=landed[1].op.checksum)
    return [*landed[:2], attrs.evolve(landed[2], op=op), *landed[3:]]


def _without_event(kind: type[s.Step]) -> Callable[[Recorded], Corrupted]:
    """As if a step had not been made, whose outcome is seen all the same."""

    def corrupted(recorded: Recorded) -> Corrupted:
        for at, step, seen in _observed(recorded):
            if isinstance(step, kind) and seen.outcome == DONE:
                yield _cut(recorded, at)

    return corrupted


def _cut(recorded: Recorded, at: int) -> Recorded:
    steps, observations = recorded.scenario.steps, recorded.trace.observations
    return attrs.evolve(
        recorded,
        scenario=attrs.evolve(recorded.scenario, steps=steps[:at] + steps[at + 1 :]),
        trace=Trace(observations[:at] + observations[at + 1 :]),
    )


def _exchanged(recorded: Recorded) -> Corrupted:
    steps, seen = list(recorded.scenario.steps), list(recorded.trace.observations)
    for at in range(len(steps) - 1):
        if isinstance(steps[at], s.Create) and isinstance(steps[at + 1], s.Commit):
            steps[at : at + 2] = steps[at + 1], steps[at]
            seen[at : at + 2] = seen[at + 1], seen[at]
            scenario = attrs.evolve(recorded.scenario, steps=tuple(steps))
            yield attrs.evolve(recorded, scenario=scenario, trace=Trace(tuple(seen)))
            return


CORRUPTIONS: Final = (
    Corruption("number", "a sequence number is off by one", _one_more("next_seq_no")),
    Corruption("checksum", "a checksum is that of another branch", _other_branch),
    Corruption("queue", "an append waits that nobody made", _one_more("queued")),
    Corruption("head", "the write head is off by one", _one_more("head")),
    Corruption("fence", "an append lands though a fence forbids it", _outcome(FENCED, DONE)),
    Corruption("refusal", "what must be refused is done", _outcome("refused", DONE)),
    Corruption("possible", "what is possible is not", _outcome(DONE, IMPOSSIBLE)),
    Corruption("status", "a player is elsewhere", _status),
    Corruption("uncommitted", "hints name one operation more", _in_hints(_moved("last_seq_no"))),
    Corruption("first-offset", "a segment begins later", _in_hints(_moved("first_offset"))),
    Corruption("last-offset", "a segment ends elsewhere", _in_hints(_moved("last_offset"))),
    Corruption("hinted-author", "a segment is another author's", _in_hints(_other_author)),
    Corruption("hinted-checksum", "a segment has a later checksum", _in_hints(_later_checksum)),
    Corruption("hinted-file", "hints forget a file", _in_hints(_file_forgotten)),
    Corruption("file-too-many", "a tree has a file that nobody made", _in_tree(_file_too_many)),
    Corruption("file-too-few", "a tree lacks a file", _in_tree(_file_too_few)),
    Corruption("byte", "a file has another byte", _in_tree(_other_byte)),
    Corruption("links", "two links are of two files", _in_tree(_links_apart)),
    Corruption("short-log", "the log lacks its end", _in_log(lambda landed: landed[:-1])),
    Corruption("dropped", "the log lacks an operation", _in_log(lambda x: [x[0], *x[2:]])),
    Corruption(
        "author", "an operation of the log is another author's", _in_log(_written_by_another)
    ),
    Corruption("log-checksum", "an operation goes on elsewhere", _in_log(_checksum_in_log)),
    Corruption("twice", "an append lands twice by itself", _without_event(s.AppendAgain)),
    Corruption("no-handoff", "a player finishes unasked", _without_event(s.FinishAtWriteHead)),
    Corruption("exchanged", "a commit is exchanged with what it commits", _exchanged),
)
"""Every way."""
