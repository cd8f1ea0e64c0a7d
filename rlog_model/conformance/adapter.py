"""An implementation in a process of its own, as it is asked to execute scenarios.

The protocol is that of ``spec/adapter``. Whoever runs scenarios compares what is answered, and
looks at the directories of ``worlds`` itself: an implementation that only tells what is expected
has none.
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
from typing import Any, Final

from attrs import frozen

import rlog_model
from rlog_model import scenario as scenarios
from rlog_model import trace as traces
from rlog_model.closing import Closing
from rlog_model.conformance.directory import scratch, temporary_directory
from rlog_model.conformance.suite.capabilities import CAPABILITIES
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Scenario
from rlog_model.trace import MalformedTrace, Trace

CASE_SECONDS: Final = 5.0
"""Seconds in which a scenario must be answered, unless told otherwise."""

START_SECONDS: Final = 60.0
"""Seconds in which a ``hello`` must be answered."""

MAX_ANSWER: Final = 64 << 20
"""Bytes of an answer, at most."""

BYE_SECONDS: Final = 5.0
"""Seconds in which a ``bye`` must be answered, and the process be gone."""

SUITE: Final = f"rlog-model {rlog_model.__version__}"
"""What this harness calls itself."""

PROTOCOL: Final = 1
"""The version of the protocol that this module speaks."""

_STDERR_SHOWN: Final = 2000


@frozen
class AdapterFailed(Exception):
    """An implementation gave no answer, or none that can be read. Spec: ADP-5."""

    kind: str
    """``hang``, ``died``, ``garbage``; or ``broke`` or ``unsupported``, where it says so itself,
    and goes on."""

    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@frozen
class Hello:
    """What an implementation says of itself: ADP-3."""

    implementation: str
    version: str
    language: str
    revision: str
    """Name of the revision of the protocol that it has."""

    capabilities: frozenset[str]


@frozen
class Answer:
    """What an implementation answers to a scenario, as JSON; it is only compared."""

    observations: list[Any]
    snapshot: Any


def _number(digits: str) -> str:
    """What stands for a number of JSON. What is expected has none: so it differs from all, and can
    be shown."""
    return f"(number) {digits}"


class Adapter(Closing):
    """An implementation, which is started when it is asked, and again after it has failed."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        seconds: float = CASE_SECONDS,
        directory: Path | None = None,
    ) -> None:
        """``command`` and its arguments; ``seconds`` in which it must answer a scenario;
        ``directory``: where it runs, else this process's."""
        self.seconds = seconds
        self.starts = 0
        """How often a process was started."""

        self._command = list(command)
        self._directory = directory
        self._hello: Hello | None = None
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
        answer = _whole(self.ask(asked))
        try:
            return traces.from_json(answer.get("observations"))
        except MalformedTrace as error:
            raise self._failed("garbage", str(error)) from error

    def run(self, scenario: bytes, work: Path | None = None) -> Answer:
        """What the implementation answers to a scenario, which is given as text.

        Raises:
            AdapterFailed: it gives no answer.
        """
        process = self.start()
        told = b"" if work is None else b', "work": ' + json.dumps(str(work)).encode()
        answer = _whole(self._ask(process, b'"run": ' + scenario + told, self.seconds))
        observations = answer.get("observations")
        if not isinstance(observations, list):
            raise self._failed("garbage", "an answer without a list of observations")
        return Answer(observations, answer.get("snapshot"))

    @property
    def hello(self) -> Hello:
        """What it says of itself.

        Raises:
            AdapterFailed: nothing, or nothing that can be read.
        """
        self.start()
        assert self._hello is not None, "who was started has said it"
        return self._hello

    def bye(self) -> str | None:
        """Ask it to end. Why that went wrong; none if it did not. It can be asked again.

        Spec: ADP-6.
        """
        if self._process is None:
            return None
        process = self._process
        try:
            self._ask(process, b'"bye": {}', BYE_SECONDS)
            assert process.stdin is not None
            process.stdin.close()
            status = process.wait(BYE_SECONDS)
        except AdapterFailed as failed:
            return str(failed)
        except subprocess.TimeoutExpired:
            return f"it is still there {BYE_SECONDS:g} seconds after its bye"
        finally:
            self.stop()
        return f"exit status {status}" if status else None

    def ask(self, asked: Mapping[str, object]) -> dict[str, object]:
        """The answer to one request, as it is.

        Raises:
            AdapterFailed: there is none.

        Spec: ADP-1, ADP-2.
        """
        return self._ask(self.start(), json.dumps(asked).encode()[1:-1], self.seconds)

    def _ask(
        self, process: subprocess.Popen[bytes], asked: bytes, seconds: float
    ) -> dict[str, object]:
        """The answer to a request with the members ``asked``, which are text."""
        self._cases += 1
        line = b'{"id": %d, %s}\n' % (self._cases, asked)
        if self._read:
            raise self._failed("garbage", f"more than one answer: {bytes(self._read[:200])!r}")
        end = self._exchange(process, line, seconds)
        text = bytes(self._read[:end])
        del self._read[: end + 1]
        try:
            answer = json.loads(text, parse_int=_number, parse_float=_number)
        except (ValueError, RecursionError) as error:
            raise self._failed("garbage", f"{text[:200]!r} is no JSON: {error}") from error
        if not isinstance(answer, dict) or answer.get("id") != _number(str(self._cases)):
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
            AdapterFailed: it doesn't say hello.
        """
        if self._process is not None:
            return self._process
        self._stderr.seek(0)
        self._stderr.truncate()
        try:
            process = self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                bufsize=0,
                start_new_session=True,
                cwd=self._directory,
            )
        except OSError as error:
            raise AdapterFailed("died", f"{self._command[0]} can't be run: {error}") from error
        self.starts += 1
        for stream in (process.stdin, process.stdout):
            assert stream is not None, "both are pipes"
            os.set_blocking(stream.fileno(), False)
        asked = {"protocol": {"least": PROTOCOL, "most": PROTOCOL}, "suite": SUITE}
        answer = self._ask(process, b'"hello": ' + json.dumps(asked).encode(), START_SECONDS)
        try:
            self._hello = _hello(_whole(answer))
        except AdapterFailed:
            self.stop()
            raise
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

    def _exchange(self, process: subprocess.Popen[bytes], line: bytes, seconds: float) -> int:
        """Write ``line``, and read until a line has come, which ends at the offset returned. It may
        answer before it has read all.

        Spec: ADP-7.
        """
        assert process.stdin is not None
        assert process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stdin, selectors.EVENT_WRITE)
            end = -1
            while line or end < 0:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self._failed("hang", f"no answer after {seconds:g} seconds")
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


def _whole(answer: dict[str, object]) -> dict[str, object]:
    """An answer that does not say why there is none."""
    for kind in ("unsupported", "broke"):
        if kind in answer:
            raise AdapterFailed(kind, str(answer[kind]))
    return answer


def _hello(answer: dict[str, object]) -> Hello:
    said = answer.get("hello")
    if not isinstance(said, dict):
        raise AdapterFailed("garbage", "the answer to hello has no member hello")
    if said.get("protocol") != _number(str(PROTOCOL)):
        raise AdapterFailed("garbage", f"hello: protocol is not {PROTOCOL}, which was offered")
    texts: dict[str, str] = {}
    for name in ("implementation", "version", "language", "revision"):
        if not isinstance(said.get(name), str):
            raise AdapterFailed("garbage", f"hello: {name} is no text")
        texts[name] = said[name]
    claimed = said.get("capabilities")
    if not isinstance(claimed, list) or not all(isinstance(one, str) for one in claimed):
        raise AdapterFailed("garbage", "hello: capabilities is no list of texts")
    if unknown := sorted(set(claimed) - set(CAPABILITIES)):
        known = ", ".join(CAPABILITIES)
        raise AdapterFailed("garbage", f"hello: {unknown[0]!r} is no capability: {known}")
    if texts["revision"] not in REVISIONS:
        known = ", ".join(REVISIONS)
        raise AdapterFailed("garbage", f"hello: {texts['revision']!r} is no revision: {known}")
    return Hello(**texts, capabilities=frozenset(claimed))
