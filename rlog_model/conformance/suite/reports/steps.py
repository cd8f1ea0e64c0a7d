"""Steps of a scenario in a few words, and what each is about.

Steps are read as the JSON that a record holds, and nothing is taken for granted: one that is not
as the language has it is still told somehow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rlog_model.change_words import told_change
from rlog_model.conformance.suite.reports import text
from rlog_model.wire import MalformedHints, MalformedOp, decode_hints, decode_op

SUBJECTS: Final = ("fsm", "set", "recorder", "player", "log", "hints")
"""Members that name what a step is about. The first one which a step has counts."""

SNAPSHOT: Final = "snapshot"
"""Stands for the kind of a step, where the snapshot differs."""

CODEC: Final = "codec"
"""What steps are about that name nothing: bytes alone."""

_WORDS: Final = 60
_HIDDEN: Final = ("outcome", "encoded", "hints", "tree", "queued")
"""What is not part of a state, or too long to be looked at."""


def words(step: Any) -> str:
    """A step in a few words: ``apply create /a (file 3)``, ``write /a: 3 bytes at 0``."""
    if not isinstance(step, Mapping):
        return text.value(step, _WORDS)
    return text.cut(f"{text.value(step.get('do', '?'))} {_about(step)}".strip(), _WORDS)


def kind(scenario: Any, index: int | None) -> str:
    """The kind of a step of a scenario: ``apply``; of none, and of one behind all, it is
    ``SNAPSHOT``."""
    listed = scenario.get("steps", []) if isinstance(scenario, Mapping) else []
    if index is None or not 0 <= index < len(listed):
        return SNAPSHOT
    step = listed[index]
    return text.value(step.get("do", "?") if isinstance(step, Mapping) else step, 32)


def subject(step: Any) -> str:
    """What a step is about: ``fsm f``, ``log a/log``; ``codec`` if it names nothing."""
    if isinstance(step, Mapping):
        for member in SUBJECTS:
            if member in step:
                return f"{member} {text.value(step[member], 32)}"
    return CODEC


def state_before(steps: Sequence[Any], seen: Sequence[Any], index: int | None) -> str:
    """What is known of the state before a step, from the observations that were expected; before
    the snapshot, where ``index`` is none."""
    end = len(steps) if index is None else min(index, len(steps))
    about = subject(steps[index]) if index is not None and index < len(steps) else None
    for before in range(min(end, len(seen)) - 1, -1, -1):
        named = subject(steps[before])
        if about in (None, named) and (shown := _state(seen[before])):
            return f"{named}, behind step {before}: {shown}"
    if about is None:
        return "no step shows anything"
    return "steps of the codec have none" if about == CODEC else f"{about}: not seen before"


def _state(seen: Any) -> str:
    if not isinstance(seen, Mapping):
        return ""
    members = ((name, told) for name, told in seen.items() if name not in _HIDDEN)
    return ", ".join(f"{text.value(name)} {text.value(told, 80)}" for name, told in members)


def _about(step: Mapping[str, Any]) -> str:
    def told(member: str) -> str:
        return text.value(step.get(member, ""), _WORDS)

    match step:
        case {"payload": str(payload)}:
            return _change(payload)
        case {"hints": str(encoded), "do": "new_fsm"} | {"encoded": str(encoded)}:
            name = told("fsm") if "fsm" in step else told("hints")
            return f"{name} {_hints(encoded)}".strip()
        case {"source": _, "target": _}:
            return f"{told('source')} to {told('target')}"
        case {"file": _, "data": str(data)}:
            times = f" x {told('times')}" if "times" in step else ""
            return f"{told('file')}: {text.counted(len(data) // 2, 'byte')}{times}"
        case {"file": _, "size": _}:
            return f"{told('file')} to {told('size')} bytes"
        case {"path": _}:
            return told("path")
        case {"first_seq_no": _, "last_seq_no": _}:
            return f"{told('first_seq_no')} to {told('last_seq_no')} of author {told('author')}"
        case {"first_offset": _, "last_offset": _}:
            return f"offsets {told('first_offset')} to {told('last_offset')}"
        case {"data": str(data)}:
            return f"{text.counted(len(data) // 2, 'byte')} {told('log')}".strip()
        case _:
            named = (
                "recorder",
                "player",
                "fsm",
                "set",
                "hints",
                "log",
                "author",
                "until",
                "appends",
            )
            return " ".join(told(member) for member in named if member in step)


def _change(payload: str) -> str:
    try:
        return told_change(decode_op(bytes.fromhex(payload)))
    except (MalformedOp, ValueError):  # no operation: that is what some scenarios are about
        return f"{text.counted(len(payload) // 2, 'byte')}, no operation"


def _hints(encoded: str) -> str:
    try:
        hints = decode_hints(bytes.fromhex(encoded))
    except (MalformedHints, ValueError):
        return f"{text.counted(len(encoded) // 2, 'byte')}, no hints"
    return f"hints of {text.value(hints.log, 32)}, {text.counted(len(hints.live_nodes), 'file')}"
