"""Known divergences: where an implementation is known to differ, and how.

Rules
-----
* A file of them belongs to one implementation: ``known.schema.json`` says how it looks.
* An entry names vectors, by id or by a pattern with ``*``, and has a *signature*: the kind of the
  step that differs (``snapshot`` for the snapshot), the member, and what was seen. The step's index
  and what was seen may be left out, which is any.
* Listed vectors are still run. One that passes, or fails in another way than its entry says, fails
  the run; so does an entry that no vector of the run matches. What is mended must leave the list.
* An entry with ``versions`` (a pattern) counts for those of the implementation only.
* A random scenario that fails with the signature of an entry has found nothing new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from rlog_model.conformance.suite.difference import Difference

KNOWN_VERSION: Final = 1
"""The version of the format that this module reads."""

ANY: Final = "(any)"
"""Stands for any value that was seen."""

SNAPSHOT: Final = "snapshot"
"""Stands for the kind of a step, where the snapshot differs."""


def matches(text: str, pattern: str) -> bool:
    """Whether a text is as a pattern, in which ``*`` stands for any characters, and all else for
    itself."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


@frozen
class Entry:
    """One known divergence."""

    vectors: str
    """The id of a vector, or a pattern of ids."""

    do: str
    """The kind of the step at which it shows, or ``snapshot``."""

    field: str
    """The member that differs: a pattern, as a snapshot's lists have indices."""

    reason: str
    """Why, for people."""

    link: str = ""
    """Where more is said about it."""

    step: int | None = None
    """Index of the step; none for any."""

    seen: Any = ANY
    """The value that is seen instead of what is expected."""

    versions: str = "*"
    """Versions of the implementation which have it, as a pattern."""

    def names(self, vector: str) -> bool:
        """Whether it is about a vector."""
        return matches(vector, self.vectors)

    def explains(self, difference: Difference, do: str) -> bool:
        """Whether a difference, at a step of a kind, is this one."""
        return (
            self.do == do
            and matches(difference.field, self.field)
            and self.step in (None, difference.step)
            and self.seen in (ANY, difference.actual)
        )


@frozen
class Known:
    """The known divergences of an implementation."""

    implementation: str = ""
    entries: tuple[Entry, ...] = ()

    def of_version(self, version: str) -> Known:
        """Those of a version of it."""
        entries = [entry for entry in self.entries if matches(version, entry.versions)]
        return Known(self.implementation, tuple(entries))

    def about(self, vector: str) -> tuple[Entry, ...]:
        """The entries that name a vector."""
        return tuple(entry for entry in self.entries if entry.names(vector))

    def explaining(self, difference: Difference, do: str) -> Entry | None:
        """The first entry with the signature of a difference, whatever vector it names."""
        return next((e for e in self.entries if e.explains(difference, do)), None)

    def unmatched(self, vectors: Iterable[str]) -> tuple[Entry, ...]:
        """The entries that name none of these vectors."""
        ids = list(vectors)
        return tuple(e for e in self.entries if not any(e.names(id) for id in ids))


NONE_KNOWN: Final = Known()
"""Nothing is known."""


@frozen
class MalformedKnown(ValueError):
    """A file that holds no known divergences."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"these are no known divergences: {self.where}: {self.reason}"


def step_kind(difference: Difference, steps: list[dict[str, Any]]) -> str:
    """The kind of the step at which a difference shows."""
    if difference.step is None or difference.step >= len(steps):
        return SNAPSHOT
    kind: str = steps[difference.step]["do"]
    return kind


def load(file: Path) -> Known:
    """The known divergences in a file.

    Raises:
        MalformedKnown: it holds none, or in another form.
        OSError: it can't be read.
    """
    try:
        data = json.loads(file.read_bytes())
    except ValueError as error:
        raise MalformedKnown(str(file), f"no JSON: {error}") from error
    if not isinstance(data, dict) or data.get("rlog_known_divergences") != KNOWN_VERSION:
        raise MalformedKnown(str(file), f"rlog_known_divergences is not {KNOWN_VERSION}")
    entries: list[Entry] = []
    listed = data.get("entries")
    if not isinstance(listed, list):
        raise MalformedKnown(str(file), "entries is no list")
    for number, entry in enumerate(listed):
        where = f"{file}, entry {number}"
        try:
            made = Entry(**entry)
        except TypeError as error:
            raise MalformedKnown(where, str(error)) from error
        texts = made.vectors, made.do, made.field, made.reason, made.link, made.versions
        if not all(isinstance(text, str) for text in texts):
            raise MalformedKnown(where, "a member is no text")
        if made.step is not None and type(made.step) is not int:
            raise MalformedKnown(where, "step is no number")
        entries.append(made)
    return Known(str(data.get("implementation", "")), tuple(entries))
