"""Behaviours that TLC draws, as scenarios with what World shows of them.

Rules
-----
* What is expected is World's, and no FSM, recorder or player of the model has a part in it: of the
  package only the codec is used, by which operations become bytes, and histories checksums.
* World counts operations where logs have bytes. So it is asked twice: first for the log, and then,
  told where each operation ends, for all that is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from rlog_model import crc32c
from rlog_model import scenario as s
from rlog_model.file_tree import Snapshot
from rlog_model.framing import frame
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, RecordedOp, Unlink, Write
from rlog_model.scenario import Scenario
from rlog_model.simulation.snapshot import named, of_files, of_log
from rlog_model.trace import Observation, tree_of
from rlog_model.wire import encode_op
from spec.tlc.run import TLA, Machine, Options
from spec.tlc.values import Record, Value, as_record, as_sequence
from spec.traces.abstract import NONE, untold
from spec.traces.check import CFG, TlcFailed, printed, run

LOG: Final = "logs/one"
_CFG: Final = CFG.with_name("Behaviours.cfg")
_DEPTH: Final = 400
_ALL: Final = 1_000_000


@frozen
class Told:
    """A scenario, and all that World shows of it."""

    scenario: Scenario
    observations: tuple[Observation, ...]
    snapshot: dict[str, Any]


def drawn(machine: Machine, count: int, seed: int) -> list[Scenario]:
    """So many behaviours that TLC draws; the same ones for a seed.

    Raises:
        TlcFailed: it draws fewer.
    """
    options = Options(workers=1, simulate=f"num={count}", seed=seed, depth=_DEPTH)
    result = machine.check(TLA / "Behaviours.tla", _CFG, options)
    found = [
        Scenario((*(_step(as_record(step)) for step in as_sequence(told[1])), s.ReadLog(LOG)))
        for told in printed(result)
        if told[0] == "behaviour"
    ]
    if len(found) < count:
        raise TlcFailed(f"TLC drew {len(found)} of {count} behaviours: {result.text}")
    return found


def told_of(machine: Machine, scenarios: Sequence[Scenario]) -> list[Told]:
    """What World shows of scenarios.

    Raises:
        TlcFailed: it can't say.
    """
    shown = _shown(machine, scenarios, [()] * len(scenarios))
    logs = [
        list(_log(scenario, all_of_it))
        for scenario, all_of_it in zip(scenarios, shown, strict=True)
    ]
    ends = [tuple(len(b"".join(log[: k + 1])) for k in range(len(log))) for log in logs]
    shown = _shown(machine, scenarios, ends)
    return [
        _told(scenario, events, b"".join(log))
        for scenario, events, log in zip(scenarios, shown, logs, strict=True)
    ]


def _shown(
    machine: Machine, scenarios: Sequence[Scenario], ends: Sequence[tuple[int, ...]]
) -> list[list[Record]]:
    """What World shows behind each step of each scenario."""
    values = [untold(scenario, of) for scenario, of in zip(scenarios, ends, strict=True)]
    shown: list[list[Record]] = [[] for _ in scenarios]
    for told in printed(run(machine, values, theorem=False)):
        if told[0] == "shows" and isinstance(told[1], int):
            shown[told[1] - 1].append(as_record(told[3]))
    for scenario, events in zip(scenarios, shown, strict=True):
        if len(events) != len(scenario.steps):
            raise TlcFailed(f"World shows {len(events)} of {len(scenario.steps)} steps")
    return shown


def _step(step: Record) -> s.Step:
    """The step of the scenario language that a record is."""
    given: dict[str, Any] = {str(name): value for name, value in step.items()}
    given = {name: None if value == NONE else value for name, value in given.items()}
    match given["do"]:
        case "start_recorder":
            author = int(given["author"])
            recorder, player = given["recorder"], given["player"]
            return s.StartRecorder(recorder, LOG, author, player, given["checks"])
        case "create":
            return s.Create(given["recorder"], given["path"])
        case "write":
            data = bytes(given["bytes"])
            return s.Write(given["recorder"], given["path"], given["offset"], data)
        case "commit":
            appends = None if given["appends"] == _ALL else given["appends"]
            return s.Commit(given["recorder"], appends)
        case "play":
            hints = given["hints"]
            return s.Play(given["player"], hints, LOG if hints is None else None)
        case "inject_handoff":
            return s.InjectHandoff(given["player"], int(given["author"]))
        case other:
            members = {n: v for n, v in given.items() if n not in ("do", "label")}
            return s.STEPS[str(other)](**members)


@frozen
class _Names:
    """What the numbers of World are in a scenario: authors, and what writes wrote."""

    authors: tuple[int, ...]
    writes: Mapping[str, s.Write]

    @classmethod
    def of(cls, scenario: Scenario) -> _Names:
        steps = scenario.steps
        drawing = (x.author for x in steps if isinstance(x, s.StartRecorder | s.InjectHandoff))
        labels = {f"write of event {n}": x for n, x in enumerate(steps, 1)}
        return cls(
            tuple(dict.fromkeys(drawing)),
            {label: x for label, x in labels.items() if isinstance(x, s.Write)},
        )

    def encoded(self, seq_no: int, checksum: int, summary: Value) -> tuple[bytes, bytes]:
        """The payload of an operation of a history, and the raw bytes behind it."""
        author, kind, path, fnode = as_sequence(summary)
        assert isinstance(author, int)
        assert isinstance(fnode, int)
        change, raw = self._change(str(kind), str(path), Fnode(fnode))
        op = RecordedOp(seq_no, checksum, Author(self.authors[author - 1]), change)
        return encode_op(op), raw

    def _change(self, kind: str, path: str, fnode: Fnode) -> tuple[Change | None, bytes]:
        match kind:
            case "create":
                return Create(path), b""
            case "link":
                return Link(fnode, path), b""
            case "unlink":
                return Unlink(fnode, path), b""
            case "write":
                write = self.writes[path]
                return Write(fnode, write.offset, len(write.data)), write.data
            case _:
                return None, b""

    def checksum(self, history: Value) -> int:
        """The checksum behind a history."""
        checksum = crc32c.INITIAL
        for seq_no, summary in enumerate(as_sequence(history), 1):
            checksum = crc32c.update(checksum, self.encoded(seq_no, checksum, summary)[0])
        return checksum


def _log(scenario: Scenario, shown: Sequence[Record]) -> Iterator[bytes]:
    """The bytes of each operation of the log that World shows at the end."""
    names = _Names.of(scenario)
    labels = {(w.recorder, w.data): label for label, w in names.writes.items()}
    of_log, sums = as_sequence(as_sequence(shown[-1]["log"])[0]), as_sequence(shown[-1]["sums"])
    for op, history in zip(map(as_record, of_log), sums, strict=True):
        path = op["path"]
        if op["kind"] == "write":
            data = bytes(n for n in as_sequence(op["bytes"]) if isinstance(n, int))
            path = next(label for (_, wrote), label in labels.items() if wrote == data)
        author = names.authors.index(int(str(op["author"]))) + 1
        seq_no = op["seq_no"]
        assert isinstance(seq_no, int)
        summary = (author, op["kind"], path, op["fnode"])
        payload, raw = names.encoded(seq_no, names.checksum(history), summary)
        yield frame(payload) + raw


def _told(scenario: Scenario, shown: Sequence[Record], log: bytes) -> Told:
    names = _Names.of(scenario)
    observations = tuple(_observation(event, names, log) for event in shown)
    return Told(scenario, observations, _snapshot(scenario, observations, log))


def _observation(shown: Record, names: _Names, log: bytes) -> Observation:
    """What World shows, as an executor shows it."""
    sums = [names.checksum(history) for history in as_sequence(shown["sums"])]
    if shown["log"]:
        return Observation("done", head=len(log), encoded=log.hex())
    seq_no = _only(shown["seq_no"])
    tree = None
    if shown["tree"]:
        tree = tree_of(_directory(_only(shown["tree"]), _only(shown["same"])))
    return Observation(
        str(shown["outcome"]),
        next_seq_no=seq_no,
        next_checksum=None if seq_no is None else sums[0],
        queued=_only(shown["queued"]),
        head=_only(shown["head"]),
        hints=_hints(_only(shown["hints"]), sums[1:]) if shown["hints"] else None,
        status=_only(shown["status"]),
        tree=tree,
    )


def _only(value: Value) -> Any:
    """What may be missing."""
    return next(iter(as_sequence(value)), None)


def _directory(files: Any, groups: Any) -> Snapshot:
    return Snapshot.of([(path, bytes(content)) for path, content in files], groups)


def _hints(files: Any, sums: Sequence[int]) -> dict[str, Any]:
    """Hints, in the JSON form: their own log is named once."""
    checksums = iter(sums)
    return {
        "log": LOG,
        "live_nodes": [
            {
                "fnode": str(file["fnode"]),
                "segments": [
                    {
                        "author": segment["author"],
                        "first_seq_no": str(segment["first_seq_no"]),
                        "first_offset": str(segment["first_offset"]),
                        "first_checksum": str(next(checksums)),
                        "last_seq_no": str(segment["last_seq_no"]),
                        "last_offset": str(segment["last_offset"]),
                        "log": "",
                    }
                    for segment in file["segments"]
                ],
            }
            for file in files
        ],
        "properties": [],
    }


def _snapshot(
    scenario: Scenario, observations: Sequence[Observation], log: bytes
) -> dict[str, Any]:
    """What there is at the end: as each recorder and player was seen last."""
    recorders: dict[str, Any] = {}
    players: dict[str, Any] = {}
    used = {step.player for step in scenario.steps if isinstance(step, s.StartRecorder)}
    for step, seen in zip(scenario.steps, observations, strict=True):
        if seen.next_seq_no is None:
            continue
        if (recorder := getattr(step, "recorder", None)) is not None:
            recorders[recorder] = {
                "next_seq_no": str(seen.next_seq_no),
                "next_checksum": str(seen.next_checksum),
            }
            continue
        player = getattr(step, "player", "")
        players[player] = players.get(player, {}) | {"status": seen.status}
        if seen.tree is not None and player not in used:
            files = [(path, bytes.fromhex(content)) for path, content in seen.tree["files"].items()]
            players[player] |= of_files(Snapshot.of(files, seen.tree["same_file"]))
    return {
        **named("players", players.items(), lambda shown: shown),
        **named("recorders", recorders.items(), lambda shown: shown),
        **named("logs", [(LOG, log)] if log else [], lambda content: of_log(len(content), content)),
    }
