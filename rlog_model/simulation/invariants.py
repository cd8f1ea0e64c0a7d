"""What holds behind every step of a world, for the recorder or the player that the step is about.

Rules
-----
The *invariants* are a table. None looks at how a world came to be, and none needs a play: what a
play comes to is ``truth``'s. They compare what the protocol keeps - links, segments, sizes, ends of
branches - with what is there: the recorder's directory, the log, the player's files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from rlog_model.fsm import FSM
from rlog_model.play_messages import Complete
from rlog_model.scenario import Step
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.segment_set import SegmentSet
from rlog_model.simulation.players import gives_hints
from rlog_model.simulation.state import SimPlayer, SimRecorder, World
from rlog_model.simulation.truth import BEGINNING


@frozen
class Invariant:
    """What holds behind every step."""

    id: str
    statement: str
    holds: Callable[[World, str], bool]
    """Whether it does, for the recorder or player of that name."""


@frozen
class Broken:
    """An invariant that does not hold."""

    invariant: Invariant
    actor: str
    """The recorder or player."""

    def __str__(self) -> str:
        return f"{self.invariant.id} is broken for {self.actor}: {self.invariant.statement}"


def broken(world: World, step: Step) -> Iterator[Broken]:
    """The invariants that don't hold behind ``step``, for whom it is about."""
    for member, actors, invariants in (
        ("recorder", world.recorders, RECORDER_INVARIANTS),
        ("player", world.players, PLAYER_INVARIANTS),
    ):
        name: str | None = getattr(step, member, None)
        if name is not None and name in actors:
            for invariant in invariants:
                if not invariant.holds(world, name):
                    yield Broken(invariant, f"{member} {name}")


def _links_are_nodes(fsm: FSM) -> bool:
    """Spec: INV-1."""
    linked = {(path, fnode) for fnode, node in fsm.live_nodes.items() for path in node.links}
    return linked == set(fsm.links.items()) and all(n.links for n in fsm.live_nodes.values())


def _segments_are_a_history(fsm: FSM) -> bool:
    """Each file's segments, and those of all files, are those of one history. Spec: INV-2."""
    everything = SegmentSet()
    try:
        for fnode, node in fsm.live_nodes.items():
            if not node.segments or node.segments[0].first_seq_no != fnode:
                return False
            for segment in node.segments:
                segment.validate()
                everything = everything.add(segment)
    except (InvalidSegment, SegmentConflict):
        return False
    return all(s.last_seq_no < fsm.next_seq_no for s in everything.segments)


def _directory_is_recorded(recorder: SimRecorder) -> bool:
    """Spec: INV-3."""
    fsm, tree = recorder.recording.fsm, recorder.tree.snapshot()
    paths = {path for path, _ in tree.files}
    same = {frozenset(node.links) for node in fsm.live_nodes.values() if len(node.links) > 1}
    properties = {path: content for path, content in tree.files if path in fsm.properties}
    return (
        paths == {*fsm.links, *fsm.properties}
        and {frozenset(group) for group in tree.same_file} == same
        and properties == dict(fsm.properties.items())
    )


def _sizes_are_true(recorder: SimRecorder) -> bool:
    """Spec: INV-4."""
    nodes = recorder.recording.fsm.live_nodes
    sizes = recorder.recording.books.sizes
    known = {path: sizes.get(fnode) for fnode, node in nodes.items() for path in node.links}
    tree = recorder.tree
    return all(
        known.get(path) in (None, len(tree.inodes[number].content))
        for path, number in tree.links.items()
    )


def _head_is_a_lower_bound(world: World, recorder: SimRecorder) -> bool:
    """Spec: INV-5."""
    recording = recorder.recording
    return recording.head <= world.log(recording.log).head and (
        recorder.dead
        or recorder.fenced
        or recording.pending == sum(len(append.content) for append in recorder.queue)
    )


def _end_was_made(world: World, fsm: FSM) -> bool:
    """Unless it read a torn append, and what lies behind as its rest. Spec: INV-6."""
    end = fsm.next_seq_no, fsm.next_checksum
    return end == BEGINNING or end in world.made or bool(world.torn)


def _files_are_nodes(player: SimPlayer) -> bool:
    """Once no bytes of a write are awaited. Spec: INV-7."""
    playback = player.progress.playback
    return playback.writing is not None or set(player.nodes) == set(playback.fsm.live_nodes)


def _knows_where_it_read(player: SimPlayer) -> bool:
    """A player's segments, but for those that it has of hints, say where they end. Spec: INV-8."""
    if not gives_hints(player.progress):
        return True
    nodes = player.progress.playback.fsm.live_nodes.values()
    return all(s.last_offset > s.first_offset for node in nodes for s in node.segments)


def _complete_is_clean(player: SimPlayer) -> bool:
    """Spec: INV-9."""
    match player.progress.request:
        case Complete(fsm):
            return fsm.remaining.segment is None and fsm.remaining.fnode is None
        case _:
            return True


RECORDER_INVARIANTS: Final = (
    Invariant(
        "INV-1",
        "links and live files of its FSM name each other",
        lambda world, name: _links_are_nodes(world.recorders[name].recording.fsm),
    ),
    Invariant(
        "INV-2",
        "the segments of its live files are of one history, which ends at its next operation",
        lambda world, name: _segments_are_a_history(world.recorders[name].recording.fsm),
    ),
    Invariant(
        "INV-3",
        "its FSM names the paths, hard links and properties that its directory has",
        lambda world, name: _directory_is_recorded(world.recorders[name]),
    ),
    Invariant(
        "INV-4",
        "the sizes that it knows are those of the files in its directory",
        lambda world, name: _sizes_are_true(world.recorders[name]),
    ),
    Invariant(
        "INV-5",
        "the head that it knows is no later than the log's; what it has pending is its queue",
        lambda world, name: _head_is_a_lower_bound(world, world.recorders[name]),
    ),
    Invariant(
        "INV-6",
        "the end of its branch is that of an operation which someone made",
        lambda world, name: _end_was_made(world, world.recorders[name].recording.fsm),
    ),
)
"""What holds for a recorder."""

PLAYER_INVARIANTS: Final = (
    Invariant(
        "INV-1",
        "links and live files of its FSM name each other",
        lambda world, name: _links_are_nodes(world.players[name].progress.playback.fsm),
    ),
    Invariant(
        "INV-7",
        "its files are the live ones of its FSM",
        lambda world, name: _files_are_nodes(world.players[name]),
    ),
    Invariant(
        "INV-8",
        "once it has read its hints, its segments say where they end",
        lambda world, name: _knows_where_it_read(world.players[name]),
    ),
    Invariant(
        "INV-9",
        "once it is complete, nothing remains of its hints",
        lambda world, name: _complete_is_clean(world.players[name]),
    ),
)
"""What holds for a player."""
