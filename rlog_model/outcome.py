"""Every outcome of an operation.

Rules
-----
An operation that is offered to an FSM has one outcome, of three sorts:

* *applied*: it is the next of the branch, and takes effect;
* *untracked*: it is the next of the branch, and names a file that the FSM does not track: sequence
  number and checksum move on, nothing else changes;
* *rejected*: it is not the next of the branch, or contradicts it. Nothing changes.

The rules are checked in the order of their ids, and the first that is broken is the outcome:

========  =======================  =========================================================
rule      outcome                  broken when
========  =======================  =========================================================
FSM-1     NotHintedAuthor          hints remain, and name another author as the next one
FSM-2     WrongSeqNo               the sequence number is not the next one
FSM-3     ChecksumMismatch         the checksum is not that of the branch so far
FSM-4     ExpectedHintedFnode      hints name a create at this sequence number; it is none
FSM-5     LinkExists               create, link, property: a file is linked at the path
FSM-6     PropertyExists           create, link: the path is a property; a property that may
                                   not change is given other content
FSM-7     FnodeNotTracked          create: hints remain and do not name its fnode; link,
                                   unlink, write: the fnode is not tracked
FSM-8     NoSuchLink               unlink: the file is not linked at the path
========  =======================  =========================================================
"""

from __future__ import annotations

from typing import ClassVar, Final

from attrs import frozen

from rlog_model.identity import Author, Fnode


@frozen
class Applied:
    """The operation is the next of the branch and took effect."""

    rule: ClassVar[str] = "FSM-0"
    gazette_error: ClassVar[None] = None


@frozen
class FnodeNotTracked:
    """Untracked: the operation is sequenced, and its file is none of the FSM's."""

    rule: ClassVar[str] = "FSM-7"
    gazette_error: ClassVar[str] = "ErrFnodeNotTracked"

    fnode: Fnode


@frozen
class NotHintedAuthor:
    """Rejected: the next hinted segment is another author's."""

    rule: ClassVar[str] = "FSM-1"
    gazette_error: ClassVar[str] = "ErrNotHintedAuthor"

    expected: Author
    actual: Author


@frozen
class WrongSeqNo:
    """Rejected: the operation is not at the end of the branch."""

    rule: ClassVar[str] = "FSM-2"
    gazette_error: ClassVar[str] = "ErrWrongSeqNo"

    expected: int
    actual: int


@frozen
class ChecksumMismatch:
    """Rejected: the operation continues another branch."""

    rule: ClassVar[str] = "FSM-3"
    gazette_error: ClassVar[str] = "ErrChecksumMismatch"

    expected: int
    actual: int


@frozen
class ExpectedHintedFnode:
    """Rejected: the hints say that this operation creates ``fnode``, and it does not."""

    rule: ClassVar[str] = "FSM-4"
    gazette_error: ClassVar[str] = "ErrExpectedHintedFnode"

    fnode: Fnode


@frozen
class LinkExists:
    """Rejected: ``fnode`` is linked at the path."""

    rule: ClassVar[str] = "FSM-5"
    gazette_error: ClassVar[str] = "ErrLinkExists"

    path: str
    fnode: Fnode


@frozen
class PropertyExists:
    """Rejected: the path is a property, with ``content``."""

    rule: ClassVar[str] = "FSM-6"
    gazette_error: ClassVar[str] = "ErrPropertyExists"

    path: str
    content: bytes


@frozen
class NoSuchLink:
    """Rejected: ``fnode`` is tracked, and not linked at the path."""

    rule: ClassVar[str] = "FSM-8"
    gazette_error: ClassVar[str] = "ErrNoSuchLink"

    fnode: Fnode
    path: str


Rejected = (
    NotHintedAuthor
    | WrongSeqNo
    | ChecksumMismatch
    | ExpectedHintedFnode
    | LinkExists
    | PropertyExists
    | NoSuchLink
)
"""The seven rejections: the FSM is as it was."""

Outcome = Applied | FnodeNotTracked | Rejected

APPLIED: Final = Applied()

OUTCOMES: Final[tuple[type[Outcome], ...]] = (
    Applied,
    NotHintedAuthor,
    WrongSeqNo,
    ChecksumMismatch,
    ExpectedHintedFnode,
    LinkExists,
    PropertyExists,
    FnodeNotTracked,
    NoSuchLink,
)
"""Every type of outcome, in the order of the rules' ids."""


def is_transition(outcome: Outcome) -> bool:
    """Whether the FSM moved on to the next operation: applied or untracked. Spec: TRN-5."""
    return isinstance(outcome, Applied | FnodeNotTracked)
