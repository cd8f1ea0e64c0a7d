"""What a journal is: the protocol that recorders and players rely on.

Rules
-----
* A journal is a sequence of bytes. Offsets count from 0; the *head* is the offset of the next byte.
* An append is atomic, lands at the head, and is durable when it returns. Its bytes are contiguous,
  and lie in one fragment.
* An append of zero bytes is a *barrier*: it comes after all that was appended before, and answers
  the head. It can carry a check, and cannot change registers.
* Content lies in *fragments*. One is open, and takes the appends; the others are closed. Before an
  append of one byte or more is written, the open fragment is closed if it holds at least the
  journal's fragment size. ``roll`` closes it if it holds anything.
* Closed fragments can be deleted (``prune``); the open one cannot. A read of what was deleted jumps
  to the next offset that exists.
* A failed append wrote nothing when it is told by an error of this module. After any other error
  (``OSError``) it may have landed or not, as with an append whose answer was lost.

This module says what errors mean; each kind of journal says what is particular to it.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final, Protocol, Self

from attrs import frozen

from .labels import EMPTY, LabelSelector, LabelSet

HEAD: Final = -1
"""The offset that stands for the head, in a read."""

DEFAULT_READ_LIMIT: Final = 256 << 10
"""Bytes that one read answers with at most, unless told otherwise."""

DEFAULT_FRAGMENT_SIZE: Final = 64 << 20
"""Bytes of content at which the open fragment is closed, unless told otherwise."""


@frozen
class Appended:
    """Where an append landed."""

    begin: int
    """Offset of its first byte; the head, for a barrier."""

    end: int
    """Offset after its last byte; equal to ``begin``, for a barrier."""


@frozen
class Chunk:
    """What a read answers: some bytes, and where they are."""

    offset: int
    """Offset of the first byte. Greater than the offset that was asked for if the read jumped."""

    content: bytes
    """One byte or more. Empty only where all content from the asked offset to the head was deleted:
    the read then jumped to the head, which is ``offset``."""

    @property
    def end(self) -> int:
        """Offset after the last byte: where to read next."""
        return self.offset + len(self.content)


@frozen
class FragmentRange:
    """The range of a closed fragment."""

    begin: int
    """Offset of its first byte."""

    end: int
    """Offset after its last byte."""


@frozen
class EmptyRegisterChange(ValueError):
    """An append of zero bytes asked to change registers. Nothing was done. Spec: JRN-3, BAR-2."""

    journal: str
    union: LabelSet
    subtract: LabelSet

    def __str__(self) -> str:
        return (
            f"an append of zero bytes to {self.journal} cannot change registers "
            f"(union: {self.union}; subtract: {self.subtract}): append content with the change"
        )


@frozen
class RegisterMismatch(Exception):
    """The registers did not pass the check of an append. Nothing was written.

    Spec: JRN-5, BAR-4.
    """

    journal: str
    selector: LabelSelector
    registers: LabelSet
    """The registers at the time of the check."""

    def __str__(self) -> str:
        return (
            f"the registers of {self.journal} ({self.registers}) fail the check "
            f"({self.selector}): another writer has fenced this one off, stop appending"
        )


@frozen
class OffsetNotYetAvailable(Exception):
    """A read asked for an offset at or beyond the head, and nothing came in the time it had."""

    journal: str
    offset: int
    """The offset that was asked for; where that was -1, the head at that time."""

    head: int
    """The head when the read gave up. Less than ``offset`` for a read beyond the head."""

    def __str__(self) -> str:
        return (
            f"offset {self.offset} of {self.journal} is not written yet (the head is {self.head}): "
            "read again later, or give the read a timeout to wait"
        )


@frozen
class JournalClosed(Exception):
    """The journal, or its store, was closed by this program; a waiting read ends with this too."""

    journal: str

    def __str__(self) -> str:
        return f"{self.journal} was closed here: open it again to go on"


@frozen
class CorruptFragment(Exception):
    """A file of the journal does not hold what it should."""

    journal: str
    file: str
    """Path of the file."""

    reason: str

    def __str__(self) -> str:
        return (
            f"{self.file} of journal {self.journal} is damaged: {self.reason}. Restore it from "
            "another copy; if it is removed, its range is skipped unless another file covers it"
        )


class Journal(Protocol):
    """One journal, opened. All methods can be called from several threads at once.

    All raise ``JournalClosed`` when this object, or its store, was closed.
    """

    @property
    def name(self) -> str:
        """The journal's name."""

    def append(
        self,
        content: bytes,
        *,
        check: LabelSelector | None = None,
        union: LabelSet = EMPTY,
        subtract: LabelSet = EMPTY,
    ) -> Appended:
        """Append ``content`` at the head, and change registers with it.

        Raises:
            EmptyRegisterChange: ``content`` is empty, and ``union`` or ``subtract`` is not.
            RegisterMismatch: the registers do not match ``check``.

        Spec: JRN-1, JRN-2, JRN-3, JRN-5, LOG-10.
        """

    def read(
        self,
        offset: int,
        *,
        limit: int = DEFAULT_READ_LIMIT,
        timeout: float | None = 0.0,
    ) -> Chunk:
        """Read from ``offset`` on, ``limit`` bytes at most; fewer can come before the head, too.

        ``offset`` -1 is the head at the time of the call. Where content at ``offset`` was deleted,
        the read jumps forward to the next offset that exists. At the head or beyond it, the read
        waits ``timeout`` seconds (0: not at all; None: for ever) for that offset to be written.

        Raises:
            OffsetNotYetAvailable: nothing was there in time.
            CorruptFragment: the content at ``offset`` is damaged.
            ValueError: ``offset`` is less than -1, or ``limit`` less than 1.

        Spec: JRN-6, JRN-7.
        """

    def registers(self) -> LabelSet:
        """The registers now, after all that was appended before."""

    def write_head(self) -> int:
        """The head now, after all that was appended before: a barrier. Spec: JRN-3, BAR-1."""

    def first_offset(self) -> int:
        """The least offset that exists; the head, where no content does."""

    def roll(self) -> None:
        """Close the open fragment, if it holds anything. The next append opens another."""

    def prune(self, before: int, begin: int = 0) -> tuple[FragmentRange, ...]:
        """Delete each closed fragment that begins at or after the offset ``begin``, and ends at or
        before the offset ``before``. With a ``begin`` that leaves earlier ones, there is a hole.

        Returns what was deleted, by rising offset.

        Spec: JRN-8.
        """

    def close(self) -> None:
        """Close this object: its waiting reads end with ``JournalClosed``. Can be called again."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class JournalStore(Protocol):
    """Where journals are. All methods can be called from several threads at once."""

    def open(self, name: str) -> Journal:
        """The journal of that name; one that was never appended to is empty, with its head at 0.

        Each call gives an object of its own, to be closed by whoever asked for it.

        Raises:
            InvalidLogName: no journal can have that name.
            JournalClosed: the store was closed.
        """

    def close(self) -> None:
        """Close the store and all journals opened from it. Can be called again."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
