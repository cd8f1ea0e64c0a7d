"""The command ``python -m spec.proofs``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from spec.proofs.theorem import Assumption, Theorem, Verdict

_HELP: Final = """\
Prove the algebra of segments (spec/segments.md) of the model's own functions, over unbounded
integers. A theorem is proved, or there is a counterexample: numbers for which it is false.

  python -m spec.proofs                                all theorems
  python -m spec.proofs --theorem validity-kept        one
  python -m spec.proofs --needed                       and what is false without each assumption
  python -m spec.proofs --mutants                      which theorems reject which defect
  python -m spec.proofs --mutant known-end-dropped     the theorems, of the model with one defect

The exit status is 1 if a theorem is not proved, an assumption is not needed, or no theorem rejects
a mutant; it is 2 for a name that there is not. A theorem of which z3 leaves a question open for 10
seconds is not proved. Install z3 by the extra `spec`.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove, and print what came of it; 1 if anything is not as it should be."""
    given = _parser().parse_args(arguments)
    if given.mutants:
        return _mutants(as_json=given.json, first=given.first)
    if given.mutant is not None:
        from rlog_model.conformance.mutants import catalog, loading

        try:
            loading.install(catalog.mutant_named(given.mutant))
        except catalog.UnknownMutant as unknown:
            print(unknown, file=sys.stderr)
            return 2
    # Only now: a mutant is installed before what it changes is imported.
    from spec.proofs import algebra

    try:
        theorems = [algebra.theorem_named(given.theorem)] if given.theorem else algebra.THEOREMS
    except algebra.UnknownTheorem as unknown:
        print(unknown, file=sys.stderr)
        return 2
    return _theorems(theorems, as_json=given.json, needed=given.needed, first=given.first)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m spec.proofs",
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--theorem", metavar="NAME", help="prove only this one")
    parser.add_argument("--needed", action="store_true", help="drop each assumption in turn, too")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--mutants", action="store_true", help="all mutants of the layer segments")
    what.add_argument("--mutant", metavar="NAME", help="prove of the model with this defect")
    parser.add_argument("--first", action="store_true", help="stop at the first that fails")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _theorems(theorems: Sequence[Theorem], *, as_json: bool, needed: bool, first: bool) -> int:
    from spec.proofs.theorem import prove

    told = []
    proved = 0
    seconds = 0.0
    good = True
    for theorem in theorems:
        verdict = prove(theorem)
        dropped = list(_dropped(theorem)) if needed else []
        proved += verdict.proved
        seconds += verdict.seconds
        good &= verdict.proved and all(_replayed(theorem, without) for _, without in dropped)
        told.append(_as_json(theorem, verdict, dropped))
        if not as_json:
            _print(theorem, verdict, dropped)
        if first and not verdict.proved:
            break
    if as_json:
        print(json.dumps(told, indent=2))
    else:
        print(f"{len(told)} theorems, {proved} proved, {seconds:.0f} s")
    return 0 if good else 1


def _dropped(theorem: Theorem) -> Iterator[tuple[Assumption, Verdict]]:
    from spec.proofs.theorem import prove

    for assumption in theorem.assumptions:
        yield assumption, prove(theorem.without(assumption))


def _replayed(theorem: Theorem, without: Verdict) -> bool:
    """Whether there is a counterexample, and the plain code agrees that it is one."""
    found = without.counterexample
    return found is not None and not theorem.holds_for(found.values)


def _as_json(
    theorem: Theorem, verdict: Verdict, dropped: list[tuple[Assumption, Verdict]]
) -> dict[str, object]:
    return {
        "theorem": theorem.name,
        "says": theorem.says,
        "clauses": theorem.clauses,
        "assumptions": {a.name: a.says for a in theorem.assumptions},
        "proved": verdict.proved,
        "paths": verdict.paths,
        "seconds": round(verdict.seconds, 3),
        "counterexample": verdict.counterexample and verdict.counterexample.values,
        "undecided": verdict.undecided,
        "without": {
            a.name: without.counterexample and without.counterexample.values
            for a, without in dropped
        },
    }


def _print(theorem: Theorem, verdict: Verdict, dropped: list[tuple[Assumption, Verdict]]) -> None:
    word = "proved" if verdict.proved else "NOT PROVED"
    clauses = ", ".join(theorem.clauses)
    print(f"{word}  {theorem.name} ({clauses}): {verdict.paths} paths, {verdict.seconds:.2f} s")
    print(f"    {theorem.says}")
    for assumption in theorem.assumptions:
        print(f"    if {assumption.name}: {assumption.says}")
    if not verdict.proved:
        print(f"    but: {verdict.counterexample or verdict.undecided}")
    for assumption, without in dropped:
        told = without.counterexample or without.undecided or "HOLDS AS WELL: not needed"
        print(f"    not {assumption.name}: {told}")


def _mutants(*, as_json: bool, first: bool) -> int:
    from spec.proofs.mutants import NAMES, rejected_by

    # Each mutant is a process, so threads are enough to have two at work.
    with ThreadPoolExecutor(2) as pool:
        rejected = dict(zip(NAMES, pool.map(partial(rejected_by, first=first), NAMES), strict=True))
    if as_json:
        print(json.dumps(rejected, indent=2))
    else:
        for name, theorems in rejected.items():
            print(f"{name:36} {', '.join(theorems) or 'SURVIVES'}")
        print(f"{len(rejected)} mutants, {sum(map(bool, rejected.values()))} rejected")
    return 0 if all(rejected.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
