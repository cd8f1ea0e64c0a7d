"""Why hints can't be played from a log: the first operation that is missing, and what to do.

Rules
-----
Of a play that failed, the first operation that it needed and did not get is

* *beyond the head*: the log ends before the hints say that it lies (PLAY-2, PLAY-6). The play fails
  before it reads; which operation is the first, a play that does not know the head tells. Where
  that play fails of something else, the first is the one named, or an earlier one;
* *pruned*: the log begins behind where it may be (PLAY-5);
* *in a hole*: it may be among bytes that no fragment has (PLAY-5), or in a hole that was read over;
* *of another branch*: the author made an operation with its number, with another checksum;
* *taken*: it is not there, and another author's operation is at its number, with its checksum;
* *contradicted*: it is there, and a rule of its files rejects it (FSM-4 to FSM-8);
* *of an absent author*: the log has nothing of its author, as far as it was read;
* *not found*: none of these.

Or the files that the branch leads to can't be: a *tree* that no directory holds (PLAY-4, PLAY-9).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from typing import Final

import attrs
from attrs import frozen

from rlog_model.change_words import told_change
from rlog_model.explanation import Explanation
from rlog_model.hints import FSMHints
from rlog_model.identity import Author
from rlog_model.paths import shown
from rlog_model.play_error import (
    HintsBeyondHead,
    HintsRemain,
    HoleInLog,
    LogEndsEarly,
    PlayError,
    UnplayablePath,
    UnplayableTree,
)
from rlog_model.play_notes import Hole, told_outcome


class Missing(enum.Enum):
    """Why the first operation that is needed is not there. The value says it in a few words."""

    BEYOND_HEAD = "it lies beyond the head of the log"
    PRUNED = "the beginning of the log, where it was, was pruned"
    HOLE = "it may be in a hole of the log"
    OTHER_BRANCH = "its author made another operation with this number: another branch"
    TAKEN = "the log does not have it, and another author goes on in its place"
    CONTRADICTED = "it is there, and contradicts the files of the branch"
    AUTHOR_ABSENT = "the log has no operation of its author"
    NOT_FOUND = "the log does not have it"
    TREE = "no directory can hold the files"


ADVICE: Final[dict[Missing, tuple[str, ...]]] = {
    Missing.BEYOND_HEAD: (
        (
            "The log lost its end, or it is another log than the hints were taken from: look for"
            " the missing fragments, in another replica or in the bucket."
        ),
        "Older hints may rest on what is left: rlog recover tries all that you kept.",
    ),
    Missing.PRUNED: (
        "The hints are older than what was pruned: take newer ones.",
        "Or restore the fragments that were deleted.",
    ),
    Missing.HOLE: (
        "Restore the fragments of the hole, from another replica or from the bucket.",
        (
            "Newer hints may not need them, older ones may lead to a branch that does not: rlog"
            " recover tries all that you kept."
        ),
    ),
    Missing.OTHER_BRANCH: (
        (
            "The log was replaced or cut, and recorded to again, since the hints were taken; or"
            " they are damaged. rlog inspect draws the branches that there are."
        ),
        "Hints of the branch that is there play: rlog recover tries all that you kept.",
    ),
    Missing.TAKEN: (
        (
            "The hints lead to a branch that forks there, and is not in the log: a zombie's, or one"
            " whose operations are lost. rlog inspect draws the branches that there are."
        ),
        "Hints of the branch that is there play: rlog recover tries all that you kept.",
    ),
    Missing.CONTRADICTED: (
        (
            "Two recorders wrote to one branch, or the hints are of a zombie: its own next"
            " operation contradicts the branch that it was not on."
        ),
        (
            "Hints of another recorder lead to a branch that is whole: rlog recover tries all"
            " that you kept."
        ),
    ),
    Missing.AUTHOR_ABSENT: (
        (
            "Is it the log, and the store, that the hints were taken from? rlog inspect shows the"
            " authors that it has."
        ),
        "If its end is lost, older hints may rest on what is left: rlog recover tries all.",
    ),
    Missing.NOT_FOUND: (
        (
            "The log lost operations, or the hints are damaged: rlog inspect --author shows what it"
            " has of the author."
        ),
        "Older hints may rest on what is left: rlog recover tries all that you kept.",
    ),
    Missing.TREE: (
        "The log is played as it is: its recorder made files that a directory can't hold.",
        "Hints from before that, or from after it was mended, may play.",
    ),
}
"""What could be done."""


@frozen
class Diagnosis:
    """Where a branch breaks, and why."""

    error: PlayError
    missing: Missing
    log: str
    offset: int | None
    """Where in the log it breaks: from here on the operation was looked for, or here is what is
    in its place."""

    seq_no: int
    """The first operation that is missing. Of a tree: the next one."""

    at_latest: bool = attrs.field(default=False, kw_only=True)
    """Whether an operation before ``seq_no`` may be missing, too."""

    author: Author | None
    """Who made it, if hints say so."""

    detail: str = ""
    """What is there instead, if anything is."""

    hinted: str | None = None
    """Of a tree: a path in the way at which the hints themselves have a property."""

    @property
    def advice(self) -> tuple[str, ...]:
        """What could be done."""
        if self.hinted is not None:
            return (
                (
                    f"The hints themselves name the property {shown(self.hinted)}: was it still"
                    " there when they were taken, or were they changed?"
                ),
                "Hints that do not name it may play: rlog recover tries all that you kept.",
            )
        return ADVICE[self.missing]

    def __str__(self) -> str:
        if self.missing is Missing.TREE:
            return f"the end of the branch, in {self.log}: {self.missing.value}: {self.error}"
        by = "" if self.author is None else f" of author {int(self.author)}"
        at = "" if self.offset is None else f" at offset {self.offset}"
        detail = f" ({self.detail})" if self.detail else ""
        or_earlier = " or an earlier one" if self.at_latest else ""
        which = f"operation {self.seq_no}{or_earlier}{by}"
        return f"{which}, in {self.log}{at}: {self.missing.value}{detail}"


def diagnose(
    error: PlayError,
    play: Explanation,
    begins: Mapping[str, int],
    properties: Collection[str] = (),
) -> Diagnosis:
    """Why a play failed.

    ``begins`` has the least offset that each log has, ``properties`` the paths of those that the
    hints name.
    """
    segment = play.remaining.segment
    author = None if segment is None else segment.author
    match error:
        case HintsBeyondHead(log, needed, head):
            detail = f"the hints name offset {max(needed.first_offset, needed.last_offset)}"
            number = needed.first_seq_no if needed.first_offset >= head else needed.last_seq_no
            return Diagnosis(
                error,
                Missing.BEYOND_HEAD,
                log,
                head,
                number,
                needed.author,
                detail,
                at_latest=True,
            )
        case LogEndsEarly(log, offset, head):
            detail = f"the head was {head}"
            return Diagnosis(
                error, Missing.BEYOND_HEAD, log, offset, play.next_seq_no, author, detail
            )
        case HoleInLog(log, first, last, seq_no):
            # The first hole since the operation is needed, which may have been read over.
            hole = play.holes[0] if play.holes else Hole(log, first, last)
            why = Missing.PRUNED if hole.last_offset <= begins.get(log, 0) else Missing.HOLE
            return Diagnosis(error, why, log, hole.first_offset, seq_no, author, _gone(hole))
        case HintsRemain():
            return _not_found(error, play)
        case _:
            hinted = next((path for path in _paths(error) if path in properties), None)
            return Diagnosis(
                error, Missing.TREE, play.log, None, play.next_seq_no, author, hinted=hinted
            )


def _paths(error: PlayError) -> tuple[str, ...]:
    """The paths which no directory can hold."""
    match error:
        case UnplayablePath(_, path):
            return (path,)
        case UnplayableTree(_, upper, lower):
            return upper, lower
    return ()


def needed_heads(hints: FSMHints) -> dict[str, int]:
    """The least head that each log must have by what hints say of offsets."""
    found = dict.fromkeys(hints.logs(), 0)
    for segment in hints.live_log_segments()[1]:
        found[segment.log] = max(found[segment.log], segment.least_head)
    return found


def first_beyond(beyond: Diagnosis, on: Diagnosis | None, heads: Mapping[str, int]) -> Diagnosis:
    """Of hints beyond the head, the first operation that is missing.

    ``on`` is what a play came to which took each log to be as long as hints need it; ``heads``
    where they end.
    """
    if on is None or on.author is None or not isinstance(on.error, LogEndsEarly):
        return beyond
    return attrs.evolve(
        beyond,
        log=on.log,
        offset=heads[on.log],
        seq_no=on.seq_no,
        author=on.author,
        at_latest=False,
    )


def _not_found(error: HintsRemain, play: Explanation) -> Diagnosis:
    author, seq_no = error.segment.author, error.next_seq_no

    def told(missing: Missing, offset: int | None, detail: str) -> Diagnosis:
        return Diagnosis(error, missing, error.log, offset, seq_no, author, detail)

    own = play.contenders.get(author)
    if own is not None and own.op.checksum == error.next_checksum:
        detail = f"{told_change(own.op)}: {own.outcome.rule}, {told_outcome(own.outcome)}"
        return told(Missing.CONTRADICTED, own.op.first_offset, detail)
    if own is not None:
        detail = f"checksum {own.op.checksum}, and the hints need {error.next_checksum}"
        return told(Missing.OTHER_BRANCH, own.op.first_offset, detail)
    if play.holes:
        return told(Missing.HOLE, play.holes[0].first_offset, _gone(play.holes[0]))
    for other in play.contenders.values():
        if other.op.checksum == error.next_checksum:
            detail = f"author {int(other.op.author)}"
            return told(Missing.TAKEN, other.op.first_offset, detail)
    if author not in play.authors:
        others = ", ".join(str(int(a)) for a in list(play.authors)[:5])
        detail = f"read to its head at {error.head}; authors met: {others or 'none'}"
        return told(Missing.AUTHOR_ABSENT, error.head, detail)
    detail = (
        f"read to its head at {error.head}; the last operation met of its author is"
        f" {play.authors[author]}"
    )
    return told(Missing.NOT_FOUND, error.head, detail)


def _gone(hole: Hole) -> str:
    return f"bytes {hole.first_offset} to {hole.last_offset} are gone"
