"""``python -m fuzz TARGET [CORPUS] [libFuzzer's options]``: fuzz a target with atheris.

The seeds of the target are always read. The directory CORPUS, if there is one, keeps the inputs
that reach new code, and is read at the start:

    python -m fuzz wire corpus/ -max_total_time=60
"""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fuzz import TARGETS

USAGE: Final = f"usage: python -m fuzz {{{','.join(TARGETS)}}} [CORPUS] [-runs=N] ..."


def main(arguments: list[str]) -> int:
    """Run libFuzzer on a target, with its seeds; how it ended."""
    if not arguments or arguments[0] not in TARGETS:
        print(USAGE, file=sys.stderr)
        return 2
    if find_spec("atheris") is None:
        print("this needs atheris: pip install atheris", file=sys.stderr)
        return 2
    name, *rest = arguments
    with tempfile.TemporaryDirectory(prefix="rlog-fuzz-") as temporary:
        seeds, corpus = Path(temporary, "seeds"), Path(temporary, "corpus")
        for directory in (seeds, corpus):
            directory.mkdir()
        for content in importlib.import_module(f"fuzz.{name}").seeds():
            (seeds / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
        # libFuzzer writes to the first directory that it is told.
        if all(argument.startswith("-") for argument in rest):
            rest.append(str(corpus))
        # It ends the process that it runs in, by any means: so it has one of its own.
        return subprocess.call([sys.executable, "-m", "fuzz.loop", name, *rest, str(seeds)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
