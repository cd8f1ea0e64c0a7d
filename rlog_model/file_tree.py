"""The dumb tree: paths of inodes, inodes of bytes.

It is used in two ways, and one tree in one way only:

* as the *truth* about a simulated directory: ``create``, ``open``, ``write_at``, ``link`` and so on
  do to it what Linux does to a real one, and an error is the error of Linux (see ``namespace``);
* as what a *played log* comes to: ``apply`` does what an applied operation says, and no more. The
  inode of a file is its fnode. What comes of it can be a tree that no directory holds: see
  ``conflict``.

Rules
-----
* A file is there as long as it has a path, or is open. One that is open, but has no path any more,
  can be read and written, and is no part of a snapshot.
* Bytes between the end of a file and a write behind it are zero. A write of no bytes does nothing.
* A property is a small file which shares its bytes with no other path.
* Two trees are alike when their snapshots are equal: the same paths with the same content, the same
  groups of hard links. The numbers of inodes and open files do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.namespace import (
    Directories,
    OpenFlags,
    PosixError,
    check_file,
    check_link,
    check_open,
    moves,
)
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.paths import clash

_SHOWN: Final = 16
"""Bytes of content that a difference shows."""


@frozen
class Inode:
    """A file."""

    content: bytes = b""
    links: int = 0
    """Number of its paths."""

    opened: int = 0
    """How often it is open."""


@frozen
class OpenFile:
    """A file as it was opened."""

    inode: int
    flags: OpenFlags


@frozen
class Snapshot:
    """What can be seen of a tree: the form in which trees are compared."""

    files: tuple[tuple[str, bytes], ...] = ()
    """Paths, sorted, each with the content of its file."""

    same_file: tuple[tuple[str, ...], ...] = ()
    """Sorted groups of two paths or more, each sorted, which are hard links of one file."""

    @classmethod
    def of(
        cls, files: Iterable[tuple[str, bytes]], same_file: Iterable[Iterable[str]] = ()
    ) -> Snapshot:
        """The snapshot of files in any order; groups of less than two paths are left out."""
        groups = (tuple(sorted(group)) for group in same_file)
        return cls(tuple(sorted(files)), tuple(sorted(group for group in groups if group[1:])))


@frozen
class FileTree:
    """A tree of files. Immutable: every change gives another one."""

    links: HashTrieMap[str, int] = attrs.field(factory=HashTrieMap)
    """The inode that each path names."""

    inodes: HashTrieMap[int, Inode] = attrs.field(factory=HashTrieMap)
    properties: HashTrieMap[str, bytes] = attrs.field(factory=HashTrieMap)
    """Content of each property. None in a simulated directory, where all files are alike."""

    open_files: HashTrieMap[int, OpenFile] = attrs.field(factory=HashTrieMap)
    directories: Directories = attrs.field(factory=Directories)
    """The directories above all ``links``."""

    next_inode: int = 1
    next_open_file: int = 1

    @classmethod
    def of(cls, snapshot: Snapshot) -> FileTree:
        """A simulated directory that holds just what ``snapshot`` shows.

        Raises:
            ValueError: no directory can hold it.
        """
        if pair := clash(path for path, _ in snapshot.files):
            raise ValueError(f"no directory holds both {pair[0]!r} and {pair[1]!r}")
        tree = cls()
        first = {path: group[0] for group in snapshot.same_file for path in group}
        for path, content in snapshot.files:
            if (former := first.get(path, path)) in tree.links:
                tree = tree._linked(tree.links[former], path)
            else:
                tree = tree._created(tree.next_inode, path)
                tree = tree._filled(tree.links[path], content)
        return tree

    # A simulated directory

    def file_at(self, path: str) -> int | None:
        """The inode at ``path``; none if there is no file."""
        return self.links.get(path)

    def content(self, file: str | int) -> bytes:
        """All bytes of a file: at a path, or open.

        Raises:
            PosixError: there is none.
        """
        return self.inodes[self._inode(file)].content

    def create(self, path: str) -> tuple[FileTree, int]:
        """Open the file at ``path`` for writing: a new one, or the one there, cut to nothing.

        Raises:
            PosixError: as ``open``.
        """
        return self.open(path, OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE)

    def open(self, path: str, flags: OpenFlags) -> tuple[FileTree, int]:
        """Open a file: the tree, and the number of the open file, which stays the same when the
        file is renamed or unlinked.

        A directory can't be opened, not even to be read.

        Raises:
            PosixError: EINVAL (also flags that mean nothing), ENOENT, ENOTDIR, EEXIST, EISDIR.
        """
        check_open(self, path, flags)
        inode, tree = self.links.get(path), self
        if inode is None:
            inode = self.next_inode
            tree = self._created(inode, path)
        elif OpenFlags.TRUNCATE in flags:
            tree = self._filled(inode, b"")

        number, file = self.next_open_file, tree.inodes[inode]
        opened = attrs.evolve(file, opened=file.opened + 1)
        return attrs.evolve(
            tree,
            inodes=tree.inodes.insert(inode, opened),
            open_files=tree.open_files.insert(number, OpenFile(inode, flags)),
            next_open_file=number + 1,
        ), number

    def close(self, number: int) -> FileTree:
        """Close an open file. If it has no path, it is gone when it is open nowhere.

        Raises:
            PosixError: EBADF.
        """
        inode = self._inode(number)
        file = self.inodes[inode]
        tree = attrs.evolve(self, open_files=self.open_files.remove(number))
        return tree._kept(inode, attrs.evolve(file, opened=file.opened - 1))

    def write_at(self, number: int, data: bytes, offset: int) -> FileTree:
        """Write to an open file at ``offset``; at its end, if it was opened to append.

        Raises:
            PosixError: EINVAL (the offset is negative), EBADF (also if not opened for writing).
        """
        if offset < 0:
            raise PosixError("EINVAL", f"#{number}")
        inode = self._inode(number)
        flags = self.open_files[number].flags
        if OpenFlags.WRITE not in flags:
            raise PosixError("EBADF", f"#{number}")
        content = self.inodes[inode].content
        return self._filled(
            inode, written(content, data, len(content) if OpenFlags.APPEND in flags else offset)
        )

    def truncate(self, file: str | int, size: int) -> FileTree:
        """Cut a file, at a path or open, to ``size`` bytes, or extend it to that with zeros.

        Raises:
            PosixError: EINVAL (a negative size, a file that is not open for writing), EBADF,
                ENOENT, ENOTDIR, EISDIR.
        """
        if size < 0:
            raise PosixError("EINVAL", file if isinstance(file, str) else f"#{file}")
        inode = self._inode(file)
        if isinstance(file, int) and OpenFlags.WRITE not in self.open_files[file].flags:
            raise PosixError("EINVAL", f"#{file}")
        return self._filled(inode, self.inodes[inode].content[:size].ljust(size, b"\0"))

    def link(self, source: str, target: str) -> FileTree:
        """Give the file at ``source`` another path.

        Raises:
            PosixError: EINVAL, ENOENT, ENOTDIR, EEXIST, EPERM (a directory).
        """
        check_link(self, source, target)
        return self._linked(self.links[source], target)

    def unlink(self, path: str) -> FileTree:
        """Take a path from its file.

        Raises:
            PosixError: EINVAL, ENOENT, ENOTDIR, EISDIR.
        """
        check_file(self, path)
        return self._unlinked(path)

    def rename(self, source: str, target: str) -> FileTree:
        """Move a file or a directory. A file at ``target`` is replaced.

        Raises:
            PosixError: EINVAL (also a directory into itself), ENOENT, ENOTDIR, EISDIR, ENOTEMPTY.
        """
        tree = self
        for former, path in moves(self, source, target):
            if path in tree.links:
                tree = tree._unlinked(path)
            tree = tree._linked(tree.links[former], path)._unlinked(former)
        return tree

    # A played log

    def apply(self, op: RecordedOp, raw: bytes = b"") -> FileTree:
        """The tree behind an operation that an FSM has applied; ``raw`` are the bytes of a write.

        Raises:
            ValueError: ``raw`` is not as long as the operation says.
            PosixError: EINVAL, for a write at a negative offset, which no file has.
        """
        match op.change:
            case Create(path):
                return self._created(op.seq_no, path)
            case Link(fnode, path):
                return self._linked(fnode, path)
            case Unlink(_, path):
                return self._unlinked(path)
            case Write(fnode, offset, length):
                if len(raw) != max(length, 0):
                    raise ValueError(f"a write of {length} bytes came with {len(raw)}")
                if offset < 0:
                    raise PosixError("EINVAL", f"#{fnode}")
                return self._filled(fnode, written(self.inodes[fnode].content, raw, offset))
            case Property(path, content):
                return attrs.evolve(self, properties=self.properties.insert(path, content))
        return self

    def conflict(self) -> tuple[str, str] | None:
        """Two paths that no directory can hold both, the upper one first, if there are any.

        They are equal where a property and a file are at one path.
        """
        return clash(sorted([*self.links, *self.properties]))

    # Both

    def snapshot(self) -> Snapshot:
        """What can be seen of the tree."""
        groups: dict[int, list[str]] = {}
        for path, inode in self.links.items():
            groups.setdefault(inode, []).append(path)
        files = [(path, self.inodes[inode].content) for path, inode in self.links.items()]
        return Snapshot.of([*files, *self.properties.items()], groups.values())

    def _inode(self, file: str | int) -> int:
        if isinstance(file, str):
            check_file(self, file)
            return self.links[file]
        if file not in self.open_files:
            raise PosixError("EBADF", f"#{file}")
        return self.open_files[file].inode

    def _created(self, inode: int, path: str) -> FileTree:
        tree = attrs.evolve(
            self,
            inodes=self.inodes.insert(inode, Inode()),
            next_inode=max(self.next_inode, inode + 1),
        )
        return tree._linked(inode, path)

    def _linked(self, inode: int, path: str) -> FileTree:
        file = self.inodes[inode]
        return attrs.evolve(
            self,
            links=self.links.insert(path, inode),
            inodes=self.inodes.insert(inode, attrs.evolve(file, links=file.links + 1)),
            directories=self.directories.add(path),
        )

    def _unlinked(self, path: str) -> FileTree:
        inode = self.links[path]
        file = self.inodes[inode]
        tree = attrs.evolve(
            self, links=self.links.remove(path), directories=self.directories.remove(path)
        )
        return tree._kept(inode, attrs.evolve(file, links=file.links - 1))

    def _kept(self, inode: int, file: Inode) -> FileTree:
        """With the file, unless nothing leads to it."""
        there = file.links or file.opened
        inodes = self.inodes.insert(inode, file) if there else self.inodes.remove(inode)
        return attrs.evolve(self, inodes=inodes)

    def _filled(self, inode: int, content: bytes) -> FileTree:
        file = attrs.evolve(self.inodes[inode], content=content)
        return attrs.evolve(self, inodes=self.inodes.insert(inode, file))


def difference(expected: Snapshot, actual: Snapshot) -> str:
    """How two trees differ, a line a path, to be read by a person. Empty if they are alike."""
    one, other = dict(expected.files), dict(actual.files)
    lines = []
    for path in sorted(one.keys() | other.keys()):
        if path not in other:
            lines.append(f"{path!r}: missing ({len(one[path])} bytes expected)")
        elif path not in one:
            lines.append(f"{path!r}: not expected ({len(other[path])} bytes)")
        elif one[path] != other[path]:
            lines.append(f"{path!r}: {_content_difference(one[path], other[path])}")
    for groups, against, text in (
        (expected.same_file, actual.same_file, "not hard links of one file"),
        (actual.same_file, expected.same_file, "hard links of one file, which is not expected"),
    ):
        lines += [f"{' '.join(map(repr, g))}: {text}" for g in groups if g not in against]
    return "\n".join(lines)


def _content_difference(expected: bytes, actual: bytes) -> str:
    pairs = enumerate(zip(expected, actual, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(expected), len(actual)))
    one, other = (content[at : at + _SHOWN].hex() or "the end" for content in (expected, actual))
    return (
        f"{len(expected)} bytes expected, {len(actual)} bytes there; from byte {at} on "
        f"expected {one}, actually got {other}"
    )


def written(content: bytes, data: bytes, offset: int) -> bytes:
    """The content of a file once ``data`` was written at ``offset``: zeros fill a gap."""
    if not data:
        return content
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data) :]
