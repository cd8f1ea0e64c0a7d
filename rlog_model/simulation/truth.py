"""What a player must build, told by the recorders' own trees and the order of the log.

Rules
-----
This is the theorem that the project exists for, as a function. It knows no FSM and no hints beyond
where they end: it follows the bytes.

* Every operation says after which it comes: its sequence number and checksum are the end of the
  branch before it. So operations make a tree of branches, whatever any FSM thinks of them.
* Hints lead to the recorder's branch as of their last hinted operation. From there the branch goes
  on with the first operation in the log that continues it, whoever wrote it, and so on.
* The tree that must be built is the one that the recorder of the last of these operations had when
  it had made the event that the operation belongs to. A handoff changes no tree.

Where the branch left that of the recorder before the moment at which it was asked for hints, the
recorder was a *zombie* then, and did not know. What its hints lead to is stated exactly, too: the
branch of those who came before it, less the files which the zombie had unlinked behind its last
hinted operation - hints don't name them, so they are not tracked - and with the zombie's
properties, since nothing in hints tells when a property was set.

A recorder that goes on from such a tree *misleads*: it sees files and properties that the branch
does not have, or lacks some that it has, and what it records can contradict the branch. What its
part of the branch leads to is not decided. It is avoided by register checks, which let nothing of
another author come between; a format of hints could, by naming the recorder's last operation too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen
from rpds import HashTrieMap

from rlog_model import crc32c
from rlog_model.file_tree import FileTree, Snapshot
from rlog_model.fsm import FIRST_SEQ_NO
from rlog_model.hints import FSMHints
from rlog_model.identity import Fnode
from rlog_model.operation import RecordedOp
from rlog_model.wire import encode_op

Key = tuple[int, int]
"""The end of a branch: next sequence number, next checksum."""

BEGINNING: Key = (FIRST_SEQ_NO, crc32c.INITIAL)


@frozen
class Deed:
    """An operation that somebody made."""

    before: Key
    behind: Key
    tree: FileTree | None
    """The recorder's own tree, if this is the last operation of an event."""

    fnodes: HashTrieMap[str, Fnode] = HashTrieMap()
    """The fnode of each path then, by which a zombie's hints name files."""

    misleads: bool = False
    """Whether its recorder went on from what a zombie's hints led to."""


@frozen
class Truth:
    """What a play must come to. Spec: THM-1, THM-4."""

    tree: Snapshot
    undecided: frozenset[str] = frozenset()
    """Paths whose content the hints leave open, because they are a zombie's."""

    misleads: bool = False
    """Whether a recorder that goes on from here misleads."""

    misled: bool = False
    """Whether one did that came before: nothing is decided."""

    def allows(self, played: Snapshot) -> bool:
        """Whether ``played`` is the tree, but for what is undecided."""
        return self.misled or _without(played, self.undecided) == _without(
            self.tree, self.undecided
        )


def deeds(
    operations: Sequence[RecordedOp],
    tree: FileTree | None,
    fnodes: HashTrieMap[str, Fnode],
    misleads: bool = False,
) -> tuple[Deed, ...]:
    """The deeds of one event, after which its recorder has ``tree``."""
    made: list[Deed] = []
    for op in operations:
        behind = (op.seq_no + 1, crc32c.update(op.checksum, encode_op(op)))
        shown = tree if op is operations[-1] else None
        made.append(Deed((op.seq_no, op.checksum), behind, shown, fnodes, misleads))
    return tuple(made)


def truth(
    hints: FSMHints,
    taken_at: Key,
    landed: tuple[Deed, ...],
    made: Mapping[Key, Deed],
    *,
    misleads: bool = False,
) -> Truth:
    """The truth for ``hints`` which were taken at the end ``taken_at`` of a branch.

    ``landed`` are the deeds in the hints' log, in its order; ``made`` all that were ever done;
    ``misleads`` tells whether the recorder that gave the hints does.

    Spec: THM-1, THM-2, THM-3, THM-4, THM-5.
    """
    last_hinted = max(
        (s.last_seq_no for node in hints.live_nodes for s in node.segments), default=0
    )
    key, begin = BEGINNING, 0
    if last_hinted:
        key = taken_at
        while key[0] > last_hinted + 1:
            key = made[key].before
        begin = next(i for i, deed in enumerate(landed) if deed.behind == key) + 1
    shown = _shown_at(key, made)
    on_own_branch = key == taken_at
    misled = misleads or (shown is not None and shown.misleads)
    for deed in landed[begin:]:
        if deed.before == key:
            key = deed.behind
            shown = shown if deed.tree is None else deed
            on_own_branch = on_own_branch or key == taken_at
            misled = misled or deed.misleads
    tree = (shown.tree if shown is not None and shown.tree is not None else FileTree()).snapshot()
    if on_own_branch:
        return Truth(tree, misleads=misled, misled=misled)
    named = {node.fnode for node in hints.live_nodes}
    fnodes = {} if shown is None else dict(shown.fnodes.items())
    unnamed = {p for p, f in fnodes.items() if f <= last_hinted and f not in named}
    return Truth(
        _without(tree, unnamed),
        frozenset(p.path for p in hints.properties),
        misleads=misled or bool(unnamed or hints.properties),
        misled=misled,
    )


def _shown_at(key: Key, made: Mapping[Key, Deed]) -> Deed | None:
    """The last deed of a branch which shows its recorder's tree."""
    while key != BEGINNING:
        if made[key].tree is not None:
            return made[key]
        key = made[key].before
    return None


def _without(tree: Snapshot, paths: Collection[str]) -> Snapshot:
    files = [file for file in tree.files if file[0] not in paths]
    groups = [[p for p in group if p not in paths] for group in tree.same_file]
    return Snapshot.of(files, groups)
