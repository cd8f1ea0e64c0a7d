"""The judge: one scenario, executed by the model and by the implementation, and compared.

Rules
-----
A scenario fails at the first step at which

1. the implementation shows anything else than the model: an outcome, a sequence number, hints, the
   recorder's directory, what a player rebuilt; or
2. a player is complete, and its tree is not the truth (see ``simulation.truth``); or
3. a player fails, and nothing was deleted that it needs: hints of a recorder lead to its tree; or
4. a recorder, or a player that can be asked, has live files and can't give hints; or
5. an invariant is broken: see ``simulation.invariants``.

So does one that either of them breaks at, by whatever exception.
"""

from __future__ import annotations

import traceback

from attrs import frozen

from rlog_model import scenario as s
from rlog_model.conformance.bundled import execute as execute_bundled
from rlog_model.file_tree import Snapshot
from rlog_model.hints import FSMHints
from rlog_model.play_error import HintsRemain, HoleInLog
from rlog_model.play_messages import Failed
from rlog_model.scenario import Scenario, Step
from rlog_model.segment import UNKNOWN_OFFSET
from rlog_model.simulation import world as model
from rlog_model.simulation.invariants import broken
from rlog_model.simulation.state import World
from rlog_model.trace import Observation, Trace, Tree, first_divergence


@frozen
class Verdict:
    """What came of a scenario."""

    scenario: Scenario
    model: Trace
    implementation: Trace
    failure: str | None
    """Why it failed; none if it did not."""

    two_recorders: bool
    """Whether two recorders or more, alive at one time, had appends land in one log."""

    handoff: bool
    """Whether a handoff completed."""


def judge(scenario: Scenario) -> Verdict:
    """Execute ``scenario`` twice, and compare."""
    watch = Judge()
    expected, actual = Trace(), Trace()
    who = "the model"
    try:
        expected = model.run(scenario, watch)
        who = "the implementation"
        actual = execute_bundled(scenario)
    except Exception as error:
        # Whatever it is, the user is shown the scenario that does it.
        failure: str | None = f"{who} broke:\n{''.join(traceback.format_exception(error))}"
    else:
        failure = watch.failure
        divergence = first_divergence(expected, actual)
        if divergence is not None and (failure is None or divergence.step <= watch.failed_at):
            failure = str(divergence)
    return Verdict(scenario, expected, actual, failure, watch.two_recorders, watch.handoff)


class Judge:
    """Looks at the model's world behind each step, and says when a play is not the truth."""

    def __init__(self) -> None:
        self.failure: str | None = None
        self.failed_at = 0
        self.two_recorders = False
        self.handoff = False
        self._steps = 0

    def __call__(self, world: World, step: Step, seen: Observation) -> None:
        if isinstance(step, s.Commit | s.TakeHints):
            self.two_recorders = self.two_recorders or _concurrent(world)
        if isinstance(step, s.TakeHints | s.TakePlayerHints) and self.failure is None:
            self.failure = self._judge_hints(world, step, seen)
            self.failed_at = self._steps
        if isinstance(step, s.Advance) and seen.status is not None and self.failure is None:
            self.failure = self._judge_player(world, step.player, seen)
            self.failed_at = self._steps
        if self.failure is None and (wrong := next(broken(world, step), None)):
            self.failure = f"step {self._steps}: {wrong}"
            self.failed_at = self._steps
        self._steps += 1

    def _judge_hints(
        self, world: World, step: s.TakeHints | s.TakePlayerHints, seen: Observation
    ) -> str | None:
        if not seen.outcome.startswith("refused"):
            return None
        if isinstance(step, s.TakeHints):
            recorder = world.recorders[step.recorder]
            who, fsm = f"recorder {step.recorder}", recorder.recording.fsm
            misled = recorder.misleads
        else:
            who, fsm = f"player {step.player}", world.players[step.player].progress.playback.fsm
            misled = world.truth(step.player).misleads
        if misled or not fsm.live_nodes:
            return None
        return f"step {self._steps}: {who} has live files, and no hints: {seen.outcome}"

    def _judge_player(self, world: World, name: str, seen: Observation) -> str | None:
        player = world.players[name]
        request = player.progress.request
        if isinstance(request, Failed):
            lost = isinstance(request.error, HoleInLog | HintsRemain)
            if (lost and _deleted(world, player.taken.hints)) or world.truth(name).misled:
                return None
            return (
                f"step {self._steps}: player {name} failed of what it should play: {request.error}"
            )
        if seen.tree is None:
            return None
        self.handoff = self.handoff or player.progress.playback.injected is not None
        truth = world.truth(name)
        played = _snapshot(seen.tree)
        if truth.allows(played):
            return None
        return (
            f"step {self._steps}: player {name} built another tree than its recorder had:\n"
            f"  expected      {truth.tree}\n"
            f"  actually got  {played}"
        )


def _deleted(world: World, hints: FSMHints) -> bool:
    """Whether something was deleted that a player of the hints may need: bytes of a segment, as far
    as they say where it ends; and all behind the last one, in the hints' own log."""
    segments = hints.live_log_segments()[1].segments
    for segment in segments:
        end = segment.last_offset if segment.last_offset != UNKNOWN_OFFSET else 1 << 63
        if not world.log(segment.log).has(segment.first_offset, end):
            return True
    behind = max(
        (max(s.first_offset, s.last_offset) for s in segments if s.log == hints.log), default=0
    )
    return not world.log(hints.log).has(behind, 1 << 63)


def _concurrent(world: World) -> bool:
    alive = [r.recording.log for r in world.recorders.values() if r.landed and not r.dead]
    return len(alive) > len(set(alive))


def _snapshot(tree: Tree) -> Snapshot:
    files = [(path, bytes.fromhex(content)) for path, content in tree["files"].items()]
    return Snapshot.of(files, tree["same_file"])
