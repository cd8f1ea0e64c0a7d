"""`python -m spec.tlc`: TLC runs the configurations of spec/tla/manifest.json."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from spec.tlc import fetch, last_states, manifest, page, report
from spec.tlc.manifest import Configuration, Holds
from spec.tlc.report import Ran
from spec.tlc.run import TLA, Machine, Options

LIMITS = {"short": 300.0, "long": 3 * 3600.0}

EPILOG = """\
Each configuration is a module of spec/tla with a .cfg file. One that `holds` is checked in every
state that can be reached, and must have as many distinct states as the manifest says: if you
changed a module or its bounds on purpose, renew the counts by --write. One that `violates` an
invariant must do so: it shows that a check can fail, or, as a witness, how something is reached.
The exit code is 1 if anything is otherwise.

examples:
  python -m spec.tlc                        the short configurations
  python -m spec.tlc --only segments        this one
  python -m spec.tlc --long --write         the long ones; their counts are renewed
  python -m spec.tlc --trace segments-full  the trace of one that violates an invariant

The depth is an exact number with one worker only, and compared only then: --write --workers=1.
TLC is fetched by Maven (mvn) when it is run first, and needs Java 17.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 if anything is otherwise than the manifest says."""
    asked = _parser().parse_args(arguments)
    try:
        configurations = manifest.read()
        if asked.markdown:
            print(page.markdown(configurations), end="")
            return 0
        chosen = _chosen(configurations, asked.trace or asked.only, asked.long)
        if asked.rest:
            chosen = [c for c in chosen if c.equality is None]
        machine = Machine.ready()
    except (fetch.CannotFetch, manifest.BadManifest) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    runs = [_run(machine, c, asked.workers, quiet=asked.json) for c in chosen]
    if asked.trace:
        for ran in runs:
            print("\n".join(report.trace(ran.result)) or "there is no trace: it holds")
    if asked.write:
        found = {ran.configuration.name: ran.result for ran in runs}
        manifest.write(
            manifest.renewed(c, found[c.name]) if c.name in found else c for c in configurations
        )
        runs = [Ran(manifest.renewed(ran.configuration, ran.result), ran.result) for ran in runs]
    if asked.json:
        print(report.as_json(runs))
    elif not asked.trace:
        print()
        print("\n".join(report.table(runs)))
    ends = {
        ran.configuration.name: ran.result.trace[-1].state
        for ran in runs
        if ran.result.trace and not ran.difference
    }
    if asked.write:
        for name, state in ends.items():
            last_states.keep(name, state)
    otherwise = [name for name, state in ends.items() if not last_states.is_kept(name, state)]
    for name in otherwise:
        print(f"{name}: its trace does not end as spec/tla/last says; see --write", file=sys.stderr)
    differ = [ran for ran in runs if ran.difference]
    for ran in differ:
        print(f"{ran.configuration.name}: {ran.difference}", file=sys.stderr)
    return 1 if differ or otherwise else 0


def _chosen(
    configurations: Sequence[Configuration], name: str | None, is_long: bool
) -> list[Configuration]:
    if name is None:
        session = "long" if is_long else "short"
        return [c for c in configurations if c.session == session]
    named = [c for c in configurations if c.name == name]
    if not named:
        names = ", ".join(c.name for c in configurations)
        raise manifest.BadManifest(f"there is no configuration {name}: there are {names}")
    return named


def _run(machine: Machine, configuration: Configuration, workers: int | None, quiet: bool) -> Ran:
    if not quiet:
        print(f"{configuration.name}: {configuration.shows}", flush=True)
    limit = LIMITS[configuration.session]
    options = Options(seconds=limit, deadlock=configuration.deadlock)
    if not isinstance(configuration.expect, Holds):
        # So the trace is the same each time.
        options = Options(workers=1, seconds=limit, deadlock=configuration.deadlock)
    elif workers is not None:
        options = Options(workers=workers, seconds=limit, deadlock=configuration.deadlock)
    result = machine.check(TLA / configuration.module, TLA / configuration.cfg, options)
    return Ran(configuration, result)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spec.tlc",
        description="Check the formal specification, spec/tla, by the model checker TLC.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--long", action="store_true", help="the long configurations")
    parser.add_argument(
        "--rest", action="store_true", help="without those that spec.equality runs TLC on"
    )
    parser.add_argument("--only", metavar="NAME", help="only this configuration")
    parser.add_argument("--trace", metavar="NAME", help="print the trace of this configuration")
    parser.add_argument("--write", action="store_true", help="renew the counts of the manifest")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the page of the docs")
    parser.add_argument("--workers", type=int, metavar="N", help="of TLC; one a core by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
