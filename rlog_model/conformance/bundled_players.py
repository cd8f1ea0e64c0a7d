"""Players of the bundled implementation, as a scenario moves them: see ``bundled``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import attrs

from rlog_model import scenario as s
from rlog_model.conformance.directory import snapshot_of
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import FENCE_REGISTER, Author
from rlog_model.journal.labels import LabelSet
from rlog_model.journal.protocol import Journal
from rlog_model.play_messages import Append, Read
from rlog_model.playback import Progress
from rlog_model.player import Player, SecondWish
from rlog_model.scenario_fields import Json
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.players import PlayerStep, failed_of, gives_hints, status_of, stops
from rlog_model.simulation.snapshot import of_files
from rlog_model.trace import DONE, IMPOSSIBLE, Observation, refused, tree_of


@attrs.define
class BundledPlayer:
    """A player and what became of it."""

    player: Player
    recorder: bool = False
    """Whether a recorder went on from it."""

    handoff: Append | None = None
    """What it has appended to hand off."""

    @property
    def complete(self) -> bool:
        """Whether it has built its directory."""
        return self.player.done.done() and self.player.done.exception() is None

    @property
    def progress(self) -> Progress:
        """How far it is."""
        progress = self.player.progress
        assert progress is not None, "a player that was made has taken its first step"
        return progress

    def seen(self) -> Observation:
        """What can be seen of it."""
        fsm = self.progress.playback.fsm
        error = self.player.done.exception() if self.player.done.done() else None
        return Observation(
            DONE,
            next_seq_no=fsm.next_seq_no,
            next_checksum=fsm.next_checksum,
            status=status_of(self.progress) if error is None else failed_of(error),
            tree=tree_of(snapshot_of(Path(self.player.directory))) if self.complete else None,
        )

    def snapshot(self) -> dict[str, Json]:
        """What there is of it at the end: ADP-31."""
        shown: dict[str, Json] = {"status": self.seen().status}
        if self.complete and not self.recorder:
            shown |= of_files(snapshot_of(Path(self.player.directory)))
        return shown


def player_step(
    at: BundledPlayer,
    step: PlayerStep,
    journal: Callable[[str], AbstractContextManager[Journal]],
    head: Callable[[str], int],
    hints: dict[str, FSMHints],
) -> Observation:
    """Do a step of a player that is there. Hints that it gives are put into ``hints``."""
    match step:
        case s.HandoffAgain():
            if at.handoff is None:
                return Observation(IMPOSSIBLE)
            fence = LabelSet.of(FENCE_REGISTER, at.handoff.author.fence())
            with journal(at.handoff.log) as opened:
                again = opened.append(at.handoff.content, union=fence)
            return Observation(DONE, head=again.end)
        case s.TakePlayerHints(_, name):
            return _take_hints(at, name, hints)
        case _ if at.player.done.done():
            return Observation(IMPOSSIBLE)
        case s.Advance(_, until):
            return _advance(at, until, head)
        case s.FinishAtWriteHead() | s.InjectHandoff():
            return _wish(at, step)
        case s.Play():
            return Observation(IMPOSSIBLE)


def _take_hints(at: BundledPlayer, name: str, hints: dict[str, FSMHints]) -> Observation:
    failed = at.player.done.done() and not at.complete
    if name in hints or failed or not gives_hints(at.progress):
        return Observation(IMPOSSIBLE)
    # Not its tree: a recorder may have gone on in the player's directory.
    seen = attrs.evolve(at.seen(), tree=None)
    try:
        hints[name] = at.player.build_hints()
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        return attrs.evolve(seen, outcome=refused(error))
    return attrs.evolve(seen, hints=hints_to_json(hints[name]))


def _advance(at: BundledPlayer, until: str, head: Callable[[str], int]) -> Observation:
    player = at.player
    while not player.done.done():
        request = at.progress.request
        idle = isinstance(request, Read) and request.offset >= head(request.log)
        # What the machine has ended with is still to be done to the directory.
        if not at.progress.playback.done and stops(at.progress, until, idle=idle):
            break
        player.step()
        if isinstance(request, Append):
            at.handoff = request
    return at.seen()


def _wish(at: BundledPlayer, step: s.FinishAtWriteHead | s.InjectHandoff) -> Observation:
    try:
        if isinstance(step, s.FinishAtWriteHead):
            at.player.finish_at_write_head()
        elif step.author <= 0:
            return Observation(IMPOSSIBLE)
        else:
            at.player.inject_handoff(Author(step.author))
    except SecondWish:
        return Observation(IMPOSSIBLE)
    at.player.step()
    return at.seen()
