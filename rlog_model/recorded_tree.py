"""What lies on disk, and whether it is what a recording has.

Rules
-----
* A file is what can be recorded: a regular file, all of whose links lie below the directory. A
  property has one.
* Empty directories don't count: no log has them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from attrs import frozen

from rlog_model.disk_and_log import CannotBeRecorded
from rlog_model.recording import PROPERTY_PATHS, Recording


@frozen
class Found:
    """A file that was there before the recording."""

    path: str
    """Its path in the log: the first, where it has several."""

    others: tuple[str, ...]
    """Its other paths, sorted."""


def found_below(directory: str | os.PathLike[str]) -> list[Found]:
    """The files below a directory.

    Raises:
        CannotBeRecorded: something there is no file that can be recorded.
    """
    root = os.path.abspath(directory)
    inodes: dict[tuple[int, int], list[str]] = {}
    links: dict[tuple[int, int], int] = {}
    for full in _all_below(root):
        there = os.lstat(full)
        if not stat.S_ISREG(there.st_mode):
            raise CannotBeRecorded("a symbolic link or device file instead", full)
        inode = (there.st_dev, there.st_ino)
        inodes.setdefault(inode, []).append(full[len(root.rstrip(os.sep)) :])
        links[inode] = there.st_nlink
    for inode, paths in inodes.items():
        if links[inode] != len(paths):
            raise CannotBeRecorded("a link outside of the directory", root + paths[0])
        if len(paths) > 1 and not PROPERTY_PATHS.isdisjoint(paths):
            raise CannotBeRecorded("a second link of a property", root + paths[0])
    return sorted((Found(min(p), tuple(sorted(p)[1:])) for p in inodes.values()), key=_path)


def _path(found: Found) -> str:
    return found.path


def _all_below(root: str) -> Iterator[str]:
    """Everything but directories."""
    unread = [root]
    while unread:
        with os.scandir(unread.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    unread.append(entry.path)
                else:
                    yield entry.path


def unlike(directory: str | os.PathLike[str], recording: Recording) -> list[str]:
    """Paths on disk that are not what the recording has: missing, strange, of another size, or
    linked otherwise. Sorted. Other content of the same size is not seen.

    Raises:
        CannotBeRecorded: something there is no file that can be recorded.
    """
    root = os.path.abspath(directory).rstrip(os.sep)
    on_disk = {
        (path, os.lstat(root + found.path).st_size, found.path)
        for found in found_below(directory)
        for path in (found.path, *found.others)
    }
    links = recording.fsm.links
    recorded = {
        (path, recording.books.sizes.get(fnode, -1), min(recording.fsm.live_nodes[fnode].links))
        for path, fnode in links.items()
    }
    recorded |= {(path, len(c), path) for path, c in recording.fsm.properties.items()}
    return sorted({path for path, _, _ in on_disk ^ recorded})
