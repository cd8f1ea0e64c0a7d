"""The command ``rlog``."""

from __future__ import annotations

import io
import sys
import traceback
from typing import Final, NoReturn

from rlog_model.cli.exit_code import ExitCode

INTERRUPTED: Final = 130
"""How the library of commands ends when the user interrupts it."""


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
        sys.exit(ExitCode.USAGE)
    except KeyboardInterrupt:
        _interrupted()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a log or a file is named may be no text in any encoding: it is told all the same.
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="rlog")
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
        _interrupted()
    except Exception as error:
        traceback.print_exception(error)
        print("rlog broke, which is a fault of its own: there is no verdict", file=sys.stderr)
        sys.exit(ExitCode.NO_VERDICT)


def _interrupted() -> NoReturn:
    print("interrupted: there is no verdict", file=sys.stderr)
    sys.exit(ExitCode.NO_VERDICT)
