"""Which theorems a mutant of the model breaks.

Rules
-----
* A mutant is *rejected* by a theorem that is not proved of the model which has the defect.
* The defect is there before the theorems are imported, in a process of its own; see
  ``rlog_model.conformance.mutants.loading``. So no module here but ``__main__`` and this one may be
  imported before ``install``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from attrs import frozen

from rlog_model.conformance.mutants import segments
from rlog_model.conformance.mutants.catalog import mutant_named

NAMES: Final = tuple(mutant.name for mutant in segments.MUTANTS)
"""The mutants of which the theorems speak: those of the layer ``segments``, in their order."""

_ROOT: Final = Path(__file__).parents[2]


@frozen
class Failed(Exception):
    """The process that was to prove the theorems did not."""

    name: str
    errors: str

    def __str__(self) -> str:
        return f"mutant {self.name}: its theorems gave no answer: {self.errors.strip()}"


def rejected_by(name: str, *, first: bool = False) -> tuple[str, ...]:
    """The names of the theorems that reject a mutant, in the order of the theorems.

    With ``first``, no more than the first: then the others are not tried.

    Raises:
        UnknownMutant: no mutant has this name.
        Failed: its process ended without an answer.
    """
    mutant_named(name)
    command = [sys.executable, "-m", "spec.proofs", "--json", "--mutant", name]
    ended = subprocess.run(
        [*command, "--first"] if first else command,
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        verdicts = json.loads(ended.stdout)
    except json.JSONDecodeError as error:
        raise Failed(name, ended.stderr) from error
    return tuple(verdict["theorem"] for verdict in verdicts if not verdict["proved"])
