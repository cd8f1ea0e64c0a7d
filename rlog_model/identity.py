"""Scalars of a recovery log, with their ranges.

Rules
-----
* An *author* is a uint32 that a recorder draws at random when it starts. Zero is no author: it is
  what an operation carries whose author field is absent, and no recorder may have it.
* The *fence* of an author is the value of the journal register ``author``: the number in base 32,
  digits ``0-9a-v``, without leading zeros.
* An *fnode* names a file across its renames, links and unlinks. It is the sequence number of the
  operation that created the file.
* A *log name* is the name of a journal: 4 to 512 token characters (letters and digits of any
  script, and the marks below), a clean path that does not begin with ``/``, and optionally ``;``
  and a metadata segment of 1 to 512 characters by the same rules. A clean path may lead out of
  where it begins (``../a``): who makes file names of log names must refuse those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NewType, final

from attrs import frozen

Fnode = NewType("Fnode", int)
"""A file's number: the ``seq_no`` of its create. Positive for every file that a log can hold."""

MAX_INT64: Final = (1 << 63) - 1
MAX_UINT32: Final = (1 << 32) - 1

FENCE_REGISTER: Final = "author"
"""Name of the journal register that holds the fence."""

_BASE32: Final = "0123456789abcdefghijklmnopqrstuv"

MIN_LOG_NAME: Final = 4
MAX_LOG_NAME: Final = 512
_MARKS: Final = frozenset("-_+/.=%!$&'()*,:;@~")


@final
class Author(int):
    """Who writes operations: a uint32, drawn at random by each recorder when it starts.

    ``Author(0)`` is the absent author: it can be read from a log, and is no recorder's.

    Raises:
        ValueError: the number is no uint32.

    Spec: AUT-1.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Author:
        if not 0 <= value <= MAX_UINT32:
            raise ValueError(f"an author is a uint32, got {value}")
        return super().__new__(cls, value)

    @classmethod
    def draw(cls, draw_uint32: Callable[[], int]) -> Author:
        """The first author other than zero that ``draw_uint32`` gives.

        The source of randomness is the caller's: this package's pure modules have none.

        Spec: AUT-1.
        """
        while not (drawn := draw_uint32()):
            pass
        return cls(drawn)

    def fence(self) -> str:
        """Value of the register ``author`` which fences a journal for this author: base 32.

        Raises:
            ValueError: this is the absent author, which fences nothing.

        Spec: AUT-2, HOF-5.
        """
        if not self:
            raise ValueError("author 0 is no author: it has no fence")
        digits = ""
        rest = int(self)
        while rest:
            rest, digit = divmod(rest, 32)
            digits = _BASE32[digit] + digits
        return digits

    def __repr__(self) -> str:
        return f"Author({int(self)})"


@frozen
class InvalidLogName(ValueError):
    """A name that no journal can have."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name!r} is no journal name: {self.reason}"


def validate_log_name(name: str) -> None:
    """Accept the name of a journal.

    Raises:
        InvalidLogName: the name breaks a rule of this module.

    Spec: LOG-1.
    """
    path, separator, metadata = name.partition(";")
    _validate_part(name, path, MIN_LOG_NAME)
    if separator:
        _validate_part(name, metadata, 1)


def _validate_part(name: str, part: str, shortest: int) -> None:
    if not shortest <= len(part) <= MAX_LOG_NAME:
        raise InvalidLogName(name, f"a part has {shortest} to {MAX_LOG_NAME} characters")
    for character in part:
        if not character.isalnum() and character not in _MARKS:
            raise InvalidLogName(name, f"{character!r} is no token character")
    if part.startswith("/"):
        raise InvalidLogName(name, "it begins with '/'")
    pieces = part.split("/")
    while pieces and pieces[0] == "..":
        del pieces[0]
    if any(piece in ("", ".", "..") for piece in pieces):
        raise InvalidLogName(name, "it is not a clean path")
