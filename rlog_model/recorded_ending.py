"""How a program ends in the process that goes on behind it: as Python's own end of it would.

Rules
-----
* Python waits for threads that are no daemons, once it has told pools of threads that no more work
  will come. So does this.
* A program that a signal ended is not waited for beyond a deadline: its threads may go on for ever.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any, Final

SIGNAL_SECONDS: Final = 2.0
"""For how long threads are waited for after a signal."""


class Terminated(SystemExit):
    """A signal ends the program."""


def within(seconds: float | None, call: Callable[[], object]) -> bool:
    """Call something in a thread of its own; without ``seconds``, wait as long as it takes.

    Whether it ended. It goes on if it did not.
    """
    thread = threading.Thread(target=call, name="end of the program", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def wait_for_threads(seconds: float | None = None) -> None:
    """Wait for the threads that Python waits for as it exits. After that no pool takes work."""
    if threads_left():
        within(seconds, _end_threads)


def threads_left() -> list[threading.Thread]:
    """Threads that Python would wait for: no daemons, and not the main one."""
    main = threading.main_thread()
    return [t for t in threading.enumerate() if not t.daemon and t is not main]


def _end_threads() -> None:
    # There is no public way to tell concurrent.futures that the end has come, without which its
    # threads wait for work. Python calls these in this order, and would again what is left here.
    callbacks: list[Callable[[], Any]] = getattr(threading, "_threading_atexits", [])
    while callbacks:
        try:
            callbacks.pop()()
        except Exception:
            traceback.print_exc()
    while left := threads_left():
        for thread in left:
            thread.join()
