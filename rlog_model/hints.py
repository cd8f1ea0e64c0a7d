"""Hints: which parts of which logs still matter.

Rules
-----
* Hints list the live files by rising fnode, each with the segments that hold all its operations,
  and the properties. A segment with an empty log is in the hints' own log; none names that log.
* *Flattened*, the segments of all files are one set. Flattening is refused when

  - fnodes do not rise (``HintRule.FNODE_ORDER``),
  - the first segment of a file does not begin with the file's create, whose sequence number is
    the fnode (``HintRule.FNODE_CREATE``),
  - a segment, or a pair of them, breaks a rule of ``segment``,
  - the last segment of the set is not in the hints' own log (``HintRule.LAST_LOG``): who has read
    it goes on in that log, and would never find the operation that comes next.
* A hinted property is the content as of the moment at which the hints were taken.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

import attrs
from attrs import frozen

from rlog_model.identity import Fnode
from rlog_model.operation import Property
from rlog_model.segment import Segment
from rlog_model.segment_set import SegmentSet


@frozen
class FnodeSegments:
    """A live file and the segments that hold all its operations. Proto: ``FnodeSegments``."""

    fnode: Fnode
    segments: tuple[Segment, ...]


class HintRule(enum.Enum):
    """What hints owe. The value is how Gazette's error begins, where it has one.

    Spec: HNT-2, HNT-3, HNT-4, HNT-5, HNT-9.
    """

    NO_LOG = "hinted log not provided"
    OWN_LOG_NAMED = "contained segment.Log duplicates FSMHints.Log"
    FNODE_ORDER = "expected monotonic Fnode ordering"
    FNODE_CREATE = "expected Fnode to match Segment FirstSeqNo"
    LAST_LOG = "the last segment is not in the hints' log"
    NO_LIVE_FILE = "no file is live, and the log may not hold the beginning of the branch"
    ONE_LOG = "segments of several logs, in a revision that has one"


@frozen
class InvalidHints(ValueError):
    """Hints that break one of their own rules, at a file."""

    rule: HintRule
    fnode: Fnode | None = None

    def __str__(self) -> str:
        where = "" if self.fnode is None else f" (fnode {self.fnode})"
        return f"{self.rule.value}{where}"


@frozen
class FSMHints:
    """What a player needs to rebuild the files of a recorder. Proto: ``FSMHints``.

    Spec: HNT-1, ENC-7.
    """

    log: str = ""
    """The log that holds what comes after the last hinted operation."""

    live_nodes: tuple[FnodeSegments, ...] = ()
    """The files that had links when the hints were taken, by rising fnode."""

    properties: tuple[Property, ...] = ()
    """The properties at that moment, in no order that means anything."""

    def validate(self) -> None:
        """Accept hints whose segments are each consistent, with their own log left out.

        That they flatten is another matter: see ``live_log_segments``.

        Raises:
            InvalidSegment: a segment breaks a rule of its own.
            InvalidHints: a segment names the hints' own log.

        Spec: HNT-2.
        """
        for node in self.live_nodes:
            for segment in node.segments:
                if segment.log and segment.log == self.log:
                    raise InvalidHints(HintRule.OWN_LOG_NAMED, node.fnode)
                self._in_its_log(segment).validate()

    def live_log_segments(self) -> tuple[tuple[Fnode, ...], SegmentSet]:
        """The live fnodes in rising order, and the one set of segments that holds them all.

        API: ``LiveLogSegments``. Segments of the set name their log.

        Raises:
            InvalidHints, InvalidSegment, SegmentConflict: the hints do not flatten.

        Spec: HNT-3, HNT-4, LOG-3.
        """
        flat = SegmentSet.of(self._segments_in_turn())
        if flat and flat[-1].log != self.log:
            raise InvalidHints(HintRule.LAST_LOG)
        return tuple(node.fnode for node in self.live_nodes), flat

    def logs(self) -> tuple[str, ...]:
        """Every log that the hints name, each once: those of segments first, then their own.

        Spec: HNT-6.
        """
        named = [s.log or self.log for node in self.live_nodes for s in node.segments]
        return tuple(dict.fromkeys([*named, self.log]))

    def _segments_in_turn(self) -> Iterator[Segment]:
        """Every segment, each file's behind the checks of that file. Spec: HNT-1, HNT-3."""
        above: Fnode | None = None
        for node in self.live_nodes:
            if above is not None and node.fnode <= above:
                raise InvalidHints(HintRule.FNODE_ORDER, node.fnode)
            if not node.segments or node.segments[0].first_seq_no != node.fnode:
                raise InvalidHints(HintRule.FNODE_CREATE, node.fnode)
            above = node.fnode
            yield from map(self._in_its_log, node.segments)

    def _in_its_log(self, segment: Segment) -> Segment:
        return segment if segment.log else attrs.evolve(segment, log=self.log)
