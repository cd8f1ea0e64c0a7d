"""What a scenario of worlds holds for who has only a part.

Rules
-----
* A *play* is what one player of the scenario was given at the end: the bytes of its logs, with
  their holes, and its hints. It is played to the head.
* A *recording* is what one recorder that began on an empty directory was told, and what it appends.
  Others are left out, with all that they appended.
* A *branch* is the operations of a log, offered to an FSM that begins with a player's hints.
"""

from __future__ import annotations

from collections.abc import Iterator

from rlog_model import scenario as s
from rlog_model import scenario_parts as p
from rlog_model.conformance.suite.capabilities import RECORDER
from rlog_model.framing import Frame, Framer, Skipped
from rlog_model.hints import FSMHints
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.log import Log
from rlog_model.simulation.state import World
from rlog_model.simulation.world import execute
from rlog_model.trace import DONE
from rlog_model.wire import MalformedOp, decode_op, encode_hints


def projections(scenario: Scenario) -> Iterator[Scenario]:
    """All of a scenario's plays, recordings and branches, in no order that means anything."""
    world = World(REVISIONS[scenario.revision])
    for step in scenario.steps:
        world, _ = execute(world, step)
    hints = {player: at.taken.hints for player, at in world.players.items()}
    told: list[tuple[str, tuple[Step, ...]]] = []
    for player in sorted(hints):
        told.append(("a play", _play(world, hints[player])))
        told.append(("a branch", tuple(_branch(world, hints[player]))))
    for name, recorder in sorted(world.recorders.items()):
        log = recorder.recording.log
        told.append(("a recording", _recording(scenario, name, log)))
        told.append(("a branch", tuple(_branch(world, FSMHints(log)))))
    seen: set[tuple[Step, ...]] = set()
    for what, steps in told:
        if steps and steps not in seen:
            seen.add(steps)
            yield Scenario(steps, f"{what} of: {scenario.title}", scenario.revision)


def _logs_of(hints: FSMHints) -> list[str]:
    named = (segment.log for node in hints.live_nodes for segment in node.segments)
    return sorted({hints.log, *filter(None, named)})


def _play(world: World, hints: FSMHints) -> tuple[Step, ...]:
    steps: list[Step] = []
    for log in _logs_of(hints):
        steps += _as_bytes(log, world.log(log))
    return (
        *steps,
        s.GiveHints("h", encode_hints(hints)),
        s.Play("p", "h"),
        s.FinishAtWriteHead("p"),
        s.Advance("p"),
    )


def _as_bytes(name: str, log: Log) -> Iterator[Step]:
    """The steps which make a log that has the same bytes, and the same holes."""
    reached = 0
    holes: list[tuple[int, int]] = []
    for fragment in log.fragments:
        if fragment.begin > reached:
            yield s.AppendRaw(name, b"\0", fragment.begin - reached)
            yield s.Roll(name)
            holes.append((reached, fragment.begin))
        if fragment.content:
            yield s.AppendRaw(name, fragment.content)
            yield s.Roll(name)
        reached = fragment.end
    for begin, end in holes:
        yield s.Prune(name, end, begin)


def _recording(scenario: Scenario, name: str, log: str) -> tuple[Step, ...]:
    """A recorder's own steps, as far as they were done; others' appends are left out."""
    steps: list[Step] = []
    for step in scenario.steps:
        if getattr(step, "recorder", None) != name or not isinstance(step, RECORDER):
            continue
        if isinstance(step, s.StartRecorder) and step.player is not None:
            return ()
        steps.append(step)
    world, kept = World(REVISIONS[scenario.revision]), list[Step]()
    for step in steps:
        world, seen = execute(world, step)
        if seen.outcome == DONE or seen.outcome.startswith("refused: RecordingRefused"):
            kept.append(step)
    return (*kept, s.Commit(name), s.ReadLog(log)) if len(kept) > 1 else ()


def _branch(world: World, hints: FSMHints) -> Iterator[Step]:
    offers = [offer for log in _logs_of(hints) for offer in _offers(log, world.log(log))]
    if not offers or len(offers) > 60:
        return
    yield p.NewFsm("f", encode_hints(hints))
    yield from offers
    yield p.BuildHints("f")


def _offers(name: str, log: Log) -> Iterator[Step]:
    for fragment in log.fragments:
        framer = Framer.at(fragment.begin).feed(fragment.content)
        while True:
            framer, event = framer.next()
            if event is None:
                break
            if not isinstance(event, Frame):
                assert isinstance(event, Skipped), "no raw bytes were asked for"
                continue
            try:
                length = max(decode_op(event.payload).raw_length, 0)
            except MalformedOp:
                continue
            end = event.last_offset + length
            yield p.Apply("f", event.payload, name, event.first_offset, end)
