"""A Redis server on a free port of the loopback interface, which keeps nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest

START_SECONDS: Final = 30.0


@attrs.define
class Server:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """It goes away, and its connections with it."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def redis_server(directory: Path, port: int | None = None) -> Iterator[Server]:
    """A server that keeps its files, of which there are none, in ``directory``."""
    binary = shutil.which("redis-server")
    if binary is None:
        install = "redis-server is not installed: apt-get install redis-server"
        if os.environ.get("CI"):
            pytest.fail(f"{install}, as CI must have it")
        pytest.skip(install)
    port = port or free_port()
    command = [binary, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(directory)]
    command += ["--save", "", "--appendonly", "no"]
    server = Server(port, subprocess.Popen(command, stdout=subprocess.DEVNULL))
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(server.port):
            assert server.process.poll() is None, "redis-server ended at once"
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.05)
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False
