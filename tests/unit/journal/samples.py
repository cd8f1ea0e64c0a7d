"""The journals that Gazette's own brokers wrote, for tests."""

from __future__ import annotations

import json
from pathlib import Path

from attrs import frozen


def samples_dir() -> Path:
    """The recorded samples of the repository."""
    return Path(__file__).parents[2] / "data" / "gazette" / "samples"


@frozen
class SampleJournal:
    """One journal of a sample, and what Gazette says of it."""

    sample: str
    name: str
    write_head: int
    codec: str
    fragments: tuple[tuple[int, int, str], ...]
    """Begin, end and SHA-1 of each, by rising offset."""

    @property
    def store(self) -> Path:
        """The directory of the store."""
        return samples_dir() / self.sample / "fragments"


def sample_journals() -> list[SampleJournal]:
    """All journals of all samples."""
    found: list[SampleJournal] = []
    for path in sorted(samples_dir().glob("*/log.json")):
        for journal in json.loads(path.read_text("utf-8"))["journals"]:
            fragments = sorted(
                (int(f["begin"]), int(f["end"]), str(f["sha1"])) for f in journal["fragments"]
            )
            found.append(
                SampleJournal(
                    path.parent.name,
                    journal["name"],
                    int(journal["write_head"]),
                    journal["compression_codec"],
                    tuple(fragments),
                )
            )
    return found
