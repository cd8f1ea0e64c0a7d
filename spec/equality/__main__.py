"""`python -m spec.equality`: TLC and the model reach the same states."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from attrs import frozen

from rlog_model.conformance.mutants import catalog, loading
from spec import not_visible
from spec.equality import spec_states
from spec.equality.equality import Comparison, Equality, compare
from spec.equality.mutants import REJECTED, Failed, rejects
from spec.tlc import cfg, fetch, manifest
from spec.tlc.manifest import Configuration
from spec.tlc.run import TLA


@frozen
class Entry:
    """A comparison that can be asked for."""

    module: str
    """Where its ``EQUALITY`` is. It imports the model: only after a mutant is installed."""

    layers: tuple[str, ...]
    """Those of the mutants which it judges."""


EQUALITIES: Final[Mapping[str, Entry]] = {
    "segments": Entry("spec.equality.segments", ("segments",)),
    "fsm": Entry("spec.equality.fsm", ("fsm", "files", "hints", "checksum")),
    "world": Entry("spec.equality.world", ("recording", "playback", "handoff", "registers")),
}
"""By their names. Several may judge one layer: then what one of them rejects is rejected."""

SHOWN: Final = 5
_MOST: Final = 1000

EPILOG: Final = """\
Each comparison takes the configurations of spec/tla/manifest.json with its name as `equality`.
TLC's states are kept in spec/.tools, so TLC runs anew only where the specification or this code
changed, or with --fresh. The exit code is 1 if any state is reached by one side only.

A mutant must be rejected by a comparison that judges its layer, or be in not_visible.py with the
reason why it can't be. The exit code is 1 if one is neither, or both.

examples:
  python -m spec.equality                     all comparisons
  python -m spec.equality segments            this one
  python -m spec.equality --mutants segments  is every mutant of this layer rejected?
  python -m spec.equality --mutant known-end-dropped
                                              how this one is seen; the exit code is 3 if it is
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare what is asked for; 1 if anything differs."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.mutants:
            return _judge_mutants(asked.mutants, asked.workers)
        if asked.mutant:
            return _judge_mutant(asked.mutant)
        return _compare_all(asked.name, asked.fresh)
    except (fetch.CannotFetch, manifest.BadManifest, Failed, catalog.UnknownMutant) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _compare_all(name: str | None, fresh: bool) -> int:
    differ = False
    for wanted in [name] if name else EQUALITIES:
        equality = _equality(wanted)
        for configuration in _configurations(wanted):
            began = time.monotonic()
            found = _compare(equality, configuration, _MOST, fresh)
            seconds = time.monotonic() - began
            verdict = "equal" if found.equal else "DIFFERENT"
            print(
                f"{configuration.name}: {verdict}, {found.in_both:,} states in both,"
                f" {seconds:.1f} s",
                flush=True,
            )
            for line in told(equality, found):
                print(f"  {line}")
            differ |= not found.equal
    return 1 if differ else 0


def told(equality: Equality, found: Comparison, shown: int = SHOWN) -> Iterator[str]:
    """The lines that tell a difference, with at most so many states of either side."""
    if found.broke:
        yield f"the model broke: {found.broke}"
    if found.only_in_model:
        more = "" if found.whole else " at least"
        yield f"only the model reaches{more} {len(found.only_in_model):,}, such as:"
    for reached in found.only_in_model[:shown]:
        yield f"- {equality.show(reached.state)}"
        if reached.way is not None:
            yield from (f"    {line}" for line in str(reached.way).splitlines())
    if found.only_in_spec:
        yield f"only the specification reaches {len(found.only_in_spec):,}, such as:"
    for state in found.only_in_spec[:shown]:
        yield f"- {equality.show(state)}"


def _compare(
    equality: Equality, configuration: Configuration, most: int, fresh: bool = False
) -> Comparison:
    constants = cfg.constants(TLA / configuration.module, TLA / configuration.cfg)
    try:
        states = spec_states.states_of_spec(equality, configuration, fresh)
    except spec_states.NoStates as none:
        raise fetch.CannotFetch(str(none)) from None
    return compare(equality, constants, states, most)


def _judge_mutant(name: str) -> int:
    mutant = catalog.mutant_named(name)
    loading.install(mutant)
    for judge in _judges(mutant.layer.value):
        equality = _equality(judge)
        for configuration in _configurations(judge):
            found = _compare(equality, configuration, most=1)
            if not found.equal:
                print(f"in {configuration.name}:")
                print("\n".join(told(equality, found, shown=1)))
                return REJECTED
    print("not seen")
    return 0


def _judge_mutants(layer: str, workers: int) -> int:
    warm([layer])
    names = [mutant.name for mutant in catalog.MUTANTS if mutant.layer.value == layer]
    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        judged = list(pool.map(rejects, names))
    for name, seen in zip(names, judged, strict=True):
        print(f"{name}: {verdict(name, seen)}")
    rejected = sum(seen is not None for seen in judged)
    listed = sum(name in not_visible.MUTANTS for name in names)
    print(
        f"{rejected} of {len(names)} rejected, {listed} not visible, in"
        f" {time.monotonic() - began:.0f} s"
    )
    return 0 if all(map(is_as_listed, names, judged)) else 1


def warm(layers: Iterable[str]) -> None:
    """Let TLC run before many processes want its states: those that mutants of these layers are
    compared with."""
    for judge in dict.fromkeys(judge for layer in layers for judge in _judges(layer)):
        for configuration in _configurations(judge):
            _compare(_equality(judge), configuration, most=1)


def is_as_listed(name: str, seen: str | None) -> bool:
    """Whether a mutant that is seen like this, or not at all, is what ``not_visible`` says."""
    return (seen is None) == (name in not_visible.MUTANTS)


def verdict(name: str, seen: str | None) -> str:
    """A mutant's verdict: the configuration that saw it, or why none does."""
    where = seen.splitlines()[0].removeprefix("in ").rstrip(":") if seen else ""
    if name in not_visible.MUTANTS:
        return (
            f"LISTED, YET SEEN in {where}" if seen else f"not visible: {not_visible.MUTANTS[name]}"
        )
    return where or "NOT SEEN"


def _judges(layer: str) -> list[str]:
    judges = [name for name, entry in EQUALITIES.items() if layer in entry.layers]
    if not judges:
        layers = dict.fromkeys(layer for entry in EQUALITIES.values() for layer in entry.layers)
        raise manifest.BadManifest(
            f"no comparison judges the layer {layer}: there are {', '.join(layers)}"
        )
    return judges


def _equality(name: str) -> Equality:
    if name not in EQUALITIES:
        raise manifest.BadManifest(
            f"there is no comparison {name}: there are {', '.join(EQUALITIES)}"
        )
    found = importlib.import_module(EQUALITIES[name].module).EQUALITY
    assert isinstance(found, Equality)
    return found


def _configurations(name: str) -> list[Configuration]:
    return [c for c in manifest.read() if c.equality == name and c.session == "short"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spec.equality",
        description="Compare the states that TLC reaches with those that the model reaches.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", help=f"one of {', '.join(EQUALITIES)}; all by default")
    parser.add_argument("--fresh", action="store_true", help="run TLC, whatever is kept")
    parser.add_argument("--mutants", metavar="LAYER", help="try every mutant of this layer")
    parser.add_argument("--mutant", metavar="NAME", help="try this mutant")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="for --mutants")
    return parser


if __name__ == "__main__":
    sys.exit(main())
