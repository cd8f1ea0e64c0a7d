"""What a simulated world is made of: logs, recorders, players, and hints, as values."""

from __future__ import annotations

import attrs
from attrs import frozen
from rpds import HashTrieMap

from rlog_model.file_tree import FileTree, Snapshot
from rlog_model.hints import FSMHints
from rlog_model.identity import Fnode
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.playback import Progress
from rlog_model.recording import Recording
from rlog_model.revision import Revision
from rlog_model.simulation.log import Log
from rlog_model.simulation.parts import Parts
from rlog_model.simulation.truth import Deed, Key, Truth, truth
from rlog_model.trace import DONE, FENCED, Observation


@frozen
class Queued:
    """An append that waits to be committed."""

    content: bytes
    deeds: tuple[Deed, ...]
    check: LabelSelector | None
    union: LabelSet = EMPTY


@frozen
class SimRecorder:
    """A recorder and its directory."""

    recording: Recording
    tree: FileTree
    check: LabelSelector | None
    files: HashTrieMap[str, tuple[int, Fnode | None]] = HashTrieMap()
    """Open files by their names: their number in the tree, and what the recorder knows them as."""

    queue: tuple[Queued, ...] = ()
    landed: tuple[Queued, ...] = ()
    fenced: bool = False
    dead: bool = False
    misleads: bool = False
    """Whether it goes on from what a zombie's hints led to: see ``truth``."""


@frozen
class Taken:
    """Hints, and when they were taken."""

    hints: FSMHints
    at: Key
    misleads: bool = False
    """Whether their recorder went on from what a zombie's hints led to; or where they come from is
    not known."""

    given: bool = False
    """Whether they were given, by whoever: what they lead to is not decided."""


@frozen
class SimPlayer:
    """A player and the files that it has built."""

    progress: Progress
    taken: Taken
    nodes: HashTrieMap[Fnode, bytes] = HashTrieMap()
    recorder: str | None = None
    """The recorder that went on from it."""

    handoff: Queued | None = None
    """What it has appended to hand off."""


@frozen
class World:
    """All there is."""

    revision: Revision
    logs: HashTrieMap[str, Log] = HashTrieMap()
    recorders: HashTrieMap[str, SimRecorder] = HashTrieMap()
    players: HashTrieMap[str, SimPlayer] = HashTrieMap()
    hints: HashTrieMap[str, Taken] = HashTrieMap()
    landed: HashTrieMap[str, tuple[Deed, ...]] = HashTrieMap()
    """What was done in each log, in its order."""

    made: HashTrieMap[Key, Deed] = HashTrieMap()
    """All that was ever done, landed or not."""

    torn: HashTrieMap[str, int] = HashTrieMap()
    """Where in a log the first torn append ends (exclusive)."""

    parts: Parts | None = None
    """What steps of parts have made; none at first."""

    def truth(self, player: str) -> Truth:
        """What a player that is complete must have built."""
        taken = self.players[player].taken
        log = taken.hints.log
        if taken.given:
            return Truth(FileTree().snapshot(), misleads=True, misled=True)
        if self.log(log).head > self.torn.get(log, self.log(log).head):
            # What lies behind a torn append can be read as its rest: as an operation that nobody
            # made. No journal that keeps its word shows such a thing: so it is not decided.
            return Truth(FileTree().snapshot(), misleads=True, misled=True)
        landed = self.landed.get(log, ())
        return truth(taken.hints, taken.at, landed, self.made, misleads=taken.misleads)

    def log(self, name: str) -> Log:
        """A log, which is there as soon as it is named."""
        return self.logs.get(name, Log())

    def with_log(self, name: str, log: Log) -> World:
        """The world with another state of a log."""
        return attrs.evolve(self, logs=self.logs.insert(name, log))

    def with_recorder(self, name: str, recorder: SimRecorder) -> World:
        """The world with another state of a recorder."""
        return attrs.evolve(self, recorders=self.recorders.insert(name, recorder))

    def with_player(self, name: str, player: SimPlayer) -> World:
        """The world with another state of a player."""
        return attrs.evolve(self, players=self.players.insert(name, player))


Executed = tuple[World, Observation]
"""The world behind a step, and what could be seen."""


def land(world: World, log: str, append: Queued) -> Executed:
    """An append lands in a log, unless the registers are not as it asks."""
    grown = world.log(log).append(append.content, append.check, append.union)
    if grown is None:
        return world, Observation(FENCED)
    landed = world.landed.insert(log, (*world.landed.get(log, ()), *append.deeds))
    world = attrs.evolve(world, landed=landed)
    return world.with_log(log, grown), Observation(DONE, head=grown.head)


def played(player: SimPlayer) -> Snapshot:
    """What a player that is complete has built."""
    fsm = player.progress.playback.fsm
    files = [(path, player.nodes[fnode]) for path, fnode in fsm.links.items()]
    groups = [node.links for node in fsm.live_nodes.values()]
    return Snapshot.of([*files, *fsm.properties.items()], groups)
