"""The sessions of this project: `nox` runs most of them, `nox -s NAME` one, `nox -l` lists them.

Where nox is not installed, `python3 run.py nox ...` installs it first.
"""

from __future__ import annotations

import difflib
import fnmatch
import os
import shutil
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests", "stateful", "lint", "types", "imports", "protos", "docs"]

ROOT = Path(__file__).parent
GENERATED = ROOT / "rlog_model" / "_proto"
GENERATED_NAMES = ("recoverylog_pb2.py", "recoverylog_pb2.pyi")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests but the stateful ones; then no branch of a pure module may be uncovered."""
    session.install("-e", ".[test]")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run("pytest", "--ignore=tests/stateful", "-n=auto", "--cov", "--cov-report=")
    require_coverage(session)


@nox.session
def coverage(session: nox.Session) -> None:
    """Only the second half of `tests`: judges what the last run of pytest with `--cov` measured."""
    session.install("coverage[toml]")
    require_coverage(session)


@nox.session
def stateful(session: nox.Session) -> None:
    """The stateful tests, with more examples than in a run of all tests."""
    session.install("-e", ".[test]")
    profile = os.environ.get("HYPOTHESIS_PROFILE", "thorough")
    arguments = session.posargs or ["tests/stateful", "-n=auto"]
    session.run("pytest", *arguments, env={"HYPOTHESIS_PROFILE": profile})


@nox.session
def lint(session: nox.Session) -> None:
    """ruff: rules and format. `nox -s lint -- --fix` mends what it can."""
    session.install(*project_extra("lint"))
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix", ".")
        session.run("ruff", "format", ".")
        return
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict, over the package, tests, benchmarks and scripts."""
    session.install("-e", ".[types]")
    session.run("mypy", *session.posargs)


@nox.session
def imports(session: nox.Session) -> None:
    """Each module imports only from those below it."""
    session.install("-e", ".[imports]")
    session.run("lint-imports", "--no-cache", *session.posargs)


@nox.session
def protos(session: nox.Session) -> None:
    """Fails where generated code is not what protos/ gives; `-- --write` renews it."""
    session.install(*project_extra("protos"))
    made = Path(session.create_tmp())
    session.run(
        "python",
        "-m",
        "grpc_tools.protoc",
        f"--proto_path={ROOT / 'protos'}",
        f"--python_out={made}",
        f"--pyi_out={made}",
        "recoverylog.proto",
    )
    for name in GENERATED_NAMES:
        if "--write" in session.posargs:
            shutil.copyfile(made / name, GENERATED / name)
            continue
        committed = GENERATED / name
        old = committed.read_text(encoding="utf-8") if committed.exists() else ""
        new = (made / name).read_text(encoding="utf-8")
        if old != new:
            shown = difflib.unified_diff(
                old.splitlines(), new.splitlines(), "committed", "generated", lineterm="", n=1
            )
            print("\n".join(line[:200] for line in shown))
            session.error(
                f"{committed.relative_to(ROOT)} is stale: renew it by `nox -s protos -- --write`"
            )


@nox.session
def docs(session: nox.Session) -> None:
    """The pages, with warnings as errors, and their code: see docs/_build/html/index.html."""
    session.install("-e", ".[docs]")
    for builder in session.posargs or ("html", "doctest"):
        options = ["-q", "-n", "-W", "--keep-going", "-b", builder]
        session.run("sphinx-build", *options, "docs", f"docs/_build/{builder}")


@nox.session
def conformance(session: nox.Session) -> None:
    """The suite over the implementations of adapters/, and every mutant killed by vectors alone."""
    session.install("-e", ".[cli]")
    session.run("python", "-m", "adapters.conformance", *session.posargs)


@nox.session
def spec(session: nox.Session) -> None:
    """TLC on spec/tla; its states are the model's, traces are behaviours of it; the proofs hold."""
    session.install("-e", ".[cli,spec]")
    if session.posargs:
        session.run("python", "-m", "spec.tlc", *session.posargs)
        return
    session.run("python", "-m", "spec.equality")
    session.run("python", "-m", "spec.tlc", "--rest")
    session.run("python", "-m", "spec.traces", "--count=60")
    session.run("python", "-m", "spec.traces", "--count=20", "--executor=memory")
    session.run("python", "-m", "spec.traces", "--count=20", "--executor=files")
    session.run("python", "-m", "spec.traces", "--self-test")
    session.run("python", "-m", "spec.traces.vectors", "--check")
    session.run("python", "-m", "spec.proofs", "--needed")


@nox.session
def spec_long(session: nox.Session) -> None:
    """TLC over the long configurations of spec/tla, which have larger bounds."""
    session.install("-e", ".[cli]")
    session.run("python", "-m", "spec.tlc", "--long", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Every mutant is killed, and every hostile program; `-- --output=docs/matrix` for the docs."""
    session.install("-e", ".[cli]")
    session.run("rlog", "mutants", "--seconds=60", *session.posargs)


@nox.session
def explore(session: nox.Session) -> None:
    """All states of small worlds; arguments are those of `rlog explore`."""
    session.install("-e", ".[cli]")
    if session.posargs:
        session.run("rlog", "explore", *session.posargs)
        return
    session.run("rlog", "explore")
    session.run("rlog", "explore", "--log=4", "--queue=2", "--garbage=1", "--tail")


@nox.session
def fuzz(session: nox.Session) -> None:
    """atheris at the targets of fuzz/, a minute each; arguments go to libFuzzer."""
    session.install("-e", ".[test,atheris]")
    session.run("pytest", "tests/property/test_fuzz_targets.py")
    for target in ("framing", "wire", "hints"):
        session.run("python", "-m", "fuzz", target, *(session.posargs or ["-max_total_time=60"]))


@nox.session
def kills(session: nox.Session) -> None:
    """Processes that record, play and use SQLite are killed 200 times each, or `-- N` times."""
    session.install("-e", ".[test]")
    kills = session.posargs[0] if session.posargs else "200"
    session.run("pytest", "-s", "tests/crash", env={"RLOG_KILLS": kills})


@nox.session
def soak(session: nox.Session) -> None:
    """Random worlds for half an hour: nothing may be found."""
    session.install("-e", ".[fuzz]")
    session.run("rlog", "fuzz", *(session.posargs or ["--minutes=30"]))


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks; benchmarks/README.md has the figures."""
    session.install("-e", ".[bench]")
    if not session.posargs:
        session.run("python", "benchmarks/persistent_map.py")
    session.run("pytest", "--benchmark-only", *(session.posargs or ["benchmarks"]))


def require_coverage(session: nox.Session) -> None:
    include = ",".join(str(path.relative_to(ROOT)) for path in held_to_full_coverage())
    session.run("coverage", "report", f"--include={include}", "--fail-under=100")


def held_to_full_coverage() -> list[Path]:
    """The files of the pure modules, save those of which pyproject.toml says otherwise."""
    lists = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["rlog-model"]
    package = ROOT / "rlog_model"

    def listed(path: Path, name: str) -> bool:
        relative = path.relative_to(package).as_posix()
        return any(fnmatch.fnmatchcase(relative, pattern) for pattern in lists[name])

    return sorted(
        path
        for path in package.rglob("*.py")
        if not listed(path, "partly-covered")
        and (listed(path, "impure-except") or not listed(path, "impure"))
    )


def project_extra(name: str) -> list[str]:
    """What an extra requires, for a session which does not need the project itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements: list[str] = project["optional-dependencies"][name]
    return requirements
