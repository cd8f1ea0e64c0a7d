"""Runs the whole suite: every implementation of this folder is built, and checked.

    python -m adapters.conformance                    # all, and that every mutant is killed
    python -m adapters.conformance --only go rust
    python -m adapters.conformance --no-mutants

Records go to ``adapters/records``, one for each implementation, and the report page of all of them
beside these. An implementation whose tools are missing is *untested*: that is said, with how to get
them, and with ``--all-tools`` the run fails by it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adapters.implementations import (
    IMPLEMENTATIONS,
    ROOT,
    BuildFailed,
    Implementation,
    build,
)

RECORDS: Final = ROOT / "records"
RLOG: Final = (sys.executable, "-m", "rlog_model")


def main() -> int:
    """Check them, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m adapters.conformance")
    names = [one.name for one in IMPLEMENTATIONS]
    parser.add_argument("--only", nargs="+", default=[], choices=names, help="default: all")
    parser.add_argument("--all-tools", action="store_true", help="fail where a tool is missing")
    parser.add_argument("--no-mutants", action="store_true", help="do not break them on purpose")
    parser.add_argument("--seconds", type=float, default=5.0, help="of random scenarios, each")
    parser.add_argument("--page", type=Path, default=RECORDS / "report.html", help="of the report")
    parser.add_argument("--links", help="pattern of links to clauses: see rlog report")
    asked = parser.parse_args()
    chosen = [one for one in IMPLEMENTATIONS if not asked.only or one.name in asked.only]
    RECORDS.mkdir(exist_ok=True)
    untested = [one for one in chosen if one.lacking]
    for one in untested:
        print(
            f"{one.name}: untested: {', '.join(one.lacking)} is missing. To test it, get {one.get}"
        )
    there = [one for one in chosen if not one.lacking]
    failed = [one.name for one in there if not _conforms(one, asked.seconds)]
    records = [str(_record_of(one)) for one in there if _record_of(one).exists()]
    if records:
        links = ("--specification", asked.links) if asked.links else ()
        asked.page.unlink(missing_ok=True)
        _run((*RLOG, "report", *records, "--format", "html", "--output", str(asked.page), *links))
        if asked.page.exists():
            print(f"report: {asked.page}")
        else:
            failed.append("report")
    if not asked.no_mutants:
        kinds = ["python"] if not asked.only else []
        names = [one.name for one in there if one.mutants()]
        if kinds or names:
            print("mutants: each must be killed by the vectors alone", flush=True)
            if _run((sys.executable, "-m", "adapters.kills", "--only", *kinds, *names)):
                failed.append("mutants")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed or (asked.all_tools and untested) else 0


def _conforms(one: Implementation, seconds: float) -> bool:
    _record_of(one).unlink(missing_ok=True)  # of an earlier run
    print(f"{one.name}: building" if one.build else f"{one.name}:", flush=True)
    try:
        command = build(one)
    except BuildFailed as error:
        print(error)
        return False
    known = () if one.known is None else ("--known", str(one.known))
    # As anyone would type them at the root of the checkout: the report shows them.
    command = tuple(word.removeprefix(f"{ROOT.parent}{os.sep}") for word in command)
    to = ("--record", str(_record_of(one)), "--seconds", str(seconds), "--output", str(RECORDS))
    return _run((*RLOG, "check", *to, *known, "--", *command)) == 0


def _record_of(one: Implementation) -> Path:
    return RECORDS / f"{one.name}.jsonl"


def _run(command: Sequence[str]) -> int:
    # ``python3`` of an adapter's command is the one that runs this, which has what it needs.
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)))
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=ROOT.parent, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
