"""Paths of recorded files.

Rules
-----
* A path is absolute below the recorded directory and clean: it begins with ``/``, and its names,
  separated by single slashes, are none of: empty, ``.``, ``..``, or one that holds a NUL.
* Two paths *clash* when no directory can hold both as files: they are the same, or one lies below
  the other.
* Where an order of paths can be seen, it is that of their bytes.
* A path comes from a log, which anyone may have written. *Shown*, it holds no character that a
  terminal would obey, or that text can't hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def is_clean(path: str) -> bool:
    """Whether a file can be at ``path``. Spec: REC-1, PLAY-9."""
    root, _, below = path.partition("/")
    names = below.split("/")
    return not root and all(n not in ("", ".", "..") and "\0" not in n for n in names)


def by_bytes(path: str) -> bytes:
    """What paths are sorted by: text sorts in the same way, but for bytes that are no UTF-8."""
    return path.encode("utf-8", "surrogateescape")


def parents(path: str) -> Iterator[str]:
    """The directories above a path, from the nearest on, without the root."""
    # A path that is not clean may have no slash at all: who offers it must not make anyone hang.
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path


def clash(paths: Iterable[str]) -> tuple[str, str] | None:
    """Two of ``paths`` that clash, the upper one first, if any do. Spec: PLAY-9, TRN-11."""
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            return path, path
        seen.add(path)
    for path in sorted(seen):
        for parent in parents(path):
            if parent in seen:
                return parent, path
    return None


def shown(path: str) -> str:
    """A path as it can be printed: what is not printable stands as an escape."""
    return "".join(c if c.isprintable() else _escape(c) for c in path)


def _escape(character: str) -> str:
    if 0xDC80 <= ord(character) <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return repr(character)[1:-1]
