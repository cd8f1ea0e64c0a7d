"""The clauses that a vector is about: told by its steps, and by what they show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rlog_model import play_error
from rlog_model.conformance.suite.vector import Vector
from rlog_model.outcome import OUTCOMES

_OF_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "decode": ("ENC-8", "ENC-9"),
    "decode_hints": ("ENC-7", "HNT-13"),
    "unframe": ("FRM-1", "FRM-3"),
    "add_segment": ("SEG-7",),
    "intersect": ("SEG-10",),
    "new_fsm": ("TRN-2",),
    "build_hints": ("HNT-7",),
    "play": ("PLAY-1",),
    "prune": ("PLAY-5",),
    "finish_at_write_head": ("PLAY-7",),
    "inject_handoff": ("PLAY-8", "HOF-1"),
    "handoff_again": ("HOF-4",),
    "take_player_hints": ("PLAY-16",),
    "create": ("REC-2",),
    "open": ("REC-2",),
    "write": ("REC-3",),
    "truncate": ("REC-5",),
    "link": ("REC-6",),
    "unlink": ("REC-6",),
    "rename": ("REC-7",),
    "take_hints": ("REC-14",),
}

_OF_REFUSALS: Final = {
    "MalformedOp": "ENC-10",
    "MalformedHints": "ENC-10",
    "InvalidSegment": "SEG-1",
    "SegmentConflict": "SEG-3",
    "RecordingRefused": "REC-16",
}

OF_HINT_RULES: Final = {
    "NO_LOG": "HNT-5",
    "OWN_LOG_NAMED": "HNT-2",
    "FNODE_ORDER": "HNT-3",
    "FNODE_CREATE": "HNT-3",
    "LAST_LOG": "HNT-4",
    "NO_LIVE_FILE": "HNT-9",
    "ONE_LOG": "HNT-5",
}

_OF_OUTCOMES: Final = {outcome.__name__: outcome.rule for outcome in OUTCOMES}
_OF_ERRORS: Final = {error.__name__: error.rule for error in play_error.PlayError.__subclasses__()}


def clauses_of(vector: Vector, also: Iterable[str] = ()) -> tuple[str, ...]:
    """The clauses of a vector, and ``also`` others, each once, sorted."""
    found = set(also)
    steps = vector.scenario["steps"]
    for step, seen in zip(steps, vector.expect.observations, strict=True):
        found.update(_OF_STEPS.get(step["do"], ()))
        found.update(_of_observation(seen))
    return tuple(sorted(found, key=_by_number))


def _of_observation(seen: dict[str, Any]) -> Iterator[str]:
    sort, _, told = seen["outcome"].partition(": ")
    name, _, rule = told.partition(" ")
    if sort in ("rejected", "untracked"):
        yield _OF_OUTCOMES[name]
    elif name == "InvalidHints":
        yield OF_HINT_RULES[rule]
    elif name in _OF_REFUSALS:
        yield _OF_REFUSALS[name]
    error = seen.get("status", "").removeprefix("failed: ")
    if error in _OF_ERRORS:
        yield _OF_ERRORS[error]


def _by_number(clause: str) -> tuple[str, int]:
    prefix, _, number = clause.partition("-")
    return prefix, int(number)
