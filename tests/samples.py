"""The logs that Gazette recorded, as tests play them: hints, and what they must lead to.

The truth is the recorder's own directory (``tree-*.json``), and the end of the branch is the one
that Gazette's player came to (``played.json``).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_from_json
from rlog_model.wire import decode_hints

SAMPLES: Final = Path(__file__).parent / "data" / "gazette" / "samples"


@frozen
class Told:
    """Hints of a sample, and what Gazette says of them."""

    sample: Path
    hints: Path
    tree: Path
    next_seq_no: int
    next_checksum: int

    @property
    def store(self) -> Path:
        return self.sample / "fragments"

    @property
    def protobuf(self) -> bytes:
        return bytes.fromhex(self.hints.with_suffix(".pb.hex").read_text("ascii").strip())

    @property
    def json(self) -> object:
        return json.loads(self.hints.read_bytes())

    def parsed(self, form: str) -> FSMHints:
        return hints_from_json(self.json) if form == "json" else decode_hints(self.protobuf)

    def __str__(self) -> str:
        return f"{self.sample.name}-{self.hints.stem}"


def told(sample: Path) -> list[Told]:
    """All that the sample's ``played.json`` tells, of a player that had only the fragments."""
    found: list[Told] = []
    for play in json.loads((sample / "played.json").read_bytes()):
        player = play["store"]
        assert player["equals_truth"] is True
        end = int(player["next_seq_no"]), int(player["next_checksum"])
        found.append(Told(sample, sample / play["hints"], sample / play["truth"], *end))
    return found


ALL: Final = [one for sample in sorted(SAMPLES.glob("*/")) for one in told(sample)]
BY_NAME: Final = {str(one): one for one in ALL}


@frozen
class Seen:
    """A directory, as the samples tell of one."""

    files: dict[str, tuple[int, str]]
    """Path -> size and SHA-256."""

    same_inode: list[list[str]]

    @classmethod
    def recorded(cls, file: Path) -> Seen:
        tree = json.loads(file.read_bytes())
        files = {p: (int(f["size"]), str(f["sha256"])) for p, f in tree["files"].items()}
        return cls(files, sorted(sorted(group) for group in tree["same_inode"]))

    @classmethod
    def of(cls, directory: Path) -> Seen:
        files: dict[str, tuple[int, str]] = {}
        inodes: dict[int, list[str]] = {}
        for file in directory.rglob("*"):
            assert not file.is_symlink()
            if file.is_dir():
                assert any(file.iterdir()), "an empty directory was never recorded"
                continue
            path, content = f"/{file.relative_to(directory)}", file.read_bytes()
            files[path] = len(content), hashlib.sha256(content).hexdigest()
            inodes.setdefault(file.stat().st_ino, []).append(path)
        return cls(files, sorted(sorted(group) for group in inodes.values() if len(group) > 1))
