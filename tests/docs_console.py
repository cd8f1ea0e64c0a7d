"""Console blocks of a page: the commands in them, and what they print."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Final

from typer.testing import CliRunner

from rlog_model.cli.app import app

BLOCK: Final = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)


def commands(page: str) -> Iterator[str]:
    """Every command of a page, in its order."""
    for block in BLOCK.findall(page):
        for line in block.splitlines():
            if line.startswith("$ "):
                yield line[2:]


def run(command: str) -> str:
    """What a command prints, in the directory where this process is."""
    if command.startswith("rlog "):
        output = CliRunner().invoke(app, shlex.split(command)[1:]).output
    else:
        done = subprocess.run(command, shell=True, check=True, capture_output=True, text=True)
        output = done.stdout
    return "\n".join(line.rstrip() for line in output.splitlines())


def rendered(page: str) -> str:
    """The page, with what its commands print now."""

    def render(block: re.Match[str]) -> str:
        told: list[str] = []
        for command in commands(f"```console\n{block[1]}```"):
            told += [f"$ {command}", *filter(None, [run(command)])]
        return "".join(f"{line}\n" for line in told)

    return BLOCK.sub(render, page)
