"""A Python program whose file operations are recorded.

Rules
-----
* While a directory is routed, Python's own functions for files (``open``, ``os.open``,
  ``os.rename`` and so on, and with them ``pathlib``, ``shutil``, ``tempfile``) change it through
  the recorded directory. Elsewhere they are as they were.
* What would change it otherwise, and Python can see, is refused by an audit hook: a function that
  was imported from ``os`` before, ``io.FileIO`` by itself, ``sqlite3.connect``.
* What Python can't see is not recorded: child processes, and libraries in C that open files by
  their paths. The files that the program opens it can't pass on to these to be written: their
  descriptors are for reading. ``recorded_tree.unlike`` shows some of what came past.
* ``os.fsync`` of a file or a directory also waits until what has happened is durable in the log.
* A rename or link over the border of the directory is one to another filesystem (``EXDEV``).
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.util
import io
import os
import runpy
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any, Final

from attrs import frozen

from rlog_model.closing import Closing
from rlog_model.recorded_calls import Calls
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_ending import SIGNAL_SECONDS, Terminated, wait_for_threads, within

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_EXIT_SECONDS: Final = 60.0
"""For how long ``os._exit`` waits until what was recorded is safe."""

_PATHS: Final = {
    "os.remove": slice(1),
    "os.rename": slice(2),
    "os.link": slice(2),
    "os.symlink": slice(1, 2),
    "os.mkdir": slice(1),
    "os.rmdir": slice(1),
    "os.truncate": slice(1),
}
"""Audit events, and which of their arguments are paths that they change."""

_active: Routed | None = None


def recorded() -> RecordedDirectory:
    """The directory that is recorded while this program runs, as under ``rlog record``: for a
    ``RecordingFileSystem`` or a ``RecordedVFS`` of the program's own.

    Raises:
        RuntimeError: there is none.
    """
    if _active is None:
        raise RuntimeError("nothing is recorded here: run this program by rlog record")
    return _active.directory


class Routed(Closing):
    """Python's functions lead to a recorded directory until this is closed. One at a time."""

    directory: RecordedDirectory

    def __init__(
        self, directory: RecordedDirectory, at_exit: Callable[[], object] | None = None
    ) -> None:
        """``at_exit`` is called before ``os._exit`` ends the process, which runs nothing else. It
        is not waited for longer than a minute."""
        global _active
        if _active is not None:
            raise RuntimeError(f"{_active.directory.full('')} is routed already")
        self.directory = directory
        self._patched = ExitStack()
        self._is_acting = directory.disk_and_log.is_acting
        self._calls = calls = Calls(directory)
        for name, call in calls.of_os().items():
            self._patch(os, name, call)
        self._patch(io, "open", calls.open_file)
        self._patch(builtins, "open", calls.open_file)
        if at_exit is not None:
            self._patch(os, "_exit", partial(_exit_behind, at_exit, os.getpid(), os._exit))
        _active = self
        # An audit hook stays for ever: this one does nothing any more when it is closed.
        sys.addaudithook(self._audit)

    def flush(self) -> None:
        """Write what is in the buffers of files that nobody closed, as Python does as it exits."""
        for file in self._buffers():
            try:
                file.flush()
            except ValueError:
                # Threads that go on may have closed it meanwhile.
                if not file.closed:
                    raise

    def close(self) -> None:
        """Python's functions are as they were."""
        global _active
        if _active is self:
            _active = None
        self._patched.close()

    def _buffers(self) -> list[Any]:
        while True:
            try:
                return [file for file in self._calls.buffers if not file.closed]
            except RuntimeError:
                # Threads that go on open files.
                continue

    def _patch(self, module: Any, name: str, call: Callable[..., object]) -> None:
        if hasattr(module, name):
            self._patched.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, call)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if _active is not self or self._is_acting():
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITES:
                self._refuse_below("opening", path, follow=True)
        elif event == "sqlite3.connect":
            name = os.fsdecode(arguments[0]) if not isinstance(arguments[0], int) else ""
            path = name.removeprefix("file:").partition("?")[0]
            self._refuse_below("sqlite3.connect", path, follow=True)
        elif event in _PATHS:
            for path in arguments[_PATHS[event]]:
                self._refuse_below(event, path)

    def _refuse_below(self, call: str, path: Any, follow: bool = False) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        below = self.directory.below(path, follow=follow)
        if below is not None:
            self.directory.refuse(f"{call} past the recorder", below)


@frozen
class Program:
    """A Python program."""

    kind: str
    """``-m``, ``-c``, or nothing for a file."""

    what: str
    """The module, the code, or the file."""

    arguments: tuple[str, ...]

    @classmethod
    def parse(cls, command: list[str]) -> Program:
        """The program of ``python COMMAND``: FILE, -m MODULE or -c CODE, and its arguments.

        Raises:
            ValueError: it is none of these.
        """
        kind = command[0] if command[:1] in (["-m"], ["-c"]) else ""
        what, *arguments = (command[1:] if kind else command) or [""]
        if not what or what.startswith("-"):
            raise ValueError("a Python program is FILE, -m MODULE or -c CODE, and its arguments")
        return cls(kind, what, tuple(arguments))

    def check(self) -> None:
        """Look whether there is such a program, without running any of it.

        Raises:
            ValueError: there is none.
        """
        if self.kind == "-c":
            try:
                compile(self.what, "<string>", "exec")
            except SyntaxError as error:
                raise ValueError(f"the code of -c is no Python: {error}") from error
        elif self.kind == "-m":
            if not _is_module(self.what):
                raise ValueError(f"there is no module {self.what} that can be run")
        elif not os.access(self.what, os.R_OK):
            raise ValueError(f"{self.what} is not there, or can't be read")

    def run(self) -> int:
        """Run it in this process. How it ended, once all its threads did that Python waits for:
        after a signal not for long, and ``threads_left`` tells whose."""
        former = sys.argv, sys.path[:]
        sys.argv = [self.kind or self.what, *self.arguments]
        sys.path.insert(0, "" if self.kind else os.path.dirname(os.path.abspath(self.what)))
        try:
            code, by_signal = _ending(partial(_execute, self.kind, self.what))
            if not by_signal:
                waited, by_signal = _ending(wait_for_threads)
                code = waited or code
            if by_signal:
                # Another signal: no more patience.
                with contextlib.suppress(Terminated, KeyboardInterrupt):
                    wait_for_threads(SIGNAL_SECONDS)
            return _flushed() or code
        finally:
            sys.argv, sys.path[:] = former


def _flushed() -> int:
    """Whether what the program left in buffers could not be written."""
    try:
        if _active is not None:
            _active.flush()
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _exit_behind(
    at_exit: Callable[[], object], process: int, real: Callable[[int], object], status: int
) -> None:
    """``os._exit``"""
    # A child that was forked has nothing to land.
    if os.getpid() == process:
        within(_EXIT_SECONDS, at_exit)
    real(status)


def _is_module(name: str) -> bool:
    """Whether ``-m`` can find it. Imports nothing, not even the packages above."""
    top, *below = name.split(".")
    former = sys.path[:]
    sys.path.insert(0, "")
    try:
        found = importlib.util.find_spec(top)
        full = top
        for part in below:
            full = f"{full}.{part}"
            found = found and _below(found, full)
        if found and found.submodule_search_locations is not None:
            found = _below(found, f"{full}.__main__")
        return found is not None
    except (ImportError, ValueError):
        return False
    finally:
        sys.path[:] = former


def _below(package: ModuleSpec, name: str) -> ModuleSpec | None:
    where = package.submodule_search_locations
    return None if where is None else PathFinder.find_spec(name, list(where))


def _execute(kind: str, what: str) -> None:
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    elif kind == "-c":
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_path(what, run_name="__main__")


def _ending(call: Callable[[], object]) -> tuple[int, bool]:
    """The exit code, and whether a signal was the end."""
    try:
        call()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0, isinstance(end, Terminated)
        print(end.code, file=sys.stderr)
        return 1, False
    except KeyboardInterrupt:
        return 130, True
    except Exception:
        traceback.print_exc()
        return 1, False
    return 0, False
