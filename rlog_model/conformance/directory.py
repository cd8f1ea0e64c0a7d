"""Real directories, as the executor of scenarios uses them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rlog_model.file_tree import Snapshot


def snapshot_of(directory: Path) -> Snapshot:
    """What a real directory holds."""
    files: list[tuple[str, bytes]] = []
    inodes: dict[int, list[str]] = {}
    unread = [""]
    while unread:
        above = unread.pop()
        with os.scandir(f"{directory}{above}") as entries:
            for entry in entries:
                path = f"{above}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    unread.append(path)
                    continue
                with open(entry.path, "rb") as file:
                    files.append((path, file.read()))
                inodes.setdefault(entry.inode(), []).append(path)
    return Snapshot.of(files, inodes.values())


def scratch() -> Path | None:
    """Where directories are made that needn't outlive a process: in memory, where that is. None:
    where Python makes them."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK | os.X_OK) else None


def temporary_directory(opened: contextlib.ExitStack, within: Path | None = None) -> Path:
    """A new directory, ``within`` another or where Python makes them. It is removed with all that
    is in it when ``opened`` is closed."""
    root = Path(tempfile.mkdtemp(prefix="rlog-check-", dir=within))
    opened.callback(shutil.rmtree, root, ignore_errors=True)
    return root


def appends(descriptor: int) -> bool:
    """Whether a file was opened to append."""
    return bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND)


def content_of(descriptor: int) -> bytes:
    """All bytes of an open file."""
    with open(f"/dev/fd/{descriptor}", "rb") as file:
        return file.read()


@contextlib.contextmanager
def directories_for(directory: Path, path: str) -> Iterator[Path]:
    """The real path, below directories that are made, and gone again if nothing comes of it."""
    there = directory / path[1:]
    there.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield there
    except OSError:
        prune(directory, path)
        raise


def prune(directory: Path, path: str) -> None:
    """Remove the directories above a path that are empty: a log doesn't hold them."""
    above = (directory / path[1:]).parent
    while above != directory:
        try:
            above.rmdir()
        except OSError:
            return
        above = above.parent
