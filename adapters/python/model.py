"""The model behind the kit: its codec, segments, FSM and player.

rlog check -- python adapters/python/model.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import rlog_kit as kit
from rlog_model import __version__, wire
from rlog_model import play_messages as m
from rlog_model.file_tree import written
from rlog_model.framing import Frame, Framer, Raw
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, InvalidHints
from rlog_model.identity import Author
from rlog_model.outcome import APPLIED, FnodeNotTracked
from rlog_model.playback import Playback, Progress
from rlog_model.revision import CURRENT
from rlog_model.segment import InvalidSegment, Segment, SegmentConflict
from rlog_model.segment_set import SegmentSet


def refusal(error: Exception) -> str | None:
    if isinstance(error, InvalidHints | InvalidSegment | SegmentConflict):
        return f"{type(error).__name__} {error.rule.name}"
    malformed = isinstance(error, wire.MalformedHints | wire.MalformedOp)
    return type(error).__name__ if malformed else None


class ModelCodec(kit.Codec):
    def decode(self, payload: bytes) -> bytes:
        return wire.encode_op(wire.decode_op(payload), with_meta=True)

    def decode_hints(self, encoded: bytes) -> tuple[FSMHints, bytes]:
        hints = wire.decode_hints(encoded)
        return hints, wire.encode_hints(hints)

    def unframe(self, data: bytes, piece: int) -> Iterator[kit.Frame]:
        framer, size = Framer.at(0), piece if piece > 0 else max(len(data), 1)
        for begin in range(0, len(data), size):
            framer, event = framer.feed(data[begin : begin + size]).next()
            while event is not None:
                assert not isinstance(event, Raw), "no raw bytes were asked for"
                payload = event.payload if isinstance(event, Frame) else None
                yield kit.Frame(event.first_offset, event.last_offset, payload)
                framer, event = framer.next()


class ModelSet(kit.SegmentSet):
    def __init__(self) -> None:
        self._set = SegmentSet()

    def add(self, segment: kit.Segment) -> None:
        self._set = self._set.add(Segment(Author(segment.author), *segment[1:]))

    def segments(self) -> Iterable[Segment]:
        return self._set.segments

    def intersect(self, log: str, first_offset: int, last_offset: int) -> Iterable[Segment]:
        return self._set.intersect(log, first_offset, last_offset)


class ModelFsm(kit.Fsm):
    def __init__(self, hints: bytes) -> None:
        self._fsm = FSM.from_hints(wire.decode_hints(hints))

    def expects(self) -> tuple[int, int]:
        return self._fsm.next_seq_no, self._fsm.next_checksum

    def apply(self, payload: bytes, log: str, first_offset: int, last_offset: int) -> str:
        op = wire.decode_op(payload, first_offset=first_offset, last_offset=last_offset, log=log)
        step = self._fsm.apply(op, payload)
        self._fsm = step.fsm
        if step.outcome is APPLIED:
            return kit.DONE
        name = type(step.outcome).__name__
        return kit.untracked() if name == FnodeNotTracked.__name__ else kit.rejected(name)

    def build_hints(self) -> FSMHints:
        return self._fsm.build_hints()

    def state(self) -> kit.FsmState:
        fsm, remaining = self._fsm, self._fsm.remaining
        nodes = ((fnode, node.links, node.segments) for fnode, node in fsm.live_nodes.items())
        remain = remaining.segment is not None or remaining.fnode is not None
        return kit.FsmState(fsm.log, fsm.links.items(), nodes, fsm.properties.items(), remain)


class ModelPlayers(kit.Players[FSMHints]):
    def decode_hints(self, encoded: bytes) -> FSMHints:
        return wire.decode_hints(encoded)

    def hints_of_log(self, log: str) -> FSMHints:
        return FSMHints(log)

    def play(self, hints: FSMHints) -> kit.Player[FSMHints]:
        return ModelPlayer(Playback.start(hints))


class ModelPlayer(kit.Player[FSMHints]):
    """Longer than the others: the model's player is a machine that does nothing itself, and so the
    files that it decides on are made here."""

    def __init__(self, progress: Progress) -> None:
        self._files: dict[int, bytes] = {}
        self._at = progress

    def _tell(self, event: m.Event) -> None:
        self._at = self._at.playback.receive(event)
        for action in self._at.actions:
            match action:
                case m.CreateFile(fnode):
                    self._files[fnode] = b""
                case m.WriteFile(fnode, offset, content):
                    self._files[fnode] = written(self._files[fnode], content, offset)
                case m.RemoveFile(fnode):
                    del self._files[fnode]

    def expects(self) -> tuple[int, int]:
        fsm = self._at.playback.fsm
        return fsm.next_seq_no, fsm.next_checksum

    def request(self) -> kit.Request:
        match self._at.request:
            case m.AskHead(log):
                return kit.AskHead(log)
            case m.Read(log, offset, block):
                return kit.Read(log, offset, block)
            case m.Append(log, content):
                return kit.Append(log, content)
            case m.Failed(error):
                return kit.Failed(type(error).__name__)
            case m.Complete():
                return kit.Complete()

    def tailing(self) -> bool:
        return self._at.playback.tailing

    def finish_at_write_head(self) -> None:
        self._tell(m.FinishAtWriteHead())

    def inject_handoff(self, author: int) -> None:
        self._tell(m.InjectHandoff(Author(author)))

    def told_head(self, log: str, offset: int) -> None:
        self._tell(m.Head(log, offset))

    def told_bytes(self, offset: int, content: bytes) -> None:
        self._tell(m.Bytes(offset, content))

    def told_at_head(self) -> None:
        self._tell(m.AtHead())

    def told_appended(self, end: int) -> None:
        self._tell(m.Appended(end))

    def build_hints(self) -> FSMHints:
        return self._at.playback.build_hints()

    def files(self) -> kit.Files:
        fsm = self._at.playback.fsm
        contents = {path: self._files[fnode] for path, fnode in fsm.links.items()}
        nodes = (node.links for node in fsm.live_nodes.values())
        return kit.Files({**contents, **dict(fsm.properties.items())}, nodes)


if __name__ == "__main__":
    kit.main(
        kit.Implementation(
            "rlog-model, the model",
            __version__,
            CURRENT.name,
            codec=ModelCodec(),
            segment_set=ModelSet,
            fsm=ModelFsm,
            players=ModelPlayers(),
            several_logs=True,
            properties=True,
            refusal=refusal,
        )
    )
