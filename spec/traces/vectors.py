"""`python -m spec.traces.vectors`: TLC's behaviours become vectors, in spec/vectors/tlc.jsonl.gz.

Of many behaviours that TLC draws those are taken which show what the ones before did not: a kind of
step with another outcome, a status, a fence, a second copy, a dead recorder, a zombie. What is
expected is what World shows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from rlog_model import scenario as scenarios
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.capabilities import requires
from rlog_model.conformance.suite.clauses_of import clauses_of
from rlog_model.conformance.suite.vector import Expectation, Vector
from spec.tlc import fetch
from spec.tlc.run import Machine
from spec.traces.behaviours import Told, drawn, told_of
from spec.traces.check import TlcFailed

FILE: Final = fetch.SPEC / "vectors" / "tlc.jsonl.gz"
DRAWN: Final = 600
SEED: Final = 7
TAKEN: Final = 56

EPILOG: Final = """\
The same seed gives the same vectors. The id of one is a digest of its scenario, so none is ever
given to another one.

examples:
  python -m spec.traces.vectors --check   fails where the file would change
  python -m spec.traces.vectors --write   writes it anew
"""


def features(told: Told) -> Iterator[str]:
    """What a behaviour shows, in words of which each one counts."""
    before: list[str] = []
    steps = [step.do for step in told.scenario.steps]
    for step, seen in zip(steps, told.observations, strict=True):
        yield f"{step} {seen.outcome} {seen.status}"
        yield f"{step} {seen.outcome} behind {before[-1] if before else 'nothing'}"
        if seen.outcome == "fenced":
            yield f"fenced with {steps.count('start_recorder')} recorders"
        if seen.hints is not None:
            segments = str(seen.hints["live_nodes"]).count("first_seq_no")
            yield f"hints of {step}, {segments} segments"
        if step == "advance" and seen.status == "complete":
            yield f"complete with {len(seen.tree['files'] if seen.tree else ())} files"
        before.append(step)
    for word in ("start_recorder", "play", "append_again", "handoff_again", "die", "advance"):
        yield f"{steps.count(word)} of {word}"


def chosen(given: Sequence[Told], count: int) -> list[Told]:
    """So many, each the one that shows most of what those before it do not."""
    left = list(given)
    seen: set[str] = set()
    taken: list[Told] = []
    while left and len(taken) < count:
        best = max(left, key=lambda told: len(set(features(told)) - seen))
        seen |= set(features(best))
        left.remove(best)
        taken.append(best)
    return taken


def made(told: Iterable[Told], seed: int) -> Iterator[Vector]:
    """The vectors of behaviours."""
    for number, one in enumerate(told, 1):
        title = f"a behaviour that TLC drew of World, number {number} of seed {seed}"
        scenario = attrs.evolve(one.scenario, title=title)
        needs = requires(scenario)
        shown = [vectors.observed(seen, worlds="worlds" in needs) for seen in one.observations]
        given = scenarios.to_json(one.scenario, digits=True)
        digest = hashlib.sha256(json.dumps(given).encode()).hexdigest()[:12]
        vector = Vector(
            f"tlc/{digest}",
            title,
            (),
            "must",
            {"made_by": "tlc", "source": f"spec/tla/Behaviours.tla, seed {seed}"},
            needs,
            scenarios.to_json(scenario, digits=True),
            Expectation(shown, one.snapshot),
        )
        yield attrs.evolve(vector, clauses=clauses_of(vector))


def of_tlc(machine: Machine) -> list[Vector]:
    """The vectors, from TLC.

    Raises:
        TlcFailed: it can't say.
    """
    told = told_of(machine, drawn(machine, DRAWN, SEED))
    return list(made(chosen(told, TAKEN), SEED))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or tell whether it would change."""
    parser = argparse.ArgumentParser(
        prog="python -m spec.traces.vectors",
        description="Make vectors of the behaviours of the specification.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--write", action="store_true", help="write the file")
    wish.add_argument("--check", action="store_true", help="write nothing; 1 if it would change")
    asked = parser.parse_args(arguments)
    try:
        new = of_tlc(Machine.ready())
    except (fetch.CannotFetch, TlcFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE.name
        vectors.dump(new, file)
        content = file.read_bytes()
    same = FILE.exists() and FILE.read_bytes() == content
    if asked.write and not same:
        FILE.write_bytes(content)
    print(f"{len(new)} vectors, {len(content):,} bytes: {'the same' if same else 'otherwise'}")
    return 1 if asked.check and not same else 0


if __name__ == "__main__":
    sys.exit(main())
