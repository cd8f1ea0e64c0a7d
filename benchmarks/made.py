"""What the benchmarks work on: branches of operations, and the logs that hold them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen
from rpds import HashTrieMap

from rlog_model import crc32c
from rlog_model.files import Files, FnodeState
from rlog_model.framing import frame
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.journal.protocol import Journal, JournalStore
from rlog_model.operation import Change, Create, RecordedOp, Write
from rlog_model.recorder import Recorder
from rlog_model.segment import Segment
from rlog_model.wire import encode_op

LOG: Final = "bench/log"
AUTHOR: Final = Author(0x5EED5EED)
HINTS: Final = FSMHints(LOG)

SMALL: Final = 100
LARGE: Final = 64 << 10

PLAYED_FILES: Final = 50
"""Files of a log that is played or recorded."""

Offered = tuple[RecordedOp, bytes]
"""An operation, and the payload that it was decoded from."""


@frozen
class Made:
    """A log, and how many writes are in it."""

    content: bytes
    writes: int

    def put(self, store: JournalStore) -> None:
        """Append it to its journal, in few large appends."""
        with store.open(LOG) as journal:
            for begin in range(0, len(self.content), 8 << 20):
                journal.append(self.content[begin : begin + (8 << 20)])


def chain(fsm: FSM, changes: Iterable[Change]) -> Iterator[Offered]:
    """Operations which go on from ``fsm``, one behind the other, and their payloads."""
    seq_no, checksum = fsm.next_seq_no, fsm.next_checksum
    for change in changes:
        op = RecordedOp(seq_no, checksum, AUTHOR, change, seq_no * SMALL, 0, LOG)
        payload = encode_op(op)
        yield op, payload
        seq_no, checksum = seq_no + 1, crc32c.update(checksum, payload)


def path_of(number: int) -> str:
    """The path of a file, as a database would name it."""
    return f"/db/{number:08}.sst"


@cache
def with_files(files: int) -> FSM:
    """An FSM with so many live files, each of which has one link and one segment."""

    def state(number: int) -> FnodeState:
        segment = Segment(AUTHOR, number, number * SMALL, number, number, 0, LOG)
        return FnodeState(frozenset((path_of(number),)), (segment,))

    numbers = range(1, files + 1)
    return FSM(
        LOG,
        files + 1,
        files,
        Files(
            HashTrieMap({Fnode(number): state(number) for number in numbers}),
            HashTrieMap({path_of(number): Fnode(number) for number in numbers}),
        ),
    )


def random_writes(fsm: FSM, count: int) -> list[Offered]:
    """Small writes to random files of an FSM that ``with_files`` made."""
    draw = random.Random(1)
    files = len(fsm.live_nodes)
    return list(
        chain(fsm, (Write(Fnode(draw.randint(1, files)), 4096, SMALL) for _ in range(count)))
    )


@cache
def log_of(size: int, writes: int) -> Made:
    """A log of files that are made, and of writes to each in turn, each behind the last."""
    raw = random.Random(size).randbytes(size)
    changes: list[Change] = [Create(path_of(number)) for number in range(1, PLAYED_FILES + 1)]
    changes += [
        Write(Fnode(i % PLAYED_FILES + 1), i // PLAYED_FILES * size, size) for i in range(writes)
    ]
    parts = []
    for op, payload in chain(FSM(LOG), changes):
        parts.append(frame(payload))
        if isinstance(op.change, Write):
            parts.append(raw)
    return Made(b"".join(parts), writes)


def recording(journal: Journal, directory: Path) -> tuple[Recorder, list[Fnode]]:
    """A recorder of its own branch, and the files that it has made: all has landed."""
    recorder = Recorder(LOG, FSM(LOG), AUTHOR, directory, journal)
    fnodes = []
    for number in range(PLAYED_FILES):
        event = recorder.record_create(f"{directory}{path_of(number)}")
        assert event.fnode is not None
        fnodes.append(event.fnode)
    recorder.barrier().result()
    return recorder, fnodes
