"""Which mutants the traces reject.

Rules
-----
* A mutant executes its scenarios in a process of its own. Those which the model executes otherwise
  than it must are the candidates; the few shortest are given to TLC, of all mutants in one run.
* A mutant that breaks at a scenario, or does not end, is rejected without TLC: it has no trace.
* One whose traces are the model's own is not seen: what it has wrong is not in World, or no
  scenario of the corpus shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import attrs
from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model.conformance.mutants import catalog
from spec.tlc.run import Machine
from spec.traces import corpus, recorded
from spec.traces.check import check
from spec.traces.collect import Broke, in_process
from spec.traces.corpus import Named
from spec.traces.recorded import Recorded

_TRACES: Final = 2
"""How many traces of a mutant TLC is given, at most."""

_RANDOM: Final = 60
_SEED: Final = 1


@frozen
class Candidates:
    """What a mutant does otherwise than the model."""

    mutant: str
    traces: tuple[Recorded, ...]
    broke: tuple[Broke, ...]


def scenarios_for_mutants() -> list[Named]:
    """Scenarios that are to show mutants."""
    return [
        *corpus.of_people(),
        *corpus.of_aim(),
        *corpus.of_mutants(),
        *corpus.at_random(_RANDOM, _SEED),
    ]


def rejected_by(
    names: Iterable[str], machine: Machine | None = None, workers: int = 2
) -> dict[str, str | None]:
    """How the traces reject each mutant; nothing where they do not."""
    given = scenarios_for_mutants()
    right = {one.name: recorded.EXECUTORS["model"](one.scenario) for one in given}
    wanted = list(names)
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda name: candidates(name, given, right), wanted))
    reasons: dict[str, str | None] = {
        one.mutant: f"{one.broke[0].name}: the model breaks: {one.broke[0].how}"
        if one.broke
        else None
        for one in found
    }
    traces = [(one.mutant, trace) for one in found if not one.broke for trace in one.traces]
    if traces:
        checked = check(machine or Machine.ready(), [t for _, t in traces], theorem=False)
        for (mutant, _), judged in zip(traces, checked.judged, strict=True):
            if judged.rejected and reasons[mutant] is None:
                reasons[mutant] = str(judged)
    return reasons


def candidates(mutant: str, given: Sequence[Named], right: Mapping[str, object]) -> Candidates:
    """The shortest traces of a mutant that are not the model's."""
    executor = executor_for(mutant)
    sent = [(one.name, scenarios.to_json(one.scenario)) for one in given]
    made, broke = in_process(sent, executor, mutant)
    traces = [recorded.from_json(one) for one in made if isinstance(one, dict)]
    other = [trace for trace in traces if trace.trace != right[trace.name]]
    other.sort(key=lambda trace: len(trace.scenario.steps))
    named = [attrs.evolve(trace, name=f"{mutant}, {trace.name}") for trace in other[:_TRACES]]
    return Candidates(mutant, tuple(named), tuple(broke))


def executor_for(mutant: str) -> str:
    """Who executes the scenarios of a mutant: the model, but where it has not the mutant's part."""
    module = catalog.mutant_named(mutant).module
    parts = ("rlog_model.journal", "rlog_model.recorder", "rlog_model.player", "rlog_model.staging")
    simulated = module.startswith("rlog_model.simulation")
    return "model" if simulated or not module.startswith(parts) else "files"


def of_layer(layer: str) -> list[str]:
    """The names of the mutants of a layer."""
    return [mutant.name for mutant in catalog.MUTANTS if mutant.layer.value == layer]
