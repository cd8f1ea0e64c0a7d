"""Pools of processes that end with whoever started them.

Rules
-----
* A process of a pool waits for work on a pipe of which it has both ends: it would wait for ever for
  a parent that was killed. So each watches its parent, and ends when that does.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVarTuple

_Ts = TypeVarTuple("_Ts")


def pool(jobs: int, begin: Callable[[*_Ts], None], *arguments: *_Ts) -> ProcessPoolExecutor:
    """A pool of ``jobs`` fresh processes, each of which begins with ``begin(*arguments)``."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, _begin, (begin, *arguments))


def _begin(begin: Callable[[*_Ts], None], *arguments: *_Ts) -> None:
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    begin(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "it is a process of a pool"
    parent.join()
    # There is nobody to tell, and the thread that works is not to be asked.
    os._exit(1)
