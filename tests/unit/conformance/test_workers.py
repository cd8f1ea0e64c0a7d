"""Processes of a pool end with whoever started them."""

from __future__ import annotations

import subprocess
import sys

STARTS_WORKERS = """
import time
from rlog_model.conformance.workers import pool

if __name__ == "__main__":
    with pool(2, str) as processes:
        for future in [processes.submit(time.sleep, 0.1) for _ in range(2)]:
            future.result()
        for _ in range(2):
            processes.submit(time.sleep, 1e6)
        print("they work", flush=True)
        time.sleep(1e6)
"""


def test_they_end_when_it_is_killed() -> None:
    command = [sys.executable, "-c", STARTS_WORKERS]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None, "it is a pipe"
        assert process.stdout.readline() == b"they work\n"
        process.kill()
        # They have the pipe too: it comes to an end only when all of them have.
        rest, _ = process.communicate(timeout=30)
        assert rest == b""
