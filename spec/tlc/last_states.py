"""The last states of the traces of worlds, kept in ``spec/tla/last``: pictures are made of them.

A trace of one worker is the same each time, so a run of TLC holds what is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import frozen

from spec.tlc.run import TLA
from spec.tlc.states import State, StateReader
from spec.tlc.values import NoValue, Value, as_number, as_record, as_sequence, as_text, show

FOLDER: Final = TLA / "last"


@frozen
class Landed:
    """An operation in the log."""

    before: tuple[Value, ...]
    """The history of the branch that it continues."""

    author: int
    seq_no: int
    kind: str
    path: str
    fnode: int

    @property
    def behind(self) -> tuple[Value, ...]:
        """The history of the branch that it makes: ``History`` of ``World.tla``."""
        return (*self.before, (self.author, self.kind, self.path, self.fnode))


@frozen
class LastState:
    """The end of a trace."""

    log: tuple[Landed, ...]
    branch: tuple[Value, ...]
    """The history of what the last player has applied; of its hints, if that is more."""


def keep(name: str, state: State, folder: Path = FOLDER) -> None:
    """Keep the last state of the trace of a configuration, if it is one of a world."""
    if "players" in state:
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.txt").write_text(_text(state), encoding="utf-8")


def is_kept(name: str, state: State, folder: Path = FOLDER) -> bool:
    """Whether this very state is kept, if it is one of a world."""
    file = folder / f"{name}.txt"
    return "players" not in state or (file.exists() and file.read_text("utf-8") == _text(state))


def read(name: str, folder: Path = FOLDER) -> LastState:
    """The state that is kept of a configuration.

    Raises:
        FileNotFoundError: none is kept.
        NoValue: it is no state of a world with a player.
    """
    state = StateReader().state((folder / f"{name}.txt").read_text("utf-8"))
    players = as_sequence(state["players"])
    if not players:
        raise NoValue(f"{name} ends without a player")
    player = as_record(players[-1])
    applied = _history(player["fsm"], "next_checksum")
    hinted = _history(player["taken"], "at")
    return LastState(tuple(map(_landed, as_sequence(state["log"]))), max(applied, hinted, key=len))


def _text(state: State) -> str:
    return "".join(f"/\\ {name} = {show(value)}\n" for name, value in sorted(state.items()))


def _landed(value: Value) -> Landed:
    operation = as_record(value)
    return Landed(
        as_sequence(operation["checksum"]),
        as_number(operation["author"]),
        as_number(operation["seq_no"]),
        as_text(operation["kind"]),
        as_text(operation["path"]),
        as_number(operation["fnode"]),
    )


def _history(record: Value, name: str) -> tuple[Value, ...]:
    return as_sequence(as_record(record)[name])
