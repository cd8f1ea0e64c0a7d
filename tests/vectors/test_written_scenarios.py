"""The scenarios that come with the package conform, and show what their titles say."""

from __future__ import annotations

import pytest

from rlog_model.conformance.check import written
from rlog_model.conformance.judge import judge
from rlog_model.scenario import Scenario

FENCED, EXISTS = "fenced", "refused: RecordingRefused EXISTS"
PROPERTY = "refused: RecordingRefused PROPERTY"

STATUSES: dict[str, list[str]] = {
    "author-alternates-logs": [],
    "author-comes-back": [],
    "dies-and-returns": ["complete", "complete", "complete"],
    "directory-at-a-property-path": ["complete"],
    "every-event": ["complete"],
    "fork": ["complete"] * 3,
    "fork-that-checks-pass": ["complete"] * 3,
    "handoff-lands-again": ["complete", "complete", "complete"],
    "hole-then-retry": ["complete", "failed: HoleInLog"],
    "hole-that-hints-skip": ["tailing", "complete", "complete", "failed: HoleInLog"],
    "last-file-unlinked-after-a-move": ["complete"] * 4,
    "late-append-of-the-dead": ["complete", "complete", "complete"],
    "lost-race": ["appending", "complete", "complete"],
    "move": ["complete"] * 4,
    "move-without-files": ["complete"] * 2,
    "outsiders-hide-nothing": ["complete"] * 2,
    "path-without-a-slash": [],
    "player-forgets-the-arrival": ["complete"] * 6,
    "property": ["complete"] * 2,
    "property-that-hints-skip": [],
    "pruned": ["failed: HoleInLog", "complete", "failed: HoleInLog"],
    "retries": ["complete"] * 2,
    "segments-in-another-order": [],
    "tailing": ["tailing"] * 3 + ["complete"] * 2,
    "takeover": ["complete"] * 3,
    "torn-and-followed": ["complete", "complete"],
    "torn-at-the-head": ["complete", "tailing", "complete"],
    "truncated-while-open": ["complete"],
    "two-handoffs-race": ["appending"] * 2 + ["complete"] * 3,
    "unnoticed-zombie": ["complete"] * 4,
    "zombie-before-its-first-operation": ["complete", "complete"],
    "zombie-hints": ["complete"] * 3,
    "zombie-passes-its-check": ["complete"] * 4,
    "zombie-property-and-directory": ["complete"] * 2,
}
"""What each advance of a player comes to."""

NOT_DONE: dict[str, dict[int, str]] = {
    "author-alternates-logs": {7: "rejected: WrongSeqNo"},
    "author-comes-back": {7: "rejected: NotHintedAuthor", 8: "rejected: WrongSeqNo"},
    "every-event": {12: EXISTS},
    "handoff-lands-again": {16: FENCED},
    "last-file-unlinked-after-a-move": {18: "refused: InvalidHints NO_LIVE_FILE"},
    "move-without-files": {9: "refused: InvalidHints NO_LIVE_FILE"},
    "property": {6: PROPERTY, 7: PROPERTY},
    "property-that-hints-skip": {8: "rejected: PropertyExists"},
    "segments-in-another-order": {
        7: "refused: SegmentConflict KNOWN_AFTER_UNKNOWN",
        11: "refused: SegmentConflict KNOWN_AFTER_UNKNOWN",
    },
    "takeover": {11: FENCED, 12: FENCED},
    "two-handoffs-race": {14: FENCED},
}
"""The steps that are not simply done, and how they end."""


def test_the_list_is_complete() -> None:
    assert [name for name, _ in written()] == sorted(STATUSES)


@pytest.mark.parametrize(("name", "scenario"), list(written()), ids=sorted(STATUSES))
def test_it_conforms_and_shows_what_it_is_for(name: str, scenario: Scenario) -> None:
    verdict = judge(scenario)
    assert verdict.failure is None, verdict.failure
    seen = verdict.implementation.observations
    advances = [
        o.status for step, o in zip(scenario.steps, seen, strict=True) if step.do == "advance"
    ]
    assert advances == STATUSES[name]
    others = {i: o.outcome for i, o in enumerate(seen) if o.outcome != "done"}
    assert others == NOT_DONE.get(name, {})
