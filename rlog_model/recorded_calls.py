"""Python's functions for files, as they are where a directory is recorded.

Rules
-----
* Each has the arguments of the function that it stands for. Paths that don't lead below the
  directory, and calls that the recorded directory makes itself, go to that function.
* A path relative to an open directory (``dir_fd``) is found by ``/proc``.
* A file that only reads is not recorded, and is opened as ever.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import weakref
from collections.abc import Callable, Iterable
from typing import Any, Final

from rlog_model.namespace import OpenFlags
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_file import RecordedFile, buffered, flags_of
from rlog_model.recorder import open_flags, os_flags

_SYNCHRONOUS: Final = os.O_SYNC | os.O_DSYNC
_UNNAMED: Final = getattr(os, "O_TMPFILE", 0)


class Calls:
    """The functions, for one directory."""

    def __init__(self, directory: RecordedDirectory) -> None:
        self._directory = directory
        self._is_acting = directory.disk_and_log.is_acting
        self._real: dict[str, Callable[..., Any]] = {n: getattr(os, n) for n in dir(os)}
        self._open = io.open
        self._descriptors: dict[int, RecordedFile] = {}
        """Files that the program has by their descriptors alone."""

        self._synchronous: set[int] = set()
        self._directories: set[int] = set()
        """Descriptors of directories, which a program has in order to sync them."""

        self._files: weakref.WeakValueDictionary[int, RecordedFile] = weakref.WeakValueDictionary()
        """All files that are open to write, by the descriptors that they show."""

        self.buffers: weakref.WeakSet[Any] = weakref.WeakSet()
        """What ``open`` gave: files with a buffer, or without."""

    def of_os(self) -> dict[str, Callable[..., object]]:
        """What stands for the functions of ``os``."""
        one_path = {
            "unlink": self._directory.unlink,
            "remove": self._directory.unlink,
            "rmdir": self._directory.rmdir,
            "mkdir": self._directory.mkdir,
        }
        two_paths = {
            "rename": self._directory.rename,
            "replace": self._directory.rename,
            "link": self._directory.link,
        }
        refused = {"symlink": 1, "mkfifo": 0, "mknod": 0}
        own = (
            self.open,
            self.close,
            self.closerange,
            self.write,
            self.writev,
            self.pwrite,
            self.pwritev,
            self.ftruncate,
            self.truncate,
            self.fsync,
            self.fdatasync,
            self.sync,
        )
        return {
            **{name: self._of_one_path(name, call) for name, call in one_path.items()},
            **{name: self._of_two_paths(name, call) for name, call in two_paths.items()},
            **{name: self._refused(name, where) for name, where in refused.items()},
            **{call.__name__: call for call in own},
        }

    def open_file(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Callable[[Any, int], int] | None = None,
    ) -> Any:
        """``open``"""
        given = (mode, buffering, encoding, errors, newline, closefd)
        if self._is_acting() or not isinstance(mode, str):
            return self._open(file, *given, opener)
        raw = self._opened(file, mode, closefd, opener)
        if not isinstance(raw, RecordedFile):
            return self._open(file, *given, opener if raw is None else lambda *_: raw)
        try:
            wrapped = _wrapped(raw, *given[:-1])
            self.buffers.add(wrapped)
            return wrapped
        except BaseException:
            raw.close()
            raise

    def _opened(
        self, file: Any, mode: str, closefd: bool, opener: Callable[[Any, int], int] | None
    ) -> RecordedFile | int | None:
        """A recorded file; or what ``opener`` opened; or nothing, where Python is to open it."""
        flags = flags_of(mode)
        if isinstance(file, int):
            recorded = self._recorded(file)
            if recorded is None or not closefd:
                return None
            self._descriptors.pop(file, None)
            return recorded
        if opener is not None:
            descriptor = opener(file, _system_flags(flags))
            recorded = self._recorded(descriptor)
            self._descriptors.pop(descriptor, None)
            return descriptor if recorded is None else recorded
        path = self._directory.below(file, follow=True)
        if path is None or OpenFlags.WRITE not in flags:
            return None
        return self._keep(self._directory.open(path, flags))

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        """``os.open``"""
        below = None if self._is_acting() else self._below(path, dir_fd, follow=True)
        if below is None:
            return int(self._real["open"](path, flags, mode, dir_fd=dir_fd))
        if _UNNAMED and flags & _UNNAMED == _UNNAMED:
            # As a filesystem answers that has no such files: Python then makes one with a name.
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), path)
        named = open_flags(flags)
        if named == OpenFlags.READ:
            descriptor = int(self._real["open"](path, flags, mode, dir_fd=dir_fd))
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                self._directories.add(descriptor)
            return descriptor
        file = self._keep(self._directory.open(below, named, mode))
        self._descriptors[file.fileno()] = file
        if flags & _SYNCHRONOUS:
            self._synchronous.add(file.fileno())
        return file.fileno()

    def close(self, fd: int) -> None:
        """``os.close``"""
        file = self._recorded(fd)
        self._descriptors.pop(fd, None)
        self._synchronous.discard(fd)
        self._directories.discard(fd)
        if file is None:
            self._real["close"](fd)
        else:
            file.close()

    def closerange(self, fd_low: int, fd_high: int, /) -> None:
        """``os.closerange``"""
        for fd in [fd for fd in (*self._files, *self._directories) if fd_low <= fd < fd_high]:
            self.close(fd)
        self._real["closerange"](fd_low, fd_high)

    def write(self, fd: int, data: Any, /) -> int:
        """``os.write``"""
        file = self._recorded(fd)
        if file is None:
            return int(self._real["write"](fd, data))
        return self._landed(fd, _bad_descriptor(file.write, data))

    def writev(self, fd: int, buffers: Iterable[Any], /) -> int:
        """``os.writev``"""
        return self.write(fd, b"".join(buffers))

    def pwrite(self, fd: int, data: Any, offset: int, /) -> int:
        """``os.pwrite``"""
        file = None if self._is_acting() else self._recorded(fd)
        if file is None:
            return int(self._real["pwrite"](fd, data, offset))
        return self._landed(fd, _bad_descriptor(file.write_at, data, offset))

    def pwritev(self, fd: int, buffers: Iterable[Any], offset: int, flags: int = 0, /) -> int:
        """``os.pwritev``"""
        return self.pwrite(fd, b"".join(buffers), offset)

    def ftruncate(self, fd: int, length: int) -> None:
        """``os.ftruncate``"""
        file = None if self._is_acting() else self._recorded(fd)
        if file is None:
            self._real["ftruncate"](fd, length)
        else:
            _bad_descriptor(file.truncate, length)

    def truncate(self, path: Any, length: int) -> None:
        """``os.truncate``"""
        if isinstance(path, int):
            self.ftruncate(path, length)
            return
        below = None if self._is_acting() else self._directory.below(path, follow=True)
        if below is None:
            self._real["truncate"](path, length)
        else:
            self._directory.truncate(below, length)

    def fsync(self, fd: Any) -> None:
        """``os.fsync``"""
        self._real["fsync"](fd)
        self._sync(fd)

    def fdatasync(self, fd: Any) -> None:
        """``os.fdatasync``"""
        self._real["fdatasync"](fd)
        self._sync(fd)

    def sync(self) -> None:
        """``os.sync``"""
        self._real["sync"]()
        self._directory.sync()

    def _sync(self, fd: Any) -> None:
        number = fd if isinstance(fd, int) else fd.fileno()
        if self._recorded(number) is not None or number in self._directories:
            self._directory.sync()

    def _landed(self, fd: int, written: int) -> int:
        if fd in self._synchronous:
            self._directory.sync()
        return written

    def _keep(self, file: RecordedFile) -> RecordedFile:
        self._files[file.fileno()] = file
        return file

    def _recorded(self, fd: int) -> RecordedFile | None:
        file = self._files.get(fd)
        return None if file is None or file.closed else file

    def _below(self, path: Any, dir_fd: int | None, follow: bool = False) -> str | None:
        if isinstance(path, int):
            return None
        if dir_fd is not None and not os.path.isabs(path):
            path = os.path.join(os.readlink(f"/proc/self/fd/{dir_fd}"), os.fsdecode(path))
        return self._directory.below(path, follow=follow)

    def _of_one_path(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        real = self._real[name]

        def routed(path: Any, *args: Any, dir_fd: int | None = None, **kwargs: Any) -> object:
            below = None if self._is_acting() else self._below(path, dir_fd)
            if below is None:
                return real(path, *args, dir_fd=dir_fd, **kwargs)
            call(below, *args, **kwargs)
            return None

        return routed

    def _of_two_paths(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        real = self._real[name]

        def routed(
            src: Any,
            dst: Any,
            *,
            src_dir_fd: int | None = None,
            dst_dir_fd: int | None = None,
            **kwargs: Any,
        ) -> object:
            source = target = None
            if not self._is_acting():
                source, target = self._below(src, src_dir_fd), self._below(dst, dst_dir_fd)
            if source is None and target is None:
                return real(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd, **kwargs)
            if source is None or target is None:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), src, None, dst)
            call(source, target)
            return None

        return routed

    def _refused(self, name: str, where: int) -> Callable[..., object]:
        """``where``: which argument is the new path."""
        real = self._real[name]

        def routed(*args: Any, dir_fd: int | None = None, **kwargs: Any) -> object:
            path = args[where] if len(args) > where else kwargs["dst" if where else "path"]
            below = self._below(path, dir_fd)
            if below is not None:
                self._directory.refuse(f"os.{name}", below)
            return real(*args, dir_fd=dir_fd, **kwargs)

        return routed


def _bad_descriptor(call: Callable[..., int], *args: Any) -> int:
    """What the system says of a file that was opened for something else."""
    try:
        return call(*args)
    except io.UnsupportedOperation as error:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF)) from error


def _system_flags(flags: OpenFlags) -> int:
    return os_flags(flags) | os.O_CLOEXEC


def _wrapped(
    raw: RecordedFile,
    mode: str,
    buffering: int,
    encoding: str | None,
    errors: str | None,
    newline: str | None,
) -> Any:
    """A file as ``open`` gives it."""
    if "b" in mode:
        if encoding is not None or errors is not None or newline is not None:
            raise ValueError("binary mode doesn't take an encoding, errors or newline argument")
        return buffered(raw, buffering)
    if buffering == 0:
        raise ValueError("can't have unbuffered text I/O")
    binary: Any = buffered(raw, -1 if buffering == 1 else buffering)
    text = io.TextIOWrapper(
        binary, io.text_encoding(encoding), errors, newline, line_buffering=buffering == 1
    )
    text.mode = mode  # type: ignore[misc]  # as open does it
    return text
