"""Players in a simulated world."""

from __future__ import annotations

import attrs

from rlog_model import scenario as s
from rlog_model.file_tree import written
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import FENCE_REGISTER, Author
from rlog_model.journal.labels import LabelSet
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
    WriteFile,
)
from rlog_model.playback import Playback, Progress
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.state import Executed, Queued, SimPlayer, Taken, World, land, played
from rlog_model.simulation.truth import deeds
from rlog_model.trace import DONE, IMPOSSIBLE, Observation, refused, tree_of
from rlog_model.wire import MalformedHints, decode_hints

PlayerStep = (
    s.Play | s.FinishAtWriteHead | s.InjectHandoff | s.HandoffAgain | s.TakePlayerHints | s.Advance
)
"""Every step of a player."""


def player_step(world: World, step: PlayerStep) -> Executed:
    """Spec: ADP-25, ADP-27."""
    if isinstance(step, s.Play):
        return _play(world, step)
    player = world.players.get(step.player)
    if player is None:
        return world, Observation(IMPOSSIBLE)
    match step:
        case s.HandoffAgain():
            if player.handoff is None:
                return world, Observation(IMPOSSIBLE)
            return land(world, player.progress.playback.last_log, player.handoff)
        case s.TakePlayerHints(name, hints):
            return _take_hints(world, name, hints)
        case _ if player.progress.playback.done:
            return world, Observation(IMPOSSIBLE)
        case s.FinishAtWriteHead(name):
            return _wish(world, name, player, FinishAtWriteHead())
        case s.InjectHandoff(name, author):
            if author <= 0:
                return world, Observation(IMPOSSIBLE)
            return _wish(world, name, player, InjectHandoff(Author(author)))
        case _:
            return _advance(world, step.player, step.until)


def give_hints(world: World, step: s.GiveHints) -> Executed:
    """Spec: ADP-22."""
    if step.hints in world.hints:
        return world, Observation(IMPOSSIBLE)
    try:
        hints = decode_hints(step.encoded)
    except MalformedHints as error:
        return world, Observation(refused(error))
    given = Taken(hints, (0, 0), misleads=True, given=True)
    world = attrs.evolve(world, hints=world.hints.insert(step.hints, given))
    return world, Observation(DONE, hints=hints_to_json(hints))


def _play(world: World, step: s.Play) -> Executed:
    """Spec: ADP-23."""
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


def _take_hints(world: World, name: str, hints_name: str) -> Executed:
    """Spec: ADP-28."""
    player = world.players[name]
    playback = player.progress.playback
    if hints_name in world.hints or not gives_hints(player.progress):
        return world, Observation(IMPOSSIBLE)
    # Not its tree: a recorder may have gone on in the player's directory.
    seen = attrs.evolve(_seen_player(player), tree=None)
    try:
        hints = playback.build_hints()
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        return world, attrs.evolve(seen, outcome=refused(error))
    at = playback.fsm.next_seq_no, playback.fsm.next_checksum
    taken = Taken(hints, at, world.truth(name).misleads, player.taken.given)
    world = attrs.evolve(world, hints=world.hints.insert(hints_name, taken))
    return world, attrs.evolve(seen, hints=hints_to_json(hints))


def gives_hints(progress: Progress) -> bool:
    """Whether hints can be asked of a player."""
    complete = isinstance(progress.request, Complete)
    return complete or (progress.playback.tailing and not progress.playback.done)


def _wish(world: World, name: str, player: SimPlayer, wish: Goal) -> Executed:
    if player.progress.playback.goal is not None:
        return world, Observation(IMPOSSIBLE)
    player = _told(player, wish)
    return world.with_player(name, player), _seen_player(player)


def _advance(world: World, name: str, until: str) -> Executed:
    player = world.players[name]
    while not stops(player.progress, until, idle=_idle(world, player)):
        world, player, answer = _answer(world, player)
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
    and nothing is there.

    Spec: ADP-26.
    """
    match progress.request:
        case Complete() | Failed():
            return True
        case Append():
            return until == "append"
        case Read(_, _, block):
            return idle and (block or (until == "head" and progress.playback.tailing))
        case _:
            return False


def _answer(world: World, player: SimPlayer) -> tuple[World, SimPlayer, Event]:
    request = player.progress.request
    assert not isinstance(request, Complete | Failed), "a player that has ended asks for nothing"
    match request:
        case AskHead(log):
            return world, player, Head(log, world.log(log).head)
        case Read(log, offset, _):
            read = world.log(log).read(offset)
            return world, player, AtHead() if read is None else Bytes(*read)
        case _:
            playback = player.progress.playback
            no_op = RecordedOp(playback.fsm.next_seq_no, playback.fsm.next_checksum, request.author)
            made = deeds([no_op], None, playback.fsm.links)
            world = attrs.evolve(world, made=world.made.update({d.behind: d for d in made}))
            fence = LabelSet.of(FENCE_REGISTER, request.author.fence())
            append = Queued(request.content, made, None, fence)
            world, seen = land(world, request.log, append)
            assert seen.head is not None, "a handoff has no check"
            return world, attrs.evolve(player, handoff=append), Appended(seen.head)


def _told(player: SimPlayer, event: Event) -> SimPlayer:
    progress = player.progress.playback.receive(event)
    nodes = player.nodes
    for action in progress.actions:
        match action:
            case CreateFile(fnode):
                nodes = nodes.insert(fnode, b"")
            case WriteFile(fnode, offset, content):
                nodes = nodes.insert(fnode, written(nodes[fnode], content, offset))
            case _:
                nodes = nodes.remove(action.fnode)
    return attrs.evolve(player, progress=progress, nodes=nodes)


def _seen_player(player: SimPlayer) -> Observation:
    playback = player.progress.playback
    complete = isinstance(player.progress.request, Complete)
    return Observation(
        DONE,
        next_seq_no=playback.fsm.next_seq_no,
        next_checksum=playback.fsm.next_checksum,
        status=status_of(player.progress),
        tree=tree_of(played(player)) if complete else None,
    )


def status_of(progress: Progress) -> str:
    """What a player is at, in a word or two. Spec: ADP-24."""
    match progress.request:
        case Complete():
            return "complete"
        case Failed(error):
            return failed_of(error)
        case Append():
            return "appending"
        case _:
            return "tailing" if progress.playback.tailing else "reading"


def failed_of(error: BaseException) -> str:
    """The status of a player that failed."""
    return f"failed: {type(error).__name__}"
