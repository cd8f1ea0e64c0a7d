"""Processes that start at once, forked from one that has imported all that they need.

Rules
-----
* The *nursery* is a process of its own, with one thread. It forks a *child* whenever it is asked
  to, which runs a function with one end of a pipe; whoever asked has the other end.
* It is the parent of all children, and the only one that kills them: so the number of a child is
  not another process's as long as anyone knows it.
* When whoever started the nursery closes it or ends, however that may be, the nursery kills its
  children, and ends.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import signal
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final, NoReturn

import attrs

_NUMBER: Final = struct.Struct("q")
_FORK: Final = 0
"""Asks for a child. Any other number is that of a child which is to be killed."""


@attrs.define
class Child:
    """A process that the nursery has forked."""

    pid: int
    pipe: Connection[Any, Any]
    """This process's end of the pipe."""

    nursery: Nursery

    def kill(self) -> None:
        """Kill it, and wait until it is gone. Killing it again does nothing."""
        if not self.pipe.closed:
            self.pipe.close()
            self.nursery.ask(self.pid)


class Nursery:
    """A process that forks others."""

    def __init__(self, module: str, function: str) -> None:
        """Each child calls the ``function`` of a ``module`` with its end of a pipe."""
        self._owner = os.getpid()
        ours, theirs = socket.socketpair()
        program = f"from {__name__} import tend; tend({module!r}, {function!r})"
        # What can be imported here can be imported there.
        path = os.pathsep.join(os.path.abspath(place) for place in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._control = ours

    @property
    def usable(self) -> bool:
        """Whether this process can have children of it: not if it is closed, or another's."""
        return self._owner == os.getpid() and self._control.fileno() >= 0

    def start(self) -> Child:
        """A new child."""
        ours, theirs = Pipe()
        with theirs:
            return Child(self.ask(_FORK, theirs.fileno()), ours, self)

    def ask(self, number: int, *descriptors: int) -> int:
        """What the nursery answers.

        Raises:
            EOFError: it is gone.
        """
        socket.send_fds(self._control, [_NUMBER.pack(number)], descriptors)
        return _received(self._control.recv(_NUMBER.size, socket.MSG_WAITALL))

    def close(self) -> None:
        """End it, with all children."""
        if self.usable:
            self._control.close()
            self._process.wait()


def _received(answer: bytes) -> int:
    if len(answer) < _NUMBER.size:
        raise EOFError("the nursery is gone")
    number: int = _NUMBER.unpack(answer)[0]
    return number


_nurseries: dict[tuple[str, str], Nursery] = {}


def nursery(module: str, function: str) -> Nursery:
    """The nursery of this process for a function. It is started when it is first asked for, and
    closed when this process ends."""
    made = _nurseries.get((module, function))
    if made is None or not made.usable:
        made = _nurseries[module, function] = Nursery(module, function)
        atexit.register(made.close)
    return made


def tend(module: str, function: str) -> None:
    """What the process of a nursery does: it serves whoever is at the other end of stdin."""
    run = getattr(importlib.import_module(module), function)
    # An interrupt reaches all processes of a terminal: who owns this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    children: set[int] = set()
    with socket.socket(fileno=os.dup(0)) as control:
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, _NUMBER.size, 1)
            if not message:
                break
            number = _received(message)
            if number == _FORK:
                number = os.fork()
                if not number:
                    control.close()
                    _live(run, descriptors[0])
                os.close(descriptors[0])
                children.add(number)
            else:
                _end(number)
                children.discard(number)
            control.sendall(_NUMBER.pack(number))
    for child in children:
        _end(child)


def _end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _live(run: Callable[[Connection[Any, Any]], None], descriptor: int) -> NoReturn:
    code = 1
    pipe: Connection[Any, Any] = Connection(descriptor)
    try:
        run(pipe)
        code = 0
    except BaseException:
        # The pipe ends with the process: whoever sees that it ended finds all that was said.
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
