"""Runs TLC on one configuration.

Rules
-----
* A configuration is a module and a ``.cfg`` file of ``spec/tla``. Nothing is written there: what
  TLC writes goes to a folder that is deleted at the end.
* A run that reaches its time limit is ended, with all that it started.
* With one worker the states of a trace are the same each time.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from spec.tlc import fetch
from spec.tlc.output import Result, Verdict, result_of

TLA: Final = fetch.SPEC / "tla"
_PROPERTIES: Final = re.compile(r"^\s*PROPERT(?:Y|IES)\s+(\w+)\s*$", re.MULTILINE)
_COMMENT: Final = re.compile(r"\\\*.*")


@frozen
class Options:
    """How to run TLC."""

    workers: int = attrs.field(factory=lambda: os.cpu_count() or 1)
    seconds: float = 600.0
    """The time limit."""

    deadlock: bool = False
    """Whether a state without a next one is an error."""

    heap: str = "4g"
    simulate: str = ""
    """With it TLC makes random behaviours, by these arguments of ``-simulate``."""

    seed: int = 0
    """Of the random behaviours."""

    depth: int = 100
    """How many states each of them has, at most."""


@frozen
class Machine:
    """A Java and the jar of TLC, both checked."""

    java: str
    jar: Path

    @classmethod
    def ready(cls) -> Machine:
        """What there is, or what is fetched.

        Raises:
            fetch.CannotFetch: it can't be had.
        """
        return cls(fetch.java(), fetch.jar())

    def check(
        self, module: Path, cfg: Path, options: Options | None = None, dump: Path | None = None
    ) -> Result:
        """Check a configuration; with ``dump``, a file that gets every state that is reached."""
        options = options or Options()
        arguments = ["-tool", "-workers", str(options.workers), "-fp", "0"]
        if not options.deadlock:
            arguments.append("-deadlock")
        if dump is not None:
            # TLC puts `.dump` behind a name that does not end with it.
            arguments += ["-dump", str(dump.resolve())]
        if options.simulate:
            arguments += ["-simulate", options.simulate, "-depth", str(options.depth)]
            arguments += ["-seed", str(options.seed)]
        with tempfile.TemporaryDirectory(prefix="rlog-tlc-") as folder:
            arguments += ["-metadir", folder, "-config", str(cfg.resolve()), module.name]
            command = self._command("tlc2.TLC", arguments, options, folder)
            began = time.monotonic()
            printed, in_time = _run(command, module.parent, options.seconds, Path(folder))
        seconds = time.monotonic() - began
        if not in_time:
            text = f"TLC was ended at the limit of {options.seconds:g} s"
            return Result(Verdict.TIME_LIMIT, seconds=seconds, text=text)
        found = _named(result_of(printed), cfg)
        return attrs.evolve(found, seconds=seconds, exact=options.workers == 1)

    def parse(self, module: Path, seconds: float = 60.0) -> str:
        """What the parser says against a module: empty if it is well formed."""
        with tempfile.TemporaryDirectory(prefix="rlog-tlc-") as folder:
            command = self._command("tla2sany.SANY", [module.name], Options(), folder)
            printed, in_time = _run(command, module.parent, seconds, Path(folder))
        if not in_time:
            return f"the parser was ended at the limit of {seconds:g} s"
        said = [
            line
            for line in printed.splitlines()
            if line.strip()
            and not line.startswith(("****** SANY2", "Parsing file ", "Semantic processing "))
        ]
        return "\n".join(said)

    def _command(self, main: str, arguments: list[str], options: Options, folder: str) -> list[str]:
        # Recursive operators of the specification are recursive calls of TLC, hence -Xss; the
        # standard modules are unpacked into the temporary folder.
        virtual_machine = [
            *("-XX:+UseParallelGC", "-Xss16m", f"-Xmx{options.heap}"),
            f"-Djava.io.tmpdir={folder}",
            f"-DTLA-Library={TLA}",
        ]
        return [self.java, *virtual_machine, "-cp", str(self.jar), main, *arguments]


@contextlib.contextmanager
def dump_file() -> Iterator[Path]:
    """A file for ``dump``, deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="rlog-tlc-") as folder:
        yield Path(folder) / "states.dump"


def properties_of(cfg: str) -> list[str]:
    """The properties that the text of a configuration names, one a line."""
    return _PROPERTIES.findall(_COMMENT.sub("", cfg))


def _named(found: Result, cfg: Path) -> Result:
    """TLC does not name the temporal property that is violated: it is known if there is one."""
    if found.verdict is Verdict.TEMPORAL:
        properties = properties_of(cfg.read_text("utf-8"))
        if len(properties) == 1:
            return attrs.evolve(found, violated=properties[0])
    return found


def _run(command: list[str], where: Path, seconds: float, folder: Path) -> tuple[str, bool]:
    """What a command printed, and whether it ended by itself."""
    printed = folder / "printed"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=where,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        in_time = True
        try:
            process.wait(seconds)
        except BaseException as ended:
            # Its limit is reached, or somebody pressed Ctrl-C.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(ended, subprocess.TimeoutExpired):
                raise
            in_time = False
    return printed.read_text("utf-8", errors="replace"), in_time
