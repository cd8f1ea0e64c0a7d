"""Scenarios with a focus: most of their steps do something, and what they are for happens."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rlog_model import scenario as s
from rlog_model.conformance.judge import Judge
from rlog_model.hints import HintRule
from rlog_model.scenario import Scenario
from rlog_model.simulation.focused import (
    event_scenarios,
    handoff_scenarios,
    mixed_scenarios,
    play_scenarios,
)
from rlog_model.simulation.raw_logs import (
    hints_scenarios,
    journal_scenarios,
    raw_log_scenarios,
)
from rlog_model.simulation.world import run
from rlog_model.trace import DONE


@pytest.mark.parametrize(
    "strategy",
    [event_scenarios(), play_scenarios(), handoff_scenarios(), mixed_scenarios()],
    ids=["events", "plays", "handoffs", "mixed"],
)
@given(data=st.data())
def test_the_model_is_true_to_them(strategy: SearchStrategy[Scenario], data: st.DataObject) -> None:
    scenario = data.draw(strategy)
    judge = Judge()
    run(scenario, judge)
    assert judge.failure is None, f"{judge.failure}\n{s.dumps(scenario)}"
    assert s.loads(s.dumps(scenario)) == scenario


@given(raw_log_scenarios() | journal_scenarios())
def test_a_raw_log_is_played_or_refused(scenario: Scenario) -> None:
    """By a typed error, whatever it holds: the play ends."""
    *_, last = run(scenario, lambda world, step, seen: None).observations
    assert last.status is not None
    assert last.status == "complete" or last.status.startswith("failed: ")


OF_HINTS = (HintRule.NO_LOG, HintRule.FNODE_ORDER, HintRule.FNODE_CREATE, HintRule.LAST_LOG)
"""The rules of hints by themselves, for who reads them."""


def seen_in(strategy: SearchStrategy[Scenario], examples: int) -> Counter[str]:
    """How often steps were seen to do what."""
    counted: Counter[str] = Counter()

    @settings(max_examples=examples, database=None, derandomize=True)
    @given(strategy)
    def count(scenario: Scenario) -> None:
        trace = run(scenario, lambda world, step, seen: None)
        for step, seen in zip(scenario.steps, trace.observations, strict=True):
            counted["steps"] += 1
            counted["done"] += seen.outcome == DONE
            counted[f"{step.do} {seen.outcome}"] += 1
            if isinstance(step, s.Advance):
                counted[f"player {seen.status}"] += 1

    count()
    return counted


@pytest.mark.parametrize(
    ("strategy", "happens"),
    [
        (event_scenarios(), ["rename done", "truncate done", "link done", "player complete"]),
        (play_scenarios(), ["player complete", "player tailing", "append_raw done", "prune done"]),
        (handoff_scenarios(), ["handoff_again done", "player appending", "take_hints fenced"]),
        (
            raw_log_scenarios(),
            ["player complete", "player failed: UnplayablePath", "player failed: UnplayableTree"],
        ),
        (journal_scenarios(), ["player complete", "player failed: HoleInLog", "prune done"]),
        (
            hints_scenarios(),
            [
                "new_fsm done",
                *[f"new_fsm refused: InvalidHints {rule.name}" for rule in OF_HINTS],
                "build_hints done",
            ],
        ),
    ],
    ids=["events", "plays", "handoffs", "raw logs", "journals", "hints"],
)
def test_what_they_are_for_happens(strategy: SearchStrategy[Scenario], happens: list[str]) -> None:
    counted = seen_in(strategy, 300)
    assert counted["done"] > counted["steps"] / 8
    assert [what for what in happens if not counted[what]] == []
