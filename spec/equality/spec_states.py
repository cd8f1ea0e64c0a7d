"""The states that TLC reaches, projected; kept in files, so that TLC runs once.

Rules
-----
* What is kept is of exactly these modules, this configuration, this jar and this projection: its
  name has a digest of them all.
* Only a run is kept that shows what the manifest says: all that is checked holds, in so many
  states. Projected they are as many, unless the projection leaves something out.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Final

from spec.equality.equality import Equality, Plain
from spec.tlc import fetch
from spec.tlc.manifest import Configuration
from spec.tlc.run import TLA, Machine, Options, dump_file
from spec.tlc.states import states_of_dump

KEPT: Final = fetch.TOOLS / "states"
_CODE: Final = ("equality", "tlc")
_SECONDS: Final = 600.0


class NoStates(Exception):
    """TLC gave no set of states; the text says why."""


def states_of_spec(
    equality: Equality, configuration: Configuration, fresh: bool = False
) -> frozenset[Plain]:
    """All states that TLC reaches, projected: those that are kept, or of a run.

    Raises:
        NoStates: the run did not end well.
        fetch.CannotFetch: there is no TLC.
    """
    kept = KEPT / f"{configuration.name}-{_digest(configuration)}.pickle"
    if kept.exists() and not fresh:
        # Written by this module alone, and ignored by git: it is no input from elsewhere.
        states: frozenset[Plain] = pickle.loads(kept.read_bytes())
        return states
    states = _run(equality, configuration)
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=KEPT, delete=False) as file:
        file.write(pickle.dumps(states, pickle.HIGHEST_PROTOCOL))
    Path(file.name).replace(kept)
    return states


def _run(equality: Equality, configuration: Configuration) -> frozenset[Plain]:
    machine = Machine.ready()
    module, cfg = TLA / configuration.module, TLA / configuration.cfg
    print(f"TLC runs {configuration.name}", file=sys.stderr, flush=True)
    with dump_file() as dump:
        found = machine.check(module, cfg, Options(seconds=_SECONDS), dump)
        if difference := configuration.expect.difference(found):
            raise NoStates(f"{configuration.name}: {difference}")
        states = frozenset(map(equality.project, states_of_dump(dump)))
    if equality.keeps_apart and len(states) != found.distinct:
        raise NoStates(
            f"{configuration.name}: TLC reached {found.distinct} states, and projected they are"
            f" {len(states)}: the projection must keep different states apart"
        )
    return states


def _digest(configuration: Configuration) -> str:
    digest = hashlib.sha256(fetch.pin().sha256.encode())
    files = [*TLA.glob("*.tla"), TLA / configuration.cfg]
    for folder in _CODE:
        files += (fetch.SPEC / folder).glob("*.py")
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
