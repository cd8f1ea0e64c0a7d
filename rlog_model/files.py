"""The files that an FSM tracks, and what each change does to them.

Rules
-----
A change is checked against the files in the order of the rules of ``outcome``, and then:

* *create* makes a file of one link, which begins a segment of its own;
* *link* adds a link, *unlink* takes one away, *write* does neither: each extends the last segment
  of the file if author and log are the segment's, and else begins another;
* the file is gone with its last link;
* *property* sets the content of a path. It has no file.

A property that hints name is *pending* until the log itself records it: the log before the moment
of the hints may well hold a file at its path. So a pending property rejects nothing; and, once all
hinted segments have been read, it yields to whatever comes to be where it can't be too: a file at
its path, or a file or another property above or below that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.identity import Fnode
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import FnodeNotTracked, LinkExists, NoSuchLink, Outcome, PropertyExists
from rlog_model.paths import clash
from rlog_model.revision import Revision
from rlog_model.segment import Segment


@frozen
class FnodeState:
    """A tracked file."""

    links: frozenset[str]
    """Its paths: at least one."""

    segments: tuple[Segment, ...]
    """Where its operations are, in the order in which they were applied."""

    def extended(self, op: RecordedOp) -> tuple[Segment, ...]:
        """The segments with one more operation. Spec: TRN-9."""
        last = self.segments[-1]
        if last.author != op.author or last.log != op.log:
            return (*self.segments, segment_of(op))
        grown = Segment(
            last.author,
            last.first_seq_no,
            last.first_offset,
            last.first_checksum,
            op.seq_no,
            op.last_offset,
            last.log,
        )
        return (*self.segments[:-1], grown)


@frozen
class Files:
    """Tracked files and properties. Spec: TRN-1, TRN-11."""

    live_nodes: HashTrieMap[Fnode, FnodeState] = HashTrieMap()
    links: HashTrieMap[str, Fnode] = HashTrieMap()
    """Which file each path names."""

    properties: HashTrieMap[str, bytes] = HashTrieMap()
    pending: frozenset[str] = frozenset()
    """Those paths of ``properties`` which so far only hints have named."""

    def is_property(self, path: str) -> bool:
        """Whether the log has made the path a property."""
        return path in self.properties and path not in self.pending


class Stage(Protocol):
    """What the rules of a change ask besides the files: an FSM is one."""

    @property
    def revision(self) -> Revision:
        """That of the branch."""

    @property
    def hinted(self) -> bool:
        """Whether hinted segments remain: then only hinted files are tracked, and the content of a
        property is what the hints say."""

    @property
    def next_fnode(self) -> Fnode | None:
        """The next fnode that hints name."""


def segment_of(op: RecordedOp) -> Segment:
    """The segment that holds one operation. Spec: TRN-6, TRN-9."""
    return Segment(
        op.author, op.seq_no, op.first_offset, op.checksum, op.seq_no, op.last_offset, op.log
    )


def _path_taken(files: Files, path: str) -> Outcome | None:
    """Spec: FSM-5, FSM-6."""
    fnode = files.links.get(path)
    if fnode is not None:
        return LinkExists(path, fnode)
    if files.is_property(path):
        return PropertyExists(path, files.properties[path])
    return None


def _linked(files: Files, fnode: Fnode, state: FnodeState, path: str, stage: Stage) -> Files:
    linked = attrs.evolve(
        files,
        live_nodes=files.live_nodes.insert(fnode, state),
        links=files.links.insert(path, fnode),
    )
    return linked if stage.hinted else _yielding(linked, path)


def _yielding(files: Files, path: str) -> Files:
    """The files without those pending properties that no directory holds beside one at ``path``.

    Spec: TRN-11.
    """
    gone = {pending for pending in files.pending if clash((path, pending))}
    if not gone:
        return files
    properties = files.properties
    for pending in gone:
        properties = properties.remove(pending)
    return attrs.evolve(files, properties=properties, pending=files.pending - gone)


def create(files: Files, op: RecordedOp, change: Create, stage: Stage) -> Files | Outcome:
    """A new file. Spec: TRN-3, TRN-6, FSM-5, FSM-6, FSM-7."""
    fnode = Fnode(op.seq_no)
    if taken := _path_taken(files, change.path):
        return taken
    if stage.hinted and fnode != stage.next_fnode:
        return FnodeNotTracked(fnode)
    state = FnodeState(frozenset((change.path,)), (segment_of(op),))
    return _linked(files, fnode, state, change.path, stage)


def link(files: Files, op: RecordedOp, change: Link, stage: Stage) -> Files | Outcome:
    """One more path of a file. Spec: TRN-3, TRN-7, FSM-5, FSM-6, FSM-7."""
    if taken := _path_taken(files, change.path):
        return taken
    state = files.live_nodes.get(change.fnode)
    if state is None:
        return FnodeNotTracked(change.fnode)
    state = FnodeState(state.links | {change.path}, state.extended(op))
    return _linked(files, change.fnode, state, change.path, stage)


def unlink(files: Files, op: RecordedOp, change: Unlink, stage: Stage) -> Files | Outcome:
    """One path less. Spec: TRN-3, TRN-8, FSM-7, FSM-8."""
    state = files.live_nodes.get(change.fnode)
    if state is None:
        return FnodeNotTracked(change.fnode)
    if change.path not in state.links:
        return NoSuchLink(change.fnode, change.path)

    remaining = state.links - {change.path}
    if remaining:
        live_nodes = files.live_nodes.insert(
            change.fnode, FnodeState(remaining, state.extended(op))
        )
    else:
        live_nodes = files.live_nodes.remove(change.fnode)
    return attrs.evolve(files, live_nodes=live_nodes, links=files.links.remove(change.path))


def write(files: Files, op: RecordedOp, change: Write, stage: Stage) -> Files | Outcome:
    """Other bytes of a file, which the FSM doesn't see. Spec: TRN-3, TRN-8, FSM-7."""
    state = files.live_nodes.get(change.fnode)
    if state is None:
        return FnodeNotTracked(change.fnode)
    state = FnodeState(state.links, state.extended(op))
    return Files(
        files.live_nodes.insert(change.fnode, state), files.links, files.properties, files.pending
    )


def set_property(files: Files, op: RecordedOp, change: Property, stage: Stage) -> Files | Outcome:
    """Content of a property. Spec: TRN-3, TRN-10, TRN-11, FSM-5, FSM-6, RVN-2."""
    path, content = change.path, change.content
    fnode = files.links.get(path)
    if fnode is not None:
        return LinkExists(path, fnode)
    if files.is_property(path) and not stage.revision.property_may_change:
        former = files.properties[path]
        if content != former:
            return PropertyExists(path, former)

    if stage.hinted:
        content = files.properties.get(path, content)
    else:
        files = _yielding(files, path)
    return attrs.evolve(
        files,
        properties=files.properties.insert(path, content),
        pending=files.pending - {path},
    )


def no_op(files: Files, op: RecordedOp, change: None, stage: Stage) -> Files | Outcome:
    """Nothing. Spec: TRN-3, TRN-12."""
    return files


CHANGES: Final[dict[type, Callable[..., Files | Outcome]]] = {
    Create: create,
    Link: link,
    Unlink: unlink,
    Write: write,
    Property: set_property,
    type(None): no_op,
}
"""What each change does: the files after it, or the outcome for which they stay as they are."""
