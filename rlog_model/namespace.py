"""Names of files, and what POSIX answers to a call on them.

Rules
-----
* Directories are implied: one is there as long as a file lies below it, and whoever makes a file
  makes the directories above it. No directory is ever empty.
* What is refused, with which error and in which order of the checks, is what Linux does. It differs
  from the text of POSIX in one place: unlinking a directory is EISDIR, not EPERM.
* What POSIX leaves undefined is refused as EINVAL: truncating without writing, exclusive without
  create, neither reading nor writing. So is a path that is not clean.

The functions take anything that knows its files and directories: a ``FileTree``, a ``Recording``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.paths import by_bytes, is_clean, parents


class OpenFlags(enum.Flag):
    """How a file is opened: at least one of ``READ`` and ``WRITE``, and what else is wanted."""

    READ = enum.auto()
    WRITE = enum.auto()
    CREATE = enum.auto()
    """Make the file if there is none."""

    EXCLUSIVE = enum.auto()
    """With ``CREATE``: refuse a file that is there."""

    TRUNCATE = enum.auto()
    """With ``WRITE``: cut the file to nothing."""

    APPEND = enum.auto()
    """Every write goes to the end of the file, whatever its offset."""

    @property
    def defined(self) -> bool:
        """Whether POSIX says what these flags do. Spec: REC-2."""
        cls = OpenFlags
        if not self & (cls.READ | cls.WRITE):
            return False
        if cls.TRUNCATE in self and cls.WRITE not in self:
            return False
        return cls.EXCLUSIVE not in self or cls.CREATE in self


@frozen
class PosixError(Exception):
    """A call that POSIX refuses. Nothing was changed."""

    errno_name: str
    """``ENOENT``, ``EEXIST``, ...: a name in the module ``errno``."""

    path: str
    """What was refused: a path, or an open file as ``#`` and its number."""

    def __str__(self) -> str:
        return f"{self.errno_name}: {self.path}"


@frozen
class Directories:
    """The directories that paths imply. Adding a path, or taking one away, costs its depth."""

    entries: HashTrieMap[str, HashTrieMap[str, int]] = attrs.field(factory=HashTrieMap)
    """Directory (the root is empty text) -> name -> how often that name was added: as a file, as
    another file there, and once for all that lies below it."""

    @classmethod
    def of(cls, paths: Iterable[str]) -> Directories:
        """The directories above all of ``paths``."""
        directories = cls()
        for path in paths:
            directories = directories.add(path)
        return directories

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def add(self, path: str) -> Directories:
        """With a file at ``path``: absolute, with at least one name."""
        entries = self.entries
        while path:
            directory, _, name = path.rpartition("/")
            names = entries.get(directory)
            if names is not None:
                names = names.insert(name, names.get(name, 0) + 1)
                return Directories(entries.insert(directory, names))
            entries = entries.insert(directory, HashTrieMap({name: 1}))
            path = directory
        return Directories(entries)

    def remove(self, path: str) -> Directories:
        """Without a file at ``path``, which was added."""
        entries = self.entries
        while path:
            directory, _, name = path.rpartition("/")
            names = entries[directory]
            names = names.insert(name, names[name] - 1) if names[name] > 1 else names.remove(name)
            if names:
                return Directories(entries.insert(directory, names))
            entries = entries.remove(directory)
            path = directory
        return Directories(entries)

    def below(self, directory: str) -> Iterator[str]:
        """Every file below a directory, at any depth, in no order."""
        unread = [directory]
        while unread:
            above = unread.pop()
            for name in self.entries[above]:
                path = f"{above}/{name}"
                if path in self.entries:
                    unread.append(path)
                else:
                    yield path


class Names(Protocol):
    """What is asked about names: anything with files and directories."""

    @property
    def directories(self) -> Directories:
        """The directories above all files."""

    def file_at(self, path: str) -> object:
        """Which file is at ``path``, if one is: equal for two paths just if they are hard links of
        one file. ``None`` where there is none."""


def check_open(names: Names, path: str, flags: OpenFlags) -> None:
    """Accept the opening of a file, or of one that is to be made.

    Raises:
        PosixError: EINVAL, ENOTDIR, ENOENT, EEXIST, EISDIR (also a directory that is only read,
            which Linux allows: it is no file).

    Spec: REC-16.
    """
    if not flags.defined:
        raise PosixError("EINVAL", path)
    _walk(names, path)
    file = names.file_at(path)
    there = file is not None or path in names.directories
    if not there and OpenFlags.CREATE not in flags:
        raise PosixError("ENOENT", path)
    if there and OpenFlags.EXCLUSIVE in flags:
        raise PosixError("EEXIST", path)
    if there and file is None:
        raise PosixError("EISDIR", path)


def check_link(names: Names, source: str, target: str) -> None:
    """Accept a link of the file at ``source`` at ``target``.

    Raises:
        PosixError: EINVAL, ENOTDIR, ENOENT, EEXIST, EPERM (``source`` is a directory).

    Spec: REC-16.
    """
    _walk(names, source)
    file = names.file_at(source)
    if file is None and source not in names.directories:
        raise PosixError("ENOENT", source)
    _walk(names, target)
    if names.file_at(target) is not None or target in names.directories:
        raise PosixError("EEXIST", target)
    if file is None:
        raise PosixError("EPERM", source)


def check_file(names: Names, path: str) -> None:
    """Accept the path of a file, which is to be unlinked or truncated.

    Raises:
        PosixError: EINVAL, ENOTDIR, EISDIR, ENOENT.

    Spec: REC-16.
    """
    _walk(names, path)
    if names.file_at(path) is None:
        raise PosixError("EISDIR" if path in names.directories else "ENOENT", path)


def moves(names: Names, source: str, target: str) -> tuple[tuple[str, str], ...]:
    """Which files a rename moves, and where to: one for a file, all that lie below for a
    directory, in order of their paths. None, where source and target are one file.

    A file that is at ``target`` goes.

    Raises:
        PosixError: EINVAL (also a directory into itself), ENOTDIR (also a directory onto a file),
            ENOENT, ENOTEMPTY (onto a directory: none is empty), EISDIR (a file onto a directory).

    Spec: REC-7, REC-8, REC-16.
    """
    _walk(names, source)
    above = next(parents(source), None)
    if above is not None and above not in names.directories:
        raise PosixError("ENOENT", source)
    _walk(names, target)

    file, replaced = names.file_at(source), names.file_at(target)
    from_directory, onto_directory = source in names.directories, target in names.directories
    if file is None and not from_directory:
        raise PosixError("ENOENT", source)
    if target.startswith(source + "/"):
        raise PosixError("EINVAL", target)
    if source.startswith(target + "/"):
        raise PosixError("ENOTEMPTY", target)
    if source == target or (file is not None and file == replaced):
        return ()
    if from_directory and replaced is not None:
        raise PosixError("ENOTDIR", target)
    if onto_directory:
        raise PosixError("ENOTEMPTY" if from_directory else "EISDIR", target)
    if not from_directory:
        return ((source, target),)
    below = sorted(names.directories.below(source), key=by_bytes)
    return tuple((p, target + p[len(source) :]) for p in below)


def _walk(names: Names, path: str) -> None:
    """Go down to the directory of ``path``, which need not be there yet. Spec: REC-16."""
    if not is_clean(path):
        raise PosixError("EINVAL", path)
    for parent in parents(path):
        if parent in names.directories:
            return
        if names.file_at(parent) is not None:
            raise PosixError("ENOTDIR", path)
