"""The tier *segments*: ADP-15 and ADP-16."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from rlog_kit.values import DONE, IMPOSSIBLE, Json, Segment, SegmentLike, segments_json


class SegmentSet(ABC):
    """A set of segments of your code, empty at first."""

    @abstractmethod
    def add(self, segment: Segment) -> None:
        """Add a segment: SEG-7. What is refused changes nothing.

        Raises:
            Refused: ``InvalidSegment RULE`` or ``SegmentConflict RULE``.
        """

    @abstractmethod
    def segments(self) -> Iterable[SegmentLike]:
        """All of the set, in order."""

    @abstractmethod
    def intersect(self, log: str, first_offset: int, last_offset: int) -> Iterable[SegmentLike]:
        """The segments which may have a byte in ``[first_offset, last_offset)``: SEG-10."""


class SegmentsSteps:
    """The steps of the tier."""

    def __init__(self, make: Callable[[], SegmentSet]) -> None:
        self._make = make
        self._sets: dict[str, SegmentSet] = {}
        self.steps: dict[str, Callable[[Json], Json]] = {
            "add_segment": self._add,
            "intersect": self._intersect,
        }

    def snapshot(self) -> Json:
        """The sets that hold a segment."""
        shown = {name: segments_json(held.segments()) for name, held in self._sets.items()}
        return {"sets": shown} if shown else {}

    def _add(self, step: Json) -> Json:
        name: str = step["set"]
        held = self._sets.get(name) or self._make()
        held.add(
            Segment(
                int(step["author"]),
                int(step["first_seq_no"]),
                int(step["first_offset"]),
                int(step["first_checksum"]),
                int(step["last_seq_no"]),
                int(step["last_offset"]),
                step["log"],
            )
        )
        # Kept only now: a set whose first segment is refused holds none, and is not shown.
        self._sets[name] = held
        return {"outcome": DONE, "segments": segments_json(held.segments())}

    def _intersect(self, step: Json) -> Json:
        first, last = int(step["first_offset"]), int(step["last_offset"])
        if first > last:
            return IMPOSSIBLE
        held = self._sets.get(step["set"]) or self._make()
        return {
            "outcome": DONE,
            "segments": segments_json(held.intersect(step["log"], first, last)),
        }
