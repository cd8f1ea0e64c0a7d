"""The tier *player*: ADP-20 to ADP-28.

A player is driven step by step: it says what it asks for (``request``), and is told the answer.
The logs are the kit's. Who has a player that reads by itself, in a thread, makes its reads wait
until they are answered.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from rlog_kit.fsm import expecting
from rlog_kit.log import Log
from rlog_kit.values import (
    DONE,
    IMPOSSIBLE,
    HintsLike,
    Json,
    Text,
    hints_json,
    octets,
    paths_json,
    text_json,
)


class AskHead(NamedTuple):
    """The head of a log. Answer: ``told_head``."""

    log: str


class Read(NamedTuple):
    """Bytes of a log, from an offset on. Answer: ``told_bytes``, or ``told_at_head``."""

    log: str
    offset: int
    block: bool
    """Whether it waits for bytes that are not there yet, and so is not told that it is at the
    head."""


class Append(NamedTuple):
    """The append of a handoff. Answer: ``told_appended``."""

    log: str
    content: bytes


class Complete(NamedTuple):
    """It has ended with all files there."""


class Failed(NamedTuple):
    """It has ended in an error."""

    error: str
    """The name in the text: ``HoleInLog``."""


Request: TypeAlias = AskHead | Read | Append | Complete | Failed
"""What a player asks for, or how it has ended."""

H = TypeVar("H", bound=HintsLike)


class Files(NamedTuple):
    """What a player has built."""

    contents: Mapping[Any, bytes]
    """Path -> content, of all files and properties."""

    links: Iterable[Iterable[Text]]
    """Of each file its paths."""


class Player(ABC, Generic[H]):
    """A player of your code."""

    @abstractmethod
    def expects(self) -> tuple[int, int]:
        """The sequence number and the checksum of the next operation."""

    @abstractmethod
    def request(self) -> Request:
        """What it asks for now."""

    @abstractmethod
    def tailing(self) -> bool:
        """Whether it has reached the head with no hints left: PLAY-13."""

    @abstractmethod
    def finish_at_write_head(self) -> None:
        """It is to finish at the write head: PLAY-7. What it asks for may be another thing now."""

    @abstractmethod
    def inject_handoff(self, author: int) -> None:
        """It is to finish by a handoff: PLAY-8. What it asks for may be another thing now."""

    @abstractmethod
    def told_head(self, log: str, offset: int) -> None:
        """The head of a log."""

    @abstractmethod
    def told_bytes(self, offset: int, content: bytes) -> None:
        """Bytes at ``offset``, which is greater than what was asked for behind a hole."""

    @abstractmethod
    def told_at_head(self) -> None:
        """The offset that was asked for is the head."""

    @abstractmethod
    def told_appended(self, end: int) -> None:
        """The handoff has landed, and ends at ``end`` (exclusive)."""

    @abstractmethod
    def build_hints(self) -> H:
        """Hints of what is played: PLAY-16.

        Raises:
            Refused: ``InvalidHints RULE``, ``InvalidSegment RULE`` or ``SegmentConflict RULE``.
        """

    @abstractmethod
    def files(self) -> Files:
        """What it has built. It is complete."""


class Players(ABC, Generic[H]):
    """Makes players of your code; ``H`` is your class of hints."""

    @abstractmethod
    def decode_hints(self, encoded: bytes) -> H:
        """The hints that bytes hold.

        Raises:
            Refused: ``MalformedHints``.
        """

    @abstractmethod
    def hints_of_log(self, log: str) -> H:
        """Hints that hold nothing but the name of a log."""

    @abstractmethod
    def play(self, hints: H) -> Player[H]:
        """A player that begins with hints. It has played nothing yet.

        Raises:
            Refused: ``InvalidHints RULE``, ``InvalidSegment RULE`` or ``SegmentConflict RULE``.
        """


@dataclass
class _At:
    """A player, and what the kit knows of it."""

    player: Player[Any]
    wished: bool = False
    handoff: Append | None = None
    """What it has appended last."""

    @property
    def ended(self) -> bool:
        return isinstance(self.player.request(), Complete | Failed)


class PlayerSteps:
    """The steps of the tier."""

    def __init__(self, players: Players[Any], refusal: Callable[[Exception], str | None]) -> None:
        """``refusal`` tells what errors of the players are."""
        self._make = players
        self._refusal = refusal
        self._logs: dict[str, Log] = {}
        self._hints: dict[str, HintsLike] = {}
        self._players: dict[str, _At] = {}
        self.steps: dict[str, Callable[[Json], Json]] = {
            "append_raw": self._append_raw,
            "roll": self._roll,
            "prune": self._prune,
            "read_log": self._read_log,
            "give_hints": self._give_hints,
            "play": self._play,
            "finish_at_write_head": self._finish_at_write_head,
            "inject_handoff": self._inject_handoff,
            "advance": self._advance,
            "handoff_again": self._handoff_again,
            "take_player_hints": self._take_hints,
        }

    def snapshot(self) -> Json:
        """The players, and the logs that hold anything."""
        players = {name: _player_json(at.player) for name, at in self._players.items()}
        logs = {
            name: {"head": str(log.head), "sha256": log.digest()}
            for name, log in self._logs.items()
            if log.head
        }
        return ({"players": players} if players else {}) | ({"logs": logs} if logs else {})

    # Logs

    def _log(self, name: str) -> Log:
        return self._logs.setdefault(name, Log())

    def _append_raw(self, step: Json) -> Json:
        log = self._log(step["log"])
        log.append(bytes.fromhex(step["data"]) * int(step.get("times", 1)))
        return {"outcome": DONE, "head": str(log.head)}

    def _roll(self, step: Json) -> Json:
        self._log(step["log"]).roll()
        return {"outcome": DONE}

    def _prune(self, step: Json) -> Json:
        self._log(step["log"]).prune(int(step["before"]), int(step.get("begin", 0)))
        return {"outcome": DONE}

    def _read_log(self, step: Json) -> Json:
        log = self._log(step["log"])
        content = log.from_offset(int(step.get("offset", 0)))
        return {"outcome": DONE, "head": str(log.head), "encoded": content.hex()}

    # Players

    def _give_hints(self, step: Json) -> Json:
        if step["hints"] in self._hints:
            return IMPOSSIBLE
        hints = self._make.decode_hints(bytes.fromhex(step["encoded"]))
        self._hints[step["hints"]] = hints
        return {"outcome": DONE, "hints": hints_json(hints)}

    def _play(self, step: Json) -> Json:
        named, log = step.get("hints"), step.get("log")
        hints = self._hints.get(named) if named is not None else None
        if named is None and log is not None:
            hints = self._make.hints_of_log(log)
        if step["player"] in self._players or hints is None:
            return IMPOSSIBLE
        at = self._players[step["player"]] = _At(self._make.play(hints))
        return _seen(at)

    def _finish_at_write_head(self, step: Json) -> Json:
        at = self._players.get(step["player"])
        if at is None or at.ended or at.wished:
            return IMPOSSIBLE
        at.wished = True
        at.player.finish_at_write_head()
        return _seen(at)

    def _inject_handoff(self, step: Json) -> Json:
        at, author = self._players.get(step["player"]), int(step["author"])
        if at is None or at.ended or at.wished or author <= 0:
            return IMPOSSIBLE
        at.wished = True
        at.player.inject_handoff(author)
        return _seen(at)

    def _advance(self, step: Json) -> Json:
        at = self._players.get(step["player"])
        if at is None or at.ended:
            return IMPOSSIBLE
        while self._answer(at, step.get("until", "end")):
            pass
        return _seen(at)

    def _answer(self, at: _At, until: str) -> bool:
        """Do what a player asks for; not if it stops here."""
        player = at.player
        match player.request():
            case AskHead(log):
                player.told_head(log, self._log(log).head)
            case Read(log, offset, block):
                read = self._log(log).read(offset)
                if read is not None:
                    player.told_bytes(*read)
                elif block or (until == "head" and player.tailing()):
                    return False
                else:
                    player.told_at_head()
            case Append() as append if until != "append":
                at.handoff = append
                player.told_appended(self._land(append))
            case _:
                return False
        return True

    def _land(self, append: Append) -> int:
        log = self._log(append.log)
        log.append(append.content)
        return log.head

    def _handoff_again(self, step: Json) -> Json:
        at = self._players.get(step["player"])
        if at is None or at.handoff is None:
            return IMPOSSIBLE
        return {"outcome": DONE, "head": str(self._land(at.handoff))}

    def _take_hints(self, step: Json) -> Json:
        at, name = self._players.get(step["player"]), step["hints"]
        if at is None or name in self._hints:
            return IMPOSSIBLE
        request = at.player.request()
        if isinstance(request, Failed):
            return IMPOSSIBLE
        if not isinstance(request, Complete) and not at.player.tailing():
            return IMPOSSIBLE
        seen = _seen(at)
        try:
            hints = at.player.build_hints()
        except Exception as error:
            told = self._refusal(error)
            if told is None:
                raise
            return {**seen, "outcome": f"refused: {told}"}
        self._hints[name] = hints
        return {**seen, "hints": hints_json(hints)}


def _status(player: Player[Any]) -> str:
    """The status of a player: ADP-24."""
    match player.request():
        case Complete():
            return "complete"
        case Failed(error):
            return f"failed: {error}"
        case Append():
            return "appending"
        case _:
            return "tailing" if player.tailing() else "reading"


def _seen(at: _At) -> Json:
    return {**expecting(DONE, at.player.expects()), "status": _status(at.player)}


def _player_json(player: Player[Any]) -> Json:
    shown: Json = {"status": _status(player)}
    if shown["status"] != "complete":
        return shown
    files = player.files()
    shown["files"] = [
        {
            **text_json("path", path),
            "size": str(len(files.contents[path])),
            "sha256": hashlib.sha256(files.contents[path]).hexdigest(),
        }
        for path in sorted(files.contents, key=octets)
    ]
    groups = [sorted(group, key=octets) for group in files.links]
    several = sorted((g for g in groups if len(g) > 1), key=lambda group: octets(group[0]))
    shown["same_file"] = [paths_json(group) for group in several]
    return shown
