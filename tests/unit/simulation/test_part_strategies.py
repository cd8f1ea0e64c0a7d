"""Scenarios of parts are lawful for the most part, and reach every rule again and again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from rlog_model import scenario as scenarios
from rlog_model.hints import HintRule
from rlog_model.outcome import OUTCOMES
from rlog_model.scenario import Scenario
from rlog_model.scenario_parts import Decode, Part
from rlog_model.segment import PairRule, SegmentRule
from rlog_model.simulation.codec_scenarios import codec_scenario, varint
from rlog_model.simulation.dice import Dice
from rlog_model.simulation.fsm_scenarios import fsm_scenario
from rlog_model.simulation.part_strategies import (
    codec_scenarios,
    fsm_scenarios,
    segment_scenarios,
)
from rlog_model.simulation.segment_scenarios import SegmentTelling, history, segment_scenario
from rlog_model.simulation.world import run

DRAWN = 2000


def steps_of(draw: random.Random, size: int, most: int) -> list[bytes]:
    return [draw.randbytes(size) for _ in range(draw.randint(1, most))]


def codec(draw: random.Random) -> Scenario:
    return codec_scenario(steps_of(draw, 24, 4))


def segments(draw: random.Random) -> Scenario:
    return segment_scenario(draw.randbytes(7), steps_of(draw, 10, 12))


def fsm(draw: random.Random) -> Scenario:
    return fsm_scenario(draw.randbytes(5), draw.randbytes(32), steps_of(draw, 8, 16))


def outcomes(told: Callable[[random.Random], Scenario]) -> Counter[str]:
    """How often each kind of step has which outcome, in ``DRAWN`` scenarios."""
    draw = random.Random(2026)
    count: Counter[str] = Counter()
    for _ in range(DRAWN):
        scenario = told(draw)
        seen = run(scenario, lambda world, step, seen: None).observations
        for step, observation in zip(scenario.steps, seen, strict=True):
            count[f"{step.do} {observation.outcome}"] += 1
            count[step.do] += 1
    return count


@pytest.fixture(scope="module")
def of_segments() -> Counter[str]:
    return outcomes(segments)


@pytest.fixture(scope="module")
def of_fsms() -> Counter[str]:
    return outcomes(fsm)


@pytest.mark.parametrize("rule", SegmentRule)
def test_each_rule_of_a_segment_is_broken(rule: SegmentRule, of_segments: Counter[str]) -> None:
    assert of_segments[f"add_segment refused: InvalidSegment {rule.name}"] >= DRAWN / 100


@pytest.mark.parametrize("rule", PairRule)
def test_each_rule_of_a_pair_is_broken(rule: PairRule, of_segments: Counter[str]) -> None:
    assert of_segments[f"add_segment refused: SegmentConflict {rule.name}"] >= DRAWN / 100


def test_most_segments_are_added_and_most_ranges_can_be_asked_for(
    of_segments: Counter[str],
) -> None:
    assert of_segments["add_segment done"] >= of_segments["add_segment"] * 0.6
    assert of_segments["intersect done"] >= of_segments["intersect"] * 0.8
    assert of_segments["intersect impossible"] >= DRAWN / 100


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_of_an_operation_comes_up(outcome: type, of_fsms: Counter[str]) -> None:
    names = ("done", f"untracked: {outcome.__name__}", f"rejected: {outcome.__name__}")
    shown = [f"apply {name}" for name in names[: None if outcome is OUTCOMES[0] else 3]]
    most = max(of_fsms[name] for name in shown[outcome is not OUTCOMES[0] :])
    assert most >= DRAWN / 50


@pytest.mark.parametrize(
    "rule",
    # Who reads hints is not asked whether they name their own log.
    [rule for rule in HintRule if rule not in (HintRule.OWN_LOG_NAMED, HintRule.NO_LIVE_FILE)],
)
def test_each_rule_of_hints_is_broken(rule: HintRule, of_fsms: Counter[str]) -> None:
    assert of_fsms[f"new_fsm refused: InvalidHints {rule.name}"] >= DRAWN / 200


def test_most_operations_are_of_the_branch(of_fsms: Counter[str]) -> None:
    assert of_fsms["apply done"] >= of_fsms["apply"] * 0.5
    assert of_fsms["new_fsm done"] >= of_fsms["new_fsm"] * 0.7
    assert of_fsms["new_fsm done"] >= DRAWN * 1.1, "many FSMs begin with hints of another"
    assert of_fsms["build_hints done"] >= of_fsms["build_hints"] * 0.7
    assert of_fsms["build_hints refused: InvalidHints NO_LIVE_FILE"] >= DRAWN / 500


def test_payloads_are_operations_for_the_most_part() -> None:
    count = outcomes(codec)
    assert count["decode done"] >= count["decode"] * 0.7
    assert count["decode refused: MalformedOp"] >= count["decode"] * 0.05


@pytest.mark.parametrize(
    ("strategy", "most"), [(codec_scenarios, 4), (segment_scenarios, 12), (fsm_scenarios, 26)]
)
def test_scenarios_are_short_and_of_parts_alone(
    strategy: Callable[[], SearchStrategy[Scenario]], most: int
) -> None:
    @settings(max_examples=200)
    @given(strategy())
    def look(scenario: Scenario) -> None:
        assert 1 <= len(scenario.steps) <= most
        assert all(isinstance(step, Part) for step in scenario.steps)
        assert scenarios.loads(scenarios.dumps(scenario)) == scenario

    look()


@pytest.mark.parametrize("told", [codec, segments, fsm])
def test_the_same_bytes_tell_the_same(told: Callable[[random.Random], Scenario]) -> None:
    assert told(random.Random(1)) == told(random.Random(1))


def test_zeros_tell_what_is_simplest() -> None:
    """So a counterexample shrinks to lawful steps."""
    (step,) = codec_scenario([bytes(24)]).steps
    assert isinstance(step, Decode)
    assert step.payload.hex(" ") == "08 01 15 01 00 00 00 1d 01 00 00 00 22 04 0a 02 2f 61"
    for scenario in (
        segment_scenario(bytes(7), [bytes(10)] * 4),
        fsm_scenario(bytes(5), bytes(32), [bytes(8)] * 4),
    ):
        seen = run(scenario, lambda world, step, seen: None)
        assert {observation.outcome for observation in seen.observations} == {"done"}


@pytest.mark.parametrize(
    ("value", "more", "encoded"),
    [
        (0, 0, "00"),
        (127, 0, "7f"),
        (300, 0, "ac 02"),
        (-1, 0, "ff ff ff ff ff ff ff ff ff 01"),
        (1, 1, "81 00"),
        (1, 3, "81 80 80 00"),
        (300, 1, "ac 82 00"),
        (-1, 5, "ff ff ff ff ff ff ff ff ff 01"),
    ],
)
def test_varints(value: int, more: int, encoded: str) -> None:
    assert varint(value, more).hex(" ") == encoded


def test_dice_have_zeros_behind_their_bytes() -> None:
    dice = Dice(b"\x07\x02")
    assert [dice.below(5), dice.pick("abc"), dice.pick("abc"), dice.one_in(2)] == [
        2,
        "c",
        "a",
        False,
    ]


def test_no_range_is_asked_for_where_nothing_was_added() -> None:
    told: list[object] = []
    SegmentTelling(history(b""), told.append).intersect(Dice(b""))
    assert told == []
