"""Killing a child at a random moment, and what the tests that do it have in common."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

KILLS: Final = int(os.environ.get("RLOG_KILLS", "6"))
"""How often each kind of process is killed: ``nox -s kills`` asks for more."""


def killed(module: str, arguments: list[object], seconds: float, begun: str | None) -> list[str]:
    """Start a module of these tests, and kill it so long after the line that starts with ``begun``;
    without one, after its start. The whole lines that it printed."""
    command = [sys.executable, "-m", f"tests.crash.{module}", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        first = b""
        while begun is not None:
            line = child.stdout.readline()
            assert line, f"{module} ended by itself"
            first += line
            if line.startswith(begun.encode()):
                break
        time.sleep(seconds)
        child.kill()
        lines = (first + child.stdout.read()).splitlines(keepends=True)
    return [line.decode().rstrip("\n") for line in lines if line.endswith(b"\n")]


def moments(seed: int) -> random.Random:
    """Random moments: others in each long run, the same in a short one."""
    return random.Random(seed if KILLS < 100 else None)


def tree_of(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content of each file, and how many links it has."""
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_nlink)
        for path in root.rglob("*")
        if path.is_file()
    }
