"""Plays a log into one new directory after the other until it is killed. Prints each before it.

Arguments: the directory of the store, a file of hints, and a directory for what is played.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rlog_model.hints_json import hints_from_json
from rlog_model.journal.file import FileStore
from rlog_model.player import Player


def main(store_path: Path, hints: Path, root: Path) -> None:
    number = 0
    with FileStore(store_path) as store:
        while True:
            print(number, flush=True)
            player = Player(
                hints_from_json(json.loads(hints.read_bytes())), root / f"played{number}", store
            )
            player.finish_at_write_head()
            player.play()
            number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
