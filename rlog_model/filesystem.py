"""A filesystem that records: fsspec's interface over a recorded directory.

Rules
-----
* Paths are those of the log, absolute below the directory: ``/a/b``, also written ``a/b``. ``..``
  is refused.
* It is no ``LocalFileSystem``: what that does itself, or will do in some version to come, would
  pass the recorder by. Here a call that is not recorded does not exist.
* A file that is open for writing has a buffer: what is in it has not happened yet. ``flush`` makes
  it happen; ``sync`` waits until what has happened is durable in the log.
* ``mv`` is a rename, of a file or of a directory.
* What else is refused, and how: see ``recorded_directory``. fsspec's transactions are refused, too.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import posixpath
import shutil
import stat
from concurrent.futures import Future
from typing import Any, NoReturn

from fsspec.spec import AbstractFileSystem

from rlog_model.hints import FSMHints
from rlog_model.journal.protocol import Appended
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_file import AnyFile, buffered, flags_of
from rlog_model.recorder import Recorder
from rlog_model.recording_refused import Reason, RecordingRefused

_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}


class RecordingFileSystem(AbstractFileSystem):
    """The directory of a recorder, to be changed by fsspec's calls."""

    protocol = "recorded"
    root_marker = "/"
    # Two filesystems over one directory would be two writers of one log.
    cachable = False

    def __init__(self, recorder: Recorder | RecordedDirectory) -> None:
        """``recorder`` records nothing from elsewhere from now on; its user closes it."""
        super().__init__()
        if isinstance(recorder, Recorder):
            recorder = RecordedDirectory(recorder)
        self.directory = recorder
        self.recorder = recorder.recorder

    def __reduce__(self) -> NoReturn:
        raise TypeError("a recorder is in one process: its filesystem can't be pickled")

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(one) for one in path]
        text = os.fsdecode(path).removeprefix(f"{cls.protocol}://")
        names = [
            name for name in os.fsdecode(os.fsencode(text)).split("/") if name not in ("", ".")
        ]
        if ".." in names:
            raise RecordingRefused(Reason.NO_PATH, text)
        return "/" + "/".join(names)

    def sync(self, timeout: float | None = None) -> Appended:
        """Wait until all that has happened so far is durable in the log."""
        return self.directory.sync(timeout)

    def landed(self) -> Future[Appended]:
        """Resolved when all that has happened so far is durable in the log."""
        return self.recorder.barrier()

    def build_hints(self, timeout: float | None = None) -> FSMHints:
        """Hints which lead to the files as they are now: ``Recorder.build_hints``."""
        return self.recorder.build_hints(timeout)

    # What changes nothing

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        path = self._strip_protocol(path)
        return _info(path, os.lstat(self._full(path)))

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        path = self._strip_protocol(path)
        found = self.info(path)
        if found["type"] == "directory":
            with os.scandir(self._full(path)) as entries:
                names = sorted(entry.name for entry in entries)
            infos = [self.info(posixpath.join(path, name)) for name in names]
        else:
            infos = [found]
        return infos if detail else [info["name"] for info in infos]

    def exists(self, path: str, **kwargs: Any) -> bool:
        return os.path.exists(self._full(self._strip_protocol(path)))

    def lexists(self, path: str, **kwargs: Any) -> bool:
        return os.path.lexists(self._full(self._strip_protocol(path)))

    def created(self, path: str) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.info(path)["created"], datetime.UTC)

    def modified(self, path: str) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.info(path)["mtime"], datetime.UTC)

    # What is recorded

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | str | None = None,
        autocommit: bool = True,
        cache_options: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> AnyFile:
        if not autocommit:
            raise NotImplementedError("a log has no transactions: write elsewhere, then rename")
        file = self.directory.open(path, flags_of(mode))
        return buffered(file, block_size if isinstance(block_size, int) else -1)

    def mkdir(self, path: str, create_parents: bool = True, **kwargs: Any) -> None:
        path = self._strip_protocol(path)
        if create_parents:
            self.makedirs(posixpath.dirname(path), exist_ok=True)
        self.directory.mkdir(path)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        path = self._strip_protocol(path)
        if path == "/" or (exist_ok and self.isdir(path)):
            return
        self.makedirs(posixpath.dirname(path), exist_ok=True)
        try:
            self.directory.mkdir(path)
        except FileExistsError:
            if not exist_ok or not self.isdir(path):
                raise

    def rmdir(self, path: str) -> None:
        self.directory.rmdir(self._strip_protocol(path))

    def rm_file(self, path: str) -> None:
        self.directory.unlink(self._strip_protocol(path))

    _rm = rm_file

    def rm(self, path: Any, recursive: bool = False, maxdepth: int | None = None) -> None:
        """Remove files; with ``recursive`` also directories, with all that is below them."""
        paths = [path] if isinstance(path, (str, os.PathLike)) else path
        for one in map(self._strip_protocol, paths):
            if self.info(one)["type"] != "directory":
                self.directory.unlink(one)
                continue
            if not recursive or maxdepth is not None:
                raise IsADirectoryError(f"{one} is a directory: remove it with recursive=True")
            self.rm(self.ls(one, detail=False), recursive=True)
            if one != "/":
                self.directory.rmdir(one)

    def mv(self, path1: str, path2: str, *args: Any, **kwargs: Any) -> None:
        """Rename a file or a directory, over what is at ``path2``."""
        self.directory.rename(self._strip_protocol(path1), self._strip_protocol(path2))

    def link(self, src: str, dst: str) -> None:
        """Give a file one more link."""
        self.directory.link(self._strip_protocol(src), self._strip_protocol(dst))

    def symlink(self, src: str, dst: str) -> NoReturn:
        """Refused: no operation of a log can express it."""
        self.directory.refuse("a symbolic link", self._strip_protocol(dst))

    def cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        if self.isdir(path1):
            self.makedirs(path2, exist_ok=True)
            return
        with contextlib.suppress(FileNotFoundError):
            # By another link, too: opening the target would cut the source to nothing.
            if os.path.samefile(*(self._full(self._strip_protocol(p)) for p in (path1, path2))):
                raise shutil.SameFileError(f"{path1} and {path2} are one file")
        with self.open(path1, "rb") as source, self.open(path2, "wb") as target:
            shutil.copyfileobj(source, target)

    def touch(self, path: str, truncate: bool = True, **kwargs: Any) -> None:
        """Make an empty file; one that is there is cut to nothing, or only has its times set."""
        if truncate or not self.exists(path):
            self.open(path, "wb").close()
        else:
            os.utime(self._full(self._strip_protocol(path)))

    def _full(self, path: str) -> str:
        return self.directory.full(path)


def _info(path: str, found: os.stat_result) -> dict[str, Any]:
    return {
        "name": path,
        "size": found.st_size,
        "type": _KINDS.get(stat.S_IFMT(found.st_mode), "other"),
        "created": found.st_ctime,
        "mtime": found.st_mtime,
        "mode": found.st_mode,
        "ino": found.st_ino,
        "nlink": found.st_nlink,
    }
