"""Where a player builds files before they are a directory that anyone may use.

Rules
-----
* Files are built by fnode in a hidden directory of their own, beside the target: on the same
  filesystem, under a name that no played path can reach.
* The target appears at once, whole, by one rename. Before that there is none, or the empty one
  that was there. A player that fails removes what it built; one that is killed leaves only the
  hidden directory (``.NAME.rlog-...``), which nothing takes for the target.
* A *durable* target survives a loss of power whole, if it was there at all. A directory that it
  replaces gives it its mode and owner.
* Modes are not recorded: files and directories have those that the process gives to new ones.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model.fsm import FSM
from rlog_model.identity import Fnode
from rlog_model.play_messages import CreateFile, FileAction, RemoveFile, WriteFile

OPEN_FILES: Final = 64
"""Files that are held open at a time, at most."""

_HIDDEN_NAME: Final = 50
"""Characters of the target's name in that of the hidden directory, at most: a target may have as
long a name as its filesystem allows."""


@frozen
class TargetNotEmpty(Exception):
    """The directory to play into exists and is not an empty directory."""

    target: str

    def __str__(self) -> str:
        return (
            f"{self.target} exists and is no empty directory: a log is played into a new directory,"
            " so that nothing else can be among its files"
        )


@frozen
class StagingFailed(Exception):
    """The filesystem refused something that a play needs."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"can't build the files of the log: {self.path}: {self.reason}"

    @classmethod
    def of(cls, error: OSError, path: Path) -> StagingFailed:
        return cls(str(path), error.strerror or str(error))


class Staging:
    """The files of a play, until it is complete.

    Raises:
        TargetNotEmpty: the target is there, and not an empty directory.
        StagingFailed: the target's parent is missing or can't be written.
    """

    def __init__(self, target: str | os.PathLike[str], *, durable: bool = True) -> None:
        self.target = Path(os.path.abspath(target))
        self._durable = durable
        self._open: OrderedDict[Fnode, int] = OrderedDict()
        try:
            if os.path.lexists(self.target) and not _is_empty_directory(self.target):
                raise TargetNotEmpty(str(self.target))
            if os.path.ismount(self.target):
                raise StagingFailed(str(self.target), "it is a mount point: play below it")
            prefix = f".{self.target.name[:_HIDDEN_NAME]}.rlog-"
            self._hidden = Path(tempfile.mkdtemp(prefix=prefix, dir=self.target.parent))
        except OSError as error:
            raise StagingFailed.of(error, self.target.parent) from error
        self._nodes = self._hidden / "nodes"
        try:
            self._nodes.mkdir()
        except BaseException as error:
            self.abandon()
            if isinstance(error, OSError):
                raise StagingFailed.of(error, self._nodes) from error
            raise

    def act(self, action: FileAction) -> None:
        """Do to the files what the player decided.

        Raises:
            StagingFailed: the filesystem refused it.

        Spec: PLAY-12.
        """
        try:
            match action:
                case CreateFile():
                    self._descriptor(action.fnode, os.O_CREAT | os.O_EXCL)
                case WriteFile(fnode, offset, content):
                    _write_at(self._descriptor(fnode), content, offset)
                case RemoveFile(fnode):
                    self._close(fnode)
                    self._node(fnode).unlink()
        except (OSError, OverflowError) as error:
            if isinstance(error, OverflowError):
                error = OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            raise StagingFailed.of(error, self._node(action.fnode)) from error

    def finish(self, fsm: FSM) -> None:
        """Make the target of the files that are left, linked as ``fsm`` says, and its properties.

        The player has checked that a directory can hold them.

        Raises:
            StagingFailed: the filesystem refused it, as for a name that is too long.

        Spec: PLAY-12, PLAY-15.
        """
        tree = self._hidden / "tree"
        where = self.target
        try:
            self._close_all()
            tree.mkdir()
            for path, fnode in sorted(fsm.links.items()):
                where = self.target / path.lstrip("/")
                os.link(self._node(fnode), _place(tree, path))
            for path, content in sorted(fsm.properties.items()):
                where = self.target / path.lstrip("/")
                with _place(tree, path).open("xb") as file:
                    file.write(content)
            where = self.target
            shutil.rmtree(self._nodes)
            if self.target.exists():
                _be_like(tree, self.target)
            if self._durable:
                _make_durable(tree)
            tree.rename(self.target)
            if self._durable:
                _sync(self.target.parent)
        except OSError as error:
            raise StagingFailed.of(error, where) from error
        self.abandon()

    def abandon(self) -> None:
        """Remove everything that was built, and isn't the target."""
        self._close_all()
        shutil.rmtree(self._hidden, ignore_errors=True)

    def _node(self, fnode: Fnode) -> Path:
        return self._nodes / str(fnode)

    def _descriptor(self, fnode: Fnode, flags: int = 0) -> int:
        descriptor = self._open.get(fnode)
        if descriptor is None:
            if len(self._open) >= OPEN_FILES:
                _, oldest = self._open.popitem(last=False)
                os.close(oldest)
            descriptor = os.open(self._node(fnode), os.O_WRONLY | flags, 0o644)
            self._open[fnode] = descriptor
        self._open.move_to_end(fnode)
        return descriptor

    def _close(self, fnode: Fnode) -> None:
        descriptor = self._open.pop(fnode, None)
        if descriptor is not None:
            os.close(descriptor)

    def _close_all(self) -> None:
        for fnode in list(self._open):
            self._close(fnode)


def _is_empty_directory(path: Path) -> bool:
    return not path.is_symlink() and path.is_dir() and not any(path.iterdir())


def _place(tree: Path, path: str) -> Path:
    """Where a file of a played path is to be made: in a directory that is there."""
    place = tree / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _write_at(descriptor: int, content: bytes, offset: int) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(descriptor, rest, offset)
        rest = rest[written:]
        offset += written


def _be_like(tree: Path, target: Path) -> None:
    """Give the tree the mode and, where that is allowed, the owner of what it replaces."""
    shutil.copystat(target, tree)
    there = target.stat()
    with contextlib.suppress(PermissionError):
        os.chown(tree, there.st_uid, there.st_gid)


def _make_durable(tree: Path) -> None:
    """Write everything below, and what names it, to the disk."""
    for above, _, files in os.walk(tree):
        for name in files:
            _sync(Path(above, name))
        _sync(Path(above))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
