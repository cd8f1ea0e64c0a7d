"""How a directory begins to be recorded.

Rules
-----
* The log is played first, with a handoff to the recorder's author: whoever recorded to it before is
  fenced off, and a log that is new has a fence from its first byte on.
* The directory must be new or empty, and is what was played. Only where the log holds nothing, it
  may have files already: they are recorded before anything else.
* What can't be recorded is refused before anything is appended: a symbolic link, a device file, a
  file that has another link outside. So is a directory with files where the log has some: nobody
  could tell whether they are the same. Empty directories are left as they are.
* While files are imported, the log has one more, ``/.rlog-import``, which is never on disk: a log
  that has it ends within an import, and is not gone on from. Nothing is appended to it, either.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model.disk_and_log import CannotBeRecorded
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import Author
from rlog_model.journal.protocol import JournalStore
from rlog_model.player import Player
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_tree import Found, found_below
from rlog_model.recorder import Recorder, random_author
from rlog_model.recording import PROPERTY_PATHS
from rlog_model.staging import TargetNotEmpty

_CHUNK: Final = 1 << 20
"""Bytes of a file that are recorded at a time."""

IMPORTING: Final = "/.rlog-import"
"""A path of the log, for as long as it has not all files that a directory had."""


@frozen
class ImportInterrupted(Exception):
    """A log has a part of a directory's files, and nobody can tell which are missing."""

    log: str

    def __str__(self) -> str:
        return (
            f"the import of a directory into {self.log} was interrupted: begin again with another"
            " log, and the directory as it is"
        )


def start_recording(
    store: JournalStore,
    log: str,
    directory: str | os.PathLike[str],
    hints: FSMHints | None = None,
    author: Author | None = None,
) -> RecordedDirectory:
    """Record ``directory`` to ``log``, from where ``hints`` lead; without hints, from where the log
    itself leads. Its ``recorder`` is to be closed.

    Raises:
        TargetNotEmpty: the directory has files, and so has the log.
        CannotBeRecorded: it has what can't be recorded.
        ImportInterrupted: the log was to begin with a directory, and has not all of it.
        PlayError, StagingFailed, ...: the log can't be played. See ``Player.play``.
        OSError: a file can't be read.
    """
    author = random_author() if author is None else author
    found = found_below(directory) if os.path.isdir(directory) else []
    for file in found:
        if IMPORTING in (file.path, *file.others):
            raise CannotBeRecorded("a file by which an import is known", file.path)
    if found:
        with store.open(log) as journal:
            if hints is not None or journal.write_head() > 0:
                raise TargetNotEmpty(os.fspath(directory))
        above = os.path.dirname(os.path.abspath(directory))
        with tempfile.TemporaryDirectory(prefix=".rlog-start-", dir=above) as empty:
            fsm = _play(store, FSMHints(log), os.path.join(empty, "empty"), author)
        if fsm.links or fsm.properties:
            raise TargetNotEmpty(os.fspath(directory))
    else:
        fsm = _play(store, hints or FSMHints(log), directory, author)
    recorded = RecordedDirectory(Recorder(log, fsm, author, directory, store.open(log)))
    try:
        if found:
            _import(recorded.recorder, found)
    except BaseException:
        recorded.recorder.close()
        raise
    return recorded


def _play(
    store: JournalStore, hints: FSMHints, directory: str | os.PathLike[str], author: Author
) -> FSM:
    player = Player(hints, directory, store)
    # Without a wish, first: a log that is refused is as it was, and its recorder's still.
    while not player.tailing.is_set() and not player.done.done():
        player.step()
    if not player.done.done() and player.progress is not None:
        try:
            _check_whole(player.progress.playback.fsm)
        except ImportInterrupted:
            player.cancel()
            player.step()
            raise
        player.inject_handoff(author)
    fsm = player.play()
    # An import may have begun before the handoff, and ended by it.
    _check_whole(fsm)
    return fsm


def _check_whole(fsm: FSM) -> None:
    if IMPORTING in fsm.links:
        raise ImportInterrupted(fsm.log)


def _import(recorder: Recorder, found: list[Found]) -> None:
    root = recorder.directory.rstrip(os.sep)
    recorder.record_create(root + IMPORTING)
    for file in found:
        _record(recorder, file)
    recorder.record_remove(root + IMPORTING).landed.result()


def _record(recorder: Recorder, found: Found) -> None:
    """Record a file as if it were made now."""
    root = recorder.directory.rstrip(os.sep)
    if found.path in PROPERTY_PATHS:
        path, content = found.path + ".rlog-new", Path(root + found.path).read_bytes()
        fnode = recorder.record_create(root + path).fnode
        assert fnode is not None
        recorder.record_write_at(fnode, content, 0)
        recorder.record(lambda recording: recording.rename(path, found.path, content))
        return
    fnode = recorder.record_create(root + found.path).fnode
    assert fnode is not None
    offset = 0
    with open(root + found.path, "rb") as file:
        while chunk := file.read(_CHUNK):
            # What is queued is in memory: no more of it than needed.
            recorder.record_write_at(fnode, chunk, offset).landed.result()
            offset += len(chunk)
    for other in found.others:
        recorder.record_link(root + found.path, root + other)
