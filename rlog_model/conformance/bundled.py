"""The bundled implementation executes a scenario: real journals, directories and system calls.

Each event is first done to the recorder's directory, as a program would, and then recorded. That
the recorder will accept it is asked beforehand, so that an event which can't be recorded is not
done at all.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from rlog_model import scenario as s
from rlog_model.append_queue import ManualAppendQueue, Queued
from rlog_model.conformance.bundled_players import BundledPlayer, player_step
from rlog_model.conformance.directory import (
    appends,
    content_of,
    directories_for,
    prune,
    scratch,
    snapshot_of,
    temporary_directory,
)
from rlog_model.conformance.landing import content_from, land, land_in_flight
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import Author, Fnode
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import EMPTY
from rlog_model.journal.protocol import Journal, JournalStore
from rlog_model.namespace import OpenFlags, PosixError
from rlog_model.player import Player
from rlog_model.recorder import Recorder, os_flags
from rlog_model.recording_refused import RecordingRefused
from rlog_model.revision import REVISIONS, Revision
from rlog_model.scenario import Scenario, Step
from rlog_model.scenario_fields import Json
from rlog_model.scenario_parts import Part
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.simulation.parts import Parts, execute_part
from rlog_model.simulation.players import PlayerStep
from rlog_model.simulation.recorders import first_frame, open_flags
from rlog_model.simulation.snapshot import named, of_branch, of_log, of_parts
from rlog_model.trace import DONE, FENCED, IMPOSSIBLE, Observation, Trace, refused, tree_of
from rlog_model.wire import MalformedHints, decode_hints


def execute(scenario: Scenario) -> Trace:
    """What the bundled implementation shows of a scenario, over a FileStore in a new directory."""
    with contextlib.ExitStack() as opened:
        return execute_in_files(temporary_directory(opened, scratch()), scenario)


def execute_in_files(root: Path, scenario: Scenario) -> Trace:
    """What the bundled implementation shows of a scenario, over a FileStore in ``root``, where its
    directories stay."""
    with FileStore(root / "store") as store:
        return execute_in(root, store, scenario, lambda: FileStore(root / "store"))


def execute_in(
    root: Path,
    store: JournalStore,
    scenario: Scenario,
    other: Callable[[], JournalStore] | None = None,
) -> Trace:
    """What the bundled implementation shows of a scenario; its directories stay in ``root``. See
    ``Bench``."""
    revision = REVISIONS[scenario.revision]
    with contextlib.closing(Bench(root, store, revision, other)) as bench:
        return Trace(tuple(bench.execute(step) for step in scenario.steps))


@attrs.define
class _Recorder:
    recorder: Recorder
    queue: ManualAppendQueue
    journal: Journal
    directory: Path
    files: dict[str, tuple[int, Fnode | None]] = attrs.field(factory=dict)
    """Open files by their names: descriptor, and what the recorder knows them as."""

    landed: list[Queued] = attrs.field(factory=list)
    in_flight: list[Queued] = attrs.field(factory=list)
    """Of a dead one: what was sent, and can still land."""

    dead: bool = False


class Bench:
    """Everything that a scenario has made so far."""

    def __init__(
        self,
        root: Path,
        store: JournalStore,
        revision: Revision,
        other: Callable[[], JournalStore] | None = None,
    ) -> None:
        """``root``: where directories are made: ``recorder-NAME`` of a recorder that starts on an
        empty one, ``player-NAME`` of a player. ``other`` opens the store once more, as another
        process would: so do all who are neither recorders nor players, each time."""
        self._other = other
        self._root = root
        self._store = store
        self._revision = revision
        self._open_files = contextlib.ExitStack()
        self._recorders: dict[str, _Recorder] = {}
        self._players: dict[str, BundledPlayer] = {}
        self._hints: dict[str, FSMHints] = {}
        self._logs: set[str] = set()
        # The implementation drives the model's own parts, and has no others to compare.
        self._parts = Parts(revision)

    def execute(self, step: Step) -> Observation:
        """Do a step, and say what could be seen."""
        if isinstance(step, Part):
            self._parts, seen = execute_part(self._parts, step)
            return seen
        if isinstance(step, s.StartRecorder | s.AppendRaw):
            self._logs.add(step.log)
        match step:
            case s.StartRecorder():
                return self._start_recorder(step)
            case s.AppendRaw(log, data, times):
                with self._outside(log) as journal:
                    return Observation(DONE, head=journal.append(data * times).end)
            case s.ReadLog(log, offset):
                with self._outside(log) as journal:
                    content = content_from(journal, offset)
                    return Observation(DONE, head=journal.write_head(), encoded=content.hex())
            case s.GiveHints(name, encoded):
                return self._give_hints(name, encoded)
            case s.Roll(log):
                with self._outside(log) as journal:
                    journal.roll()
                return Observation(DONE)
            case s.Prune(log, before, begin):
                with self._outside(log) as journal:
                    journal.prune(before, begin)
                return Observation(DONE)
            case s.Play():
                return self._play(step)
            case _ if isinstance(step, PlayerStep):
                at = self._players.get(step.player)
                if at is None:
                    return Observation(IMPOSSIBLE)
                return player_step(at, step, self._outside, self._head, self._hints)
            case _:
                return self._recorder_step(step)

    def snapshot(self) -> dict[str, Json]:
        """What there is behind the last step: ADP-31."""
        handoffs = (at.handoff for at in self._players.values())
        logs = self._logs.union(handoff.log for handoff in handoffs if handoff is not None)
        return {
            **of_parts(self._parts),
            **named("players", self._players.items(), BundledPlayer.snapshot),
            **named(
                "recorders",
                self._recorders.items(),
                lambda at: of_branch(at.recorder.recording.fsm),
            ),
            **named("logs", ((log, log) for log in logs if self._head(log)), self._log),
        }

    def _log(self, log: str) -> Json:
        with self._outside(log) as journal:
            return of_log(journal.write_head(), content_from(journal, 0))

    def close(self) -> None:
        """Close what is open. The directories and the store stay."""
        self._open_files.close()

    def _head(self, log: str) -> int:
        with self._store.open(log) as journal:
            return journal.write_head()

    @contextlib.contextmanager
    def _outside(self, log: str) -> Iterator[Journal]:
        """A journal, as one who is neither recorder nor player opens it."""
        with contextlib.ExitStack() as opened:
            store = self._store if self._other is None else opened.enter_context(self._other())
            yield opened.enter_context(store.open(log))

    # Recorders

    def _start_recorder(self, step: s.StartRecorder) -> Observation:
        if step.recorder in self._recorders or step.author <= 0:
            return Observation(IMPOSSIBLE)
        fsm = FSM(step.log, revision=self._revision)
        directory = self._root / f"recorder-{step.recorder}"
        if step.player is not None:
            player = self._players.get(step.player)
            if player is None or player.recorder or not player.complete:
                return Observation(IMPOSSIBLE)
            fsm, directory = player.player.done.result(), Path(player.player.directory)
        else:
            player = None
            directory.mkdir()
        journal = self._store.open(step.log)
        self._open_files.callback(journal.close)
        queue = ManualAppendQueue(journal)
        try:
            recorder = Recorder(
                step.log,
                fsm,
                Author(step.author),
                directory,
                journal,
                check_registers=step.check_registers,
                queue=queue,
            )
        except RecordingRefused as error:
            return Observation(refused(error))
        if player is not None:
            player.recorder = True
        made = _Recorder(recorder, queue, journal, directory)
        self._recorders[step.recorder] = made
        return _seen_recorder(made)

    def _recorder_step(self, step: Step) -> Observation:
        at = self._recorders.get(step.recorder)  # type: ignore[union-attr]  # the rest have one
        if at is None:
            return Observation(IMPOSSIBLE)
        match step:
            case s.AppendAgain(_, back):
                if not 0 <= back < len(at.landed):
                    return Observation(IMPOSSIBLE)
                with self._outside(at.journal.name) as journal:
                    return land(journal, at.landed[-1 - back])
            case s.Commit(_, appends) if at.dead:
                return land_in_flight(at.journal, at.in_flight, at.landed, appends)
            case _ if at.dead:
                return Observation(IMPOSSIBLE)
            case _ if at.recorder.fenced:
                return Observation(FENCED)
            case s.Commit(_, appends):
                return self._commit(at, appends)
            case s.Die(_, in_flight):
                at.dead = True
                at.in_flight = list(at.queue.waiting[: max(in_flight, 0)])
                at.queue.drop()
                return Observation(DONE)
            case s.AppendTorn(_, size):
                waiting = at.queue.waiting
                if not waiting or not 0 < size < first_frame(waiting[0].content):
                    return Observation(IMPOSSIBLE)
                torn = waiting[0].content[:size]
                return land(at.journal, attrs.evolve(waiting[0], content=torn, union=EMPTY))
            case s.TakeHints(_, name):
                return self._take_hints(at, name)
            case _:
                return self._event(at, step)

    def _commit(self, at: _Recorder, appends: int | None) -> Observation:
        waiting = at.queue.waiting
        count = len(waiting) if appends is None else max(appends, 0)
        at.queue.commit(count)
        if at.recorder.fenced:
            return Observation(FENCED)
        at.landed += waiting[:count]
        seen = _seen_recorder(at)
        return attrs.evolve(seen, head=at.journal.write_head(), tree=None)

    def _take_hints(self, at: _Recorder, name: str) -> Observation:
        if name in self._hints:
            return Observation(IMPOSSIBLE)
        seen = self._commit(at, None)
        if seen.outcome == FENCED:
            return seen
        try:
            hints = at.recorder.build_hints(timeout=0)
        except (InvalidHints, InvalidSegment, SegmentConflict) as error:
            return attrs.evolve(seen, outcome=refused(error))
        self._hints[name] = hints
        return attrs.evolve(_seen_recorder(at), hints=hints_to_json(hints))

    def _event(self, at: _Recorder, step: Step) -> Observation:
        try:
            self._happen(at, step)
        except RecordingRefused as error:
            return attrs.evolve(_seen_recorder(at), outcome=refused(error))
        except OSError:
            # What the model tells by the error of the simulated directory.
            return attrs.evolve(_seen_recorder(at), outcome=f"refused: {PosixError.__name__}")
        except KeyError:
            return Observation(IMPOSSIBLE)
        return _seen_recorder(at)

    def _happen(self, at: _Recorder, step: Step) -> None:
        recorder, recording = at.recorder, at.recorder.recording
        match step:
            case s.Create(_, path, name):
                flags = OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE
                self._open(at, path, flags, name)
            case s.Open(_, path, names, name):
                self._open(at, path, open_flags(names), name)
            case s.Write(_, file, offset, data, times):
                with _descriptor(at, file, os.O_WRONLY) as (descriptor, fnode):
                    if appends(descriptor):
                        offset = os.fstat(descriptor).st_size
                    recording.write_at(fnode, data * times, offset)
                    os.pwrite(descriptor, data * times, offset)
                    recorder.record_write_at(fnode, data * times, offset)
            case s.Truncate(_, file, size):
                with _descriptor(at, file, os.O_RDWR) as (descriptor, fnode):
                    recording.truncate(fnode, size, b"".ljust(max(size, 0), b"\0"))
                    os.ftruncate(descriptor, size)
                    content = content_of(descriptor)
                    recorder.record_truncate(fnode, size, lambda: content)
            case s.Link(_, source, target):
                recording.link(source, target)
                with directories_for(at.directory, target) as there:
                    os.link(at.directory / source[1:], there)
                recorder.record_link(at.directory / source[1:], there)
            case s.Unlink(_, path):
                recording.unlink(path)
                (at.directory / path[1:]).unlink()
                prune(at.directory, path)
                recorder.record_remove(at.directory / path[1:])
            case s.Rename(_, source, target):
                old = at.directory / source[1:]
                recording.rename(source, target, old.read_bytes() if old.is_file() else b"")
                with directories_for(at.directory, target) as there:
                    old.rename(there)
                prune(at.directory, source)
                recorder.record_rename(old, there)
            case _:
                raise AssertionError(f"{step} is no filesystem event")

    def _open(self, at: _Recorder, path: str, flags: OpenFlags, name: str | None) -> None:
        if name is not None and name in at.files:
            raise KeyError(name)
        at.recorder.recording.open(path, flags)
        system = os_flags(flags)
        with directories_for(at.directory, path) as there:
            descriptor = os.open(there, system, 0o644)
        recorded = at.recorder.record_open_file(there, system)
        if name is None:
            os.close(descriptor)
            return
        self._open_files.callback(os.close, descriptor)
        at.files[name] = (descriptor, recorded.fnode)

    # Players

    def _give_hints(self, name: str, encoded: bytes) -> Observation:
        if name in self._hints:
            return Observation(IMPOSSIBLE)
        try:
            self._hints[name] = decode_hints(encoded)
        except MalformedHints as error:
            return Observation(refused(error))
        return Observation(DONE, hints=hints_to_json(self._hints[name]))

    def _play(self, step: s.Play) -> Observation:
        hints = self._hints.get(step.hints or "")
        if step.hints is None and step.log is not None:
            hints = FSMHints(step.log)
        if step.player in self._players or hints is None:
            return Observation(IMPOSSIBLE)
        directory = self._root / f"player-{step.player}"
        player = Player(hints, directory, self._store, revision=self._revision, durable=False)
        player.step()
        if player.done.done():
            return Observation(refused(player.done.exception()))
        self._players[step.player] = BundledPlayer(player)
        return self._players[step.player].seen()


def _seen_recorder(at: _Recorder) -> Observation:
    fsm = at.recorder.recording.fsm
    return Observation(
        DONE,
        next_seq_no=fsm.next_seq_no,
        next_checksum=fsm.next_checksum,
        queued=len(at.queue.waiting),
        tree=tree_of(snapshot_of(at.directory)),
    )


@contextlib.contextmanager
def _descriptor(at: _Recorder, file: str, flags: int) -> Iterator[tuple[int, Fnode]]:
    """The file of a path or a name, open. KeyError: there is none, or it is a property."""
    if not file.startswith("/"):
        descriptor, fnode = at.files[file]
        if fnode is None:
            raise KeyError(file)
        yield descriptor, fnode
        return
    fnode = at.recorder.recording.fsm.links[file]
    descriptor = os.open(at.directory / file[1:], flags)
    try:
        yield descriptor, fnode
    finally:
        os.close(descriptor)
