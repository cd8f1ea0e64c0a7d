"""The example database that workers share: Hypothesis's own, in Redis or in a directory.

Rules
-----
* ``redis://``, ``rediss://`` and ``unix://`` name a Redis server, as the package ``redis`` reads
  them; anything else is a directory.
* A server that goes away costs what would have been shared, and nothing else: the run goes on, and
  after a while the server is asked again.
* Passwords of a URL are never shown.
"""

from __future__ import annotations

import os
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

SCHEMES: Final = ("redis", "rediss", "unix")
"""Of URLs that name a Redis server."""

ANSWER_SECONDS: Final = 5.0
"""Seconds in which a server must answer."""

RETRY_SECONDS: Final = 10.0
"""Seconds for which a server that went away isn't asked again."""


@frozen
class DatabaseUnusable(Exception):
    """An example database that can't be used, and what to do."""

    where: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"the example database {self.where} can't be used: {self.reason}; {self.remedy}"


def is_server(where: str) -> bool:
    """Whether ``where`` names a server, and no directory."""
    return where.partition("://")[0] in SCHEMES and "://" in where


def shown(where: str) -> str:
    """``where``, with no password."""
    if not is_server(where):
        return where
    parts = urllib.parse.urlsplit(where)
    user, found, host = parts.netloc.rpartition("@")
    hidden = f"{user.partition(':')[0]}:***@{host}" if found and ":" in user else parts.netloc
    query = [(k, "***" if k == "password" else v) for k, v in urllib.parse.parse_qsl(parts.query)]
    return parts._replace(netloc=hidden, query=urllib.parse.urlencode(query, safe="*")).geturl()


def open_database(where: str, lost: Callable[[str], None]) -> ExampleDatabase:
    """The example database at ``where``; ``lost`` is told why, when it can't be used any more.

    Raises:
        DatabaseUnusable: it can't be used from the beginning.
    """
    if not is_server(where):
        try:
            # Hypothesis passes over the errors of a directory: so it is tried here.
            os.makedirs(where, exist_ok=True)
            with tempfile.TemporaryFile(dir=where):
                pass
        except OSError as error:
            remedy = "name a directory that can be written, or none"
            raise DatabaseUnusable(where, str(error), remedy) from error
        return DirectoryBasedExampleDatabase(where)
    try:
        import redis
        from hypothesis.extra.redis import RedisExampleDatabase
    except ModuleNotFoundError as error:
        remedy = "pip install 'rlog-model[fuzz]'"
        raise DatabaseUnusable(shown(where), "redis is not installed", remedy) from error
    remedy = "start the server (redis-server --port 6379), correct the URL, or name a directory"
    try:
        server = redis.Redis.from_url(
            where, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
        server.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise DatabaseUnusable(shown(where), str(error), remedy) from error
    return Forgiving(RedisExampleDatabase(server), (redis.RedisError, OSError), lost)


class Forgiving(ExampleDatabase):
    """A database whose errors end no run."""

    def __init__(
        self,
        database: ExampleDatabase,
        errors: tuple[type[Exception], ...],
        lost: Callable[[str], None],
    ) -> None:
        """``errors``: those by which ``database`` says that it can't be used."""
        super().__init__()
        self._database = database
        self._errors = errors
        self._lost = lost
        self._silent_until = 0.0

    def fetch(self, key: bytes) -> Iterable[bytes]:
        found: list[bytes] = []
        self._ask(lambda: found.extend(self._database.fetch(key)))
        return found

    def save(self, key: bytes, value: bytes) -> None:
        self._ask(lambda: self._database.save(key, value))

    def delete(self, key: bytes, value: bytes) -> None:
        self._ask(lambda: self._database.delete(key, value))

    def move(self, src: bytes, dest: bytes, value: bytes) -> None:
        self._ask(lambda: self._database.move(src, dest, value))

    def _ask(self, question: Callable[[], None]) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            question()
        except self._errors as error:
            self._silent_until = time.monotonic() + RETRY_SECONDS
            self._lost(f"{type(error).__name__}: {error}")
