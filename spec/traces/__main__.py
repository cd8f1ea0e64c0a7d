"""`python -m spec.traces`: what executors show is a behaviour of the specification."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rlog_model import scenario as scenarios
from rlog_model.conformance.mutants import catalog
from rlog_model.conformance.mutants.mutant import Layer
from spec.tlc import fetch
from spec.tlc.run import Machine
from spec.traces import corpus, corruptions, mutants, recorded
from spec.traces.check import Checked, Judged, TlcFailed, check
from spec.traces.collect import in_process
from spec.traces.corpus import Named
from spec.traces.recorded import Recorded

EPILOG: Final = """\
Scenarios are executed, and what was seen is given to TLC, all in one run: each trace must be a
behaviour of spec/tla/World.tla. A scenario is cut down to what World covers: one log without raw
bytes, torn appends or holes; no properties, open files or given hints. An event that is rejected is
told with what the specification has there, and with what was seen. The exit code is 1 if any trace
is rejected; with --self-test or --mutants, if any is not that must be.

examples:
  python -m spec.traces                        written scenarios, 40 random ones and 20 stories of
                                               the stateful machine, by the model
  python -m spec.traces --count 200 --seed 7   more of them
  python -m spec.traces --executor files       by recorders and players, over journals in files
  python -m spec.traces --scenario takeover.json
                                               this one
  python -m spec.traces --self-test            every way to corrupt a trace is seen
  python -m spec.traces --mutant known-end-dropped
                                               by a model with this defect
  python -m spec.traces --mutants playback     which mutants of this layer are rejected?
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what is asked for."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.mutants:
            return _judge_mutants(asked.mutants, json_wanted=asked.json)
        machine = Machine.ready()
        named = list(_scenarios(asked.scenario, asked.count, asked.stories, asked.seed))
        if asked.self_test:
            return _self_test(machine, _executed(named, "model", None), json_wanted=asked.json)
        executors = [asked.executor] if asked.executor else list(recorded.EXECUTORS)[:1]
        given = [r for executor in executors for r in _executed(named, executor, asked.mutant)]
        checked = check(machine, given, theorem=asked.mutant is None)
    except (fetch.CannotFetch, TlcFailed, catalog.UnknownMutant, Broken) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (OSError, scenarios.MalformedScenario) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    _tell(checked, json_wanted=asked.json)
    return 1 if checked.rejected else 0


class Broken(Exception):
    """A scenario broke its executor."""


def _scenarios(files: Sequence[Path], count: int, stories: int, seed: int) -> Iterable[Named]:
    if files:
        return corpus.of_files(files)
    return [
        *(*corpus.of_people(), *corpus.of_aim()),
        *(*corpus.at_random(count, seed), *corpus.of_machine(stories, seed)),
    ]


def _executed(named: Sequence[Named], executor: str, mutant: str | None) -> list[Recorded]:
    """Traces of an executor; of one with a defect, in a process of its own."""
    if mutant is None:
        execute = recorded.EXECUTORS[executor]
        return [Recorded(one.name, one.scenario, execute(one.scenario)) for one in named]
    sent = [(one.name, scenarios.to_json(one.scenario)) for one in named]
    traces, broke = in_process(sent, executor, mutant)
    if broke:
        raise Broken(f"{broke[0].name}: {broke[0].how}")
    return [recorded.from_json(one) for one in traces if isinstance(one, dict)]


def _tell(checked: Checked, *, json_wanted: bool) -> None:
    if json_wanted:
        print(json.dumps([_as_json(judged) for judged in checked.judged], indent=1))
        return
    for judged in checked.rejected:
        print(judged)
    events = sum(judged.event - 1 for judged in checked.judged if not judged.rejected)
    words = [judged.word for judged in checked.judged]
    print(
        f"{words.count('accepted')} of {len(words)} traces accepted,"
        f" {words.count('uncovered')} up to a step that World lacks; {events:,} events,"
        f" {checked.result.distinct:,} states, {checked.result.seconds:.1f} s"
    )


def _as_json(judged: Judged) -> dict[str, object]:
    return {
        "name": judged.name,
        "verdict": judged.word,
        "event": judged.event,
        "events": judged.events,
        "step": judged.step,
        "differences": list(judged.differences),
    }


def _self_test(machine: Machine, given: Sequence[Recorded], *, json_wanted: bool) -> int:
    corrupted = [(one, corruptions.first(one, given)) for one in corruptions.CORRUPTIONS]
    checked = check(machine, [trace for _, trace in corrupted if trace is not None], theorem=False)
    judged = iter(checked.judged)
    missed = 0
    for corruption, trace in corrupted:
        verdict = None if trace is None else next(judged)
        missed += verdict is None or not verdict.rejected
        if not json_wanted:
            told = "NO TRACE HAS A PLACE FOR IT" if verdict is None else str(verdict)
            print(f"{corruption.name}: {corruption.does}\n  {told}")
    if json_wanted:
        print(json.dumps([_as_json(one) for one in checked.judged], indent=1))
    else:
        print(f"{len(corrupted) - missed} of {len(corrupted)} ways to corrupt a trace are rejected")
    return 1 if missed else 0


def _judge_mutants(layer: str, *, json_wanted: bool) -> int:
    names = mutants.of_layer(layer)
    reasons = mutants.rejected_by(names)
    if json_wanted:
        print(json.dumps(reasons, indent=1))
    else:
        for name, reason in reasons.items():
            print(f"{name}: {reason.splitlines()[0] if reason else 'not seen'}")
        rejected = sum(reason is not None for reason in reasons.values())
        print(f"{rejected} of {len(names)} rejected")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spec.traces",
        description="Check what executors show of scenarios as behaviours of the specification.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    layers = [layer.value for layer in Layer]
    parser.add_argument("--count", type=int, default=40, help="random scenarios (40)")
    parser.add_argument(
        "--stories", type=int, default=20, help="stories of the stateful machine (20)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of what is random (1)")
    parser.add_argument(
        "--scenario", nargs="+", type=Path, default=[], metavar="FILE", help="these, and no others"
    )
    parser.add_argument("--executor", choices=recorded.EXECUTORS, help="who executes them: model")
    parser.add_argument("--mutant", metavar="NAME", help="with this defect in the executor")
    parser.add_argument(
        "--mutants", choices=layers, metavar="LAYER", help="try this layer's mutants"
    )
    parser.add_argument("--self-test", action="store_true", help="corrupt traces")
    parser.add_argument("--json", action="store_true", help="tell it as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
