"""An implementation in a process of its own, as it is asked to execute scenarios.

Protocol
--------
Lines of JSON, each an object:

* To the implementation, on stdin: ``{"id": 7, "run": SCENARIO, "work": DIRECTORY}``. The directory
  exists, and is empty.
* From it, on stdout, once for each: ``{"id": 7, "observations": [...]}``, one observation a step
  (see ``trace``). What it built stays in the directory: what recorder or player NAME has, in
  ``recorder-NAME`` or ``player-NAME``; a recorder that goes on from a player has the player's.
  Where it broke, ``{"id": 7, "broke": TEXT}``.
* It may be asked ``{"id": 6, "hello": {}}`` first, and answers ``{"id": 6}`` once it is ready.
* When stdin ends, it ends. What it writes to stderr is only shown when it fails.

Whoever runs scenarios compares the observations, and looks at the directories itself: an
implementation that only tells what is expected has none.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model import scenario as scenarios
from rlog_model import trace as traces
from rlog_model.closing import Closing
from rlog_model.conformance.directory import scratch, temporary_directory
from rlog_model.scenario import Scenario
from rlog_model.trace import MalformedTrace, Trace

CASE_SECONDS: Final = 5.0
"""Seconds in which a scenario must be answered, unless told otherwise."""

START_SECONDS: Final = 60.0
"""Seconds in which a ``hello`` must be answered."""

MAX_ANSWER: Final = 64 << 20
"""Bytes of an answer, at most."""

_STDERR_SHOWN: Final = 2000


@frozen
class AdapterFailed(Exception):
    """An implementation gave no answer, or none that can be read."""

    kind: str
    """``hang``, ``died``, ``garbage``; or ``broke``, where it says so itself, and goes on."""

    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


class Adapter(Closing):
    """An implementation, which is started when it is asked, and again after it has failed."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        seconds: float = CASE_SECONDS,
        says_hello: bool = True,
    ) -> None:
        """``command`` and its arguments; ``seconds`` in which it must answer a scenario;
        ``says_hello``: whether it is asked for that at first, which may take longer."""
        self.seconds = seconds
        self._says_hello = says_hello
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._temporary = contextlib.ExitStack()
        self._stderr = self._temporary.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # closed by the stack
        self._root = temporary_directory(self._temporary, scratch())
        self._read = bytearray()
        self._cases = 0

    def execute(self, scenario: Scenario, work: Path, **also: object) -> Trace:
        """What the implementation shows of a scenario; what it built is in ``work``. It is told
        ``also`` more.

        Raises:
            AdapterFailed: it gives no answer.
        """
        asked = {"run": scenarios.to_json(scenario, digits=True), "work": str(work), **also}
        answer = self.ask(asked)
        if "broke" in answer:
            raise AdapterFailed("broke", str(answer["broke"]))
        try:
            return traces.from_json(answer.get("observations"))
        except MalformedTrace as error:
            raise self._failed("garbage", str(error)) from error

    def ask(self, asked: Mapping[str, object]) -> dict[str, object]:
        """The answer to one request, as it is.

        Raises:
            AdapterFailed: there is none.
        """
        return self._ask(self.start(), asked, self.seconds)

    def _ask(
        self, process: subprocess.Popen[bytes], asked: Mapping[str, object], seconds: float
    ) -> dict[str, object]:
        self._cases += 1
        line = json.dumps({"id": self._cases, **asked}).encode() + b"\n"
        deadline = time.monotonic() + seconds
        if self._read:
            raise self._failed("garbage", f"more than one answer: {bytes(self._read[:200])!r}")
        end = self._exchange(process, line, deadline)
        text = bytes(self._read[:end])
        del self._read[: end + 1]
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._failed("garbage", f"{text[:200]!r} is no JSON: {error}") from error
        if not isinstance(answer, dict) or answer.get("id") != self._cases:
            shown = text[:200]
            raise self._failed("garbage", f"{shown!r} is no answer to case {self._cases}")
        return answer

    @contextlib.contextmanager
    def work(self) -> Iterator[Path]:
        """An empty directory for one scenario."""
        with tempfile.TemporaryDirectory(dir=self._root, ignore_cleanup_errors=True) as work:
            yield Path(work)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process, and wait until it is ready, if there is none.

        Raises:
            AdapterFailed: it is asked to say hello, and doesn't.
        """
        if self._process is not None:
            return self._process
        self._stderr.truncate(0)
        process = self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            bufsize=0,
            start_new_session=True,
        )
        for stream in (process.stdin, process.stdout):
            assert stream is not None, "both are pipes"
            os.set_blocking(stream.fileno(), False)
        if self._says_hello:
            self._ask(process, {"hello": {}}, START_SECONDS)
        return process

    def stop(self) -> None:
        """Kill the process, and all that it started. The next request starts another."""
        process, self._process, self._read = self._process, None, bytearray()
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()

    def close(self) -> None:
        """Stop, and leave nothing."""
        self.stop()
        self._temporary.close()

    def _exchange(self, process: subprocess.Popen[bytes], line: bytes, deadline: float) -> int:
        """Write ``line``, and read until a line has come, which ends at the offset returned. It may
        answer before it has read all."""
        assert process.stdin is not None
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stdin, selectors.EVENT_WRITE)
            end = -1
            while line or end < 0:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self._failed("hang", f"no answer after {self.seconds:g} seconds")
                for key, _ in selector.select(left):
                    if key.fileobj is process.stdin:
                        line = self._write(process, line)
                        if not line:
                            selector.unregister(process.stdin)
                    else:
                        known = len(self._read)
                        self._receive(process)
                        end = self._read.find(b"\n", known) if end < 0 else end
        return end

    def _write(self, process: subprocess.Popen[bytes], line: bytes) -> bytes:
        """What is left of ``line``."""
        assert process.stdin is not None
        try:
            return line[os.write(process.stdin.fileno(), line) :]
        except BlockingIOError:
            return line
        except BrokenPipeError:
            raise self._failed("died", "it reads no more") from None

    def _receive(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        read = os.read(process.stdout.fileno(), 1 << 20)
        if not read:
            raise self._failed("died", "it answers no more")
        self._read += read
        if len(self._read) > MAX_ANSWER:
            raise self._failed("garbage", f"an answer of more than {MAX_ANSWER} bytes")

    def _failed(self, kind: str, detail: str) -> AdapterFailed:
        process = self._process
        code = None
        if process is not None and kind == "died":
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(1.0)
        self.stop()
        end = f"; exit status {code}" if code is not None else ""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _STDERR_SHOWN))
        said = self._stderr.read().decode(errors="replace").strip()
        return AdapterFailed(kind, f"{detail}{end}" + (f"\n{said}" if said else ""))
