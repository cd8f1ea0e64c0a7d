"""Which mutants the comparison with the specification rejects.

A mutant is installed in a process of its own, before the model is imported: see
``rlog_model.conformance.mutants.loading``. Its exploration ends at the first state that the
specification does not reach.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

from spec.tlc.fetch import SPEC

_SECONDS: Final = 300.0
REJECTED: Final = 3
"""The exit code of a process whose mutant is rejected."""


class Failed(Exception):
    """The process of a mutant did neither accept nor reject it."""


def rejects(mutant: str) -> str | None:
    """How the comparison sees a mutant: the first difference. Nothing if it does not.

    Raises:
        Failed: the process failed otherwise.
    """
    command = [sys.executable, "-m", "spec.equality", "--mutant", mutant]
    environment = os.environ | {"PYTHONPATH": str(SPEC.parent)}
    try:
        ran = subprocess.run(
            command,
            cwd=SPEC.parent,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the model with the defect does not end within {_SECONDS:g} s"
    if ran.returncode == REJECTED:
        return ran.stdout.strip()
    if ran.returncode:
        raise Failed(f"mutant {mutant}: {(ran.stderr or ran.stdout).strip()[-2000:]}")
    return None
