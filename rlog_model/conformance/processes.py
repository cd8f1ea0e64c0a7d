"""The bundled implementation in several processes, over one directory of journals.

Rules
-----
* Each recorder and each player is in a process of its own; a recorder that starts from a player
  goes on in the player's. What no recorder or player does - garbage, pruning - is done in this one.
* A step goes to the process that it is about, which answers with what could be seen. Hints go from
  one to another as JSON.
* ``die`` kills the process. Before, it hands over its *estate*: what it had sent, which can land
  later, and what had landed, which can land again. Those who do so are the network, and retries:
  here this process.
* A process that ends or is silent otherwise is an error of its own, with what it wrote to stderr.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import frozen

from rlog_model import scenario as s
from rlog_model.append_queue import Queued
from rlog_model.conformance.bundled import Bench
from rlog_model.conformance.directory import temporary_directory
from rlog_model.conformance.executor import Executor
from rlog_model.conformance.landing import land, land_in_flight
from rlog_model.conformance.nursery import Child, nursery
from rlog_model.hints_json import hints_from_json
from rlog_model.identity import FENCE_REGISTER
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import LabelSelector, LabelSet
from rlog_model.revision import REVISIONS, Revision
from rlog_model.scenario import Step
from rlog_model.scenario_fields import Json
from rlog_model.scenario_parts import Part
from rlog_model.simulation.players import PlayerStep
from rlog_model.trace import DONE, IMPOSSIBLE, Observation

SILENT_SECONDS: Final = 60.0
"""Seconds after which a process that does not answer is taken to hang."""


@frozen
class ProcessFailed(Exception):
    """A process of a recorder or player ended, or hangs, and no step says so."""

    who: str
    step: Step
    reason: str
    stderr: str
    """What it wrote to stderr."""

    def __str__(self) -> str:
        return f"the process of {self.who} {self.reason} at {self.step}:\n{self.stderr}"


@frozen
class Append:
    """An append that somebody had sent."""

    log: str
    content: bytes
    check: LabelSelector | None
    union: LabelSet


@attrs.define
class Estate:
    """What a process leaves."""

    landed: list[Append]
    in_flight: list[Append]
    handoff: Append | None = None
    """What its player had appended to hand off."""

    hints: Observation | None = None
    """What can be seen when hints are taken of its player."""


@frozen
class _Beginning:
    root: Path
    revision: str
    stderr: Path


@frozen
class _Question:
    step: Step
    hints: Mapping[str, Json] | None
    """The hints of the name that the step has, if they are known."""


@frozen
class _Answer:
    seen: Observation
    estate: Estate | None


@attrs.define
class _Actor:
    """A process, and what it leaves."""

    who: str
    child: Child
    stderr: Path
    estate: Estate | None = None

    def ask(self, question: _Question) -> Observation:
        try:
            self.child.pipe.send(question)
            if not self.child.pipe.poll(SILENT_SECONDS):
                raise self._failed(question.step, f"was silent for {SILENT_SECONDS:.0f} seconds")
            answer: _Answer = self.child.pipe.recv()
        except (EOFError, OSError) as error:
            raise self._failed(question.step, "ended") from error
        if answer.estate is not None:
            self.child.kill()
            self.estate = answer.estate
        return answer.seen

    def _failed(self, step: Step, reason: str) -> ProcessFailed:
        self.child.kill()
        return ProcessFailed(self.who, step, reason, self.stderr.read_text("utf-8", "replace"))


class Processes:
    """The bundled implementation in several processes."""

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._recorders: dict[str, _Actor] = {}
        self._players: dict[str, _Actor] = {}
        self._hints: dict[str, Mapping[str, Json]] = {}
        self._started = 0
        with contextlib.ExitStack() as opened:
            self._root = temporary_directory(opened)
            self._store = opened.enter_context(FileStore(self._root / "store"))
            self._bench = Bench(self._root, self._store, revision)
            self._opened = opened.pop_all()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes that are alive."""
        actors = [*self._recorders.values(), *self._players.values()]
        return sorted({actor.child.pid for actor in actors if actor.estate is None})

    def execute(self, step: Step) -> Observation:
        """See ``Executor``.

        Raises:
            ProcessFailed: a process ended or hangs.
        """
        if isinstance(step, Part | s.AppendRaw | s.ReadLog | s.Roll | s.Prune):
            return self._bench.execute(step)
        if isinstance(step, s.GiveHints):
            return self._give_hints(step)
        actor = self._actor_of(step)
        if actor is None and not isinstance(step, s.StartRecorder | s.Play):
            return Observation(IMPOSSIBLE)
        at = actor or self._start(step)
        seen = self._execute(at, step)
        if seen.outcome == DONE and isinstance(step, s.StartRecorder):
            self._recorders[step.recorder] = at
        elif seen.outcome == DONE and isinstance(step, s.Play):
            self._players[step.player] = at
        elif actor is None:
            at.child.kill()
        return seen

    def close(self) -> None:
        """See ``Executor``."""
        self._opened.close()

    def _give_hints(self, step: s.GiveHints) -> Observation:
        if step.hints in self._hints:
            return Observation(IMPOSSIBLE)
        seen = self._bench.execute(step)
        if seen.hints is not None:
            self._hints[step.hints] = seen.hints
        return seen

    def _actor_of(self, step: Step) -> _Actor | None:
        """The process that a step is about, if there is one."""
        if isinstance(step, PlayerStep):
            return self._players.get(step.player)
        recorder: str = step.recorder  # type: ignore[union-attr]  # all others have one
        known = self._recorders.get(recorder)
        if isinstance(step, s.StartRecorder) and step.player is not None:
            return known or self._players.get(step.player)
        return known

    def _start(self, step: Step) -> _Actor:
        self._started += 1
        who = f"{'player' if isinstance(step, s.Play) else 'recorder'} {_name_of(step)}"
        stderr = self._root / f"stderr-{self._started}"
        stderr.touch()
        child = nursery(__name__, act.__name__).start()
        self._opened.callback(child.kill)
        child.pipe.send(_Beginning(self._root, self._revision.name, stderr))
        return _Actor(who, child, stderr)

    def _execute(self, at: _Actor, step: Step) -> Observation:
        known = None
        if isinstance(step, s.TakeHints | s.TakePlayerHints | s.Play):
            known = self._hints.get(step.hints or "")
        if at.estate is None:
            seen = at.ask(_Question(step, known))
        else:
            seen = self._inherit(at.estate, step, known is not None)
        if isinstance(step, s.TakeHints | s.TakePlayerHints) and seen.hints is not None:
            self._hints[step.hints] = seen.hints
        return seen

    def _inherit(self, estate: Estate, step: Step, name_is_taken: bool) -> Observation:
        """What can still be done when the process is dead."""
        match step:
            case s.AppendAgain(_, back) if 0 <= back < len(estate.landed):
                again = estate.landed[-1 - back]
                with self._store.open(again.log) as journal:
                    return land(journal, again)
            case s.Commit(_, appends) if estate.in_flight:
                with self._store.open(estate.in_flight[0].log) as journal:
                    return land_in_flight(journal, estate.in_flight, estate.landed, appends)
            case s.HandoffAgain() if estate.handoff is not None:
                with self._store.open(estate.handoff.log) as journal:
                    return land(journal, estate.handoff)
            case s.TakePlayerHints() if estate.hints is not None and not name_is_taken:
                return estate.hints
            case _:
                return Observation(IMPOSSIBLE)


def in_processes(revision: Revision) -> Executor:
    """The bundled implementation, each recorder and player in a process of its own."""
    return Processes(revision)


def _name_of(step: Step) -> str:
    return step.player if isinstance(step, s.Play) else str(getattr(step, "recorder", ""))


# In the process of a recorder or player


def act(pipe: Connection[Any, Any]) -> None:
    """What the process of a recorder or player does."""
    beginning: _Beginning = pipe.recv()
    descriptor = os.open(beginning.stderr, os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    with FileStore(beginning.root / "store") as store:
        bench = _Bench(beginning.root, store, REVISIONS[beginning.revision])
        with contextlib.closing(bench), contextlib.suppress(EOFError):
            while True:
                pipe.send(bench.answer(pipe.recv()))


class _Bench(Bench):
    """What one process has."""

    def answer(self, question: _Question) -> _Answer:
        step = question.step
        if question.hints is not None:
            name = getattr(step, "hints", None)
            assert name is not None, "who has hints has their name"
            self._hints.setdefault(name, hints_from_json(question.hints))
        seen = self.execute(step)
        if isinstance(step, s.Die) and seen.outcome == DONE:
            return _Answer(seen, self._estate(step.recorder))
        return _Answer(seen, None)

    def _estate(self, name: str) -> Estate:
        recorder = self._recorders[name]
        log = recorder.journal.name

        def append(queued: Queued) -> Append:
            return Append(log, queued.content, queued.check, queued.union)

        estate = Estate([*map(append, recorder.landed)], [*map(append, recorder.in_flight)])
        for player, at in self._players.items():
            unused = "-".join([*self._hints, "unused"])
            estate.hints = self.execute(s.TakePlayerHints(player, unused))
            if at.handoff is not None:
                fence = LabelSet.of(FENCE_REGISTER, at.handoff.author.fence())
                estate.handoff = Append(at.handoff.log, at.handoff.content, None, fence)
        return estate
