"""Hypothesis strategies for scenarios of parts: the codec, segment sets, and the FSM.

Rules
-----
* The scenarios are lawful for the most part, as otherwise a rule is reached only behind another
  one: segments are parts of one history, operations those of one branch, encodings those of an
  operation. Deviations stand between, of every kind that a rule tells apart.
* They are short, as who reads a counterexample reads all of it.
* All is made of lists of bytes: that is quick to draw, and shrinks well.

    from hypothesis import given
    from rlog_model.simulation.part_strategies import segment_scenarios

    @given(segment_scenarios())
    def test_my_segment_sets(scenario): ...
"""

from __future__ import annotations

from hypothesis import strategies as st

from rlog_model.scenario import Scenario
from rlog_model.simulation.codec_scenarios import codec_scenario
from rlog_model.simulation.fsm_scenarios import fsm_scenario
from rlog_model.simulation.segment_scenarios import segment_scenario


def _bytes(length: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=length, max_size=length)


def codec_scenarios() -> st.SearchStrategy[Scenario]:
    """Random payloads, each decoded and encoded again: up to 4 steps."""
    return st.builds(codec_scenario, st.lists(_bytes(24), min_size=1, max_size=4))


def segment_scenarios() -> st.SearchStrategy[Scenario]:
    """Random scenarios of sets of segments: up to 12 steps."""
    steps = st.lists(_bytes(10), min_size=1, max_size=12)
    return st.builds(segment_scenario, _bytes(7), steps)


def fsm_scenarios() -> st.SearchStrategy[Scenario]:
    """Random scenarios of FSMs, their operations and hints: up to 26 steps."""
    steps = st.lists(_bytes(8), min_size=1, max_size=16)
    return st.builds(fsm_scenario, _bytes(5), _bytes(32), steps)
