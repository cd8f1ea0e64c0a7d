"""``rlog record``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from os import _exit
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from rlog_model.cli.exit_code import ExitCode
from rlog_model.cli.failing import rule_of
from rlog_model.disk_and_log import CannotBeRecorded, DiskAndLog
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.hints_files import DEFAULT_KEEP, HintsDamaged, HintsFiles, HintsKeeper
from rlog_model.hints_json import hints_from_json
from rlog_model.identity import InvalidLogName
from rlog_model.journal.file import FileStore
from rlog_model.journal.protocol import CorruptFragment
from rlog_model.play_error import PlayError
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_ending import Terminated, threads_left
from rlog_model.recorded_program import Program, Routed
from rlog_model.recorded_start import ImportInterrupted, start_recording
from rlog_model.recorded_tree import unlike
from rlog_model.recorder import Recorder
from rlog_model.segment import InvalidSegment, SegmentConflict
from rlog_model.staging import StagingFailed, TargetNotEmpty

LANDING_SECONDS = 60.0
"""For how long hints wait until what they rest on has landed."""

SHOWN = 10
"""Paths that are told where the directory differs from the log, at most."""


def command(
    directory: Annotated[Path, typer.Argument(help="The directory to record.", file_okay=False)],
    program: Annotated[
        list[str],
        typer.Argument(
            metavar="-- python PROGRAM",
            help="A Python program with its arguments: FILE, -m MODULE or -c CODE.",
        ),
    ],
    store: Annotated[
        Path, typer.Option(help="Where the journals are. It is made, if need be.", file_okay=False)
    ],
    log: Annotated[str, typer.Option(help="The journal to record to.")],
    hints: Annotated[
        Path | None,
        typer.Option(
            help="Hints to go on from, as JSON, if not the newest file of the hints' directory.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    hints_dir: Annotated[
        Path | None,
        typer.Option(help="Where hints are written. [default: DIRECTORY.hints]", file_okay=False),
    ] = None,
    keep: Annotated[int, typer.Option(help="Files of hints that are kept.", min=1)] = DEFAULT_KEEP,
    every: Annotated[float, typer.Option(help="Seconds between two files.", min=0.01)] = 10.0,
) -> None:
    """Record a directory while a Python program changes it.

    The program runs in this process, and Python's functions for files are recorded where they lead
    below DIRECTORY. What child processes and libraries in C write is not: docs/recording.md.

    DIRECTORY is new or empty, and begins as what the log holds; whoever recorded to the log before
    is fenced off. If the log is new, DIRECTORY may have files: they are recorded first. Ends as the
    program ends, or with 1 if the log has not all that DIRECTORY has.
    """
    if not os.path.basename(program[0]).startswith("python"):
        _fail(f"only a Python program can be recorded, not {program[0]}", ExitCode.USAGE)
    try:
        parsed = Program.parse(program[1:])
        # Before the log is handed over: who mistypes a name fences nobody off.
        parsed.check()
    except ValueError as error:
        _fail(str(error), ExitCode.USAGE, error)
    files = HintsFiles(hints_dir or directory.absolute().parent / f"{directory.name}.hints", keep)
    for other in (store, files.directory):
        if other.resolve().is_relative_to(directory.resolve()):
            _fail(f"{other} is below {directory}, and would be recorded", ExitCode.USAGE)
    with FileStore(store) as journals:
        recorded = _start(journals, log, directory, _hints(hints, files, log), files)
        recorder = recorded.recorder
        over = threading.Event()
        _defer_signals(recorded.disk_and_log, over)
        keeper = HintsKeeper(
            files,
            lambda: recorder.build_hints(LANDING_SECONDS),
            every,
            lambda error: _tell(f"no hints were written: {error}", "yellow"),
        )

        def land() -> None:
            keeper.close()
            recorder.close()

        # For ever: what the program does as Python exits comes too late, and is refused.
        Routed(recorded, at_exit=land)
        try:
            code = parsed.run()
            left = threads_left()
            if left:
                _tell(
                    f"the program goes on in {', '.join(thread.name for thread in left)}:"
                    " it is cut off from the log here",
                    "yellow",
                )
        finally:
            over.set()
            land()
        try:
            _check(recorded, directory)
        except typer.Exit as end:
            code = end.exit_code
        else:
            fsm = recorder.recording.fsm
            _tell(
                f"recorded {directory} to {log}: {len(fsm.links):,} files,"
                f" {len(fsm.properties):,} properties, up to operation {fsm.next_seq_no - 1:,}"
            )
    if left:
        # Python would wait for them.
        _exit_now(code)
    raise typer.Exit(code)


def _hints(file: Path | None, files: HintsFiles, log: str) -> FSMHints | None:
    try:
        if file is not None:
            return hints_from_json(json.loads(file.read_bytes()))
        newest = files.newest()
    except HintsDamaged as error:
        advice = "go on from an older file beside it, by --hints"
        _fail(f"{error}: {advice}", ExitCode.USAGE, error)
    except (ValueError, OSError) as error:
        _fail(
            f"these hints can't be read: {file or files.directory}: {error}", ExitCode.USAGE, error
        )
    if newest is None:
        return None
    if newest[1].log != log:
        _fail(f"{newest[0]} are hints to {newest[1].log}, not to {log}", ExitCode.USAGE)
    _tell(f"going on from {newest[0]}")
    return newest[1]


def _start(
    store: FileStore, log: str, directory: Path, hints: FSMHints | None, files: HintsFiles
) -> RecordedDirectory:
    try:
        return start_recording(store, log, directory, hints)
    except (TargetNotEmpty, CannotBeRecorded, InvalidLogName) as error:
        _fail(str(error), ExitCode.USAGE, error)
    except (InvalidHints, InvalidSegment, SegmentConflict, PlayError, CorruptFragment) as error:
        advice = (
            f". There are no hints in {files.directory}, so it was played from its beginning: name"
            " those of the last run by --hints-dir or --hints"
        )
        _fail(
            f"the log can't be played: {error}{rule_of(error)}{'' if hints else advice}",
            ExitCode.DIFFERS,
            error,
        )
    except ImportInterrupted as error:
        _fail(str(error), ExitCode.DIFFERS, error)
    except (StagingFailed, OSError) as error:
        _fail(str(error), ExitCode.NO_VERDICT, error)


def _exit_now(code: int) -> NoReturn:
    for stream in sys.stdout, sys.stderr:
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    _exit(code)


def _defer_signals(disk_and_log: DiskAndLog, over: threading.Event) -> None:
    """Let no signal come between the disk and the log: it is sent again a moment later.

    The first ends the program. Once that is over, another ends what is waited for then.
    """

    def deferring(end: Callable[[], object]) -> Callable[[int, FrameType | None], None]:
        def handle(number: int, frame: FrameType | None) -> None:
            if disk_and_log.is_acting():
                again = threading.Timer(0.01, os.kill, (os.getpid(), number))
                again.daemon = True
                again.start()
            elif over.is_set():
                _exit_now(128 + number)
            else:
                end()

        return handle

    def terminate() -> NoReturn:
        raise Terminated(128 + signal.SIGTERM)

    def interrupt() -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, deferring(terminate))
    signal.signal(signal.SIGINT, deferring(interrupt))


def _check(recorded: RecordedDirectory, directory: Path) -> None:
    """The log has what the directory has; or why it doesn't."""
    recorder: Recorder = recorded.recorder
    try:
        recorder.build_hints(0)
        differing = unlike(directory, recorder.recording)
    except (CannotBeRecorded, OSError) as error:
        _fail(f"the log has not all that {directory} has: {error}", ExitCode.DIFFERS, error)
    except Exception as error:
        _fail(f"not all of {directory} landed in the log: {error}", ExitCode.DIFFERS, error)
    if differing:
        more = f" and {len(differing) - SHOWN:,} more" if len(differing) > SHOWN else ""
        _fail(
            f"something changed {directory} past the recorder, as a child process or a library in C"
            f" does: {', '.join(differing[:SHOWN])}{more}",
            ExitCode.DIFFERS,
        )


def _tell(message: str, style: str = "") -> None:
    Console(stderr=True).print(Text(message, style=style), soft_wrap=True)


def _fail(message: str, code: ExitCode, error: BaseException | None = None) -> NoReturn:
    Console(stderr=True).print(Text.assemble(("failed", "red bold"), f" {message}"), soft_wrap=True)
    raise typer.Exit(code) from error
