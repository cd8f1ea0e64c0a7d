"""A world of logs, recorders and players, as a value: the model executes a scenario.

Rules: those of ``scenario``. A world is immutable; ``execute`` gives the next one, and what could
be seen.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model import scenario as s
from rlog_model.file_tree import FileTree, Snapshot
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import FENCE_REGISTER, Author, Fnode
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.namespace import OpenFlags, PosixError
from rlog_model.operation import RecordedOp
from rlog_model.play_messages import (
    Append,
    Appended,
    AskHead,
    AtHead,
    Bytes,
    Complete,
    CreateFile,
    Event,
    Failed,
    FinishAtWriteHead,
    Goal,
    Head,
    InjectHandoff,
    Read,
    RemoveFile,
    WriteFile,
)
from rlog_model.playback import Playback, Progress
from rlog_model.recording import Recorded, Recording
from rlog_model.recording_refused import RecordingRefused
from rlog_model.revision import REVISIONS, Revision
from rlog_model.scenario import Scenario, Step
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.log import Log
from rlog_model.simulation.truth import Deed, Key, Truth, deeds, truth
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation, Trace, refused, tree_of


@frozen
class Queued:
    """An append that waits to be committed."""

    content: bytes
    deeds: tuple[Deed, ...]
    check: LabelSelector | None
    union: LabelSet = EMPTY


@frozen
class SimRecorder:
    """A recorder and its directory."""

    recording: Recording
    tree: FileTree
    check: LabelSelector | None
    files: HashTrieMap[str, tuple[int, Fnode | None]] = HashTrieMap()
    """Open files by their names: their number in the tree, and what the recorder knows them as."""

    queue: tuple[Queued, ...] = ()
    landed: tuple[Queued, ...] = ()
    fenced: bool = False
    dead: bool = False
    misleads: bool = False
    """Whether it goes on from what a zombie's hints led to: see ``truth``."""


@frozen
class Taken:
    """Hints, and when they were taken."""

    hints: FSMHints
    at: Key


@frozen
class SimPlayer:
    """A player and the files that it has built."""

    progress: Progress
    taken: Taken
    nodes: HashTrieMap[Fnode, bytes] = HashTrieMap()
    recorder: str | None = None
    """The recorder that went on from it."""


@frozen
class World:
    """All there is."""

    revision: Revision
    logs: HashTrieMap[str, Log] = HashTrieMap()
    recorders: HashTrieMap[str, SimRecorder] = HashTrieMap()
    players: HashTrieMap[str, SimPlayer] = HashTrieMap()
    hints: HashTrieMap[str, Taken] = HashTrieMap()
    landed: HashTrieMap[str, tuple[Deed, ...]] = HashTrieMap()
    """What was done in each log, in its order."""

    made: HashTrieMap[Key, Deed] = HashTrieMap()
    """All that was ever done, landed or not."""

    pruned: frozenset[str] = frozenset()
    """Logs of which something was deleted."""

    def truth(self, player: str) -> Truth:
        """What a player that is complete must have built."""
        taken = self.players[player].taken
        return truth(taken.hints, taken.at, self.landed.get(taken.hints.log, ()), self.made)

    def log(self, name: str) -> Log:
        """A log, which is there as soon as it is named."""
        return self.logs.get(name, Log())

    def with_log(self, name: str, log: Log) -> World:
        """The world with another state of a log."""
        return attrs.evolve(self, logs=self.logs.insert(name, log))

    def with_recorder(self, name: str, recorder: SimRecorder) -> World:
        """The world with another state of a recorder."""
        return attrs.evolve(self, recorders=self.recorders.insert(name, recorder))

    def with_player(self, name: str, player: SimPlayer) -> World:
        """The world with another state of a player."""
        return attrs.evolve(self, players=self.players.insert(name, player))


Executed = tuple[World, Observation]


def execute(world: World, step: Step) -> Executed:
    """The world behind a step, and what could be seen."""
    match step:
        case s.StartRecorder():
            return _start_recorder(world, step)
        case s.AppendRaw(log, data, times):
            grown = world.log(log).append(data * times)
            assert grown is not None, "an append without a check lands"
            return world.with_log(log, grown), Observation(DONE, head=grown.head)
        case s.Roll(log):
            return world.with_log(log, world.log(log).roll()), Observation(DONE)
        case s.Prune(log, before):
            pruned = world.log(log).prune(before)
            if pruned != world.log(log):
                world = attrs.evolve(world, pruned=world.pruned | {log})
            return world.with_log(log, pruned), Observation(DONE)
        case s.Play() | s.FinishAtWriteHead() | s.InjectHandoff() | s.Advance():
            return _player_step(world, step)
        case _:
            return _recorder_step(world, step)


# Recorders


def _start_recorder(world: World, step: s.StartRecorder) -> Executed:
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
        fsm, tree = player.progress.request.fsm, FileTree.of(_played(player))
        misleads = world.truth(step.player).misleads
        taken = world.with_player(step.player, attrs.evolve(player, recorder=step.recorder))
    author = Author(step.author)
    fence = LabelSet.of(FENCE_REGISTER, author.fence())
    head = world.log(step.log).head
    try:
        recorded = Recording.start(fsm, author, step.log, head=head)
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


def _recorder_step(world: World, step: Step) -> Executed:
    name: str = step.recorder  # type: ignore[union-attr]  # the steps that are left have one
    recorder = world.recorders.get(name)
    if recorder is None or recorder.dead:
        return world, Observation(IMPOSSIBLE)
    if recorder.fenced:
        return world, Observation(FENCED)
    match step:
        case s.Commit(_, appends):
            return _commit(world, name, appends)
        case s.Die():
            return world.with_recorder(name, attrs.evolve(recorder, dead=True)), Observation(DONE)
        case s.AppendAgain(_, back):
            if not 0 <= back < len(recorder.landed):
                return world, Observation(IMPOSSIBLE)
            return _append(world, recorder.recording.log, recorder.landed[-1 - back])
        case s.TakeHints(_, hints):
            return _take_hints(world, name, hints)
        case _:
            return _event(world, name, recorder, step)


def _append(world: World, log: str, append: Queued) -> Executed:
    grown = world.log(log).append(append.content, append.check, append.union)
    if grown is None:
        return world, Observation(FENCED)
    landed = world.landed.insert(log, (*world.landed.get(log, ()), *append.deeds))
    world = attrs.evolve(world, landed=landed)
    return world.with_log(log, grown), Observation(DONE, head=grown.head)


def _commit(world: World, name: str, appends: int | None) -> Executed:
    recorder = world.recorders[name]
    seen = Observation(DONE, head=world.log(recorder.recording.log).head)
    count = len(recorder.queue) if appends is None else max(appends, 0)
    for append in recorder.queue[:count]:
        world, seen = _append(world, recorder.recording.log, append)
        if seen.head is None:
            return world.with_recorder(name, attrs.evolve(recorder, queue=(), fenced=True)), seen
        recorder = attrs.evolve(
            recorder,
            queue=recorder.queue[1:],
            landed=(*recorder.landed, append),
            recording=recorder.recording.committed(len(append.content), seen.head),
        )
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
        hints = fsm.build_hints()
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        return world, attrs.evolve(seen, outcome=refused(error))
    taken = Taken(hints, (fsm.next_seq_no, fsm.next_checksum))
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
        case s.Rename(_, source, target):
            content = tree.content(source) if source in tree.links else b""
            recorded = recording.rename(source, target, content)
            tree = tree.rename(source, target)
        case _:
            raise AssertionError(f"{step} is no filesystem event")
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


# Players


def _player_step(
    world: World, step: s.Play | s.FinishAtWriteHead | s.InjectHandoff | s.Advance
) -> Executed:
    if isinstance(step, s.Play):
        return _play(world, step)
    player = world.players.get(step.player)
    if player is None or player.progress.playback.done:
        return world, Observation(IMPOSSIBLE)
    match step:
        case s.FinishAtWriteHead(name):
            return _wish(world, name, player, FinishAtWriteHead())
        case s.InjectHandoff(name, author):
            if author <= 0:
                return world, Observation(IMPOSSIBLE)
            return _wish(world, name, player, InjectHandoff(Author(author)))
        case s.Advance(name, until):
            return _advance(world, name, until)


def _play(world: World, step: s.Play) -> Executed:
    taken = world.hints.get(step.hints or "")
    if step.hints is None and step.log is not None:
        taken = Taken(FSMHints(step.log), (0, 0))
    if step.player in world.players or taken is None:
        return world, Observation(IMPOSSIBLE)
    try:
        progress = Playback.start(taken.hints, world.revision)
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        return world, Observation(refused(error))
    player = SimPlayer(progress, taken)
    return world.with_player(step.player, player), _seen_player(player)


def _wish(world: World, name: str, player: SimPlayer, wish: Goal) -> Executed:
    if player.progress.playback.goal is not None:
        return world, Observation(IMPOSSIBLE)
    player = _told(player, wish)
    return world.with_player(name, player), _seen_player(player)


def _advance(world: World, name: str, until: str) -> Executed:
    player = world.players[name]
    while not stops(player.progress, until, idle=_idle(world, player)):
        world, answer = _answer(world, player)
        player = _told(player, answer)
    return world.with_player(name, player), _seen_player(player)


def _idle(world: World, player: SimPlayer) -> bool:
    """Whether the player would read, and nothing is there."""
    match player.progress.request:
        case Read(log, offset, _):
            return world.log(log).read(offset) is None
        case _:
            return False


def stops(progress: Progress, until: str, *, idle: bool) -> bool:
    """Whether a player that advances ``until`` something stops here; ``idle``, if it would read
    and nothing is there."""
    match progress.request:
        case Complete() | Failed():
            return True
        case Append():
            return until == "append"
        case Read(_, _, block):
            return idle and (block or (until == "head" and progress.playback.tailing))
        case AskHead():
            return False


def _answer(world: World, player: SimPlayer) -> tuple[World, Event]:
    match player.progress.request:
        case AskHead(log):
            return world, Head(log, world.log(log).head)
        case Read(log, offset, _):
            read = world.log(log).read(offset)
            return world, AtHead() if read is None else Bytes(*read)
        case Append(log, content, author):
            playback = player.progress.playback
            no_op = RecordedOp(playback.fsm.next_seq_no, playback.fsm.next_checksum, author)
            made = deeds([no_op], None, playback.fsm.links)
            world = attrs.evolve(world, made=world.made.update({d.behind: d for d in made}))
            fence = LabelSet.of(FENCE_REGISTER, author.fence())
            world, seen = _append(world, log, Queued(content, made, None, fence))
            assert seen.head is not None, "a handoff has no check"
            return world, Appended(seen.head)
        case _:
            raise AssertionError("a player that has ended asks for nothing")


def _told(player: SimPlayer, event: Event) -> SimPlayer:
    progress = player.progress.playback.receive(event)
    nodes = player.nodes
    for action in progress.actions:
        match action:
            case CreateFile(fnode):
                nodes = nodes.insert(fnode, b"")
            case WriteFile(fnode, offset, content):
                old = nodes[fnode].ljust(offset, b"\0")
                nodes = nodes.insert(fnode, old[:offset] + content + old[offset + len(content) :])
            case RemoveFile(fnode):
                nodes = nodes.remove(fnode)
    return attrs.evolve(player, progress=progress, nodes=nodes)


def _played(player: SimPlayer) -> Snapshot:
    """What a player that is complete has built."""
    fsm = player.progress.playback.fsm
    files = [(path, player.nodes[fnode]) for path, fnode in fsm.links.items()]
    groups = [node.links for node in fsm.live_nodes.values()]
    return Snapshot.of([*files, *fsm.properties.items()], groups)


def _seen_player(player: SimPlayer) -> Observation:
    playback = player.progress.playback
    complete = isinstance(player.progress.request, Complete)
    return Observation(
        DONE,
        next_seq_no=playback.fsm.next_seq_no,
        next_checksum=playback.fsm.next_checksum,
        status=status_of(player.progress),
        tree=tree_of(_played(player)) if complete else None,
    )


def status_of(progress: Progress) -> str:
    """What a player is at, in a word or two."""
    match progress.request:
        case Complete():
            return "complete"
        case Failed(error):
            return f"failed: {type(error).__name__}"
        case Append():
            return "appending"
        case _:
            return "tailing" if progress.playback.tailing else "reading"


def run(scenario: Scenario, watch: Callable[[World, Step, Observation], None]) -> Trace:
    """Execute a scenario; ``watch`` is shown the world behind each step."""
    world = World(REVISIONS[scenario.revision])
    observations: list[Observation] = []
    for step in scenario.steps:
        world, seen = execute(world, step)
        observations.append(seen)
        watch(world, step, seen)
    return Trace(tuple(observations))
