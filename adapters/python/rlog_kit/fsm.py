"""The tier *fsm*: ADP-17 to ADP-19."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rlog_kit.values import (
    DONE,
    IMPOSSIBLE,
    HintsLike,
    Json,
    SegmentLike,
    Text,
    hints_json,
    octets,
    paths_json,
    property_json,
    segments_json,
    text_json,
)


def rejected(name: str) -> str:
    """The outcome of an operation that breaks a rule, by the rule's name in FSM-1 to FSM-8."""
    return f"rejected: {name}"


def untracked() -> str:
    """The outcome of an operation on a file which is not tracked."""
    return "untracked: FnodeNotTracked"


class FsmState(NamedTuple):
    """All that an FSM has, in any order."""

    log: Text
    """Log of the last transition; before the first, that of the hints."""

    links: Iterable[tuple[Text, int]]
    """Each path, with the fnode that it names."""

    nodes: Iterable[tuple[int, Iterable[Text], Iterable[SegmentLike]]]
    """Each fnode, with its paths, and its segments in their order."""

    properties: Iterable[tuple[Text, bytes]]
    """Each path of a property, with its content; pending ones too."""

    hints_remain: bool
    """Whether hinted segments or hinted fnodes remain."""


class Fsm(ABC):
    """An FSM of your code."""

    @abstractmethod
    def expects(self) -> tuple[int, int]:
        """The sequence number and the checksum of the next operation."""

    @abstractmethod
    def apply(self, payload: bytes, log: str, first_offset: int, last_offset: int) -> str:
        """Offer an operation, which lies at ``[first_offset, last_offset)`` of ``log``. The outcome
        is ``DONE``, ``untracked()``, or ``rejected(NAME)``.

        Raises:
            Refused: ``MalformedOp``.
        """

    @abstractmethod
    def build_hints(self) -> HintsLike:
        """The FSM's hints, which need not be lasting.

        Raises:
            Refused: ``InvalidHints RULE``, ``InvalidSegment RULE`` or ``SegmentConflict RULE``.
        """

    @abstractmethod
    def state(self) -> FsmState:
        """All of the FSM: it is asked for once, at the end."""


class FsmSteps:
    """The steps of the tier."""

    def __init__(
        self, make: Callable[[bytes], Fsm], refusal: Callable[[Exception], str | None]
    ) -> None:
        """``make`` makes an FSM of encoded hints; ``refusal`` tells what errors of it are."""
        self._make = make
        self._refusal = refusal
        self._fsms: dict[str, Fsm] = {}
        self.steps: dict[str, Callable[[Json], Json]] = {
            "new_fsm": self._new,
            "apply": self._apply,
            "build_hints": self._build_hints,
        }

    def snapshot(self) -> Json:
        """All of the FSMs."""
        shown = {name: self._fsm_json(fsm) for name, fsm in self._fsms.items()}
        return {"fsms": shown} if shown else {}

    def _new(self, step: Json) -> Json:
        name: str = step["fsm"]
        if name in self._fsms:
            return IMPOSSIBLE
        fsm = self._fsms[name] = self._make(bytes.fromhex(step["hints"]))
        return expecting(DONE, fsm.expects())

    def _apply(self, step: Json) -> Json:
        # Most steps of all vectors are of this kind.
        fsm = self._fsms.get(step["fsm"])
        if fsm is None:
            return IMPOSSIBLE
        first, last = int(step.get("first_offset", 0)), int(step.get("last_offset", 0))
        outcome = fsm.apply(bytes.fromhex(step["payload"]), step["log"], first, last)
        return expecting(outcome, fsm.expects())

    def _build_hints(self, step: Json) -> Json:
        fsm = self._fsms.get(step["fsm"])
        if fsm is None:
            return IMPOSSIBLE
        hints = hints_json(fsm.build_hints())
        return {**expecting(DONE, fsm.expects()), "hints": hints}

    def _fsm_json(self, fsm: Fsm) -> Json:
        state = fsm.state()
        next_seq_no, next_checksum = fsm.expects()
        shown: dict[str, Any] = {
            "next_seq_no": str(next_seq_no),
            "next_checksum": str(next_checksum),
            **text_json("log", state.log),
            "links": [
                {**text_json("path", path), "fnode": str(int(fnode))}
                for path, fnode in sorted(state.links, key=lambda link: octets(link[0]))
            ],
            "nodes": [
                {
                    "fnode": str(int(fnode)),
                    "links": paths_json(links),
                    "segments": segments_json(segments),
                }
                for fnode, links, segments in sorted(state.nodes, key=lambda node: int(node[0]))
            ],
            "properties": [
                property_json(path, content)
                for path, content in sorted(state.properties, key=lambda it: octets(it[0]))
            ],
            "hints_remain": state.hints_remain,
        }
        try:
            shown["hints"] = hints_json(fsm.build_hints())
        except Exception as error:
            told = self._refusal(error)
            if told is None:
                raise
            shown["hints_refused"] = f"refused: {told}"
        return shown


def expecting(outcome: str, expected: tuple[int, int]) -> Json:
    """What is shown of a branch behind a step."""
    return {"outcome": outcome, "next_seq_no": str(expected[0]), "next_checksum": str(expected[1])}
