"""Files of hints, beside a recording: the newest few.

Rules
-----
* A file has one set of hints, as JSON. Its name is the time at which they were built (UTC), so that
  the names sort by age, also where the clock was set back.
* A name that ends in ``.json`` is of a whole file, which survives a loss of power. Before that it
  is ``.NAME.rlog-new``; what a killed process leaves of those, the next one removes.
* Hints that a process writes before it dies are good for ever: they lead to what was recorded when
  they were built, and the player goes on from there to the head of the log. So the newest file is
  the best one; older ones are kept for those who are just reading them.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model.closing import Closing
from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_from_json, hints_to_json

DEFAULT_KEEP: Final = 3
"""Files that are kept, unless told otherwise."""

_SUFFIX: Final = ".json"
_NEW: Final = ".rlog-new"
_TIME: Final = "%Y%m%dT%H%M%S.%fZ"


@frozen
class HintsDamaged(ValueError):
    """A file of hints holds none."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file} holds no hints: {self.reason}"


class HintsFiles:
    """A directory of hints. One process at a time may write to it."""

    def __init__(self, directory: str | os.PathLike[str], keep: int = DEFAULT_KEEP) -> None:
        """The directory is made, if need be, with the first file.

        Raises:
            ValueError: ``keep`` is less than one.
        """
        if keep < 1:
            raise ValueError(f"at least one file of hints must be kept, not {keep}")
        self.directory = Path(directory)
        self._keep = keep

    def files(self) -> list[Path]:
        """The files that are there, oldest first."""
        found: list[Path] = []
        with contextlib.suppress(FileNotFoundError):
            for file in self.directory.iterdir():
                with contextlib.suppress(ValueError):
                    _time_of(file.name)
                    found.append(file)
        return sorted(found)

    def newest(self) -> tuple[Path, FSMHints] | None:
        """The newest file, and its hints; none, if there is none.

        Raises:
            HintsDamaged: the file holds no hints. Older ones may.
        """
        files = self.files()
        if not files:
            return None
        try:
            return files[-1], hints_from_json(json.loads(files[-1].read_bytes()))
        except ValueError as error:
            raise HintsDamaged(str(files[-1]), str(error)) from error

    def write(self, hints: FSMHints) -> Path:
        """Write a file, and remove the oldest ones.

        Raises:
            OSError: the disk refused it. What was there is there.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC)
        former = self.files()
        if former:
            later = _time_of(former[-1].name) + datetime.timedelta(microseconds=1)
            now = max(now, later)
        file = self.directory / (now.strftime(_TIME) + _SUFFIX)
        new = self.directory / f".{file.name}{_NEW}"
        try:
            with new.open("xb") as opened:
                opened.write(json.dumps(hints_to_json(hints)).encode())
                opened.flush()
                os.fsync(opened.fileno())
            new.rename(file)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        self._sync()
        for old in [*former[: max(len(former) + 1 - self._keep, 0)], *self._left()]:
            old.unlink(missing_ok=True)
        return file

    def _left(self) -> list[Path]:
        """What a process left that was killed while it wrote."""
        return list(self.directory.glob(f".*{_SUFFIX}{_NEW}"))

    def _sync(self) -> None:
        descriptor = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class HintsKeeper(Closing):
    """Writes hints at once, every few seconds, and once more when it is closed, in a thread of its
    own."""

    def __init__(
        self,
        files: HintsFiles,
        build: Callable[[], FSMHints],
        seconds: float,
        failed: Callable[[Exception], None],
    ) -> None:
        """``build`` gives hints of now, as ``Recorder.build_hints``. ``failed`` is told, from
        whichever thread, why there are no new ones; the next turn tries again."""
        self._files = files
        self._build = build
        self._seconds = seconds
        self._failed = failed
        self._written: FSMHints | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="write hints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write the last hints. Does nothing the second time."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._thread.join()
        self._write()

    def _run(self) -> None:
        self._write()
        while not self._ended.wait(self._seconds):
            self._write()

    def _write(self) -> None:
        try:
            hints = self._build()
            if hints != self._written:
                self._files.write(hints)
                self._written = hints
        except Exception as error:
            self._failed(error)


def _time_of(name: str) -> datetime.datetime:
    """ValueError: it is no name of a file of hints."""
    if not name.endswith(_SUFFIX):
        raise ValueError(name)
    found = datetime.datetime.strptime(name.removesuffix(_SUFFIX), _TIME)
    return found.replace(tzinfo=datetime.UTC)
