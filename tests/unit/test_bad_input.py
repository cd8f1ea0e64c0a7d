"""Bad input, for each tool that reads a log.

Each tool gives a report or one error. It never breaks or hangs, writes no byte outside the
directory that it was given, and leaves none that could be taken for a whole one. What is bad and of
the branch is named with its log; what is an outsider's stops nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import frozen
from typer.testing import CliRunner, Result

from rlog_model.cli.app import app
from rlog_model.framing import MAGIC, frame
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import Author, Fnode
from rlog_model.journal.file import FileStore
from rlog_model.operation import Change, Create, Link, RecordedOp, Unlink, Write
from rlog_model.segment import Segment
from rlog_model.wire import encode_op
from tests.unit.made_log import START, A, B, MadeLog, Point

LOG = "bad/log"
ONE = Fnode(1)


@frozen
class Bad:
    """A log with something bad in it."""

    make: Callable[[MadeLog, Point], object]
    """Appends it behind a file at ``/a``, where the branch is at a point. What it returns is where
    the branch goes on, if that is elsewhere."""

    plays: bool
    """Whether a player gets through it."""

    says: str = ""
    """What is said where it does not."""


def both_kinds(log: MadeLog, at: Point) -> object:
    """The first of two members counts, and the raw bytes of the write follow."""
    op = RecordedOp(*at, A, Create("/both"), ignored=(Write(ONE, 0, 3),))
    log.raw(frame(encode_op(op)) + b"xyz")
    return None


def stranger(change: Change) -> Callable[[MadeLog, Point], object]:
    """An operation of an author outside the branch, which claims what it likes."""

    def append(log: MadeLog, at: Point) -> object:
        log.raw(frame(encode_op(RecordedOp(99, 7, B, change))))
        return None

    return append


BAD = {
    "nothing": Bad(lambda log, at: None, plays=True),
    "bytes at the end": Bad(lambda log, at: log.raw(bytes(range(256))), plays=True),
    "half a magic at the end": Bad(lambda log, at: log.raw(MAGIC[:3]), plays=True),
    "a frame that claims 4 GiB": Bad(lambda log, at: log.raw(MAGIC + b"\xff" * 4), plays=True),
    "a frame that is not all there": Bad(
        lambda log, at: log.raw(frame(bytes(100))[:50]), plays=True
    ),
    "a payload that is no operation": Bad(lambda log, at: log.raw(frame(b"\xff" * 9)), plays=True),
    "headers, one behind the other": Bad(
        lambda log, at: log.raw((MAGIC + (1 << 19).to_bytes(4, "little")) * 500), plays=True
    ),
    "two kinds at once": Bad(both_kinds, plays=True),
    "a stranger's write of a terabyte": Bad(stranger(Write(ONE, 0, 1 << 40)), plays=True),
    "a write of a terabyte that is not there": Bad(
        lambda log, at: log.raw(frame(encode_op(RecordedOp(*at, A, Write(ONE, 0, 1 << 40))))),
        plays=True,
    ),
    "a negative length": Bad(lambda log, at: log.append(at, Write(ONE, 0, -5)), plays=True),
    "a stranger's negative length": Bad(stranger(Write(ONE, 0, -(1 << 62))), plays=True),
    "a negative offset": Bad(
        lambda log, at: log.append(at, Write(ONE, -5, 3)), plays=False, says="offset -5"
    ),
    "a path that leads out": Bad(
        lambda log, at: log.append(at, Create("/../x")), plays=False, says="/../x"
    ),
    "a path that is not below": Bad(
        lambda log, at: log.append(at, Create("x")), plays=False, says="'x'"
    ),
    "a file below a file": Bad(
        lambda log, at: log.append(at, Create("/a/b")), plays=False, says="no directory can"
    ),
    "a path that is no UTF-8": Bad(lambda log, at: log.append(at, Create("/\udcff")), plays=True),
    "a path that a terminal would obey": Bad(
        lambda log, at: log.append(at, Create("/\x1b[31mred")), plays=True
    ),
    "a link of no file": Bad(lambda log, at: log.append(at, Link(Fnode(77), "/l")), plays=True),
    "an unlink of no link": Bad(lambda log, at: log.append(at, Unlink(ONE, "/z")), plays=True),
}


@pytest.fixture(params=list(BAD))
def bad(request: pytest.FixtureRequest) -> Bad:
    return BAD[request.param]


@pytest.fixture
def store(tmp_path: Path, bad: Bad) -> Path:
    """A store with the log, in which the branch goes on behind what is bad, if it can."""
    log = MadeLog()
    at = log.append(START, Create("/a"))
    at = log.append(at, Write(ONE, 0, 5))
    behind = bad.make(log, at)
    if behind is None or isinstance(behind, tuple):
        log.append(at if behind is None else behind, Write(ONE, 5, 1))
    with FileStore(tmp_path / "store") as made, made.open(LOG) as journal:
        journal.append(bytes(log.content))
    return tmp_path / "store"


HINTS = {
    "none": FSMHints(LOG),
    "of a recorder": FSMHints(
        LOG, (FnodeSegments(ONE, (Segment(Author(0xA), 1, 0, 0, 2, 0, ""),)),)
    ),
}


@pytest.fixture(params=list(HINTS))
def hints(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "kept" / "hints.json"
    file.parent.mkdir()
    file.write_text(json.dumps(hints_to_json(HINTS[request.param])))
    return file


@pytest.fixture(autouse=True)
def nothing_else_is_written(tmp_path: Path) -> Iterator[None]:
    """Below the directory of a test there is nothing that no test has named."""
    yield
    assert {p.name for p in tmp_path.iterdir()} <= {"store", "kept", "target"}
    assert not (tmp_path.parent / "x").exists()


def rlog(*arguments: str | Path) -> Result:
    """Run a command which must not break."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    assert "\x1b" not in result.output, "a terminal must not obey a log"
    assert result.exit_code in (0, 1), result.output
    return result


def files_of(target: Path) -> dict[str, bytes]:
    return {os.fsdecode(p.name): p.read_bytes() for p in target.iterdir()}


@pytest.mark.parametrize("command", ["play", "recover"])
def test_a_directory_is_made_or_an_error_names_the_log(
    bad: Bad, store: Path, hints: Path, tmp_path: Path, command: str
) -> None:
    target = tmp_path / "target"
    result = rlog(command, target, "--store", store, "--hints", hints)
    if bad.plays:
        assert result.exit_code == 0, result.output
        assert files_of(target)["a"].startswith(b".....")
    else:
        assert result.exit_code == 1
        assert not target.exists()
        told = result.output.replace("\n", " ")
        assert LOG in told
        assert bad.says in told
        assert "PLAY-" in told
    leftovers = [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    assert leftovers == []


@pytest.mark.parametrize("as_json", [False, True])
def test_who_looks_is_told(bad: Bad, store: Path, hints: Path, as_json: bool) -> None:
    more = ("--json",) if as_json else ()
    commands = (
        ("inspect", "--store", store, "--log", LOG),
        ("inspect", "--store", store, "--log", LOG, "--hints", hints, "--tree"),
        ("explain", "--store", store, "--hints", hints, "--all"),
        ("hints", "lint", hints, "--store", store),
        ("hints", "show", hints, "--store", store),
        ("prune", "--store", store, "--hints", hints, "--dry-run"),
    )
    for command in commands:
        result = rlog(*command, *more)
        assert result.output.strip()
        if as_json:
            for line in result.stdout.splitlines():
                json.loads(line)
        if command[0] == "explain":
            assert result.exit_code == (0 if bad.plays else 1)


def test_a_hole_is_told(tmp_path: Path) -> None:
    log = MadeLog()
    with FileStore(tmp_path / "store") as made, made.open(LOG) as journal:
        at = log.append(START, Create("/a"))
        journal.append(bytes(log.content))
        journal.roll()
        begin = log.head
        at = log.append(at, Write(ONE, 0, 5))
        journal.append(bytes(log.content[begin:]))
        journal.roll()
        begin = log.head
        log.append(at, Write(ONE, 5, 5))
        journal.append(bytes(log.content[begin:]))
        journal.roll()
        journal.prune(begin, 1)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "h.json").write_text(json.dumps(hints_to_json(HINTS["of a recorder"])))
    told = rlog(
        "play", tmp_path / "target", "--store", tmp_path / "store", "--hints", kept / "h.json"
    )
    assert told.exit_code == 1
    assert f"{LOG}: bytes" in told.output.replace("\n", " ")
    assert "PLAY-5" in told.output
    assert not (tmp_path / "target").exists()
