"""The command ``rlog``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command, or say in one line which extra it needs."""
    try:
        from rlog_model.cli.app import app
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("rlog_model"):
            raise
        print(
            f"rlog needs {error.name}, which is not installed: pip install 'rlog-model[cli]'",
            file=sys.stderr,
        )
        sys.exit(2)
    app(prog_name="rlog")
