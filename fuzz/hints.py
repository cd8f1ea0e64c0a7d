"""Target: hints, as protobuf bytes and as JSON.

Properties
----------
* Bytes are hints, or ``MalformedHints`` is raised: nothing else. The same for JSON values.
* Hints that are decoded, and written and read again in either form, are the same.
* They flatten, or one of the three errors that say why not is raised. If they flatten, they
  validate too.
* If they flatten, a player plays them: over logs that hold something it is complete, or has failed
  by a ``PlayError``, in a bounded number of steps. One that is complete is refused hints by one of
  the three errors; or it gives hints, and where they name a live file, they lead to its own tree.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Final

import attrs

from rlog_model import scenario as s
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_json import hints_from_json, hints_to_json
from rlog_model.play_error import PlayError
from rlog_model.play_messages import Complete, Failed
from rlog_model.revision import CURRENT
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.state import Taken, World
from rlog_model.simulation.world import execute
from rlog_model.trace import DONE, Observation
from rlog_model.wire import MalformedHints, decode_hints, encode_hints
from tests.cases import load
from tests.samples import ALL

REFUSED: Final = (InvalidHints, InvalidSegment, SegmentConflict)
"""How hints are refused."""

LOG: Final = "logs/a"
OTHER: Final = "logs/b"


def check(data: bytes) -> None:
    """``data`` is hints in one form or the other, which their first byte tells as for ``rlog``."""
    hints = from_text(data) if data[:1] in (b"{", b"[") else from_bytes(data)
    if hints is None:
        return
    assert decode_hints(encode_hints(hints)) == hints
    assert hints_from_json(json.loads(json.dumps(hints_to_json(hints)))) == hints
    try:
        hints.live_log_segments()
    except REFUSED:
        return
    play(hints)


def from_bytes(data: bytes) -> FSMHints | None:
    try:
        return decode_hints(data)
    except MalformedHints:
        return None


def from_text(data: bytes) -> FSMHints | None:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return None
    try:
        return hints_from_json(values)
    except MalformedHints:
        return None


def play(hints: FSMHints) -> None:
    """Play hints, and then the hints of the player."""
    world, seen = played(small_world(hints), "p", hints)
    if seen is None or seen.tree is None:
        return
    try:
        again = world.players["p"].progress.playback.build_hints()
    except REFUSED:
        return
    _, seen_again = played(world, "again", again)
    assert seen_again is not None, "hints that a player gave are refused"
    # Hints can leave out a file that is live. Who has no live file in his own hints then plays
    # from the beginning of the log, and finds it.
    assert seen_again.tree == seen.tree or not again.live_nodes, (seen_again, seen)


def played(world: World, player: str, hints: FSMHints) -> tuple[World, Observation | None]:
    """The world in which ``player`` has played, and what it saw. None: the hints are refused."""
    taken = Taken(hints, (0, 0))
    world = attrs.evolve(world, hints=world.hints.insert(player, taken))
    world, seen = execute(world, s.Play(player, player))
    if seen.outcome != DONE:
        assert seen.outcome.split()[1] in {error.__name__ for error in REFUSED}, seen
        return world, None
    world, _ = execute(world, s.FinishAtWriteHead(player))
    world, seen = execute(world, s.Advance(player))
    request = world.players[player].progress.request
    assert isinstance(request, Complete | Failed), request
    assert isinstance(request, Complete) or isinstance(request.error, PlayError), request
    return world, seen


def small_world(hints: FSMHints) -> World:
    """Every log that the hints name holds the operations of a recorder, and of another one."""
    world, _ = recorded()
    for log in hints.logs():
        if log not in (LOG, OTHER):
            world = world.with_log(log, world.log(LOG))
    return world


@functools.cache
def recorded() -> tuple[World, tuple[FSMHints, ...]]:
    """Two logs: what two recorders did in them, one of which moved; and hints taken meanwhile."""
    steps: tuple[s.Step, ...] = (
        s.StartRecorder("r1", LOG, 1, None, False),
        s.Create("r1", "/x"),
        s.Write("r1", "/x", 0, b"one"),
        s.TakeHints("r1", "h1"),
        s.Create("r1", "/d/y"),
        s.Link("r1", "/d/y", "/d/z"),
        s.Create("r1", "/IDENTITY.tmp"),
        s.Write("r1", "/IDENTITY.tmp", 0, b"me"),
        s.Rename("r1", "/IDENTITY.tmp", "/IDENTITY"),
        s.Unlink("r1", "/x"),
        s.TakeHints("r1", "h2"),
        s.Play("p1", "h2"),
        s.InjectHandoff("p1", 2),
        s.Advance("p1"),
        s.StartRecorder("r2", LOG, 2, "p1"),
        s.Write("r1", "/d/y", 0, b"zombie"),
        s.Commit("r1"),
        s.AppendRaw(LOG, b"no operation"),
        s.Write("r2", "/d/y", 1, b"two"),
        s.TakeHints("r2", "h3"),
        s.Play("p2", "h3"),
        s.FinishAtWriteHead("p2"),
        s.Advance("p2"),
        s.StartRecorder("r3", OTHER, 3, "p2", False),
        s.Create("r3", "/w"),
        s.TakeHints("r3", "h4"),
    )
    world = World(CURRENT)
    for step in steps:
        world, seen = execute(world, step)
        assert seen.outcome == DONE, (step, seen)
    hints = tuple(world.hints[f"h{number}"].hints for number in range(1, 5))
    # The recorders and players are gone.
    return attrs.evolve(World(CURRENT), logs=world.logs), hints


def seeds() -> Iterator[bytes]:
    """The hints of the small log, Gazette's cases, and the hints of logs that Gazette recorded."""
    for hints in recorded()[1]:
        yield encode_hints(hints)
        yield json.dumps(hints_to_json(hints)).encode()
    for case in load("codec-hints"):
        yield bytes.fromhex(case["bytes"])
        yield json.dumps(case["hints"]).encode()
    for told in ALL:
        if len(told.protobuf) < 4096:
            yield told.protobuf
