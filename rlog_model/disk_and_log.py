"""An event happens on disk and in the log, or in neither.

Rules
-----
* Events happen one after another, under one lock: whatever threads they come from, the log has them
  in the order in which the disk has them.
* An event is planned, then done on disk, then recorded. What can't be recorded, and what POSIX
  refuses, is refused before the disk is touched: POSIX's errors as ``OSError``.
* Where the disk refuses what was planned (it is full, a directory is missing), nothing is recorded.
* A recorder that is fenced, closed or failed ends it: the disk stays as it was. Failures become
  known between two events, never within one; what happened before, and had not landed, is on disk
  and not in the log.
* An interrupt between the disk and the log (a signal handler that raises) leaves them different.
  Every later event is refused.
* A child that was forked has the disk, but not the recorder: in it every event is refused.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from attrs import frozen

from rlog_model.journal.protocol import Appended
from rlog_model.namespace import PosixError
from rlog_model.recorder import RecordedEvent, Recorder, RecorderClosed, RecorderFenced
from rlog_model.recording import Recorded, Recording
from rlog_model.recording_refused import RecordingRefused

_P = ParamSpec("_P")
_T = TypeVar("_T")


@frozen
class AppendsFailed(Exception):
    """An append of the recorder failed, so nothing may change on disk any more."""

    log: str
    error: BaseException

    def __str__(self) -> str:
        return (
            f"an append to {self.log} failed, and what came behind it is not in the log:"
            f" {self.error}. Nothing is changed on disk any more; recover from the log"
        )


@frozen
class DiskAndLogDiffer(Exception):
    """An interrupt came between the disk and the log."""

    log: str
    directory: str

    def __str__(self) -> str:
        return (
            f"an event in {self.directory} was interrupted before it was recorded to {self.log}:"
            " nothing more is recorded. Recover from the log"
        )


@frozen
class ForkedRecorder(Exception):
    """A child that was forked used the files of its parent's recorder."""

    directory: str

    def __str__(self) -> str:
        return (
            f"{self.directory} is recorded by the process that this one was forked from, which"
            " can't see what happens here: write there, or start a recorder of your own"
        )


@frozen
class NotInLog(Exception):
    """A file that is on disk, and that nobody recorded."""

    path: str

    def __str__(self) -> str:
        return (
            f"{self.path} is on disk and not in the log: something made it that is not recorded."
            " A recorded directory may be changed through its recorder alone"
        )


@frozen
class CannotBeRecorded(Exception):
    """A call that no operation of a log can express. Nothing was done."""

    call: str
    path: str

    def __str__(self) -> str:
        return f"{self.call} of {self.path} can't be recorded, and was not done"


class DiskAndLog:
    """Does events of one directory on disk, and has them recorded."""

    def __init__(self, recorder: Recorder) -> None:
        """``recorder`` records nothing from elsewhere from now on."""
        self.recorder = recorder
        self.root = recorder.directory.rstrip(os.sep)
        """The directory, without a slash at its end."""

        self._lock = threading.RLock()
        self._process = os.getpid()
        self._interrupted = False
        self._acting: int | None = None
        """The thread that is doing an event, if any."""

    def is_acting(self) -> bool:
        """Whether this thread is doing an event."""
        return self._acting == threading.get_ident()

    def record(self, event: Callable[[Recording], Recorded]) -> RecordedEvent:
        """Do an event. ``event`` plans it, and does it by ``disk``.

        Raises:
            OSError: POSIX or the disk refuses it. Nothing has happened.
            RecordingRefused, NotInLog, CannotBeRecorded: it can't be recorded, and wasn't done.
            RecorderFenced, RecorderClosed, AppendsFailed, DiskAndLogDiffer, ForkedRecorder: nothing
                is done and recorded any more.
        """
        self._check_process()
        begun = False

        def begin(recording: Recording) -> Recorded:
            nonlocal begun
            begun = True
            return event(recording)

        with self._lock:
            if self._interrupted:
                raise DiskAndLogDiffer(self.recorder.recording.log, self.root)
            self._acting = threading.get_ident()
            try:
                recorded = self.recorder.record(begin)
            except RecordingRefused as refused:
                # Who asked for it wants to know what POSIX says, not how the model found out.
                raise self._as_posix(refused) from None
            except (RecorderFenced, RecorderClosed):
                raise
            except Exception as error:
                if begun:
                    raise
                raise AppendsFailed(self.recorder.recording.log, error) from error
            finally:
                self._acting = None
            self._interrupted = False
            return recorded

    def disk(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Change the disk: once an event, as the last thing that it does."""
        self._interrupted = True
        try:
            return call(*args, **kwargs)
        except (OSError, ValueError, TypeError, OverflowError):
            self._interrupted = False
            raise

    def undo(self, call: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Change the disk back, so that nothing has happened; the event then fails."""
        call(*args, **kwargs)
        self._interrupted = False

    def sync(self, timeout: float | None = None) -> Appended:
        """Wait until all that has happened so far is durable in the log; where its head was then.

        Raises:
            RecorderFenced, RecorderClosed, AppendsFailed: it did not all land.
            ForkedRecorder: the recorder is in another process.
            TimeoutError: it took longer than ``timeout`` seconds.
        """
        self._check_process()
        try:
            return self.recorder.barrier().result(timeout)
        except (RecorderFenced, RecorderClosed, TimeoutError):
            raise
        except Exception as error:
            raise AppendsFailed(self.recorder.recording.log, error) from error

    def full(self, path: str) -> str:
        """Where a recorded path is on disk."""
        return self.root + path

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise ForkedRecorder(self.root)

    def _as_posix(self, refused: RecordingRefused) -> Exception:
        if not isinstance(refused.__cause__, PosixError):
            return refused
        number: int = getattr(errno, refused.__cause__.errno_name)
        where = self.full(refused.path) if refused.path.startswith("/") else refused.path
        return OSError(number, os.strerror(number), where)


def nothing(recording: Recording) -> Recorded:
    """An event that leaves no trace in the log."""
    return Recorded(recording, (), b"")
