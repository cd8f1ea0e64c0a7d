#!/usr/bin/env python3
"""Sets this checkout up and runs one of its commands.

It needs Python 3.11 or later, pip or a complete module `venv`, and a package index to install from.
It makes `.venv` beside this file, installs there what the command needs (again only where
pyproject.toml has changed), and runs the command. Nothing outside this directory is changed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from typing import Any

USAGE = """\
usage: python3 run.py COMMAND [ARGUMENT ...]

Sets this checkout up (in .venv, once) and runs:

  check [--seconds N]   check the bundled implementation against the model: the main job
  test [ARGUMENT ...]   the tests, on all cores; or pytest with these ARGUMENTs
  nox [ARGUMENT ...]    the sessions of noxfile.py: lint, types and so on; ARGUMENTs are nox's
  COMMAND ...           any other command of `rlog`

  python3 run.py check --help    what a command takes
  python3 run.py --help          this text
"""

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "rlog-model.json")
WINDOWS = os.name == "nt"
SCRIPTS = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(SCRIPTS, "python.exe" if WINDOWS else "python")

# Commands that are not rlog's: the extras that they need, how they are run, and what the arguments
# are where none is given.
TOOLS = {
    "test": (["cli", "test"], ["-m", "pytest"], ["-n", "auto"]),
    "nox": (["nox"], ["-m", "nox"], []),
}
RLOG: "tuple[list[str], list[str], list[str]]" = (["cli"], ["-m", "rlog_model"], [])


class SetupError(Exception):
    """Why this checkout could not be set up, for a person to read."""


def main(arguments: "list[str]") -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    extras, how, otherwise = TOOLS.get(command, RLOG)
    try:
        set_up(extras)
    except SetupError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nrun.py: interrupted", file=sys.stderr)
        return 130
    if command in TOOLS:
        os.chdir(ROOT)
        argv = [PYTHON, *how, *(rest or otherwise)]
    else:
        argv = [PYTHON, *how, command, *rest]
    sys.stdout.flush()
    if WINDOWS:
        return subprocess.call(argv)
    os.execv(PYTHON, argv)


def set_up(extras: "list[str]") -> None:
    """Have the project installed in `.venv`, with these extras and those that it had before."""
    if sys.version_info < OLDEST:
        raise SetupError(
            "Python {}.{} or later is needed, and this is {}.{}: run me with a newer one".format(
                *OLDEST, *sys.version_info[:2]
            )
        )
    if not venv_works():
        make_venv()
    stamp = read_stamp()
    wanted = fingerprint()
    installed = set(stamp.get("extras", []))
    if stamp.get("fingerprint") == wanted and installed.issuperset(extras):
        return
    extras = sorted(installed.union(extras))
    announce("installing the project, and what this command needs, into .venv (a minute or two)")
    install = ["-m", "pip", "install", "--editable", f"{ROOT}[{','.join(extras)}]"]
    run_quietly([PYTHON, *install], "installing failed: pip's message is above")
    write_stamp(dict(stamp, fingerprint=wanted, extras=extras))


def fingerprint() -> str:
    """Changes where an installation has become stale, or was made for another place."""
    digest = hashlib.sha256(ROOT.encode())
    for name in ("pyproject.toml", os.path.join("rlog_model", "__init__.py")):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def read_stamp() -> "dict[str, Any]":
    """What this script has written about `.venv`: whether it made it, what it installed there."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: "dict[str, Any]") -> None:
    with open(STAMP, "w", encoding="utf-8") as file:
        json.dump(stamp, file)


def venv_works() -> bool:
    """Whether `.venv` has a Python that is new enough, and pip."""
    ask = "import sys, pip; sys.exit(sys.version_info < {!r})".format(OLDEST)
    try:
        return subprocess.call([PYTHON, "-c", ask], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv() -> None:
    if os.path.lexists(VENV) and not read_stamp().get("made"):
        raise SetupError(
            f"{VENV} was not made by this script, and has no pip with a Python that is new enough: "
            "move it away and run this again"
        )
    clear_venv()
    announce(f"making .venv with {sys.executable}")
    # Debian's Python has a module venv that cannot install pip, where python3-venv is missing.
    first = "(it is not there)"
    if find_spec("venv"):
        first = attempt([sys.executable, "-m", "venv", VENV])
        if not first:
            return
        clear_venv()
    if not find_spec("pip"):
        raise SetupError(
            "this Python can neither make .venv nor has it pip: install one of the two (Debian and "
            "Ubuntu: `apt-get install python3-venv`, or `python3-pip`) and run this again. The "
            f"module venv said:\n{first.strip()}"
        )
    # Into a directory of its own pip installs with an externally managed Python (PEP 668) too.
    announce("this Python cannot make it by itself: getting virtualenv, which can")
    with tempfile.TemporaryDirectory(prefix="rlog-model-") as bootstrap:
        get = ["-m", "pip", "install", "--target", bootstrap, "virtualenv"]
        run_quietly([sys.executable, *get], "getting virtualenv failed: pip's message is above")
        environment = dict(os.environ, PYTHONPATH=bootstrap)
        make = [sys.executable, "-m", "virtualenv", "--no-periodic-update", VENV]
        run_quietly(make, "making .venv failed: the message is above", environment)


def clear_venv() -> None:
    """Leave of `.venv` only the mark that it is this script's, should making it be interrupted."""
    if os.path.lexists(VENV):
        shutil.rmtree(VENV)
    os.mkdir(VENV)
    write_stamp({"made": True})


def announce(what: str) -> None:
    print(f"run.py: {what}", file=sys.stderr, flush=True)


def run_quietly(
    argv: "list[str]", failure: str, environment: "dict[str, str] | None" = None
) -> None:
    """Run a command that must succeed; if it fails, show all that it said."""
    said = attempt(argv, environment)
    if said:
        print(said, end="", file=sys.stderr)
        raise SetupError(failure)


def attempt(argv: "list[str]", environment: "dict[str, str] | None" = None) -> str:
    """Run a command, showing its latest line on a terminal; all that it said, if it fails."""
    # What a person has set for pip may not be meant for an environment such as ours.
    environment = dict(environment or os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_PROGRESS_BAR="off")
    environment.update(PYTHONUNBUFFERED="1")
    said = []
    terminal = sys.stderr.isatty()
    width = shutil.get_terminal_size().columns - 1
    with subprocess.Popen(
        argv,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if terminal:
                shown = f"  {line.strip()}"[:width]
                print(f"\r\x1b[K{shown}", end="", file=sys.stderr, flush=True)
    if terminal:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return "".join(said) or f"{argv} failed\n" if process.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
