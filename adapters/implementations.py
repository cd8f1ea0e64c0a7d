"""The implementations that are judged here: how each is built, run, and broken on purpose.

Rules
-----
* Each has a folder beside this file. What a build makes lies in that folder, and is not committed.
* ``mutants.json`` in it lists defects: a text that stands once in a file, and what stands in its
  place. A broken one is built from a copy.
* ``known.json`` in it lists its known divergences, if there are any.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).parent


@frozen
class Implementation:
    """One of them."""

    name: str
    folder: Path
    tools: tuple[str, ...]
    """Programs that its build needs."""

    get: str
    """How to get them, for people."""

    build: tuple[tuple[str, ...], ...]
    """The commands that build it, in its folder."""

    command: tuple[str, ...]
    """Its adapter, in its folder."""

    @property
    def known(self) -> Path | None:
        """The file of its known divergences, if it has one."""
        file = self.folder / "known.json"
        return file if file.exists() else None

    @property
    def lacking(self) -> list[str]:
        """The tools that this machine has not."""
        return [tool for tool in self.tools if shutil.which(tool) is None]

    def mutants(self) -> tuple[Mutant, ...]:
        """Its defects on purpose; none if they are elsewhere."""
        file = self.folder / "mutants.json"
        if not file.exists():
            return ()
        return tuple(Mutant(**told) for told in json.loads(file.read_bytes()))


@frozen
class Mutant:
    """A defect: ``new`` stands in ``file`` instead of ``old``."""

    name: str
    does: str
    file: str
    old: str
    new: str


IMPLEMENTATIONS: Final = (
    Implementation("bundled", ROOT / "python", (), "", (), ("python3", "bundled.py")),
    Implementation("model", ROOT / "python", (), "", (), ("python3", "model.py")),
    Implementation(
        "go",
        ROOT / "go",
        ("go",),
        "Go, 1.22 or later",
        (("go", "build", "-o", "build/adapter", "./cmd/adapter"),),
        ("build/adapter",),
    ),
    Implementation(
        "rust",
        ROOT / "rust",
        ("cargo",),
        "Rust, 1.75 or later, with cargo",
        (("cargo", "build", "--quiet", "--release"),),
        ("target/release/rlog-adapter",),
    ),
    Implementation(
        "java",
        ROOT / "java",
        ("java", "javac", "mvn"),
        "a JDK, 17 or later, and Maven",
        (("mvn", "-q", "-B", "package", "-DskipTests"),),
        ("java", "-jar", "target/adapter.jar"),
    ),
)
"""All of them."""


@frozen
class BuildFailed(Exception):
    """An implementation that could not be built."""

    name: str
    command: tuple[str, ...]
    output: str

    def __str__(self) -> str:
        return f"{self.name}: {' '.join(self.command)} failed:\n{self.output}"


def build(implementation: Implementation, folder: Path | None = None) -> tuple[str, ...]:
    """Build it, in its folder or in a copy; the command that runs its adapter from anywhere.

    Raises:
        BuildFailed: a command of the build failed.
    """
    within = folder or implementation.folder
    for command in implementation.build:
        done = subprocess.run(command, cwd=within, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildFailed(implementation.name, command, done.stdout + done.stderr)
    paths = ((word, within / word) for word in implementation.command)
    return tuple(str(path) if path.is_file() else word for word, path in paths)


def broken(implementation: Implementation, mutant: Mutant, copy: Path) -> tuple[str, ...]:
    """Build a copy of it with a defect, and put the copy right again; the command of its adapter.

    Raises:
        BuildFailed: it does not build with the defect.
        ValueError: the defect's text is not in its file once.
    """
    file = copy / mutant.file
    sound = file.read_text(encoding="utf-8")
    if sound.count(mutant.old) != 1:
        raise ValueError(f"{implementation.name}, {mutant.name}: its text is not there once")
    file.write_text(sound.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return build(implementation, copy)
    finally:
        file.write_text(sound, encoding="utf-8")
