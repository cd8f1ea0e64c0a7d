"""What all kinds of store do alike: one log a journal, and the handles that are open on it."""

from __future__ import annotations

from abc import abstractmethod
from threading import Lock
from typing import Generic, TypeVar

from ..closing import Closing
from ..identity import validate_log_name
from .handle import Handle, Log
from .protocol import JournalClosed

AnyLog = TypeVar("AnyLog", bound=Log)
AnyHandle = TypeVar("AnyHandle", bound=Handle)


class Store(Closing, Generic[AnyLog, AnyHandle]):
    """A ``JournalStore``: handles of one journal share one log."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._logs: dict[str, AnyLog] = {}
        self._handles: dict[str, set[Handle]] = {}
        self._closed = False

    @abstractmethod
    def _make_log(self, name: str) -> AnyLog:
        """The log of a journal which has none in this store."""

    @abstractmethod
    def _make_handle(self, name: str, log: AnyLog) -> AnyHandle:
        """A journal of this kind, on its log."""

    @abstractmethod
    def _unused(self, name: str) -> None:
        """The last handle of this journal was closed. Called under the lock."""

    def open(self, name: str) -> AnyHandle:
        """See ``JournalStore.open``."""
        validate_log_name(name)
        with self._lock:
            if self._closed:
                raise JournalClosed(name)
            if name not in self._logs:
                self._logs[name] = self._make_log(name)
            handle = self._make_handle(name, self._logs[name])
            self._handles.setdefault(name, set()).add(handle)
            return handle

    def _on_close(self, handle: Handle) -> None:
        with self._lock:
            handles = self._handles[handle.name]
            handles.discard(handle)
            if not handles:
                del self._handles[handle.name]
                self._unused(handle.name)

    def close(self) -> None:
        """See ``JournalStore.close``."""
        with self._lock:
            self._closed = True
            handles = [handle for group in self._handles.values() for handle in group]
        for handle in handles:
            handle.close()
