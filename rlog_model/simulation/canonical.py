"""Which states of an exploration are one: the canonical key of a state.

Rules
-----
* Two states are one if another naming of recorders, players, authors and paths makes one of the
  other. The *key* of a state is the same for all of these.
* Under a *naming* of authors and paths, a key is what is encoded of the log, of each recorder and
  of each player; the last two sorted, since nothing depends on which of them came first.
* The key is the least one under the namings which are tried. Those number authors and paths as the
  log names them, the first first; what the log doesn't name has the other numbers in every order.
* An end of a branch is encoded by the digest of all that led to it: in a log it is told by its
  checksum, which depends on names.

Two states are one, too, if they differ only in what can't influence what comes later, nor what is
found wrong in them. So what is not encoded is

* of who is dead, fenced, or was gone on from: all but what can land again;
* of a log in which no more can land (``Horizon.over``): how each recorder knows where it ends, and
  whether its appends check registers, unless it was handed the log;
* a check of registers that will always pass (``Horizon.registers_rest``);
* of the hints that a player has read, if it is on the branch that they were taken of: which they
  were. It owes the tree of that branch then (see ``truth``);
* of a player that is complete, which no one can go on from, once the log has grown behind it: all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from hashlib import blake2b

import attrs
from attrs import frozen

from rlog_model.simulation.digests import (
    DIGEST_SIZE,
    NOTHING,
    Told,
    digest,
    log_digest,
    player_digest,
    recorder_digest,
)
from rlog_model.simulation.exploration_moves import Bounds
from rlog_model.simulation.pieces import (
    PATHS,
    LogPiece,
    Naming,
    PlayerPiece,
    RecorderPiece,
    State,
)


@frozen
class Horizon:
    """What can still come, within the bounds."""

    over: bool
    """Whether no operation can land any more."""

    registers_rest: bool
    """Whether the registers can't change any more."""

    copies: bool
    """Whether appends can land again."""

    heirs: bool
    """Whether a recorder can go on from a player."""

    hints: bool
    """Whether a player can be made."""

    @classmethod
    def of(cls, state: State, bounds: Bounds) -> Horizon:
        """What can come behind a state."""
        log = state.log
        over = len(log.deeds) >= bounds.log
        copies = not over and log.copies < bounds.copies
        hints = not over and len(state.players) < bounds.players
        rest = over or not (
            hints
            or any(not p.done for p in state.players)
            # A handoff that lands again sets the register again.
            or (copies and len(log.heirs) > 1)
        )
        return cls(over, rest, copies, not over and len(state.recorders) < bounds.recorders, hints)


@attrs.define
class Canonical:
    """The canonical keys of states. It keeps the namings that it has made."""

    bounds: Bounds
    _namings: dict[tuple[tuple[int, ...], tuple[str, ...]], Naming] = attrs.field(factory=dict)

    def key(self, state: State, horizon: Horizon | None = None) -> bytes:
        """The key of a state; ``horizon``, if what can come is something else than the bounds
        say."""
        horizon = horizon or Horizon.of(state, self.bounds)
        tried = [encoded(state, naming, horizon) for naming in self._tried(state)]
        return blake2b(min(tried), digest_size=DIGEST_SIZE).digest()

    def _tried(self, state: State) -> Iterator[Naming]:
        """The namings that are tried for a state."""
        authors, paths = state.log.authors, state.log.paths
        more = {r.author for r in state.recorders if r.active and r.author not in authors}
        more.update([p.heir for p in state.players if p.heir and p.heir not in authors])
        others = [path for path in PATHS[: self.bounds.paths] if path not in paths]
        if not more and not others:
            yield self._naming(authors, paths)
            return
        for behind in itertools.permutations(more):
            for last in itertools.permutations(others):
                yield self._naming((*authors, *behind), (*paths, *last))

    def _naming(self, authors: tuple[int, ...], paths: tuple[str, ...]) -> Naming:
        naming = self._namings.get((authors, paths))
        if naming is None:
            naming = Naming(
                {author: i for i, author in enumerate(authors)},
                {path: i for i, path in enumerate(paths)},
            )
            self._namings[authors, paths] = naming
        return naming


def encoded(state: State, naming: Naming, horizon: Horizon) -> bytes:
    """A state under a naming: of one length for all states of as many recorders and players."""
    log = state.log
    recorders = [_recorder(r, log, naming, horizon) for r in state.recorders]
    players = [_player(p, log, naming, horizon) for p in state.players]
    recorders.sort()
    players.sort()
    counts = bytes((len(recorders), len(players)))
    return b"".join((counts, log_digest(log, naming), *recorders, *players))


def _recorder(piece: RecorderPiece, log: LogPiece, naming: Naming, horizon: Horizon) -> bytes:
    recorder = piece.recorder
    told = Told.WHOLE
    if horizon.over:
        told = Told.OVER
    elif horizon.registers_rest and passes(piece, log):
        told = Told.CHECK_PASSES
    if not piece.active:
        if not (horizon.copies and recorder.landed):
            return NOTHING
        # What had landed is in the log.
        checks = (recorder.check is None, recorder.fenced) if told is Told.WHOLE else None
        return digest((naming.authors[piece.author], checks))
    found = piece.digest.get((naming, told))
    if found is None:
        found = piece.digest[naming, told] = recorder_digest(piece, log, naming, told)
    return found


def passes(piece: RecorderPiece, log: LogPiece) -> bool:
    """Whether the registers are as a recorder's appends ask, if they ask."""
    check = piece.recorder.check
    return check is None or check.matches(log.log.registers)


def _player(piece: PlayerPiece, log: LogPiece, naming: Naming, horizon: Horizon) -> bytes:
    if piece.complete and not horizon.hints:
        # It was found right or wrong when it became complete.
        behind = piece.end < log.log.head and not horizon.heirs
        if piece.used or behind:
            return NOTHING
    found = piece.digest.get(naming)
    if found is None:
        found = piece.digest[naming] = player_digest(piece, log, naming)
    return found
