"""The pure model: applying, encoding, framing, hints."""

from __future__ import annotations

from typing import Final

import pytest

from benchmarks.conftest import Rate
from benchmarks.made import LOG, SMALL, Offered, chain, path_of, random_writes, with_files
from rlog_model.framing import Framer, frame
from rlog_model.fsm import FSM
from rlog_model.operation import Create
from rlog_model.outcome import APPLIED
from rlog_model.wire import decode_op, encode_op

OPS: Final = 100_000
MILLION: Final = 1_000_000
HINTED_FILES: Final = 100_000


def apply_all(fsm: FSM, ops: list[Offered]) -> FSM:
    for op, payload in ops:
        step = fsm.apply(op, payload)
        assert step.outcome is APPLIED
        fsm = step.fsm
    return fsm


@pytest.mark.parametrize("files", [100, MILLION])
def test_apply_writes(rate: Rate, files: int) -> None:
    fsm = with_files(files)
    ops = random_writes(fsm, OPS)
    rate(f"apply a write, {files:,} live files", lambda: apply_all(fsm, ops), OPS, "operations")


@pytest.mark.parametrize("files", [OPS, MILLION])
def test_apply_creates(rate: Rate, files: int) -> None:
    ops = list(chain(FSM(LOG), (Create(path_of(number)) for number in range(1, files + 1))))
    rate(
        f"apply a create, 0 to {files:,} live files",
        lambda: apply_all(FSM(LOG), ops),
        files,
        "operations",
        rounds=1 if files == MILLION else 3,
    )


def test_encode_write(rate: Rate) -> None:
    ops = [op for op, _ in random_writes(with_files(100), OPS)]
    rate("encode_op of a write", lambda: [encode_op(op) for op in ops], OPS, "operations")


def test_decode_write(rate: Rate) -> None:
    payloads = [payload for _, payload in random_writes(with_files(100), OPS)]

    def decode() -> None:
        for payload in payloads:
            decode_op(payload, first_offset=1, last_offset=2, log=LOG)

    rate("decode_op of a write", decode, OPS, "operations")


def test_frames(rate: Rate) -> None:
    content = frame(bytes(SMALL - 8)) * ((1 << 20) // SMALL)

    def read() -> int:
        framer, frames = Framer.at(0).feed(content), 0
        while True:
            framer, event = framer.next()
            if event is None:
                return frames
            frames += 1

    assert read() == len(content) // SMALL
    rate("frames of 100 bytes, 1 MiB", read, len(content) // SMALL, "frames", size=SMALL)


def test_build_hints(rate: Rate) -> None:
    fsm = with_files(HINTED_FILES)
    rate(f"build_hints, {HINTED_FILES:,} files", fsm.build_hints, HINTED_FILES, "files")


def test_from_hints(rate: Rate) -> None:
    hints = with_files(HINTED_FILES).build_hints()
    rate(
        f"FSM.from_hints, {HINTED_FILES:,} files",
        lambda: FSM.from_hints(hints),
        HINTED_FILES,
        "files",
    )
