"""`python -m spec.kills`: which mutants the specification rejects, and by what.

Rules
-----
* A mutant is asked for in three ways: do the *states* that the model reaches differ from those of
  TLC; are *traces* of it no behaviours of the specification; is a theorem no longer *proved* of it.
* One that none of them rejects must be in ``not_visible``, with the reason.
* What was found is kept in ``docs/matrix/spec.json``, and is three columns of the kill matrix.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from rlog_model.conformance.mutants import catalog
from rlog_model.conformance.mutants.mutant import Mutant
from spec import not_visible
from spec.equality import mutants as states_of_mutants
from spec.equality.__main__ import EQUALITIES, warm
from spec.proofs import mutants as proofs_of_mutants
from spec.traces import mutants as traces_of_mutants

MATRIX: Final = Path(__file__).parents[1] / "docs" / "matrix"
COLUMNS: Final = ("states", "traces", "proofs")

EPILOG: Final = """\
All of them take half an hour on two cores. The exit code is 1 if one is rejected by nothing, and
spec/not_visible.py has no reason why it can't be.

examples:
  python -m spec.kills                      every mutant
  python -m spec.kills fsm hints            those of two layers
  python -m spec.kills checksum-not-compared
                                            one
  python -m spec.kills --write              and keep what is found, for the docs
  python -m spec.kills --columns            put what is kept into docs/matrix/matrix.md, which
                                            `rlog mutants --output docs/matrix` has written anew
"""


@frozen
class Kill:
    """What rejects a mutant: in each column a word or two, or nothing."""

    name: str
    states: str | None = None
    """The configuration whose states differ."""

    traces: str | None = None
    """The scenario whose trace is rejected."""

    proofs: str | None = None
    """The first theorem that is not proved."""

    not_visible: str | None = None
    """Why nothing can reject it; it may all the same be rejected."""

    @property
    def accounted_for(self) -> bool:
        """Whether something rejects it, or there is a reason why nothing does."""
        return bool(self.states or self.traces or self.proofs or self.not_visible)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge what is asked for; 1 if a mutant is rejected by nothing, without a reason."""
    asked = _parser().parse_args(arguments)
    if asked.columns:
        _write_columns(kept())
        return 0
    try:
        chosen = _chosen(asked.names)
    except catalog.UnknownMutant as unknown:
        print(f"error: {unknown}", file=sys.stderr)
        return 2
    began = time.monotonic()
    kills = judge(chosen, asked.workers)
    if asked.write:
        write({**kept(), **{kill.name: kill for kill in kills}})
    if asked.json:
        print(json.dumps([attrs.asdict(kill) for kill in kills], indent=1))
    else:
        print("\n".join(told(kills)))
        print(f"in {time.monotonic() - began:.0f} s")
    return 0 if all(kill.accounted_for for kill in kills) else 1


def judge(mutants: Sequence[Mutant], workers: int) -> list[Kill]:
    """What rejects each of the mutants."""
    judged = {layer for entry in EQUALITIES.values() for layer in entry.layers}
    compared = [m.name for m in mutants if m.layer.value in judged]
    proved = [m.name for m in mutants if m.name in proofs_of_mutants.NAMES]
    # TLC must have run before many processes want its states.
    warm({m.layer.value for m in mutants} & judged)
    with ThreadPoolExecutor(workers) as pool:
        states = dict(zip(compared, pool.map(states_of_mutants.rejects, compared), strict=True))
        proofs = dict(zip(proved, pool.map(_first_theorem, proved), strict=True))
    traces = traces_of_mutants.rejected_by([m.name for m in mutants], workers=workers)
    return [
        Kill(
            mutant.name,
            place(mutant.name, states.get(mutant.name)),
            place(mutant.name, traces.get(mutant.name)),
            proofs.get(mutant.name),
            not_visible.reason(mutant.name, mutant.layer.value),
        )
        for mutant in mutants
    ]


def told(kills: Iterable[Kill]) -> Iterator[str]:
    """The lines of a table, and what it comes to."""
    rejected, given_up, lost = 0, 0, 0
    for kill in kills:
        by = [f"{column} {cell}" for column in COLUMNS if (cell := getattr(kill, column))]
        if by:
            rejected += 1
            yield f"{kill.name}: {'; '.join(by)}"
        elif kill.not_visible:
            given_up += 1
            yield f"{kill.name}: not visible: {kill.not_visible}"
        else:
            lost += 1
            yield f"{kill.name}: REJECTED BY NOTHING"
    yield f"{rejected} rejected, {given_up} not visible, {lost} rejected by nothing"


def kept(folder: Path = MATRIX) -> dict[str, Kill]:
    """What ``spec.json`` has, by the names of the mutants; nothing if it is not there."""
    file = folder / "spec.json"
    content = json.loads(file.read_text("utf-8")) if file.exists() else []
    return {one["name"]: Kill(**one) for one in content}


def with_columns(matrix: str, kills: Mapping[str, Kill]) -> str:
    """The matrix with the columns of the specification before the one of the steps."""
    lines = matrix.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("| subject |"))
    names = _cells(lines[head])
    there = [i for i, name in enumerate(names) if name in COLUMNS]
    place = [name for name in names if name not in COLUMNS].index("steps")
    for number, line in enumerate(lines[head:], head):
        cells = [cell for i, cell in enumerate(_cells(line)) if i not in there]
        kill = kills.get(cells[0])
        if number == head:
            more = list(COLUMNS)
        elif number == head + 1:
            more = ["---"] * len(COLUMNS)
        else:
            more = [getattr(kill, column) or "" for column in COLUMNS] if kill else [""] * 3
        lines[number] = f"| {' | '.join([*cells[:place], *more, *cells[place:]])} |"
    return "\n".join(lines) + "\n"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def write(kills: Mapping[str, Kill], folder: Path = MATRIX) -> None:
    """Keep what was found, and renew the columns of the matrix."""
    order = [mutant.name for mutant in catalog.MUTANTS]
    rows = [attrs.asdict(kills[name]) for name in order if name in kills]
    (folder / "spec.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    _write_columns(kills, folder)


def _write_columns(kills: Mapping[str, Kill], folder: Path = MATRIX) -> None:
    file = folder / "matrix.md"
    file.write_text(with_columns(file.read_text("utf-8"), kills), encoding="utf-8")


def _chosen(names: Sequence[str]) -> list[Mutant]:
    layers = {mutant.layer.value for mutant in catalog.MUTANTS}
    for name in names:
        if name not in layers:
            catalog.mutant_named(name)
    return [
        mutant
        for mutant in catalog.MUTANTS
        if not names or mutant.name in names or mutant.layer.value in names
    ]


def _first_theorem(name: str) -> str | None:
    return next(iter(proofs_of_mutants.rejected_by(name, first=True)), None)


def place(name: str, how: str | None) -> str | None:
    """Where a verdict says that a mutant was seen: what stands before its first colon."""
    if how is None:
        return None
    return how.splitlines()[0].split(":")[0].removeprefix("in ").removeprefix(f"{name}, ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spec.kills",
        description="Break the model by each mutant, and see whether the specification rejects it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="mutants, or layers; all by default")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="mutants at a time")
    parser.add_argument("--write", action="store_true", help="keep what is found in docs/matrix")
    parser.add_argument("--columns", action="store_true", help="only renew the columns")
    parser.add_argument("--json", action="store_true", help="print what is found as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
