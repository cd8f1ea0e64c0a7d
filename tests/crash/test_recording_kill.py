"""A recording process is killed at any moment: all that it was told has landed is there.

And a playing one: no directory is left that looks whole and is not.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rlog_model.hints import FSMHints
from rlog_model.hints_files import HintsFiles
from rlog_model.hints_json import hints_to_json
from rlog_model.journal.file import FileStore
from rlog_model.journal.memory import MemoryStore
from rlog_model.player import Player
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_start import start_recording
from rlog_model.recorder import RecordedEvent, random_author
from rlog_model.recording import Recorded, Recording
from tests.crash.killing import KILLS, killed, moments, tree_of
from tests.crash.recording_child import LOG, do, events

Tree = dict[str, tuple[bytes, int]]

IN_FLIGHT = 45
"""Events that a child does before it waits for one, and some more."""


def play(
    store_path: Path,
    hints: FSMHints | None,
    target: Path,
    *,
    handoff: bool = True,
    log: str = LOG,
) -> Tree:
    """What a log holds: the tree that was played to ``target``."""
    with FileStore(store_path) as store:
        player = Player(hints or FSMHints(log), target, store, durable=False)
        if handoff:
            player.inject_handoff(random_author())
        else:
            player.finish_at_write_head()
        player.play()
    return tree_of(target)


def trees_from(begin: Path, run: int, landed: int) -> list[Tree]:
    """What a run that began with the tree at ``begin`` can have left: the tree behind the events
    that landed, and that behind each later step. Does them in ``begin``."""
    found: list[Tree] = []
    watching = landed < 0
    with MemoryStore() as store:
        directory = start_recording(store, LOG, begin)
        watch(directory, lambda: found.append(tree_of(begin)) if watching else None)
        for path in ("d", "d/e"):
            (begin / path).mkdir(exist_ok=True)
        if watching:
            found.append(tree_of(begin))
        for number, event in enumerate(events(run)):
            if number > landed + IN_FLIGHT:
                break
            do(directory, event)
            if number == landed:
                watching = True
                found.append(tree_of(begin))
        directory.recorder.close()
    return found


def watch(directory: RecordedDirectory, seen: Callable[[], object]) -> None:
    """Call ``seen`` behind each event of a directory."""
    record = directory.disk_and_log.record

    def watched(event: Callable[[Recording], Recorded]) -> RecordedEvent:
        recorded = record(event)
        seen()
        return recorded

    vars(directory.disk_and_log)["record"] = watched


def test_kill_a_recording(tmp_path: Path) -> None:
    draw = moments(1)
    store, hints_path = tmp_path / "store", tmp_path / "hints"
    tree: Tree = {}
    counts = {"before it began": 0, "with nothing in flight": 0, "with events in flight": 0}
    for run in range(KILLS):
        root, before, played = (tmp_path / f"{name}{run}" for name in ("root", "before", "played"))
        arguments: list[object] = [store, root, hints_path, run]
        begun = None if run % 5 == 4 else "begun"
        lines = killed("recording_child", arguments, draw.random() * (0.2 if begun else 1), begun)
        landed = max((int(line) for line in lines if line.isdigit()), default=-1)
        if not any(line.startswith("begun") for line in lines):
            # It died as it played the log, or behind that and before its first event.
            counts["before it began"] += 1
            assert not root.exists() or tree_of(root) == tree
        newest = HintsFiles(hints_path).newest()
        now = play(store, newest[1] if newest else None, played)
        if run % 10 == 0:
            assert play(store, None, tmp_path / f"all{run}", handoff=False) == now
        restore(tmp_path, tree, run, before)
        possible = trees_from(before, run, landed)
        assert now in possible, f"run {run}: all up to event {landed} has landed, and is not there"
        behind = possible.index(now)
        counts["with events in flight" if behind else "with nothing in flight"] += 1
        for hidden in tmp_path.glob(".*"):
            assert hidden.name.startswith((f".{root.name}.rlog-", f".{played.name}.rlog-"))
            shutil.rmtree(hidden)
        shutil.rmtree(root, ignore_errors=True)
        tree = now
    print(f"{KILLS} kills of a recording process: {counts}")
    assert counts["with events in flight"], "no run died with events in flight"


def restore(tmp_path: Path, tree: Tree, run: int, target: Path) -> None:
    """The tree that a run began with: what was played behind the run before."""
    former = tmp_path / f"played{run - 1}"
    if former.exists():
        former.rename(target)
        assert tree_of(target) == tree
    else:
        target.mkdir()


def test_kill_a_play(tmp_path: Path) -> None:
    """What stands where a play should lead is whole; all else has a hidden name."""
    draw = moments(2)
    with FileStore(tmp_path / "store") as store:
        directory = start_recording(store, LOG, tmp_path / "recorded")
        for path in ("/d", "/d/e"):
            directory.mkdir(path)
        for number, event in enumerate(events(0)):
            if number == 300:
                break
            do(directory, event)
        hints = directory.recorder.build_hints()
        directory.recorder.close()
    (tmp_path / "hints.json").write_text(json.dumps(hints_to_json(hints)))
    expected = tree_of(tmp_path / "recorded")
    whole = hidden = 0
    for run in range(KILLS):
        root = tmp_path / f"run{run}"
        root.mkdir()
        lines = killed(
            "playing_child",
            [tmp_path / "store", tmp_path / "hints.json", root],
            draw.random() * 0.3,
            "0",
        )
        assert lines
        for entry in root.iterdir():
            if entry.name.startswith("."):
                assert entry.name.startswith(tuple(f".played{n}.rlog-" for n in lines))
                hidden += 1
            else:
                assert entry.name.removeprefix("played") in lines
                assert tree_of(entry) == expected
                whole += 1
        # Whoever plays anew is not disturbed by what is left.
        again = root / f"played{lines[-1]}"
        if not again.exists():
            assert play(tmp_path / "store", hints, again, handoff=False) == expected
        shutil.rmtree(root)
    print(f"{KILLS} kills of a playing process: {whole} whole directories, {hidden} hidden ones")
    assert hidden, "no run died during a play: the test shows less than it should"


pytestmark = pytest.mark.timeout(30 + 15 * KILLS)
