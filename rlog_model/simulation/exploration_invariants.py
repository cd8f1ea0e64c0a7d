"""What holds in every state of an exploration: a table, and who looks at states by it.

Each invariant is asked of a state, and of nothing that led there. What a player would come to is
found by making its moves, beyond the bounds if need be.
"""

from __future__ import annotations

import enum
import traceback
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from rlog_model.hints import InvalidHints
from rlog_model.play_messages import Failed
from rlog_model.scenario import Step
from rlog_model.segment import UNKNOWN_OFFSET, InvalidSegment, SegmentConflict
from rlog_model.simulation import invariants
from rlog_model.simulation.canonical import Horizon
from rlog_model.simulation.exploration import Explorer
from rlog_model.simulation.exploration_maker import world_of
from rlog_model.simulation.exploration_moves import (
    Kind,
    Move,
    player_name,
    recorder_name,
    steps_of,
)
from rlog_model.simulation.pieces import Landed, LogPiece, PlayerPiece, State
from rlog_model.simulation.players import gives_hints
from rlog_model.simulation.state import SimPlayer, World, played
from rlog_model.simulation.truth import BEGINNING, Key, Truth, truth


@frozen
class Violation:
    """An invariant that does not hold in a state."""

    invariant: str
    """Its id."""

    reason: str
    shown_by: tuple[Step, ...] = ()
    """Steps that show it, behind those which lead to the state."""


class Of(enum.Enum):
    """What an invariant is about: one of these, and the log."""

    RECORDER = enum.auto()
    """A recorder that is neither dead nor fenced, and has nothing in its queue."""

    PLAYER = enum.auto()
    LOG = enum.auto()


Wrong = tuple[str, tuple[Move, ...]]
"""Why an invariant does not hold, and moves that show it."""


@frozen
class Invariant:
    """What holds in every state."""

    id: str
    statement: str
    of: Of
    lasting: bool
    """Whether it holds for good of a recorder or player as it is, however the log grows."""

    look: Callable[[Explorer, State, int], Wrong | None]
    """Why it does not hold for the recorder or player of that number, and moves that show it; none
    if it holds."""


ALONE: Final = Horizon(over=True, registers_rest=True, copies=False, heirs=False, hints=True)
"""Nothing can come but plays: all that an invariant asks about."""


class Watch:
    """Looks at states, by ``INVARIANTS``. It remembers where all is right: also under other
    names."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._right: set[object] = set()

    def forget(self) -> None:
        """Remember nothing."""
        self._right.clear()

    def violations(self, state: State) -> Iterator[Violation]:
        """What is wrong in a state."""
        log, right = state.log, self._right
        for actor, recorder in enumerate(state.recorders):
            if recorder.active and not recorder.queued and (log, recorder) not in right:
                alone = State(log, (recorder,))
                yield from self._look(Of.RECORDER, recorder, alone, state, actor)
        for actor, player in enumerate(state.players):
            if (log, player) not in right:
                alone = State(log, (), (player,))
                yield from self._look(Of.PLAYER, player, alone, state, actor)
        if (log, log) not in right:
            yield from self._look(Of.LOG, log, State(log), state, 0)

    def _look(
        self, of: Of, piece: object, alone: State, state: State, actor: int
    ) -> Iterator[Violation]:
        """What is wrong with a piece: ``alone`` with the log, it is the same under other names."""
        key = self._explorer.key(alone, ALONE)
        all_right = True
        for invariant in _OF[of] if key not in self._right else ():
            if invariant.lasting and piece in self._right:
                continue
            try:
                wrong = invariant.look(self._explorer, state, actor)
            except Exception as error:
                # Whatever it is, the user is shown the scenario that does it.
                wrong = f"the model broke:\n{''.join(traceback.format_exception(error))}", ()
            if wrong is not None:
                all_right = False
                yield self._violation(invariant, state, *wrong)
        if all_right:
            self._right.update(((state.log, piece), piece, key))

    def _violation(
        self, invariant: Invariant, state: State, reason: str, moves: tuple[Move, ...]
    ) -> Violation:
        steps: list[Step] = []
        at: State | None = state
        for move in moves:
            assert at is not None, "the moves were made before"
            steps += steps_of(at, move)
            at = self._explorer.make(at, move)
        return Violation(invariant.id, reason, tuple(steps))


def _end_of(explorer: Explorer, state: State, moves: tuple[Move, ...]) -> tuple[State, int] | None:
    """The state behind moves of which the last is one of a player, and which player that is; none
    if one of them can't be made."""
    at: State | None = state
    for move in moves:
        at = at and explorer.make(at, move)
    return None if at is None else (at, moves[-1].actor)


def _truth(log: LogPiece, player: PlayerPiece) -> Truth:
    """What a player that has ended must have built."""
    taken = player.player.taken
    landed = tuple([one.deed for one in log.landed if one.deed and one.end <= player.end])
    made = {deed.behind: deed for deed in log.deeds}
    return truth(taken.hints, taken.at, landed, made, misleads=taken.misleads)


def _played_wrong(explorer: Explorer, state: State, moves: tuple[Move, ...]) -> Wrong | None:
    """Why a play doesn't come to its truth by ``moves``, if it doesn't."""
    found = _end_of(explorer, state, moves)
    if found is None:
        return None
    behind, actor = found
    player = behind.players[actor]
    owed = _truth(behind.log, player)
    request = player.player.progress.request
    if isinstance(request, Failed):
        return None if owed.misled else (f"the player failed: {request.error}", moves)
    if not player.complete:
        return "the player does not come to an end", moves
    built = played(player.player)
    if built == owed.tree or owed.allows(built):
        return None
    trees = f"  expected      {owed.tree}\n  actually got  {built}"
    return f"the player built another tree than its recorder had:\n{trees}", moves


def _new_player(state: State) -> int:
    return len(state.players)


def recorder_hints(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    play = Move(Kind.PLAY, actor), Move(Kind.FINISH, _new_player(state))
    return _played_wrong(explorer, state, play)


def player_hints(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    piece = state.players[actor]
    if piece.end < state.log.log.head or not gives_hints(piece.player.progress):
        return None
    play = Move(Kind.PLAY_PLAYER, actor), Move(Kind.FINISH, _new_player(state))
    return _played_wrong(explorer, state, play)


def no_hints(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    play = Move(Kind.PLAY_LOG), Move(Kind.FINISH, _new_player(state))
    return _played_wrong(explorer, state, play)


def player_ends(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    player = state.players[actor]
    if player.done:
        return None
    kind = Kind.FINISH if player.heir is None else Kind.LAND
    return _played_wrong(explorer, state, (Move(kind, actor),))


def _branch(log: LogPiece, key: Key) -> dict[Key, Landed]:
    """The branch which goes on from ``key``: each end of it, and the operation before that."""
    ends: dict[Key, Landed] = {}
    for one in log.landed:
        if one.deed is not None and one.deed.before == key:
            key = one.deed.behind
            ends[key] = one
    return ends


def hints_save_work(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    recorder = state.recorders[actor].recorder
    fsm = recorder.recording.fsm
    branch = _branch(state.log, BEGINNING)
    at = fsm.next_seq_no, fsm.next_checksum
    misled = recorder.misleads or any(e.deed and e.deed.misleads for e in branch.values())
    if misled or (at != BEGINNING and at not in branch):
        return None
    finish = Move(Kind.FINISH, _new_player(state))
    hinted = Move(Kind.PLAY, actor), finish
    ended: list[SimPlayer] = []
    for moves in (hinted, (Move(Kind.PLAY_LOG), finish)):
        found = _end_of(explorer, state, moves)
        if found is None or not found[0].players[found[1]].complete:
            return None
        ended.append(found[0].players[found[1]].player)
    one, other = ended
    links = [player.progress.playback.fsm.links for player in ended]
    if (one.nodes, links[0]) == (other.nodes, links[1]) or played(one) == played(other):
        return None
    return f"with hints, the tree is {played(one)}; without, {played(other)}", hinted


def recorder_gives_hints(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    recorder = state.recorders[actor].recorder
    if recorder.misleads or not recorder.recording.fsm.live_nodes:
        return None
    try:
        recorder.recording.build_hints()
    except (InvalidHints, InvalidSegment, SegmentConflict) as error:
        return f"it has live files, and gives no hints: {error}", (Move(Kind.PLAY, actor),)
    return None


def recorder_is_sound(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    world, name = world_of(state, recorder=actor), recorder_name(actor)
    return _unsound(invariants.RECORDER_INVARIANTS, world, name)


def player_is_sound(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    world, name = world_of(state, player=actor), player_name(actor)
    return _unsound(invariants.PLAYER_INVARIANTS, world, name)


def _unsound(table: tuple[invariants.Invariant, ...], world: World, name: str) -> Wrong | None:
    for invariant in table:
        if not invariant.holds(world, name):
            return f"{invariant.id} is broken for {name}: {invariant.statement}", ()
    return None


def bounds_hold(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    log, fsm = state.log, state.recorders[actor].recorder.recording.fsm
    first = {one.deed.behind: one for one in reversed(log.landed) if one.deed}
    own: dict[int, Landed] = {}
    key = fsm.next_seq_no, fsm.next_checksum
    while key != BEGINNING:
        one = first[key]
        assert one.deed is not None, "it is an operation"
        own[one.deed.before[0]] = one
        key = one.deed.before
    for node in fsm.live_nodes.values():
        for segment in node.segments:
            begin, end = own[segment.first_seq_no].begin, own[segment.last_seq_no].end
            if segment.first_offset > begin or segment.last_offset not in (UNKNOWN_OFFSET, end):
                return f"{segment} is at [{begin}, {end})", (Move(Kind.PLAY, actor),)
    return None


def keeps_its_log(explorer: Explorer, state: State, actor: int) -> Wrong | None:
    piece, log = state.recorders[actor], state.log
    landed = piece.recorder.landed
    if piece.recorder.check is None or piece.author not in log.heirs or not landed:
        return None
    branch = _branch(log, landed[0].deeds[0].before)
    for one in branch.values():
        if one.op is not None and one.op.author not in log.heirs:
            return None
    for one in log.landed:
        if one.again and one.op and one.op.change is None and one.op.author == piece.author:
            return None
    for append in landed:
        for deed in append.deeds:
            if deed.behind not in branch:
                return f"its operation {deed.before[0]} has landed, and is on no branch", ()
    return None


INVARIANTS: Final = (
    Invariant(
        "recorder-hints",
        "Hints taken now of a recorder, also of a zombie, and played to the write head, give the"
        " tree that they owe (see `truth`), and the player does not fail.",
        Of.RECORDER,
        False,
        recorder_hints,
    ),
    Invariant(
        "player-hints",
        "So do hints taken of a player when it has read all there is.",
        Of.PLAYER,
        False,
        player_hints,
    ),
    Invariant(
        "player-ends",
        "A player of hints that may be old comes to the tree that they owe if it ends now: at the"
        " write head, or by its handoff.",
        Of.PLAYER,
        False,
        player_ends,
    ),
    Invariant(
        "no-hints", "A player without hints builds the tree they owe.", Of.LOG, False, no_hints
    ),
    Invariant(
        "hints-save-work",
        "Where hints are taken of the branch that a player without hints follows, and nobody"
        " misleads, both build the same tree.",
        Of.RECORDER,
        False,
        hints_save_work,
    ),
    Invariant(
        "gives-hints",
        "A recorder with live files can give hints, unless it misleads.",
        Of.RECORDER,
        True,
        recorder_gives_hints,
    ),
    Invariant(
        "bounds-hold",
        "The first offset of a segment is a lower bound of where its first operation begins. A last"
        " offset that is known is where its last operation ends.",
        Of.RECORDER,
        True,
        bounds_hold,
    ),
    Invariant(
        "keeps-its-log",
        "What lands of a recorder that checks registers, and was handed the log, is on the branch:"
        " unless someone wrote there who was not handed it; or its own handoff landed again, for"
        " then the register is its own again, whoever has the log by now.",
        Of.RECORDER,
        True,
        keeps_its_log,
    ),
    Invariant(
        "recorder-is-sound",
        "What holds behind every step holds for a recorder: see `invariants`.",
        Of.RECORDER,
        True,
        recorder_is_sound,
    ),
    Invariant(
        "player-is-sound",
        "What holds behind every step holds for a player.",
        Of.PLAYER,
        True,
        player_is_sound,
    ),
)
"""What holds in every state."""

_OF: Final = {of: tuple(i for i in INVARIANTS if i.of is of) for of in Of}
