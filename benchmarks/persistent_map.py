"""Which persistent map should the FSM be built on?

Compares ``rpds.HashTrieMap`` with ``immutables.Map`` in what the FSM does with its table of live
files, which has ``int`` keys. The ``bench`` extra installs both; the project itself needs only the
one that README.md beside this file chooses, and says why.

    python benchmarks/persistent_map.py

Rates are the best of several rounds over keys in random order. Memory is that of the whole process
(its resident set), since neither package shows all that it allocates to ``tracemalloc``; so each
measurement has a process of its own. Linux only.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

SIZES: Final = (100, 1_000_000)
CALLS: Final = 100_000
ROUNDS: Final = 5

# Package: its map, the map's way to set a key, and its way to remove one.
MAPS: Final = {
    "rpds": ("HashTrieMap", "insert", "remove"),
    "immutables": ("Map", "set", "delete"),
}


def rate(run: Callable[[], int]) -> float:
    """Calls a second, in the best of several rounds of ``run``, which returns its calls' number."""
    best = 0.0
    for _ in range(ROUNDS):
        gc.collect()
        begin = time.perf_counter()
        calls = run()
        best = max(best, calls / (time.perf_counter() - begin))
    return best


def measure_rates(package: str, size: int) -> dict[str, float]:
    """Rates of a map that has ``size`` keys."""
    name, insert, remove = MAPS[package]
    kind: Any = getattr(importlib.import_module(package), name)
    put, drop = getattr(kind, insert), getattr(kind, remove)
    base = kind(dict.fromkeys(range(size), ("a", "value")))
    draw = random.Random(1)
    some = [draw.randrange(size) for _ in range(CALLS)]
    each_once = draw.sample(range(size), min(size, CALLS))

    def set_existing() -> int:
        table = base
        for key in some:
            table = put(table, key, ("another", "value"))
        return CALLS

    def get() -> int:
        for key in some:
            base[key]
        return CALLS

    def add() -> int:
        table = base
        for key in range(size, size + CALLS):
            table = put(table, key, ("another", "value"))
        return CALLS

    def delete() -> int:
        table = base
        for key in each_once:
            table = drop(table, key)
        return len(each_once)

    def iterate() -> int:
        return sum(1 for _ in base.items())

    return {
        "set existing, calls/s": rate(set_existing),
        "get, calls/s": rate(get),
        "add, calls/s": rate(add),
        "delete, calls/s": rate(delete),
        "iterate, items/s": rate(iterate),
    }


def measure_memory(package: str, size: int) -> dict[str, float]:
    """Memory of the map alone: its keys exist before it does, and its values are one object."""
    kind: Any = getattr(importlib.import_module(package), MAPS[package][0])
    kind({0: None})
    source = dict.fromkeys(range(size))
    gc.collect()
    before = resident()
    table = kind(source)
    gc.collect()
    return {"memory, bytes/key": (resident() - before) / len(table)}


def resident() -> int:
    """Resident set of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


MEASUREMENTS: Final = {"rates": measure_rates, "memory": measure_memory}


def in_a_process(measurement: str, package: str, size: int) -> dict[str, float]:
    """The same measurement, in a process that has done nothing else."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", measurement, package, str(size)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Print a table of all, or with ``--one`` one measurement as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--one", nargs=3, metavar=("MEASUREMENT", "PACKAGE", "SIZE"))
    if one := parser.parse_args().one:
        print(json.dumps(MEASUREMENTS[one[0]](one[1], int(one[2]))))
        return
    columns: dict[str, dict[str, float]] = {}
    for size in SIZES:
        for package in MAPS:
            if importlib.util.find_spec(package) is None:
                print(f"{package} is not installed: left out", file=sys.stderr)
                continue
            figures = in_a_process("rates", package, size)
            if size == max(SIZES):
                figures |= in_a_process("memory", package, size)
            columns[f"{package}, {size:,} keys"] = figures
    rows = dict.fromkeys(row for figures in columns.values() for row in figures)
    print("| |", " | ".join(columns), "|")
    print("|---|", "---:|" * len(columns), sep="")
    for row in rows:
        cells = [f"{figures[row]:,.0f}" if row in figures else "" for figures in columns.values()]
        print("|", row, "|", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
