"""What is appended is, byte for byte, what Gazette appended when its recorder was told the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
import zstandard

from rlog_model.framing import Frame, Framer
from rlog_model.fsm import FSM
from rlog_model.identity import Author, Fnode
from rlog_model.namespace import OpenFlags
from rlog_model.recording import Recorded, Recording
from rlog_model.wire import decode_op
from tests.samples import SAMPLES

R, W, C, X, T, A = OpenFlags


def generated(kind: str, seed: int, length: int) -> bytes:
    """The payload of a sample's write: see any ``story.md``."""
    content = bytearray()
    block = 0
    while len(content) < length:
        digest = hashlib.sha256(seed.to_bytes(8, "little") + block.to_bytes(8, "little")).digest()
        content += (
            digest if kind == "random" else b"".join(f"{b:02x}".encode() * 32 for b in digest)
        )
        block += 1
    return bytes(content[:length])


def log_of(sample: str) -> tuple[str, bytes]:
    (journal,) = json.loads((SAMPLES / sample / "log.json").read_bytes())["journals"]
    content = b""
    for fragment in journal["fragments"]:
        stored = (SAMPLES / sample / fragment["file"]).read_bytes()
        if fragment["file"].endswith(".zst"):
            stored = zstandard.ZstdDecompressor().decompressobj().decompress(stored)
        content += stored
    return journal["name"], content


def recorder_events(sample: str) -> Iterator[tuple[str, dict[str, str], Author]]:
    for line in (SAMPLES / sample / "events.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        yield told["event"], told["args"], Author(int(told["author"]))


FLAGS = {"O_RDWR": R | W, "O_WRONLY": W, "O_CREATE": C, "O_EXCL": X, "O_TRUNC": T}


def record(recording: Recording, event: str, args: dict[str, str]) -> Recorded | None:
    match event:
        case "create":
            return recording.create(args["path"])
        case "open":
            flags = OpenFlags(0)
            for flag in args["flags"].split("|"):
                flags |= FLAGS[flag]
            return recording.open(args["path"], flags)
        case "write":
            content = (
                generated(args["kind"], int(args["seed"]), int(args["length"]))
                if "kind" in args
                else bytes.fromhex(args["hex"])
            )
            return recording.write_at(Fnode(int(args["fnode"])), content, int(args["offset"]))
        case "link":
            return recording.link(args["from"], args["to"])
        case "unlink":
            return recording.unlink(args["path"])
        case "rename":
            return recording.rename(args["from"], args["to"])
        case "rename_to_property":
            return recording.rename(args["from"], args["to"], args["content"].encode())
    return None


@pytest.mark.parametrize("sample", ["single", "path-under-file", "codecs-none", "sqlite-like"])
def test_log_is_what_gazette_wrote(sample: str) -> None:
    log, content = log_of(sample)
    fsm = FSM(log)
    written = b""
    recording: Recording | None = None
    for event, args, author in recorder_events(sample):
        if event == "play_inject_handoff":
            _, frame = Framer.at(0).feed(content).next()
            assert isinstance(frame, Frame)
            fsm = fsm.apply(decode_op(frame.payload, log=log), frame.payload).fsm
            written = content[: frame.last_offset]
        elif event == "recorder_start":
            recording = Recording.start(fsm, author, log, head=len(written)).recording
            assert recording.fsm.next_seq_no == int(args["next_seq_no"])
        elif recording is not None:
            recorded = record(recording, event, args)
            if recorded is not None:
                recording = recorded.recording
                assert content.startswith(recorded.append, len(written)), (event, args)
                written += recorded.append
                if event in ("create", "open"):
                    assert recorded.fnode == int(args["fnode"])
    assert written == content
