"""Pure modules never import threads, sockets, the clock, randomness or the filesystem.

They run in a browser as they are, and give the same answer to the same question. What they may
import is listed here, so that anything else needs a decision. A file of the package is pure unless
``tool.rlog-model.impure`` in pyproject.toml names it.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "rlog_model"
LISTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["rlog-model"]

STANDARD = frozenset(
    {
        "__future__",
        "abc",
        "array",
        "base64",
        "binascii",
        "bisect",
        "collections",
        "contextlib",
        "dataclasses",
        "enum",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "json",
        "math",
        "operator",
        "posixpath",
        "re",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
    }
)
THIRD_PARTY = frozenset({"attr", "attrs", "crcmod", "rpds"})
# What single files may import beside these.
MORE = {
    "_proto/recoverylog_pb2.py": frozenset({"google"}),
    "wire.py": frozenset({"google"}),
    "simulation/events.py": frozenset({"hypothesis"}),
    # It tells how the model broke, as text.
    "simulation/exploration_invariants.py": frozenset({"traceback"}),
    "simulation/focused.py": frozenset({"hypothesis"}),
    "simulation/moves.py": frozenset({"hypothesis"}),
    "simulation/part_strategies.py": frozenset({"hypothesis"}),
    "simulation/raw_logs.py": frozenset({"hypothesis"}),
    "simulation/strategies.py": frozenset({"hypothesis"}),
}
# Builtins that reach what no import shows.
REACHING = frozenset({"__import__", "breakpoint", "compile", "eval", "exec", "input", "open"})


def is_pure(file: str) -> bool:
    """Whether a file of the package, ``journal/file.py``, is said to be pure."""

    def listed(name: str) -> bool:
        return any(fnmatchcase(file, pattern) for pattern in LISTS[name])

    return listed("impure-except") or not listed("impure")


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


PURE = sorted(file for file in map(relative, PACKAGE.rglob("*.py")) if is_pure(file))


def imports(tree: ast.AST, file: str) -> Iterator[tuple[int, str]]:
    """Line and absolute name of all that a file of the package imports."""
    within = ["rlog_model", *file.split("/")[:-1]]
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                for alias in node.names:
                    yield node.lineno, alias.name
            case ast.ImportFrom():
                origin = within[: len(within) - node.level + 1] if node.level else []
                origin += [node.module] if node.module else []
                for alias in node.names:
                    yield node.lineno, ".".join([*origin, alias.name])


def own_file(name: str) -> str:
    """The file of this package that an absolute name leads to: a module, or what is in one."""
    parts = name.split(".")[1:]
    for length in range(len(parts), 0, -1):
        path = PACKAGE.joinpath(*parts[:length])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.exists():
                return relative(file)
    return "__init__.py"


def impurities(source: str, file: str) -> Iterator[str]:
    """What in the source of a pure file is not allowed there."""
    tree = ast.parse(source)
    allowed = STANDARD | THIRD_PARTY | MORE.get(file, frozenset())
    for line, name in imports(tree, file):
        top = name.partition(".")[0]
        if top == "rlog_model":
            if not is_pure(own_file(name)):
                yield f"line {line}: {own_file(name)}"
        elif top not in allowed:
            yield f"line {line}: {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in REACHING:
            yield f"line {node.lineno}: {node.id}"


@pytest.mark.parametrize("file", PURE)
def test_pure_file_imports_only_what_is_pure(file: str) -> None:
    assert list(impurities((PACKAGE / file).read_text("utf-8"), file)) == []


def test_the_model_is_pure() -> None:
    model = {"identity", "crc32c", "operation", "outcome", "segment", "segment_set", "hints", "fsm"}
    assert {f"{name}.py" for name in model} <= set(PURE)


@pytest.mark.parametrize("name", [*LISTS["impure-except"], *MORE])
def test_exception_is_for_a_pure_file(name: str) -> None:
    """An exception for a file that has gone would let the next one of its name in."""
    assert name in PURE


@pytest.mark.parametrize(
    ("source", "file", "found"),
    [
        ("import os", "fsm.py", "os"),
        ("import os.path as posixpath", "fsm.py", "os.path"),
        ("from time import monotonic", "fsm.py", "time.monotonic"),
        ("if 1: import threading", "fsm.py", "threading"),
        ("import json, random", "fsm.py", "random"),
        ("import rlog_model.player", "simulation/log.py", "player.py"),
        ("from rlog_model import player", "playback.py", "player.py"),
        ("from rlog_model.journal.file import FileJournal", "trace.py", "journal/file.py"),
        ("from rlog_model.journal import file", "trace.py", "journal/file.py"),
        ("from .file import FileJournal", "journal/labels.py", "journal/file.py"),
        ("from . import file", "journal/labels.py", "journal/file.py"),
        ("from ..player import Player", "journal/labels.py", "player.py"),
        ("x = open('f')", "fsm.py", "open"),
        ("__import__('os')", "fsm.py", "__import__"),
        ("from google.protobuf import message", "fsm.py", "google.protobuf.message"),
        ("import hypothesis", "simulation/log.py", "hypothesis"),
    ],
)
def test_what_is_not_pure_is_found(source: str, file: str, found: str) -> None:
    assert list(impurities(source, file)) == [f"line 1: {found}"]


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("import json\nfrom collections.abc import Iterator", "fsm.py"),
        ("from attrs import frozen\nfrom rpds import HashTrieMap", "files.py"),
        ("from rlog_model import crc32c\nimport rlog_model.identity", "fsm.py"),
        ("from rlog_model.journal.labels import EMPTY", "simulation/log.py"),
        ("from google.protobuf import message", "wire.py"),
        ("import hypothesis.strategies as st", "simulation/strategies.py"),
        ("file.open()", "recording.py"),
    ],
)
def test_what_is_pure_passes(source: str, file: str) -> None:
    assert list(impurities(source, file)) == []
