"""How `rlog play` ends: at the head, by a handoff, by a signal; and what is there before that."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rlog_model.cli.app import app
from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_to_json
from rlog_model.journal.file import FileStore
from rlog_model.namespace import OpenFlags
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_start import start_recording
from rlog_model.recorder import RecorderFenced

LOG = "logs/one"


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[RecordedDirectory]:
    """A directory that is recorded, and ``hints.json`` that lead to its log's beginning."""
    (tmp_path / "hints.json").write_text(json.dumps(hints_to_json(FSMHints(LOG))))
    with FileStore(tmp_path / "store") as store:
        recorded = start_recording(store, LOG, tmp_path / "recorded")
        write(recorded, "/a")
        yield recorded
        recorded.recorder.close()


def write(recorded: RecordedDirectory, path: str) -> None:
    with recorded.open(path, OpenFlags.WRITE | OpenFlags.CREATE) as file:
        file.write(path.encode())
    recorded.sync()


def arguments(root: Path, *more: str) -> list[str]:
    where = ["--store", str(root / "store"), "--hints", str(root / "hints.json")]
    return ["play", str(root / "played"), *where, *more]


def test_a_handoff_tells_its_author_and_fences(recorded: RecordedDirectory, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--handoff", "--author", "77"))
    assert (result.exit_code, "author 77 (fence 2d)" in result.output) == (0, True)
    assert (tmp_path / "played" / "a").read_bytes() == b"/a"
    with pytest.raises(RecorderFenced):
        write(recorded, "/b")


def test_a_random_author_is_told(recorded: RecordedDirectory, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--handoff", "--json"))
    told = json.loads(result.output)
    assert 0 < told["author"] < 2**32
    with pytest.raises(RecorderFenced):
        write(recorded, "/b")


def test_without_a_handoff_nothing_is_appended(recorded: RecordedDirectory, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--json"))
    assert json.loads(result.output)["author"] is None
    write(recorded, "/b")


def test_an_author_alone_fences_nobody_off(recorded: RecordedDirectory, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--author", "77"))
    assert (result.exit_code, "--handoff" in result.output) == (2, True)
    assert not (tmp_path / "played").exists()
    write(recorded, "/b")


@pytest.mark.parametrize("author", ["0", "-1", "x", str(2**32)])
def test_what_is_no_author_is_refused(
    recorded: RecordedDirectory, tmp_path: Path, author: str
) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--handoff", "--author", author))
    assert result.exit_code == 2
    assert not (tmp_path / "played").exists()


@pytest.mark.parametrize("more", [(), ("--handoff", "--author", "77")])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_play_that_follows_ends_at_the_head_that_there_is_then(
    recorded: RecordedDirectory, tmp_path: Path, more: tuple[str, ...], ending: signal.Signals
) -> None:
    """Until then there is no directory; what is recorded meanwhile is in it."""
    command = [sys.executable, "-m", "rlog_model", *arguments(tmp_path, "--follow", *more)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until(lambda: any(tmp_path.glob(".played.rlog-*/nodes/*")))
        write(recorded, "/b")
        time.sleep(0.3)
        assert process.poll() is None
        assert not (tmp_path / "played").exists()
        write(recorded, "/c")
        process.send_signal(ending)
        assert process.wait(30) == 0
    assert sorted(path.name for path in (tmp_path / "played").iterdir()) == ["a", "b", "c"]
    assert not list(tmp_path.glob(".played*"))
    if more:
        with pytest.raises(RecorderFenced):
            write(recorded, "/d")


def until(there: Callable[[], object]) -> None:
    for _ in range(600):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it does not come")
