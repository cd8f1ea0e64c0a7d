"""Several processes on one journal."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rlog_model.journal.file import FileStore
from tests.unit.journal.workers import END, NAME, content_of, fenced, tail, write

Work = tuple[Callable[..., Any], tuple[object, ...]]


def run(root: Path, work: list[Work], last: bytes, waits_for_last: int) -> list[Any]:
    """Run each in a process, all at once; append ``last`` when all but some are done."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(len(work), context) as pool:
        start = manager.Barrier(len(work))
        futures: list[Future[Any]] = [pool.submit(do, root, *args, start) for do, args in work]
        for future in futures[: len(work) - waits_for_last]:
            future.result(60)
        with FileStore(root) as store, store.open(NAME) as journal:
            journal.append(last)
        return [future.result(60) for future in futures]


@pytest.mark.clause("JRN-1")
def test_appends_of_several_processes(tmp_path: Path) -> None:
    """Three processes append, each closing fragments; two read meanwhile. Each append is there
    once, whole, where it was said to be, in its writer's order; nothing else is there; both readers
    saw exactly that.
    """
    count = 120
    work: list[Work] = [(write, (who, count)) for who in range(3)] + [(tail, ())] * 2
    *landed, log, log_again = run(tmp_path / "store", work, END, 2)
    assert log == log_again
    for who, ranges in enumerate(landed):
        assert all(one[1] <= two[0] for one, two in pairwise(ranges))
        for number, (begin, end) in enumerate(ranges):
            assert log[begin:end] == content_of(who, number)
    everything = sorted(there for ranges in landed for there in ranges)
    assert [begin for begin, _ in everything] == [0] + [end for _, end in everything[:-1]]
    assert len(log) == everything[-1][1] + len(END)
    # No append is split over two fragments, whose names say where they begin and end.
    borders = {begin for begin, _ in everything} | {everything[-1][1], len(log)}
    with FileStore(tmp_path / "store") as store, store.open(NAME) as journal:
        journal.roll()
        fragments = journal.prune(len(log))
    assert len(fragments) > 10
    assert {border for range_ in fragments for border in (range_.begin, range_.end)} <= borders
    assert [range_.begin for range_ in fragments] == [0] + [r.end for r in fragments[:-1]]


def test_checks_of_several_processes(tmp_path: Path) -> None:
    """Of appends that need the same registers and change them, one lands, whoever they are from."""
    counted = run(tmp_path / "store", [(fenced, (100,))] * 3, b"end", 0)
    numbers = sorted(pair for one in counted for pair in one)
    assert [number for number, _ in numbers] == list(range(len(numbers)))
    assert len(numbers) >= 100  # of three that try, one at least goes on
    with FileStore(tmp_path / "store") as store, store.open(NAME) as journal:
        log = journal.read(0, limit=1 << 20).content
        assert journal.registers().values("count") == (str(len(numbers)),)
    assert re.fullmatch(rb"(\d+\n)*end", log)
    assert [int(line) for line in log[:-3].split()] == [number for number, _ in numbers]
