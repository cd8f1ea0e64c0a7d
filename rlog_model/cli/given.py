"""What the commands that read logs are given: a store, logs in it, and files of hints."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer
from attrs import frozen

from rlog_model import wire
from rlog_model.cli.failing import UsageMistake
from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_from_json
from rlog_model.journal.fragment import FragmentFile
from rlog_model.paths import shown

Store = Annotated[
    Path,
    typer.Option(
        "--store",
        help="Where the journals are: fragments, in folders named like their journals.",
        exists=True,
        file_okay=False,
    ),
]
Hints = Annotated[
    Path,
    typer.Option(
        "--hints", help="Hints, as JSON or as protobuf bytes.", exists=True, dir_okay=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]

SPOOL: Final = ".open#"
"""What a journal has while it has no fragment: see ``journal.file``."""


@frozen
class NoSuchLog(UsageMistake):
    """A log that hints name, or the user, and the store doesn't have."""

    log: str
    folder: str

    def __str__(self) -> str:
        return (
            f"the hints name the log {shown(self.log)}, and there is no folder"
            f" {shown(self.folder)}:"
            " --store is the directory which holds journals in folders named like them"
        )


@frozen
class WhichLog(UsageMistake):
    """A store has not the one log that is meant."""

    store: str
    log: str | None
    logs: tuple[str, ...]

    def __str__(self) -> str:
        asked = f"no log {shown(self.log)}" if self.log else "not exactly one log: name it by --log"
        some = ", ".join(self.logs[:8])
        more = f" and {len(self.logs) - 8} more" if len(self.logs) > 8 else ""
        told = f"it has {some}{more}" if some else "it has none"
        return f"{self.store} has {asked}; {told}"


@frozen
class NoHints(UsageMistake):
    """A file that holds no hints."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


def read_hints(file: Path) -> FSMHints:
    """The hints in a file.

    Raises:
        NoHints: it holds none.
        OSError: it can't be read.
    """
    try:
        content = file.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:  # a read that breaks does not name its file
        raise OSError(error.errno, error.strerror, str(file)) from error
    try:
        if content.lstrip()[:1] in (b"{", b"["):
            return hints_from_json(json.loads(content))
        if reason := _no_hints(content):
            raise NoHints(str(file), reason)
        return wire.decode_hints(content)
    except RecursionError as error:
        reason = "this JSON is nested too deeply for hints"
        raise NoHints(str(file), reason) from error
    except json.JSONDecodeError as error:
        raise NoHints(str(file), f"this JSON is cut off or damaged: {error}") from error
    except ValueError as error:
        form = ""
        if content.lstrip()[:1] not in (b"{", b"["):
            form = (
                "; hints are JSON, which begins with {, or protobuf bytes; hex is to be decoded"
                " first"
            )
        raise NoHints(str(file), f"{error}{form}") from error


def _no_hints(content: bytes) -> str:
    """Why bytes which are no JSON object are no hints, if that can be said plainly.

    Protobuf takes no bytes, and many that mean something else, for a message without a field.
    """
    if not content.strip():
        return "the file is empty"
    try:
        if wire.decode_hints(content) != FSMHints():
            return ""
        told = "it names neither a log nor a file"
    except wire.MalformedHints:
        told = ""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return told
    return "this JSON is no object, and hints are one"


def require_logs(store: Path, logs: Iterable[str]) -> None:
    """Accept logs which the store has.

    Raises:
        NoSuchLog: one that it has not.
    """
    for log in logs:
        folder = store / log
        if log and not folder.is_dir():
            raise NoSuchLog(log, str(folder))


def logs_of(store: Path) -> tuple[str, ...]:
    """The logs that a store has: folders with fragments, or with a spool."""
    found: list[str] = []
    for folder, _, files in os.walk(store):
        if folder != str(store) and _is_log(files):
            found.append(Path(folder).relative_to(store).as_posix())
    return tuple(sorted(found))


def _is_log(files: Iterable[str]) -> bool:
    return any(file == SPOOL or FragmentFile.parse(file) for file in files)


def _may_be_log(folder: Path) -> bool:
    """Whether it is a log, or one that lost all of its files. One that only holds other folders is
    a part of their names."""
    inside = os.listdir(folder)
    return _is_log(inside) or not any((folder / name).is_dir() for name in inside)


def the_log(store: Path, log: str | None) -> str:
    """The log that the user named; the only one there is, if none was.

    Raises:
        WhichLog: there is no such log, or none was named and there isn't just one.
    """
    if log and (store / log).is_dir() and _may_be_log(store / log):
        return log
    logs = logs_of(store)
    if log is None and len(logs) == 1:
        return logs[0]
    raise WhichLog(str(store), log, logs)


def hint_files(given: Iterable[Path]) -> tuple[Path, ...]:
    """Files of hints: those that were named, and all in directories that were, but hidden ones.

    Raises:
        NoHints: a directory has no file.
    """
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = [f for f in sorted(path.iterdir()) if f.is_file() and f.name[0] != "."]
            if not inside:
                raise NoHints(str(path), "the directory has no files")
            found += inside
        else:
            found.append(path)
    return tuple(dict.fromkeys(found))
