"""Makes the vectors of ``spec/vectors`` that have a source, and renews the others.

    python -m spec.make_vectors            # writes what has changed
    python -m spec.make_vectors --check    # fails where anything would change

* ``gazette.jsonl.gz``: what Gazette's own code answered and recorded, of ``tests/data/gazette``.
* ``written.jsonl.gz``: the scenarios that come with this package.
* ``promoted.jsonl.gz``: scenarios that a vector was made of by ``rlog promote``. They have no other
  source: what is expected of them is renewed, and nothing else.

What is expected is what the model shows; ``tests/vectors/test_vectors.py`` holds that it is what
Gazette answered, but for the known differences.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.conformance.check import written
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.clauses_of import clauses_of
from rlog_model.conformance.suite.vector import Vector
from rlog_model.hints import FSMHints
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import Journal
from rlog_model.scenario import Scenario, Step
from rlog_model.wire import encode_hints
from tests.cases import Case, hints_of, load, segment_of
from tests.samples import SAMPLES, told

VECTORS: Final = Path(__file__).parent / "vectors"
KNOWN: Final = Path(__file__).parent.parent / "tests" / "vectors" / "known_differences.json"

TAKEN: Final = {
    "codec": (1, 3),
    "codec-hints": (1, 2),
    "segments": (1, 3),
    "live-log-segments": (1, 2),
    "fsm-plain": (2, 3),
    "fsm-hinted": (1, 3),
    "fsm-tampered": (1, 2),
}
"""Of each family so many cases of so many in a row are vectors, and all in which the model differs.
"""

LONGEST: Final = 1 << 20
"""Bytes of a recorded log that is a vector. The four that are longer are played by
``tests/vectors/test_samples.py``: a request of 40 MB tells an adapter nothing more."""

_LOG: Final = "a/log"


def of_gazette() -> Iterator[Vector]:
    """The cases that Gazette answered, and the logs that it recorded."""
    differing = {d["case"] for d in json.loads(KNOWN.read_bytes())["differences"]}
    seen: set[tuple[Step, ...]] = set()
    for family, (taken, row) in TAKEN.items():
        for number, case in enumerate(load(family)):
            steps = tuple(_steps(case))
            chosen = number % row < taken or case["id"] in differing
            if chosen and steps not in seen:
                seen.add(steps)
                scenario = Scenario(steps, f"Gazette's case {case['id']}")
                yield _made(scenario, f"gazette/{case['id']}", case["id"])
    for sample in sorted(SAMPLES.glob("*/")):
        title = f"Gazette's recorded log {sample.name}"
        steps = tuple(_sample_steps(sample))
        if sum(len(step.data) for step in steps if isinstance(step, s.AppendRaw)) > LONGEST:
            continue
        scenario = Scenario(steps, title)
        yield _made(scenario, f"gazette/sample-{sample.name}", f"sample {sample.name}")


def _made(scenario: Scenario, id: str, source: str) -> Vector:
    made = vectors.made(
        scenario, id, clauses=(), provenance={"made_by": "gazette", "source": source}
    )
    return attrs.evolve(made, clauses=clauses_of(made))


def _steps(case: Case) -> Iterator[Step]:
    match case["family"]:
        case "codec":
            frame = bytes.fromhex(case["frame"])
            yield p.Unframe(frame)
            yield p.Decode(frame[8:])
        case "codec-hints":
            yield p.DecodeHints(bytes.fromhex(case["bytes"]))
        case "segments":
            for add in case["adds"]:
                g = segment_of(add["segment"])
                yield p.AddSegment("x", **attrs.asdict(g))
            for query in case["intersects"]:
                first, last = int(query["first"]), int(query["last"])
                yield p.Intersect("x", query["log"], first, last)
        case "live-log-segments":
            yield p.NewFsm("x", encode_hints(hints_of(case["hints"])))
        case "fsm-plain":
            yield p.NewFsm("x", encode_hints(FSMHints(_LOG)))
            yield from (_apply("x", op) for op in case["ops"])
            yield p.BuildHints("x")
        case _:
            hints = encode_hints(hints_of(case["hints"]))
            if not case["plays"]:
                yield p.NewFsm("x", hints)
            for number, play in enumerate(case["plays"]):
                name = f"x{number}"
                yield p.NewFsm(name, hints)
                yield from (_apply(name, case["ops"][told["op"]]) for told in play["results"])


def _apply(name: str, op: dict[str, Any]) -> Step:
    payload, first, last = bytes.fromhex(op["payload"]), op["first_offset"], op["last_offset"]
    return p.Apply(name, payload, op["log"], int(first), int(last))


def _sample_steps(sample: Path) -> Iterator[Step]:
    """The bytes of its logs, as they are left; then each of its hints, played."""
    of_sample = told(sample)
    logs = {log for one in of_sample for log in _logs_of(one.parsed("protobuf"))}
    with FileStore(sample / "fragments") as store:
        for log in sorted(logs):
            with store.open(log) as journal:
                yield from _as_bytes(log, journal)
    for number, one in enumerate(of_sample):
        hints, player = f"h{number}", f"p{number}"
        yield s.GiveHints(hints, one.protobuf)
        yield s.Play(player, hints)
        yield s.FinishAtWriteHead(player)
        yield s.Advance(player)


def _logs_of(hints: FSMHints) -> set[str]:
    segments = (segment for node in hints.live_nodes for segment in node.segments)
    return {hints.log, *(segment.log for segment in segments if segment.log)}


def _as_bytes(log: str, journal: Journal) -> Iterator[Step]:
    """The steps which make a log that has the same bytes, and the same holes."""
    at, head, holes = 0, journal.write_head(), list[Step]()
    while at < head:
        chunk = journal.read(at)
        if chunk.offset > at:
            yield s.AppendRaw(log, b"\0", chunk.offset - at)
            yield s.Roll(log)
            holes.append(s.Prune(log, chunk.offset, at))
        yield s.AppendRaw(log, chunk.content)
        yield s.Roll(log)
        at = chunk.end
    yield from holes


def of_scenarios() -> Iterator[Vector]:
    """The scenarios that come with this package."""
    for name, scenario in written():
        provenance = {"made_by": "hand", "source": f"scenarios/{name}.json"}
        made = vectors.made(scenario, f"written/{name}", clauses=(), provenance=provenance)
        yield attrs.evolve(made, clauses=clauses_of(made))


def promoted() -> Iterator[Vector]:
    """Those that were promoted, with what is expected of them now."""
    file = VECTORS / "promoted.jsonl.gz"
    for vector in vectors.load_file(file) if file.exists() else ():
        expect = vectors.expectation(s.from_json(vector.scenario))
        yield attrs.evolve(vector, expect=expect)


MADE: Final = {"gazette": of_gazette, "written": of_scenarios, "promoted": promoted}
"""What makes each file."""


def main() -> int:
    """Write the files that have changed, or tell which would."""
    parser = argparse.ArgumentParser(prog="python -m spec.make_vectors", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    stale = 0
    for name, make in MADE.items():
        file = VECTORS / f"{name}.jsonl.gz"
        with tempfile.TemporaryDirectory() as folder:
            new = Path(folder) / file.name
            vectors.dump(make(), new)
            same = file.exists() and file.read_bytes() == new.read_bytes()
            if not same and not check:
                file.write_bytes(new.read_bytes())
        if not same:
            stale += 1
            print(f"{file.name}: {'stale' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
