"""The player: drives ``playback`` against journals and a directory.

Rules
-----
* ``play`` reads until a wish is met: ``finish_at_write_head`` or ``inject_handoff``. Without one it
  goes on for ever, and *tails* the log once it has reached its head.
* One wish a player, made before or while it plays, from any thread.
* The directory appears when the play is complete, whole. A play that fails leaves nothing.
* The player closes each journal that it opened when the play has ended. The store is its user's.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from attrs import frozen

from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import FENCE_REGISTER, Author
from rlog_model.journal.labels import LabelSet
from rlog_model.journal.protocol import Journal, JournalStore, OffsetNotYetAvailable
from rlog_model.play_error import HintsNotPlayed
from rlog_model.play_messages import (
    Append,
    Appended,
    AskHead,
    AtHead,
    Bytes,
    Complete,
    Event,
    Failed,
    FinishAtWriteHead,
    Goal,
    Head,
    InjectHandoff,
    Read,
)
from rlog_model.playback import Playback, Progress
from rlog_model.revision import CURRENT, Revision
from rlog_model.staging import Staging

READ_SIZE: Final = 1 << 20
"""Bytes that are read from a journal at a time, at most."""

WISH_INTERVAL: Final = 0.05
"""Seconds for which a tailing player waits for bytes before it looks for wishes again."""


@frozen
class PlayCancelled(Exception):
    """The play was cancelled by its user."""

    log: str

    def __str__(self) -> str:
        return f"the play of {self.log} was cancelled"


@frozen
class SecondWish(Exception):
    """A player finishes once: it was asked before to finish at the write head or to hand off."""

    def __str__(self) -> str:
        return "only one of finish_at_write_head and inject_handoff may be asked, once a player"


class Player:
    """Plays hints into a directory. API: ``Player``. Spec: PLAY-15."""

    def __init__(
        self,
        hints: FSMHints,
        directory: str | os.PathLike[str],
        store: JournalStore,
        *,
        revision: Revision = CURRENT,
        watch: Callable[[Progress], None] | None = None,
        durable: bool = True,
    ) -> None:
        """A player of ``hints``, whose logs are in ``store``.

        ``watch`` is shown all progress: what was read, and what came of it. ``durable``: the files
        are on disk, and survive a loss of power, when the play is complete.
        """
        self.directory = os.path.abspath(directory)
        """Where the files will be."""

        self.tailing = threading.Event()
        """Set once the play has reached the write head. API: ``Player.Tailing``."""

        self.done: Future[FSM] = Future()
        """The FSM of a play that is complete, or what it failed of. API: ``Player.Done``.

        It can't be cancelled: ``Player.cancel`` can."""

        self.done.set_running_or_notify_cancel()
        self._hints = hints
        self._store = store
        self._revision = revision
        self._watch = watch
        self._durable = durable
        self._wish: Goal | None = None
        self._wishing = threading.Lock()
        self._cancelled = threading.Event()
        self._journals: dict[str, Journal] = {}
        self._progress: Progress | None = None
        self._staging: Staging | None = None

    def finish_at_write_head(self) -> None:
        """Ask to be complete at the present write head.

        Raises:
            SecondWish: there was a wish before.
        """
        self._ask(FinishAtWriteHead())

    def inject_handoff(self, author: Author) -> None:
        """Ask to be complete when a no-op of ``author`` was appended and applied: the author's
        recorder goes on from there, and others are fenced off.

        Raises:
            SecondWish: there was a wish before.
            ValueError: ``author`` is zero.

        Spec: HOF-5.
        """
        author.fence()
        self._ask(InjectHandoff(author))

    def build_hints(self) -> FSMHints:
        """Hints which lead to what is played so far, while the player tails or when it is complete.
        Their offsets are exact, which those of a recorder's hints are not.

        Raises:
            HintsNotPlayed: the play has not come to the end of its own hints, or has failed.
            InvalidHints, InvalidSegment, SegmentConflict: as ``FSM.build_lasting_hints``.
        """
        progress = self._progress
        if progress is None or isinstance(progress.request, Failed):
            raise HintsNotPlayed(self._hints.log)
        return progress.playback.build_hints()

    def cancel(self) -> None:
        """End the play with ``PlayCancelled``, if it hasn't ended yet."""
        self._cancelled.set()

    def play(self) -> FSM:
        """Play until the wish is met, in this thread. API: ``Player.Play``.

        Raises:
            PlayError: the log doesn't lead to the files.
            InvalidHints, InvalidSegment, SegmentConflict: the hints can't be played.
            TargetNotEmpty, StagingFailed: the directory can't be made.
            PlayCancelled: ``cancel`` was called.
            CorruptFragment, OSError: a journal can't be read.

        Spec: RCV-8.
        """
        try:
            while not self.done.done():
                self.step(WISH_INTERVAL)
        except BaseException as error:
            self._fail(error)
            raise
        return self.done.result()

    def start(self) -> Player:
        """Play in a thread of its own. See ``done``."""

        def play() -> None:
            while not self.done.done():
                self.step(WISH_INTERVAL)

        threading.Thread(target=play, name=f"play {self._hints.log}", daemon=True).start()
        return self

    @property
    def progress(self) -> Progress | None:
        """How far the play is, and what it does next; nothing before the first step."""
        return self._progress

    def step(self, patience: float = 0.0) -> None:
        """Do the next thing, waiting ``patience`` seconds for bytes at the head of the log.

        Does nothing once the play has ended. Never raises an ``Exception``: ``done`` has what a
        play failed of.
        """
        if self.done.done():
            return
        try:
            fsm = self._step(patience)
        except BaseException as error:
            self._fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            if fsm is not None:
                self._close_journals()
                self.done.set_result(fsm)

    def _fail(self, error: BaseException) -> None:
        """End the play, if it hasn't ended yet, and leave nothing. Spec: PLAY-15, RCV-1, HOF-11."""
        if self.done.done():
            return
        if self._staging is not None:
            self._staging.abandon()
        self._close_journals()
        self.done.set_exception(error)

    def _step(self, patience: float) -> FSM | None:
        """Do the next thing. What is played, if that was the last one."""
        if self._cancelled.is_set():
            raise PlayCancelled(self._hints.log)
        if self._progress is None or self._staging is None:
            progress = Playback.start(self._hints, self._revision)
            self._staging = Staging(self.directory, durable=self._durable)
            self._advance(progress)
            return None
        playback = self._progress.playback
        if isinstance(self._progress.request, Complete):
            self._staging.finish(self._progress.request.fsm)
            return self._progress.request.fsm
        if isinstance(self._progress.request, Failed):
            raise self._progress.request.error
        if self._wish is not None and playback.goal is None:
            self._advance(playback.receive(self._wish))
        elif answer := self._answer(self._progress.request, patience):
            self._advance(playback.receive(answer))
        return None

    def _answer(self, request: AskHead | Read | Append, patience: float) -> Event | None:
        """Spec: BAR-3, HOF-2."""
        journal = self._journal(request.log)
        match request:
            case AskHead(log):
                return Head(log, journal.write_head())
            case Append(_, content, author):
                fence = LabelSet.of(FENCE_REGISTER, author.fence())
                return Appended(journal.append(content, union=fence).end)
            case Read(_, offset, block, enough):
                limit = READ_SIZE if enough is None else min(READ_SIZE, enough - offset)
                timeout = patience if block else 0.0
                try:
                    chunk = journal.read(offset, limit=limit, timeout=timeout)
                except OffsetNotYetAvailable:
                    return None if block else AtHead()
                return Bytes(chunk.offset, chunk.content)

    def _advance(self, progress: Progress) -> None:
        assert self._staging is not None
        for action in progress.actions:
            self._staging.act(action)
        self._progress = progress
        if progress.playback.tailing:
            self.tailing.set()
        if self._watch is not None:
            self._watch(progress)

    def _journal(self, log: str) -> Journal:
        if log not in self._journals:
            self._journals[log] = self._store.open(log)
        return self._journals[log]

    def _close_journals(self) -> None:
        for journal in self._journals.values():
            journal.close()
        self._journals.clear()

    def _ask(self, wish: Goal) -> None:
        with self._wishing:
            if self._wish is not None:
                raise SecondWish
            self._wish = wish
