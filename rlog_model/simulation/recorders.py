"""Recorders in a simulated world."""

from __future__ import annotations

import attrs

from rlog_model import scenario as s
from rlog_model.file_tree import FileTree
from rlog_model.framing import HEADER, MAGIC
from rlog_model.fsm import FSM
from rlog_model.hints import InvalidHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.namespace import OpenFlags, PosixError
from rlog_model.play_messages import (
    Complete,
)
from rlog_model.recording import Recorded, Recording
from rlog_model.recording_refused import RecordingRefused
from rlog_model.scenario import Step
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.state import Executed, Queued, SimRecorder, Taken, World, land, played
from rlog_model.simulation.truth import deeds
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation, refused, tree_of


def start_recorder(world: World, step: s.StartRecorder) -> Executed:
    """Spec: ADP-29."""
    if step.recorder in world.recorders or step.author <= 0:
        return world, Observation(IMPOSSIBLE)
    fsm, tree, misleads = FSM(step.log, revision=world.revision), FileTree(), False
    taken = world
    if step.player is not None:
        player = world.players.get(step.player)
        if player is None or player.recorder is not None:
            return world, Observation(IMPOSSIBLE)
        if not isinstance(player.progress.request, Complete):
            return world, Observation(IMPOSSIBLE)
        fsm, tree = player.progress.request.fsm, FileTree.of(played(player))
        misleads = world.truth(step.player).misleads
        taken = world.with_player(step.player, attrs.evolve(player, recorder=step.recorder))
    author = Author(step.author)
    fence = LabelSet.of(FENCE_REGISTER, author.fence())
    head = world.log(step.log).head
    try:
        sizes = {f: len(tree.content(min(state.links))) for f, state in fsm.live_nodes.items()}
        recorded = Recording.start(fsm, author, step.log, head=head, sizes=sizes)
    except RecordingRefused as error:
        return world, Observation(refused(error))
    check = LabelSelector(include=fence) if step.check_registers else None
    recorder = SimRecorder(recorded.recording, tree, check, misleads=misleads)
    return _queued(taken, step.recorder, recorder, recorded, None, fence)


def _queued(
    world: World,
    name: str,
    recorder: SimRecorder,
    recorded: Recorded,
    check: LabelSelector | None,
    union: LabelSet = EMPTY,
) -> Executed:
    """An event was recorded: what it appends waits to be committed."""
    recorder = attrs.evolve(recorder, recording=recorded.recording)
    if recorded.append:
        # An event that changes no tree, as the no-op of a move, is a deed of the tree before it.
        made = deeds(
            recorded.operations, recorder.tree, recorded.recording.fsm.links, recorder.misleads
        )
        append = Queued(recorded.append, made, check, union)
        recorder = attrs.evolve(recorder, queue=(*recorder.queue, append))
        world = attrs.evolve(world, made=world.made.update({d.behind: d for d in made}))
    return world.with_recorder(name, recorder), _seen_recorder(recorder)


def _seen_recorder(recorder: SimRecorder, outcome: str = DONE) -> Observation:
    fsm = recorder.recording.fsm
    return Observation(
        outcome,
        next_seq_no=fsm.next_seq_no,
        next_checksum=fsm.next_checksum,
        queued=len(recorder.queue),
        tree=tree_of(recorder.tree.snapshot()),
    )


def recorder_step(world: World, step: Step) -> Executed:
    """Spec: ADP-29, ADP-30."""
    name: str = step.recorder  # type: ignore[union-attr]  # the steps that are left have one
    recorder = world.recorders.get(name)
    if recorder is None:
        return world, Observation(IMPOSSIBLE)
    log = recorder.recording.log
    match step:
        case s.AppendAgain(_, back):
            if not 0 <= back < len(recorder.landed):
                return world, Observation(IMPOSSIBLE)
            return land(world, log, recorder.landed[-1 - back])
        case s.Commit() if recorder.dead and not recorder.queue:
            return world, Observation(IMPOSSIBLE)
        case s.Commit(_, appends):
            return _commit(world, name, appends)
        case _ if recorder.dead:
            return world, Observation(IMPOSSIBLE)
        case _ if recorder.fenced:
            return world, Observation(FENCED)
        case s.Die(_, in_flight):
            dead = attrs.evolve(recorder, dead=True, queue=recorder.queue[: max(in_flight, 0)])
            return world.with_recorder(name, dead), Observation(DONE)
        case s.AppendTorn(_, size):
            if not recorder.queue or not 0 < size < first_frame(recorder.queue[0].content):
                return world, Observation(IMPOSSIBLE)
            torn = Queued(recorder.queue[0].content[:size], (), recorder.queue[0].check)
            world, seen = land(world, log, torn)
            if seen.head is not None and log not in world.torn:
                world = attrs.evolve(world, torn=world.torn.insert(log, seen.head))
            return world, seen
        case s.TakeHints(_, hints):
            return _take_hints(world, name, hints)
        case _:
            return _event(world, name, recorder, step)


def first_frame(append: bytes) -> int:
    """Bytes of the first frame of an append."""
    return HEADER + int.from_bytes(append[len(MAGIC) : HEADER], "little")


def _commit(world: World, name: str, appends: int | None) -> Executed:
    """Spec: ADP-30."""
    recorder = world.recorders[name]
    if recorder.fenced:
        return world, Observation(FENCED)
    seen = Observation(DONE, head=world.log(recorder.recording.log).head)
    count = len(recorder.queue) if appends is None else max(appends, 0)
    for append in recorder.queue[:count]:
        world, seen = land(world, recorder.recording.log, append)
        if seen.head is None:
            return world.with_recorder(name, attrs.evolve(recorder, queue=(), fenced=True)), seen
        recorder = attrs.evolve(
            recorder,
            queue=recorder.queue[1:],
            landed=(*recorder.landed, append),
            recording=recorder.recording.committed(len(append.content), seen.head),
        )
    if not recorder.dead:
        seen = attrs.evolve(_seen_recorder(recorder), head=seen.head, tree=None)
    return world.with_recorder(name, recorder), seen


def _take_hints(world: World, name: str, hints_name: str) -> Executed:
    if hints_name in world.hints:
        return world, Observation(IMPOSSIBLE)
    world, seen = _commit(world, name, None)
    recorder = world.recorders[name]
    if recorder.fenced:
        return world, seen
    fsm = recorder.recording.fsm
    try:
        hints = recorder.recording.build_hints()
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        return world, attrs.evolve(seen, outcome=refused(error))
    taken = Taken(hints, (fsm.next_seq_no, fsm.next_checksum), recorder.misleads)
    world = attrs.evolve(world, hints=world.hints.insert(hints_name, taken))
    return world, attrs.evolve(_seen_recorder(recorder), hints=hints_to_json(hints))


def _event(world: World, name: str, recorder: SimRecorder, step: Step) -> Executed:
    """A filesystem event: on the recorder's own tree, and recorded."""
    try:
        recorder, recorded = _happened(recorder, step)
    except (RecordingRefused, PosixError) as error:
        return world, attrs.evolve(_seen_recorder(recorder), outcome=refused(error))
    except KeyError:
        return world, Observation(IMPOSSIBLE)
    return _queued(world, name, recorder, recorded, recorder.check)


def _happened(recorder: SimRecorder, step: Step) -> tuple[SimRecorder, Recorded]:
    """The recorder with the event in its tree, and what records it.

    Raises:
        RecordingRefused: it can't be recorded.
        PosixError: it was recorded, and the tree refuses it: one of the two is wrong.
        KeyError: it names what isn't there.
    """
    recording, tree = recorder.recording, recorder.tree
    match step:
        case s.Create(_, path, name):
            flags = OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE
            return _opened(recorder, path, flags, name)
        case s.Open(_, path, names, name):
            return _opened(recorder, path, open_flags(names), name)
        case s.Write(_, file, offset, data, times):
            number = None if file.startswith("/") else recorder.files[file][0]
            if number is not None and OpenFlags.APPEND in tree.open_files[number].flags:
                offset = len(tree.content(number))
            recorded = recording.write_at(_fnode(recorder, file), data * times, offset)
            if number is None:
                tree, opened = tree.open(file, OpenFlags.WRITE)
                tree = tree.write_at(opened, data * times, offset).close(opened)
            else:
                tree = tree.write_at(number, data * times, offset)
        case s.Truncate(_, file, size):
            fnode = _fnode(recorder, file)
            at = file if file.startswith("/") else recorder.files[file][0]
            content = tree.content(at)[: max(size, 0)].ljust(max(size, 0), b"\0")
            recorded = recording.truncate(fnode, size, content)
            tree = tree.truncate(at, size)
        case s.Link(_, source, target):
            recorded, tree = recording.link(source, target), tree.link(source, target)
        case s.Unlink(_, path):
            recorded, tree = recording.unlink(path), tree.unlink(path)
        case _:
            assert isinstance(step, s.Rename), "the last filesystem event that is left"
            content = tree.content(step.source) if step.source in tree.links else b""
            recorded = recording.rename(step.source, step.target, content)
            tree = tree.rename(step.source, step.target)
    return attrs.evolve(recorder, tree=tree), recorded


def _opened(
    recorder: SimRecorder, path: str, flags: OpenFlags, name: str | None
) -> tuple[SimRecorder, Recorded]:
    if name is not None and name in recorder.files:
        raise KeyError(name)
    recorded = recorder.recording.open(path, flags)
    tree, number = recorder.tree.open(path, flags)
    if name is None:
        return attrs.evolve(recorder, tree=tree.close(number)), recorded
    files = recorder.files.insert(name, (number, recorded.fnode))
    return attrs.evolve(recorder, tree=tree, files=files), recorded


def open_flags(flags: tuple[str, ...]) -> OpenFlags:
    """The flags of a step. KeyError: there is no such flag, or POSIX doesn't say what they do."""
    combined = OpenFlags(0)
    for flag in flags:
        combined |= OpenFlags[flag.upper()]
    if not combined.defined:
        raise KeyError(*flags)
    return combined


def _fnode(recorder: SimRecorder, file: str) -> Fnode:
    """The file of a path or a name. KeyError: there is none, or it is a property."""
    if file.startswith("/"):
        return recorder.recording.fsm.links[file]
    fnode = recorder.files[file][1]
    if fnode is None:
        raise KeyError(file)
    return fnode
