"""What can be said of hints without their log; and how two sets of hints differ.

Rules
-----
LINT-1  Hints flatten, and name their log: else no player takes them. An *error*.
LINT-2  Paths of properties are clean, each is there once, and no two clash: else no directory can
        hold them. An *error*.
LINT-3  Hints name a live file: else they lead to no place in the log, and a player reads it from
        its first byte. A *warning*.
LINT-4  Each segment ends behind the one before it, in one log: hints of one recorder which say
        nothing of ends are no fault, and keep all of the log behind the first of them from being
        pruned. A *remark*.
"""

from __future__ import annotations

import enum

import attrs
from attrs import frozen

from rlog_model.hints import FnodeSegments, FSMHints, HintRule, InvalidHints
from rlog_model.identity import Fnode, InvalidLogName, validate_log_name
from rlog_model.paths import clash, is_clean, shown
from rlog_model.segment import UNKNOWN_OFFSET, InvalidSegment, SegmentConflict


class Level(enum.Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"


@frozen
class Finding:
    """Something to be said of hints."""

    rule: str
    level: Level
    message: str


def lint(hints: FSMHints) -> tuple[Finding, ...]:
    """What can be said of hints without their log."""
    found: list[Finding] = []
    try:
        if not hints.log:
            raise InvalidHints(HintRule.NO_LOG)
        validate_log_name(hints.log)
        hints.validate()
        _, segments = hints.live_log_segments()
    except (InvalidHints, InvalidLogName, InvalidSegment, SegmentConflict) as error:
        found.append(Finding("LINT-1", Level.ERROR, str(error)))
    else:
        if not segments:
            told = "no file is live: a player reads the log from its first byte"
            found.append(Finding("LINT-3", Level.WARNING, told))
        unknown = [s for s in segments if s.last_offset == UNKNOWN_OFFSET]
        if unknown:
            told = (
                f"{len(unknown)} of {len(segments)} segments do not say where they end: a recorder"
                f" can't know. No fragment behind offset {unknown[0].first_offset} of"
                f" {unknown[0].log} can be pruned by them"
            )
            found.append(Finding("LINT-4", Level.REMARK, told))
    return (*found, *_lint_properties(hints))


def _lint_properties(hints: FSMHints) -> list[Finding]:
    paths = [p.path for p in hints.properties]
    found = [
        Finding("LINT-2", Level.ERROR, f"no file can be at {shown(path)}")
        for path in paths
        if not is_clean(path)
    ]
    if not found and (pair := clash(paths)):
        upper, lower = map(shown, pair)
        told = f"no directory holds properties at both {upper} and {lower}"
        found.append(Finding("LINT-2", Level.ERROR, told))
    return found


@frozen
class Difference:
    """How newer hints differ from older ones. Files are told by fnode: hints know no paths."""

    logs: tuple[str, str]
    gone: tuple[Fnode, ...]
    """Files that are live no more."""

    new: tuple[FnodeSegments, ...]
    """Files that were not."""

    grown: tuple[tuple[FnodeSegments, FnodeSegments], ...]
    """Files with more operations, or better known offsets: as they were, and as they are."""

    same: int
    """Files of which both say the same."""

    properties_gone: tuple[str, ...]
    properties_new: tuple[str, ...]
    properties_changed: tuple[str, ...]
    """Paths, by order."""

    @property
    def is_none(self) -> bool:
        """Whether they say the same."""
        changed = self.gone or self.new or self.grown or self.properties_gone
        return not (
            changed
            or self.properties_new
            or self.properties_changed
            or self.logs[0] != self.logs[1]
        )


def difference(old: FSMHints, new: FSMHints) -> Difference:
    """How ``new`` differs from ``old``."""
    before, after = _nodes(old), _nodes(new)
    both = sorted(before.keys() & after.keys())
    was = {p.path: p.content for p in old.properties}
    now = {p.path: p.content for p in new.properties}
    grown = tuple((before[f], after[f]) for f in both if before[f] != after[f])
    return Difference(
        (old.log, new.log),
        tuple(sorted(before.keys() - after.keys())),
        tuple(after[f] for f in sorted(after.keys() - before.keys())),
        grown,
        len(both) - len(grown),
        tuple(sorted(was.keys() - now.keys())),
        tuple(sorted(now.keys() - was.keys())),
        tuple(sorted(p for p in was.keys() & now.keys() if was[p] != now[p])),
    )


def _nodes(hints: FSMHints) -> dict[Fnode, FnodeSegments]:
    """The live files, with segments that name their log: an empty name means another log in other
    hints."""
    return {
        node.fnode: FnodeSegments(
            node.fnode,
            tuple(attrs.evolve(s, log=s.log or hints.log) for s in node.segments),
        )
        for node in hints.live_nodes
    }
