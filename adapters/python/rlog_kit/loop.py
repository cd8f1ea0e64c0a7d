"""The messages: ADP-1 to ADP-6."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TextIO

from rlog_kit.codec import Codec, CodecSteps
from rlog_kit.fsm import Fsm, FsmSteps
from rlog_kit.player import Players, PlayerSteps
from rlog_kit.segments import SegmentSet, SegmentsSteps
from rlog_kit.values import Json, Refused

# Nothing that is answered holds itself: to look for that takes a fifth of the time.
_encode: Final = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode

PROTOCOL: Final = 1
"""The version of the protocol that this kit speaks."""


def no_refusal(error: Exception) -> str | None:
    """For a glue that raises ``Refused`` itself."""
    return None


@dataclass(frozen=True)
class Implementation:
    """Your recovery log: what it is, and the tiers that it has. What is left out is not claimed."""

    name: str
    version: str
    revision: str
    """The revision of the protocol that it has: ``2023-12``."""

    codec: Codec | None = None
    segment_set: Callable[[], SegmentSet] | None = None
    """Makes an empty set."""

    fsm: Callable[[bytes], Fsm] | None = None
    """Makes an FSM of encoded hints.

    Raises:
        Refused: ``MalformedHints``, ``InvalidHints RULE``, ``InvalidSegment RULE`` or
            ``SegmentConflict RULE``.
    """

    players: Players[Any] | None = None
    several_logs: bool = False
    """Whether it knows branches that lie in several logs."""

    properties: bool = False
    """Whether it knows properties."""

    refusal: Callable[[Exception], str | None] = no_refusal
    """What an error of your own code is, as the text of ``Refused`` is written; none if it is no
    refusal. So a glue needs no ``try``."""

    @property
    def capabilities(self) -> list[str]:
        """What it claims: ADP-11."""
        claimed = {
            "codec": self.codec,
            "segments": self.segment_set,
            "fsm": self.fsm,
            "player": self.players,
            "several_logs": self.several_logs or None,
            "properties": self.properties or None,
        }
        return [name for name, tier in claimed.items() if tier is not None]


def main(implementation: Implementation) -> None:
    """Serve on standard input and output, until the ``bye``."""
    requests, answers = sys.stdin, sys.stdout
    # What your code prints must not come between the answers.
    sys.stdout = sys.stderr
    for stream in (requests, answers):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # no tests'
    serve(implementation, requests, answers)


def serve(implementation: Implementation, requests: TextIO, answers: TextIO) -> None:
    """Answer each line of ``requests``, up to the ``bye``."""
    for line in requests:
        request = json.loads(line)
        answer = _answer(implementation, request)
        answers.write(_encode({"id": request["id"], **answer}) + "\n")
        answers.flush()
        if "bye" in request or ("hello" in request and "unsupported" in answer):
            return


def _answer(of: Implementation, request: Json) -> Json:
    if "run" in request:
        try:
            return _run(of, request["run"])
        except _Unsupported as error:
            return {"unsupported": str(error)}
        except Exception:
            return {"broke": traceback.format_exc()}
    if "hello" in request:
        return _hello(of, request["hello"])
    if "bye" in request:
        return {"bye": {}}
    return {"unsupported": f"a request with {', '.join(request)}"}


def _hello(of: Implementation, offered: Json) -> Json:
    versions = offered["protocol"]
    if not versions["least"] <= PROTOCOL <= versions["most"]:
        return {"unsupported": f"this adapter speaks version {PROTOCOL} of the protocol only"}
    return {
        "hello": {
            "protocol": PROTOCOL,
            "implementation": of.name,
            "version": of.version,
            "language": "python",
            "revision": of.revision,
            "capabilities": of.capabilities,
        }
    }


class _Unsupported(Exception):
    """A scenario that this adapter can't execute."""


class _Tier(Protocol):
    steps: dict[str, Callable[[Json], Json]]

    def snapshot(self) -> Json: ...


def _run(of: Implementation, scenario: Json) -> Json:
    """The answer to a scenario. It begins from nothing."""
    if scenario.get("revision", of.revision) != of.revision:
        raise _Unsupported(f"revision {scenario['revision']}")

    def refusal(error: Exception) -> str | None:
        return str(error) if isinstance(error, Refused) else of.refusal(error)

    tiers: list[_Tier] = []
    if of.codec is not None:
        tiers.append(CodecSteps(of.codec))
    if of.segment_set is not None:
        tiers.append(SegmentsSteps(of.segment_set))
    if of.fsm is not None:
        tiers.append(FsmSteps(of.fsm, refusal))
    if of.players is not None:
        tiers.append(PlayerSteps(of.players, refusal))
    steps = {do: execute for tier in tiers for do, execute in tier.steps.items()}

    observations = []
    for step in scenario["steps"]:
        execute = steps.get(step["do"])
        if execute is None:
            raise _Unsupported(f"the step {step['do']}")
        try:
            observations.append(execute(step))
        except Exception as error:
            told = refusal(error)
            if told is None:
                raise
            observations.append({"outcome": f"refused: {told}"})
    snapshot = {member: shown for tier in tiers for member, shown in tier.snapshot().items()}
    return {"observations": observations, "snapshot": snapshot}
